/** Contracts 10 and 11: `mlops.lock.yaml`, which is in git so that CI and a team need no server. Strict; written by us, reviewed by people. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { MetricValue } from "../run/schema.ts";
import { Proof } from "./proof-schema.ts";

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** Who, and how sure that is. */
export const LockIdentity = z.strictObject({
  name: z.string().min(1),
  grade: z.enum(["asserted", "authenticated", "machine"]),
});

const Metrics = z.record(z.string().min(1), MetricValue);
const Sentences = z.array(z.string());
const LockPeer = z.union([
  z.strictObject({ of: z.string(), metrics: Metrics, caveat: z.string().optional() }),
  z.strictObject({ of: z.string(), because: z.string() }),
]);

/** What the approver was shown. */
export const LockEvidence = z.strictObject({
  /** Where the version comes from, when it was not made of a run of that registry. */
  origin: z.string().optional(),
  thresholds: z.array(
    z.strictObject({
      metric: z.string(),
      min: z.number().optional(),
      max: z.number().optional(),
      value: MetricValue.optional(),
      holds: z.boolean(),
    }),
  ),
  baseline: LockPeer.optional(),
  champion: LockPeer.optional(),
  better: z.record(z.string(), z.enum(["greater", "less"])).optional(),
  coverage: z
    .record(z.string(), z.strictObject({ compared: z.int().min(0), total: z.int().min(0) }))
    .optional(),
  excluded: Sentences.optional(),
  tests: z.union([
    z.strictObject({
      passed: z.int().min(0),
      failed: z.int().min(0),
      skipped: z.int().min(0),
    }),
    z.strictObject({ because: z.string() }),
  ]),
  leakage: z
    .union([
      z.strictObject({ checked: Sentences, findings: Sentences }),
      z.strictObject({ because: z.string() }),
    ])
    .optional(),
});
export type LockEvidence = z.infer<typeof LockEvidence>;

/** One person's word for a version in an environment. */
export const LockApproval = z.strictObject({
  /** Number of the request in the registry that it was made in; `null` where an alias was moved by force. */
  request: z.int().min(1).nullable(),
  by: LockIdentity,
  "requested-by": LockIdentity,
  reason: z.string(),
  /** ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** What the approver's identity rests on; it is checked anew wherever something depends on it. */
  proof: Proof.optional(),
  /** The request, as far as what the identity of who asked rests on is over it. */
  requested: z
    .strictObject({ at: z.iso.datetime(), reason: z.string(), proof: Proof.optional() })
    .optional(),
  /** What the policy asked for and was not there. */
  forced: Sentences.optional(),
  evidence: LockEvidence.optional(),
});
export type LockApproval = z.infer<typeof LockApproval>;

/** What one environment should run of one model. */
export const LockEntry = z.strictObject({
  version: z.int().min(1),
  pipeline: Name,
  revision: z.int().min(1).nullable(),
  run: z.string().min(1),
  /** Who registered it, and when. */
  registered: z.strictObject({ by: LockIdentity, at: z.iso.datetime() }),
  /** Digest over `files`. */
  content: Digest,
  files: z.record(z.string().min(1), Digest),
  /** `module:name` of all that loading a pickled file looks up; null where that was never looked at. */
  "pickled-names": z.record(z.string().min(1), z.array(z.string().min(1))).nullable(),
  metrics: Metrics,
  certificate: z.strictObject({ digest: Digest, verdict: z.string() }).nullable(),
  approvals: z.array(LockApproval),
  /** Where the bytes are: a folder, s3://, gs:// or https://; null while they are only in the local store. */
  store: z.string().nullable(),
});
export type LockEntry = z.infer<typeof LockEntry>;

/** The whole file. */
export const Lock = z.strictObject({
  version: z.literal(1),
  /** Environment → model → what it should run. */
  environments: z.record(Name, z.record(Name, LockEntry)),
  /** Head of the event log when this was written (`mlops models audit --anchor`): without one a full rewrite cannot be seen. */
  audit: z
    .strictObject({
      /** Hash of the first event: which registry's log it is. */
      log: Digest.optional(),
      sequence: z.int().min(1),
      hash: Digest,
    })
    .optional(),
});
export type Lock = z.infer<typeof Lock>;
