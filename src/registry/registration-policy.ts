/** Whether the model of a run becomes a version by itself. A person's own `models register` asks nobody. */
import { standingOf } from "./compare-metrics.ts";
import type { Evaluation, NamedMetric } from "./evaluation.ts";

/** A metric that must be at least `min`, at most `max`. */
export interface Threshold {
  readonly metric: string;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** What a model must be, under the policy `better`. */
export interface Demands {
  readonly thresholds: readonly Threshold[];
  /** The one that decides; `undefined`: every metric whose direction is known. */
  readonly championMetric: string | undefined;
}

/** A model that may become a version, and the demands on it. */
export interface Candidate extends Demands {
  readonly metrics: readonly NamedMetric[];
  readonly evaluation: Evaluation;
}

/** @returns why it is not good enough, one sentence a reason; empty when it is. */
export function whyNotBetter(candidate: Candidate): readonly string[] {
  return [
    ...candidate.thresholds.flatMap((threshold) => whyUnmet(threshold, candidate.metrics)),
    ...whyBehindChampion(candidate),
  ];
}

function whyUnmet(
  { metric, min, max }: Threshold,
  metrics: readonly NamedMetric[],
): readonly string[] {
  const found = metrics.find(({ name }) => name === metric);
  if (found === undefined) return [`the run has no metric ${metric}, which deploy.gates names`];
  const value = Number(found.value);
  // Written so that NaN holds no threshold.
  if (min !== undefined && !(value >= min))
    return [`${metric} is ${String(found.value)}, must be at least ${String(min)}`];
  if (max !== undefined && !(value <= max))
    return [`${metric} is ${String(found.value)}, must be at most ${String(max)}`];
  return [];
}

function whyBehindChampion(candidate: Candidate): readonly string[] {
  const { champion, better } = candidate.evaluation;
  if (champion === undefined) return [];
  if ("because" in champion)
    return [`it could not be compared with the champion ${champion.of}: ${champion.because}`];
  const { championMetric } = candidate;
  const wanted =
    championMetric === undefined
      ? champion.metrics.filter(({ name }) => better[name] !== undefined)
      : champion.metrics.filter(({ name }) => name === championMetric);
  if (wanted.length === 0)
    return [
      championMetric === undefined
        ? `of no metric it is known whether more or less is better; say it in .mlopsrc.yaml, models.better`
        : `${championMetric}, which models.champion-metric names, was not measured for the champion ${champion.of}`,
    ];
  return wanted.flatMap(({ name, value }) => {
    const own = candidate.metrics.find((one) => one.name === name);
    const standing = own === undefined ? "unknown" : standingOf(own.value, value, better[name]);
    if (standing === "better" || standing === "same") return [];
    const values = `${name} is ${String(own?.value ?? "missing")}, of the champion ${champion.of} ${String(value)}`;
    if (standing === "worse") return [values];
    return [
      better[name] === undefined
        ? `${values}, and whether more or less is better is not known; say it in .mlopsrc.yaml, models.better`
        : `${values}, which cannot be compared`,
    ];
  });
}
