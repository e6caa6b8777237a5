/** What `mlops inspect --json` prints as `result`. */
import { z } from "zod";
import type { Plan } from "../pipeline/plan.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { JsonSchema } from "./json-schema.ts";

/** A statement by its cell and its line in the cell; `path` is the notebook's, where there are several. */
const Address = z.object({ path: z.string().optional(), cell: z.int(), line: z.int() });
export type Address = z.infer<typeof Address>;

const Edge = z.object({
  from: Address,
  to: Address,
  name: z.string(),
  kind: z.enum(["value", "mutation", "alias", "ambient"]),
});
export type Edge = z.infer<typeof Edge>;

const Sliced = z.object({ ...Address.shape, source: z.string() });
export type Sliced = z.infer<typeof Sliced>;

/** One of the views, and the same as text for people. */
export type InspectResult = { readonly text: string } & (
  | { readonly phase: "facts"; readonly cells: readonly CellFacts[] }
  | { readonly phase: "graph"; readonly edges: readonly Edge[] }
  | { readonly phase: "slice"; readonly statements: readonly Sliced[] }
  /** Without a plan the diagnostics say why. */
  | { readonly phase: "plan"; readonly plan?: Plan }
);

/** Facts with all names that they concern. */
export type ListedFacts = Omit<StatementFacts, "spread">;

export interface CellFacts {
  readonly path?: string | undefined;
  readonly cell: number;
  readonly statements: readonly ListedFacts[];
}

/** JSON Schema of the result of `mlops inspect`. */
export function inspectResultSchema(): JsonSchema {
  const Statement = z.looseObject({
    index: z.int(),
    line: z.int(),
    reads: z.array(z.string()),
    mayWrite: z.array(z.string()),
  });
  const Cell = z.object({
    path: z.string().optional(),
    cell: z.int(),
    statements: z.array(Statement),
  });
  const Outline = z.looseObject({ steps: z.array(z.looseObject({ name: z.string() })) });
  const text = z.string();
  return {
    ...z.toJSONSchema(
      z.discriminatedUnion("phase", [
        z.object({ phase: z.literal("facts"), cells: z.array(Cell), text }),
        z.object({ phase: z.literal("graph"), edges: z.array(Edge), text }),
        z.object({ phase: z.literal("slice"), statements: z.array(Sliced), text }),
        z.object({ phase: z.literal("plan"), plan: Outline.optional(), text }),
      ]),
    ),
  };
}
