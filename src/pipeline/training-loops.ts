/**
 * `for name, model in models.items():` that fits each model and measures it at once, written as two loops: one that fits and one
 * that measures. Only where the order makes no difference: the models share nothing, measuring draws nothing and changes nothing
 * that fitting reads. Then training and evaluation can be steps of their own.
 *
 * Invariant: the number of lines is kept, and every line but the head of the loop stays where it was.
 */
import { applyEdits, type TextEdit } from "../python/edit.ts";
import type { PythonParser } from "../python/parse.ts";
import { fieldOf, type SyntaxNode, type SyntaxTree, textOf } from "../python/syntax.ts";
import { isMeasuringOnly } from "./measuring-body.ts";
import {
  areNamedModels,
  type NotebookNames,
  namesOf,
  separateModels,
  type TableShape,
} from "./separate-models.ts";

interface CellText {
  readonly python: string;
}

const MAY_HOLD = /^[ \t]+\w+\.fit\(/m;

/** A loop that was written as two: the index of its cell and its line in it, from 1. */
export interface SplitLoop {
  readonly unit: number;
  readonly line: number;
}

/** Cells with such loops written as two, and where. */
export function splitTrainingLoops<T extends CellText>(
  cells: readonly T[],
  parser: PythonParser,
): { readonly cells: readonly T[]; readonly loops: readonly SplitLoop[] } {
  if (!cells.some(({ python }) => MAY_HOLD.test(python))) return { cells, loops: [] };
  const trees = cells.map(({ python }) => parser.parse(python));
  const names = namesOf(trees);
  const loops: SplitLoop[] = [];
  const split = cells.map((cell, unit): T => {
    const tree = trees[unit];
    if (tree === undefined || tree.problems.length > 0 || !MAY_HOLD.test(cell.python)) return cell;
    const edits = tree.root.children.flatMap((statement) => {
      const found = editsOf(statement, tree, names);
      if (found.length > 0)
        loops.push({ unit, line: tree.text.slice(0, statement.start).split("\n").length });
      return found;
    });
    return edits.length === 0 ? cell : { ...cell, python: applyEdits(cell.python, edits) };
  });
  return { cells: split, loops };
}

function editsOf(
  statement: SyntaxNode,
  { text }: SyntaxTree,
  names: NotebookNames,
): readonly TextEdit[] {
  const loop = readLoop(statement, text, names);
  const [first, ...rest] = fieldOf(statement, "body")?.children ?? [];
  const right = fieldOf(statement, "right");
  if (loop === undefined || first === undefined || rest.length === 0 || right === undefined)
    return [];
  const fitted = argumentsOfFit(first, loop.model, text);
  if (fitted === undefined) return [];
  const { model, table } = loop;
  const untouched = new Set([...fitted, ...loop.targets, ...(table === undefined ? [] : [table])]);
  if (!isMeasuringOnly(rest, { text, names, model, table, untouched })) return [];
  const head = text.slice(statement.start, right.end);
  const gap = text.slice(right.end, first.start);
  const lines = /^[ \t]*:(?<beside>[^\n]*)\n(?<between>(?:[ \t]*(?:#[^\n]*)?\n)*)[ \t]*$/.exec(gap);
  const end = text.indexOf("\n", first.end);
  const isAlone = /^[ \t]*(#|$)/.test(text.slice(first.end, end === -1 ? text.length : end));
  if (lines?.groups === undefined || head.includes("\n") || !isAlone) return [];
  const { beside = "", between = "" } = lines.groups;
  // Comments of the head go to the second loop, and those above the call stay where they were.
  const comments = between.replaceAll(/^[ \t]+/gm, "");
  return [
    { span: { start: right.end, end: first.start }, text: ": " },
    {
      span: { start: first.end, end: first.end },
      text: `\n${comments}${head}:${beside.trimEnd()}`,
    },
  ];
}

interface Loop {
  /** The name of the table; none where the loop lists the models. */
  readonly table: string | undefined;
  readonly targets: readonly string[];
  /** The variable that holds each model. */
  readonly model: string;
}

/** A loop over a table of models that share nothing. */
function readLoop(statement: SyntaxNode, text: string, names: NotebookNames): Loop | undefined {
  const left = fieldOf(statement, "left");
  const right = fieldOf(statement, "right");
  if (statement.kind !== "for_statement" || left === undefined || right === undefined)
    return undefined;
  if (statement.tokens.some((token) => token.text === "async")) return undefined;
  if (fieldOf(statement, "alternative") !== undefined) return undefined;
  const isPattern = left.kind === "pattern_list" || left.kind === "tuple_pattern";
  const parts = isPattern ? left.children : [left];
  if (!parts.every(({ kind }) => kind === "identifier")) return undefined;
  const targets = parts.map((part) => textOf(text, part));
  const [only] = targets;
  if (targets.length === 1 && only !== undefined && areNamedModels(right, text, names))
    return { table: undefined, targets, model: only };
  const went = /^(?<table>\w+)(?:\.(?<way>items|values)\(\))?$/.exec(textOf(text, right))?.groups;
  const table = went?.["table"];
  if (table === undefined) return undefined;
  const shape = separateModels(table, names);
  const place = shape === undefined ? undefined : PLACES[`${shape} ${went?.["way"] ?? ""}`];
  if (place === undefined || targets.length !== place + 1) return undefined;
  const model = targets.at(-1);
  return model === undefined ? undefined : { table, targets, model };
}

/** By shape of the table and way of going through it, how many other variables stand before the model. */
const PLACES: Readonly<Partial<Record<`${TableShape} ${string}`, number>>> = {
  "mapping items": 1,
  "mapping values": 0,
  "models ": 0,
  "named ": 1,
};

/** The names that `model.fit(X, y)` is given; `undefined` where the statement is something else. */
function argumentsOfFit(
  statement: SyntaxNode,
  model: string,
  text: string,
): readonly string[] | undefined {
  const [call, ...others] = statement.children;
  if (statement.kind !== "expression_statement" || call?.kind !== "call" || others.length > 0)
    return undefined;
  const callee = fieldOf(call, "function");
  if (callee === undefined || textOf(text, callee) !== `${model}.fit`) return undefined;
  const found = new Set<string>();
  const isGiven = (node: SyntaxNode): boolean => {
    if (node.kind === "identifier") {
      found.add(textOf(text, node));
      return true;
    }
    const inner = node.kind === "attribute" ? fieldOf(node, "object") : undefined;
    return inner !== undefined && isGiven(inner);
  };
  const given = fieldOf(call, "arguments")?.children ?? [];
  return given.length > 0 && given.every(isGiven) ? [...found] : undefined;
}
