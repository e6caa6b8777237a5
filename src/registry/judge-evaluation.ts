/**
 * What was measured → the evidence. Others count only where the same way, walked with the model itself, gives exactly what
 * the run recorded: that is the proof that the comparison is fair.
 */
import type { Better, Evaluation, LeakageCheck, NamedMetric, Peer } from "./evaluation.ts";

/** What running the steps with a predictor in the model's place gave. */
export type Measured =
  | {
      /** In the order in which they were recorded; several of one name are a series. */
      readonly metrics: readonly NamedMetric[];
      /** What ended the steps before their end. */
      readonly failure?: string | undefined;
      readonly of?: string | undefined;
      readonly caveat?: string | undefined;
    }
  | { readonly because: string };

export interface Measurements {
  /** What the run recorded in the same steps. */
  readonly recorded: readonly NamedMetric[];
  readonly candidate: Measured;
  readonly baseline: Measured;
  /** Another constant, measured where a metric was the same for the model and the first one. */
  readonly other: Measured | undefined;
  readonly champion: Champion | undefined;
  readonly leakage: LeakageCheck;
  readonly better: Readonly<Record<string, Better>>;
}

export interface Champion {
  /** `churn@v2` */
  readonly of: string;
  readonly measured: Measured;
  /** Whether its model is the very same. */
  readonly isSameModel: boolean;
}

const BASELINE = "a constant";

/** No measurement fails here: what does not hold is said. */
export function judgeEvaluation(found: Measurements): Evaluation {
  const { champion, leakage, better } = found;
  const unfair = whyUnfair(found.recorded, found.candidate);
  const independent = unfair === undefined ? independentOf(found) : new Set<string>();
  const peerOf = (of: string, measured: Measured): Peer =>
    unfair === undefined || "because" in measured
      ? judged(of, measured, { ...found, independent })
      : { of, because: unfair };
  const baseline = peerOf(BASELINE, found.baseline);
  return {
    baseline,
    champion: champion === undefined ? undefined : judgeChampion(champion, baseline, peerOf, found),
    leakage,
    better,
  };
}

/** Evidence of a version for which nothing could be measured at all. */
export function nothingMeasured(
  because: string,
  rest: {
    readonly champion: string | undefined;
    readonly leakage: LeakageCheck;
    readonly better: Readonly<Record<string, Better>>;
  },
): Evaluation {
  return {
    baseline: { of: BASELINE, because },
    champion: rest.champion === undefined ? undefined : { of: rest.champion, because },
    leakage: rest.leakage,
    better: rest.better,
  };
}

function judgeChampion(
  champion: Champion,
  baseline: Peer,
  peerOf: (of: string, measured: Measured) => Peer,
  found: Measurements,
): Peer {
  const peer = peerOf(champion.of, champion.measured);
  if ("because" in peer || !("because" in baseline) || champion.isSameModel) return peer;
  const own = found.candidate;
  if ("because" in own || !isSameList(own.metrics, listOf(champion.measured))) return peer;
  return {
    of: champion.of,
    because:
      "its metrics are those of this model to the last digit, so the steps may not have asked it",
  };
}

function whyUnfair(recorded: readonly NamedMetric[], own: Measured): string | undefined {
  if ("because" in own) return own.because;
  if (isSameList(recorded, own.metrics)) return undefined;
  if (own.failure !== undefined)
    return `the steps that compute the metrics could not be run again: ${own.failure}`;
  const at = recorded.findIndex((one, index) => !isSame(one, own.metrics[index]));
  const [then, now] = [recorded[at], own.metrics[at]];
  const where =
    then === undefined || now?.name !== then.name
      ? ""
      : ` (${then.name} was ${String(then.value)} and now is ${String(now.value)})`;
  return `the steps do not repeat the metrics of the run for the model itself${where}, as when something random is not seeded`;
}

function judged(
  of: string,
  measured: Measured,
  found: Measurements & { readonly independent: ReadonlySet<string> },
): Peer {
  if ("because" in measured) return { of, because: measured.because };
  const name = measured.of ?? of;
  const own = listOf(found.candidate);
  const isComplete =
    own.length === measured.metrics.length &&
    own.every((one, at) => one.name === measured.metrics[at]?.name);
  if (!isComplete)
    return { of: name, because: measured.failure ?? "the steps record other metrics with it" };
  const metrics = latest(measured.metrics).filter((one) => !found.independent.has(one.name));
  const { caveat } = measured;
  if (metrics.length > 0) return { of: name, metrics, ...(caveat === undefined ? {} : { caveat }) };
  return {
    of: name,
    because:
      "no metric changes with the model: it may be in the steps' other inputs too, or in none of the metrics",
  };
}

/** Metrics that stay what they are whoever answers: they are of something else. */
function independentOf({ candidate, baseline, other }: Measurements): ReadonlySet<string> {
  const own = latest(listOf(candidate));
  const sameIn = (measured: Measured | undefined): ReadonlySet<string> => {
    const theirs = latest(measured === undefined ? [] : listOf(measured));
    return new Set(
      own.filter((one) => theirs.some((two) => isSame(one, two))).map(({ name }) => name),
    );
  };
  const once = sameIn(baseline);
  // Where the other constant could not be measured, nothing tells a metric of the model from another one.
  if (other === undefined || "because" in other) return once;
  const twice = sameIn(other);
  return new Set([...once].filter((name) => twice.has(name)));
}

function listOf(measured: Measured): readonly NamedMetric[] {
  return "because" in measured ? [] : measured.metrics;
}

/** The last value of each name, as a run's metrics are shown; sorted by name. */
function latest(metrics: readonly NamedMetric[]): readonly NamedMetric[] {
  const last = new Map(metrics.map((metric) => [metric.name, metric]));
  return [...last.values()].sort((one, two) => (one.name < two.name ? -1 : 1));
}

function isSameList(one: readonly NamedMetric[], two: readonly NamedMetric[]): boolean {
  return one.length === two.length && one.every((metric, at) => isSame(metric, two[at]));
}

function isSame(one: NamedMetric, two: NamedMetric | undefined): boolean {
  return two !== undefined && one.name === two.name && one.value === two.value;
}
