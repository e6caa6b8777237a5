/** Contract 9: one line of the prediction log, one per answered row. */
import { z } from "zod";

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const PredictionRecord = z.strictObject({
  v: z.literal(1),
  /** When the answer was sent, ISO 8601 in UTC. */
  ts: z.iso.datetime(),
  /** The request's id; for requests of several rows followed by `:` and the row, from 0. Labels are joined on it. */
  id: z.string().min(1),
  model: z.string().min(1),
  version: z.int().min(1),
  variant: z.enum(["stable", "canary", "shadow"]),
  "key-hash": z.string().nullable(),
  row: z.record(z.string(), Value),
  answer: z.union([
    z.strictObject({ label: Value, probabilities: z.record(z.string(), z.number()).optional() }),
    z.strictObject({ outputs: z.record(z.string(), Value) }),
    z.strictObject({ error: z.string() }),
  ]),
  /** Of the whole request. */
  latencyMs: z.number().min(0),
  /** Share of rows that is logged; 1 is all. */
  sampled: z.number().gt(0).max(1),
});
export type PredictionRecord = z.infer<typeof PredictionRecord>;
