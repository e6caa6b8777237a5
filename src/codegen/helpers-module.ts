/** Modules that several steps share: `helpers.py` (definitions and the constants they read) and `settings.py`. */

import { leadingSettings } from "../pipeline/step-settings.ts";
import { renderImports } from "../python/render-imports.ts";
import { cellsInNotebooks } from "./cell-range.ts";
import { moveStatement } from "./moved-statement.ts";
import { placeComment } from "./placed-statements.ts";
import { indentPython, pythonDocstring } from "./python-text.ts";
import {
  importsFor,
  type ModuleContext,
  metricNameIn,
  recordsMetrics,
  renderBody,
} from "./step-module.ts";

/** `undefined` when the notebook defines nothing that steps share. */
export function buildHelpersModule(context: ModuleContext): string | undefined {
  const { plan } = context;
  if (plan.helpers.length === 0) return undefined;
  const metricName = recordsMetrics(plan, plan.helpers) ? metricNameIn(context.program) : undefined;
  const imports = renderImports([
    ...importsFor(plan.helpers, context).filter((line) => line.module !== ".helpers"),
    ...(metricName === undefined
      ? []
      : [{ module: "._runtime", member: "metric", name: metricName }]),
  ]);
  const lines: string[] = imports === "" ? [] : [imports];
  let afterDefinition = false;
  for (const ref of plan.helpers) {
    const moved = moveStatement(context.program, plan, ref, {
      metricName,
      liftParameters: false,
      comments: true,
    });
    const isDefinition = context.statementAt(ref).definition !== undefined;
    // What a logger is called shows in what it prints.
    const own = isDefinition ? moved.text : moved.text.replaceAll(/\b__name__\b/g, '"__main__"');
    if (isDefinition || afterDefinition) lines.push("", "");
    else if (lines.length > 0) lines.push("");
    lines.push(placeComment(plan, ref, moved.line), indentPython(own, "", context.parser));
    afterDefinition = isDefinition;
  }
  const head = heading(
    context,
    "Functions and constants that several steps share.",
    plan.helpers.map((ref) => ref.cell),
  );
  return `${[...head, ...(lines[0] === "" ? lines.slice(1) : lines)].join("\n")}\n`;
}

/** `undefined` when the notebook sets no options before its first step. */
export function buildSettingsModule(context: ModuleContext): string | undefined {
  const settings = leadingSettings(context.plan);
  if (settings.length === 0) return undefined;
  const imports = renderImports(importsFor(settings, context));
  const lines = [
    ...heading(
      context,
      "Library settings of the notebook, applied before every step.",
      settings.map((ref) => ref.cell),
    ),
    ...(imports === "" ? [] : [imports, ""]),
    "",
    "def apply_settings() -> None:",
    pythonDocstring(["Repeat the settings; harmless any number of times."], "    "),
    ...renderBody(settings, context, undefined),
  ];
  return `${lines.join("\n")}\n`;
}

function heading(
  context: ModuleContext,
  summary: string,
  cells: readonly number[],
): readonly string[] {
  return [
    pythonDocstring(
      [
        summary,
        "",
        `Made by mlops from ${cellsInNotebooks(context.plan, cells)}. Edits are kept: the next promotion merges them.`,
      ],
      "",
    ),
    "",
  ];
}
