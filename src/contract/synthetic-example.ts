/**
 * A row that fulfils a contract, made from the contract alone: the first listed category, the middle of a range.
 * It is what input_example.json, generated tests and the printed curl command show; no real row is in it.
 */
import type { Contract, ContractColumn } from "./schema.ts";
import { parseTimestamp, renderTimestamp } from "./timestamp.ts";

/** The value of one column as JSON carries it. */
export type ExampleValue = string | number | boolean;

/** One row, its keys in the contract's order. */
export function syntheticExample(contract: Contract): Readonly<Record<string, ExampleValue>> {
  return Object.fromEntries(contract.columns.map((column) => [column.name, exampleOf(column)]));
}

function exampleOf(column: ContractColumn): ExampleValue {
  switch (column.type) {
    case "bool":
      return true;
    case "int64":
      return Math.floor(middle(column, 1));
    case "float64":
      return readable(column, middle(column, 1));
    case "timestamp":
      return renderTimestamp(Math.floor(middle(column, 0))) ?? "1970-01-01T00:00:00.000Z";
    case "string":
      return column.categories?.[0] ?? "text";
  }
}

/** Six digits, unless rounding would leave the range. */
function readable(column: ContractColumn, value: number): number {
  const rounded = Number(value.toPrecision(6));
  const isInside =
    rounded >= (boundOf(column.min) ?? rounded) && rounded <= (boundOf(column.max) ?? rounded);
  return isInside ? rounded : value;
}

/** Halfway between the bounds. */
function middle(column: ContractColumn, otherwise: number): number {
  const min = boundOf(column.min);
  const max = boundOf(column.max);
  if (min === undefined || max === undefined) return min ?? max ?? otherwise;
  // Halved first: the distance of two finite numbers may not be finite.
  return min / 2 + max / 2;
}

function boundOf(bound: number | string | undefined): number | undefined {
  return typeof bound === "string" ? parseTimestamp(bound) : bound;
}
