/** Statements, blocks and loops: which variable stands for what, and what changes in place. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf } from "../../python/syntax.ts";
import type { LeakScope, Ref } from "./leak-scope.ts";
import { textAt } from "./leak-scope.ts";
import { withColumn } from "./leak-table.ts";
import { literalStrings } from "./leak-text.ts";
import type { Flow, RowsFlow, Traits } from "./leak-value.ts";
import {
  joinFlows,
  joinTraits,
  PLAIN,
  traitsIn,
  traitsOfColumn,
  withTraits,
} from "./leak-value.ts";

/** Walks one statement; gives what a `return` in it returns. */
export function leakStatement(node: SyntaxNode, scope: LeakScope): Flow | undefined {
  switch (node.kind) {
    case "expression_statement":
      for (const child of node.children) expressionStatement(child, scope);
      return undefined;
    case "return_statement":
      return node.children[0] === undefined ? PLAIN : scope.evaluate(node.children[0], scope);
    case "for_statement":
      return loop(node, scope);
    case "while_statement":
    case "with_statement":
      return inBlock(fieldOf(node, "body"), scope);
    case "if_statement":
      return branches(node, scope);
    case "try_statement":
      return inBlock(fieldOf(node, "body"), scope);
    case "delete_statement":
      for (const child of node.children) remove(child, scope);
      return undefined;
    default:
      return undefined;
  }
}

/** Walks the statements of a block. */
export function leakBlock(block: SyntaxNode, scope: LeakScope): Flow | undefined {
  let returned: Flow | undefined;
  for (const child of block.children) returned = leakStatement(child, scope) ?? returned;
  return returned;
}

function inBlock(body: SyntaxNode | undefined, scope: LeakScope): Flow | undefined {
  return body === undefined ? undefined : leakBlock(body, scope);
}

function expressionStatement(node: SyntaxNode, scope: LeakScope): void {
  if (node.kind === "assignment") assign(node, scope);
  else if (node.kind === "augmented_assignment") augment(node, scope);
  else {
    const flow = scope.evaluate(node, scope);
    if (node.kind === "call") changedInPlace(node, flow, scope);
  }
}

function assign(node: SyntaxNode, scope: LeakScope): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return;
  if (right.kind === "assignment") {
    assign(right, scope);
    const inner = fieldOf(right, "left");
    if (inner !== undefined) bind(left, scope.evaluate(inner, scope), scope, inner);
    return;
  }
  bind(left, scope.evaluate(right, scope), scope, right);
}

function bind(left: SyntaxNode, flow: Flow, scope: LeakScope, right?: SyntaxNode): void {
  if (left.kind === "identifier") {
    const shared = right?.kind === "identifier" ? scope.names.get(textAt(scope, right)) : undefined;
    scope.names.set(textAt(scope, left), shared ?? { flow });
    return;
  }
  if (left.kind === "pattern_list" || left.kind === "tuple_pattern" || left.kind === "tuple") {
    const items =
      flow.kind === "tuple" && flow.items.length === left.children.length ? flow.items : [];
    const isWritten = right?.kind === "expression_list" || right?.kind === "tuple";
    const written = isWritten ? right : undefined;
    for (const [at, child] of left.children.entries())
      bind(child, items[at] ?? PLAIN, scope, written?.children[at]);
    return;
  }
  if (left.kind === "subscript") writeColumn(left, flow, scope);
  if (left.kind === "attribute") {
    const ref = refOf(fieldOf(left, "object"), scope);
    const name = fieldOf(left, "attribute");
    if (ref?.flow.kind !== "rows" || name === undefined) return;
    const text = textAt(scope, name);
    ref.flow =
      text === "columns" || text === "index"
        ? {
            ...ref.flow,
            isExact: false,
            only: undefined,
            common: traitsIn(ref.flow),
            columns: new Map(),
          }
        : withColumn(ref.flow, text, traitsIn(flow));
  }
}

/** `df["a"] = …`, `df[["a", "b"]] = …`, `df.loc[mask, "a"] = …`. */
function writeColumn(left: SyntaxNode, flow: Flow, scope: LeakScope): void {
  const target = fieldOf(left, "value");
  const keys = fieldsOf(left, "subscript");
  const indexer =
    target?.kind === "attribute" ? textAt(scope, fieldOf(target, "attribute") ?? target) : "";
  const isIndexed = ["loc", "iloc", "at", "iat"].includes(indexer);
  const base = isIndexed && target !== undefined ? fieldOf(target, "object") : target;
  const ref = refOf(base, scope);
  if (ref === undefined) return;
  if (ref.flow.kind !== "rows") {
    // A collection holds what is put into it.
    if (ref.flow.kind === "plain")
      ref.flow = {
        kind: "plain",
        learned: new Set([...ref.flow.learned, ...traitsIn(flow).learned]),
      };
    return;
  }
  const key = isIndexed ? keys[1] : keys[0];
  const isWhole = !isIndexed || (keys[0]?.kind === "slice" && keys[0].children.length === 0);
  ref.flow = afterWriting(ref.flow, key, flow, {
    scope,
    isWhole: isWhole && indexer !== "iloc",
  });
}

function afterWriting(
  rows: RowsFlow,
  key: SyntaxNode | undefined,
  flow: Flow,
  { scope, isWhole }: { readonly scope: LeakScope; readonly isWhole: boolean },
): RowsFlow {
  const names = key === undefined ? undefined : literalStrings(key, scope);
  const traits = traitsIn(flow);
  if (names === undefined || rows.shape === "matrix")
    return withTraits(rows, { ...traits, sources: new Set() });
  let out = rows;
  for (const name of names) {
    const added = names.length === 1 ? traits : traitsOfOne(flow, name);
    out = withColumn(out, name, isWhole ? added : joinTraits(traitsOfColumn(rows, name), added));
  }
  return out;
}

/** Of several columns that are written at once, what went into one. */
function traitsOfOne(flow: Flow, name: string): Traits {
  if (flow.kind === "rows" && flow.columns.has(name)) return traitsOfColumn(flow, name);
  return { ...traitsIn(flow), sources: new Set() };
}

function augment(node: SyntaxNode, scope: LeakScope): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return;
  const added = scope.evaluate(right, scope);
  const present = scope.evaluate(left, scope);
  if (present.kind !== "rows") {
    if (left.kind === "identifier")
      scope.names.set(textAt(scope, left), { flow: joinFlows(present, added) });
    return;
  }
  bind(left, withTraits(present, traitsIn(added)), scope);
}

/** `df.drop(…, inplace=True)`, `df["a"].fillna(…, inplace=True)`, `df.insert(0, "a", …)`, `df.pop("a")`. */
function changedInPlace(node: SyntaxNode, flow: Flow, scope: LeakScope): void {
  const callee = fieldOf(node, "function");
  const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  const method = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  if (object === undefined || method === undefined) return;
  const isInPlace = (fieldOf(node, "arguments")?.children ?? []).some(
    (child) =>
      child.kind === "keyword_argument" && /^inplace\s*=\s*True$/u.test(textAt(scope, child)),
  );
  if (isInPlace && flow.kind === "rows") {
    if (object.kind === "identifier") {
      const ref = refOf(object, scope);
      if (ref !== undefined) ref.flow = flow;
    } else bind(object, flow, scope);
    return;
  }
  const ref = refOf(object, scope);
  const [first, second, third] = fieldOf(node, "arguments")?.children ?? [];
  if (ref?.flow.kind === "rows" && textAt(scope, method) === "insert" && second !== undefined) {
    const name = literalStrings(second, scope)?.[0];
    if (name !== undefined && third !== undefined)
      ref.flow = withColumn(ref.flow, name, traitsIn(scope.evaluate(third, scope)));
  }
  if (
    ref?.flow.kind === "plain" &&
    ["append", "extend", "update", "add"].includes(textAt(scope, method)) &&
    first !== undefined
  )
    ref.flow = joinFlows(ref.flow, {
      kind: "plain",
      learned: traitsIn(scope.evaluate(first, scope)).learned,
    });
}

function remove(node: SyntaxNode, scope: LeakScope): void {
  for (const target of node.kind === "expression_list" ? node.children : [node]) {
    const ref = target.kind === "subscript" ? refOf(fieldOf(target, "value"), scope) : undefined;
    const [key] = fieldsOf(target, "subscript");
    const names = key === undefined ? undefined : literalStrings(key, scope);
    if (ref?.flow.kind !== "rows") continue;
    const rows = ref.flow;
    ref.flow =
      names === undefined
        ? { ...rows, isExact: false }
        : { ...rows, dropped: new Set([...rows.dropped, ...names]) };
  }
}

function refOf(node: SyntaxNode | undefined, scope: LeakScope): Ref | undefined {
  return node?.kind === "identifier" ? scope.names.get(textAt(scope, node)) : undefined;
}

/** A loop over more names than this is walked once, with a name that is not known. */
const MOST_NAMES = 60;

/** The body once; over a written list of tables, or of names, once for each. */
function loop(node: SyntaxNode, scope: LeakScope): Flow | undefined {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const body = fieldOf(node, "body");
  if (left === undefined || right === undefined || body === undefined) return undefined;
  const names = left.kind === "identifier" ? [left] : left.children;
  const inner = { ...scope, loops: [...scope.loops, ...names.map((name) => textAt(scope, name))] };
  const tables =
    right.kind === "list" || right.kind === "tuple"
      ? right.children.map((child) => refOf(child, scope))
      : [];
  const [only] = names;
  if (
    only !== undefined &&
    names.length === 1 &&
    tables.length > 0 &&
    tables.every((ref) => ref?.flow.kind === "rows")
  ) {
    for (const ref of tables) {
      if (ref !== undefined) scope.names.set(textAt(scope, only), ref);
      leakBlock(body, inner);
    }
    return undefined;
  }
  const source = scope.evaluate(right, scope);
  for (const name of names) scope.names.set(textAt(scope, name), { flow: PLAIN });
  const written = source.kind === "plain" && names.length === 1 ? source.strings : undefined;
  if (only === undefined || written === undefined || written.length > MOST_NAMES)
    return leakBlock(body, inner);
  let returned: Flow | undefined;
  for (const string of written) {
    scope.names.set(textAt(scope, only), {
      flow: { kind: "plain", learned: new Set(), strings: [string] },
    });
    returned = leakBlock(body, inner) ?? returned;
  }
  return returned;
}

/** What holds whichever way was taken. */
function branches(node: SyntaxNode, scope: LeakScope): Flow | undefined {
  const ways = [
    fieldOf(node, "consequence"),
    ...fieldsOf(node, "alternative").map(
      (way) => fieldOf(way, "consequence") ?? fieldOf(way, "body") ?? way,
    ),
  ];
  const before = new Map(scope.names);
  const taken: ReadonlyMap<string, Ref>[] = [];
  let returned: Flow | undefined;
  for (const way of ways) {
    if (way === undefined) continue;
    const names = copyNames(before);
    returned = leakBlock(way, { ...scope, names }) ?? returned;
    taken.push(names);
  }
  const hasElse = node.children.some(({ kind }) => kind === "else_clause");
  if (!hasElse) taken.push(copyNames(before));
  const [first, ...others] = taken;
  for (const [name, ref] of first ?? []) {
    let { flow } = ref;
    for (const other of others) flow = joinFlows(flow, other.get(name)?.flow ?? flow);
    // Bound anew on a way, it no longer shares its object with other names.
    scope.names.set(name, { flow });
  }
  return returned;
}

/** Variables that can be changed on one way alone; those of one object stay those of one. */
function copyNames(names: ReadonlyMap<string, Ref>): Map<string, Ref> {
  const copies = new Map<Ref, Ref>();
  return new Map(
    [...names].map(([name, ref]) => {
      const copy = copies.get(ref) ?? { flow: ref.flow };
      copies.set(ref, copy);
      return [name, copy] as const;
    }),
  );
}
