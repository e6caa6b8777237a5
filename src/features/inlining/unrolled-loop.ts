/** A loop over tables that are written out, `for part in [train, test]:`, as its turns one after the other. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { boundNames, identifiersIn, namesReadLater } from "./bound-names.ts";
import type { Replacements } from "./renamed-text.ts";
import { renamed } from "./renamed-text.ts";
import type { WrittenLine } from "./written-statements.ts";
import { ownLines, writeStatement } from "./written-statements.ts";

/** The lines that stand for a loop. */
export interface UnrolledLoop {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly WrittenLine[];
}

/** Unrolls a statement; `undefined` when it is no such loop. */
export function unrollLoop(
  { node, tree }: FeatureStatement,
  program: FeatureProgram,
): UnrolledLoop | undefined {
  const { text } = tree;
  const left = node.kind === "for_statement" ? fieldOf(node, "left") : undefined;
  const right = node.kind === "for_statement" ? fieldOf(node, "right") : undefined;
  const body = fieldOf(node, "body")?.children ?? [];
  const place = ownLines(node, text);
  const isWritten =
    (right?.kind === "list" || right?.kind === "tuple") &&
    right.children.every(({ kind }) => kind === "identifier");
  if (left?.kind !== "identifier" || right === undefined || !isWritten) return undefined;
  if (place === undefined || body.some((inner) => ownLines(inner, text) === undefined))
    return undefined;
  if (fieldOf(node, "alternative") !== undefined || body.some(endsTurns)) return undefined;
  const variable = text.slice(left.start, left.end);
  const { variables, imported, inner } = boundNames(body, text);
  const tables = right.children.map((child) => text.slice(child.start, child.end));
  // What the loop goes through is settled before its first turn, and what a turn binds anew is another table.
  if ([variable, ...tables].some((name) => variables.has(name) || imported.has(name)))
    return undefined;
  const isOnlyHere = program.statements.every(({ node: other, tree: of, facts }) => {
    if (facts.definition !== undefined) return !facts.definition.freeReads.includes(variable);
    return other === node || !identifiersIn([other], of.text).has(variable);
  });
  const isReplaced =
    isOnlyHere &&
    ![...inner, ...namesReadLater(body, text)].includes(variable) &&
    !tables.some((table) => inner.has(table));
  const head = { text: "", from: place.from };
  const lines = tables.flatMap((table): readonly WrittenLine[] => {
    const names: Replacements = isReplaced ? new Map([[variable, { text: table }]]) : new Map();
    const first = isReplaced ? [] : [{ ...head, text: `${place.indent}${variable} = ${table}` }];
    return [
      ...first,
      ...body.flatMap((statement) =>
        writeStatement(statement, {
          tree,
          edits: renamed(statement, text, names),
          indent: place.indent,
        }),
      ),
    ];
  });
  return lines.length === 0 ? undefined : { from: place.from, to: place.to, lines };
}

function endsTurns(node: SyntaxNode): boolean {
  let found = false;
  walk(node, ({ kind }) => {
    found ||= kind === "break_statement" || kind === "continue_statement";
    return undefined;
  });
  return found;
}
