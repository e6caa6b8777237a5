/** Abstract values: what staging knows about an expression without running it. */
import type { Span } from "../base/text-span.ts";
import type { SyntaxNode } from "../python/syntax.ts";

/** How rows are laid out. A column is one value a row, a frame or matrix several. */
export type Shape = "frame" | "column" | "matrix" | "unknown";

/** Where rows stand with regard to the split: before it, or on the side that is served or not; `both` with rows of another table below them. */
export type Side = "all" | "test" | "train" | "both";

/** A set of rows, in an order and with labels of its own. */
export interface RowSet {
  readonly id: number;
  readonly per: "row" | "entity";
  /** What pandas finds a row by; an array has no labels, but then its set is that of the table it was made of. */
  readonly labels: "entity" | "numbers";
  /** Whether the rows of an entity were put into an order, so that it does not matter in which one they came. */
  readonly isSorted: boolean;
  /** The set in which these entities were first found: what leaves entities out later concerns training alone. */
  readonly origin: number;
  /** Sets of raw rows that decide which entities there are. */
  readonly sources: readonly number[];
}

/** The rows kind of value. */
export interface RowsValue {
  readonly kind: "rows";
  readonly shape: Shape;
  readonly side: Side;
  readonly role: "value" | "accessor" | "index" | "partial";
  /** All columns, when they were picked by name. */
  readonly columns?: readonly string[];
  /** Columns that are surely not there any more. */
  readonly without?: readonly string[];
  /** The expression that rows were added to in training: what they are is known of that alone. */
  readonly resampledFrom?: string;
  /** Whether the rows have other labels than those of the raw table. */
  readonly unlabelled?: boolean;
  /** Sorted by the declared time within each entity, by a line of the notebook. */
  readonly inTimeOrder?: true;
  /** Which rows they are, where entities are served. */
  readonly of?: RowSet;
}

/** What an expression is, seen from serving. */
export type Value =
  /** Known before any data. `strings` when it is a literal string or a literal list of strings. */
  | { readonly kind: "constant"; readonly strings?: readonly string[] }
  /** A module, function or class of a library or a builtin, by dotted name. */
  | { readonly kind: "library"; readonly path: string }
  /** A function of the notebook. */
  | { readonly kind: "function"; readonly name: string }
  /** An object with `fit` and `transform`. */
  | { readonly kind: "estimator"; readonly type: string }
  /** Learned from the training table: kept in the state. */
  | { readonly kind: "state"; readonly type: string }
  /** One row for each row of a request; `partial` when a filter has left rows out, which serving must not do. */
  | RowsValue
  /** Rows put together by key; only what is computed for each group, or goes back to the rows, is a value. */
  | {
      readonly kind: "grouped";
      /** The expression that is grouped. */
      readonly table: SyntaxNode;
      /** Names of the keys as a Python list, when they are columns. */
      readonly keys: string | undefined;
      /** Which column of each group, and the text of its name. */
      readonly column: { readonly name: string; readonly text: string } | undefined;
      readonly side: Side;
      /** Whether the table's text differs between the two functions. */
      readonly isEdited: boolean;
      /** The same, for who looks at earlier rows of each group. */
      readonly earlier: Evaluated & { readonly value: HistoryValue };
    }
  /** Codes of rows and the values they number, as `factorize` gives them. */
  | { readonly kind: "factorized"; readonly codes: RowsValue }
  /** A data set of scikit-learn: rows, target and names in one object. */
  | { readonly kind: "dataset"; readonly asFrame: boolean }
  /** Something to look at: it is made in neither half. */
  | { readonly kind: "display" }
  /** Rows with some added or left out to balance classes, and the label of the same; nothing of it is served. */
  | { readonly kind: "resampled"; readonly rows: RowsValue; readonly data: SyntaxNode }
  /** The rows of each entity together, by nothing else unless `isSplit`: then by entity and one more column. */
  | {
      readonly kind: "groups";
      readonly of: RowSet;
      readonly isOrdered: boolean;
      readonly shape: Shape;
      readonly side: Side;
      readonly isSplit: boolean;
      readonly labels: RowSet["labels"];
    }
  /** One value for each entity and value of another column, before `unstack` makes columns of the latter. */
  | { readonly kind: "pairs"; readonly of: RowSet; readonly side: Side }
  /** The value of one row inside a lambda. */
  | { readonly kind: "element" }
  /** Exists in training only. `aligned` when it still has the rows of its side of the split. */
  | { readonly kind: "training"; readonly aligned: boolean }
  /** Computed from the column that is predicted. */
  | { readonly kind: "label" }
  | HistoryValue;

/** Rows of each entity in the order of time, or a window over them; only what asks for earlier rows may use it. */
export interface HistoryValue {
  readonly kind: "history";
  /** `by-entity`: one value a row, labelled by entity and row, so that the entity must be taken off first. */
  readonly stage: "grouped" | "window" | "by-entity";
  readonly shape: Shape;
  /** Columns that make the groups; none when the table is one series, `undefined` when it is not clear which. */
  readonly keys: readonly string[] | undefined;
  /** Whether the predicted column may be among the values. */
  readonly mayBeLabel: boolean;
  /** Whose order of rows counts; see `RowsValue`. */
  readonly rows: RowsValue;
  /** Text of the table in front. */
  readonly table: string;
}

export const CONSTANT: Value = { kind: "constant" };
export const ELEMENT: Value = { kind: "element" };
export const LABEL: Value = { kind: "label" };
export const TRAINING: Value = { kind: "training", aligned: false };
export const STATE: Value = { kind: "state", type: "Any" };

/**
 * A replacement in the user's text; without `fit` the text stays as it is in `fit`. The texts are functions, called only for edits that
 * are really used, because asking for one may make a field of the state.
 */
export interface Edit {
  readonly span: Span;
  readonly fit: (() => string) | undefined;
  readonly serve: () => string;
}

/** An expression's value and what must change in its text. */
export interface Evaluated {
  readonly value: Value;
  readonly edits: readonly Edit[];
}

/** The grouped kind of value. */
export type GroupedValue = Extract<Value, { kind: "grouped" }>;

/** Rows of a shape on a side. */
export function rows(shape: Shape, side: Side): RowsValue {
  return { kind: "rows", shape, side, role: "value" };
}

/** The same rows in another shape; rows that were left out stay left out. */
export function reshaped(value: RowsValue, shape: Shape): RowsValue {
  return { ...value, shape, role: value.role === "partial" ? "partial" : "value" };
}

/** Rows in which some columns are surely not there. */
export function withoutColumns(value: RowsValue, names: readonly string[]): RowsValue {
  return names.length === 0 ? value : { ...value, without: [...(value.without ?? []), ...names] };
}

/** Rows to which a column is given; `undefined` for one whose name is not known. */
export function withColumn(value: RowsValue, name: string | undefined): RowsValue {
  const { columns, without, ...rest } = value;
  const left = name === undefined ? [] : (without ?? []).filter((gone) => gone !== name);
  return {
    ...rest,
    ...(columns === undefined || name === undefined ? {} : { columns: [...columns, name] }),
    ...(left.length > 0 ? { without: left } : {}),
  };
}

/** Whether a column may be among those of the rows, as far as anybody knows. */
export function mayHaveColumn({ columns, without }: RowsValue, name: string): boolean {
  return without?.includes(name) !== true && (columns === undefined || columns.includes(name));
}

/** Other columns of the same rows. */
export function rowsLike({ side, of }: RowsValue, shape: Shape): RowsValue {
  return { ...rows(shape, side), ...(of === undefined ? {} : { of }) };
}

/** An edit whose texts are known; it leaves the text of `fit` alone unless told otherwise. */
export function textEdit(span: Span, serve: string, fit?: string): Edit {
  return { span, serve: () => serve, fit: fit === undefined ? undefined : () => fit };
}

/** The user's text with the edits of one side. A wider edit wins over those inside it; insertions come before a replacement at the same place. */
export function applyEdits(
  text: string,
  span: Span,
  edits: readonly Edit[],
  side: "fit" | "serve",
): string {
  const sorted = edits
    .filter((edit) => edit.span.start >= span.start && edit.span.end <= span.end)
    .toSorted(
      (left, right) => left.span.start - right.span.start || compareWidth(left.span, right.span),
    );
  let out = "";
  let at = span.start;
  for (const edit of sorted) {
    const replacement = side === "fit" ? edit.fit : edit.serve;
    if (replacement === undefined || edit.span.start < at) continue;
    out += text.slice(at, edit.span.start) + replacement();
    at = edit.span.end;
  }
  return out + text.slice(at, span.end);
}

function compareWidth(left: Span, right: Span): number {
  const isInsertion = (span: Span): boolean => span.start === span.end;
  if (isInsertion(left) !== isInsertion(right)) return isInsertion(left) ? -1 : 1;
  return right.end - left.end;
}

/** Calls `make` at most once. */
export function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
