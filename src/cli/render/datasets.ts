/** What `mlops datasets` says. */
import type { FetchReport, SnapshotReport } from "../../app/datasets-schema.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Style } from "../style.ts";
import { renderRows } from "./table.ts";

/** One line a file, then what to do next. */
export function renderSnapshot({ datasets, shared, dryRun }: SnapshotReport, style: Style): string {
  if (datasets.length === 0) return "There is no data there.";
  const table = renderRows(
    datasets.map(({ path, digest, bytes, state }) => [
      path,
      digest.slice(0, "sha256:".length + 12),
      `${String(bytes)} bytes`,
      state,
    ]),
    style,
    { right: [2] },
  );
  if (dryRun) return `${table}\n\nNothing was stored.`;
  const where =
    shared === null
      ? "Only this project's store has them: set store: FOLDER in .mlopsrc.yaml to share them."
      : `Shared in ${shared}.`;
  return `${table}\n\n${where} Commit datasets.lock.yaml.`;
}

/** One line a file. */
export function renderFetch({ datasets, dryRun }: FetchReport, style: Style): string {
  if (datasets.length === 0) return "No data is recorded: mlops datasets snapshot PATH records it.";
  const table = renderRows(
    datasets.map(({ path, digest, state, replaced }) => [
      path,
      digest.slice(0, "sha256:".length + 12),
      state,
      replaced === null ? "" : `undo: mlops datasets fetch ${path}@${replaced} --force`,
    ]),
    style,
  );
  return dryRun ? `${table}\n\nNothing was written.` : table;
}

/** Each file that is not what was asked for, and why. */
export function describeUnfetched({ datasets }: FetchReport): readonly Diagnostic[] {
  return datasets.flatMap(({ path, digest, state }): readonly Diagnostic[] => {
    const found = { severity: "error", where: { path } } as const;
    switch (state) {
      case "current":
      case "fetched":
      case "replaced":
        return [];
      case "differs":
        return [
          {
            ...found,
            code: "dataset-differs",
            message: `${path} holds something else than ${digest}; it was left as it is`,
            hint: `mlops datasets fetch ${path} --force replaces it, mlops datasets snapshot ${path} records it`,
          },
        ];
      case "unavailable":
        return [
          {
            ...found,
            code: "dataset-unavailable",
            message: `no store has ${digest}, which ${path} should hold`,
            hint: "set store: in .mlopsrc.yaml, or ask who has the file for a snapshot with it set",
          },
        ];
      case "corrupt":
        return [
          {
            ...found,
            code: "dataset-corrupt",
            message: `the stored bytes of ${digest}, which ${path} should hold, are damaged; they were moved to quarantine/`,
            hint: "take the snapshot again where the file is whole",
          },
        ];
    }
  });
}
