/** The walked slice → the finished `FeatureStaging`: imports that are used, needed columns, the answer. */
import { mayMutate } from "../python/mutated-names.ts";
import type { PythonParser } from "../python/parse.ts";
import { planAnswer } from "./answer/plan-answer.ts";
import type { EncoderFields } from "./answer/target-fields.ts";
import type { Target } from "./answer/target-trace.ts";
import { ofFeatures } from "./dependence.ts";
import { DATASET_TARGET } from "./evaluate-dataset.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";
import { placeOf } from "./feature-program.ts";
import { identifiersIn } from "./identifiers-in.ts";
import { PURE_BUILTINS } from "./library-roles.ts";
import type { ModelCall } from "./models/model-call.ts";
import type { ServedModel } from "./models/served-model.ts";
import { neededColumns } from "./needed-columns.ts";
import type { Part } from "./parts.ts";
import { rawNameOf } from "./raw-names.ts";
import { refuse } from "./refuse.ts";
import type { Scope } from "./scope.ts";
import { sourceOf } from "./scope.ts";
import type { ServedSide } from "./staged-statement.ts";
import type {
  FeatureImport,
  FeatureStaging,
  HistoryPlan,
  MatrixSource,
  ServedEntity,
  StagedLines,
  UnseenPolicy,
} from "./staging.ts";
import type { StagingDraft } from "./staging-draft.ts";
import { fitLines } from "./staging-draft.ts";
import type { RowSet } from "./value.ts";
import { applyEdits } from "./value.ts";

/** Everything the walk found. */
export interface StagedWalk {
  readonly parser: PythonParser;
  readonly program: FeatureProgram;
  readonly model: ServedModel;
  readonly target: Target | undefined;
  /** State fields of the encoders and scalers of the target, by the step's statement. */
  readonly encoderFields: EncoderFields;
  /** Qualified type of the served model, when a run has shown it. */
  readonly modelType: string | undefined;
  readonly unseen: UnseenPolicy;
  readonly rawColumns: readonly string[] | undefined;
  readonly draft: StagingDraft;
  readonly seen: Scope["seen"];
  readonly names: Scope["names"];
  readonly split: readonly string[];
  readonly side: ServedSide;
  readonly slice: readonly FeatureStatement[];
  readonly assumedHarmless: readonly FeatureStatement[];
  readonly result: Part;
  readonly entity: ServedEntity | undefined;
  /** Scope of the statement that asks the model. */
  readonly end: Scope;
  readonly fitted: ModelCall;
  readonly history: HistoryPlan | undefined;
}

/** Puts the staging together. */
export function assembleStaging(walked: StagedWalk): FeatureStaging {
  const { draft, program, model, result, end } = walked;
  const resultText = applyEdits(end.statement.tree.text, result.node, result.edits, "serve");
  const fit = fitLines(draft);
  const answer = planAnswer(walked, tableNames(walked.names, walked.slice));
  const texts = [...fit, ...draft.transform].map(({ text }) => text);
  const shared = usedShared(walked, [...texts, resultText]);
  const used = identifiersIn(walked.parser, [
    ...texts,
    resultText,
    ...shared.map(({ text }) => text),
  ]);
  const imports = usedImports(walked, used);
  const fields = draft.fields.map((field) => ({ ...field, type: knownType(field.type, imports) }));
  const label = rawLabel(walked);
  const { needed, because } = neededColumns(walked, label);
  return {
    model: { variable: model.variable, because: model.because },
    label,
    needed,
    unseen: walked.unseen,
    answer,
    imports,
    parameters: [],
    shared,
    fit,
    transform: draft.transform,
    result: {
      text: resultText,
      fitText: applyEdits(end.statement.tree.text, result.node, result.edits, "fit"),
    },
    state: fields,
    stateValues: draft.values,
    matrices: matricesOf(walked),
    entity: walked.entity,
    support: [...draft.support].toSorted(),
    frameName: draft.frameName,
    stateName: draft.stateName,
    classes: walked.seen.dependences.list(),
    statements: walked.seen.dependences.list(ofFeatures(walked.slice)),
    history: walked.history,
    notes: [
      ...because.map((text) => ({ text, where: { path: program.notebook } })),
      ...walked.seen.notes.map(({ text, span, statement }) => ({
        text,
        where: placeOf(program, statement, span),
      })),
      ...walked.assumedHarmless.map((statement) => ({
        text: "taken as display code that changes nothing",
        where: placeOf(program, statement),
      })),
    ],
  };
}

/** What the predicted column is called in the raw table. */
function rawLabel(walked: StagedWalk): string | undefined {
  const { target, seen, rawColumns, program, fitted } = walked;
  if (seen.datasetTarget) return DATASET_TARGET;
  if (target?.label === undefined) return undefined;
  return (
    dummyOf(target.label, walked) ??
    rawNameOf(target.label, seen.renamings, rawColumns) ??
    refuse(
      "feature-raw-table-unknown",
      `What "${target.label}", the column that is predicted, is called in the raw table is not known: the notebook gives its columns new names.`,
      placeOf(program, fitted.statement),
    )
  );
}

/** The raw column that `get_dummies` makes a predicted column of: `failure` of `failure_heat`. */
function dummyOf(label: string, { rawColumns = [], draft }: StagedWalk): string | undefined {
  const makesDummies = draft.transform.some(({ text }) => text.includes("_dummies("));
  return makesDummies && !rawColumns.includes(label)
    ? rawColumns.findLast((name) => label.startsWith(`${name}_`))
    : undefined;
}

/** Constants and helpers that the lines use, those used by them included. */
function usedShared(
  { parser, draft, names, program }: StagedWalk,
  texts: readonly string[],
): readonly StagedLines[] {
  const reached = new Set(identifiersIn(parser, texts));
  const chosen = new Set<StagedLines>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const lines of draft.shared) {
      const statement = program.statements.find(
        ({ cell, facts }) =>
          cell === lines.cell &&
          facts.line === lines.line &&
          (facts.definition !== undefined || facts.mayWrite.length > 0),
      );
      if (
        statement === undefined ||
        chosen.has(lines) ||
        !statement.facts.mayWrite.some((name) => reached.has(name))
      )
        continue;
      chosen.add(lines);
      grew = true;
      for (const name of identifiersIn(parser, [lines.text])) reached.add(name);
      for (const free of statement.facts.definition?.freeReads ?? []) {
        const kind = names.get(free)?.kind;
        const isThere =
          draft.sharedNames.has(free) ||
          kind === "library" ||
          kind === "function" ||
          (kind === undefined && PURE_BUILTINS.has(free));
        if (!isThere)
          refuse(
            "feature-helper-unknown",
            `\`${String(statement.facts.definition?.name)}\` reads \`${free}\`, which changes in the notebook.`,
            placeOf(program, statement),
          );
      }
    }
  }
  return draft.shared.filter((lines) => chosen.has(lines));
}

function usedImports(
  { slice, program }: StagedWalk,
  used: ReadonlySet<string>,
): readonly FeatureImport[] {
  const found = new Map<string, FeatureImport>();
  for (const { facts } of [...slice, ...program.statements]) {
    for (const { name, module, member } of facts.imports)
      if (used.has(name) && !found.has(name)) found.set(name, { name, module, member });
  }
  return [...found.values()];
}

/** A class can be named in the state only when the module imports it. */
function knownType(type: string, imports: readonly FeatureImport[]): string {
  const plain =
    ["float", "int", "str", "bool", "Any"].includes(type) || /^(dict|list)\[/u.test(type);
  return plain || imports.some(({ name, member }) => name === type && member === type)
    ? type
    : "Any";
}

function matricesOf({
  draft,
  history,
  result,
  end,
  fitted,
  names,
  split,
  side,
  seen,
  slice,
}: StagedWalk): readonly MatrixSource[] {
  const matrices: MatrixSource[] = [];
  const add = (name: string, text: string, onSide: ServedSide, isLabelled = true): void => {
    const results = split.filter((_, index) => index % 2 === (onSide === "train" ? 0 : 1));
    const of = result.value.kind === "rows" ? result.value.of : undefined;
    const frames = (
      split.length === 0 ? tableNames(names, slice, of).toReversed() : results
    ).filter((table) => !isRelabelled(names, table));
    const own = isRelabelled(names, text) ? [] : [text];
    if (!matrices.some((matrix) => matrix.name === name))
      matrices.push({
        name,
        cell: slice.findLast(({ facts }) => facts.mayWrite.includes(text) || mayMutate(facts, text))
          ?.cell,
        text,
        // With a history, rows are known by entity and time, whatever their labels are; those of entities by their keys.
        rowLabels:
          history !== undefined
            ? [...new Set([...own, ...frames, ...tableNames(names, slice, of).toReversed()])]
            : (seen.renumbered && of === undefined) || !isLabelled
              ? []
              : [...new Set([...own, ...frames])],
      });
  };
  const served = sourceOf(end, result.node);
  const value = result.value.kind === "rows" ? result.value : undefined;
  // Rows that were added in training are those of no request: what they were added to is compared.
  if (value?.resampledFrom !== undefined) {
    add(
      /^\w+$/u.test(value.resampledFrom) ? value.resampledFrom : "features",
      value.resampledFrom,
      side,
    );
    return matrices;
  }
  const isNamed = result.node.kind === "identifier";
  add(
    isNamed ? served : draft.taken.has("features") ? "served_features" : "features",
    served,
    side,
  );
  // What an expression takes its columns from is there under a name, and so are the tables before it: some step hands one of them on.
  const table = /^[A-Za-z_]\w*/u.exec(served)?.[0];
  if (!isNamed && history !== undefined)
    for (const name of new Set([
      ...(table === undefined ? [] : [table]),
      ...tableNames(names, slice),
    ]))
      if (names.get(name)?.kind === "rows") add(name, name, side);
  const fitName =
    fitted.matrix?.kind === "identifier"
      ? fitted.statement.tree.text.slice(fitted.matrix.start, fitted.matrix.end)
      : undefined;
  const fitValue = fitName === undefined ? undefined : names.get(fitName);
  const isResampled = slice.some(({ facts }) =>
    facts.calls.some(({ method }) => method === "fit_resample" || method === "fit_sample"),
  );
  // Rows whose labels are lost are found by their values; rows that were made up are nowhere else.
  if (fitName !== undefined && fitValue?.kind === "training" && (fitValue.aligned || !isResampled))
    add(fitName, fitName, side === "test" ? "train" : "test", fitValue.aligned);
  if (fitName !== undefined && fitValue?.kind === "rows") add(fitName, fitName, side);
  return matrices;
}

/** Whether the rows under a name have other labels than those of the raw table. */
function isRelabelled(names: Scope["names"], name: string): boolean {
  const value = names.get(name);
  return value?.kind === "rows" && value.unlabelled === true;
}

function tableNames(
  names: Scope["names"],
  slice: readonly FeatureStatement[],
  of?: RowSet,
): readonly string[] {
  const written = slice.flatMap(({ facts }) => facts.surelyWrites);
  return [...new Set(written)].filter((name) => {
    const value = names.get(name);
    return (
      value?.kind === "rows" &&
      value.side !== "both" &&
      (value.shape === "frame" || value.shape === "column") &&
      value.of?.origin === of?.origin
    );
  });
}
