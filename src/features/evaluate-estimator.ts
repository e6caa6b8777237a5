/** Encoders, scalers and other objects with `fit` and `transform`: fitted in training, kept in the state, only applied while serving. */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import type { Part } from "./parts.ts";
import { combine, requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf, stringLiteral } from "./scope.ts";
import { learnedText } from "./statement-text.ts";
import type { Edit, Evaluated } from "./value.ts";
import { LABEL, once, rowsLike, STATE, TRAINING, textEdit } from "./value.ts";

/** A method call on an estimator. */
export interface EstimatorCall {
  readonly node: SyntaxNode;
  readonly receiver: Part;
  readonly method: string;
  /** `sklearn.preprocessing.StandardScaler`. */
  readonly type: string;
  readonly arguments: readonly Argument[];
}

/** Modules of scikit-learn whose estimators give the number of a row's cluster. */
const CLUSTERING: ReadonlySet<string> = new Set(["cluster", "mixture"]);
/** Encoders that fail on a value which training never showed, unless they are told what it becomes. */
const STRICT: ReadonlySet<string> = new Set([
  "sklearn.preprocessing.OneHotEncoder",
  "sklearn.preprocessing.OrdinalEncoder",
]);
const CODES: ReadonlySet<string> = new Set(["sklearn.preprocessing.LabelEncoder"]);

/** Evaluates `scaler.fit_transform(X)` and the like. */
export function callEstimator(call: EstimatorCall, scope: Scope): Evaluated {
  const { node, receiver, method, type } = call;
  const [data] = call.arguments;
  const text = excerpt(scope, node);
  const isKnown = CLUSTERING.has(type.split(".")[1] ?? "")
    ? ["fit", "fit_predict", "predict", "transform", "fit_transform"].includes(method)
    : ["fit", "fit_transform", "transform"].includes(method);
  if (data === undefined || !isKnown) {
    if (call.arguments.some(({ value }) => value.kind === "rows"))
      return refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` is not understood.`);
    return {
      value:
        data === undefined || method.startsWith("get_")
          ? STATE
          : combine(call.arguments, scope, node).value,
      edits: [],
    };
  }
  if (data.value.kind === "label")
    return { value: method === "fit" ? receiver.value : LABEL, edits: [] };
  if (data.value.kind === "training")
    return {
      value: method === "fit" ? receiver.value : data.value.aligned ? data.value : TRAINING,
      edits: [],
    };
  if (data.value.kind !== "rows")
    return { value: method === "fit" ? receiver.value : STATE, edits: [] };
  if (method !== "transform" && method !== "predict") requireLearnable(data.value, node, scope);
  if (method === "fit") return { value: receiver.value, edits: [] };
  if (data.value.role === "partial")
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${text}\` changes only some of the rows.`,
    );
  const edits = CODES.has(type) ? codeEdits(call, data, scope) : transformEdits(call, scope);
  return {
    value: rowsLike(
      data.value,
      CODES.has(type) || method.endsWith("predict") ? "column" : "unknown",
    ),
    edits: [...data.edits, ...edits],
  };
}

/** `scaler.fit_transform(X, y)` → `state.scaler.transform(X)`. */
function transformEdits(
  { node, receiver, method, type, arguments: list }: EstimatorCall,
  scope: Scope,
): readonly Edit[] {
  const callee = fieldOf(node, "function");
  const field = fittedField({ node, receiver, method, type, arguments: list }, scope);
  const { lifter } = scope;
  const tolerated = (text: string): string =>
    STRICT.has(type) && lifter !== undefined
      ? `${lifter.support("tolerant_encoder")}(${text}, UNSEEN)`
      : text;
  const edits: Edit[] =
    callee === undefined
      ? []
      : [
          {
            span: callee,
            fit: undefined,
            serve: () =>
              `${tolerated(field())}.${method.endsWith("predict") ? "predict" : "transform"}`,
          },
        ];
  const [data] = list;
  const last = list.at(-1);
  if (data !== undefined && last !== undefined && last !== data)
    edits.push(textEdit({ start: data.node.end, end: last.node.end }, ""));
  return edits;
}

/** `encoder.fit_transform(column)` → `label_codes(state.encoder, column, UNSEEN)`: LabelEncoder itself fails on an unseen value. */
function codeEdits(call: EstimatorCall, data: Argument, scope: Scope): readonly Edit[] {
  const callee = fieldOf(call.node, "function");
  const field = fittedField(call, scope);
  if (callee === undefined) return [];
  return [
    { span: callee, fit: undefined, serve: () => scope.lifter?.support("label_codes") ?? "" },
    {
      span: { start: data.node.start, end: data.node.start },
      fit: undefined,
      serve: () => `${field()}, `,
    },
    textEdit({ start: data.node.end, end: data.node.end }, ", UNSEEN"),
  ];
}

/** The state's field with the fitted object; an object without a name is fitted once more, under a name. */
function fittedField(
  { node, receiver, method, type, arguments: list }: EstimatorCall,
  scope: Scope,
): () => string {
  const { lifter } = scope;
  const text = excerpt(scope, node);
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-helper-unknown",
      `\`${text}\` uses an encoder or scaler inside a helper function.`,
    );
  const className = type.slice(type.lastIndexOf(".") + 1);
  if (receiver.node.kind === "identifier") {
    return once(() => lifter.read(lifter.variable(sourceOf(scope, receiver.node), className)));
  }
  if (method !== "fit_transform" && method !== "fit_predict")
    return refuseAt(scope, node, "feature-statement-unknown", `\`${text}\` is not understood.`);
  const data = list.map((argument) => sourceOf(scope, argument.node)).join(", ");
  return once(() => {
    const column = list[0] === undefined ? undefined : lastString(list[0].node, scope);
    const base = `${column ?? ""} ${className.replace(/^.*?([A-Z][a-z]+)$/u, "$1")}`;
    const field = lifter.capture({
      base,
      type: className,
      source: text,
      code: `${learnedText(scope.statement, receiver.node)}.fit(${data})`,
    });
    return lifter.read(field);
  });
}

function lastString(node: SyntaxNode, scope: Scope): string | undefined {
  let found = stringLiteral(scope, node);
  for (const child of node.children) found = lastString(child, scope) ?? found;
  return found;
}
