/** What a model says about one row, and a served model version as the gateway's policy sees it. */
import { z } from "zod";
import type { Contract } from "../contract/schema.ts";

const Label = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** An answer to one row, or why the model could not give one. The other rows of the request are not affected. */
export const Answer = z.union([
  z.object({ label: Label, probabilities: z.record(z.string(), z.number()).optional() }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type Answer = z.infer<typeof Answer>;

/** The worker's reply to `predict`: one answer per row, in the order of the rows. */
export const PredictReply = z.object({ answers: z.array(Answer) });
export type PredictReply = z.infer<typeof PredictReply>;

/** A model version that is being served. */
export interface ServedModel {
  readonly name: string;
  readonly version: number;
  readonly contract: Contract;
}

/** `churn@v1`. */
export function renderModelReference(model: Pick<ServedModel, "name" | "version">): string {
  return `${model.name}@v${String(model.version)}`;
}
