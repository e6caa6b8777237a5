/** How the served model answers, and in which terms: those of the raw column where the notebook's changes of the target can be undone, its own with a remark otherwise. */
import { walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { placeOf } from "../feature-program.ts";
import { freeName } from "../free-name.ts";
import type { ModelCall } from "../models/model-call.ts";
import { typeOfVariable } from "../models/model-calls.ts";
import type { ServedModel } from "../models/served-model.ts";
import { refuse } from "../refuse.ts";
import type { AnswerPlan, DecodeStep } from "../staging.ts";
import type { StagingDraft } from "../staging-draft.ts";
import { answerKindOf, cannotAnswer } from "./answer-kind.ts";
import type { EncoderFields } from "./target-fields.ts";
import type { TargetStep } from "./target-steps.ts";
import type { Target } from "./target-trace.ts";

/** What is looked at. */
export interface AnswerRequest {
  readonly program: FeatureProgram;
  readonly model: ServedModel;
  /** Qualified type of the model, when a run has shown it. */
  readonly modelType: string | undefined;
  readonly fitted: ModelCall;
  readonly target: Target | undefined;
  readonly encoderFields: EncoderFields;
  readonly draft: StagingDraft;
  readonly slice: readonly FeatureStatement[];
  /** Results of the split, by name. */
  readonly split: readonly string[];
}

/**
 * Plans the answer.
 *
 * @param tables Names that hold tables at the end of `fit`, in whose row labels the target's rows may be found.
 */
export function planAnswer(walked: AnswerRequest, tables: readonly string[]): AnswerPlan {
  const { program, model, fitted, target, modelType } = walked;
  const where = placeOf(program, fitted.statement);
  const type = modelType ?? fitted.type;
  const named = `\`${model.variable}\`${type === undefined ? "" : ` (${type})`}`;
  if (cannotAnswer(type ?? ""))
    return refuse(
      "feature-answer-unknown",
      `${named} groups the rows it is fitted with and has no answer for other rows.`,
      where,
    );
  const kind = answerKind(program, model, fitted, modelType);
  if (kind === undefined)
    return refuse(
      "feature-answer-unknown",
      `It is not known what ${named} answers: a label, a number or a cluster.`,
      where,
    );
  const plain: AnswerPlan = {
    kind,
    decode: [],
    remark: undefined,
    outputs: target !== undefined && target.labels.length > 1 ? target.labels : undefined,
    madeUpLabels: kind === "number" ? ["1.5", "2.5", "4.0", "8.0"] : ["0", "1"],
  };
  if (kind === "cluster" || target === undefined)
    return { ...plain, remark: remarkOfKind(type ?? "") };
  const place = target.steps.find((step) => step.kind === "position");
  if (place?.kind === "position")
    return refuse(
      "feature-target-transform",
      `Which column \`${textOf(place)}\` is shows only when the notebook runs, or where the table's columns are listed.`,
      placeOf(program, place.statement, place.node),
    );
  const steps = target.steps.filter((step) => step.kind !== "values");
  // A number between two codes is no label: what a regressor says stays in terms of the codes.
  const isCoded = kind === "number" && steps.some((step) => step.kind === "mapping");
  const decode = isCoded ? undefined : decodeOf(steps, walked);
  const made = { ...plain, madeUpLabels: madeUpLabels(steps, plain) };
  if (decode !== undefined) return { ...made, decode };
  const unknown = steps.find((step) => step.kind === "unknown");
  if (target.source === undefined && kind === "number")
    return refuse(
      "feature-target-transform",
      "The target does not lead back to a column of a table, so that the unit of the answer is unknown.",
      unknown?.kind === "unknown" ? placeOf(program, unknown.statement, unknown.node) : where,
    );
  const change = unknown?.kind === "unknown" ? `: ${textOf(unknown)}` : "";
  const field = target.source === undefined ? undefined : termsField(walked, target.source, tables);
  const told = kind === "number" ? "numbers are" : "labels are the model's own and";
  return {
    ...made,
    decode: kind === "label" && field !== undefined ? [{ kind: "learned", field }] : [],
    remark: {
      text: `the ${told} in the terms that the notebook trains with, not those of ${target.source === undefined ? "a raw column" : `the raw column ${JSON.stringify(target.source)}`}${change}`,
      unless: field,
    },
  };
}

/** Steps back from the output, the last change first; `undefined` when one of them cannot be undone. */
function decodeOf(
  steps: readonly TargetStep[],
  { encoderFields, target }: AnswerRequest,
): readonly DecodeStep[] | undefined {
  const decode: DecodeStep[] = [];
  for (const step of steps.toReversed()) {
    const field = step.kind === "encoder" ? encoderFields.get(step) : undefined;
    if (step.kind === "mapping") decode.push(step);
    else if (step.kind === "inverse") decode.push(step);
    else if (field !== undefined && (target?.labels.length ?? 0) < 2)
      decode.push({ kind: "encoder", ...field });
    else return undefined;
  }
  return decode;
}

/** Adds a field for what the training rows show of the target's terms; `undefined` when the target is bound anew after the fit. */
function termsField(
  { draft, fitted, slice, split }: AnswerRequest,
  column: string,
  tables: readonly string[],
): string | undefined {
  const { statement, target, matrix } = fitted;
  if (target === undefined) return undefined;
  const names: string[] = [];
  walk(target, (node) => {
    if (node.kind === "identifier" && node.field !== "attribute" && node.field !== "name")
      names.push(statement.tree.text.slice(node.start, node.end));
    return undefined;
  });
  const isBoundAnew = slice.some(
    ({ position, facts }) =>
      position >= statement.position && facts.mayWrite.some((name) => names.includes(name)),
  );
  if (isBoundAnew) return undefined;
  const text = statement.tree.text.slice(target.start, target.end);
  const matrixName =
    matrix?.kind === "identifier" ? [statement.tree.text.slice(matrix.start, matrix.end)] : [];
  const bound = new Set(slice.flatMap(({ facts }) => facts.mayWrite));
  const labelled = [...names, ...matrixName, ...split, ...tables].filter(
    (name) => name !== text && bound.has(name),
  );
  const field = freeName(draft.taken, ["answer_terms"]);
  draft.support.add("target_terms");
  draft.fields.push({
    name: field,
    type: "dict[str, Any]",
    source: `what \`${text.replaceAll(/\s+/gu, " ")}\` stands for in column ${JSON.stringify(column)}`,
  });
  draft.values.push(
    `target_terms(${[draft.frameName, JSON.stringify(column), text, ...new Set(labelled)].join(", ")})`,
  );
  return field;
}

function textOf(step: Extract<TargetStep, { kind: "unknown" | "position" }>): string {
  const text = step.statement.tree.text
    .slice(step.node.start, step.node.end)
    .replaceAll(/\s+/gu, " ");
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function madeUpLabels(
  steps: readonly TargetStep[],
  { kind, madeUpLabels: plain }: AnswerPlan,
): readonly string[] {
  const [first] = steps;
  if (kind === "number" && first?.kind !== "mapping") return plain;
  if (first?.kind === "mapping") return first.pairs.map(({ label }) => label);
  const isText =
    first?.kind === "encoder" ||
    (first?.kind === "unknown" &&
      /\.str\b|["']\s*$|[=]=\s*["']|ncoder|factorize|codes|get_dummies/u.test(textOf(first)));
  return isText ? ['"made-up a"', '"made-up b"'] : plain;
}

function remarkOfKind(type: string): AnswerPlan["remark"] {
  return /(?:IsolationForest|OneClassSVM|EllipticEnvelope|LocalOutlierFactor)$/u.test(type)
    ? { text: "1 is a row like those of training, -1 an outlier", unless: undefined }
    : undefined;
}

/** By class; a search or a pipeline by the classes named where it is made, a loop's variable by those it goes through. */
function answerKind(
  program: FeatureProgram,
  model: ServedModel,
  fitted: ModelCall,
  modelType: string | undefined,
): AnswerPlan["kind"] | undefined {
  const seen = new Set<string>();
  const ask = (variable: string): AnswerPlan["kind"] | undefined => {
    if (seen.has(variable)) return undefined;
    seen.add(variable);
    const direct = answerKindOf(typeOfVariable(program, variable) ?? "");
    if (direct !== undefined) return direct;
    const maker = program.statements.findLast(
      ({ facts }) =>
        facts.surelyWrites.includes(variable) ||
        (facts.kind === "for" && facts.mayWrite.includes(variable)),
    );
    if (maker === undefined) return undefined;
    const classes = maker.facts.calls
      .flatMap(({ callee }) => (callee === undefined ? [] : [answerKindOf(callee)]))
      .filter((kind) => kind !== undefined);
    // Of several candidates of a loop it is not known which one is meant: they must agree.
    if (classes.length > 0)
      return maker.facts.kind === "for" ||
        isCollection(maker.node.children[0]?.children.at(-1)?.kind)
        ? new Set(classes).size === 1
          ? classes[0]
          : undefined
        : classes.at(-1);
    return maker.facts.reads.map(ask).find((kind) => kind !== undefined);
  };
  return (
    answerKindOf(modelType ?? "") ??
    answerKindOf(fitted.type ?? "") ??
    ask(model.variable) ??
    ask(fitted.variable)
  );
}

function isCollection(kind: string | undefined): boolean {
  return kind === "list" || kind === "dictionary" || kind === "tuple";
}
