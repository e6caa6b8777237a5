/** Tables for tests, written as plain values. */
import type { ColumnType, Table, TableColumn } from "../../src/contract/typed-columns.ts";
import { emptyNulls, markNull } from "../../src/contract/typed-columns.ts";

/** A column with `null` where a value is missing. */
export interface PlainColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: readonly (number | string | boolean | null)[];
}

/** The table of some columns of equal length; bools become 0 and 1. */
export function tableOf(columns: readonly PlainColumn[]): Table {
  const rows = columns[0]?.values.length ?? 0;
  return { rows, columns: columns.map(columnOf) };
}

function columnOf({ name, type, values }: PlainColumn): TableColumn {
  const nulls = emptyNulls(values.length);
  for (const [row, value] of values.entries()) if (value === null) markNull(nulls, row);
  if (type === "string") {
    return {
      name,
      type,
      nulls,
      values: values.map((value) => (value === null ? null : String(value))),
    };
  }
  const numbers = Float64Array.from(values, (value) =>
    value === null ? Number.NaN : Number(value),
  );
  return { name, type, nulls, values: numbers };
}

/** `value` repeated `count` times. */
export function repeat<T>(value: T, count: number): readonly T[] {
  return Array.from({ length: count }, () => value);
}
