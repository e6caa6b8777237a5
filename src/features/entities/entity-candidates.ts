/** Columns by which a notebook makes one row of many, and that its model's rows may therefore stand for. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";

/** Keys of `groupby`, `pivot_table` and `crosstab`, the last one first, each once. */
export function entityCandidates(program: FeatureProgram): readonly string[] {
  const found: string[] = [];
  for (const statement of program.statements) {
    walk(statement.node, (node) => {
      const key = node.kind === "call" ? keyOfCall(node, { statement, program }) : undefined;
      if (key !== undefined) found.push(key);
      return undefined;
    });
  }
  return [...new Set(found.toReversed())];
}

interface Place {
  readonly statement: FeatureStatement;
  readonly program: FeatureProgram;
}

function keyOfCall(node: SyntaxNode, place: Place): string | undefined {
  const text = (of: SyntaxNode): string => place.statement.tree.text.slice(of.start, of.end);
  const callee = fieldOf(node, "function");
  const name = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : callee;
  const list = fieldOf(node, "arguments")?.children ?? [];
  const positional = list.filter(({ kind }) => kind !== "keyword_argument");
  const keyword = (word: string): SyntaxNode | undefined => {
    const given = list.find((child) => {
      const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
      return key !== undefined && text(key) === word;
    });
    return given === undefined ? undefined : fieldOf(given, "value");
  };
  const method = name === undefined ? "" : text(name);
  if (method === "groupby") return stringOf(keyword("by") ?? positional[0], place);
  if (method === "pivot_table") return stringOf(keyword("index"), place);
  if (method !== "crosstab") return undefined;
  const column = keyword("index") ?? positional[0];
  if (column?.kind === "subscript") return stringOf(fieldsOf(column, "subscript")[0], place);
  const attribute = column?.kind === "attribute" ? fieldOf(column, "attribute") : undefined;
  return attribute === undefined ? undefined : text(attribute);
}

/** A written string, the first one of a list, or a constant that holds one. */
function stringOf(node: SyntaxNode | undefined, place: Place): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind === "list" || node.kind === "tuple") return stringOf(node.children[0], place);
  const text = place.statement.tree.text.slice(node.start, node.end);
  if (node.kind !== "identifier") return /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(text)?.[2];
  const constant = place.program.statements.find(({ facts }) => facts.mayWrite.includes(text))
    ?.facts.constant?.literal;
  return typeof constant?.value === "string" ? constant.value : undefined;
}
