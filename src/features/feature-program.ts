/** The notebook's statements with their trees: what every part of staging looks at. */
import type { Place } from "../base/diagnostic.ts";
import type { Span } from "../base/text-span.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { ProgramFacts, StatementFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";
import type { SyntaxNode, SyntaxTree } from "../python/syntax.ts";
import { statementsOf, walk } from "../python/syntax.ts";
import type { PlacedParameter } from "./placed-parameter.ts";

/** One statement of the notebook. */
export interface FeatureStatement {
  /** Position among all statements, in execution order. */
  readonly position: number;
  readonly facts: StatementFacts;
  readonly node: SyntaxNode;
  readonly tree: SyntaxTree;
  /** 1-based number of the cell. */
  readonly cell: number;
  /** Literals of the cell that a parameter stands for. */
  readonly parameters: readonly ParameterPlace[];
}

/** A literal, and the name of the parameter that takes its place. */
export interface ParameterPlace {
  readonly span: Span;
  readonly variable: string;
}

/** All statements, in execution order. */
export interface FeatureProgram {
  readonly notebook: string;
  readonly statements: readonly FeatureStatement[];
}

/**
 * Joins facts and trees.
 *
 * @param program.cellNumbers Cell number of each unit of `facts`.
 * @param program.parameters Numbers and flags that a run may give another value.
 */
export function buildFeatureProgram(program: {
  readonly notebook: string;
  readonly facts: ProgramFacts;
  readonly cellNumbers: readonly number[];
  readonly parser: PythonParser;
  readonly parameters?: readonly PlacedParameter[];
}): FeatureProgram {
  const trees = program.facts.units.map((unit) => program.parser.parse(unit.text));
  const statements: FeatureStatement[] = [];
  for (const facts of program.facts.statements) {
    const tree = trees[facts.unit];
    const node = tree === undefined ? undefined : nodeAt(tree, facts.span);
    if (tree === undefined || node === undefined) continue;
    const cell = program.cellNumbers[facts.unit] ?? facts.unit + 1;
    statements.push({
      position: statements.length,
      facts,
      node,
      tree,
      cell,
      parameters: placesIn(tree, cell, program.parameters ?? []),
    });
  }
  return { notebook: program.notebook, statements };
}

/** Literals of a cell that parameters stand for. Where the cell's text is not the notebook's own any more, those that are still in their place. */
function placesIn(
  tree: SyntaxTree,
  cell: number,
  parameters: readonly PlacedParameter[],
): readonly ParameterPlace[] {
  return parameters.flatMap(({ variable, literal, places }) =>
    places
      .filter(({ cell: of, span }) => of === cell && hasLiteral(tree, span, literal))
      .map(({ span }): ParameterPlace => ({ span, variable })),
  );
}

function hasLiteral({ root, text }: SyntaxTree, { start, end }: Span, literal: string): boolean {
  const there: SyntaxNode[] = [];
  walk(root, (node) => {
    if (node.end <= start || node.start >= end) return false;
    if (node.start === start && node.end === end) there.push(node);
    return undefined;
  });
  const written = text.slice(start, end);
  if (there.length === 0) return false;
  return written === literal || Number(written.replaceAll("_", "")) === Number(literal);
}

/** The place of a node inside a statement's cell. */
export function placeOf(
  program: FeatureProgram,
  statement: FeatureStatement,
  span: Span = statement.facts.span,
): Place {
  const { line } = lineColumnAt(lineStarts(statement.tree.text), span.start);
  return { path: program.notebook, cell: statement.cell, line };
}

/** Names that stand in a node as values: no attribute and no keyword. */
export function namesIn({ tree }: FeatureStatement, node: SyntaxNode): readonly string[] {
  const names = new Set<string>();
  walk(node, (child) => {
    if (child.kind === "identifier" && child.field !== "attribute" && child.field !== "name")
      names.add(tree.text.slice(child.start, child.end));
    return undefined;
  });
  return [...names];
}

function nodeAt(tree: SyntaxTree, span: Span): SyntaxNode | undefined {
  return statementsOf(tree).find((node) => node.start <= span.start && node.end >= span.end);
}
