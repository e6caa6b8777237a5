/** A column that is picked by its place: `df.iloc[:, -1]`, `df[df.columns[-1]]`, `df.values[:, 8]`. Its name is known where a run has shown the table's columns, or the notebook lists them. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf } from "../../python/syntax.ts";
import type { FeatureStatement } from "../feature-program.ts";
import type { Trace } from "./target-trace.ts";
import { assignmentOf, literalOrConstant, writtenOut } from "./target-trace.ts";

/** A place in a named table. */
export interface PlaceInTable {
  readonly table: SyntaxNode;
  readonly name: string;
  /** Counted from the end when negative. */
  readonly position: number;
  readonly statement: FeatureStatement;
}

/** The one column that a subscript picks by place; `undefined` when it is no such subscript. */
export function placeInTable(trace: Trace, node: SyntaxNode): PlaceInTable | undefined {
  const { statement } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const value = fieldOf(node, "value");
  const keys = fieldsOf(node, "subscript");
  const last = keys.at(-1);
  if (value === undefined || last === undefined) return undefined;
  if (keys.length === 1) {
    // `df[df.columns[-1]]`
    const columns = last.kind === "subscript" ? fieldOf(last, "value") : undefined;
    const index = last.kind === "subscript" ? fieldsOf(last, "subscript")[0] : undefined;
    const position = index === undefined ? undefined : singlePlace(index, text);
    if (columns === undefined || position === undefined || value.kind !== "identifier")
      return undefined;
    return text(columns) === `${text(value)}.columns`
      ? { table: value, name: text(value), position, statement }
      : undefined;
  }
  const position = keys.length === 2 ? singlePlace(last, text) : undefined;
  if (position === undefined) return undefined;
  const found = tableOf(trace, value);
  return found === undefined ? undefined : { ...found, position };
}

/** The column's name at that place; `undefined` when nothing shows it. */
export function columnAt(trace: Trace, place: PlaceInTable): string | undefined {
  const columns = columnsOf(trace, place);
  return columns?.at(place.position);
}

/** `-1`, `4`, `[4]`, `2:3`, `-1:`. */
function singlePlace(key: SyntaxNode, text: (of: SyntaxNode) => string): number | undefined {
  const written = text(key).replaceAll(/\s/gu, "");
  if (/^-?\d+$/u.test(written)) return Number(written);
  if (/^\[-?\d+\]$/u.test(written)) return Number(written.slice(1, -1));
  if (written === "-1:") return -1;
  const [, from, to] = /^(-?\d+):(-?\d+)$/u.exec(written) ?? [];
  return from !== undefined && Number(to) - Number(from) === 1 && Number(to) !== 0
    ? Number(from)
    : undefined;
}

type Table = Omit<PlaceInTable, "position">;

/** The table whose columns are meant: `df` in `df.iloc`, `df.values`, and a name that was bound to these. */
function tableOf(trace: Trace, node: SyntaxNode): Table | undefined {
  const { program, statement, depth } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  if (depth > 60) return undefined;
  const next: Trace = { ...trace, depth: depth + 1 };
  if (node.kind === "attribute") {
    const object = fieldOf(node, "object");
    const name = fieldOf(node, "attribute");
    if (object === undefined || name === undefined) return undefined;
    if (!["iloc", "values"].includes(text(name))) return undefined;
    return object.kind === "identifier"
      ? { table: object, name: text(object), statement }
      : tableOf(next, object);
  }
  if (node.kind === "call") {
    const callee = fieldOf(node, "function");
    const [first] = fieldOf(node, "arguments")?.children ?? [];
    const called = callee === undefined ? "" : text(callee);
    const object = callee === undefined ? undefined : fieldOf(callee, "object");
    if (called.endsWith(".to_numpy") && object?.kind === "identifier")
      return { table: object, name: text(object), statement };
    return /^(?:np|numpy)\.(?:as)?array$/u.test(called) && first?.kind === "identifier"
      ? { table: first, name: text(first), statement }
      : undefined;
  }
  if (node.kind !== "identifier") return undefined;
  const name = text(node);
  const binder = program.statements.findLast(
    ({ position, facts }) => position < statement.position && facts.mayWrite.includes(name),
  );
  const bound = binder === undefined ? undefined : assignmentOf(binder);
  return binder !== undefined && bound?.left.kind === "identifier"
    ? tableOf({ ...next, statement: binder }, bound.right)
    : undefined;
}

function columnsOf(trace: Trace, { name, statement }: PlaceInTable): readonly string[] | undefined {
  const { program, columnsAfter } = trace;
  const changes = program.statements.filter(
    ({ facts }) =>
      facts.mayWrite.includes(name) ||
      facts.mutations.some((mutation) => mutation.certain && mutation.name === name),
  );
  const here = changes.filter(({ cell }) => cell === statement.cell);
  if (here.every(({ position }) => position < statement.position)) {
    const shown = columnsAfter(statement.cell, name);
    if (shown !== undefined) return shown;
  }
  if (here.every(({ position }) => position >= statement.position)) {
    const shown = columnsAfter(statement.cell - 1, name);
    if (shown !== undefined) return shown;
  }
  const before = changes.filter(({ position }) => position < statement.position);
  const [only] = before;
  return only !== undefined && before.length === 1 ? listedColumns(trace, only) : undefined;
}

/** `pd.read_csv(path, names=[…])`. */
function listedColumns(trace: Trace, reader: FeatureStatement): readonly string[] | undefined {
  const right = assignmentOf(reader)?.right;
  const callee = right?.kind === "call" ? fieldOf(right, "function") : undefined;
  const { text } = reader.tree;
  if (right === undefined || callee === undefined) return undefined;
  if (!/\.read_(?:csv|table|fwf)$/u.test(text.slice(callee.start, callee.end))) return undefined;
  const keywords = new Map(
    (fieldOf(right, "arguments")?.children ?? []).flatMap((child) => {
      const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
      const value = child.kind === "keyword_argument" ? fieldOf(child, "value") : undefined;
      return key === undefined || value === undefined
        ? []
        : [[text.slice(key.start, key.end), value] as const];
    }),
  );
  const names = keywords.get("names");
  if (names === undefined || keywords.has("usecols") || keywords.has("index_col")) return undefined;
  const list = writtenOut({ ...trace, statement: reader }, names);
  if (list.node.kind !== "list") return undefined;
  const found = list.node.children.map((child) =>
    literalOrConstant({ ...trace, statement: list.statement }, child),
  );
  return found.every((name) => name !== undefined) ? found : undefined;
}
