/** What waits for what: artifacts, the travelling state of random generators, and files that one step writes and another touches. */

/** The part of a step that decides its order. */
export interface OrderedStep {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly random: "none" | "global";
}

/** For each step, the earlier steps it must wait for. Steps are in pipeline order, which every dependency follows. */
export function stepDependencies(
  steps: readonly OrderedStep[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const dependencies = new Map<string, Set<string>>();
  steps.forEach((step, at) => {
    const waits = new Set<string>();
    for (const earlier of steps.slice(0, at)) {
      const handsOver = step.inputs.some((input) => earlier.outputs.includes(input));
      const drawsAfter = step.random === "global" && earlier.random === "global";
      const touches = [...step.reads, ...step.writes];
      const sharesFile =
        touches.some((path) => earlier.writes.includes(path)) ||
        step.writes.some((path) => earlier.reads.includes(path));
      if (handsOver || drawsAfter || sharesFile) waits.add(earlier.name);
    }
    dependencies.set(step.name, waits);
  });
  return dependencies;
}

/** Steps that wait, directly or not, for any of `names`; `names` themselves are included. In pipeline order. */
export function followers(
  steps: readonly OrderedStep[],
  names: ReadonlySet<string>,
): ReadonlySet<string> {
  const dependencies = stepDependencies(steps);
  const reached = new Set<string>();
  for (const step of steps) {
    const waits = dependencies.get(step.name) ?? new Set();
    if (names.has(step.name) || [...waits].some((name) => reached.has(name)))
      reached.add(step.name);
  }
  return reached;
}
