/** What an event did to the tables of the registry, as it stands in the event's details under `effect`. Ours, and older than any reader: what is unknown is left alone. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

const Model = z.string().min(1);
const Number = z.int().min(1);

export const Effect = z.discriminatedUnion("kind", [
  /** Also where a deleted version was brought back. `record` is absent in events written before there were effects. */
  z.strictObject({
    kind: z.literal("version-made"),
    model: Model,
    version: Number,
    record: Digest.optional(),
  }),
  z.strictObject({ kind: z.literal("version-removed"), model: Model, version: Number }),
  /** `null` when the alias was removed. */
  z.strictObject({
    kind: z.literal("alias"),
    model: Model,
    alias: z.string().min(1),
    version: Number.nullable(),
  }),
  /** Digests of the values, `null` for a tag that was removed. */
  z.strictObject({
    kind: z.literal("tags"),
    model: Model,
    version: Number,
    tags: z.record(z.string(), Digest.nullable()),
  }),
  z.strictObject({
    kind: z.literal("request"),
    request: Number,
    model: Model,
    version: Number,
    environment: z.string(),
    record: Digest,
  }),
  z.strictObject({
    kind: z.literal("decision"),
    request: Number,
    decision: z.enum(["approve", "reject", "withdraw", "comment"]),
    record: Digest,
  }),
  z.strictObject({ kind: z.literal("expired"), request: Number }),
  z.strictObject({
    kind: z.literal("deployment"),
    deployment: Number,
    record: Digest.optional(),
  }),
]);
export type Effect = z.infer<typeof Effect>;
