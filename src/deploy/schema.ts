/** Options of `deploy` in `.mlopsrc.yaml`. */
import { z } from "zod";
import { Name } from "../pipeline/schema.ts";

/** A metric that must hold after training: at least `min`, at most `max`. */
export const MetricGate = z
  .strictObject({ metric: Name, min: z.number().optional(), max: z.number().optional() })
  .refine((gate) => gate.min !== undefined || gate.max !== undefined, "needs min, max or both");
export type MetricGate = z.infer<typeof MetricGate>;

/** A five-field cron expression; its meaning is checked when it is used. */
const Schedule = z.string().min(1);

export const DeployOptions = z.strictObject({
  /** When training runs by itself; UTC. */
  schedule: Schedule.optional(),
  /** Minutes after which a training job is stopped. */
  "timeout-minutes": z.int().min(1).max(360).optional(),
  /** Thresholds by pipeline. */
  gates: z.record(Name, z.array(MetricGate)).optional(),
});
export type DeployOptions = z.infer<typeof DeployOptions>;
