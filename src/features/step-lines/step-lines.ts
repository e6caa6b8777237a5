/** Which lines of `learn` are those of the pipeline's steps: they stand in the step, and `learn` calls them there. Plain data. */
import type { StatementRef } from "../../pipeline/plan.ts";
import type { StagedLines } from "../staging.ts";

/** Statements of a step, one after the other, that `learn` runs as well: a function of the step's module. */
export interface StepRun {
  /** Name of the step. */
  readonly step: string;
  /** Name of the function. */
  readonly name: string;
  /** The statements that it stands for. */
  readonly statements: readonly StatementRef[];
  /** Its lines among those of `fit`: the first one, and the one behind the last. */
  readonly from: number;
  readonly to: number;
  readonly takes: readonly string[];
  /** Variables that the step goes on with. */
  readonly gives: readonly string[];
  /** Variables behind them that only `learn` needs: what is kept for serving. */
  readonly keeps: readonly string[];
}

/** What steps and features have in common. */
export interface StepLines {
  readonly runs: readonly StepRun[];
  /** Constants and functions of a step that its runs need: they stand at the head of its module. By the step's name. */
  readonly heads: ReadonlyMap<string, readonly StatementRef[]>;
  /** Constants and functions that no line of `features.py` itself uses. */
  readonly onlyInSteps: readonly StagedLines[];
}

/** References in the order of the notebook. */
export function inNotebookOrder(refs: readonly StatementRef[]): readonly StatementRef[] {
  return [...refs].sort((a, b) => a.cell - b.cell || a.index - b.index);
}

/** Where every step has lines of its own. */
export const NO_STEP_LINES: StepLines = { runs: [], heads: new Map(), onlyInSteps: [] };
