/**
 * Reference profile of a table: counts, nulls, quantile bins and category counts per column, without any row.
 * Same table, same bytes: columns keep their order, sums run in row order, ties are broken by code point.
 */
import { countCategories } from "../contract/categories.ts";
import type { NumericColumn, Table, TableColumn } from "../contract/typed-columns.ts";
import { countNulls, isNull } from "../contract/typed-columns.ts";
import { countBins, quantileEdges } from "./bins.ts";
import type { ColumnProfile, NumericProfile, TableProfile } from "./schema.ts";
import { Profile } from "./schema.ts";

/** Profiles a table. `personal` columns keep only their counts. Costs a sort per numeric column. */
export function profileTable(
  table: Table,
  personal: ReadonlySet<string> = new Set(),
): TableProfile {
  return {
    rows: table.rows,
    columns: table.columns.map((column) =>
      profileColumn(column, table.rows, personal.has(column.name) ? "counts-only" : "everything"),
    ),
  };
}

/** The text of profile.json, ending in a newline. */
export function renderProfile(profile: Profile): string {
  return `${JSON.stringify(Profile.parse(profile), undefined, 1)}\n`;
}

function profileColumn(
  column: TableColumn,
  rows: number,
  detail: "everything" | "counts-only",
): ColumnProfile {
  const base = {
    name: column.name,
    type: column.type,
    count: rows,
    nulls: countNulls(column.nulls, rows),
  };
  if (detail === "counts-only") return base;
  if (column.type === "string") {
    const categories = countCategories(column.values);
    return categories === undefined
      ? base
      : { ...base, categories: { listed: [...categories.listed], other: categories.other } };
  }
  const numbers = profileNumbers(finiteValues(column, rows));
  return numbers === undefined ? base : { ...base, numbers };
}

function finiteValues(column: NumericColumn, rows: number): Float64Array {
  const finite = new Float64Array(rows);
  let length = 0;
  for (let row = 0; row < rows; row += 1) {
    const value = column.values[row] ?? Number.NaN;
    if (isNull(column.nulls, row) || !Number.isFinite(value)) continue;
    finite[length] = value + 0;
    length += 1;
  }
  return finite.subarray(0, length);
}

/** Mean and deviation by Welford's method, which does not lose digits on large means (Technometrics 4, 1962, p. 419). */
function profileNumbers(values: Float64Array): NumericProfile | undefined {
  if (values.length === 0) return undefined;
  let mean = 0;
  let squares = 0;
  let seen = 0;
  for (const value of values) {
    seen += 1;
    const distance = value - mean;
    mean += distance / seen;
    squares += distance * (value - mean);
  }
  const edges = quantileEdges(values.toSorted());
  const deviation = Math.sqrt(squares / values.length);
  if (!Number.isFinite(mean) || !Number.isFinite(deviation)) return undefined;
  return { mean, deviation, edges: [...edges], counts: [...countBins(values, edges)] };
}
