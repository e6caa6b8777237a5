/** Which variables lines need from before, by the facts of their statements. */
import type { StatementFacts } from "../../python/facts.ts";

type Use = Pick<StatementFacts, "readsBeforeWrite" | "surelyWrites">;

/** Names that these statements may read before they surely wrote them, in the order in which that happens. */
export function namesNeeded(statements: readonly Use[]): ReadonlySet<string> {
  const needed = new Set<string>();
  const written = new Set<string>();
  for (const { readsBeforeWrite, surelyWrites } of statements) {
    for (const name of readsBeforeWrite) if (!written.has(name)) needed.add(name);
    for (const name of surelyWrites) written.add(name);
  }
  return needed;
}

/** Names that every way through these statements binds. */
export function surelyWritten(
  statements: readonly Pick<StatementFacts, "surelyWrites">[],
): ReadonlySet<string> {
  return new Set(statements.flatMap(({ surelyWrites }) => surelyWrites));
}
