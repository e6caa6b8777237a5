/** Calls: table methods, library functions, encoders and scalers, and the notebook's own helpers. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Argument } from "./call-arguments.ts";
import { argumentsOf, isAcrossRow, keywordOf } from "./call-arguments.ts";
import { evaluateDummies } from "./evaluate-dummies.ts";
import { callEstimator } from "./evaluate-estimator.ts";
import { callTableMethod } from "./evaluate-table-method.ts";
import { followHelper, readsTable } from "./follow-helper.ts";
import {
  REDUCING_FUNCTIONS,
  REDUCING_METHODS,
  ROW_WISE_FUNCTIONS,
  ROW_WISE_METHODS,
  TABLE_READERS,
  TRANSFORMER_MODULES,
} from "./knowledge.ts";
import type { Part } from "./parts.ts";
import { combine, evaluatePart, isUnsteady, requireLearnable } from "./parts.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Evaluated } from "./value.ts";
import { CONSTANT, LABEL, rows, TRAINING } from "./value.ts";

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
  if (receiver.value.kind === "rows")
    return callTableMethod(
      { node, receiver: { ...receiver, value: receiver.value }, method },
      scope,
    );
  if (receiver.value.kind === "training" || receiver.value.kind === "label")
    return callOnTraining(receiver, method);
  const parts = argumentsOf(node, scope);
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
      `\`${excerpt(scope, node)}\` gives another value each time.`,
    );
  if (TABLE_READERS.has(path)) return rawTable(node, scope);
  const hasRows = list.some(({ value }) => value.kind === "rows");
  if (isTransformer(path) && !hasRows)
    return { value: { kind: "estimator", type: path }, edits: [] };
  if (!hasRows) return reduceTraining(path, list, combine(list, scope, node));
  if (path === "pandas.get_dummies") return evaluateDummies(node, list, scope);
  if (path === "pandas.concat") return concatColumns(node, list, scope);
  if (REDUCING_FUNCTIONS.has(path)) {
    if (isAcrossRow(list, scope)) return combine(list, scope, node, "column");
    for (const argument of list) requireLearnable(argument.value, node, scope);
    return { value: { kind: "state", type: "Any" }, edits: [] };
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
  return combine(
    list.map((argument) => asPlainRows(argument)),
    scope,
    node,
    shape,
  );
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
  scope.seen.tables.add(`${String(scope.statement.position)}:${String(node.start)}`);
  if (scope.seen.tables.size > 1) {
    return refuseAt(
      scope,
      node,
      "feature-raw-table-unknown",
      `\`${excerpt(scope, node)}\` reads a second table; a request brings rows of one.`,
    );
  }
  const serve = (): string =>
    `${lifter.support("raw_rows")}(${lifter.frameName}, ${lifter.stateName}.raw_types, UNSERVED)`;
  return {
    value: rows("frame", "all"),
    edits: [{ span: node, fit: () => `${lifter.frameName}.copy()`, serve }],
  };
}

function concatColumns(node: SyntaxNode, list: readonly Argument[], scope: Scope): Evaluated {
  const axis = keywordOf(list, "axis");
  const isColumns = axis !== undefined && /^(1|["']columns["'])$/u.test(sourceOf(scope, axis.node));
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

function isTransformer(path: string): boolean {
  const last = path.slice(path.lastIndexOf(".") + 1);
  return (
    TRANSFORMER_MODULES.some((module) => path.startsWith(`${module}.`)) &&
    (/^[A-Z]/u.test(last) || last.startsWith("make_"))
  );
}
