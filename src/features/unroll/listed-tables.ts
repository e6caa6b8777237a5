/**
 * Which tables a loop goes over: the names of a list that is written in the loop's head, or of one that has a name and that nothing has
 * changed since. A list holds the tables themselves, so that a name bound to another table in between no longer says what is in it.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, textOf, withoutParentheses } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";

/** What the variables of a loop stand for in one turn: names of tables, numbers or strings, as written. */
export type Turn = readonly string[];

/** Where a loop or a comprehension stands. */
export interface LoopPlace {
  readonly program: FeatureProgram;
  /** The top-level statement around it. */
  readonly statement: FeatureStatement;
  /** Whether the statement binds its names only when the last turn is over. */
  readonly bindsLast?: true;
}

/** Calls that only read the list they are given. */
const READING: ReadonlySet<string> = new Set(["concat", "enumerate", "len", "zip"]);

/**
 * Turns of a loop over an iterable, each with one text for every variable; `undefined` when they are not known.
 *
 * @param count How many variables the loop has.
 */
export function turnsOf(
  iterable: SyntaxNode,
  count: number,
  place: LoopPlace,
): readonly Turn[] | undefined {
  const { text } = place.statement.tree;
  const callee = iterable.kind === "call" ? fieldOf(iterable, "function") : undefined;
  if (callee === undefined) {
    const listed = writtenList(iterable, place);
    if (listed === undefined) return undefined;
    return turnsOfList(listed.nodes, count, listed);
  }
  const given = fieldOf(iterable, "arguments")?.children ?? [];
  const [first] = given;
  if (textOf(text, callee) === "enumerate" && given.length === 1 && first !== undefined) {
    const turns = count === 2 ? turnsOf(first, 1, place) : undefined;
    return turns?.map((turn, at) => [String(at), ...turn]);
  }
  if (textOf(text, callee) !== "zip" || given.length !== count) return undefined;
  const columns: (readonly Turn[])[] = [];
  for (const argument of given) {
    const turns = turnsOf(argument, 1, place);
    if (turns === undefined) return undefined;
    columns.push(turns);
  }
  const shortest = Math.min(...columns.map(({ length }) => length));
  return Array.from({ length: shortest }, (_, at) => columns.flatMap((turns) => turns[at] ?? []));
}

interface WrittenList {
  readonly nodes: readonly SyntaxNode[];
  readonly text: string;
  /** Names that stand in the list and still mean what they meant there. */
  readonly isSteady: (name: string) => boolean;
}

function turnsOfList(
  nodes: readonly SyntaxNode[],
  count: number,
  list: WrittenList,
): readonly Turn[] | undefined {
  const turns = nodes.map((node): Turn | undefined => {
    const parts =
      count === 1 ? [node] : node.kind === "tuple" || node.kind === "list" ? node.children : [];
    const texts = parts.map((part) => plainText(part, list));
    return parts.length === count && texts.every((text) => text !== undefined) ? texts : undefined;
  });
  return turns.length > 0 && turns.every((turn) => turn !== undefined) ? turns : undefined;
}

function plainText(node: SyntaxNode, { text, isSteady }: WrittenList): string | undefined {
  const source = textOf(text, node);
  if (node.kind === "identifier") return isSteady(source) ? source : undefined;
  if (node.kind === "integer" || node.kind === "float") return source;
  return node.kind === "string" && /^(["'])((?!\1)[^\\\n])*\1$/u.test(source) ? source : undefined;
}

/** The list itself, or the one that a name was bound to last. */
function writtenList(
  iterable: SyntaxNode,
  { program, statement, bindsLast }: LoopPlace,
): WrittenList | undefined {
  const node = withoutParentheses(iterable);
  const { mayWrite, deletes } = statement.facts;
  const own = new Set(bindsLast === true ? [] : [...mayWrite, ...deletes]);
  if (isList(node))
    return {
      nodes: node.children,
      text: statement.tree.text,
      isSteady: (name) => !own.has(name),
    };
  if (node.kind !== "identifier") return undefined;
  const name = textOf(statement.tree.text, node);
  const before = program.statements.filter(({ position }) => position < statement.position);
  const binder = before.findLast(({ facts }) => facts.mayWrite.includes(name));
  const list = binder === undefined ? undefined : assignedList(binder);
  if (binder === undefined || list === undefined) return undefined;
  const since = before.slice(binder.position + 1);
  const definitions = program.statements.filter(({ facts }) => facts.definition !== undefined);
  if (
    own.has(name) ||
    [...since, ...definitions, statement].some((other) => !onlyReads(other, name)) ||
    before.some(({ facts }) => facts.dynamic.length > 0)
  )
    return undefined;
  return {
    nodes: list.children,
    text: binder.tree.text,
    isSteady: (element) =>
      !own.has(element) &&
      !since.some(
        ({ facts }) => facts.mayWrite.includes(element) || facts.deletes.includes(element),
      ),
  };
}

function isList({ kind }: SyntaxNode): boolean {
  return kind === "list" || kind === "tuple" || kind === "expression_list";
}

/** The list of a plain `tables = [train, test]`. */
function assignedList({ node }: FeatureStatement): SyntaxNode | undefined {
  const assignment = node.kind === "expression_statement" ? node.children[0] : undefined;
  if (assignment?.kind !== "assignment") return undefined;
  const right = fieldOf(assignment, "right");
  const list = right === undefined ? undefined : withoutParentheses(right);
  return fieldOf(assignment, "left")?.kind === "identifier" && list !== undefined && isList(list)
    ? list
    : undefined;
}

/** Whether a statement does nothing with a list but go over it. */
function onlyReads({ node, tree }: FeatureStatement, name: string): boolean {
  let isRead = true;
  const visit = (at: SyntaxNode, parents: readonly SyntaxNode[]): void => {
    if (at.kind === "identifier" && textOf(tree.text, at) === name)
      isRead &&= isGoneOver(at, parents, tree.text);
    for (const child of at.children) visit(child, [at, ...parents]);
  };
  visit(node, []);
  return isRead;
}

function isGoneOver(
  node: SyntaxNode,
  [parent, call]: readonly SyntaxNode[],
  text: string,
): boolean {
  if (parent === undefined) return false;
  // An attribute or a keyword of that name is something else.
  if (node.field === "attribute" || (parent.kind === "keyword_argument" && node.field === "name"))
    return true;
  if (parent.kind === "for_statement" || parent.kind === "for_in_clause")
    return node.field === "right";
  const callee =
    parent.kind === "argument_list" && call !== undefined ? fieldOf(call, "function") : undefined;
  if (callee === undefined) return false;
  const [last = ""] = /\w+$/u.exec(textOf(text, callee)) ?? [];
  return READING.has(last);
}
