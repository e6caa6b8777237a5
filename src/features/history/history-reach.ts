/**
 * How far back one operation looks, from its arguments. Sources: pandas API reference of Series.shift, diff, pct_change, rolling,
 * expanding, ewm, ffill and the cumulative methods, in their plain and grouped forms.
 */

import { mayMutate } from "../../python/mutated-names.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { Argument } from "../call-arguments.ts";
import { keywordOf } from "../call-arguments.ts";
import type { FeatureStatement } from "../feature-program.ts";
import type { Scope } from "../scope.ts";
import { sourceOf } from "../scope.ts";

/** How far, or why it cannot be served. */
export type Reach =
  /** Earlier rows needed; infinite without a bound. `past` when the row itself is not looked at. */
  | { readonly kind: "back"; readonly rows: number; readonly past: boolean }
  | { readonly kind: "future"; readonly because: string }
  | { readonly kind: "unknown"; readonly because: string };

/** Methods that look back, what they give being one value a row. */
const CUMULATIVE: ReadonlySet<string> = new Set([
  "cumcount",
  "cummax",
  "cummin",
  "cumprod",
  "cumsum",
  "ewm",
  "expanding",
]);
const FUTURE: Readonly<Record<string, string>> = {
  backfill: "fills with later rows, which a served row does not have",
  bfill: "fills with later rows, which a served row does not have",
  interpolate: "needs the rows after a gap, which a served row does not have",
  rank: "compares with later rows too, which a served row does not have",
};
/** Arguments that change nothing of how far an operation looks. */
const HARMLESS: ReadonlySet<string> = new Set([
  "fill_value",
  "min_periods",
  "win_type",
  "closed",
  "alpha",
  "com",
  "span",
  "halflife",
  "adjust",
  "ignore_na",
  "ascending",
  "skipna",
  "periods",
  "window",
  "limit",
  "fill_method",
  "inplace",
]);

/** What `.method(…)` looks at. */
export function reachOf(method: string, list: readonly Argument[], scope: Scope): Reach {
  const because = FUTURE[method];
  if (because !== undefined) return { kind: "future", because };
  const odd = list.find(({ keyword }) => keyword !== undefined && !HARMLESS.has(keyword));
  if (odd !== undefined)
    return { kind: "unknown", because: `is not understood with \`${String(odd.keyword)}\`` };
  // What differs from model to model may reach the target alone, as what looks at later rows.
  if (list.some(({ value }) => value.kind === "label")) return FORWARD;
  if (list.some(({ value }) => value.kind !== "constant" && value.kind !== "state"))
    return { kind: "unknown", because: "is not understood with these arguments" };
  const first = list.find(({ keyword }) => keyword === undefined);
  switch (method) {
    case "shift":
    case "diff":
      return steps(keywordOf(list, "periods") ?? first, method, scope);
    case "pct_change": {
      const found = steps(keywordOf(list, "periods") ?? first, method, scope);
      const filling = keywordOf(list, "fill_method");
      // Before pandas 3 gaps are filled from any distance unless told otherwise.
      return found.kind === "back" && filling?.node.kind !== "none"
        ? { ...found, rows: Infinity }
        : found;
    }
    case "ffill":
    case "pad": {
      const limit = wholeNumber(keywordOf(list, "limit")?.node, scope);
      return { kind: "back", rows: limit ?? Infinity, past: false };
    }
    case "rolling":
      return window(keywordOf(list, "window") ?? first, list, scope);
    default:
      return CUMULATIVE.has(method)
        ? { kind: "back", rows: Infinity, past: false }
        : { kind: "unknown", because: "looks at other rows in a way that is not understood" };
  }
}

function steps(given: Argument | undefined, method: string, scope: Scope): Reach {
  if (given === undefined) return { kind: "back", rows: 1, past: method === "shift" };
  const counts = wholeNumbers(given.node, scope);
  if (counts === undefined) {
    if (given.node.kind === "unary_operator") return FORWARD;
    // A number that only running shows: all rows are kept, and the proof by running tells whether it looks forward.
    return given.node.kind === "string" || given.node.kind === "list"
      ? { kind: "unknown", because: "is not understood with these arguments" }
      : { kind: "back", rows: Infinity, past: method === "shift" };
  }
  if (counts.some((count) => count < 0)) return FORWARD;
  const past = method === "shift" && counts.every((count) => count > 0);
  return { kind: "back", rows: Math.max(0, ...counts), past };
}

const FORWARD: Reach = {
  kind: "future",
  because: "looks at later rows: a feature made of the future",
};

function window(given: Argument | undefined, list: readonly Argument[], scope: Scope): Reach {
  if (given === undefined || given.node.kind === "string")
    return {
      kind: "unknown",
      because: "counts time, not rows, in its window, which is not understood yet",
    };
  const counts = wholeNumbers(given.node, scope);
  if (counts === undefined) return { kind: "back", rows: Infinity, past: false };
  const most = Math.max(1, ...counts);
  const closed = keywordOf(list, "closed") !== undefined;
  return { kind: "back", rows: closed ? most : most - 1, past: false };
}

/** How often the operation at a node may run on what it made before; infinite when that is not written out. */
export function repetitions(node: SyntaxNode, scope: Scope): number {
  const caller =
    scope.inside.length === 0 ? undefined : scope.program.statements[scope.history.now];
  let times = caller === undefined || caller.node.kind === "expression_statement" ? 1 : Infinity;
  for (const loop of loopsAround(node, scope)) {
    const right = fieldOf(loop, "right");
    times *= right === undefined ? Infinity : (itemsOf(right, scope)?.length ?? Infinity);
  }
  return times;
}

function loopsAround(node: SyntaxNode, { statement }: Scope): readonly SyntaxNode[] {
  const loops: SyntaxNode[] = [];
  walk(statement.tree.root, (child) => {
    if (child.start > node.start || child.end < node.end) return false;
    if (child.kind === "for_statement" || child.kind === "while_statement") loops.push(child);
    return undefined;
  });
  return loops;
}

/** A whole number, or those that a loop around gives its variable; `undefined` when they are not written out. */
function wholeNumbers(node: SyntaxNode, scope: Scope): readonly number[] | undefined {
  const number = wholeNumber(node, scope);
  if (number !== undefined) return [number];
  if (node.kind !== "identifier") return undefined;
  const name = sourceOf(scope, node);
  const loop = loopsAround(node, scope).findLast((around) => {
    const left = fieldOf(around, "left");
    return left !== undefined && sourceOf(scope, left) === name;
  });
  const right = loop === undefined ? undefined : fieldOf(loop, "right");
  const items = right === undefined ? undefined : itemsOf(right, scope);
  const numbers = items?.map((item) => wholeNumber(item.node, { ...scope, statement: item.in }));
  return numbers?.every((found) => found !== undefined) === true ? numbers : undefined;
}

interface WrittenItem {
  readonly node: SyntaxNode;
  readonly in: FeatureStatement;
}

/** Items of a list that is written out, there or where its name is bound, once. */
function itemsOf(node: SyntaxNode, scope: Scope): readonly WrittenItem[] | undefined {
  if (node.kind === "list" || node.kind === "tuple")
    return node.children.some(({ kind }) => kind.includes("splat"))
      ? undefined
      : node.children.map((item) => ({ node: item, in: scope.statement }));
  if (node.kind !== "identifier") return undefined;
  const name = sourceOf(scope, node);
  const writers = scope.program.statements.filter(
    ({ facts }) => facts.mayWrite.includes(name) || mayMutate(facts, name),
  );
  const [only] = writers;
  const assignment = only?.node.kind === "expression_statement" ? only.node.children[0] : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  if (writers.length !== 1 || only === undefined || right === undefined) return undefined;
  if (isLocal(name, scope)) return undefined;
  return right.kind === "list" || right.kind === "tuple"
    ? itemsOf(right, { ...scope, statement: only })
    : undefined;
}

/** Whether a helper being followed has the name for itself. */
function isLocal(name: string, { inside, functions }: Scope): boolean {
  return inside.some((helper) => {
    const definition = functions.get(helper)?.facts.definition;
    return definition === undefined || !definition.freeReads.includes(name);
  });
}

function wholeNumber(node: SyntaxNode | undefined, scope: Scope): number | undefined {
  if (node === undefined) return undefined;
  const text = sourceOf(scope, node).replaceAll("_", "").replace(/\s/gu, "");
  return /^[+-]?\d+$/u.test(text) ? Number(text) : undefined;
}
