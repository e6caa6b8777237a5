/** One step → one Python module with one function: inputs and parameters in, outputs back, the user's lines between. */
import { pythonName } from "../base/python-name.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Artifact, Parameter, Plan, StatementRef, Step } from "../pipeline/plan.ts";
import { leadingSettings, settingsInside } from "../pipeline/step-settings.ts";
import { isBuiltin } from "../python/effects/builtin-names.ts";
import type { StatementFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";
import { type ImportLine, importLineOf, renderImports } from "../python/render-imports.ts";
import { type Annotation, annotationOf } from "./annotations.ts";
import { cellsInNotebooks } from "./cell-range.ts";
import { loadedSubmodules } from "./loaded-submodules.ts";
import { moveStatement } from "./moved-statement.ts";
import { placeStatements } from "./placed-statements.ts";
import { parameterLiteral, pythonDocstring } from "./python-text.ts";
import { boundByFunctionsOnly, declareForStep } from "./step-variables.ts";
import { annotatesDefinitions, namesReadIn } from "./used-names.ts";

/** Everything a module needs to be written. */
export interface ModuleContext {
  readonly plan: Plan;
  readonly program: NotebookProgram;
  readonly parser: PythonParser;
  readonly statementAt: (ref: { readonly cell: number; readonly index: number }) => StatementFacts;
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
  const statements = step.statements.map((ref) => context.statementAt(ref));
  const replayed = settingsInside(plan, step);

  const texts = textsOf([...replayed, ...step.statements], context);
  const lines: ImportLine[] = importsFor([...replayed, ...step.statements], context);
  const mentioned = new Set(texts.flatMap((text) => [...namesReadIn(text, parser)]));
  // Annotations of the notebook's own definitions keep being evaluated where the notebook evaluates them.
  const evaluated = texts.some((text) => annotatesDefinitions(text, parser));
  if (recordsMetrics(plan, step.statements))
    lines.push({ module: "._runtime", member: "metric", name: metricName });
  if (drawsInSeveralCells([...replayed, ...step.statements], context))
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
  if (declared.length > 0 && !lines.some(({ name }) => name === ANY.name) && anyLine.length === 0)
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
    ...renderBody([...replayed, ...step.statements], context, metricName),
  ];
  const returned = outputs.flatMap((artifact) => artifact.variables);
  if (returned.length > 0) body.push(`${INDENT}return ${returned.join(", ")}`);
  if (body.length === 0) body.push(`${INDENT}pass`);
  return `${[...head, ...body].join("\n")}\n`;
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

/** Import lines for names that the text of these statements mentions: the notebook's imports, shared helpers, `display`. */
export function importsFor(refs: readonly StatementRef[], context: ModuleContext): ImportLine[] {
  const { program, plan, parser } = context;
  const texts = textsOf(refs, context);
  const names = new Set([
    ...texts.flatMap((text) => [...namesReadIn(text, parser)]),
    ...refs.flatMap((ref, at) => namesInStrings(context.statementAt(ref), texts[at] ?? "")),
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
): readonly string[] {
  const { plan, program, parser } = context;
  const continuing = cellsThatContinue(context);
  const moved = [...refs]
    .sort((a, b) => a.cell - b.cell || a.index - b.index)
    .map((ref) =>
      moveStatement(program, plan, ref, {
        metricName,
        liftParameters: true,
        comments: true,
        edits: (text) => declareForStep(text, parser, (name) => !namesOfModule(context).has(name)),
      }),
    );
  return placeStatements(moved, {
    plan,
    parser,
    indent: INDENT,
    continues: (number) => continuing.has(number),
    ...(drawsInSeveralCells(refs, context) ? { between: `${CLOSE_FIGURES}()` } : {}),
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

interface Signature {
  readonly text: string;
  readonly needs: readonly ImportLine[];
}

function buildSignature(
  parts: {
    readonly step: Step;
    readonly inputs: readonly Artifact[];
    readonly parameters: readonly Parameter[];
    readonly outputs: readonly Artifact[];
    /** true where annotations are evaluated, and names imported for type checkers alone are not there. */
    readonly quoted: boolean;
  },
  taken: ReadonlySet<string>,
): Signature {
  const needs: ImportLine[] = [];
  const note = ({ needs: needed, text: written }: Annotation): string => {
    if (needed === undefined) return written;
    needs.push(needed);
    return parts.quoted && needed.module !== "typing" ? JSON.stringify(written) : written;
  };
  // A name that is imported for this very annotation is not "taken" by the notebook's own import of the same thing.
  const hidden = new Set(
    [...taken].filter((name) => name !== "pd" && name !== "np" && !/^[A-Z]/.test(name)),
  );
  const typeOf = (artifact: Artifact): string =>
    note(annotationOf(artifact.variables.length === 1 ? artifact.type : undefined, hidden));
  // Two versions of a variable may come along in groups; the newer one, which is later, counts.
  const types = new Map<string, string>();
  for (const artifact of parts.inputs)
    for (const variable of artifact.variables) types.set(variable, typeOf(artifact));
  const positional = [...types].map(([variable, type]) => `${variable}: ${type}`);
  const keyword = parts.parameters.map(
    (parameter) =>
      `${parameter.variable}: ${PYTHON_TYPES[parameter.type]} = ${parameterLiteral(parameter)}`,
  );
  const returns = parts.outputs.flatMap((artifact) =>
    artifact.variables.map(() => typeOf(artifact)),
  );
  const returned =
    returns.length === 0
      ? "None"
      : returns.length === 1
        ? (returns[0] ?? "Any")
        : `tuple[${returns.join(", ")}]`;
  const all = [...positional, ...keyword];
  const oneLine = `def ${pythonName(parts.step.name)}(${all.join(", ")}) -> ${returned}:`;
  const text =
    oneLine.length <= 88 || all.length === 0
      ? oneLine
      : `def ${pythonName(parts.step.name)}(\n${all.map((item) => `${INDENT}${item},`).join("\n")}\n) -> ${returned}:`;
  return { text, needs };
}

const PYTHON_TYPES: Readonly<Record<Parameter["type"], string>> = {
  int: "int",
  float: "float",
  string: "str",
  bool: "bool",
};

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

function artifactNamed(plan: Plan, name: string): readonly Artifact[] {
  return plan.artifacts.filter((artifact) => artifact.name === name);
}

function indentLines(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : INDENT + line))
    .join("\n");
}
