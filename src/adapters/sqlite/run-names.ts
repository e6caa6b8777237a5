/** Which metrics and parameters the stored runs have, to read a selection by. */
import type Database from "better-sqlite3";
import type { RunNames } from "../../registry/read-selection.ts";

/** The number of a metric's name, which is the parameter. */
export const KEY_OF_NAME = "(SELECT id FROM metric_keys WHERE name = ?)";

/** Where a kind of value is kept: a table with a row a run and name. */
const KEPT = {
  metric: {
    table: "latest_metrics",
    key: KEY_OF_NAME,
    name: "(SELECT name FROM metric_keys WHERE id = k.key)",
  },
  param: { table: "run_params", key: "?", name: "k.key" },
} as const;

/** Asks within the caller's transaction. @param pipeline `undefined` for the runs of all. */
export function runNames(db: Database.Database, pipeline: string | undefined): RunNames {
  const [inScope, scope] = pipeline === undefined ? ["TRUE", []] : ["r.pipeline = ?", [pipeline]];
  const exists = (sql: string, ...values: readonly unknown[]): boolean =>
    db
      .prepare<unknown[], number>(`SELECT EXISTS (${sql})`)
      .pluck()
      .get(...values) === 1;
  return {
    hasRuns: () => exists(`SELECT 1 FROM runs r WHERE ${inScope}`, ...scope),
    // By the name first: most names are of one kind only, and then it takes no look at any run to know that.
    has: (kind, name) =>
      exists(
        `SELECT 1 FROM ${KEPT[kind].table} k CROSS JOIN runs r ON r.number = k.run
         WHERE k.key = ${KEPT[kind].key} AND ${inScope}`,
        name,
        ...scope,
      ),
    // A pass over all that the runs have, which is for a message only.
    list: (kind) =>
      db
        .prepare<unknown[], { readonly name: string; readonly place: number }>(
          `WITH newest AS (
             SELECT r.number, row_number() OVER (ORDER BY r.started_at_ms DESC, r.number DESC) AS place FROM runs r WHERE ${inScope}
           )
           SELECT ${KEPT[kind].name} AS name, min(newest.place) AS place
           FROM newest CROSS JOIN ${KEPT[kind].table} k ON k.run = newest.number GROUP BY k.key`,
        )
        .all(...scope)
        .sort((left, right) => left.place - right.place || (left.name < right.name ? -1 : 1))
        .map(({ name }) => name),
  };
}
