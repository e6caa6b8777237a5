/** The columns of a contract or plan that say whose row it is, whether one was named or several. */
import type { Contract } from "./schema.ts";

/** The columns, in the order in which they were named; none where nothing is declared. */
export function entityColumns(entity: string | readonly string[] | undefined): readonly string[] {
  if (entity === undefined) return [];
  return typeof entity === "string" ? [entity] : entity;
}

/** Every column that a request may bring. */
export function knownColumns(contract: Contract): ReadonlySet<string> {
  return new Set([
    ...contract.columns.map(({ name }) => name),
    ...entityColumns(contract.entity),
    ...(contract.time === undefined ? [] : [contract.time]),
  ]);
}
