/** Rows of a batch against the contract, told by their place in the file; and whether answers depend on what is asked together. */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { CheckedRows, ContractProblem, RawColumns } from "../contract/check-rows.ts";
import { checkColumns } from "../contract/check-rows.ts";
import type { Contract } from "../contract/schema.ts";
import type { Answer } from "../serving/answer-schema.ts";
import type { ScoreChunk } from "./score-input.ts";
import { refusedTogether } from "./whole-entities.ts";

/** What a check of one chunk found. */
export interface CheckedChunk {
  /** Rows that may be asked about, by their place in the chunk, and their values. */
  readonly accepted: readonly number[];
  readonly table: CheckedRows["table"];
  /** Errors of each refused row, by its place in the chunk. */
  readonly refused: ReadonlyMap<number, readonly ContractProblem[]>;
  /** Errors of whole columns: no row can be asked about. */
  readonly columnErrors: readonly ContractProblem[];
  readonly warnings: readonly ContractProblem[];
}

/** Checks every row of a chunk by itself. */
export function checkChunk(contract: Contract, chunk: ScoreChunk): CheckedChunk {
  const { raw } = chunk;
  const checked = checkColumns(contract, raw, Number.POSITIVE_INFINITY);
  const errors = checked.problems.filter(({ severity }) => severity === "error");
  const broken = new Map<number, ContractProblem[]>();
  for (const problem of errors) {
    if (problem.row === null) continue;
    const known = broken.get(problem.row);
    if (known === undefined) broken.set(problem.row, [problem]);
    else known.push(problem);
  }
  const refused = refusedTogether(contract, raw, broken);
  const rows = Array.from({ length: raw.rows }, (_, row) => row);
  const accepted = refused.size === 0 ? rows : rows.filter((row) => !refused.has(row));
  return {
    accepted,
    table: checked.table ?? checkColumns(contract, taken(raw, accepted)).table,
    refused,
    columnErrors: errors.filter(({ row }) => row === null),
    warnings: checked.problems.filter(({ severity }) => severity === "warning"),
  };
}

/** The problem as a person finds it: by line, or by row from 0 where the format has no lines. */
export function diagnosticOf(
  problem: ContractProblem,
  chunk: ScoreChunk,
  file: string,
): Diagnostic {
  const { code, severity, row } = problem;
  const line = row === null ? undefined : chunk.lines?.[row];
  if (row === null || line !== undefined) {
    const where = line === undefined ? { path: file } : { path: file, line };
    return { code, severity, message: bareMessage(problem), where };
  }
  const message = `row ${String(chunk.firstRow + row)}: ${bareMessage(problem)}`;
  return { code, severity, message, where: { path: file } };
}

/** What is wrong, without where. */
export function bareMessage({ row, message }: ContractProblem): string {
  const place = `rows[${String(row)}]: `;
  return message.startsWith(place) ? message.slice(place.length) : message;
}

/** The rows at these places. */
export function taken(raw: RawColumns, rows: readonly number[]): RawColumns {
  const columns = new Map(
    [...raw.columns].map(([name, values]) => [name, rows.map((row) => values[row])]),
  );
  return { rows: rows.length, columns };
}

/** Relative difference that the order of additions in matrix products may make. */
const RTOL = 1e-9;

/** Whether a row asked about alone got what it got among others. Numbers may differ in their last digits. */
export function isSameAnswer(left: Answer, right: Answer): boolean {
  if ("error" in left || "error" in right) return "error" in left && "error" in right;
  if ("outputs" in left || "outputs" in right)
    return "outputs" in left && "outputs" in right && isSameRecord(left.outputs, right.outputs);
  if (!isSameValue(left.label, right.label)) return false;
  return isSameRecord(left.probabilities ?? {}, right.probabilities ?? {});
}

function isSameRecord(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): boolean {
  return Object.keys(left).every((name) => isSameValue(left[name] ?? null, right[name] ?? null));
}

function isSameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== "number" || typeof right !== "number") return left === right;
  return Math.abs(left - right) <= RTOL * Math.max(1, Math.abs(left), Math.abs(right));
}
