/** Checks of the rubric that this version does not examine. They are listed as unknown and count as unmet, so nobody takes silence for a pass. */
import type { CheckInfo, Method, Section } from "../rule.ts";

/** Why they are unknown. */
export const NOT_EXAMINED = "not examined by this version";

type Row = readonly [id: string, gate: 2 | 3 | undefined, how: string, weight: number, question: string];

/** The level at which each section's points count. */
const LEVEL: Readonly<Record<"C" | "D" | "E" | "F", 2 | 3>> = { C: 2, D: 2, E: 2, F: 3 };

const ROWS: readonly Row[] = [
  ["C1", 2, "SH", 4, "Does CI run on every change and block merges?"],
  ["C2", 2, "SX", 3, "Do unit tests with assertions cover training and serving code?"],
  ["C3", 2, "SP", 5, "Does data validation stop a bad dataset in the pipeline?"],
  ["C4", 2, "SRP", 5, "Is there a model-quality gate against threshold and champion or baseline?"],
  ["C5", undefined, "SR", 3, "Are slice metrics gated?"],
  ["C6", 2, "SXR", 4, "Is there an end-to-end integration run on small data in CI?"],
  ["C7", 2, "X", 4, "Does the serving image load the registered model and honour its signature?"],
  ["C8", undefined, "SR", 2, "Is load and latency tested against an objective?"],
  ["C9", undefined, "S", 3, "Static quality and supply chain: lint, types, secrets, dependency and model-file scan?"],
  ["D1", undefined, "S", 2, "Is the image built by CI, pinned, non-root, with bill of materials and signature?"],
  ["D2", 2, "S", 4, "Is deployment declarative and schema-valid?"],
  ["D3", 2, "RH", 4, "Are promotions performed by the pipeline, not by hand?"],
  ["D4", 2, "R", 4, "Is a production promotion preceded by a recorded approval?"],
  ["D5", 2, "SRP", 5, "Progressive rollout with automated analysis?"],
  ["D6", 2, "SRP", 4, "Is rollback automated and rehearsed?"],
  ["D7", undefined, "S", 2, "Autoscaling, resource limits, probes?"],
  ["D8", 2, "RC", 3, "Is what runs what the registry says is production?"],
  ["D9", undefined, "SX", 2, "Batch and streaming equivalents: idempotent output, late data?"],
  ["E1", 2, "S", 3, "Are latency, errors, throughput exported and alerted on?"],
  ["E2", 2, "SX", 4, "Are predictions logged with inputs, model version, request id?"],
  ["E3", 2, "SRP", 5, "Is feature drift measured on a schedule against the training snapshot?"],
  ["E4", 3, "SR", 4, "Is model performance measured with delayed labels?"],
  ["E5", undefined, "SP", 3, "Are serving inputs validated with the training schema?"],
  ["E6", undefined, "S", 2, "Do alerts reach an owner with a runbook?"],
  ["E7", undefined, "R", 2, "Is model age checked against a staleness policy?"],
  ["F1", 3, "SRP", 5, "Does a drift or degradation alarm start the retraining pipeline?"],
  ["F2", 3, "RX", 4, "Is the candidate evaluated against the champion on the same fresh holdout?"],
  ["F3", 3, "R", 4, "Human approval gate for retrained models, with timeout and reject path?"],
  ["F4", 3, "SR", 3, "Is shadow scoring available and compared?"],
  ["F5", 3, "SRX", 4, "Is A/B assignment stable and the decision statistical?"],
  ["F6", 3, "R", 5, "Has a full loop drift, retrain, approve, deploy happened?"],
  ["F7", undefined, "SP", 3, "Guard rails: maximum retrain rate, data-poison and volume checks, kill switch?"],
  ["F8", undefined, "SP", 3, "Automatic rollback on post-promotion regression?"],
  ["F9", undefined, "R", 2, "Is production feedback captured and versioned into the next training set?"],
];

/** In the order of the rubric. */
export const unexaminedChecks: readonly CheckInfo[] = ROWS.map(([id, gate, how, weight, question]) => {
  const section = id.charAt(0) as Section & keyof typeof LEVEL;
  return { id, section, level: LEVEL[section], gate, question, how: [...how].filter(isMethod), weight };
});

function isMethod(letter: string): letter is Method {
  return "SHRXPC".includes(letter);
}
