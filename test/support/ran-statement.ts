import type { StatementObservation } from "../../src/observation/schema.ts";

/** What a run tells of a statement that did nothing, but for what is given. */
export function ranStatement(
  cell: number,
  did: Partial<Omit<StatementObservation, "kind" | "cell">> = {},
): StatementObservation {
  return {
    kind: "statement",
    cell,
    index: 0,
    wallMs: 1,
    text: "",
    randomPython: false,
    randomNumpy: false,
    filesRead: [],
    filesWritten: [],
    network: [],
    environmentChanged: [],
    workingDirectoryChanged: false,
    optionsChanged: [],
    figures: 0,
    metrics: [],
    error: null,
    ...did,
  };
}
