/** The schemas that `mlops explain --schema` prints. */
import { toJSONSchema, type ZodType } from "zod";

/** A JSON Schema document as zod makes it; opaque here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Of what a command answers with. */
export function toJsonSchema(result: ZodType): JsonSchema {
  return { ...toJSONSchema(result) };
}
