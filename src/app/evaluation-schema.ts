/** What the worker's operation `evaluate` answers, part by part. */
import { z } from "zod";
import { MetricValue } from "../run/schema.ts";

const Because = z.object({ because: z.string() });

/** A predictor that was measured, or why it was not. */
export const MeasuredReply = z.union([
  Because,
  z.object({
    metrics: z.array(z.object({ name: z.string(), value: MetricValue })),
    failure: z.string().optional(),
    of: z.string().optional(),
    caveat: z.string().optional(),
  }),
]);

/** `peers` */
export const PeersReply = z.object({
  candidate: MeasuredReply,
  baseline: MeasuredReply,
  other: MeasuredReply.optional(),
});

/** `champion` */
export const ChampionReply = z.object({ champion: MeasuredReply });

/** `leakage` */
export const LeakageReply = z.union([
  Because,
  z.object({ checked: z.array(z.string()), findings: z.array(z.string()) }),
]);
