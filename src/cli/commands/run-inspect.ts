/** Reading and planning without running anything. */
import { z } from "zod";
import { loadNotebook } from "../../app/load-notebook.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Plan } from "../../pipeline/plan.ts";
import { planNotebook } from "../../pipeline/plan-notebook.ts";
import type { StatementFacts } from "../../python/facts.ts";
import { renderFacts } from "../../python/render-facts.ts";
import type { CommandContext } from "../context.ts";
import type { JsonSchema } from "../json-schema.ts";
import { fromRoot } from "../open-project.ts";
import { renderPlan } from "../render/promotion.ts";

export interface InspectResult {
  readonly phase: "facts" | "plan";
  readonly plan?: Plan;
  readonly cells?: readonly {
    readonly cell: number;
    readonly statements: readonly StatementFacts[];
  }[];
  /** The same for people. */
  readonly text: string;
}

/** Reads and plans a notebook without running it; nothing is written. */
export async function runInspect(
  context: CommandContext,
  flags: { readonly notebook: string; readonly phase: "facts" | "plan" | undefined },
): Promise<{ readonly result: InspectResult; readonly diagnostics: readonly Diagnostic[] }> {
  const project = await context.project();
  const files = await context.wiring.files(project.root);
  const { program, diagnostics } = await loadNotebook(
    fromRoot(project, context.workingDirectory, flags.notebook),
    { files, parser: await context.wiring.parser() },
  );
  if (flags.phase === "facts") {
    const cells = program.cells.map(({ cell }, unit) => ({
      cell: cell.number,
      statements: program.facts.statements.filter((statement) => statement.unit === unit),
    }));
    return {
      result: { phase: "facts", cells, text: renderFacts(program.facts).trimEnd() },
      diagnostics,
    };
  }
  const planned = planNotebook({
    program,
    name: "inspected",
    root: ".",
    observation: undefined,
    python: "3.11",
    cut: "role",
  });
  const found = [...diagnostics, ...planned.diagnostics];
  if (planned.plan === undefined)
    return { result: { phase: "plan", text: "no plan: see below" }, diagnostics: found };
  return {
    result: { phase: "plan", plan: planned.plan, text: renderPlan(planned.plan) },
    diagnostics: found,
  };
}

/** JSON Schema of the result of `mlops inspect`. */
export function inspectResultSchema(): JsonSchema {
  const Statement = z.looseObject({
    index: z.int(),
    line: z.int(),
    reads: z.array(z.string()),
    mayWrite: z.array(z.string()),
  });
  return {
    ...z.toJSONSchema(
      z.object({
        phase: z.enum(["facts", "plan"]),
        plan: z.looseObject({ steps: z.array(z.looseObject({ name: z.string() })) }).optional(),
        cells: z.array(z.object({ cell: z.int(), statements: z.array(Statement) })).optional(),
        text: z.string(),
      }),
    ),
  };
}
