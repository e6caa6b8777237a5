/**
 * Contract 9: one line of the prediction log per answered row. Columns marked personal are dropped; the entity's value
 * appears only as a hash, so that requests of one entity can be joined without naming it.
 */

import { sha256 } from "../base/hash.ts";
import type { RawColumns } from "../contract/check-rows.ts";
import { entityColumns } from "../contract/entity-columns.ts";
import { renderTimestamp } from "../contract/timestamp.ts";
import type { Table, TableColumn } from "../contract/typed-columns.ts";
import { isNull } from "../contract/typed-columns.ts";
import type { Answer } from "./answer-schema.ts";
import type { PredictionRecord } from "./prediction-log-schema.ts";
import type { Variant } from "./variants.ts";

/** A request that was answered, as the log sees it. */
export interface LoggedRequest {
  readonly id: string;
  readonly variant: Variant;
  readonly raw: RawColumns;
  readonly table: Table;
  readonly answers: readonly Answer[];
  readonly atMs: number;
  readonly latencyMs: number;
}

/** The records of a request, one per row. */
export function buildPredictionRecords(request: LoggedRequest): readonly PredictionRecord[] {
  const { contract, name, version } = request.variant.model;
  const personal = new Set(
    contract.columns.filter((column) => column.personal).map((column) => column.name),
  );
  const columns = request.table.columns.filter((column) => !personal.has(column.name));
  const keys = entityColumns(contract.entity).map((column) => request.raw.columns.get(column));
  const ts = new Date(request.atMs).toISOString();
  return request.answers.map((answer, row) => ({
    v: 1,
    ts,
    id: request.answers.length === 1 ? request.id : `${request.id}:${String(row)}`,
    model: name,
    version,
    variant: request.variant.name,
    "key-hash": hashKey(keys.map((column) => column?.[row])),
    row: Object.fromEntries(columns.map((column) => [column.name, valueOf(column, row)])),
    answer: "error" in answer ? { error: answer.error.code } : answer,
    latencyMs: request.latencyMs,
    sampled: 1,
  }));
}

/** Of one column its value, of several the list of them; none where one is missing. */
function hashKey(values: readonly unknown[]): string | null {
  if (values.length === 0 || values.some((value) => value === undefined || value === null))
    return null;
  return sha256(JSON.stringify(values.length === 1 ? values[0] : values));
}

function valueOf(column: TableColumn, row: number): string | number | boolean | null {
  if (isNull(column.nulls, row)) return null;
  if (column.type === "string") return column.values[row] ?? null;
  const value = column.values[row] ?? Number.NaN;
  if (Number.isNaN(value)) return null;
  if (column.type === "bool") return value !== 0;
  return column.type === "timestamp" ? (renderTimestamp(value) ?? null) : value;
}
