/**
 * What the search for leakage knows of a value: which rows it is made of, and which statistics, labels and neighbours went into it.
 * Unlike the values of staging these never refuse: what is not understood is `plain`, of which nothing is claimed.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import type { FeatureStatement } from "../feature-program.ts";
import type { Side } from "../value.ts";

/** A node with the statement whose text it stands in. */
export interface Site {
  readonly statement: FeatureStatement;
  readonly node: SyntaxNode;
}

/** One division of rows. */
export interface SplitSite extends Site {
  /** The rows that are divided. */
  readonly rows: number;
  /** Whether rows are drawn at random, not cut off in their order. */
  readonly isRandom: boolean;
  /** What is divided, in order. */
  readonly data: readonly DataNode[];
  /** The column whose classes are kept in proportion, when it has a name. */
  readonly stratify: string | undefined;
}

/** Which rows a value has: some set of the rows of one table, on one side of a split. */
export interface Extent {
  /** The table. */
  readonly space: number;
  /** The set of its rows and their order; every filter makes another one. */
  readonly set: number;
  readonly side: Side;
  /** The split that made the side; `undefined` before it. */
  readonly split: SplitSite | undefined;
}

/** How a learning expression can be made to learn from some of the rows alone. */
export type Repair =
  /** Rows are picked behind each of these nodes. */
  | { readonly kind: "restrict"; readonly data: readonly DataNode[] }
  /** `scaler.fit(X)` and `scaler.fit_transform(X)`. */
  | {
      readonly kind: "fit";
      readonly call: SyntaxNode;
      readonly receiver: SyntaxNode;
      /** Last part of the class: `StandardScaler`. */
      readonly className: string;
      readonly isTransforming: boolean;
      readonly data: readonly DataNode[];
    }
  | { readonly kind: "none"; readonly because: string };

/** An expression that holds rows, and how single ones are picked. */
export interface DataNode {
  readonly node: SyntaxNode;
  readonly shape: RowsFlow["shape"];
}

/** Something learned from rows. */
export interface Learned extends Site {
  /** A number or a fitted object; the set of categories; the choice of columns. */
  readonly kind: "statistic" | "categories" | "selection";
  readonly extent: Extent;
  /** Columns it is computed from, as far as they are named. */
  readonly columns: ReadonlySet<string>;
  /** Whether an encoder or scaler is fitted. */
  readonly isFitted: boolean;
  readonly repair: Repair;
  /** Variables that hold those rows before the statement. */
  readonly tables: readonly { readonly name: string; readonly rows: RowsFlow }[];
}

/** What went into a column. */
export interface Traits {
  readonly learned: ReadonlySet<Learned>;
  /** Raw columns it is computed from in the same row. */
  readonly sources: ReadonlySet<string>;
  /** Where rows before or after it came in. */
  readonly lagged: Site | undefined;
}

/** One value for each row. */
export interface RowsFlow {
  readonly kind: "rows";
  readonly extent: Extent;
  /** `unknown`: a table or an array. */
  readonly shape: "frame" | "column" | "matrix" | "unknown";
  /** Name of the column, when it is one by itself. */
  readonly name: string | undefined;
  /** Of the columns that are not in `columns`. */
  readonly common: Traits;
  readonly columns: ReadonlyMap<string, Traits>;
  /** All columns, when they are known. */
  readonly only: ReadonlySet<string> | undefined;
  readonly dropped: ReadonlySet<string>;
  /** Whether every column of the table that is not in `dropped` is surely there. */
  readonly isExact: boolean;
  /** Where rows were drawn more than once, or made from others. */
  readonly repeated: Site | undefined;
}

/** One `fit` of a model. */
export interface ModelFit extends Site {
  readonly variable: string;
  readonly rows: RowsFlow;
  readonly target: Flow | undefined;
  /** Whether the model is made anew for each value of a loop's variable. */
  readonly isVaried: boolean;
}

export type Flow =
  | RowsFlow
  | {
      readonly kind: "plain";
      readonly learned: ReadonlySet<Learned>;
      readonly strings?: readonly string[];
    }
  | { readonly kind: "library"; readonly path: string }
  | { readonly kind: "function"; readonly statement: FeatureStatement }
  | {
      readonly kind: "estimator";
      readonly type: string;
      /** Classes named where it is made. */
      readonly parts: readonly string[];
      readonly learned: Learned | undefined;
      readonly fit: ModelFit | undefined;
      readonly isVaried: boolean;
    }
  | { readonly kind: "groups"; readonly rows: RowsFlow; readonly node: SyntaxNode }
  | { readonly kind: "answers"; readonly fit: ModelFit; readonly rows: RowsFlow }
  | { readonly kind: "tuple"; readonly items: readonly Flow[] };

export const NO_TRAITS: Traits = { learned: new Set(), sources: new Set(), lagged: undefined };
export const PLAIN: Flow = { kind: "plain", learned: new Set() };

/** Everything that went into either. */
export function joinTraits(left: Traits, right: Traits): Traits {
  if (left === right || right === NO_TRAITS) return left;
  return {
    learned: new Set([...left.learned, ...right.learned]),
    sources: new Set([...left.sources, ...right.sources]),
    lagged: left.lagged ?? right.lagged,
  };
}

/** What went into a column of a table. */
export function traitsOfColumn(rows: RowsFlow, name: string): Traits {
  const known = rows.columns.get(name);
  if (known !== undefined) return known;
  // A column of the raw table is its own source.
  return rows.shape === "frame" && rows.isExact
    ? { ...rows.common, sources: new Set([...rows.common.sources, name]) }
    : rows.common;
}

/** What went into any column that is there. */
export function traitsOf(rows: RowsFlow): Traits {
  const names = rows.only ?? rows.columns.keys();
  let all = rows.only === undefined || rows.only.size === 0 ? rows.common : NO_TRAITS;
  for (const name of names)
    if (!rows.dropped.has(name)) all = joinTraits(all, traitsOfColumn(rows, name));
  return all;
}

/** Whether a column is surely among those of a table. */
export function hasColumn(rows: RowsFlow, name: string): boolean {
  if (rows.dropped.has(name)) return false;
  if (rows.only !== undefined) return rows.only.has(name);
  return rows.shape === "frame" && (rows.isExact || rows.columns.has(name)) && rows.isExact;
}

/** The same rows when something went into all of their columns. */
export function withTraits(rows: RowsFlow, added: Traits): RowsFlow {
  if (added.learned.size === 0 && added.sources.size === 0 && added.lagged === undefined)
    return rows;
  const columns = new Map([...rows.columns].map(([name, own]) => [name, joinTraits(own, added)]));
  return { ...rows, common: joinTraits(rows.common, added), columns };
}

/** What a value brings along when it is combined with rows. */
export function traitsIn(flow: Flow): Traits {
  if (flow.kind === "rows") return traitsOf(flow);
  if (flow.kind === "plain") return { ...NO_TRAITS, learned: flow.learned };
  let all = NO_TRAITS;
  if (flow.kind === "tuple") for (const item of flow.items) all = joinTraits(all, traitsIn(item));
  return all;
}

/** What two ways of the program left of one variable; of two different kinds nothing is claimed. */
export function joinFlows(left: Flow, right: Flow): Flow {
  if (left === right) return left;
  if (left.kind === "rows" && right.kind === "rows") {
    const { set, side } = left.extent;
    if (set !== right.extent.set || side !== right.extent.side) return PLAIN;
    const columns = new Map(left.columns);
    for (const [name, traits] of right.columns)
      columns.set(name, joinTraits(traitsOfColumn(left, name), traits));
    return {
      ...left,
      shape: left.shape === right.shape ? left.shape : "unknown",
      name: left.name === right.name ? left.name : undefined,
      common: joinTraits(left.common, right.common),
      columns,
      isExact: left.isExact && right.isExact && left.only === undefined && right.only === undefined,
      only: undefined,
      dropped: new Set([...left.dropped, ...right.dropped]),
      repeated: left.repeated ?? right.repeated,
    };
  }
  if (left.kind === "plain" && right.kind === "plain")
    return { kind: "plain", learned: new Set([...left.learned, ...right.learned]) };
  return PLAIN;
}

/** The same rows without the names of their columns: everything went into all of them. */
export function flattened(rows: RowsFlow, shape: RowsFlow["shape"]): RowsFlow {
  return {
    ...rows,
    shape,
    name: shape === "frame" ? undefined : rows.name,
    common: traitsOf(rows),
    columns: new Map(),
    only: undefined,
    dropped: new Set(),
    isExact: false,
  };
}
