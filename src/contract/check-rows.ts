/**
 * Checks rows against contract.json and turns them into typed columns for the worker.
 * The generated contract.py does the same; `test/fixtures/contract/cases.json` is run on both.
 *
 *   error    missing-column, unknown-column, wrong-type, null-not-allowed, unseen-category (policy `reject`)
 *   warning  out-of-range, unseen-category (policies `null` and `other`)
 *
 * Rows count from 0, as in the JSON array the client sent. A value is never converted to make it fit:
 * `"12"` is no number, `1` is no bool, `1.5` is no int64; whole numbers are welcome in float64.
 */
import { knownColumns } from "./entity-columns.ts";
import type { Contract, ContractColumn } from "./schema.ts";
import { parseTimestamp } from "./timestamp.ts";
import type { Table, TableColumn } from "./typed-columns.ts";
import { emptyNulls, markNull } from "./typed-columns.ts";

/** What can be wrong with rows. */
type ContractProblemCode =
  | "missing-column"
  | "unknown-column"
  | "wrong-type"
  | "null-not-allowed"
  | "entity-incomplete"
  | "unseen-category"
  | "out-of-range";

/** One place where rows and contract disagree. */
export interface ContractProblem {
  readonly code: ContractProblemCode;
  readonly severity: "error" | "warning";
  readonly column: string;
  /** From 0; `null` when it concerns the column as a whole. */
  readonly row: number | null;
  readonly message: string;
}

/** Values by column name; arrays of the contract's columns have `rows` items. `undefined` in an array is a key that this row does not have. */
export interface RawColumns {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
}

/** Outcome of a check: the table is there unless there was an error. */
export interface CheckedRows {
  readonly table: Table | undefined;
  /** At most {@link MAX_PROBLEMS}, by column of the contract, then row; unknown columns last. */
  readonly problems: readonly ContractProblem[];
  /** How many there were in all. */
  readonly problemCount: number;
}

/** Problems reported one by one; the rest is only counted. */
export const MAX_PROBLEMS = 100;

/** Checks rows as JSON objects. Linear in the number of values. */
export function checkRows(
  contract: Contract,
  rows: readonly Readonly<Record<string, unknown>>[],
): CheckedRows {
  return checkColumns(contract, columnsOfRows(contract, rows));
}

/**
 * Checks values that are already arranged by column.
 *
 * @param most How many problems are told one by one.
 */
export function checkColumns(
  contract: Contract,
  raw: RawColumns,
  most = MAX_PROBLEMS,
): CheckedRows {
  const problems = new ProblemList(most);
  const columns = contract.columns.map((column) => checkColumn(column, raw, problems));
  const known = knownColumns(contract);
  for (const name of raw.columns.keys()) {
    if (known.has(name)) continue;
    problems.add({
      code: "unknown-column",
      severity: "error",
      column: name,
      row: null,
      message: `column "${shorten(name)}" is not in the contract`,
    });
  }
  const table = problems.hasError ? undefined : { rows: raw.rows, columns };
  return { table, problems: problems.kept, problemCount: problems.count };
}

/**
 * Rows as columns. A key that a row lacks is `undefined` there. A name that is not in the contract becomes an empty
 * column: enough to refuse it, and many such names cannot take memory for every row.
 */
export function columnsOfRows(
  contract: Contract,
  rows: readonly Readonly<Record<string, unknown>>[],
): RawColumns {
  const known = knownColumns(contract);
  const columns = new Map<string, unknown[]>();
  for (const [row, values] of rows.entries()) {
    for (const [name, value] of Object.entries(values)) {
      let column = columns.get(name);
      if (column === undefined) {
        column = known.has(name) ? Array.from({ length: rows.length }, () => undefined) : [];
        columns.set(name, column);
      }
      if (known.has(name)) column[row] = value;
    }
  }
  return { rows: rows.length, columns };
}

class ProblemList {
  readonly kept: ContractProblem[] = [];
  count = 0;
  hasError = false;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(problem: ContractProblem): void {
    this.count += 1;
    if (problem.severity === "error") this.hasError = true;
    if (this.kept.length < this.#most) this.kept.push(problem);
    else if (problem.severity === "error") this.replaceLastWarning(problem);
  }

  /** Errors decide the answer, so that they are never the ones left out while warnings are shown. */
  private replaceLastWarning(problem: ContractProblem): void {
    const index = this.kept.findLastIndex((kept) => kept.severity === "warning");
    if (index === -1) return;
    this.kept.splice(index, 1);
    this.kept.push(problem);
  }
}

function checkColumn(column: ContractColumn, raw: RawColumns, problems: ProblemList): TableColumn {
  const nulls = emptyNulls(raw.rows);
  const numbers = new Float64Array(column.type === "string" ? 0 : raw.rows).fill(Number.NaN);
  const texts: (string | null)[] = [];
  const values = raw.columns.get(column.name);
  if (values === undefined) {
    problems.add(
      problemOf(
        column,
        null,
        "missing-column",
        `column "${column.name}" (${column.type}) is missing`,
      ),
    );
  }
  const rules = rulesOf(column);
  for (let row = 0; row < raw.rows && values !== undefined; row += 1) {
    const read = readValue(rules, values[row], row, problems);
    if (read === null) markNull(nulls, row);
    if (column.type === "string") texts.push(typeof read === "string" ? read : null);
    else if (typeof read === "number") numbers[row] = read;
  }
  return column.type === "string"
    ? { name: column.name, type: column.type, values: texts, nulls }
    : { name: column.name, type: column.type, values: numbers, nulls };
}

/** What a column demands, prepared once per column rather than once per value. */
interface ColumnRules {
  readonly column: ContractColumn;
  readonly categories: ReadonlySet<string> | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

function rulesOf(column: ContractColumn): ColumnRules {
  return {
    column,
    categories: column.categories === undefined ? undefined : new Set(column.categories),
    min: boundOf(column.min),
    max: boundOf(column.max),
  };
}

function boundOf(bound: number | string | undefined): number | undefined {
  return typeof bound === "string" ? parseTimestamp(bound) : bound;
}

/** The value to send on: a number, a string, or `null`; also `null` after an error, when nothing is sent. */
function readValue(
  rules: ColumnRules,
  value: unknown,
  row: number,
  problems: ProblemList,
): number | string | null {
  const { column } = rules;
  const place = `rows[${String(row)}]: column "${column.name}"`;
  if (value === undefined) {
    problems.add(problemOf(column, row, "missing-column", `${place} (${column.type}) is missing`));
    return null;
  }
  if (value === null) {
    if (!column.nullable) {
      problems.add(problemOf(column, row, "null-not-allowed", `${place} must not be null`));
    }
    return null;
  }
  const carried = carry(column.type, value);
  if (carried === undefined) {
    problems.add(
      problemOf(
        column,
        row,
        "wrong-type",
        `${place} must be ${describeType(column.type)}, got ${describe(value)}`,
      ),
    );
    return null;
  }
  if (typeof carried === "string") return readCategory(rules, carried, row, problems);
  if (
    (rules.min !== undefined && carried < rules.min) ||
    (rules.max !== undefined && carried > rules.max)
  ) {
    const range = `${String(column.min ?? "…")} to ${String(column.max ?? "…")}`;
    problems.add(
      problemOf(
        column,
        row,
        "out-of-range",
        `${place} is ${describe(value)}, outside the ${range} seen in training`,
      ),
    );
  }
  return carried;
}

function readCategory(
  rules: ColumnRules,
  value: string,
  row: number,
  problems: ProblemList,
): string | null {
  if (rules.categories === undefined || rules.categories.has(value)) return value;
  const { column } = rules;
  const effect = {
    reject: "and the contract refuses it",
    null: "and is read as null",
    other: "and is passed on as it is",
  }[column.unseen];
  problems.add(
    problemOf(
      column,
      row,
      "unseen-category",
      `rows[${String(row)}]: column "${column.name}" is ${describe(value)}, which is not among its ${String(rules.categories.size)} categories, ${effect}`,
    ),
  );
  return column.unseen === "null" ? null : value;
}

function carry(type: ContractColumn["type"], value: unknown): number | string | undefined {
  switch (type) {
    case "bool":
      return typeof value === "boolean" ? Number(value) : undefined;
    case "int64":
      return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
    case "float64":
      return typeof value === "number" && Number.isFinite(value) ? value : undefined;
    case "string":
      return typeof value === "string" && value.isWellFormed() ? value : undefined;
    case "timestamp":
      return typeof value === "string" ? parseTimestamp(value) : undefined;
  }
}

function problemOf(
  column: ContractColumn,
  row: number | null,
  code: ContractProblemCode,
  message: string,
): ContractProblem {
  const isWarning =
    code === "out-of-range" || (code === "unseen-category" && column.unseen !== "reject");
  return {
    code,
    severity: isWarning ? "warning" : "error",
    column: column.name,
    row,
    message,
  };
}

function describeType(type: ContractColumn["type"]): string {
  switch (type) {
    case "bool":
      return "true or false";
    case "int64":
      return "a whole number (at most 2^53 − 1)";
    case "float64":
      return "a finite number";
    case "string":
      return "a string";
    case "timestamp":
      return "an ISO 8601 time such as 2024-05-01T12:00:00Z (not finer than milliseconds)";
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return `the string "${shorten(value)}"`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : typeof value;
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
