/**
 * The notebook's feature code, split into `fit` and `transform`. Starts from the matrix the served model is asked with, slices backward
 * to the raw table, and walks the slice forward once. Anything not understood is a refusal with its place; nothing is guessed.
 */
import type { Result } from "../base/result.ts";
import { err, ok } from "../base/result.ts";
import type { ProgramFacts } from "../python/facts.ts";
import { mayMutate } from "../python/mutated-names.ts";
import type { PythonParser } from "../python/parse.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { walk } from "../python/syntax.ts";
import { assembleStaging } from "./assemble-staging.ts";
import { evaluate } from "./evaluate.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";
import { buildFeatureProgram, placeOf } from "./feature-program.ts";
import { findHistoryCandidates } from "./history-candidates.ts";
import { newHistory, refuseHistory } from "./history-draft.ts";
import { TABLE_READERS } from "./library-roles.ts";
import type { ModelCall } from "./model-calls.ts";
import { isAsking } from "./model-calls.ts";
import { checkOneState, findModelsByKey, inTermsOfKey } from "./models-by-key.ts";
import type { Part } from "./parts.ts";
import { evaluatePart } from "./parts.ts";
import { catchRefusal, refuse } from "./refuse.ts";
import { checkNames } from "./reserved-names.ts";
import type { Scope } from "./scope.ts";
import type { ServedModel } from "./served-model.ts";
import { findServedModel } from "./served-model.ts";
import { sliceFeatures } from "./slice-features.ts";
import { historyPlan, stageBesideHistory } from "./stage-history.ts";
import { stageStatement } from "./stage-statement.ts";
import type { ServedSide } from "./staged-statement.ts";
import { keepInFit } from "./staged-statement.ts";
import type { FeatureRefusal, FeatureStaging, UnseenPolicy } from "./staging.ts";
import { lifterFor, newDraft } from "./staging-draft.ts";
import type { EncoderFields } from "./target-fields.ts";
import { keepTargetEncoders } from "./target-fields.ts";
import type { ColumnsAfter, Rounds, Target } from "./target-trace.ts";
import { traceTarget } from "./trace-target.ts";
import { LABEL, mayHaveColumn } from "./value.ts";

/** What staging needs. */
export interface StageFeaturesInput {
  /** Path of the notebook, for messages and comments. */
  readonly notebook: string;
  readonly facts: ProgramFacts;
  /** Cell number of each unit of `facts`. */
  readonly cellNumbers: readonly number[];
  readonly parser: PythonParser;
  /** The plan's choice of model; without it the notebook is asked. */
  readonly modelVariable?: string;
  /** Qualified type of that model, when a run has shown it. */
  readonly modelType?: string;
  /** Columns of a table at the end of a cell, when a run has shown them. */
  readonly columnsAfter?: ColumnsAfter;
  readonly unseen: UnseenPolicy;
  /** Columns that say whose row it is; none when nothing is declared or the table is one series. */
  readonly entity?: readonly string[];
  /** Column that says when. */
  readonly time?: string;
}

/** Reasons that follow from where the walk began. */
const SAYS_LITTLE: ReadonlySet<FeatureRefusal["code"]> = new Set([
  "feature-raw-table-unknown",
  "feature-mixes-training-rows",
]);

/** Splits the feature code of the served model, or of the models for each key of one variable. */
export function stageFeatures(input: StageFeaturesInput): Result<FeatureStaging, FeatureRefusal> {
  const program = buildFeatureProgram(input);
  const { modelVariable: variable, facts, parser, notebook: path } = input;
  const byKey =
    variable === undefined || findServedModel(program, variable) !== undefined
      ? undefined
      : findModelsByKey(program, facts, variable, parser);
  if (variable === undefined || byKey === undefined) return stageOneModel(input, program);
  const round = { ...input, facts: byKey.facts, modelVariable: byKey.model, rounds: byKey.rounds };
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
  for (const attempt of attemptsOf(chosen.value)) {
    const staged = stageFromSomeTable({ input, program, model: chosen.value, attempt });
    if (staged.ok) return ok(staged.value);
    // A sample typed in by hand, or test rows that learn for themselves: the matrix that the model was fitted with decides.
    refused.push(staged.error);
  }
  const written = stageWrittenMatrix({ input, program, model: chosen.value }, refused);
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

/** A matrix to start from and the side of the split it stands on. */
interface Attempt {
  readonly call: ModelCall;
  readonly matrix: SyntaxNode;
  readonly side: ServedSide;
  /** Which table that is read is the raw one. */
  readonly root: number;
  /** The matrix itself, where no table is read. */
  readonly written?: string;
}

/** With the loop whose body the statements are, when there is one. */
interface RoundInput extends StageFeaturesInput {
  readonly rounds?: Rounds;
}

interface AttemptInput {
  readonly input: RoundInput;
  readonly program: FeatureProgram;
  readonly model: ServedModel;
  readonly attempt: Attempt;
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

function stageAttempt(
  { input, program, model, attempt }: AttemptInput,
  until: number | undefined,
): { readonly staging: FeatureStaging; readonly lastUse: number | undefined } {
  const { call, matrix, side } = attempt;
  const fitted =
    model.calls.findLast(({ method }) => method === "fit" || method === "fit_predict") ?? call;
  const target: Target | undefined =
    // Beside a matrix that is written out, the answers are as well: they are in no other terms.
    fitted.target === undefined || attempt.written !== undefined
      ? undefined
      : traceTarget(program, fitted.statement, fitted.target, input);
  const slice = sliceFeatures(program, [
    { names: namesIn(call.statement, matrix), before: call.statement.position },
    ...[fitted.matrix, fitted.target].flatMap((node) =>
      node === undefined
        ? []
        : [{ names: namesIn(fitted.statement, node), before: fitted.statement.position }],
    ),
  ]);
  checkNames(program, slice.statements);
  const draft = newDraft(slice.statements, identifiersOf(program));
  const names: Scope["names"] = new Map();
  const functions = new Map(
    program.statements.flatMap((statement) =>
      statement.facts.definition === undefined
        ? []
        : [[statement.facts.definition.name, statement] as const],
    ),
  );
  const seen: Scope["seen"] = {
    tables: new Set(),
    renumbered: false,
    filtered: false,
    datasetTarget: false,
    droppedNames: new Set(),
    labelColumns: new Map(),
    renamings: [],
    dependences: draft.dependences,
    notes: [],
  };
  const history = newHistory({
    entity: input.entity ?? [],
    time: input.time,
    candidates: findHistoryCandidates(program),
    until,
  });
  const scopeAt = (statement: FeatureStatement): Scope => ({
    program,
    statement,
    names,
    functions,
    label: target?.label,
    root: attempt.root,
    written: attempt.written,
    target: target?.taken,
    lifter: lifterFor(draft, statement),
    inside: [],
    evaluate,
    history,
    seen,
  });
  let split: readonly string[] = [];
  const onSplit = (found: readonly string[]): void => {
    split = found;
  };
  const encoderFields: EncoderFields = new Map();
  for (const statement of slice.statements) {
    const scope = scopeAt(statement);
    keepTargetEncoders(target, scope, encoderFields, "before");
    const staged = { draft, scope, served: side, onSplit };
    const round = input.rounds?.name;
    // What differs from round to round may reach what is predicted alone.
    if (round !== undefined && statement.facts.surelyWrites.includes(round))
      keepInFit(staged, [round], LABEL);
    else
      stageBesideHistory(draft, scope, () => {
        stageStatement(staged);
      });
    keepTargetEncoders(target, scope, encoderFields, "behind");
  }
  const end = scopeAt(call.statement);
  history.now = call.statement.position;
  const result = servedMatrix(evaluatePart(matrix, end), end, attempt);
  if (history.uses.has(history.now))
    refuseHistory(end, matrix, "looks at earlier rows where the model is asked; compute it before");
  const staging = assembleStaging({
    parser: input.parser,
    program,
    model,
    target,
    encoderFields,
    modelType: input.modelType,
    unseen: input.unseen,
    rawColumns: rawColumns(slice.statements, seen.tables, attempt.root, input.columnsAfter),
    draft,
    seen,
    names,
    split,
    side,
    slice: slice.statements,
    assumedHarmless: slice.assumedHarmless,
    result,
    end,
    fitted,
    history: historyPlan(history, draft),
  });
  return { staging, lastUse: history.uses.size === 0 ? undefined : Math.max(...history.uses) };
}

/** Columns of the raw table as a run has shown them at the end of the cell that reads it, where nothing else in the cell touches it. */
function rawColumns(
  slice: readonly FeatureStatement[],
  tables: ReadonlySet<string>,
  root: number,
  columnsAfter: ColumnsAfter | undefined,
): readonly string[] | undefined {
  const [position] = ([...tables][root] ?? "").split(":");
  const read = slice.find((statement) => String(statement.position) === position);
  const [name] = read?.facts.surelyWrites ?? [];
  if (read === undefined || name === undefined) return undefined;
  const isTouched = slice.some(
    ({ cell, position: at, facts }) =>
      cell === read.cell &&
      at > read.position &&
      (facts.mayWrite.includes(name) || mayMutate(facts, name)),
  );
  return isTouched ? undefined : columnsAfter?.(read.cell, name);
}

/** The matrix must have one row for each row of a request. */
function servedMatrix(part: Part, scope: Scope, { call }: Attempt): Part {
  const where = placeOf(scope.program, call.statement, part.node);
  const text = call.statement.tree.text.slice(part.node.start, part.node.end);
  // A filter that picks rows to ask about, as of a date, is none of serving's.
  if (
    part.value.kind === "rows" &&
    (part.value.role === "value" || part.value.role === "partial")
  ) {
    for (const [name, made] of scope.seen.labelColumns) {
      if (part.value.shape !== "column" && mayHaveColumn(part.value, name))
        return refuse(
          "feature-uses-target",
          `"${name}" is computed from the column that is predicted, and \`${text}\` may have it as a feature.`,
          placeOf(scope.program, made),
        );
    }
    return part;
  }
  if (part.value.kind === "training")
    return refuse("feature-mixes-training-rows", `\`${text}\` exists in training only.`, where);
  if (part.value.kind === "label")
    return refuse(
      "feature-uses-target",
      `\`${text}\` is computed from the column that is predicted.`,
      where,
    );
  return refuse(
    "feature-raw-table-unknown",
    `\`${text}\` does not come from a table that the notebook reads.`,
    where,
  );
}

function namesIn(statement: FeatureStatement, node: SyntaxNode): readonly string[] {
  const names = new Set<string>();
  walk(node, (child) => {
    if (child.kind === "identifier" && child.field !== "attribute" && child.field !== "name")
      names.add(statement.tree.text.slice(child.start, child.end));
    return undefined;
  });
  return [...names];
}

/** Every name the notebook uses anywhere: nothing new may be called like one of them. */
function identifiersOf(program: FeatureProgram): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of program.statements) {
    if (statement.facts.definition === undefined)
      for (const name of namesIn(statement, statement.node)) names.add(name);
  }
  return names;
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
