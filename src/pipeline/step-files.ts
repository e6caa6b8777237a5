/** Files that a step reads and writes: as far as the text tells, and as a run of the notebook showed. */
import { normalize } from "node:path/posix";
import { SEEN } from "../observation/reconcile.ts";
import type { StatementObservation } from "../observation/schema.ts";
import type { StatementFacts } from "../python/facts.ts";

/** A step's statements with what the run showed of each; `undefined` for one that did not run. */
export interface RanStatements {
  readonly statements: readonly StatementFacts[];
  readonly runs: readonly (StatementObservation | undefined)[];
}

/** What the step reads and what it writes, each path once and from the root. */
export function filesOfStep(
  { statements, runs }: RanStatements,
  movesFolder: boolean,
): { readonly reads: readonly string[]; readonly writes: readonly string[] } {
  const written = (access: "read" | "write"): readonly string[] =>
    statements.flatMap((statement, at) =>
      // The same words lead elsewhere from another folder; the run has seen where.
      movesFolder && runs[at] !== undefined ? [] : filesInText(statement, access),
    );
  const seen = (of: "filesRead" | "filesWritten"): readonly string[] =>
    runs.flatMap((run) => run?.[of].map(({ path }) => path) ?? []);
  return {
    reads: sortedPaths([...written("read"), ...seen("filesRead")]),
    writes: sortedPaths([...written("write"), ...seen("filesWritten")]),
  };
}

/** Whether some statement changes the working directory. */
export function movesWorkingDirectory(statements: readonly StatementFacts[]): boolean {
  return statements.some(({ ambient }) =>
    ambient.some(({ resource, access }) => resource === "working-directory" && access !== "read"),
  );
}

/** Paths written out in the statement that it reads or writes; addresses in the network are none. */
function filesInText(statement: StatementFacts, access: "read" | "write"): readonly string[] {
  return statement.ambient.flatMap((effect) =>
    effect.resource === "file" &&
    effect.detail !== undefined &&
    (effect.access === access || effect.access === "read-write") &&
    !effect.detail.includes("://") &&
    effect.because !== SEEN
      ? [effect.detail]
      : [],
  );
}

/** Each path once, in its shortest form. */
function sortedPaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map((path) => normalize(path)))].sort();
}
