/** Checks of the rubric that this version does not examine. They are listed as unknown and count as unmet, so nobody takes silence for a pass. */
import type { CheckInfo, Method } from "../rule.ts";

/** Why they are unknown. */
export const NOT_EXAMINED = "not examined by this version";

const METHODS: readonly Method[] = ["S", "H", "R", "X", "P", "C"];

type Row = readonly [
  section: keyof typeof LEVEL,
  number: number,
  gate: 2 | 3 | undefined,
  how: string,
  weight: number,
  question: string,
];

/** The level at which each section's points count. */
const LEVEL = { C: 2, D: 2, E: 2, F: 3 } as const;

const ROWS: readonly Row[] = [
  ["C", 1, 2, "SH", 4, "Does CI run on every change and block merges?"],
  ["C", 2, 2, "SX", 3, "Do unit tests with assertions cover training and serving code?"],
  ["C", 3, 2, "SP", 5, "Does data validation stop a bad dataset in the pipeline?"],
  [
    "C",
    4,
    2,
    "SRP",
    5,
    "Is there a model-quality gate against threshold and champion or baseline?",
  ],
  ["C", 5, undefined, "SR", 3, "Are slice metrics gated?"],
  ["C", 6, 2, "SXR", 4, "Is there an end-to-end integration run on small data in CI?"],
  ["C", 7, 2, "X", 4, "Does the serving image load the registered model and honour its signature?"],
  ["C", 8, undefined, "SR", 2, "Is load and latency tested against an objective?"],
  [
    "C",
    9,
    undefined,
    "S",
    3,
    "Static quality and supply chain: lint, types, secrets, dependency and model-file scan?",
  ],
  [
    "D",
    1,
    undefined,
    "S",
    2,
    "Is the image built by CI, pinned, non-root, with bill of materials and signature?",
  ],
  ["D", 2, 2, "S", 4, "Is deployment declarative and schema-valid?"],
  ["D", 3, 2, "RH", 4, "Are promotions performed by the pipeline, not by hand?"],
  ["D", 4, 2, "R", 4, "Is a production promotion preceded by a recorded approval?"],
  ["D", 5, 2, "SRP", 5, "Progressive rollout with automated analysis?"],
  ["D", 6, 2, "SRP", 4, "Is rollback automated and rehearsed?"],
  ["D", 7, undefined, "S", 2, "Autoscaling, resource limits, probes?"],
  ["D", 8, 2, "RC", 3, "Is what runs what the registry says is production?"],
  ["D", 9, undefined, "SX", 2, "Batch and streaming equivalents: idempotent output, late data?"],
  ["E", 1, 2, "S", 3, "Are latency, errors, throughput exported and alerted on?"],
  ["E", 2, 2, "SX", 4, "Are predictions logged with inputs, model version, request id?"],
  ["E", 3, 2, "SRP", 5, "Is feature drift measured on a schedule against the training snapshot?"],
  ["E", 4, 3, "SR", 4, "Is model performance measured with delayed labels?"],
  ["E", 5, undefined, "SP", 3, "Are serving inputs validated with the training schema?"],
  ["E", 6, undefined, "S", 2, "Do alerts reach an owner with a runbook?"],
  ["E", 7, undefined, "R", 2, "Is model age checked against a staleness policy?"],
  ["F", 1, 3, "SRP", 5, "Does a drift or degradation alarm start the retraining pipeline?"],
  [
    "F",
    2,
    3,
    "RX",
    4,
    "Is the candidate evaluated against the champion on the same fresh holdout?",
  ],
  ["F", 3, 3, "R", 4, "Human approval gate for retrained models, with timeout and reject path?"],
  ["F", 4, 3, "SR", 3, "Is shadow scoring available and compared?"],
  ["F", 5, 3, "SRX", 4, "Is A/B assignment stable and the decision statistical?"],
  ["F", 6, 3, "R", 5, "Has a full loop drift, retrain, approve, deploy happened?"],
  [
    "F",
    7,
    undefined,
    "SP",
    3,
    "Guard rails: maximum retrain rate, data-poison and volume checks, kill switch?",
  ],
  ["F", 8, undefined, "SP", 3, "Automatic rollback on post-promotion regression?"],
  [
    "F",
    9,
    undefined,
    "R",
    2,
    "Is production feedback captured and versioned into the next training set?",
  ],
];

/** In the order of the rubric. */
export const unexaminedChecks: readonly CheckInfo[] = ROWS.map(
  ([section, number, gate, how, weight, question]) => ({
    id: `${section}${String(number)}`,
    section,
    level: LEVEL[section],
    gate,
    question,
    how: METHODS.filter((method) => how.includes(method)),
    weight,
  }),
);
