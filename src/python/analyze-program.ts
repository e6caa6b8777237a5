/**
 * Python texts that share one module scope → {@link ProgramFacts}. Never throws on any text; linear in size.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import { analyzeStatement } from "./analyze-statement.ts";
import { buildProgram, buildUnit } from "./build-program.ts";
import type { ProgramFacts, SourceUnit, StatementFacts } from "./facts.ts";
import type { Unit } from "./interpretation/model.ts";
import { newWork, TooMuchWork, type Work } from "./interpretation/work.ts";
import type { PythonParser } from "./parse.ts";
import { statementsOf } from "./syntax.ts";

export interface AnalysisOptions {
  /** Counts what was done; given by whoever wants to know or to set another limit. */
  readonly work?: Work;
  /** Whether every statement lists all names that it concerns, however many they are. */
  readonly listsNames?: boolean;
}

/**
 * Analyzes units in execution order. A unit with a syntax error is reported as `python-syntax-error`
 * (`where.path` is the unit's id) and contributes no statements. Where the work comes to its limit, `analysis-too-large` is
 * reported, and that unit and what follows it contribute nothing more.
 *
 * The cost of lists is the square of the names that share memory; only who shows facts to people asks for them.
 */
export function analyzeProgram(
  units: readonly SourceUnit[],
  parser: PythonParser,
  options: AnalysisOptions = {},
): ProgramFacts {
  const built = units.map((unit, index) => buildUnit(unit, index, parser));
  const sound = built
    .filter((unit) => unit.tree.problems.length === 0)
    .map((unit) => ({ unit, nodes: statementsOf(unit.tree) }));
  const count = sound.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const program = buildProgram(
    sound.map(({ unit }) => unit),
    options.work ?? newWork(count),
    options,
  );
  const statements: StatementFacts[] = [];
  const broken = new Set(
    built.filter((unit) => unit.tree.problems.length > 0).map((unit) => unit.index),
  );
  const tooLarge: Diagnostic[] = [];
  for (const { unit, nodes } of sound) {
    const starts = lineStarts(unit.text);
    for (const [index, node] of nodes.entries()) {
      if (tooLarge.length > 0) break;
      const statement = withinLimit(() => analyzeStatement({ node, index, unit, starts }, program));
      if (statement === undefined)
        tooLarge.push(tooLargeAt(lineColumnAt(starts, node.start).line, units[unit.index]));
      else statements.push(statement);
    }
    if (tooLarge.length > 0) broken.add(unit.index);
  }
  return {
    units,
    statements,
    sharing: program.sharing,
    diagnostics: [
      ...built.flatMap((unit) => syntaxDiagnostics(unit, units[unit.index])),
      ...tooLarge,
    ],
    brokenUnits: [...broken].sort((a, b) => a - b),
  };
}

function withinLimit<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    // Bodies nested in bodies may need more stack than there is.
    if (error instanceof TooMuchWork || error instanceof RangeError) return undefined;
    throw error;
  }
}

function tooLargeAt(line: number, source: SourceUnit | undefined): Diagnostic {
  return {
    code: "analysis-too-large",
    severity: "error",
    message:
      "What this may read and change cannot be worked out in reasonable time: too much shares memory or calls each other.",
    hint: "Move large helper code into a module beside the notebook and import it, or split the statement.",
    where: { ...(source === undefined ? {} : { path: source.id }), line },
  };
}

/** The first problem of a text; what follows it is mostly its consequence. */
function syntaxDiagnostics(unit: Unit, source: SourceUnit | undefined): readonly Diagnostic[] {
  const [problem] = [...unit.tree.problems].sort((a, b) => a.start - b.start);
  if (problem === undefined) return [];
  const { line, column } = lineColumnAt(lineStarts(unit.text), problem.start);
  return [
    {
      code: "python-syntax-error",
      severity: "error",
      message: `This is not valid Python: ${problem.message}.`,
      hint: "Fix the cell, or delete it if nothing needs it.",
      where: { ...(source === undefined ? {} : { path: source.id }), line, column },
    },
  ];
}
