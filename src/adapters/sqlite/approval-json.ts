/** The JSON columns of requests and decisions, checked when they are read. */
import { type ApprovalPolicy, REQUIREMENTS, type Refusal } from "../../registry/approval-policy.ts";
import type { ApprovalEvidence, ThresholdCheck } from "../../registry/evidence.ts";
import type { Identity } from "../../registry/identity.ts";
import type { Proof } from "../../registry/proof-schema.ts";
import {
  digest,
  LeakageShape,
  metricValue,
  PeerShape,
  readJson,
  VersionMetrics,
} from "./schema.ts";
import {
  anyOf,
  boolean,
  count,
  listOf,
  number,
  objectOf,
  oneOf,
  recordOf,
  type Shape,
  text,
} from "./shape.ts";

const Policy: Shape<{ -readonly [Key in keyof ApprovalPolicy]: ApprovalPolicy[Key] }> = objectOf(
  {
    approvers: listOf(text),
    fourEyes: boolean,
    identities: oneOf("authenticated", "asserted"),
    require: listOf(oneOf(...REQUIREMENTS)),
  },
  { unattended: listOf(text), people: recordOf(listOf(text)) },
);

const code: Shape<Refusal["code"]> = oneOf(
  "approver-not-allowed",
  "approver-is-author",
  "identity-not-authenticated",
  "machine-not-allowed",
  "four-eyes-machine",
  "persons-not-distinct",
  ...REQUIREMENTS.map((requirement) => `gate-${requirement}` as const),
);
const Refusals = listOf(objectOf({ code, message: text }));

const Evidence = objectOf(
  {
    metrics: VersionMetrics,
    better: recordOf(oneOf("greater", "less")),
    thresholds: listOf(
      objectOf({ metric: text, holds: boolean }, { min: number, max: number, value: metricValue }),
    ),
    tests: anyOf(
      objectOf({ passed: count, failed: count, skipped: count }),
      objectOf({ because: text }),
    ),
  },
  {
    origin: text,
    baseline: PeerShape,
    champion: PeerShape,
    certificate: objectOf({
      digest: text,
      verdict: text,
      coverage: recordOf(objectOf({ compared: count, total: count })),
      excluded: listOf(text),
    }),
    leakage: LeakageShape,
  },
);

/** `requested_by_proof_json` of approval_requests and `actor_proof_json` of approval_decisions: `Proof` of registry/proof-schema.ts. */
export const ProofShape: Shape<Proof> = anyOf(
  objectOf({
    kind: oneOf("oidc"),
    issuer: text,
    subject: text,
    audience: text,
    claims: objectOf(
      {},
      {
        repository: text,
        actor: text,
        email: text,
        ref: text,
        workflow: text,
        run: text,
        attempt: text,
        event: text,
      },
    ),
    issued: text,
    expires: text,
  }),
  objectOf({ kind: oneOf("signature"), principal: text, key: text, signature: text }),
  objectOf({ kind: oneOf("commit-signature"), commit: text, principal: text, key: text }),
  objectOf({ kind: oneOf("service-token"), machine: text, digest }),
);

/** Somebody as three columns keep them. */
export function identityIn(
  row: { readonly name: string; readonly grade: Identity["grade"]; readonly proof: string | null },
  where: string,
): Identity {
  const { name, grade, proof } = row;
  return proof === null
    ? { name, grade }
    : { name, grade, proof: readJson(ProofShape, proof, where) };
}

/** `policy_json` of approval_requests. */
export function policyOf(json: string, where: string): ApprovalPolicy {
  return readJson(Policy, json, where);
}

/** `evidence_json` of approval_decisions: what was forced. */
export function refusalsIn(json: string, where: string): readonly Refusal[] {
  return readJson(Refusals, json, where);
}

/** `evidence_json` of approval_requests. JSON leaves out what is undefined; here those keys are always there. */
export function evidenceOf(json: string, where: string): ApprovalEvidence {
  const stored = readJson(Evidence, json, where);
  const { origin, baseline, champion, certificate, leakage } = stored;
  const thresholds = stored.thresholds.map(
    ({ metric, min, max, value, holds }): ThresholdCheck => ({ metric, min, max, value, holds }),
  );
  return { ...stored, origin, thresholds, baseline, champion, certificate, leakage };
}
