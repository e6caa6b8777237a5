/** Definite assignment: which names are surely bound, or surely no longer what they were, at a point of a statement. */
import type { Flow } from "./model.ts";

/** Nothing known yet. */
export function emptyFlow(): Flow {
  return { names: new Map(), reachable: true };
}

/** A copy that can be changed on its own. */
export function forkFlow(flow: Flow): Flow {
  return { names: new Map(flow.names), reachable: flow.reachable };
}

/** After a `break`, `return` or `raise`. */
export function deadFlow(flow: Flow): Flow {
  return { names: new Map(flow.names), reachable: false };
}

/** What holds whichever of the ways was taken; ways that cannot be reached do not count. */
export function joinFlows(flows: readonly Flow[]): Flow {
  const live = flows.filter((flow) => flow.reachable);
  const [first, ...others] = live.length === 0 ? flows : live;
  if (first === undefined) return { names: new Map(), reachable: false };
  const names = new Map<string, boolean>();
  for (const [name, bound] of first.names) {
    if (!others.every((flow) => flow.names.has(name))) continue;
    names.set(name, bound && others.every((flow) => flow.names.get(name) === true));
  }
  return { names, reachable: live.length > 0 };
}

/** `flow` at a point from which an exception may have come: what was deleted since is no longer bound. */
export function interruptedFlow(flow: Flow, deleted: ReadonlySet<string>): Flow {
  const names = new Map<string, boolean>();
  for (const [name, bound] of flow.names) names.set(name, bound && !deleted.has(name));
  return { names, reachable: flow.reachable };
}
