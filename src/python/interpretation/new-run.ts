/** Where the run of a statement or body begins: nothing bound, nothing recorded. */
import { emptyFlow } from "./flow.ts";
import type { Recorder, Run } from "./model.ts";

/** An empty record. */
function newRecorder(): Recorder {
  return {
    reads: new Set(),
    readsBeforeWrite: new Set(),
    mayWrite: new Set(),
    deletes: new Set(),
    unsure: new Map(),
    mutations: new Map(),
    spread: [],
    mutatedOrigins: new Map(),
    calls: new Map(),
    ambient: new Map(),
    dynamic: new Map(),
    imports: [],
    returned: [],
  };
}

/** A run that has not done anything yet. */
export function newRun(): Run {
  return {
    recorder: newRecorder(),
    flow: emptyFlow(),
    made: new Map(),
    returns: [],
    loops: [],
    conditional: 0,
    repeated: 0,
    changes: 0,
    passing: 0,
    changed: new Map(),
    noted: new WeakMap(),
    discarded: undefined,
  };
}
