/** Values for tests of registries. */
import type { Decision, NewApprovalRequest } from "../../src/registry/approval.ts";
import type { NewAuditEvent } from "../../src/registry/audit.ts";
import type { NewModelVersion } from "../../src/registry/model.ts";
import { toRunId } from "../../src/registry/names.ts";
import type { NewPipelineRevision } from "../../src/registry/pipeline-revision.ts";
import type { Proof } from "../../src/registry/proof-schema.ts";
import type { FinishedStep, RunStart } from "../../src/registry/run-record.ts";
import type { MetricValue } from "../../src/run/schema.ts";
import { digestOf } from "./memory-registry.ts";

/** A promotion of churn; `content` stands for its files. */
export function revisionOf(content: string, pipeline = "churn"): NewPipelineRevision {
  return {
    pipeline,
    folder: `pipelines/${pipeline}`,
    notebookPath: `notebooks/${pipeline}.ipynb`,
    notebookDigest: digestOf("a"),
    planDigest: digestOf("b"),
    contentDigest: digestOf(content),
    files: { "pipeline.yaml": digestOf("c"), [`${pipeline}/train.py`]: digestOf(content) },
    after: { "pipeline.yaml": digestOf("c"), [`${pipeline}/train.py`]: digestOf("9") },
    before: {},
    gitCommit: "4f2a",
    gitDirty: true,
    createdAtMs: 1000,
  };
}

/** Run number `n`, whose id starts with it. */
export function runOf(n: number, pipeline = "churn"): RunStart {
  return {
    id: toRunId(n.toString(16).padStart(4, "0").padEnd(32, "0")),
    pipeline,
    revision: 1,
    experiment: pipeline,
    params: { seed: 42, "data-path": "data/churn.csv", balanced: true, depth: null, share: 0.25 },
    gitCommit: undefined,
    gitDirty: undefined,
    environmentDigest: digestOf("e"),
    pid: 1000 + n,
    processStart: `boot ${String(n)}`,
    startedAtMs: 10_000 + n,
  };
}

/** A finished step with one metric. */
export function stepOf(
  step: string,
  fingerprint: string,
  metrics: readonly (readonly [string, MetricValue])[] = [],
): FinishedStep {
  return {
    step,
    fingerprint: digestOf(fingerprint),
    fingerprintParts: { code: "c", "param.seed": "42" },
    decision: "execute",
    because: "first run",
    status: "succeeded",
    attempts: 2,
    manifest: {
      version: 1,
      step,
      code: digestOf("c"),
      params: { seed: 42 },
      inputs: { raw: digestOf("1") },
      outputs: {
        model: {
          digest: digestOf("2"),
          codec: "joblib",
          type: "sklearn.linear_model._logistic.LogisticRegression",
          bytes: 1234,
        },
      },
      random: { before: null, after: null },
      files: {},
      filesRead: { "data/churn.csv": digestOf("d") },
      metrics: metrics.map(([name, value]) => ({ name, value })),
      text: digestOf("f"),
    },
    error: undefined,
    startedAtMs: 20_000,
    endedAtMs: 21_000,
  };
}

/** A version whose content is told by one digit. */
export function versionOf(content: string, model = "churn"): NewModelVersion {
  return {
    model,
    pipeline: "churn",
    pipelineRevision: undefined,
    runId: runOf(1).id,
    files: { MLmodel: digestOf("9"), "model/model.joblib": digestOf(content) },
    contentDigest: digestOf(content),
    metrics: [
      { name: "roc-auc", value: 0.83 },
      { name: "loss", value: "NaN" },
    ],
    certificateDigest: digestOf("7"),
    verdict: "verified",
    createdBy: { name: "Ada <ada@example.org>", grade: "asserted" },
    createdAtMs: 30_000,
    pickledNames: { "model/model.joblib": ["sklearn.linear_model._logistic:LogisticRegression"] },
    evaluation: {
      baseline: { of: "most frequent class", metrics: [{ name: "roc-auc", value: 0.5 }] },
      champion: { of: "churn@v1", because: "it has other features" },
      leakage: { checked: ["rows in both sides"], findings: [] },
      better: { "roc-auc": "greater" },
    },
    origin: { kind: "imported", from: "models/churn" },
  };
}

/** Asks for churn@v1 in production. */
export function requestOf(change: Partial<NewApprovalRequest> = {}): NewApprovalRequest {
  return {
    model: "churn",
    version: 1,
    environment: "production",
    reason: "better recall",
    requestedBy: { name: "Ada <ada@example.org>", grade: "authenticated" },
    evidence: {
      origin: "imported from models/churn",
      metrics: [{ name: "roc-auc", value: 0.83 }],
      thresholds: [
        { metric: "roc-auc", min: 0.75, max: undefined, value: 0.83, holds: true },
        { metric: "recall", min: undefined, max: 1, value: undefined, holds: false },
      ],
      baseline: { of: "most frequent class", metrics: [{ name: "roc-auc", value: 0.5 }] },
      champion: undefined,
      better: { "roc-auc": "greater", rmse: "less" },
      certificate: {
        digest: digestOf("7"),
        verdict: "verified",
        coverage: { values: { compared: 9, total: 9 } },
        excluded: [],
      },
      tests: { passed: 12, failed: 0, skipped: 1 },
      leakage: { because: "the rows are not known" },
    },
    policy: {
      approvers: ["grace@example.org"],
      fourEyes: true,
      identities: "authenticated",
      require: ["certificate", "thresholds"],
    },
    createdAtMs: 40_000,
    expiresAtMs: 50_000,
    ...change,
  };
}

/** What the identities of Ada and Grace may rest on; one of each kind. */
export const PROOFS: readonly Proof[] = [
  {
    kind: "oidc",
    issuer: "https://gitlab.com",
    subject: "project_path:acme/churn",
    audience: "mlops",
    claims: { repository: "gitlab.com/acme/churn", actor: "ada", event: "web" },
    issued: "2026-01-02T10:00:00.000Z",
    expires: "2026-01-02T10:05:00.000Z",
  },
  {
    kind: "signature",
    principal: "ada@example.org",
    key: `SHA256:${"a".repeat(43)}`,
    signature: "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
  },
  {
    kind: "commit-signature",
    commit: "4f2a".repeat(10),
    principal: "ada@example.org",
    key: `SHA256:${"a".repeat(43)}`,
  },
  { kind: "service-token", machine: "retrain-bot", digest: digestOf("8") },
];

/** Grace says something to a request. */
export function decisionOf(kind: Decision["kind"], atMs = 41_000): Decision {
  return {
    kind,
    by: { name: "Grace <grace@example.org>", grade: "authenticated" },
    reason: `to ${kind} it`,
    forced: kind === "approve" ? [{ code: "gate-tests", message: "its tests were not run" }] : [],
    atMs,
  };
}

/** Somebody did something. */
export function eventOf(action: string, subject = "churn@v1"): NewAuditEvent {
  return {
    action,
    subject,
    actor: { name: "Ada", grade: "asserted" },
    details: { why: "tests", n: 1 },
    atMs: 5000,
  };
}
