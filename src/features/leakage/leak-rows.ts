/** Rows made of rows: combined, as an array, some of their columns. */
import type { Flow, RowsFlow, Traits } from "./leak-value.ts";
import {
  flattened,
  joinTraits,
  NO_TRAITS,
  PLAIN,
  traitsIn,
  traitsOfColumn,
  withTraits,
} from "./leak-value.ts";

/** Rows with everything that went into the parts; plain when no part has rows. */
export function combined(parts: readonly Flow[]): Flow {
  const tables = parts.filter((part) => part.kind === "rows");
  const [first] = tables;
  if (first === undefined) return { kind: "plain", learned: traitsOfAll(parts).learned };
  const { set, side } = first.extent;
  if (tables.some(({ extent }) => extent.set !== set || extent.side !== side)) return PLAIN;
  const base = tables.find(({ shape }) => shape === "frame") ?? first;
  const added = traitsOfAll(parts.filter((part) => part !== base));
  // Which of several columns another one went into is not known.
  const sources = base.shape === "column" ? added.sources : NO_TRAITS.sources;
  const name = tables.length === 1 ? base.name : undefined;
  return withTraits({ ...base, name }, { ...added, sources });
}

/** What all of the values bring along. */
export function traitsOfAll(flows: readonly Flow[]): Traits {
  let all = NO_TRAITS;
  for (const flow of flows) all = joinTraits(all, traitsIn(flow));
  return all;
}

/** The same rows as an array; which columns it has is no longer told by names. */
export function arrayOf(rows: RowsFlow): RowsFlow {
  return flattened(rows, "matrix");
}

/** One column of a table. */
export function columnOf(rows: RowsFlow, name: string): RowsFlow {
  return {
    ...rows,
    shape: "column",
    name,
    common: traitsOfColumn(rows, name),
    columns: new Map(),
    only: undefined,
    dropped: new Set(),
    isExact: false,
  };
}

/** Named columns of a table, as a table. */
export function columnsOf(rows: RowsFlow, names: readonly string[]): RowsFlow {
  return {
    ...rows,
    shape: "frame",
    columns: new Map(names.map((name) => [name, traitsOfColumn(rows, name)])),
    only: new Set(names),
    dropped: new Set(),
    isExact: false,
  };
}
