/** What stays in the notebook, and why. */
import type { StatementFacts } from "../python/facts.ts";
import { cellNumber, type NotebookProgram, refOf } from "./notebook-program.ts";
import type { Plan } from "./plan.ts";

/** Of the statements given, those that no step has. */
export function leftOut(input: {
  readonly program: NotebookProgram;
  readonly statements: readonly StatementFacts[];
  readonly kept: ReadonlySet<StatementFacts>;
  /** Cells that a person decided to leave out. */
  readonly dropped: ReadonlySet<number>;
}): Plan["leftOut"] {
  const { program, dropped } = input;
  return input.statements
    .filter((statement) => !input.kept.has(statement))
    .map((statement) => ({
      statement: refOf(program, statement),
      because: dropped.has(cellNumber(program, statement))
        ? "dropped by your decision"
        : leftOutReason(statement),
    }));
}

function leftOutReason(statement: StatementFacts): string {
  if (statement.ambient.some((effect) => effect.resource === "figure"))
    return "draws a figure that nothing else needs";
  if (statement.isBareExpression) return "only shows something";
  if (statement.ambient.some((effect) => effect.resource === "stdout")) return "only prints";
  return "no result depends on it";
}
