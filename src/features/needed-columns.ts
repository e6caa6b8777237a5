/**
 * Which raw columns a request must bring. A column is left out only when the notebook drops it by name and names it nowhere else; the
 * generated `transform` then never looks at it, so that a column left out by mistake shows in the proof.
 */

import type { PythonParser } from "../python/parse.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../python/syntax.ts";
import type { Target } from "./answer/target-trace.ts";
import { ROW_ATTRIBUTES } from "./knowledge.ts";
import type { Part } from "./parts.ts";
import type { DroppedColumn, Scope } from "./scope.ts";
import type { NeededColumns, ServedEntity } from "./staging.ts";
import type { StagingDraft } from "./staging-draft.ts";

/** What is looked at. */
export interface NeededColumnsRequest {
  readonly seen: Scope["seen"];
  readonly target: Target | undefined;
  readonly parser: PythonParser;
  readonly draft: StagingDraft;
  readonly entity: ServedEntity | undefined;
  /** The matrix, and the statement that asks the model with it. */
  readonly result: Part;
  readonly end: Scope;
}

/**
 * The needed columns, and for people why some are not.
 *
 * @param label What the predicted column is called in the raw table.
 */
export function neededColumns(
  walked: NeededColumnsRequest,
  label: string | undefined,
): {
  readonly needed: NeededColumns;
  readonly because: readonly string[];
} {
  const { seen, target, parser, draft, entity } = walked;
  const mentions = countStrings(parser, draft);
  // Of entities, every column may be asked for nulls or duplicates, which decide on what rows they are made of.
  const dropped = entity === undefined ? [...seen.droppedColumns] : [];
  const unread = dropped
    .filter(([name]) => name !== target?.label && (mentions.get(name) ?? 0) <= 1)
    .filter(([, column]) => !isStillUsed(column, walked))
    .map(([name]) => name)
    .toSorted();
  // A column of the data set's target that the notebook adds under another name does not come with a request either.
  const added = seen.datasetTarget && target?.label !== undefined ? [target.label] : [];
  const labels = [
    ...(label === undefined ? [] : [label]),
    ...added,
    ...(target?.labels ?? []).filter((name) => name !== target?.label),
  ];
  const names = [...new Set([...labels, ...unread])];
  return {
    needed: { kind: "all-but", names },
    because: unread.map(
      (name) => `column "${name}" is dropped before anything reads it: requests need not bring it`,
    ),
  };
}

/** How often each string stands in the lines of `transform`. */
function countStrings(parser: PythonParser, draft: StagingDraft): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of [...draft.transform, ...draft.shared]) {
    walk(parser.parse(text).root, (node) => {
      const word =
        node.kind === "string"
          ? text.slice(node.start + 1, node.end - 1)
          : node.kind === "identifier"
            ? text.slice(node.start, node.end)
            : undefined;
      if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
      return undefined;
    });
  }
  return counts;
}

/** Attributes of a table that hold no values of its columns. */
const OF_TABLE: ReadonlySet<string> = new Set(["index", "shape", "size"]);

/** Whether a table that still has the column is used as a whole behind the statement that drops it: `small = df.drop(columns="a")`, then `df`. */
function isStillUsed(
  { by, keptIn }: DroppedColumn,
  { parser, draft, result, end }: NeededColumnsRequest,
): boolean {
  const tables = new Set(keptIn);
  const later = draft.transform.filter(
    ({ cell, line }) => cell > by.cell || (cell === by.cell && line > by.facts.endLine),
  );
  for (const { text, depth } of later) {
    const [statement] = parser.parse(text).root.children;
    const assigned = statement?.children[0];
    const left = assigned?.kind === "assignment" ? fieldOf(assigned, "left") : undefined;
    const right = assigned?.kind === "assignment" ? fieldOf(assigned, "right") : undefined;
    const isBinding = left?.kind === "identifier" && right !== undefined;
    if (statement !== undefined && usesWhole(isBinding ? right : statement, text, tables))
      return true;
    if (isBinding && depth === 0) tables.delete(text.slice(left.start, left.end));
  }
  return usesWhole(result.node, end.statement.tree.text, tables);
}

/** Whether code uses one of the tables other than for a column that it names. */
function usesWhole(code: SyntaxNode, text: string, tables: ReadonlySet<string>): boolean {
  const isTable = (node: SyntaxNode | undefined): boolean =>
    node?.kind === "identifier" && tables.has(text.slice(node.start, node.end));
  let isUsed = false;
  walk(code, (node) => {
    if (isUsed) return false;
    if (node.kind === "subscript" && isTable(fieldOf(node, "value")))
      return !fieldsOf(node, "subscript").every(namesColumns);
    const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
    if (callee?.kind === "attribute" && isTable(fieldOf(callee, "object"))) isUsed = true;
    if (node.kind === "attribute" && isTable(fieldOf(node, "object"))) {
      const attribute = fieldOf(node, "attribute");
      const name = attribute === undefined ? "" : text.slice(attribute.start, attribute.end);
      isUsed ||= ROW_ATTRIBUTES[name] !== undefined && !OF_TABLE.has(name);
      return false;
    }
    isUsed ||= isTable(node);
    return undefined;
  });
  return isUsed;
}

function namesColumns(key: SyntaxNode): boolean {
  return (
    key.kind === "string" ||
    (key.kind === "list" && key.children.every(({ kind }) => kind === "string"))
  );
}
