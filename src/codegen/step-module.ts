/** One step → one Python module with one function: inputs and parameters in, outputs back, the user's lines between. */
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan, StatementRef, Step } from "../pipeline/plan.ts";
import { leadingSettings, settingsInside } from "../pipeline/step-settings.ts";
import { isBuiltin } from "../python/effects/builtin-names.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";
import { type ImportLine, importLineOf, renderImports } from "../python/render-imports.ts";
import { cellsInNotebooks } from "./cell-range.ts";
import {
  callOf,
  type LearnedInStep,
  type LearnedLines,
  learnedFunction,
  learnedIn,
  movedInRun,
  supportImports,
  textsOfRun,
} from "./learned-lines.ts";
import { loadedSubmodules } from "./loaded-submodules.ts";
import { type MovedStatement, moveStatement } from "./moved-statement.ts";
import { placeComment, placeStatements } from "./placed-statements.ts";
import { indentPython, pythonDocstring } from "./python-text.ts";
import { artifactNamed, buildSignature } from "./step-signature.ts";
import { boundByFunctionsOnly, declareForStep } from "./step-variables.ts";
import { annotatesDefinitions, namesReadIn } from "./used-names.ts";

/** Everything a module needs to be written. */
export interface ModuleContext {
  readonly plan: Plan;
  readonly program: NotebookProgram;
  readonly parser: PythonParser;
  readonly statementAt: (ref: { readonly cell: number; readonly index: number }) => StatementFacts;
  /** What steps have in common with the features; nothing when left out. */
  readonly learned?: LearnedLines;
}

const INDENT = "    ";
const CLOSE_FIGURES = "close_figures";
const ANY: ImportLine = { module: "typing", member: "Any", name: "Any" };
const FUTURE_ANNOTATIONS = { module: "__future__", member: "annotations", name: "annotations" };

/** The module's text, ending in a newline. */
export function buildStepModule(step: Step, context: ModuleContext): string {
  const { plan, program, parser } = context;
  const taken = programNames(program);
  const metricName = metricNameIn(program);
  const inputs = step.inputs.flatMap((name) => artifactNamed(plan, name));
  const outputs = step.outputs.flatMap((name) => artifactNamed(plan, name));
  const parameters = plan.parameters.filter((parameter) => step.params.includes(parameter.name));
  const learned = learnedIn(step, context.learned);
  const own = step.statements.filter((ref) => learned.isOwn(ref));
  const statements = own.map((ref) => context.statementAt(ref));
  const replayed = settingsInside(plan, step);

  const texts = textsOf([...replayed, ...own], context);
  const lines = importsFor([...replayed, ...own, ...learned.head], context, learned);
  const mentioned = new Set(texts.flatMap((text) => [...namesReadIn(text, parser)]));
  // Annotations of the notebook's own definitions keep being evaluated where the notebook evaluates them.
  const evaluated = texts.some((text) => annotatesDefinitions(text, parser));
  if (recordsMetrics(plan, own))
    lines.push({ module: "._runtime", member: "metric", name: metricName });
  if (drawsInSeveralCells([...replayed, ...own], context))
    lines.push({ module: "._runtime", member: CLOSE_FIGURES, name: CLOSE_FIGURES });
  const settingsName = taken.has("apply_settings") ? "apply_all_settings" : "apply_settings";
  if (hasSettings(context))
    lines.push({ module: ".settings", member: "apply_settings", name: settingsName });

  const signature = buildSignature({ step, inputs, parameters, outputs, quoted: evaluated }, taken);
  const typeLines = signature.needs.filter(
    (need) => !lines.some((line) => line.name === need.name),
  );
  const anyLine = typeLines.filter((line) => line.module === "typing");
  const typingOnly = typeLines.filter((line) => line.module !== "typing");
  const isOwn = (name: string): boolean => !namesOfModule(context).has(name);
  const given = new Set([
    ...inputs.flatMap((artifact) => artifact.variables),
    ...parameters.map((parameter) => parameter.variable),
  ]);
  const byFunctions = boundByFunctionsOnly(texts, parser).filter(
    (name) => isOwn(name) && !given.has(name),
  );
  const shadowed = shadowedBuiltins(statements, given, byFunctions);
  const declared = byFunctions.filter((name) => !shadowed.includes(name));
  const learnedParts = renderLearned(learned, signature.types, context);
  const usesAny = declared.length > 0 || learnedParts.some((text) => /\bAny\b/u.test(text));
  if (usesAny && !lines.some(({ name }) => name === ANY.name) && anyLine.length === 0)
    lines.push(ANY);
  if (shadowed.length > 0) lines.push({ module: "builtins", member: undefined, name: "builtins" });
  if (typingOnly.length > 0)
    lines.push({ module: "typing", member: "TYPE_CHECKING", name: "TYPE_CHECKING" });
  const head = [
    pythonDocstring(
      [
        `${step.summary}.`,
        "",
        `Made by mlops from ${cellsInNotebooks(plan, step.cells)}. Edits are kept: the next promotion merges them.`,
      ],
      "",
    ),
    "",
    renderImports([...(evaluated ? [] : [FUTURE_ANNOTATIONS]), ...anyLine, ...lines]),
    ...(typingOnly.length === 0
      ? []
      : ["", "if TYPE_CHECKING:", indentLines(renderImports(typingOnly))]),
    ...renderHead(learned, context),
    "",
    "",
    signature.text,
    pythonDocstring([`${step.summary}.`], INDENT),
  ];
  const body = [
    ...(hasSettings(context) ? [`${INDENT}${settingsName}()`] : []),
    ...shadowed.map((name) => `${INDENT}${name} = builtins.${name}`),
    ...declared.map((name) => `${INDENT}${name}: Any  # bound by the functions of this step`),
    // As in the notebook, where `if __name__ == "__main__":` is entered.
    ...(mentioned.has("__name__") ? [`${INDENT}__name__ = "__main__"`] : []),
    ...renderBody([...replayed, ...own], context, metricName, learned),
  ];
  const returned = outputs.flatMap((artifact) => artifact.variables);
  if (returned.length > 0) body.push(`${INDENT}return ${returned.join(", ")}`);
  if (body.length === 0) body.push(`${INDENT}pass`);
  const behind = learnedParts.flatMap((text) => ["", "", text]);
  return `${[...head, ...body, ...behind].join("\n")}\n`;
}

/** Whether one of these statements holds a scoring call itself. */
export function recordsMetrics(plan: Plan, refs: readonly StatementRef[]): boolean {
  return plan.metrics.some(({ call }) =>
    refs.some((ref) => ref.cell === call.cell && ref.index === call.index),
  );
}

/** Under which name generated modules import what records metrics. */
export function metricNameIn(program: NotebookProgram): string {
  return programNames(program).has("metric") ? "record_metric" : "metric";
}

/** Names bound or read anywhere in the notebook. */
export function programNames(program: NotebookProgram): ReadonlySet<string> {
  return new Set(
    program.facts.statements.flatMap((statement) => [...statement.mayWrite, ...statement.reads]),
  );
}

/**
 * Import lines for names that the text of these statements mentions: the notebook's imports, shared helpers, `display`.
 *
 * @param learned Lines that mention more of them, and what supports features.
 */
export function importsFor(
  refs: readonly StatementRef[],
  context: ModuleContext,
  learned?: LearnedInStep,
): ImportLine[] {
  const { program, plan, parser } = context;
  const runs = learned === undefined ? [] : learned.runs;
  const all = [...refs, ...runs.flatMap(({ statements }) => statements)];
  const notebookTexts = textsOf(all, context);
  const texts = [...notebookTexts.slice(0, refs.length), ...textsOfRuns(runs, context)];
  const names = new Set([
    ...texts.flatMap((text) => [...namesReadIn(text, parser)]),
    ...all.flatMap((ref, at) => namesInStrings(context.statementAt(ref), notebookTexts[at] ?? "")),
  ]);
  const lines: ImportLine[] = [];
  const seen = new Set<string>();
  for (const ref of plan.imports) {
    for (const imported of context.statementAt(ref).imports) {
      const key = `${imported.module}:${imported.member ?? ""}:${imported.name}`;
      if (imported.module !== "__future__" && !names.has(imported.name)) continue;
      if (seen.has(key)) continue;
      seen.add(key);
      lines.push(importLineOf(imported));
    }
  }
  const imported = plan.imports.flatMap((ref) => context.statementAt(ref).imports);
  lines.push(...loadedSubmodules(lines, texts, imported));
  for (const ref of plan.helpers) {
    for (const name of context.statementAt(ref).mayWrite)
      if (names.has(name)) lines.push({ module: ".helpers", member: name, name });
  }
  if (context.learned !== undefined && runs.length > 0)
    for (const line of supportImports(names, context.learned))
      if (!lines.some(({ name }) => name === line.name)) lines.push(line);
  // A notebook has it without any import.
  if (names.has("display") && !isBound("display", program))
    lines.push({ module: "._runtime", member: "display", name: "display" });
  return lines;
}

/** What a library looks up in a text that it is given (`df.query("size > @np.e")`) is read, and mentioned inside of a string. */
function namesInStrings(statement: StatementFacts, text: string): readonly string[] {
  const words = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
  const read = [...statement.reads, ...(statement.definition?.freeReads ?? [])];
  return read.filter((name) => words.has(name));
}

/** The notebook's text of each statement. */
function textsOf(refs: readonly StatementRef[], { program }: ModuleContext): readonly string[] {
  return refs.map((ref) => {
    const python = program.cells.find(({ cell }) => cell.number === ref.cell)?.python ?? "";
    return python.slice(ref.span.start, ref.span.end);
  });
}

function isBound(name: string, program: NotebookProgram): boolean {
  return program.facts.statements.some((statement) => statement.mayWrite.includes(name));
}

/** Statements in notebook order as indented lines, with comments that say where they stood. */
export function renderBody(
  refs: readonly StatementRef[],
  context: ModuleContext,
  metricName: string | undefined,
  learned?: LearnedInStep,
): readonly string[] {
  const { plan, parser } = context;
  const continuing = cellsThatContinue(context);
  const calls = (learned?.runs ?? []).flatMap((run) =>
    run.statements.slice(0, 1).map((first) => callOf(run, moved(first, context, metricName))),
  );
  const all = [...refs.map((ref) => moved(ref, context, metricName)), ...calls];
  all.sort((a, b) => a.ref.cell - b.ref.cell || a.ref.index - b.ref.index);
  return placeStatements(all, {
    plan,
    parser,
    indent: INDENT,
    continues: (number) => continuing.has(number),
    ...(drawsInSeveralCells(refs, context) ? { between: `${CLOSE_FIGURES}()` } : {}),
  });
}

function moved(
  ref: StatementRef,
  context: ModuleContext,
  metricName: string | undefined,
): MovedStatement {
  const { plan, program, parser } = context;
  return moveStatement(program, plan, ref, {
    metricName,
    liftParameters: true,
    comments: true,
    edits: (text) => declareForStep(text, parser, (name) => !namesOfModule(context).has(name)),
  });
}

/** What the lines that features have in common with a step mention. */
function textsOfRuns(runs: LearnedInStep["runs"], { learned }: ModuleContext): readonly string[] {
  return learned === undefined ? [] : runs.flatMap((run) => textsOfRun(run, learned));
}

/** Constants and functions at the head of a module, which the functions behind the step's own use. */
function renderHead({ head }: LearnedInStep, context: ModuleContext): readonly string[] {
  return head.flatMap((ref) => {
    const { text, line } = moved(ref, context, undefined);
    const isDefinition = context.statementAt(ref).definition !== undefined;
    return [
      ...(isDefinition ? ["", ""] : [""]),
      placeComment(context.plan, ref, line),
      indentPython(text, "", context.parser),
    ];
  });
}

/** The functions of lines that features have in common with a step. */
function renderLearned(
  { runs }: LearnedInStep,
  types: ReadonlyMap<string, string>,
  context: ModuleContext,
): readonly string[] {
  const { learned, plan, parser } = context;
  if (learned === undefined) return [];
  const continuing = cellsThatContinue(context);
  return runs.map((run) => {
    const lines = movedInRun(run, learned, {
      move: (ref) => moved(ref, context, undefined),
      parser,
    });
    const body = placeStatements(lines, {
      plan,
      parser,
      indent: INDENT,
      continues: (number) => continuing.has(number),
    });
    return learnedFunction(run, body, (name) => types.get(name) ?? ANY.name);
  });
}

/** Names that a step's module has at its top: imports and shared helpers. */
function namesOfModule({ plan, statementAt }: ModuleContext): ReadonlySet<string> {
  return new Set(
    [...plan.imports, ...plan.helpers].flatMap((ref) => [...statementAt(ref).mayWrite]),
  );
}

/** Cells that run in one go with the cell before them. */
function cellsThatContinue({ program }: ModuleContext): ReadonlySet<number> {
  return new Set(
    program.notebook.cells.flatMap(({ number, continues }) => (continues === true ? [number] : [])),
  );
}

/** A notebook shows and closes a cell's figures at its end; a step that holds several such cells must do so too. */
function drawsInSeveralCells(refs: readonly StatementRef[], context: ModuleContext): boolean {
  const drawing = refs.filter((ref) =>
    context.statementAt(ref).ambient.some((effect) => effect.resource === "figure"),
  );
  const continuing = cellsThatContinue(context);
  const first = (cell: number): number => (continuing.has(cell) ? first(cell - 1) : cell);
  return new Set(drawing.map((ref) => first(ref.cell))).size > 1;
}

/** Settings that stand before the first step are in `settings.py`; true when there are any. */
export function hasSettings(context: ModuleContext): boolean {
  return leadingSettings(context.plan).length > 0;
}

/** Builtins that a statement reads before the step rebinds the name; in a function that would be an unbound local. */
function shadowedBuiltins(
  statements: readonly StatementFacts[],
  given: ReadonlySet<string>,
  byFunctions: readonly string[],
): readonly string[] {
  const writes = new Set([
    ...statements.flatMap((statement) => statement.mayWrite),
    ...byFunctions,
  ]);
  const written = new Set<string>();
  const found = new Set<string>();
  for (const statement of statements) {
    for (const name of statement.readsBeforeWrite) {
      if (writes.has(name) && !written.has(name) && !given.has(name) && isBuiltin(name))
        found.add(name);
    }
    for (const name of statement.surelyWrites) written.add(name);
  }
  return [...found].sort();
}

function indentLines(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : INDENT + line))
    .join("\n");
}
