/** What the worker replies to `predict`. */
import { z } from "zod";

const Label = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** An answer to one row, or why the model could not give one. The other rows of the request are not affected. */
export const Answer = z.union([
  z.object({ label: Label, probabilities: z.record(z.string(), z.number()).optional() }),
  /** Of a model that gives several answers for a row, by name. */
  z.object({ outputs: z.record(z.string(), Label) }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type Answer = z.infer<typeof Answer>;

/** One answer per row, in the order of the rows. */
export const PredictReply = z.object({ answers: z.array(Answer) });
export type PredictReply = z.infer<typeof PredictReply>;
