/** Modules that several steps share: `helpers.py` (definitions and the constants they read) and `settings.py`. */
import { cellRange } from "./cell-range.ts";
import { renderImports } from "./module-imports.ts";
import { moveStatement } from "./moved-statement.ts";
import { indentPython, pythonDocstring } from "./python-text.ts";
import { importsFor, leadingSettings, type ModuleContext, renderBody } from "./step-module.ts";

/** `undefined` when the notebook defines nothing that steps share. */
export function buildHelpersModule(context: ModuleContext): string | undefined {
  const { plan } = context;
  if (plan.helpers.length === 0) return undefined;
  const statements = plan.helpers.map((ref) => context.statementAt(ref));
  const own = new Set(statements.flatMap((statement) => statement.mayWrite));
  const names = new Set(
    statements.flatMap((statement) => [
      ...statement.reads,
      ...(statement.definition?.freeReads ?? []),
    ]),
  );
  const imports = renderImports(
    importsFor(new Set([...names].filter((name) => !own.has(name))), context),
  );
  const blocks = plan.helpers.map((ref) => {
    const moved = moveStatement(context.program, plan, ref, {
      metricName: undefined,
      liftParameters: false,
      comments: true,
    });
    const gap = context.statementAt(ref).definition === undefined ? "" : "\n\n";
    return `${gap}# ${plan.notebook.path.split("/").at(-1) ?? ""}, cell ${String(ref.cell)}\n${indentPython(moved.text, "", context.parser)}`;
  });
  return `${[
    ...heading(
      context,
      "Functions and constants that several steps share.",
      plan.helpers.map((ref) => ref.cell),
    ),
    ...(imports === "" ? [] : [imports, ""]),
    ...blocks,
  ]
    .join("\n")
    .replace(/\n{4,}/g, "\n\n\n")
    .replace(/\n+$/, "")}\n`;
}

/** `undefined` when the notebook sets no options before its first step. */
export function buildSettingsModule(context: ModuleContext): string | undefined {
  const settings = leadingSettings(context.plan);
  if (settings.length === 0) return undefined;
  const statements = settings.map((ref) => context.statementAt(ref));
  const imports = renderImports(
    importsFor(new Set(statements.flatMap((statement) => statement.reads)), context),
  );
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
        `Made by mlops from ${context.plan.notebook.path}, ${cellRange(cells)}. Edits are kept: the next promotion merges them.`,
      ],
      "",
    ),
    "",
  ];
}
