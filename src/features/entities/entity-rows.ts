/**
 * Which rows a table has, where the model's rows are entities and not rows of a request: a customer, made of all purchases that the
 * request brings.
 */
import type { FeatureStatement } from "../feature-program.ts";
import type { RowSet } from "../value.ts";

/** Rows per entity while one notebook is staged. */
export interface EntityRows {
  /** Column of the raw table that says whose row it is. */
  readonly key: string;
  /** The rows of the raw table. */
  readonly raw: RowSet;
  /** Rows of the same kind that were left out, put into another order, or given other labels. */
  readonly derived: (from: RowSet, change?: Partial<Pick<RowSet, "isSorted" | "labels">>) => RowSet;
  /** One row for each entity in a set of raw rows; the same one each time. */
  readonly grouped: (
    from: RowSet,
    how: { readonly isOrdered: boolean; readonly labels: RowSet["labels"] },
  ) => RowSet;
  /** Entities of two tables. */
  readonly merged: (left: RowSet, right: RowSet, labels: RowSet["labels"]) => RowSet;
  /** Notes at a statement how `transform` finds the entity of each row of a set. */
  readonly keysOf: (from: RowSet, statement: FeatureStatement, keys: string) => void;
  /** Notes that a name holds a table of entities from a statement on. */
  readonly bound: (name: string, of: RowSet, statement: FeatureStatement) => void;
  /** Whether anything was made with one row for each entity. */
  readonly isUsed: () => boolean;
}
