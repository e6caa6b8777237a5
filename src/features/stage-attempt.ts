/** One attempt: the slice of one matrix, walked forward once, statement by statement. */
import { mayMutate } from "../python/mutated-names.ts";
import type { EncoderFields } from "./answer/target-fields.ts";
import { keepTargetEncoders } from "./answer/target-fields.ts";
import type { ColumnsAfter, Target } from "./answer/target-trace.ts";
import { traceTarget } from "./answer/trace-target.ts";
import { assembleStaging } from "./assemble-staging.ts";
import { type ClassifiedStatement, ofFeatures } from "./dependence.ts";
import { servedEntity } from "./entities/stage-entities.ts";
import { trackEntities } from "./entities/track-entities.ts";
import { evaluate } from "./evaluate.ts";
import { requireUnstacked } from "./evaluate-stacking.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";
import { namesIn, placeOf } from "./feature-program.ts";
import { findHistoryCandidates } from "./history/history-candidates.ts";
import { newHistory, refuseHistory } from "./history/history-draft.ts";
import { historyPlan, stageBesideHistory } from "./history/stage-history.ts";
import type { ModelCall } from "./models/model-call.ts";
import type { Part } from "./parts.ts";
import { evaluatePart } from "./parts.ts";
import { refuse, withStatements } from "./refuse.ts";
import { checkNames } from "./reserved-names.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt } from "./scope.ts";
import { sliceFeatures } from "./slice-features.ts";
import { bindMade } from "./stage-made-table.ts";
import { stageStatement } from "./stage-statement.ts";
import { keepInFit } from "./staged-statement.ts";
import type { FeatureStaging } from "./staging.ts";
import { lifterFor, newDraft } from "./staging-draft.ts";
import { type Attempt, type AttemptInput, settingsOf } from "./staging-input.ts";
import { LABEL, mayHaveColumn } from "./value.ts";

/** What a walk gives. */
interface Staged {
  readonly staging: FeatureStaging;
  /** The last statement that looks at earlier rows, by position. */
  readonly lastUse: number | undefined;
}

/** Walks the slice of one matrix; what it looks at of earlier rows last shows only at the end. A refusal says how far it came. */
export function stageAttempt(request: AttemptInput, until: number | undefined): Staged {
  let known: () => readonly ClassifiedStatement[] = () => [];
  return withStatements(
    () => walkSlice(request, until, (statements) => (known = statements)),
    () => known(),
  );
}

function walkSlice(
  { input, program, model, attempt, entity }: AttemptInput,
  until: number | undefined,
  onSlice: (statements: () => readonly ClassifiedStatement[]) => void,
): Staged {
  const { call, matrix, side, made } = attempt;
  const fitted =
    model.calls.findLast(({ method }) => method === "fit" || method === "fit_predict") ?? call;
  const target: Target | undefined =
    // Beside a matrix that is written out, the answers are as well: they are in no other terms.
    fitted.target === undefined || attempt.written !== undefined || made !== undefined
      ? undefined
      : traceTarget(program, fitted.statement, fitted.target, input);
  const cuts = made === undefined ? [] : [made.matrix, ...(made.target ? [made.target] : [])];
  const slice = sliceFeatures(
    program,
    [
      { names: namesIn(call.statement, matrix), before: call.statement.position },
      ...[fitted.matrix, fitted.target].flatMap((node) =>
        node === undefined
          ? []
          : [{ names: namesIn(fitted.statement, node), before: fitted.statement.position }],
      ),
    ],
    cuts,
  );
  const parameters = (input.parameters ?? []).map(({ variable }) => variable);
  const draft = newDraft(slice.statements, new Set([...identifiersOf(program), ...parameters]));
  onSlice(() => draft.dependences.list(ofFeatures(slice.statements)));
  checkNames(program, slice.statements);
  const tracking = entity === undefined ? undefined : trackEntities(entity.key, program, draft);
  if (tracking !== undefined) entity?.onStart(tracking);
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
    droppedColumns: new Map(),
    labelColumns: new Map(),
    renamings: [],
    stacked: undefined,
    dependences: draft.dependences,
    notes: [],
  };
  const history = newHistory({
    entity: input.entity ?? [],
    time: input.time,
    candidates: findHistoryCandidates(program),
    settings: settingsOf(input),
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
    entities: tracking?.rows,
    seen,
  });
  let split: readonly string[] = [];
  const onSplit = (found: readonly string[]): void => {
    split = found;
  };
  const encoderFields: EncoderFields = new Map();
  const chosen = new Set(slice.statements);
  for (const statement of program.statements) {
    const isCut = cuts.some(({ behind }) => behind === statement.position);
    if (!isCut && !chosen.has(statement)) continue;
    const scope = scopeAt(statement);
    if (isCut && made !== undefined) {
      if (chosen.has(statement)) stageStatement({ draft, scope, served: side, onSplit });
      bindMade(made, scope, draft);
      continue;
    }
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
  requireOneTable(fitted, scopeAt(fitted.statement), attempt);
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
    entity: servedEntity(result, end, tracking),
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
    part.value.side !== "both" &&
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
  if (part.value.kind === "groups" || part.value.kind === "pairs")
    return refuse(
      "feature-entity-unknown",
      `\`${text}\` has more than one row for each entity.`,
      where,
    );
  if (part.value.kind === "rows") requireUnstacked(part.value, part.node, scope);
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

/** What a model is asked with may come from a table of its own, as in a competition; what is learned comes from the one it is fitted with. */
function requireOneTable(fitted: ModelCall, scope: Scope, { call, matrix }: Attempt): void {
  if (fitted.matrix === undefined || scope.seen.tables.size < 2) return undefined;
  if (evaluatePart(fitted.matrix, scope).value.kind !== "state") return undefined;
  const asked = call.statement.tree.text.slice(matrix.start, matrix.end);
  return refuseAt(
    scope,
    fitted.matrix,
    "feature-raw-table-unknown",
    `\`${excerpt(scope, fitted.matrix)}\`, which the model is fitted with, comes from another table than \`${asked}\`.`,
  );
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
