/** What the search for leakage carries along: variables, and what it has met on the way. */
import type { Span } from "../../base/text-span.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type {
  DataNode,
  Flow,
  Learned,
  ModelFit,
  Repair,
  RowsFlow,
  Site,
  SplitSite,
} from "./leak-value.ts";
import { NO_TRAITS } from "./leak-value.ts";

/** What a variable stands for; two names of one object share it. */
export interface Ref {
  flow: Flow;
}

/** A question to a fitted model. */
export interface Asked extends Site {
  readonly fit: ModelFit;
  readonly rows: RowsFlow;
  /** Whether a score comes of it. */
  readonly isMeasured: boolean;
}

/** A cross-validation and the rows it divides. */
export interface CrossValidation extends Site {
  readonly rows: RowsFlow;
}

/** A split and what is divided, in the order of its arguments. */
export interface Divided {
  readonly site: SplitSite;
  readonly parts: readonly {
    readonly node: SyntaxNode;
    readonly flow: Flow;
  }[];
}

/** Met on the way, in execution order. Mutable, and only ever seen inside one call of `findLeakage`. */
export interface Trail {
  readonly fits: ModelFit[];
  readonly asked: Asked[];
  readonly validated: CrossValidation[];
  readonly divided: Divided[];
  readonly learned: Map<string, Learned>;
  /** Row set → the set it was taken from; a part cut off by position may be one side of a split by hand. */
  readonly sets: { readonly from: number | undefined; readonly isCut: boolean }[];
  spaces: number;
}

/** One lexical scope. */
export interface LeakScope {
  readonly program: FeatureProgram;
  /** The statement whose text is being read. */
  readonly statement: FeatureStatement;
  readonly names: Map<string, Ref>;
  readonly functions: ReadonlyMap<string, FeatureStatement>;
  /** Why what is learned here cannot be mended in place; `undefined` at the top level. */
  readonly inside: string | undefined;
  /** Helpers being followed. */
  readonly following: readonly string[];
  /** Variables with rows before the present statement of the top level. */
  readonly before: ReadonlyMap<string, RowsFlow>;
  /** Variables of the loops around. */
  readonly loops: readonly string[];
  readonly trail: Trail;
  readonly evaluate: (node: SyntaxNode, scope: LeakScope) => Flow;
  /** Walks a block; here so that helpers can be followed from within expressions. */
  readonly walkBlock: (block: SyntaxNode, scope: LeakScope) => Flow | undefined;
}

/** The text of a node. */
export function textAt(scope: Pick<LeakScope, "statement">, node: Span): string {
  return scope.statement.tree.text.slice(node.start, node.end);
}

/** A new set of rows. */
export function newSet(scope: LeakScope, from: number | undefined, isCut = false): number {
  return scope.trail.sets.push({ from, isCut }) - 1;
}

/** A table that is read here. */
export function newTable(scope: LeakScope, shape: RowsFlow["shape"], isExact: boolean): RowsFlow {
  scope.trail.spaces += 1;
  return {
    kind: "rows",
    extent: {
      space: scope.trail.spaces,
      set: newSet(scope, undefined),
      side: "all",
      split: undefined,
    },
    shape,
    name: undefined,
    common: NO_TRAITS,
    columns: new Map(),
    only: undefined,
    dropped: new Set(),
    isExact,
    repeated: undefined,
  };
}

/** Some of the rows, or the rows in another order. */
export function otherRows(scope: LeakScope, rows: RowsFlow, isCut = false): RowsFlow {
  return { ...rows, extent: { ...rows.extent, set: newSet(scope, rows.extent.set, isCut) } };
}

/** Whether one set of rows is the other or was taken from it; not through a part that was cut off by position. */
export function isTakenFrom(scope: Pick<LeakScope, "trail">, set: number, from: number): boolean {
  for (let at: number | undefined = set; at !== undefined; ) {
    if (at === from) return true;
    const step: Trail["sets"][number] | undefined = scope.trail.sets[at];
    if (step === undefined || step.isCut) return false;
    at = step.from;
  }
  return false;
}

/** Notes that something is learned; the same expression over the same rows is one. */
export function learn(
  scope: LeakScope,
  node: SyntaxNode,
  what: Pick<Learned, "kind" | "isFitted"> & {
    readonly rows: RowsFlow;
    readonly repair: Repair;
  },
): Learned {
  const { rows } = what;
  const key = `${String(scope.statement.position)}:${String(node.start)}:${String(rows.extent.set)}:${rows.extent.side}:${what.kind}`;
  const known = scope.trail.learned.get(key);
  if (known !== undefined) return known;
  const learned: Learned = {
    statement: scope.statement,
    node,
    kind: what.kind,
    extent: rows.extent,
    columns: new Set(rows.name === undefined ? (rows.only ?? []) : [rows.name]),
    isFitted: what.isFitted,
    repair: scope.inside === undefined ? what.repair : { kind: "none", because: scope.inside },
    tables: [...scope.before]
      .map(([name, held]) => ({ name, rows: held }))
      .filter((held) => held.rows.extent.set === rows.extent.set),
  };
  scope.trail.learned.set(key, learned);
  return learned;
}

/** Picks rows behind each of the nodes, where it is known how that is written. */
export function restrict(data: readonly DataNode[]): Repair {
  return data.some(({ shape }) => shape === "unknown")
    ? { kind: "none", because: "whether it is a table or an array is not known" }
    : { kind: "restrict", data };
}
