/** A step reads again what it needs of the environment: such values never pass through the store. */
import { readsEnvironment } from "./environment-reads.ts";
import type { NameTable } from "./names.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import type { Segment } from "./segment.ts";

/** The segment with the readings of the environment that it uses in front. */
export function repeatEnvironmentReads(
  segment: Segment,
  known: {
    readonly names: NameTable;
    /** Constants that stand beside shared definitions, where every step sees them. */
    readonly helperConstants: ReadonlySet<string>;
    readonly program: NotebookProgram;
  },
): Segment {
  const { names, helperConstants, program } = known;
  const repeated = [...names.constants].flatMap(([name, statement]) =>
    !helperConstants.has(name) &&
    readsEnvironment(statement, program) &&
    segment.statements.some(({ reads }) => reads.includes(name))
      ? [statement]
      : [],
  );
  return repeated.length === 0
    ? segment
    : { ...segment, statements: [...repeated, ...segment.statements] };
}
