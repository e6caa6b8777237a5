/**
 * Loops over tables as lines for each table: `for table in [train, test]: table["x"] = …` says what the notebook could have said without
 * the loop, so that the lines of the table that is served stand by themselves. The lines are the user's own, with a table's name in the
 * place of the loop's variable; where the body binds the variable anew, the variable gets the table in front, which is what a loop does.
 */
import { analyzeProgram } from "../../python/analyze-program.ts";
import type { ProgramFacts } from "../../python/facts.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import type { FeatureProgram } from "../feature-program.ts";
import { buildFeatureProgram } from "../feature-program.ts";
import type { StageFeaturesInput } from "../staging-input.ts";
import type { LoopPlace } from "./listed-tables.ts";
import type { Replacement } from "./loop-lines.ts";
import type { NotebookLines, NumberedLine } from "./notebook-lines.ts";
import { numberedLines } from "./notebook-lines.ts";
import { unrollComprehension } from "./unroll-comprehension.ts";
import { unrollLoop } from "./unroll-loop.ts";

/** The notebook without loops over tables. */
export interface Unrolled {
  readonly facts: ProgramFacts;
  readonly program: FeatureProgram;
  /** Where the lines stand in the notebook. */
  readonly lines: NotebookLines;
}

/** Loops in loops are written out from the outermost in, this deep. */
const MOST_PASSES = 4;

/** Writes out every loop over tables whose names are known; all else stays as it is. */
export function unrollTables(input: StageFeaturesInput): Unrolled {
  let { facts } = input;
  let program = buildFeatureProgram(input);
  const units = new Map<number, readonly NumberedLine[]>();
  for (let pass = 0; pass < MOST_PASSES && unrollOnce(program, units); pass += 1) {
    facts = analyzedAgain(input, units);
    program = buildFeatureProgram({ ...input, facts });
  }
  const lines = new Map<number, readonly number[]>();
  for (const [unit, numbered] of units)
    lines.set(
      input.cellNumbers[unit] ?? unit + 1,
      numbered.map(({ line }) => line),
    );
  return { facts, program, lines };
}

/** Facts of the texts as they are now; cells that the facts left out stay out. */
function analyzedAgain(
  { facts, parser }: StageFeaturesInput,
  units: ReadonlyMap<number, readonly NumberedLine[]>,
): ProgramFacts {
  const texts = facts.units.map((unit, at) => {
    const lines = units.get(at);
    return lines === undefined ? unit : { ...unit, text: lines.map(({ text }) => text).join("\n") };
  });
  const known = new Set(facts.statements.map(({ unit }) => unit));
  const again = analyzeProgram(texts, parser);
  return { ...again, statements: again.statements.filter(({ unit }) => known.has(unit)) };
}

/** One pass over all cells; says whether anything was written out. */
function unrollOnce(program: FeatureProgram, units: Map<number, readonly NumberedLine[]>): boolean {
  const found = new Map<number, Replacement[]>();
  for (const statement of program.statements) {
    const { unit, definition } = statement.facts;
    if (definition !== undefined) continue;
    const replacements = replacementsIn(statement.node, { program, statement });
    if (replacements.length > 0) found.set(unit, [...(found.get(unit) ?? []), ...replacements]);
  }
  for (const [unit, replacements] of found) {
    const text = program.statements.find(({ facts }) => facts.unit === unit)?.tree.text ?? "";
    const before = units.get(unit) ?? numberedLines(text);
    const lines = [...before];
    for (const replacement of replacements.toReversed())
      lines.splice(
        replacement.from - 1,
        replacement.to - replacement.from + 1,
        ...replacement.lines.map(({ text: written, line }) => ({
          text: written,
          line: before[line - 1]?.line ?? line,
        })),
      );
    units.set(unit, lines);
  }
  return found.size > 0;
}

/** Blocks whose statements run in their place in the notebook. */
const BLOCKS: ReadonlySet<string> = new Set([
  "block",
  "elif_clause",
  "else_clause",
  "for_statement",
  "if_statement",
]);

/** The outermost loops over tables in a statement, itself among them. */
function replacementsIn(node: SyntaxNode, place: LoopPlace): readonly Replacement[] {
  const written =
    node.kind === "for_statement"
      ? unrollLoop(node, place)
      : node.kind === "expression_statement"
        ? unrollComprehension(node, place)
        : undefined;
  if (written !== undefined) return [written];
  return BLOCKS.has(node.kind)
    ? node.children.flatMap((child) => replacementsIn(child, place))
    : [];
}
