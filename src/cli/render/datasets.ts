/** What `mlops datasets` says. */
import type { FetchReport, SnapshotReport } from "../../app/datasets-schema.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { shellWord } from "../../base/shell-word.ts";
import type { Style } from "../style.ts";
import { shortDigest } from "./cells.ts";
import { renderRows } from "./table.ts";

/** One line a file, then what to do next. */
export function renderSnapshot({ datasets, shared, dryRun }: SnapshotReport, style: Style): string {
  if (datasets.length === 0) return "There is no data there.";
  const table = renderRows(
    datasets.map(({ path, digest, bytes, state }) => [
      path,
      shortDigest(digest),
      `${String(bytes)} bytes`,
      state,
    ]),
    style,
    { right: [2] },
  );
  if (dryRun) return `${table}\n\nNothing was stored.`;
  const where =
    shared === null
      ? "Only this project's store has them: set store: in .mlopsrc.yaml to share them (a folder, s3://, gs:// or https://)."
      : `Shared in ${shared}.`;
  return `${table}\n\n${where} Commit datasets.lock.yaml.`;
}

/** One line a file, then how to have back what was replaced: whole commands, because a wrapped one cannot be pasted. */
export function renderFetch({ datasets, dryRun }: FetchReport, style: Style): string {
  if (datasets.length === 0) return "No data is recorded: mlops datasets snapshot PATH records it.";
  const table = renderRows(
    datasets.map(({ path, digest, state }) => [path, shortDigest(digest), state]),
    style,
  );
  if (dryRun) return `${table}\n\nNothing was written.`;
  const undo = datasets.flatMap(({ path, replaced }) =>
    replaced === null ? [] : [`undo: mlops datasets fetch ${shellWord(path)}@${replaced} --force`],
  );
  return undo.length === 0 ? table : `${table}\n\n${undo.join("\n")}`;
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
            hint: `mlops datasets fetch ${shellWord(path)} --force replaces it, mlops datasets snapshot ${shellWord(path)} records it`,
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
            message: `the stored bytes of ${digest}, which ${path} should hold, are damaged; nothing of them was kept`,
            hint: `take the snapshot again where the file is whole; from a bucket or a server remove ${blobPath(digest)} before`,
          },
        ];
    }
  });
}

/** Below the address of a store. */
function blobPath(digest: string): string {
  const hex = digest.slice("sha256:".length);
  return `blobs/${hex.slice(0, 2)}/${hex}`;
}
