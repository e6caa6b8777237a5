/** Lines of a step that `learn` in features.py runs as well: functions of the step's module, and their calls in the step. */
import { pythonName } from "../base/python-name.ts";
import { blocksOf, indented } from "../features/render-lines.ts";
import type { FeatureStaging, StagedLines } from "../features/staging.ts";
import { callInStep } from "../features/step-lines/render-call.ts";
import type { StepLines, StepRun } from "../features/step-lines/step-lines.ts";
import { supportModule } from "../features/support-names.ts";
import type { StatementRef, Step } from "../pipeline/plan.ts";
import type { PythonParser } from "../python/parse.ts";
import type { ImportLine } from "../python/render-imports.ts";
import type { MovedStatement } from "./moved-statement.ts";
import { pythonDocstring } from "./python-text.ts";
import { returnType } from "./step-signature.ts";

/** The features of a pipeline, and what they have in common with its steps. */
export interface LearnedLines extends StepLines {
  readonly staging: FeatureStaging;
}

/** What a step's module has of it. */
export interface LearnedInStep {
  readonly runs: readonly StepRun[];
  /** Statements at the head of the module. */
  readonly head: readonly StatementRef[];
  /** Whether a statement stands in the step's function itself. */
  readonly isOwn: (ref: StatementRef) => boolean;
}

/** The part of one step. */
export function learnedIn(step: Step, lines: LearnedLines | undefined): LearnedInStep {
  const runs = (lines?.runs ?? []).filter((run) => run.step === step.name);
  const head = lines?.heads.get(step.name) ?? [];
  const elsewhere = new Set([...runs.flatMap(({ statements }) => statements), ...head]);
  return { runs, head, isOwn: (ref) => !elsewhere.has(ref) };
}

/** The texts of a run's lines, for whoever looks for the names in them. */
export function textsOfRun({ from, to }: StepRun, { staging }: LearnedLines): readonly string[] {
  return staging.fit.slice(from, to).map(({ text }) => text);
}

/** What supports the features, as far as these names are of it. */
export function supportImports(
  names: ReadonlySet<string>,
  { staging }: LearnedLines,
): readonly ImportLine[] {
  const support = staging.support.filter((name) => names.has(name));
  return [
    ...(names.has("copy") ? [{ module: "copy", member: undefined, name: "copy" }] : []),
    ...support.map((name) => ({ module: supportModule(name), member: name, name })),
  ];
}

/** The call that stands in the step in the place of a run's statements. */
export function callOf(run: StepRun, first: MovedStatement): MovedStatement {
  return { ...first, text: callInStep(run) };
}

/**
 * The statements of a run as its function has them: the user's own text where nothing is learned in it.
 *
 * @param move Moves a statement with its comments, parameters in place of literals.
 */
export function movedInRun(
  run: StepRun,
  { staging }: LearnedLines,
  {
    move,
    parser,
  }: { readonly move: (ref: StatementRef) => MovedStatement; readonly parser: PythonParser },
): readonly MovedStatement[] {
  const lines = staging.fit.slice(run.from, run.to);
  return run.statements.flatMap((ref) => {
    const moved = move(ref);
    const end = moved.line + moved.text.split("\n").length - 1;
    const own = lines.filter(
      ({ cell, line }) => cell === ref.cell && line >= moved.line && line <= end,
    );
    const text = own.map((part) => indented(part, "")).join("\n");
    if (bare(text, parser) === bare(moved.text, parser)) return [moved];
    return blocksOf(own).map(
      (block, at): MovedStatement => ({
        ref,
        text: block.map((part) => indented(part, "")).join("\n"),
        blankBefore: at === 0 && moved.blankBefore,
        line: lineOf(block[0]),
      }),
    );
  });
}

/** The line of the cell where the text begins, comments above the statement counted. */
function lineOf(lines: StagedLines | undefined): number {
  if (lines === undefined) return 1;
  const above = /^(?:#[^\n]*\n)*/u.exec(lines.text)?.[0] ?? "";
  return lines.line - (above.split("\n").length - 1);
}

/** Without comments and white space: the same for two layouts of one code. */
function bare(text: string, parser: PythonParser): string {
  let code = "";
  let at = 0;
  for (const { start, end } of parser.parse(text).comments) {
    code += text.slice(at, start);
    at = end;
  }
  return (code + text.slice(at)).replace(/\s+/gu, "");
}

/**
 * A run as a function of the step's module, without indentation.
 *
 * @param typeOf The annotation of a variable of the step.
 */
export function learnedFunction(
  run: StepRun,
  body: readonly string[],
  typeOf: (name: string) => string,
): string {
  const given = [...run.gives, ...run.keeps];
  const result = returnType(given.map(typeOf));
  const takes = run.takes.map((name) => `${name}: ${typeOf(name)}`);
  const oneLine = `def ${run.name}(${takes.join(", ")}) -> ${result}:`;
  const head =
    oneLine.length <= 88
      ? oneLine
      : `def ${run.name}(\n${takes.map((take) => `    ${take},`).join("\n")}\n) -> ${result}:`;
  return [
    head,
    pythonDocstring(
      [`Lines of ${pythonName(run.step)} that \`learn\` in features.py runs as well.`],
      "    ",
    ),
    ...body,
    ...(given.length === 0 ? [] : [`    return ${given.join(", ")}`]),
  ].join("\n");
}
