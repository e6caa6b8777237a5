/** The raw columns a served model takes, once the raw table's columns are known. */
import type { NeededColumns } from "./staging.ts";

/** The needed ones among `rawColumns`, in the table's order. */
export function servedColumns(
  needed: NeededColumns,
  rawColumns: readonly string[],
): readonly string[] {
  const names = new Set(needed.names);
  return rawColumns.filter((column) => names.has(column) === (needed.kind === "only"));
}
