/** The model that a plan serves, by what analysis and a run know of the notebook's values. */
import type { Reconciled } from "../observation/reconcile.ts";
import type { StatementFacts } from "../python/facts.ts";
import { chosenModel, type DecidedItem } from "./decisions.ts";
import { followedCalls } from "./followed-calls.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { cellNumber } from "./notebook-program.ts";
import type { ServedModel, ServedModelInput } from "./served-model.ts";
import { findServableModels, findServedModel } from "./served-model.ts";

/** The notebook, and what a person decided. */
export interface PlannedModelInput {
  readonly program: NotebookProgram;
  readonly decisions?: readonly DecidedItem[];
}

/** Observed types first: what a loop keeps as its best is often bound to None before. */
export function servedModelOf(
  input: PlannedModelInput,
  facts: Reconciled,
  kept: readonly StatementFacts[],
): ServedModel | undefined {
  return findServedModel(askedWith(input, facts, kept));
}

/** Variables of the models that a person may choose from. */
export function servableModels(
  input: PlannedModelInput,
  facts: Reconciled,
  kept: readonly StatementFacts[],
): readonly string[] {
  return findServableModels(askedWith(input, facts, kept)).map(({ variable }) => variable);
}

function askedWith(
  { program, decisions }: PlannedModelInput,
  facts: Reconciled,
  kept: readonly StatementFacts[],
): ServedModelInput {
  return {
    statements: kept,
    all: facts.statements,
    chosen: chosenModel(decisions ?? []),
    typeAfter: (statement, name) =>
      facts.valueAfter(cellNumber(program, statement), name)?.type ??
      kept.findLast((other) => other.types.has(name))?.types.get(name),
    isStored: (name) => {
      const end = kept.at(-1);
      const seen = end && facts.valueAfter(cellNumber(program, end), name);
      return typeof seen?.pickleError !== "string";
    },
    callsOf: followedCalls(facts.statements),
  };
}
