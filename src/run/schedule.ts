/**
 * Which steps may start now. A state machine in three pure functions: what happened so far in, names out.
 *
 *   waiting ──startable──► running ──► finished          a step that failed never finishes, so nothing after it starts
 *
 * The rule: a step waits for every earlier step that it is not *known* to be independent of. Two steps are independent when
 *
 *   - no artifact leads from one to the other, directly or through steps between them;
 *   - at most one of them uses the random generators of the process, whose state goes from step to step in order;
 *   - they share no metric, because the last one recorded is a run's value;
 *   - neither writes a file, and that is known. What libraries write without Python is found by comparing the folder
 *     before and after the step, which tells nothing while another step runs in the same folder; so one that writes has
 *     the folder to itself, and what others read or write can no longer matter. One that uses the network or starts other
 *     programs counts as one that writes: what those change is seen by nobody.
 *
 * Environment, options, working directory and imports need no rule: each worker has its own, put back after every step.
 * So the result is that of the steps one after the other.
 */

/** What is known of a step. */
export interface StepFacts {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly random: "none" | "global";
  /** Declared and observed. */
  readonly metrics: readonly string[];
  /** `unknown` for code that nobody has watched yet. */
  readonly writes: "nothing" | "something" | "unknown";
}

/** For each step, in the pipeline's order, the earlier ones that it waits for. */
export type StepOrder = ReadonlyMap<string, ReadonlySet<string>>;

/** @param steps In the pipeline's order, in which every input is made before it is needed. Quadratic in their number. */
export function orderSteps(steps: readonly StepFacts[]): StepOrder {
  const order = new Map<string, ReadonlySet<string>>();
  const makers = new Map<string, string>();
  for (const [at, step] of steps.entries()) {
    const before = new Set<string>();
    for (const input of step.inputs) {
      const maker = makers.get(input);
      if (maker === undefined) continue;
      before.add(maker);
      for (const earlier of order.get(maker) ?? []) before.add(earlier);
    }
    for (const earlier of steps.slice(0, at))
      if (!areIndependent(earlier, step)) before.add(earlier.name);
    order.set(step.name, before);
    for (const output of step.outputs) makers.set(output, step.name);
  }
  return order;
}

/** Where a run is. */
export interface Progress {
  readonly finished: ReadonlySet<string>;
  readonly running: ReadonlySet<string>;
}

/**
 * Steps that may start now, in the pipeline's order.
 *
 * @param alone Steps of which none may run beside another, those that are running already included.
 */
export function startableSteps(
  order: StepOrder,
  progress: Progress,
  alone: ReadonlySet<string> = new Set(),
): readonly string[] {
  const { running } = progress;
  if ([...running].some((name) => alone.has(name))) return [];
  return [...order]
    .filter(
      ([name, before]) =>
        !(alone.has(name) && running.size > 0) &&
        !progress.finished.has(name) &&
        !progress.running.has(name) &&
        [...before].every((earlier) => progress.finished.has(earlier)),
    )
    .map(([name]) => name);
}

/** The same order with nothing beside these steps: neither does one start while others run, nor another while it runs. */
export function keepApart(order: StepOrder, alone: ReadonlySet<string>): StepOrder {
  const names = [...order.keys()];
  return new Map(
    [...order].map(([name, before], at) => {
      const earlier = names.slice(0, at);
      return [
        name,
        new Set(
          alone.has(name) ? earlier : [...before, ...earlier.filter((other) => alone.has(other))],
        ),
      ];
    }),
  );
}

function areIndependent(left: StepFacts, right: StepFacts): boolean {
  return (
    left.writes === "nothing" &&
    right.writes === "nothing" &&
    !(left.random === "global" && right.random === "global") &&
    !left.metrics.some((metric) => right.metrics.includes(metric))
  );
}
