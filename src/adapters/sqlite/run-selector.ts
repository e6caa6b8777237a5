/**
 * Selects runs where they are stored: by what `readSelection` reads, and without loading a run that is not shown.
 *
 * Each condition is one pass over one index or table, in the order in which that lies on disk, and gives numbers of
 * runs; chosen is what all passes gave. One statement with a join for each condition would look up every run by itself
 * in a table of millions of rows, in an order in which hardly a page of it is still in memory when it is needed again:
 * with two conditions that most of 100,000 runs meet, that takes ten times as long.
 *
 * SQLite itself compares what it stores as numbers; all else goes through the functions of the registry's core.
 */
import type Database from "better-sqlite3";
import type { RunQuery } from "../../ports/registry.ts";
import {
  type RunCondition,
  type RunField,
  type RunSort,
  readSelection,
  type ValueSource,
} from "../../registry/read-selection.ts";
import { RUN_STATUSES } from "../../registry/run-record.ts";
import { meets, orderOf, type RunValue, type ValueTest } from "../../registry/run-values.ts";
import { momentRange } from "./moment-range.ts";
import { KEY_OF_NAME, runNames } from "./run-names.ts";
import { ParamValue, readJson } from "./schema.ts";

/** Numbers of the runs selected, in order, up to the limit. */
export interface SelectedNumbers {
  readonly numbers: readonly number[];
  /** How many there are, with those beyond the limit. */
  readonly total: number;
}

/** Columns of `runs` for each field. In their order the fields are in theirs, because their texts are ASCII, and moments in ISO 8601 of the years 0 to 9999. */
const FIELD_COLUMNS: Readonly<Record<RunField, string>> = {
  status: "status",
  pipeline: "coalesce(pipeline, '')",
  revision: "revision",
  started: "started_at_ms",
  // Rounded once, as in JavaScript: milliseconds are whole, only their thousandth is not.
  took: "(ended_at_ms - started_at_ms) / 1000.0",
};

/** How SQLite is told that there is no limit. */
const NO_LIMIT = -1;

/** Selects within the caller's transaction; throws what `readSelection` throws. Adds the functions that its statements call to the connection. */
export function runSelector(db: Database.Database): (query: RunQuery) => SelectedNumbers {
  const functions = addFunctions(db);
  const numbers = (sql: string, ...values: readonly unknown[]): readonly number[] =>
    db
      .prepare<unknown[], number>(sql)
      .pluck()
      .all(...values);
  const count = (sql: string, ...values: readonly unknown[]): number =>
    db
      .prepare<unknown[], number | null>(sql)
      .pluck()
      .get(...values) ?? 0;
  return ({ pipeline, limit = NO_LIMIT, ...selection }) => {
    const { conditions, sort } = readSelection(selection, runNames(db, pipeline));
    const [inScope, scope] = pipeline === undefined ? ["TRUE", []] : ["pipeline = ?", [pipeline]];
    const passes = conditions.map((condition) => meeting(condition, functions, numbers));
    if (pipeline !== undefined && (conditions.length > 0 || sort !== undefined))
      passes.push(numbers(`SELECT number FROM runs WHERE ${inScope}`, ...scope));
    const common = inAll(passes, count("SELECT max(number) FROM runs"));
    const total =
      passes.length > 0
        ? common.size
        : count(`SELECT count(*) FROM runs WHERE ${inScope}`, ...scope);
    functions.isChosen = common.has;
    const found = sort === undefined ? [] : ordered(sort, limit, numbers);
    if (found.length === total || found.length === limit) return { numbers: found, total };
    // All that have a value to sort by were found, so the others have none.
    const taken = new Set(found);
    functions.isChosen = (run) => common.has(run) && !taken.has(run);
    const others = numbers(
      `SELECT number FROM runs WHERE ${inScope} AND is_chosen(number) ORDER BY started_at_ms DESC, number DESC LIMIT ?`,
      ...scope,
      limit === NO_LIMIT ? NO_LIMIT : limit - found.length,
    );
    return { numbers: [...found, ...others], total };
  };
}

type Numbers = (sql: string, ...values: readonly unknown[]) => readonly number[];

/** What SQLite gives to a function. */
type Stored = string | number | null;

/** What the functions do that statements call, set before each statement that calls them. */
interface Functions {
  isChosen: (run: number) => boolean;
  isWanted: (stored: Stored) => boolean;
}

function addFunctions(db: Database.Database): Functions {
  const functions: Functions = { isChosen: () => false, isWanted: () => false };
  const options = { directOnly: true };
  db.function("is_chosen", options, (run: number) => Number(functions.isChosen(run)));
  db.function("is_wanted", options, (stored: Stored) => Number(functions.isWanted(stored)));
  db.function("order_of_param", options, (json: string) => {
    const order = orderOf(paramOf(json));
    // SQLite orders texts by code point; as bytes, which it has after numbers, too, they stay in the order of code units.
    return typeof order === "string" ? Buffer.from(order, "utf16le").swap16() : (order ?? null);
  });
  return functions;
}

/** Runs that meet a condition, in any order, each once; they may be of any pipeline. */
function meeting(
  { of, test }: RunCondition,
  functions: Functions,
  numbers: Numbers,
): readonly number[] {
  functions.isWanted = (stored) => meets(test, valueOf(of, stored));
  switch (of.kind) {
    case "metric": {
      const range = rangeOf(test);
      return range === undefined
        ? numbers(
            `SELECT run FROM latest_metrics WHERE key = ${KEY_OF_NAME} AND is_wanted(iif(is_nan, 'NaN', value))`,
            of.name,
          )
        : numbers(
            `SELECT run FROM latest_metrics WHERE key = ${KEY_OF_NAME} AND is_nan = 0 AND value ${range.operator} ?`,
            of.name,
            range.limit,
          );
    }
    case "param":
      // Asked once for each value, of which most parameters have few.
      return numbers(
        `SELECT run FROM run_params WHERE key = ? AND value_json IN (
           SELECT value_json FROM (SELECT DISTINCT value_json FROM run_params WHERE key = ?) WHERE is_wanted(value_json)
         )`,
        of.name,
        of.name,
      );
    case "field":
      return meetingField(of.name, test, numbers);
  }
}

function meetingField(field: RunField, test: ValueTest, numbers: Numbers): readonly number[] {
  const column = FIELD_COLUMNS[field];
  switch (field) {
    case "status": {
      const wanted = RUN_STATUSES.filter((status) => meets(test, status));
      const places = wanted.map(() => "?").join(", ");
      return numbers(`SELECT number FROM runs WHERE ${column} IN (${places})`, ...wanted);
    }
    case "started": {
      const range = momentRange(test);
      if (range === undefined) break;
      return numbers(
        `SELECT number FROM runs WHERE ${column} BETWEEN ? AND ?`,
        range.firstMs,
        range.lastMs,
      );
    }
    case "revision":
    case "took": {
      const range = rangeOf(test);
      if (range === undefined) break;
      return numbers(`SELECT number FROM runs WHERE ${column} ${range.operator} ?`, range.limit);
    }
    case "pipeline":
      break;
  }
  return numbers(`SELECT number FROM runs WHERE is_wanted(${column})`);
}

/** The numbers that meet a test, where they are those on one side of another one, or that one. */
function rangeOf(
  test: ValueTest,
): { readonly operator: string; readonly limit: number } | undefined {
  if (test.kind === "ordered")
    return typeof test.limit === "string"
      ? undefined
      : { operator: test.operator, limit: test.limit };
  const limit = Number(test.wanted);
  return test.kind === "different" || Number.isNaN(limit) ? undefined : { operator: "=", limit };
}

/** What is stored, as the run's record has it. */
function valueOf(of: ValueSource, stored: Stored): RunValue | undefined {
  if (stored === null) return undefined;
  if (of.kind === "param") return paramOf(String(stored));
  if (of.kind === "field" && of.name === "started") return new Date(Number(stored)).toISOString();
  return stored;
}

function paramOf(json: string): RunValue {
  return readJson(ParamValue, json, "a parameter of a run");
}

/** Those chosen that have a value to sort by, in its order; of equals the newest first. */
function ordered({ of, order }: RunSort, limit: number, numbers: Numbers): readonly number[] {
  const direction = order === "greatest-first" ? "DESC" : "ASC";
  const newestFirst = "r.started_at_ms DESC, r.number DESC";
  switch (of.kind) {
    case "metric":
      // The index has the order, so this ends with the limit; runs are looked up for those chosen alone.
      return numbers(
        `SELECT m.run FROM latest_metrics m CROSS JOIN runs r ON r.number = m.run
         WHERE m.key = ${KEY_OF_NAME} AND m.is_nan = 0 AND is_chosen(m.run)
         ORDER BY m.value ${direction}, ${newestFirst} LIMIT ?`,
        of.name,
        limit,
      );
    case "param":
      // Runs are looked up only for those that may be shown: all that stand where the last of those stands, or before it.
      return numbers(
        `WITH places AS MATERIALIZED (
           SELECT value_json, order_of_param(value_json) AS place FROM (SELECT DISTINCT value_json FROM run_params WHERE key = ?)
         ), placed AS MATERIALIZED (
           SELECT p.run, places.place FROM places CROSS JOIN run_params p ON p.key = ? AND p.value_json = places.value_json
           WHERE places.place IS NOT NULL AND is_chosen(p.run)
         )
         SELECT r.number FROM placed CROSS JOIN runs r ON r.number = placed.run
         WHERE place ${order === "greatest-first" ? ">= (SELECT min(place)" : "<= (SELECT max(place)"}
           FROM (SELECT place FROM placed ORDER BY place ${direction} LIMIT ?))
         ORDER BY place ${direction}, ${newestFirst} LIMIT ?`,
        of.name,
        of.name,
        limit,
        limit,
      );
    case "field": {
      const column = FIELD_COLUMNS[of.name];
      return numbers(
        `SELECT r.number FROM runs r WHERE ${column} IS NOT NULL AND is_chosen(r.number)
         ORDER BY ${column} ${direction}, ${newestFirst} LIMIT ?`,
        limit,
      );
    }
  }
}

/** What all lists have in common, each of which has a number once; of no list, everything. */
function inAll(
  lists: readonly (readonly number[])[],
  greatest: number,
): { readonly size: number; readonly has: (number: number) => boolean } {
  const lengthMet = new Uint32Array(greatest + 1);
  let size = 0;
  for (const [before, list] of lists.entries()) {
    size = 0;
    for (const number of list) {
      if (lengthMet[number] !== before) continue;
      lengthMet[number] = before + 1;
      size += 1;
    }
  }
  return { size, has: (number) => lengthMet[number] === lists.length };
}
