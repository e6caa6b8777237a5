/** One loop over tables as the lines of its turns. */
import { applyEdits } from "../../python/edit.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, textOf, walk } from "../../python/syntax.ts";
import { namesIn } from "../feature-program.ts";
import { freeName, numbered } from "../free-name.ts";
import { bindsName, valuesInPlace } from "./bound-names.ts";
import type { LoopPlace, Turn } from "./listed-tables.ts";
import { turnsOf } from "./listed-tables.ts";
import type { BodyLayout, Replacement } from "./loop-lines.ts";
import { bodyLines, inPlaceOf, layoutOf } from "./loop-lines.ts";
import type { NumberedLine } from "./notebook-lines.ts";
import { isUsedAsTable } from "./table-use.ts";

/** More lines than this no notebook says of its tables one by one. */
const MOST_LINES = 400;

interface TableLoop {
  readonly body: SyntaxNode;
  readonly layout: BodyLayout;
  readonly text: string;
  readonly names: readonly string[];
  /** For each variable, whether the body only reads it and a name stands for it, which may then be written in its place. */
  readonly isReplaced: readonly boolean[];
  /** Names that nothing else may have. */
  readonly taken: Set<string>;
}

/** What is written in the place of each variable, and the lines in front that say what that is. */
interface TurnNames {
  readonly written: ReadonlyMap<string, string>;
  readonly assigned: readonly NumberedLine[];
}

/** The lines of all turns; `undefined` when it is no loop over tables, or one that cannot be written out as it is. */
export function unrollLoop(node: SyntaxNode, place: LoopPlace): Replacement | undefined {
  const { text } = place.statement.tree;
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const body = fieldOf(node, "body");
  if (left === undefined || right === undefined || body === undefined) return undefined;
  const variables = left.kind === "identifier" ? [left] : left.children;
  const names = variables.map((variable) => textOf(text, variable));
  const isPlain =
    variables.every(({ kind }) => kind === "identifier") &&
    fieldOf(node, "alternative") === undefined &&
    !isOpaque(body, names, text);
  const turns = isPlain ? turnsOf(right, names.length, place) : undefined;
  const layout = layoutOf(node, body, text);
  if (turns === undefined || layout === undefined || !isOverTables(names, turns, body, place))
    return undefined;
  const isReplaced = names.map(
    (name, at) => turns.every((turn) => isName(turn[at])) && !bindsName(body, name, text),
  );
  const taken = new Set(
    place.program.statements.flatMap((statement) => namesIn(statement, statement.node)),
  );
  const loop: TableLoop = { body, layout, text, names, isReplaced, taken };
  const lines: NumberedLine[] = [];
  let last: TurnNames | undefined;
  for (const turn of turns) {
    last = namesOfTurn(loop, turn);
    const edits = valuesInPlace(body, text, last.written);
    const written = bodyLines(layout, applyEdits(text, edits));
    if (written === undefined || lines.length > MOST_LINES) return undefined;
    lines.push(...last.assigned, ...written);
  }
  // After the loop its variable still is what it was last.
  for (const [name, value] of last?.written ?? [])
    if (isReadElsewhere(name, node, place)) lines.push(assignment(loop, name, value));
  return inPlaceOf(node, lines, text);
}

/** A variable that the body binds anew has another name in each turn, so that what becomes of one table is not mixed with the next. */
function namesOfTurn(loop: TableLoop, turn: Turn): TurnNames {
  const written = new Map<string, string>();
  const assigned: NumberedLine[] = [];
  for (const [at, name] of loop.names.entries()) {
    const value = turn[at] ?? "";
    if (loop.isReplaced[at] === true) {
      written.set(name, value);
      continue;
    }
    const own = isName(value)
      ? freeName(loop.taken, [`${name}_${value}`, ...numbered(`${name}_${value}`)])
      : name;
    if (own !== name) written.set(name, own);
    assigned.push(assignment(loop, own, value));
  }
  return { written, assigned };
}

function assignment({ layout }: TableLoop, name: string, value: string): NumberedLine {
  return { text: `${layout.outside}${name} = ${value}`, line: layout.from };
}

/** Whether a variable stands for tables, and none has the name of a variable. */
function isOverTables(
  names: readonly string[],
  turns: readonly Turn[],
  body: SyntaxNode,
  place: LoopPlace,
): boolean {
  if (turns.some((turn) => turn.some((value) => names.includes(value)))) return false;
  return names.some((name, at) =>
    isUsedAsTable({ name, elements: turns.map((turn) => turn[at] ?? "") }, body, place),
  );
}

function isName(value: string | undefined): boolean {
  return value !== undefined && /^[A-Za-z_]/u.test(value);
}

/** Whether anything behind the loop may read what the variable is then. */
function isReadElsewhere(
  name: string,
  loop: SyntaxNode,
  { program, statement }: LoopPlace,
): boolean {
  const isRead = program.statements.some(
    ({ facts, position }) =>
      (position > statement.position && facts.readsBeforeWrite.includes(name)) ||
      facts.definition?.freeReads.includes(name) === true,
  );
  let isBeside = false;
  walk(statement.node, (node) => {
    if (node === loop) return false;
    isBeside ||= node.kind === "identifier" && textOf(statement.tree.text, node) === name;
    return undefined;
  });
  return isRead || isBeside;
}

/** Whether a body may leave its loop, or means a variable in a way that another name would not: in a function or a text. */
function isOpaque(body: SyntaxNode, names: readonly string[], text: string): boolean {
  let found = false;
  walk(body, (node) => {
    found ||=
      /^(?:(?:break|continue|return)_statement|yield|await|\w+_definition)$/u.test(node.kind) ||
      (node.kind === "string" && names.some((name) => textOf(text, node).includes(`@${name}`)));
    return undefined;
  });
  return found;
}
