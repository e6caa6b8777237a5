/**
 * Tables of the same set stand row beside row; anything else put together is refused, unless pandas finds the rows by the entity itself.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import type { Scope } from "../scope.ts";
import { excerpt, refuseAt } from "../scope.ts";
import type { RowSet, Value } from "../value.ts";

/** The set that all rows among the parts have in common; `undefined` outside of entities. Refuses rows of several sets. */
export function commonRows(
  parts: readonly { readonly value: Value }[],
  scope: Scope,
  at: SyntaxNode,
): RowSet | undefined {
  const sets = parts.flatMap(({ value }) => (value.kind === "rows" ? [value.of] : []));
  const [first] = sets;
  // Where entities are served every table has its set: one without is not taken for any other.
  const isKnown = scope.entities === undefined || !sets.includes(undefined);
  if (isKnown && sets.every((set) => set?.id === first?.id)) return first;
  return refuseAt(
    scope,
    at,
    "feature-rows-differ",
    `\`${excerpt(scope, at)}\` puts columns of different rows beside each other.`,
  );
}

/** Refuses an assignment of rows into rows that pandas could not find there. */
export function requireAligned(
  target: Value,
  value: Value,
  { scope, at }: { readonly scope: Scope; readonly at: SyntaxNode },
): void {
  if (target.kind !== "rows" || value.kind !== "rows") return;
  const isFoundByEntity = [target.of, value.of].every(
    (of) => of?.per === "entity" && of.labels === "entity",
  );
  if (isFoundByEntity && value.shape === "column") return;
  commonRows([{ value: target }, { value }], scope, at);
}

/** A value as it stands under a name: entities that were left out of training are another set from here on. */
export function settled(value: Value, { entities }: Scope): Value {
  if (value.kind !== "rows") return value;
  const { of, role } = value;
  const isLess = role === "partial" && of !== undefined && entities !== undefined;
  return {
    ...value,
    role: role === "partial" ? "value" : role,
    ...(isLess ? { of: entities.derived(of) } : {}),
  };
}
