/**
 * contract.json from the raw training table: what a row must look like so that serving sees what training saw.
 * No real row can be read back from it: rare values and everything of personal columns stay out.
 */
import { InputError } from "../base/errors.ts";
import { countCategories } from "./categories.ts";
import { isPersonalName } from "./personal.ts";
import type { ContractColumn } from "./schema.ts";
import { Contract } from "./schema.ts";
import { renderTimestamp } from "./timestamp.ts";
import type { NumericColumn, Table, TableColumn, TextColumn } from "./typed-columns.ts";
import { countNulls, isNull } from "./typed-columns.ts";

/** What the table alone does not say. */
export interface ContractOptions {
  /** Raw columns that the served features read, in the order in which the model's code expects them. */
  readonly columns: readonly string[];
  readonly answer: Contract["answer"];
  /** Column, or columns together, that say whose row it is. */
  readonly entity?: string | readonly string[];
  readonly time?: string;
  /** Policy for values outside the listed categories. */
  readonly unseen: ContractColumn["unseen"];
}

/**
 * Builds the contract. Linear in the table but for counting distinct strings.
 *
 * @throws InputError `contract-column-missing` when the table lacks a named column, `contract-empty-table` when it has no rows.
 */
export function buildContract(table: Table, options: ContractOptions): Contract {
  if (table.rows === 0) {
    throw new InputError(
      "The raw table has no rows, so that nothing about its columns can be observed.",
      {
        code: "contract-empty-table",
        hint: "check the data that the load step reads",
      },
    );
  }
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const columns = options.columns.map((name) => {
    const column = byName.get(name);
    if (column === undefined) {
      throw new InputError(
        `The served model needs column "${name}", which the raw table does not have.`,
        {
          code: "contract-column-missing",
          hint: `its columns are ${[...byName.keys()].join(", ")}`,
        },
      );
    }
    const described = describeColumn(column, table.rows, options.unseen);
    // Rows of nobody may be in a table to learn from; an answer is always for somebody.
    if (options.answer.per === "entity" && name === options.entity)
      return { ...described, nullable: false };
    if (name !== options.time) return described;
    // Requests come after training: the times it saw are no range of theirs.
    const { min: _first, max: _last, ...known } = described;
    return known;
  });
  return Contract.parse({
    version: 1,
    columns,
    ...(options.entity === undefined ? {} : { entity: options.entity }),
    ...(options.time === undefined ? {} : { time: options.time }),
    answer: options.answer,
  });
}

function describeColumn(
  column: TableColumn,
  rows: number,
  unseen: ContractColumn["unseen"],
): ContractColumn {
  const personal = isPersonalName(column.name);
  const base = {
    name: column.name,
    type: column.type,
    nullable: countNulls(column.nulls, rows) > 0,
    unseen,
    personal,
  };
  if (personal) return base;
  return column.type === "string"
    ? { ...base, ...describeText(column, unseen) }
    : { ...base, ...describeRange(column, rows) };
}

/**
 * With policies that change or refuse an unlisted value, a list that leaves out rare training values would make serving
 * differ from training; then nothing is listed. `other` passes unlisted values on, so a partial list is harmless.
 */
function describeText(
  column: TextColumn,
  unseen: ContractColumn["unseen"],
): Pick<ContractColumn, "categories"> {
  const counts = countCategories(column.values);
  if (counts === undefined || (counts.other > 0 && unseen !== "other")) return {};
  return { categories: counts.listed.map(({ value }) => value).toSorted() };
}

function describeRange(column: NumericColumn, rows: number): Pick<ContractColumn, "min" | "max"> {
  if (column.type === "bool") return {};
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row += 1) {
    const value = column.values[row] ?? Number.NaN;
    if (isNull(column.nulls, row) || Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const lower = renderBound(column.type, min);
  const upper = renderBound(column.type, max);
  return {
    ...(lower === undefined ? {} : { min: lower }),
    ...(upper === undefined ? {} : { max: upper }),
  };
}

/** `undefined` for a bound JSON cannot carry: no values at all, or an infinite one. */
function renderBound(type: NumericColumn["type"], value: number): number | string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return type === "timestamp" ? renderTimestamp(value) : value + 0;
}
