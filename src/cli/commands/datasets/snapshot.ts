import { UsageError } from "../../../base/errors.ts";
import { defineCommand, succeeded } from "../../command.ts";

/** `mlops datasets snapshot` */
export const datasetsSnapshotCommand = defineCommand({
  name: "datasets snapshot",
  group: "build",
  summary: "Keep data files by content, and share them",
  description:
    "Copies the files into the project's store and, where .mlopsrc.yaml has store: (a folder, s3://, gs:// or https://), into that one, and records in datasets.lock.yaml which content each path holds. Commit that file: a colleague's clone brings the data back by mlops datasets fetch. What a store has already is not copied again. A file that is gone from a folder is no longer recorded; the lock of an earlier commit still names it.",
  arguments: { paths: { summary: "files or folders inside the project", count: "many" } },
  options: {
    pipeline: { kind: "text", placeholder: "name", summary: "the data that this pipeline reads" },
    dryRun: { kind: "switch", summary: "say what would be recorded, store nothing" },
  },
  examples: [
    { line: "mlops datasets snapshot data/churn.csv", shows: "keeps and records one file" },
    { line: "mlops datasets snapshot --pipeline churn", shows: "all raw data of churn" },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../../json-schema.ts");
    const { SnapshotReport } = await import("../../../app/datasets-schema.ts");
    return toJsonSchema(SnapshotReport);
  },
  run: async (context, input) => {
    if (input.paths.length === 0 && input.pipeline === undefined) {
      throw new UsageError("Say which data: a path, or --pipeline.", {
        code: "usage-missing-argument",
        hint: "mlops datasets snapshot data/churn.csv",
      });
    }
    const { openDatasets } = await import("./open-datasets.ts");
    const { dataOfPipeline, snapshotDatasets } = await import("../../../app/snapshot-datasets.ts");
    const { loadPipeline } = await import("../../../app/load-pipeline.ts");
    const { ports, config, fromTyped } = await openDatasets(context);
    const read =
      input.pipeline === undefined
        ? []
        : dataOfPipeline(await loadPipeline(input.pipeline, config.pipelines, ports.files));
    const paths = [...input.paths.map(fromTyped), ...read];
    const options = { dryRun: input.dryRun, signal: context.signal };
    return succeeded(await snapshotDatasets(paths, options, ports));
  },
  render: async ({ result }, style) =>
    (await import("../../render/datasets.ts")).renderSnapshot(result, style),
});
