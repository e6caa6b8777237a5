/** Definite assignment: which names are surely bound, or surely no longer what they were, at a point of a statement. */
import type { Flow, NameState, Recorder } from "./model.ts";

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
  const names = new Map<string, NameState>();
  for (const [name, state] of first.names) {
    if (!others.every((flow) => flow.names.has(name))) continue;
    names.set(name, others.every((flow) => flow.names.get(name) === state) ? state : "settled");
  }
  return { names, reachable: live.length > 0 };
}

/** `flow` at a point where more may have happened since, such as an exception or another round: of what was deleted or written meanwhile it is open. */
export function interruptedFlow(
  flow: Flow,
  { deletes, mayWrite }: Pick<Recorder, "deletes" | "mayWrite">,
): Flow {
  const names = new Map<string, NameState>();
  for (const [name, state] of flow.names)
    names.set(name, (state === "bound" ? deletes : mayWrite).has(name) ? "settled" : state);
  return { names, reachable: flow.reachable };
}
