/** What a corpus reads back: the document that `mlops promote --json` prints, and rows kept in a file. */
import { z } from "zod";
import { Certificate } from "../../../src/verification/schema.ts";

const Finding = z.looseObject({
  code: z.string(),
  message: z.string(),
  where: z.looseObject({ cell: z.int().optional(), line: z.int().optional() }).optional(),
});
export type Finding = z.infer<typeof Finding>;

const Step = z.looseObject({
  name: z.string(),
  role: z.string(),
  cells: z.array(z.int()),
  outputs: z.array(z.string()),
  metrics: z.array(z.string()),
  writes: z.array(z.string()),
});
export type Step = z.infer<typeof Step>;

const Artifact = z.looseObject({
  name: z.string(),
  variables: z.array(z.string()),
  producer: z.string(),
});

const Result = z.looseObject({
  folder: z.string(),
  plan: z.looseObject({
    steps: z.array(Step),
    artifacts: z.array(Artifact),
    leftOut: z.array(z.looseObject({ statement: z.looseObject({ cell: z.int() }) })),
  }),
  certificate: Certificate.optional(),
  failure: z.looseObject({ step: z.string(), message: z.string() }).optional(),
});
export type Result = z.infer<typeof Result>;

export const PromotionDocument = z.looseObject({
  result: Result.nullable(),
  diagnostics: z.array(Finding),
  error: Finding.optional(),
});
export type PromotionDocument = z.infer<typeof PromotionDocument>;

/** The last line of `plain_run.py`. */
export const PlainRun = z.looseObject({
  ran: z.boolean(),
  /** Values of a run of the pipeline that were compared with the notebook's own; none where none were given. */
  same: z.array(z.string()).default([]),
  differing: z.array(z.string()).default([]),
  unknown: z.array(z.string()).default([]),
});
export type PlainRun = z.infer<typeof PlainRun>;

/** What a step's manifest says of a value that it made. */
export const Manifest = z.looseObject({
  outputs: z.record(z.string(), z.looseObject({ digest: z.string(), codec: z.string() })),
});

/**
 * How a notebook ended. Only `promoted` is a success:
 *   promoted     verified, several steps, none of them joined because a cut would not have been sound
 *   coarsened    verified, several steps, some of them joined, with the reason
 *   single-step  verified, as one step
 *   wrong        verified, and yet a value of the pipeline's next run is not what the notebook makes without mlops
 *   differs      the certificate says what differs
 *   unverified   there was nothing to compare
 *   refused      a reason with its place, before or after it was run
 *   unrunnable   it does not run from top to bottom here, which the program says
 *   unreadable   no notebook, or one of another language
 *   stopped      over the time or the memory of this measurement
 *   crashed      the program itself failed
 */
export const Outcome = z.enum([
  "promoted",
  "coarsened",
  "single-step",
  "wrong",
  "differs",
  "unverified",
  "refused",
  "unrunnable",
  "unreadable",
  "stopped",
  "crashed",
]);
export type Outcome = z.infer<typeof Outcome>;

export const Row = z.object({
  notebook: z.string(),
  outcome: Outcome,
  /** Whether it runs from top to bottom without mlops; absent where that was not tried. */
  runs: z.boolean().optional(),
  /** Trains on features and labels. */
  supervised: z.boolean(),
  steps: z.int(),
  /** Steps that hand something on, measure or write something. */
  nonTrivial: z.int(),
  /** Load, features (or the split), train and evaluate are steps of their own. */
  apart: z.boolean(),
  /** Compared and all there is to compare, by kind. */
  coverage: z.string(),
  excluded: z.int(),
  /**
   * What the pipeline's next run made, held against a run of the notebook by IPython alone: values that are the same,
   * and values about which nothing can be said. Absent where that was not tried.
   */
  held: z.object({ same: z.int(), unknown: z.int() }).optional(),
  /** Code, place and message of what refused, failed or joined it; empty when nothing did. */
  because: z.string(),
  /** Reading and planning alone. */
  readMs: z.number(),
  elapsedMs: z.number(),
});
export type Row = z.infer<typeof Row>;

/** `undefined` for what is no such document. */
export function parsed<T>(
  schema: { readonly safeParse: (value: unknown) => { data?: T } },
  text: string,
): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
