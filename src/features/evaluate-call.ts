/** Calls: table methods, library functions, encoders and scalers, and the notebook's own helpers. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { argumentsOf, isAcrossRow, keywordOf } from "./call-arguments.ts";
import { callEntityFunction } from "./entities/evaluate-entities.ts";
import { callGroups } from "./entities/evaluate-groups-of-entities.ts";
import { evaluateBins, evaluateFactorize } from "./evaluate-categories.ts";
import { evaluateLoader, isDatasetLoader } from "./evaluate-dataset.ts";
import { evaluateDummies } from "./evaluate-dummies.ts";
import { callEstimator } from "./evaluate-estimator.ts";
import { callGrouped } from "./evaluate-groups.ts";
import { evaluateJoin } from "./evaluate-join.ts";
import { applyScaling, SCALING } from "./evaluate-scaling.ts";
import { requireUnstacked, stackTables } from "./evaluate-stacking.ts";
import { callTableMethod } from "./evaluate-table-method.ts";
import { followHelper, readsTable } from "./follow-helper.ts";
import { callOnHistory, callOnLabel } from "./history/evaluate-history.ts";
import {
  REDUCING_FUNCTIONS,
  REDUCING_METHODS,
  ROW_WISE_FUNCTIONS,
  ROW_WISE_METHODS,
} from "./knowledge.ts";
import { DISPLAY_MODULES, TABLE_READERS, TRANSFORMER_MODULES } from "./library-roles.ts";
import type { Part } from "./parts.ts";
import { combine, evaluatePart, isUnsteady, requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { classify, excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated } from "./value.ts";
import { CONSTANT, LABEL, rows, STATE, TRAINING, textEdit } from "./value.ts";

/** Evaluates a call. */
export function evaluateCall(node: SyntaxNode, scope: Scope): Evaluated {
  const callee = fieldOf(node, "function");
  if (callee === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  if (callee.kind !== "attribute") return callFunction(node, evaluatePart(callee, scope), scope);
  const object = fieldOf(callee, "object");
  const attribute = fieldOf(callee, "attribute");
  if (object === undefined || attribute === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  const receiver = evaluatePart(object, scope);
  const method = sourceOf(scope, attribute);
  if (receiver.value.kind === "library")
    return callFunction(node, evaluatePart(callee, scope), scope);
  if (receiver.value.kind === "estimator")
    return callEstimator(
      { node, receiver, method, type: receiver.value.type, arguments: argumentsOf(node, scope) },
      scope,
    );
  if (receiver.value.kind === "display") return SHOWN;
  if (method === "fit_resample" || method === "fit_sample") return resample(node, receiver, scope);
  if (receiver.value.kind === "grouped")
    return callGrouped({ node, receiver: { ...receiver, value: receiver.value }, method }, scope);
  if (receiver.value.kind === "rows")
    return callTableMethod(
      { node, receiver: { ...receiver, value: receiver.value }, method },
      scope,
    );
  if (receiver.value.kind === "history") {
    const { value } = receiver;
    return (
      callOnHistory({ node, receiver: { ...receiver, value }, method }, scope) ??
      refuseAt(
        scope,
        node,
        "feature-per-key",
        `\`${excerpt(scope, node)}\` combines rows of one group.`,
      )
    );
  }
  if (receiver.value.kind === "label") {
    const earlier = callOnLabel(node, receiver, method, scope);
    if (earlier !== undefined) return earlier;
  }
  if (receiver.value.kind === "groups" || receiver.value.kind === "pairs")
    return callGroups({ node, receiver, method }, scope);
  if (receiver.value.kind === "training" || receiver.value.kind === "label")
    return callOnTraining(receiver, method);
  const parts = argumentsOf(node, scope);
  if (receiver.value.kind === "constant" && method === "join" && parts[0]?.value.kind === "rows") {
    requireLearnable(parts[0].value, node, scope);
    return { value: STATE, edits: [] };
  }
  if (parts.some(({ value }) => value.kind === "rows")) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  }
  return combine([receiver, ...parts], scope, node);
}

function callFunction(node: SyntaxNode, callee: Part, scope: Scope): Evaluated {
  if (callee.value.kind === "library" && isDisplay(callee.value.path)) return SHOWN;
  const list = argumentsOf(node, scope);
  if (callee.value.kind === "function") {
    if (
      scope.lifter !== undefined &&
      readsTable(callee.value.name, scope) &&
      list.every(({ value }) => value.kind === "constant")
    )
      return rawTable(node, scope);
    return followHelper({ node, name: callee.value.name, arguments: list }, scope);
  }
  if (callee.value.kind !== "library") {
    if (list.some(({ value }) => value.kind === "rows"))
      return refuseAt(
        scope,
        node,
        "feature-statement-unknown",
        `\`${excerpt(scope, node)}\` is not understood.`,
      );
    return combine([callee, ...list], scope, node);
  }
  const { path } = callee.value;
  if (isUnsteady(path))
    return refuseAt(
      scope,
      node,
      "feature-random",
      `\`${excerpt(scope, node)}\` gives random numbers or the time: what training rows were given, a row of a request cannot have.`,
    );
  if (TABLE_READERS.has(path)) return rawTable(node, scope);
  if (isDatasetLoader(path)) return evaluateLoader(node, list, scope);
  const hasRows = list.some(({ value }) => value.kind === "rows");
  if ((isTransformer(path) || isClusterer(path)) && !hasRows)
    return { value: { kind: "estimator", type: path }, edits: [] };
  if (!hasRows) return reduceTraining(path, list, combine(list, scope, node));
  const joined = callEntityFunction({ node, path, list }, scope);
  if (joined !== undefined) return joined;
  if (path === "pandas.cut" || path === "pandas.qcut") return evaluateBins(node, list, scope, path);
  const [first, second, ...others] = list;
  if (path === "pandas.factorize" && first?.value.kind === "rows" && second === undefined)
    return evaluateFactorize(node, { ...first, value: first.value }, scope);
  if (path === "pandas.merge" && first?.value.kind === "rows" && second !== undefined) {
    const left = { ...first, value: first.value };
    if (second.value.kind !== "rows")
      return evaluateJoin({ node, left, right: second, rest: others, method: "merge" }, scope);
  }
  if (path === "pandas.pivot_table" || path === "pandas.crosstab") {
    for (const { value } of list) requireLearnable(value, node, scope);
    classify(scope, "fitted-per-key");
    return { value: STATE, edits: [] };
  }
  if (path === "pandas.get_dummies") return evaluateDummies(node, list, scope);
  if (path === "pandas.concat") return concatColumns(node, list, scope);
  if (REDUCING_FUNCTIONS.has(path)) {
    if (isAcrossRow(list, scope)) return combine(list, scope, node, "column");
    for (const argument of list) requireLearnable(argument.value, node, scope);
    return { value: { kind: "state", type: "Any" }, edits: [] };
  }
  if (path in SCALING && first?.value.kind === "rows" && second === undefined)
    return applyScaling(node, { ...first, value: first.value }, scope, path);
  if (path === "statsmodels.api.add_constant" || path === "statsmodels.tools.add_constant") {
    const combined = combine(list, scope, node, "unknown");
    const last = list.at(-1);
    // Of one row every column is constant: without this the constant would be left out while serving.
    return last === undefined || keywordOf(list, "has_constant") !== undefined
      ? combined
      : {
          ...combined,
          edits: [
            ...combined.edits,
            textEdit({ start: last.node.end, end: last.node.end }, ', has_constant="add"'),
          ],
        };
  }
  if (path === "numpy.where" && list.length !== 3)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      "`numpy.where` with one argument gives row numbers.",
    );
  if (!ROW_WISE_FUNCTIONS.has(path))
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${path}\` in \`${excerpt(scope, node)}\` is not understood.`,
    );
  const shape =
    path === "pandas.DataFrame"
      ? "frame"
      : path === "pandas.Series" || path === "numpy.where" || path === "numpy.select"
        ? "column"
        : path === "numpy.column_stack" || path === "numpy.hstack"
          ? "matrix"
          : undefined;
  const made = combine(
    list.map((argument) => asPlainRows(argument)),
    scope,
    node,
    shape,
  );
  const isRelabelled =
    path === "pandas.DataFrame" &&
    keywordOf(list, "index") === undefined &&
    first?.value.kind === "rows" &&
    (first.value.shape === "matrix" || first.value.shape === "unknown") &&
    (scope.seen.filtered || first.value.side !== "all");
  return isRelabelled && made.value.kind === "rows"
    ? { ...made, value: { ...made.value, unlabelled: true } }
    : made;
}

const SHOWN: Evaluated = { value: { kind: "display" }, edits: [] };

function isDisplay(path: string): boolean {
  return DISPLAY_MODULES.some((module) => path === module || path.startsWith(`${module}.`));
}

/** `smote.fit_resample(X, y)`: what is given is served as it is. */
function resample(node: SyntaxNode, receiver: Part, scope: Scope): Evaluated {
  const [data, target, ...more] = argumentsOf(node, scope);
  if (data?.value.kind === "training") return { value: TRAINING, edits: [] };
  if (data?.value.kind !== "rows" || target === undefined || more.length > 0)
    return combine([receiver], scope, node);
  requireUnstacked(data.value, node, scope);
  if (data.value.role !== "value")
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  return { value: { kind: "resampled", rows: data.value, data: data.node }, edits: data.edits };
}

function rawTable(node: SyntaxNode, scope: Scope): Evaluated {
  const { lifter } = scope;
  if (lifter === undefined)
    return refuseAt(
      scope,
      node,
      "feature-raw-table-unknown",
      "the raw table is read inside a helper function.",
    );
  const key = `${String(scope.statement.position)}:${String(node.start)}`;
  scope.seen.tables.add(key);
  // What another table holds is known when the features are learned, and kept.
  if ([...scope.seen.tables].indexOf(key) !== scope.root)
    return { value: { kind: "state", type: "pd.DataFrame" }, edits: [] };
  classify(scope, "schema");
  const serve = (): string => {
    // The rows come with their history, in the raw table's types already.
    if (scope.history.until !== undefined) return `${lifter.frameName}.copy()`;
    return `${lifter.support("raw_rows")}(${lifter.frameName}, ${lifter.stateName}.raw_types, UNSERVED)`;
  };
  return {
    value: {
      ...rows("frame", "all"),
      ...(scope.entities === undefined ? {} : { of: scope.entities.raw }),
    },
    edits: [{ span: node, fit: () => `${lifter.frameName}.copy()`, serve }],
  };
}

function concatColumns(node: SyntaxNode, list: readonly Argument[], scope: Scope): Evaluated {
  const axis = keywordOf(list, "axis");
  const isColumns = axis !== undefined && /^(1|["']columns["'])$/u.test(sourceOf(scope, axis.node));
  const stacked = isColumns ? undefined : stackTables(node, list, scope);
  if (stacked !== undefined) return stacked;
  if (!isColumns)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` puts rows of several tables together.`,
    );
  return combine(list, scope, node, "frame");
}

function callOnTraining(receiver: Part, method: string): Evaluated {
  if (receiver.value.kind === "label") return { value: LABEL, edits: [] };
  if (REDUCING_METHODS.has(method)) return { value: { kind: "state", type: "Any" }, edits: [] };
  const aligned =
    receiver.value.kind === "training" &&
    receiver.value.aligned &&
    ROW_WISE_METHODS.has(method) &&
    method !== "reset_index";
  return { value: { kind: "training", aligned }, edits: [] };
}

function reduceTraining(path: string, list: readonly Argument[], combined: Evaluated): Evaluated {
  if (combined.value.kind !== "training")
    return combined.value.kind === "constant"
      ? { value: CONSTANT, edits: combined.edits }
      : combined;
  return REDUCING_FUNCTIONS.has(path) && list.length > 0
    ? { value: { kind: "state", type: "Any" }, edits: [] }
    : { value: TRAINING, edits: [] };
}

function asPlainRows(argument: Argument): Argument {
  return argument.value.kind === "rows" && argument.value.role === "index"
    ? { ...argument, value: { ...argument.value, role: "value" } }
    : argument;
}

/** Clusterings that can tell the cluster of a new row; the number of a row's cluster is a feature like any other. */
function isClusterer(path: string): boolean {
  return /^sklearn\.(?:cluster\.(?:MiniBatch|Bisecting)?KMeans|cluster\.Birch|mixture\.\w*GaussianMixture)$/u.test(
    path,
  );
}

function isTransformer(path: string): boolean {
  const last = path.slice(path.lastIndexOf(".") + 1);
  return (
    TRANSFORMER_MODULES.some((module) => path.startsWith(`${module}.`)) &&
    (/^[A-Z]/u.test(last) || last.startsWith("make_"))
  );
}
