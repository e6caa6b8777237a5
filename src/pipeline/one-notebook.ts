/** Of several notebooks, what belongs to one: no step spans two, and a model is served from the notebook that fits it. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { partOfCell } from "../notebook/notebook-parts.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { SegmentInterface } from "./interfaces.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";
import type { Plan, Step } from "./plan.ts";
import type { Segment } from "./segment.ts";

/** Whether the first and the last of these statements stand in the same notebook. */
export function isOneNotebook(
  program: NotebookProgram,
  statements: readonly StatementFacts[],
): boolean {
  const { parts } = program.notebook;
  if (parts === undefined) return true;
  const at = (statement: StatementFacts | undefined): number =>
    statement === undefined ? 0 : partOfCell(parts, cellNumber(program, statement));
  return at(statements[0]) === at(statements.at(-1));
}

/** What the notebook that fits the model makes: what others make is beyond the reach of a request. */
export function inNotebookOf(
  fit: StatementFacts,
  program: NotebookProgram,
  made: {
    readonly segments: readonly Segment[];
    readonly interfaces: readonly SegmentInterface[];
    readonly steps: readonly Step[];
    readonly artifacts: Plan["artifacts"];
  },
): typeof made {
  const isHere = made.segments.map(({ statements }) =>
    isOneNotebook(program, [fit, ...statements.slice(0, 1)]),
  );
  const producers = new Set(made.steps.filter((_, at) => isHere[at]).map(({ name }) => name));
  return {
    segments: made.segments.filter((_, at) => isHere[at]),
    interfaces: made.interfaces.filter((_, at) => isHere[at]),
    steps: made.steps.filter((_, at) => isHere[at]),
    artifacts: made.artifacts.filter(({ producer }) => producers.has(producer)),
  };
}

/** The error of a step that people or the search for sound cuts would have made of two notebooks. */
export function stepAcrossNotebooks(
  step: string,
  program: NotebookProgram,
  statements: readonly StatementFacts[],
): Diagnostic {
  const last = statements.at(-1);
  return {
    code: "step-across-notebooks",
    severity: "error",
    message: `${step} would be made of cells of two notebooks, between which nothing but files passes`,
    hint: "take the decision to merge these steps out of pipeline.yaml; if there is none, promote the notebooks one by one",
    where: {
      path: program.notebook.path,
      ...(last === undefined ? {} : { cell: cellNumber(program, last), line: last.line }),
    },
  };
}
