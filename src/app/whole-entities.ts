/**
 * Batches for a model whose answers are for entities, each made of all of its rows: rows of one entity are never asked about apart, and
 * where one of them is refused, the others are, too. Fewer rows would be answered without a complaint, and wrongly.
 */
import type { ContractProblem, RawColumns } from "../contract/check-rows.ts";
import type { Contract } from "../contract/schema.ts";

/** More rows than any file has that fits into memory. */
export const ALL_ROWS = 2 ** 31 - 1;

/** How many rows are asked about at once: all, since rows of an entity may stand anywhere in a file. */
export function rowsAtOnce({ answer }: Contract, wished: number): number {
  return answer.per === "entity" ? ALL_ROWS : wished;
}

/** The rows that belong to the entity of a row, itself among them; the row alone where answers are for rows. */
export function rowsOfSame(contract: Contract, raw: RawColumns, row: number): readonly number[] {
  const values = entityValues(contract, raw);
  if (values === undefined) return [row];
  return values.flatMap((value, at) => (value === values[row] ? [at] : []));
}

/** Problems of rows that are refused, by place, and of those that are refused with them. */
export function refusedTogether(
  contract: Contract,
  raw: RawColumns,
  refused: ReadonlyMap<number, readonly ContractProblem[]>,
): ReadonlyMap<number, readonly ContractProblem[]> {
  const values = entityValues(contract, raw);
  if (values === undefined || refused.size === 0) return refused;
  const column = [contract.entity ?? ""].flat()[0] ?? "";
  const first = new Map<unknown, number>();
  for (const row of [...refused.keys()].sort((left, right) => left - right)) {
    const value = values[row];
    if (value !== null && value !== undefined && !first.has(value)) first.set(value, row);
  }
  const all = new Map(refused);
  for (const [row, value] of values.entries()) {
    const because = first.get(value);
    if (because === undefined || refused.has(row)) continue;
    all.set(row, [
      {
        code: "entity-incomplete",
        severity: "error",
        column,
        row,
        message: `rows[${String(row)}]: another row of the same "${column}" is refused, and an answer needs all of them`,
      },
    ]);
  }
  return all;
}

function entityValues(contract: Contract, raw: RawColumns): readonly unknown[] | undefined {
  const { entity } = contract;
  return contract.answer.per === "entity" && typeof entity === "string"
    ? raw.columns.get(entity)
    : undefined;
}
