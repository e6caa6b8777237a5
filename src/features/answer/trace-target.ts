/**
 * From the `y` of `model.fit(X, y)` back to the column that is predicted, and how to turn the model's output into that column's values.
 * Purely by text; what is not recognized is told as such, and what the rows themselves show of it is looked at when the state is learned.
 */

import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { changesOfColumn } from "./column-changes.ts";
import { columnAt, placeInTable } from "./positional-label.ts";
import type { TargetStep } from "./target-steps.ts";
import {
  inverseOfFunction,
  inverseOfOperation,
  mappingOfLists,
  mappingStep,
} from "./target-steps.ts";
import type { ColumnsAfter, Rounds, Target, Trace, Traced } from "./target-trace.ts";
import {
  assignmentOf,
  columnNames,
  isModule,
  literalOrConstant,
  numberOf,
  writtenOut,
} from "./target-trace.ts";

const CONTAINER_METHODS: ReadonlySet<string> = new Set([
  "to_numpy",
  "ravel",
  "copy",
  "squeeze",
  "flatten",
  "reset_index",
  "reshape",
  "to_list",
  "tolist",
  "to_frame",
  "astype",
  "dropna",
  "head",
  "sample",
  "sort_index",
]);
const CONTAINER_FUNCTIONS: ReadonlySet<string> = new Set([
  "array",
  "asarray",
  "ravel",
  "squeeze",
  "reshape",
  "Series",
  "DataFrame",
  "list",
  "column_or_1d",
  "to_numeric",
]);
const VALUE_METHODS: ReadonlySet<string> = new Set(["fillna", "clip", "round", "abs"]);
/** Functions that give as many results as they are given tables, one for each. */
const ONE_FOR_EACH = /(?:^|\.)(?:shuffle|fit_resample|fit_sample)$/u;

/** Traces the target expression as it stands in a statement. */
export function traceTarget(
  program: FeatureProgram,
  at: FeatureStatement,
  node: SyntaxNode,
  known: {
    readonly columnsAfter?: ColumnsAfter | undefined;
    readonly rounds?: Rounds | undefined;
  } = {},
): Target {
  const { columnsAfter = () => undefined, rounds } = known;
  const trace: Trace = {
    program,
    statement: at,
    depth: 0,
    columnsAfter,
    rounds,
    expression: traceExpression,
  };
  const found = traceExpression(trace, node);
  const { label, labels, taken } = found;
  if (label === undefined || taken === undefined) return { ...found, source: undefined };
  const { table } = found;
  const changes = labels.map((name) => changesOfColumn(trace, { label: name, taken, table }));
  const [first] = changes;
  const isChanged = changes.some(({ steps }) => steps.some(({ kind }) => kind !== "values"));
  return {
    label,
    labels,
    taken,
    source: first?.source,
    steps: [
      // What is done to one of several columns must not be undone in the others.
      ...(labels.length > 1 && isChanged
        ? [{ kind: "unknown" as const, node, statement: at }]
        : (first?.steps ?? [])),
      ...found.steps,
    ],
  };
}

function traceExpression(trace: Trace, node: SyntaxNode): Traced {
  const { statement } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const through = (inner: SyntaxNode | undefined, step?: TargetStep): Traced => {
    if (inner === undefined || trace.depth > 60) return nowhere(trace, node);
    const found = traceExpression({ ...trace, depth: trace.depth + 1 }, inner);
    return step === undefined ? found : { ...found, steps: [...found.steps, step] };
  };
  const unknown: TargetStep = { kind: "unknown", node, statement };
  switch (node.kind) {
    case "parenthesized_expression":
      return through(node.children[0]);
    case "identifier":
      return traceName(trace, text(node)) ?? nowhere(trace, node);
    case "comparison_operator":
    case "not_operator":
      return through(node.children[0], unknown);
    case "unary_operator":
      return through(
        node.children.at(-1),
        text(node).startsWith("-") ? inverseOfFunction("negative") : unknown,
      );
    case "binary_operator":
      return traceOperation(trace, node);
    case "subscript":
      return traceSubscript(trace, node);
    case "attribute": {
      const name = fieldOf(node, "attribute");
      const object = fieldOf(node, "object");
      if (name === undefined || object === undefined) return nowhere(trace, node);
      if (["values", "T"].includes(text(name))) return through(object);
      if (["codes", "cat", "array"].includes(text(name))) return through(object, unknown);
      return object.kind === "identifier"
        ? takenOut(trace, node, { labels: [text(name)], table: object })
        : nowhere(trace, node);
    }
    case "call":
      return traceCall(trace, node);
    default:
      return nowhere(trace, node);
  }
}

function traceCall(trace: Trace, node: SyntaxNode): Traced {
  const { statement } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const unknown: TargetStep = { kind: "unknown", node, statement };
  const through = (inner: SyntaxNode | undefined, step?: TargetStep): Traced => {
    if (inner === undefined || trace.depth > 60) return nowhere(trace, node);
    const found = traceExpression({ ...trace, depth: trace.depth + 1 }, inner);
    return step === undefined ? found : { ...found, steps: [...found.steps, step] };
  };
  const callee = fieldOf(node, "function");
  const list = fieldOf(node, "arguments")?.children ?? [];
  const positional = list.filter(({ kind }) => kind !== "keyword_argument");
  const [first, second] = positional;
  if (callee === undefined) return nowhere(trace, node);
  const object = fieldOf(callee, "object");
  const attribute = fieldOf(callee, "attribute");
  const method = attribute === undefined ? text(callee) : text(attribute);
  const isLibrary =
    object === undefined || (object.kind === "identifier" && isModule(trace, text(object)));
  if (isLibrary) {
    if (CONTAINER_FUNCTIONS.has(method)) return through(first);
    if (positional.length === 1 && inverseOfFunction(method) !== undefined)
      return through(first, inverseOfFunction(method));
    if (method === "power" && second !== undefined)
      return through(
        first,
        inverseOfOperation({ operator: "**", number: text(second), numberSide: "right" }) ??
          unknown,
      );
    return through(first, unknown);
  }
  if (CONTAINER_METHODS.has(method)) return through(object);
  if (VALUE_METHODS.has(method)) return through(object, { kind: "values" });
  if (method === "pop" && first !== undefined) {
    const label = literalOrConstant(trace, first);
    return label === undefined
      ? nowhere(trace, node)
      : takenOut(trace, node, { labels: [label], table: object });
  }
  if (method === "map" || method === "replace" || method === "apply" || method === "transform") {
    const named = first?.kind === "attribute" ? fieldOf(first, "attribute") : undefined;
    const byFunction = named === undefined ? undefined : inverseOfFunction(text(named));
    if (byFunction !== undefined && method !== "replace") return through(object, byFunction);
    const dictionary = first === undefined ? undefined : writtenOut(trace, first);
    const step =
      dictionary === undefined || first === undefined
        ? undefined
        : method === "replace" && second !== undefined
          ? mappingOfLists(first, second, statement)
          : mappingStep(dictionary.node, dictionary.statement, method === "map" ? "null" : "kept");
    if (step !== undefined) return through(object, step);
  }
  if ((method === "fit_transform" || method === "transform") && first !== undefined)
    return through(first, { kind: "encoder", object, data: first, statement });
  return through(object, unknown);
}

function traceOperation(trace: Trace, node: SyntaxNode): Traced {
  const { statement } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return nowhere(trace, node);
  const operator = statement.tree.text.slice(left.end, right.start).replaceAll(/[()\s]/gu, "");
  const [rightNumber, leftNumber] = [right, left].map((side) => numberOf(trace, side));
  const step =
    rightNumber !== undefined
      ? inverseOfOperation({ operator, number: rightNumber, numberSide: "right" })
      : leftNumber !== undefined
        ? inverseOfOperation({ operator, number: leftNumber, numberSide: "left" })
        : undefined;
  const inner = leftNumber === undefined ? left : right;
  const found = traceExpression({ ...trace, depth: trace.depth + 1 }, inner);
  if (trace.depth > 60 || text(inner) === "") return nowhere(trace, node);
  return { ...found, steps: [...found.steps, step ?? { kind: "unknown", node, statement }] };
}

function traceSubscript(trace: Trace, node: SyntaxNode): Traced {
  const { statement } = trace;
  const value = fieldOf(node, "value");
  const last = fieldsOf(node, "subscript").at(-1);
  if (value === undefined || last === undefined) return nowhere(trace, node);
  const isIndexer =
    value.kind === "attribute" &&
    /\.(?:loc|iloc)$/u.test(statement.tree.text.slice(value.start, value.end));
  const table = isIndexer ? fieldOf(value, "object") : value;
  const names = columnNames(trace, last);
  if (names !== undefined) return takenOut(trace, node, { labels: names, table });
  const place = placeInTable(trace, node);
  if (place !== undefined) {
    const label = columnAt(trace, place);
    if (label !== undefined) return takenOut(trace, node, { labels: [label], table: place.table });
    return { ...nowhere(trace, node), steps: [{ kind: "position", node, statement }] };
  }
  // `y[mask]`, `y.iloc[:800]`: some of the rows of a column.
  if (fieldsOf(node, "subscript").length !== 1 || table === undefined || trace.depth > 60)
    return nowhere(trace, node);
  if (last.kind === "integer") {
    // `pd.factorize(y)[0]`
    const found = traceExpression({ ...trace, depth: trace.depth + 1 }, table);
    return { ...found, steps: [...found.steps, { kind: "unknown", node, statement }] };
  }
  return traceExpression({ ...trace, depth: trace.depth + 1 }, table);
}

function takenOut(
  { statement }: Trace,
  node: SyntaxNode,
  { labels, table }: { readonly labels: readonly string[]; readonly table: SyntaxNode | undefined },
): Traced {
  return { label: labels[0], labels, steps: [], taken: { statement, node }, table };
}

function nowhere({ statement }: Trace, node: SyntaxNode): Traced {
  return {
    label: undefined,
    labels: [],
    steps: [{ kind: "unknown", node, statement }],
    taken: undefined,
    table: undefined,
  };
}

function traceName(trace: Trace, name: string): Traced | undefined {
  const { program, statement, depth } = trace;
  if (depth > 60) return undefined;
  const binder = program.statements.findLast(
    ({ position, facts }) => position < statement.position && facts.mayWrite.includes(name),
  );
  const bound = binder === undefined ? undefined : assignmentOf(binder);
  if (binder === undefined || bound === undefined) return undefined;
  const { node, left, right } = bound;
  const next: Trace = { ...trace, statement: binder, depth: depth + 1 };
  if (node.kind === "augmented_assignment") {
    const before = traceName(next, name);
    const operator = binder.tree.text.slice(left.end, right.start).trim().replace(/=$/u, "");
    const number = numberOf(next, right);
    const step =
      number === undefined
        ? undefined
        : inverseOfOperation({ operator, number, numberSide: "right" });
    return before === undefined
      ? undefined
      : {
          ...before,
          steps: [...before.steps, step ?? { kind: "unknown", node: right, statement: binder }],
        };
  }
  if (left.kind === "identifier") return traceExpression(next, right);
  const index = left.children.findIndex(
    (child) => binder.tree.text.slice(child.start, child.end) === name,
  );
  const list =
    fieldOf(right, "arguments")?.children.filter(({ kind }) => kind !== "keyword_argument") ?? [];
  const callee = fieldOf(right, "function");
  const called = callee === undefined ? "" : binder.tree.text.slice(callee.start, callee.end);
  if (/(?:^|\.)factorize$/u.test(called) && index === 0 && list[0] !== undefined) {
    const found = traceExpression(next, list[0]);
    return {
      ...found,
      steps: [...found.steps, { kind: "unknown", node: right, statement: binder }],
    };
  }
  const source = called.endsWith("train_test_split")
    ? list[Math.floor(index / 2)]
    : ONE_FOR_EACH.test(called)
      ? list[index]
      : right.kind === "expression_list" || right.kind === "tuple"
        ? right.children[index]
        : undefined;
  return source === undefined ? undefined : traceExpression(next, source);
}
