/** Contracts 10 and 11: `mlops.lock.yaml`, which is in git so that CI and a team need no server. Strict; written by us, reviewed by people. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { MetricValue } from "../run/schema.ts";

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** Who, and how sure that is. */
export const LockIdentity = z.strictObject({
  name: z.string().min(1),
  grade: z.enum(["asserted", "authenticated", "machine"]),
});

/** One person's word for a version in an environment. */
export const LockApproval = z.strictObject({
  by: LockIdentity,
  "requested-by": LockIdentity,
  reason: z.string(),
  /** ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** What an authenticated identity rests on: a signature, a CI job's token claims, a server's event. */
  evidence: z.string().optional(),
});

/** What one environment should run. */
export const LockEntry = z.strictObject({
  model: Name,
  version: z.int().min(1),
  pipeline: Name,
  revision: z.int().min(1).nullable(),
  run: z.string().min(1),
  /** Digest over `files`. */
  content: Digest,
  files: z.record(z.string().min(1), Digest),
  metrics: z.record(z.string().min(1), MetricValue),
  certificate: z.strictObject({ digest: Digest, verdict: z.string() }).nullable(),
  approvals: z.array(LockApproval),
  /** Where the bytes are: a folder, s3://, gs:// or https://; null while they are only in the local store. */
  store: z.string().nullable(),
});
export type LockEntry = z.infer<typeof LockEntry>;

/** The whole file. */
export const Lock = z.strictObject({
  version: z.literal(1),
  environments: z.record(Name, LockEntry),
  /** Head of the event log when this was written (`mlops models audit --anchor`): without one a full rewrite cannot be seen. */
  audit: z.strictObject({ sequence: z.int().min(1), hash: Digest }).optional(),
});
export type Lock = z.infer<typeof Lock>;
