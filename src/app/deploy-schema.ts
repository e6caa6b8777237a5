/** What `mlops deploy --json` prints. */
import { z } from "zod";
import { MetricGate } from "../deploy/schema.ts";

export const DeployReport = z.strictObject({
  version: z.literal(1),
  mode: z.enum(["written", "dry-run", "diff"]),
  pipeline: z.string(),
  /** `churn:r2`; null where the registry has no revision, so that nothing could be recorded. */
  subject: z.string().nullable(),
  level: z.literal(1),
  target: z.literal("github"),
  environment: z.string(),
  /** Five cron fields, UTC. */
  schedule: z.string(),
  gates: z.array(MetricGate),
  files: z.array(
    z.strictObject({
      path: z.string(),
      change: z.enum(["create", "update", "unchanged", "kept", "merge", "conflict", "remove"]),
    }),
  ),
  conflicts: z.array(z.strictObject({ path: z.string(), beside: z.string() })),
  /** Unified diff, with `--diff` only. */
  diff: z.string().nullable(),
  /** Number of the new deployment record; null when nothing changed or nothing was written. */
  deployment: z.int().nullable(),
});
export type DeployReport = z.infer<typeof DeployReport>;
