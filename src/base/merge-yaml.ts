/**
 * Three-way merge of a YAML document by structure: keys of mappings, and list items by their `name`. The result is the
 * user's document with the other side's changes put in, so comments, order and quotes of the user stay. It never has
 * conflict marks: where both sides changed one value the user's stands, and the finding says so.
 */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { PRINTING } from "./yaml.ts";

/** What could not simply be put together. `path` leads to the value; list items are named. */
export interface YamlMergeFinding {
  /**
   * `both-changed`: the user's value stands. `gone`: the user changed what no longer exists, and it went.
   * `put-back`: the user removed what has changed since. `overruled`: the user changed what is derived.
   */
  readonly kind: "both-changed" | "gone" | "put-back" | "overruled";
  readonly path: readonly string[];
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** Where the other side knows more. */
export interface MergeOptions {
  /** New name → old name of list items that the other side calls by another name now. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Paths where the other side already holds what the user wrote. */
  readonly taken?: readonly string[];
}

/** The three texts; all of them YAML without errors. */
export interface YamlSides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/**
 * @param derived Paths whose values are always the other side's, joined with `.`; `*` stands for one part.
 * @returns `undefined` when a side is not YAML.
 */
export function mergeYaml(
  sides: YamlSides,
  derived: readonly string[],
  options: MergeOptions = {},
): { readonly text: string; readonly findings: readonly YamlMergeFinding[] } | undefined {
  const [base, ours, theirs] = [read(sides.base), read(sides.ours), read(sides.theirs)];
  if ([base, ours, theirs].some((document) => document.errors.length > 0)) return undefined;
  const findings: YamlMergeFinding[] = [];
  const merge: Merge = {
    findings,
    nameNow: new Map(Object.entries(options.renamed ?? {}).map(([now, before]) => [before, now])),
    isTaken: (path) => options.taken?.includes(path.join(".")) === true,
    isDerived: (path) => derived.some((pattern) => matches(pattern.split("."), path)),
  };
  const before = valueOf(ours.contents);
  const merged = mergeNodes(
    { base: base.contents, ours: ours.contents, theirs: theirs.contents },
    [],
    merge,
  );
  if (same(before, valueOf(merged ?? null))) return { text: sides.ours, findings };
  ours.contents = merged ?? null;
  return { text: ours.toString(PRINTING), findings };
}

/** `1` and `1.0` are two values: parameters keep the type that the notebook gave them. */
function read(text: string): Document {
  return parseDocument(text, { intAsBigInt: true, logLevel: "error", prettyErrors: false });
}

interface Merge {
  readonly findings: YamlMergeFinding[];
  readonly isTaken: (path: readonly string[]) => boolean;
  readonly nameNow: ReadonlyMap<string, string>;
  readonly isDerived: (path: readonly string[]) => boolean;
}

interface Sides<T> {
  readonly base: T | null;
  readonly ours: T | null;
  readonly theirs: T | null;
}

/** The node that stays; `undefined` where none does. */
function mergeNodes(
  { base, ours, theirs }: Sides<Node>,
  path: readonly string[],
  merge: Merge,
): Node | undefined {
  const [was, mine, made] = [valueOf(base), valueOf(ours), valueOf(theirs)];
  const note = (kind: YamlMergeFinding["kind"]): void => {
    merge.findings.push({ kind, path, ours: plain(mine), theirs: plain(made) });
  };
  if (same(mine, made)) return ours ?? undefined;
  if (same(was, mine) || merge.isTaken(path)) return withComments(ours, theirs);
  if (merge.isDerived(path)) {
    note("overruled");
    return withComments(ours, theirs);
  }
  // What is derived may stand deeper, so a mapping is looked into even where the other side is as it was.
  const goesDeeper =
    (isMap(ours) && isMap(theirs)) ||
    (isSeq(ours) && isSeq(theirs) && isNamedList(ours) && isNamedList(theirs));
  if (same(was, made) && !goesDeeper) return ours ?? undefined;
  if (theirs === null) {
    note("gone");
    return undefined;
  }
  if (ours === null) {
    note("put-back");
    return theirs;
  }
  if (isMap(ours) && isMap(theirs)) {
    return mergeMaps({ base: isMap(base) ? base : null, ours, theirs }, path, merge);
  }
  if (isSeq(ours) && isSeq(theirs)) {
    const lists = { base: isSeq(base) ? base : null, ours, theirs };
    if (isNamedList(ours) && isNamedList(theirs)) return mergeNamedLists(lists, path, merge);
    if (ours.items.every(isScalar) && theirs.items.every(isScalar)) return mergeSets(lists);
  }
  note("both-changed");
  return ours;
}

function mergeMaps(
  { base, ours, theirs }: { base: YAMLMap | null; ours: YAMLMap; theirs: YAMLMap },
  path: readonly string[],
  merge: Merge,
): Node {
  const wasEmpty = ours.items.length === 0;
  const keys = arrange({
    base: base === null ? [] : keysOf(base),
    ours: keysOf(ours),
    theirs: keysOf(theirs),
  });
  const items: Pair[] = [];
  for (const key of keys) {
    const value = mergeNodes(
      {
        base: base === null ? null : memberOf(base, key),
        ours: memberOf(ours, key),
        theirs: memberOf(theirs, key),
      },
      [...path, key],
      merge,
    );
    if (value === undefined) continue;
    const pair = pairOf(ours, key) ?? pairOf(theirs, key);
    if (pair === undefined) continue;
    pair.value = value;
    items.push(pair);
  }
  ours.items = items;
  if (wasEmpty) ours.flow = false;
  return ours;
}

function mergeNamedLists(
  { base, ours, theirs }: { base: YAMLSeq | null; ours: YAMLSeq; theirs: YAMLSeq },
  path: readonly string[],
  merge: Merge,
): Node {
  const now = (item: YAMLMap): string => merge.nameNow.get(nameOf(item)) ?? nameOf(item);
  const items = (list: YAMLSeq | null): ReadonlyMap<string, Node> =>
    new Map((list?.items ?? []).flatMap((item) => (isMap(item) ? [[now(item), item]] : [])));
  const [was, mine, made] = [items(base), items(ours), items(theirs)];
  const merged: Node[] = [];
  for (const name of arrange({
    base: [...was.keys()],
    ours: [...mine.keys()],
    theirs: [...made.keys()],
  })) {
    const item = mergeNodes(
      {
        base: was.get(name) ?? null,
        ours: mine.get(name) ?? null,
        theirs: made.get(name) ?? null,
      },
      [...path, name],
      merge,
    );
    if (item !== undefined) merged.push(item);
  }
  ours.items = merged;
  return ours;
}

/** Lists of plain values are sets in the other side's order: what either side added is in, what either removed is out. */
function mergeSets({
  base,
  ours,
  theirs,
}: {
  base: YAMLSeq | null;
  ours: YAMLSeq;
  theirs: YAMLSeq;
}): Node {
  const has = (list: YAMLSeq | null, item: unknown): boolean =>
    list?.items.some((other) => same(valueOf(other), valueOf(item))) ?? false;
  const added = ours.items.filter((item) => !has(base, item) && !has(theirs, item));
  const kept = theirs.items.filter((item) => has(ours, item) || !has(base, item));
  ours.items = [...kept, ...added];
  return ours;
}

/**
 * Order of the union. The side that moved something decides, the user first; what only the other side has stands
 * behind the item it stands behind there.
 */
function arrange(names: {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}): readonly string[] {
  const moved = !same(
    names.ours.filter((name) => names.base.includes(name)),
    names.base.filter((name) => names.ours.includes(name)),
  );
  const [lead, other] = moved ? [names.ours, names.theirs] : [names.theirs, names.ours];
  const order = [...lead];
  for (const [at, name] of other.entries()) {
    if (order.includes(name)) continue;
    const before = other.slice(0, at).findLast((candidate) => order.includes(candidate));
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, name);
  }
  return order;
}

/** A value that comes from the other side takes the comments that stood at the user's. */
function withComments(ours: Node | null, theirs: Node | null): Node | undefined {
  if (theirs === null) return undefined;
  if (ours === null) return theirs;
  theirs.commentBefore = ours.commentBefore ?? theirs.commentBefore ?? null;
  theirs.comment = ours.comment ?? theirs.comment ?? null;
  theirs.spaceBefore = ours.spaceBefore ?? false;
  return theirs;
}

function keysOf(map: YAMLMap): readonly string[] {
  return map.items.map(({ key }) => String(isScalar(key) ? key.value : key));
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === key);
}

function memberOf(map: YAMLMap, key: string): Node | null {
  const value = pairOf(map, key)?.value;
  return isMap(value) || isSeq(value) || isScalar(value) ? value : null;
}

function isNamedList(list: YAMLSeq): boolean {
  return list.items.every((item) => isMap(item) && nameOf(item) !== "");
}

function nameOf(item: YAMLMap): string {
  const name = item.get("name");
  return typeof name === "string" ? name : "";
}

/** Plain values of a tree; an absent one is `undefined`. */
function valueOf(node: unknown): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(valueOf);
  if (isMap(node))
    return new Map(node.items.map(({ key, value }) => [String(valueOf(key)), valueOf(value)]));
  return node === null ? undefined : node;
}

/** As JSON has it, for messages. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  return value;
}

function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, at) => same(item, right[at]));
  if (left instanceof Map && right instanceof Map)
    return (
      left.size === right.size &&
      [...left].every(([key, value]) => right.has(key) && same(value, right.get(key)))
    );
  return Object.is(left, right);
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length && pattern.every((part, at) => part === "*" || part === path[at])
  );
}
