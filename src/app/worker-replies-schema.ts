/** What the Python worker answers, as `app/` reads it; `templates/python/worker.py` is the other side. */
import { z } from "zod";
import { StepManifest } from "../run/schema.ts";

/**
 * `prepare`: whether steps can run in copies of the prepared process, versions (of what was asked for, and of all that is
 * loaded), and whether there is a twin.
 */
export const PrepareReply = z.object({
  isolates: z.boolean(),
  versions: z.record(z.string(), z.string().nullable()).optional(),
  twin: z.boolean().optional(),
});

/** `step` */
export const StepReply = z.object({
  manifest: StepManifest,
  /** Of the settings that were asked for, as the step left them. */
  settings: z.record(z.string(), z.string().nullable()).optional(),
});

/** `compare`: one result a pair, by name. */
export const CompareReply = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      same: z.boolean(),
      how: z.enum(["exact", "float", "estimator"]),
      difference: z.string().nullish(),
    }),
  ),
});

/** `prove` */
export const ProveReply = z.object({
  proofs: z.array(
    z.object({
      proof: z.string(),
      matrix: z.string().nullish(),
      /** False where the features have nothing that it is about; then `how` says why. */
      applies: z.boolean(),
      same: z.boolean(),
      how: z.string(),
      difference: z.string().nullish(),
    }),
  ),
});

/** An event of a running step: what it printed. */
export const TextEvent = z.object({
  kind: z.literal("text"),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});

/** `history`: what earlier rows the loaded model keeps; `null` where it keeps none. */
export const HistoryReply = z.object({
  history: z
    .object({
      /** None when the table is one series. */
      entity: z.array(z.string()),
      time: z.string(),
      /** Those that newer rows must bring. */
      columns: z.array(
        z.object({
          name: z.string(),
          type: z.enum(["bool", "int64", "float64", "string", "timestamp"]),
          nullable: z.boolean(),
        }),
      ),
      /** All columns of the raw table. */
      known: z.array(z.string()),
    })
    .nullable(),
});

/** `extend-history`: rows by place. */
export const HistoryExtended = z.object({
  /** Those that stand for one that was there. */
  replaced: z.array(z.int().min(0)),
  /** Those older than what is kept. */
  unused: z.array(z.int().min(0)),
});

/** `open-rows` */
export const RowsOpened = z.object({ names: z.array(z.string()), rows: z.int().min(0) });

/** `next-rows`: payloads as `typed-columns.ts` has them, then kept values by column as JSON. */
export const NextRows = z.discriminatedUnion("done", [
  z.object({ done: z.literal(true) }),
  z.object({
    done: z.literal(false),
    rows: z.int().min(0),
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.enum(["bool", "int64", "float64", "string", "timestamp"]),
      }),
    ),
  }),
]);

/** Values of kept columns, as they follow `next-rows`. */
export const KeptColumns = z.array(
  z.array(z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null()])),
);
