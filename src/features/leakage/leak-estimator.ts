/** Encoders, scalers and models: what they learn of which rows, and which rows they are asked with. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { walk } from "../../python/syntax.ts";
import {
  CATEGORY_ENCODERS,
  FITS_OTHERWISE,
  OVERSAMPLERS,
  STATELESS,
  TRANSFORMERS,
} from "./leak-knowledge.ts";
import { combined } from "./leak-rows.ts";
import type { LeakScope } from "./leak-scope.ts";
import { learn, newSet, textAt } from "./leak-scope.ts";
import type { LeakCall } from "./leak-table.ts";
import type { LeakArgument } from "./leak-text.ts";
import { leakArguments } from "./leak-text.ts";
import type { Flow, Learned, ModelFit, Repair, RowsFlow, Traits } from "./leak-value.ts";
import { flattened, NO_TRAITS, PLAIN, withTraits } from "./leak-value.ts";

type Estimator = Extract<Flow, { kind: "estimator" }>;

const ASKING: ReadonlySet<string> = new Set([
  "predict",
  "predict_proba",
  "predict_classes",
  "decision_function",
]);
const SCORING: ReadonlySet<string> = new Set(["score", "evaluate"]);
const SELECTING: ReadonlySet<string> = new Set([
  "coef_",
  "feature_importances_",
  "pvalues_",
  "ranking_",
  "scores_",
  "support_",
]);

/** A class of a library that is called. */
export function newEstimator(node: SyntaxNode, path: string, scope: LeakScope): Flow {
  const parts: string[] = [];
  let isVaried = false;
  walk(node, (child) => {
    if (child.kind !== "identifier") return undefined;
    const name = textAt(scope, child);
    if (/^[A-Z]/u.test(name)) parts.push(name);
    if (scope.loops.includes(name)) isVaried = true;
    return undefined;
  });
  return { kind: "estimator", type: path, parts, learned: undefined, fit: undefined, isVaried };
}

/** `scaler.fit_transform(X)`, `model.fit(X, y)`, `model.predict(X)`. */
export function estimatorMethod(call: LeakCall, estimator: Estimator, scope: LeakScope): Flow {
  const { node, method, receiver } = call;
  const list = leakArguments(node, scope);
  const positional = list.filter(({ keyword }) => keyword === undefined);
  const data = list.find(({ keyword }) => keyword === "X") ?? positional[0];
  const target = list.find(({ keyword }) => keyword === "y") ?? positional[1];
  if (method.startsWith("set_")) return estimator;
  if (method === "get_support" || method === "get_feature_names_out")
    return fittedAttribute(estimator, "support_");
  if (data?.flow.kind !== "rows") return PLAIN;
  const rows = data.flow;
  if (method === "fit_resample" || method === "fit_sample")
    return resampledBy(node, estimator, { rows, target, scope });
  const isModel = isModelType(estimator.type, target !== undefined);
  if (method === "fit" || method === "fit_transform" || method === "partial_fit") {
    const fitted = fittedOn(call, estimator, { rows, target: target?.flow, list, isModel, scope });
    if (receiver.kind === "identifier") {
      const ref = scope.names.get(textAt(scope, receiver));
      if (ref !== undefined) ref.flow = fitted;
    }
    return method === "fit_transform" ? transformed(fitted, rows) : fitted;
  }
  if (method === "transform") return transformed(estimator, rows);
  const { fit } = estimator;
  if (fit === undefined) return PLAIN;
  if (!ASKING.has(method) && !SCORING.has(method)) return PLAIN;
  const isMeasured = SCORING.has(method);
  scope.trail.asked.push({ statement: scope.statement, node, fit, rows, isMeasured });
  return isMeasured ? PLAIN : { kind: "answers", fit, rows };
}

/** A model that is not made here, but fitted with rows and answers: `models[name].fit(X_train, y_train)`. */
export function unknownFit(
  { node, method, receiver }: LeakCall,
  list: readonly LeakArgument[],
  scope: LeakScope,
): Flow | undefined {
  const [data, target] = list.filter(({ keyword }) => keyword === undefined);
  if (method !== "fit" || data?.flow.kind !== "rows" || target === undefined) return undefined;
  const fit = modelFit(
    { node, receiver, rows: data.flow, target: target.flow, isVaried: false },
    scope,
  );
  const learned = undefined;
  const fitted: Flow = { kind: "estimator", type: "", parts: [], learned, fit, isVaried: false };
  const ref = receiver.kind === "identifier" ? scope.names.get(textAt(scope, receiver)) : undefined;
  if (ref !== undefined) ref.flow = fitted;
  return fitted;
}

/** What a fitted object tells of the rows it was fitted with. */
export function fittedAttribute(estimator: Estimator, name: string): Flow {
  if (name === "best_estimator_") return estimator;
  const { learned } = estimator;
  if (learned === undefined || !(SELECTING.has(name) || name.endsWith("_"))) return PLAIN;
  return { kind: "plain", learned: new Set([learned]) };
}

/** Pipelines and unknown classes are models when they are fitted with answers. */
function isModelType(type: string, hasTarget: boolean): boolean {
  if (TRANSFORMERS.some((module) => type.startsWith(`${module}.`))) return false;
  return hasTarget || !/^sklearn\.(?:pipeline|compose)\./u.test(type);
}

interface FitInput {
  readonly rows: RowsFlow;
  readonly target: Flow | undefined;
  readonly list: readonly LeakArgument[];
  readonly isModel: boolean;
  readonly scope: LeakScope;
}

function fittedOn(call: LeakCall, estimator: Estimator, input: FitInput): Estimator {
  const { rows, target, list, isModel, scope } = input;
  const { node, receiver } = call;
  const kind = isModel ? "selection" : kindOf(estimator);
  const learned =
    kind === undefined
      ? undefined
      : learn(scope, node, {
          kind,
          isFitted: true,
          rows,
          repair: repairOf(call, estimator, list),
        });
  const { isVaried } = estimator;
  const fit = isModel ? modelFit({ node, receiver, rows, target, isVaried }, scope) : undefined;
  return { ...estimator, learned, fit };
}

function modelFit(
  made: Pick<LeakCall, "node" | "receiver"> & Pick<ModelFit, "rows" | "target" | "isVaried">,
  scope: LeakScope,
): ModelFit {
  const { receiver, ...rest } = made;
  const variable = receiver.kind === "call" ? "the model" : textAt(scope, receiver);
  const fit = { ...rest, statement: scope.statement, variable };
  scope.trail.fits.push(fit);
  return fit;
}

function kindOf({ type, parts }: Estimator): Learned["kind"] | undefined {
  const own = type.slice(type.lastIndexOf(".") + 1);
  if (STATELESS.has(own)) return undefined;
  const inner = parts.filter(
    (part) => part !== own && !["Pipeline", "ColumnTransformer"].includes(part),
  );
  const all = inner.length > 0 && /^sklearn\.(?:pipeline|compose)\./u.test(type) ? inner : [own];
  const learning = all.filter((part) => !STATELESS.has(part));
  if (learning.length > 0 && learning.every((part) => CATEGORY_ENCODERS.has(part)))
    return "categories";
  if (type.startsWith("sklearn.feature_selection.")) return "selection";
  return learning.length === 0 ? undefined : "statistic";
}

function repairOf(
  { node, receiver, method }: LeakCall,
  { type }: Estimator,
  list: readonly LeakArgument[],
): Repair {
  const className = type.slice(type.lastIndexOf(".") + 1);
  if (FITS_OTHERWISE.has(className))
    return { kind: "none", because: `${className} has no \`transform\` that gives the same` };
  const data = list.flatMap(({ node: argument, flow }) =>
    flow.kind === "rows" ? [{ node: argument, shape: flow.shape }] : [],
  );
  if (data.some(({ shape }) => shape === "unknown") || data.length !== list.length)
    return { kind: "none", because: "whether it is given a table or an array is not known" };
  return {
    kind: "fit",
    call: node,
    receiver,
    className,
    isTransforming: method === "fit_transform",
    data,
  };
}

/** Rows as a fitted object changes them; their names and sources are its matter. */
function transformed({ learned, type }: Estimator, rows: RowsFlow): Flow {
  const added: Traits = { ...NO_TRAITS, learned: new Set(learned === undefined ? [] : [learned]) };
  const changed = withTraits(rows, added);
  if (type.endsWith(".LabelEncoder")) return changed;
  return flattened(changed, "matrix");
}

/** Rows that are repeated, or made from their neighbours. */
function resampledBy(
  node: SyntaxNode,
  { type }: Estimator,
  given: {
    readonly rows: RowsFlow;
    readonly target: LeakArgument | undefined;
    readonly scope: LeakScope;
  },
): Flow {
  const { rows, target, scope } = given;
  const set = newSet(scope, rows.extent.set, true);
  const repeated = OVERSAMPLERS.test(type) ? { statement: scope.statement, node } : undefined;
  const drawn = (flow: Flow | undefined): Flow =>
    flow?.kind === "rows"
      ? { ...flow, extent: { ...flow.extent, set }, repeated: repeated ?? flow.repeated }
      : combined([]);
  return { kind: "tuple", items: [drawn(rows), drawn(target?.flow)] };
}
