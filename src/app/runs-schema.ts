/** Results of the `runs` commands, as `--json` prints them. Times are ISO 8601 in UTC. */
import { z } from "zod";
import { MetricValue } from "../run/schema.ts";

const Param = z.union([z.number(), z.string(), z.boolean(), z.null()]);

export const RunReport = z.strictObject({
  id: z.string(),
  pipeline: z.string(),
  revision: z.int().nullable(),
  status: z.enum(["running", "succeeded", "failed", "interrupted"]),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  wallMs: z.number().nullable(),
  /** Steps that really ran, and all steps. */
  executed: z.int(),
  steps: z.int(),
  params: z.record(z.string(), Param),
  metrics: z.array(z.strictObject({ name: z.string(), value: MetricValue })),
});
export type RunReport = z.infer<typeof RunReport>;

export const RunsListReport = z.strictObject({
  runs: z.array(RunReport),
  /** How many more there are than the limit lets through. */
  more: z.int(),
});
export type RunsListReport = z.infer<typeof RunsListReport>;

export const RunShowReport = RunReport.extend({
  experiment: z.string(),
  gitCommit: z.string().nullable(),
  gitDirty: z.boolean().nullable(),
  environment: z.string(),
  stepDetails: z.array(
    z.strictObject({
      step: z.string(),
      decision: z.enum(["execute", "restore", "fresh"]),
      because: z.string(),
      status: z.enum(["succeeded", "failed"]),
      wallMs: z.number(),
      error: z.string().nullable(),
      outputs: z.array(
        z.strictObject({ name: z.string(), digest: z.string(), type: z.string(), bytes: z.int() }),
      ),
      filesRead: z.record(z.string(), z.string()),
      files: z.record(z.string(), z.string()),
    }),
  ),
});
export type RunShowReport = z.infer<typeof RunShowReport>;

const Row = <T extends z.ZodType>(value: T) =>
  z.strictObject({ name: z.string(), values: z.array(value.nullable()), same: z.boolean() });

export const RunsCompareReport = z.strictObject({
  runs: z.array(RunReport),
  /** A value is null where a run has none. */
  params: z.array(Row(Param)),
  metrics: z.array(Row(MetricValue)),
});
export type RunsCompareReport = z.infer<typeof RunsCompareReport>;
