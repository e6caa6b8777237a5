/** `version.json` of an exported model version; see `exported-version.ts`. What is not known is null. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";
import { MetricValue } from "../run/schema.ts";

const Metrics = z.array(z.strictObject({ name: z.string(), value: MetricValue }));
const Identity = z.strictObject({
  name: z.string(),
  grade: z.enum(["asserted", "authenticated", "machine"]),
});
/** Another predictor, as `registry/evaluation.ts` has it. */
export const ExportedPeer = z.union([
  z.strictObject({ of: z.string(), metrics: Metrics, caveat: z.string().exactOptional() }),
  z.strictObject({ of: z.string(), because: z.string() }),
]);
export type ExportedPeer = z.infer<typeof ExportedPeer>;
const EvaluationRecord = z.strictObject({
  baseline: ExportedPeer,
  champion: ExportedPeer.nullable(),
  leakage: z.union([
    z.strictObject({ checked: z.array(z.string()), findings: z.array(z.string()) }),
    z.strictObject({ because: z.string() }),
  ]),
  better: z.record(z.string(), z.enum(["greater", "less"])),
});
const EventRecord = z.strictObject({
  sequence: z.int(),
  action: z.string(),
  subject: z.string(),
  actor: Identity,
  details: z.record(z.string(), z.unknown()),
  atMs: z.number(),
  previousHash: z.string().nullable(),
  hash: z.string(),
});

/** The file. */
export const ExportedVersion = z.strictObject({
  schema: z.literal("mlops.version/1"),
  model: z.string(),
  version: z.int().min(1),
  pipeline: z.string(),
  pipelineRevision: z.int().nullable(),
  run: z.string(),
  files: z.record(z.string(), Digest),
  content: Digest,
  metrics: Metrics,
  certificate: Digest.nullable(),
  verdict: z.string().nullable(),
  createdBy: Identity,
  createdAtMs: z.number(),
  pickledNames: z.record(z.string(), z.array(z.string())).nullable(),
  evaluation: EvaluationRecord.nullable(),
  origin: z.strictObject({ kind: z.enum(["imported", "pulled"]), from: z.string() }).nullable(),
  /** Of this version, oldest first, with their places in the chain of the registry they are from. */
  events: z.array(EventRecord),
});
export type ExportedVersion = z.infer<typeof ExportedVersion>;
