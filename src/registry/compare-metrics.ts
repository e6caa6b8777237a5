/** Metrics of a version beside those of others on the same rows: which is better, where that can be told. */
import type { MetricValue } from "../run/schema.ts";
import type { Better, Evaluation, NamedMetric, Peer } from "./evaluation.ts";

/** A value against another one. `unknown`: no direction is known, or one is no number. */
export type Standing = "better" | "same" | "worse" | "unknown";

/** One metric of a version and of its peers; a peer without it has `undefined`. */
export interface MetricBeside {
  readonly name: string;
  readonly value: MetricValue;
  readonly baseline: OfPeer | undefined;
  readonly champion: OfPeer | undefined;
}

/** A peer's value, and how the version stands to it. */
export interface OfPeer {
  readonly value: MetricValue;
  readonly standing: Standing;
}

/** How a value stands to another one. */
export function standingOf(
  value: MetricValue,
  other: MetricValue,
  better: Better | undefined,
): Standing {
  const [one, two] = [Number(value), Number(other)];
  if (Number.isNaN(one) || Number.isNaN(two)) return "unknown";
  if (one === two) return "same";
  if (better === undefined) return "unknown";
  return one > two === (better === "greater") ? "better" : "worse";
}

/** In the order of the version's metrics. */
export function metricsBeside(
  metrics: readonly NamedMetric[],
  evaluation: Evaluation,
): readonly MetricBeside[] {
  const { baseline, champion, better } = evaluation;
  const ofPeer = ({ name, value }: NamedMetric, peer: Peer | undefined): OfPeer | undefined => {
    if (peer === undefined || "because" in peer) return undefined;
    const other = peer.metrics.find((one) => one.name === name);
    if (other === undefined) return undefined;
    return { value: other.value, standing: standingOf(value, other.value, better[name]) };
  };
  return metrics.map((metric) => ({
    ...metric,
    baseline: ofPeer(metric, baseline),
    champion: ofPeer(metric, champion),
  }));
}
