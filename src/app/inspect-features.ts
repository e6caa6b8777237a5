/** What staging knows of a notebook's features, from reading alone: every statement on the way to the matrix, and what stands in the way. */

import type { ClassifiedStatement } from "../features/dependence.ts";
import type { FeatureRefusal, FeatureStaging } from "../features/staging.ts";
import { followedCalls } from "../pipeline/followed-calls.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import { whyNoModel } from "../pipeline/served-model.ts";
import type { PythonParser } from "../python/parse.ts";
import { stagePlan } from "./stage-plan.ts";

/** A statement on the way from the raw table to the matrix. */
export interface InspectedStatement extends ClassifiedStatement {
  /** `refused` is the one that stands in the way; what comes after it was not looked at. */
  readonly state: "read" | "refused" | "not-read";
}

/** What became of the features. */
export interface FeatureInspection {
  /** The served model's variable; `undefined` where the notebook has none. */
  readonly model: string | undefined;
  readonly statements: readonly InspectedStatement[];
  /** The split features; `undefined` where they are refused. */
  readonly staging: FeatureStaging | undefined;
  readonly refusal: FeatureRefusal | undefined;
}

/** Stages the features of the plan's model. */
export function inspectFeatures(
  plan: Plan,
  program: NotebookProgram,
  { parser, folder }: { readonly parser: PythonParser; readonly folder: string },
): FeatureInspection {
  const { serve } = plan;
  if (serve === undefined)
    return { model: undefined, statements: [], staging: undefined, refusal: noModel(program) };
  const model = serve.modelVariable;
  const staged = stagePlan({ plan, serve, program, folder }, parser);
  if (staged.ok) {
    const statements = staged.value.statements.map((each) => ({ ...each, state: "read" as const }));
    const told = asWritten(statements, program);
    return { model, statements: told, staging: staged.value, refusal: undefined };
  }
  const refusal = staged.error;
  const statements = asWritten(untilRefused(refusal), program);
  return { model, statements, staging: undefined, refusal };
}

/**
 * With the notebook's own text where a loop over models was read as one round of it; and what something is learned in is
 * fitted, whatever else it is.
 */
function asWritten(
  statements: readonly InspectedStatement[],
  { facts, cells }: NotebookProgram,
): readonly InspectedStatement[] {
  return statements.map((each) => {
    const unit = cells.findIndex(({ cell }) => cell.number === each.cell);
    const line = facts.units[unit]?.text.split("\n")[each.line - 1] ?? "";
    const isLearned = each.classes.length === 0 && each.fields.length > 0;
    return {
      ...each,
      text: line.includes(each.text) ? each.text : line.trim(),
      classes: isLearned ? ["fitted"] : each.classes,
    };
  });
}

function noModel({ facts, notebook }: NotebookProgram): FeatureRefusal {
  const because = whyNoModel(facts.statements, followedCalls(facts.statements));
  return {
    code: "feature-model-unknown",
    message: `${because}.`,
    hint: "fit one estimator at the top level of the notebook",
    where: { path: notebook.path },
  };
}

/** The last statement that begins at or before the refused line is the refused one. */
function untilRefused({ statements = [], where }: FeatureRefusal): readonly InspectedStatement[] {
  const { cell, line } = where;
  const isBefore = (each: ClassifiedStatement): boolean =>
    cell === undefined ||
    each.cell < cell ||
    (each.cell === cell && (line === undefined || each.line <= line));
  const refused = statements.findLastIndex(
    (each) => each.cell === cell && line !== undefined && each.line <= line,
  );
  return statements.map((each, at) => {
    if (at === refused) return { ...each, state: "refused" };
    // Something may be known of later ones, of a helper's lines for instance.
    const isRead = isBefore(each) || each.classes.length > 0;
    return { ...each, state: isRead ? "read" : "not-read" };
  });
}
