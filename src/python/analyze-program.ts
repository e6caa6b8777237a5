/**
 * Python texts that share one module scope → {@link ProgramFacts}. Never throws on any text; linear in size.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import { analyzeStatement } from "./analyze-statement.ts";
import { buildProgram, buildUnit } from "./build-program.ts";
import type { ProgramFacts, SourceUnit, StatementFacts } from "./facts.ts";
import type { Unit } from "./interpretation/model.ts";
import type { PythonParser } from "./parse.ts";
import { statementsOf } from "./syntax.ts";

/**
 * Analyzes units in execution order. A unit with a syntax error is reported as `python-syntax-error`
 * (`where.path` is the unit's id) and contributes no statements.
 */
export function analyzeProgram(units: readonly SourceUnit[], parser: PythonParser): ProgramFacts {
  const built = units.map((unit, index) => buildUnit(unit, index, parser));
  const sound = built.filter((unit) => unit.tree.problems.length === 0);
  const program = buildProgram(sound);
  const statements: StatementFacts[] = [];
  for (const unit of sound) {
    const starts = lineStarts(unit.text);
    for (const [index, node] of statementsOf(unit.tree).entries()) {
      statements.push(analyzeStatement({ node, index, unit, starts }, program));
    }
  }
  return {
    units,
    statements,
    diagnostics: built.flatMap((unit) => syntaxDiagnostics(unit, units[unit.index])),
    brokenUnits: built.filter((unit) => unit.tree.problems.length > 0).map((unit) => unit.index),
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
