/** Looks up explanations and schemas. */
import { z } from "zod";
import { didYouMean } from "../../base/did-you-mean.ts";
import { UsageError } from "../../base/errors.ts";
import { configJsonSchema } from "../../config/schema.ts";
import { loadExplanations } from "../explanations/index.ts";
import type { JsonSchema } from "../json-schema.ts";
import { commands } from "./index.ts";

const ExplainResult = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("explanation"),
    code: z.string(),
    what: z.string(),
    why: z.string(),
    example: z.string(),
    fix: z.string(),
  }),
  z.strictObject({
    kind: z.literal("codes"),
    codes: z.array(z.strictObject({ code: z.string(), what: z.string() })),
  }),
  z.strictObject({
    kind: z.literal("schema"),
    name: z.string(),
    schema: z.record(z.string(), z.unknown()),
  }),
]);

/** One explanation, all codes, or one schema. */
export type ExplainResult = z.infer<typeof ExplainResult>;

/** JSON Schema of {@link ExplainResult}. */
export function explainResultSchema(): JsonSchema {
  return { ...z.toJSONSchema(ExplainResult) };
}

/** @throws UsageError for a code or name that is not known, with the nearest one. */
export async function runExplain(input: {
  readonly code: string | undefined;
  readonly schema: string | undefined;
}): Promise<ExplainResult> {
  if (input.schema !== undefined) {
    return { kind: "schema", name: input.schema, schema: { ...(await schemaOf(input.schema)) } };
  }
  const explanations = await loadExplanations();
  if (input.code === undefined) {
    const codes = [...explanations].map(([code, { what }]) => ({ code, what }));
    return { kind: "codes", codes: codes.sort((left, right) => (left.code < right.code ? -1 : 1)) };
  }
  const found = explanations.get(input.code);
  if (found === undefined) {
    throw new UsageError(`there is no code "${input.code}"`, {
      code: "explain-unknown-code",
      hint: didYouMean(input.code, explanations.keys()) ?? "list all codes: mlops explain",
    });
  }
  return { kind: "explanation", code: input.code, ...found };
}

async function schemaOf(name: string): Promise<JsonSchema> {
  if (name === "config") return configJsonSchema();
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const schema = await (await load?.())?.resultSchema?.();
  if (schema === undefined) {
    throw new UsageError(`there is no schema "${name}"`, {
      code: "explain-unknown-schema",
      hint: didYouMean(name, ["config", ...Object.keys(commands)]) ?? "name a command, or config",
    });
  }
  return documentSchema(name, schema);
}

/** The document around a result, which is the same for every command. */
function documentSchema(name: string, result: JsonSchema): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `mlops ${name} --json`,
    type: "object",
    properties: {
      schema: { const: `mlops.${name.replaceAll(" ", "-")}/1` },
      ok: { type: "boolean" },
      exit: { type: "integer" },
      result: { anyOf: [{ type: "null" }, result] },
      diagnostics: {
        type: "array",
        items: {
          type: "object",
          properties: {
            code: { type: "string" },
            severity: { enum: ["error", "warning", "note"] },
            message: { type: "string" },
            hint: { type: "string" },
            where: { type: "object" },
          },
          required: ["code", "severity", "message"],
        },
      },
      error: {
        type: "object",
        properties: {
          code: { type: "string" },
          message: { type: "string" },
          hint: { type: "string" },
          where: { type: "object" },
        },
        required: ["code", "message"],
      },
    },
    required: ["schema", "ok", "exit", "result", "diagnostics"],
  };
}
