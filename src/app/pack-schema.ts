/** What the worker's operations `pack` and `columns` answer. */
import { z } from "zod";
import { Digest } from "../base/digest-schema.ts";

const StoredTable = z.strictObject({ digest: Digest, codec: z.string() });

/** What walking pickles found, by the files' paths. */
export const Walked = z.record(
  z.string(),
  z.object({
    names: z.record(z.string(), z.int().min(0)),
    refused: z
      .object({ why: z.string(), offset: z.int().min(0) })
      .nullable()
      .transform((refused) => refused ?? undefined),
  }),
);

/** Reply of `walk`. */
export const WalkReply = z.object({
  walked: Walked,
  /** `module:name` of what the version's own code defines. */
  own: z.array(z.string()),
});
export type WalkReply = z.infer<typeof WalkReply>;

/** Reply of `pack`. */
export const PackReply = z.object({
  /** `model/…` and `state/…`, in the store. */
  files: z.record(z.string(), Digest),
  walked: Walked,
  /** Raw columns a request brings, in the table's order. */
  served: z.array(z.string()),
  unseen: z.enum(["reject", "null", "other"]),
  answer: z.object({
    kind: z.enum(["label", "number", "cluster"]),
    classes: z.array(z.union([z.string(), z.number(), z.boolean()])).nullable(),
    outputs: z.array(z.string()).nullable().default(null),
    remark: z.string().nullable().default(null),
    /** Column of the entities that answers are for; null where they are for rows. */
    entity: z.string().nullable().default(null),
  }),
  /** What the model is given; null when it is no table. */
  features: StoredTable.nullable(),
  /** Answers on the rows that were kept away from the fit; null when it is not known which those are. */
  prediction: StoredTable.nullable(),
});

/** Reply of `convert`. */
export const ConvertReply = z.object({
  rows: z.int(),
  gap: z.number(),
  tolerance: z.number(),
  /** Types that reading a skops file must trust. */
  types: z.array(z.string()),
  /** What an ONNX file takes and gives. */
  features: z.record(z.string(), z.unknown()).nullable(),
});

export type ConvertReply = z.infer<typeof ConvertReply>;

/** Header of the reply of `columns`; the payloads are in `contract/typed-columns.ts`. */
export const ColumnsReply = z.object({
  rows: z.int().min(0),
  columns: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["bool", "int64", "float64", "string", "timestamp"]),
    }),
  ),
});
