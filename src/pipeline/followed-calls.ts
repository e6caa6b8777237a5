/** What a statement calls, the notebook's own functions followed: `evaluate(model, X, y)` evaluates as much as its body does. */
import type { CallFact, StatementFacts } from "../python/facts.ts";

/** The calls of a statement, and those of the functions of the notebook that it calls, directly or through others. */
export type CallsOf = (statement: StatementFacts) => readonly CallFact[];

/** @param statements All of the notebook; of several definitions of one name each may be the one that is called. */
export function followedCalls(statements: readonly StatementFacts[]): CallsOf {
  const bodies = new Map<string, readonly CallFact[]>();
  for (const { definition, calls } of statements) {
    if (definition === undefined || definition.kind === "class") continue;
    bodies.set(definition.name, [...(bodies.get(definition.name) ?? []), ...calls]);
  }
  const known = new Map<StatementFacts, readonly CallFact[]>();
  return (statement) => {
    const found = known.get(statement) ?? follow(statement.calls, bodies);
    known.set(statement, found);
    return found;
  };
}

function follow(
  calls: readonly CallFact[],
  bodies: ReadonlyMap<string, readonly CallFact[]>,
): readonly CallFact[] {
  const found = [...calls];
  const followed = new Set<string>();
  for (const { callee } of found) {
    const name = callee?.startsWith(".") === true ? callee.slice(1) : undefined;
    const body = name === undefined ? undefined : bodies.get(name);
    if (name === undefined || body === undefined || followed.has(name)) continue;
    followed.add(name);
    found.push(...body);
  }
  return found;
}
