/** A JSON Schema document as `z.toJSONSchema` makes it; opaque here. */
export type JsonSchema = Readonly<Record<string, unknown>>;
