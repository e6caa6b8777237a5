/**
 * The notebook's feature code, split into `fit` and `transform`. Starts from the matrix the served model is asked with, slices backward
 * to the raw table, and walks the slice forward once. Anything not understood is a refusal with its place; nothing is guessed.
 */
import type { Result } from "../base/result.ts";
import { err, ok } from "../base/result.ts";
import { mayMutate } from "../python/mutated-names.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { entityCandidates } from "./entities/entity-candidates.ts";
import { stageRowsOrEntities } from "./entities/stage-entities.ts";
import { withParameters } from "./feature-parameters.ts";
import type { FeatureProgram } from "./feature-program.ts";
import { buildFeatureProgram, placeOf } from "./feature-program.ts";
import { stageInlined } from "./inlining/stage-inlined.ts";
import { TABLE_READERS } from "./library-roles.ts";
import type { ModelCall } from "./models/model-call.ts";
import { isAsking } from "./models/model-calls.ts";
import {
  checkOneState,
  checkOnlyLoopFills,
  findModelsByKey,
  inTermsOfKey,
} from "./models/models-by-key.ts";
import type { ServedModel } from "./models/served-model.ts";
import { findServedModel } from "./models/served-model.ts";
import { catchRefusal, refuse } from "./refuse.ts";
import { withoutSparedLines } from "./spared-lines.ts";
import { stageAttempt } from "./stage-attempt.ts";
import { findMadeRows } from "./stage-made-table.ts";
import type { FeatureRefusal, FeatureStaging } from "./staging.ts";
import {
  type Attempt,
  type AttemptInput,
  type RoundInput,
  type StageFeaturesInput,
  settingsOf,
} from "./staging-input.ts";
import { inNotebookLines } from "./unroll/notebook-lines.ts";
import { unrollTables } from "./unroll/unroll-tables.ts";

/** Reasons that follow from where the walk began. */
const SAYS_LITTLE: ReadonlySet<FeatureRefusal["code"]> = new Set([
  "feature-raw-table-unknown",
  "feature-mixes-training-rows",
]);

/** Splits the feature code of the served model, or of the models for each key of one variable. */
export function stageFeatures(input: StageFeaturesInput): Result<FeatureStaging, FeatureRefusal> {
  const staged = stageInlined(input, stageUnrolled);
  if (!staged.ok) return staged;
  const learned = withParameters(staged.value, input.parameters ?? [], input.parser);
  return ok(withoutSparedLines(learned, input.parser));
}

function stageUnrolled(input: StageFeaturesInput): Result<FeatureStaging, FeatureRefusal> {
  const { facts, program, lines } = unrollTables(input);
  return inNotebookLines(stageModels({ ...input, facts }, program), lines);
}

function stageModels(
  input: StageFeaturesInput,
  program: FeatureProgram,
): Result<FeatureStaging, FeatureRefusal> {
  const { modelVariable: variable, facts, parser, notebook: path } = input;
  const byKey =
    variable === undefined || findServedModel(program, variable) !== undefined
      ? undefined
      : findModelsByKey(program, facts, variable, parser);
  if (variable === undefined || byKey === undefined) return stageOneModel(input, program);
  const filled = catchRefusal(() => {
    checkOnlyLoopFills(program, byKey, variable);
  });
  if (!filled.ok) return err(filled.error);
  const { facts: ofRound, model, rounds } = byKey;
  // A round's text is not the notebook's, in which the parameters have their places.
  const round = { ...input, facts: ofRound, modelVariable: model, rounds, parameters: [] };
  const staged = stageOneModel(round, buildFeatureProgram(round));
  if (!staged.ok) return err(inTermsOfKey(staged.error, byKey, variable));
  const checked = catchRefusal(() => checkOneState(staged.value, byKey, { variable, path }));
  return checked.ok ? ok(checked.value) : err(checked.error);
}

function stageOneModel(
  input: RoundInput,
  program: FeatureProgram,
): Result<FeatureStaging, FeatureRefusal> {
  const chosen = catchRefusal(() => chooseModel(program, input.modelVariable));
  if (!chosen.ok) return err(chosen.error);
  const refused: FeatureRefusal[] = [];
  const found = findMadeRows(program, chosen.value);
  const made = found?.target === undefined || input.answersBeside !== false ? found : undefined;
  for (const asked of attemptsOf(chosen.value)) {
    const attempt = made === undefined ? asked : { ...asked, made };
    const staged = stageRowsOrEntities(
      (entity) => stageFromSomeTable({ input, program, model: chosen.value, attempt, entity }),
      {
        candidates: entityCandidates(program),
        // Several columns together name whose history it is; the rows of entities have one key.
        declared: input.entity?.length === 1 ? input.entity[0] : undefined,
        program,
        settings: settingsOf(input),
      },
    );
    if (staged.ok) return ok(staged.value);
    // A sample typed in by hand, or test rows that learn for themselves: the matrix that the model was fitted with decides.
    refused.push(staged.error);
  }
  const written = stageWrittenMatrix(
    { input, program, model: chosen.value, entity: undefined },
    refused,
  );
  if (written?.ok === true) return ok(written.value);
  // That a matrix comes from no table says least: of several reasons another one is the way out.
  const told =
    refused.find(({ code }) => !SAYS_LITTLE.has(code)) ??
    refused.find(({ code }) => code !== "feature-raw-table-unknown") ??
    refused[0];
  return err(told ?? unknownMatrix(program, chosen.value));
}

/** Where every matrix comes from nowhere, the one that the model is fitted with may be written out: a request brings rows of it. */
function stageWrittenMatrix(
  request: Omit<AttemptInput, "attempt">,
  refused: readonly FeatureRefusal[],
): Result<FeatureStaging, FeatureRefusal> | undefined {
  if (refused.some(({ code }) => code !== "feature-raw-table-unknown")) return undefined;
  const textOf = ({ statement }: ModelCall, { start, end }: SyntaxNode): string =>
    statement.tree.text.slice(start, end);
  const fitted = request.model.calls.findLast(({ method }) => method === "fit");
  if (fitted?.matrix?.kind !== "identifier") return undefined;
  const written = textOf(fitted, fitted.matrix);
  const attempt = attemptsOf(request.model).findLast(
    ({ call, matrix }) => textOf(call, matrix) === written,
  );
  if (attempt === undefined) return undefined;
  return stageOnEitherSide({ ...request, attempt: { ...attempt, root: -1, written } });
}

/** More tables than these are read by no notebook whose rows come from one of them. */
const MOST_TABLES = 4;

/** The table that is read first is the raw one, unless another one is what the matrix comes from. */
function stageFromSomeTable(request: AttemptInput): Result<FeatureStaging, FeatureRefusal> {
  const first = stageOnEitherSide(request);
  if (first.ok) return first;
  const readers = request.program.statements.filter(({ facts }) =>
    facts.calls.some(({ callee }) => callee !== undefined && TABLE_READERS.has(callee)),
  ).length;
  for (let root = 1; root < Math.min(readers, MOST_TABLES); root += 1) {
    const other = stageOnEitherSide({ ...request, attempt: { ...request.attempt, root } });
    if (other.ok) return other;
  }
  return first;
}

/** The test side of a split is served; only a matrix that exists on the training side alone is taken from there. */
function stageOnEitherSide(request: AttemptInput): Result<FeatureStaging, FeatureRefusal> {
  const staged = catchRefusal(() => stageTwice(request));
  const isTrainingOnly =
    !staged.ok &&
    (staged.error.code === "feature-mixes-training-rows" ||
      staged.error.code === "feature-fitted-on-test");
  if (!isTrainingOnly) return staged;
  const other = catchRefusal(() =>
    stageTwice({ ...request, attempt: { ...request.attempt, side: "train" } }),
  );
  return other.ok || other.error.code !== "feature-mixes-training-rows" ? other : staged;
}

/** Which line is the last to look at earlier rows shows only at the end; up to there history stands above the served rows. */
function stageTwice(request: AttemptInput): FeatureStaging {
  const first = stageAttempt(request, undefined);
  return first.lastUse === undefined ? first.staging : stageAttempt(request, first.lastUse).staging;
}

function chooseModel(program: FeatureProgram, variable: string | undefined): ServedModel {
  const model = findServedModel(program, variable);
  if (model !== undefined) return model;
  const made = program.statements.findLast(
    ({ facts }) =>
      variable !== undefined && (facts.mayWrite.includes(variable) || mayMutate(facts, variable)),
  );
  if (variable === undefined || made === undefined)
    return refuse("feature-model-unknown", "The notebook fits no model that could be served.", {
      path: program.notebook,
    });
  return refuse(
    "feature-model-unknown",
    `\`${variable}\` is not fitted or asked for answers under this name, so which rows it takes is unknown.`,
    placeOf(program, made, made.node),
  );
}

/** Matrices the model is asked with, last first, then the one it is fitted with. */
function attemptsOf(model: ServedModel): readonly Attempt[] {
  const fitted = model.calls.findLast(({ method }) => method === "fit" || method === "fit_predict");
  const asked = model.calls
    .filter(
      (call) => isAsking(call) && call.statement.position >= (fitted?.statement.position ?? 0),
    )
    .toReversed();
  const attempts: Attempt[] = [];
  const seen = new Set<string>();
  for (const call of [...asked, ...(fitted === undefined ? [] : [fitted])]) {
    const { matrix } = call;
    if (matrix === undefined) continue;
    const key = call.statement.tree.text.slice(matrix.start, matrix.end);
    if (seen.has(key)) continue;
    seen.add(key);
    attempts.push({ call, matrix, side: "test", root: 0 });
  }
  return attempts;
}

function unknownMatrix(program: FeatureProgram, model: ServedModel): FeatureRefusal {
  const attempt = catchRefusal(() =>
    refuse(
      "feature-matrix-unknown",
      `It is not clear with which matrix \`${model.variable}\` is fitted and asked.`,
      { path: program.notebook },
    ),
  );
  if (attempt.ok) throw new Error("a refusal did not refuse");
  return attempt.error;
}
