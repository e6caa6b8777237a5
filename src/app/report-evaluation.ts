/** The evidence of a version → what `models show` reports: each metric beside those of the others, and what was found. */
import { metricsBeside, type OfPeer } from "../registry/compare-metrics.ts";
import type { Peer } from "../registry/evaluation.ts";
import type { ModelVersion } from "../registry/model.ts";
import type { EvaluationReport } from "./models-schema.ts";

/** `null` for a version of which nothing was asked when it was registered. */
export function reportEvaluation({
  metrics,
  evaluation,
}: Pick<ModelVersion, "metrics" | "evaluation">): EvaluationReport | null {
  if (evaluation === undefined) return null;
  const { baseline, champion, leakage } = evaluation;
  return {
    baseline: peerOf(baseline),
    champion: champion === undefined ? null : peerOf(champion),
    metrics: metricsBeside(metrics, evaluation).map((beside) => ({
      name: beside.name,
      value: beside.value,
      better: evaluation.better[beside.name] ?? null,
      baseline: ofPeer(beside.baseline),
      champion: ofPeer(beside.champion),
    })),
    leakage:
      "because" in leakage
        ? { checked: [], findings: [], because: leakage.because }
        : { checked: [...leakage.checked], findings: [...leakage.findings], because: null },
  };
}

function peerOf(peer: Peer): EvaluationReport["baseline"] {
  if ("because" in peer) return { of: peer.of, because: peer.because, caveat: null };
  return { of: peer.of, because: null, caveat: peer.caveat ?? null };
}

function ofPeer(found: OfPeer | undefined): EvaluationReport["metrics"][number]["baseline"] {
  return found === undefined ? null : { ...found };
}
