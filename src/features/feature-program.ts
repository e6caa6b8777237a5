/** The notebook's statements with their trees: what every part of staging looks at. */
import type { Place } from "../base/diagnostic.ts";
import type { Span } from "../base/text-span.ts";
import { lineColumnAt, lineStarts } from "../base/text-span.ts";
import type { ProgramFacts, StatementFacts } from "../python/facts.ts";
import type { PythonParser } from "../python/parse.ts";
import type { SyntaxNode, SyntaxTree } from "../python/syntax.ts";
import { statementsOf, walk } from "../python/syntax.ts";

/** One statement of the notebook. */
export interface FeatureStatement {
  /** Position among all statements, in execution order. */
  readonly position: number;
  readonly facts: StatementFacts;
  readonly node: SyntaxNode;
  readonly tree: SyntaxTree;
  /** 1-based number of the cell. */
  readonly cell: number;
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
 */
export function buildFeatureProgram(program: {
  readonly notebook: string;
  readonly facts: ProgramFacts;
  readonly cellNumbers: readonly number[];
  readonly parser: PythonParser;
}): FeatureProgram {
  const trees = program.facts.units.map((unit) => program.parser.parse(unit.text));
  const statements: FeatureStatement[] = [];
  for (const facts of program.facts.statements) {
    const tree = trees[facts.unit];
    const node = tree === undefined ? undefined : nodeAt(tree, facts.span);
    if (tree === undefined || node === undefined) continue;
    statements.push({
      position: statements.length,
      facts,
      node,
      tree,
      cell: program.cellNumbers[facts.unit] ?? facts.unit + 1,
    });
  }
  return { notebook: program.notebook, statements };
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
