/** What `mlops completion` answers with. */
import { z } from "zod";
import { type JsonSchema, toJsonSchema } from "./json-schema.ts";

/** The schema of the result. */
export function completionResultSchema(): JsonSchema {
  return toJsonSchema(z.strictObject({ shell: z.string(), script: z.string() }));
}
