/**
 * What happens to the predicted column inside its table, before it is taken out. Statements that write other columns only, that leave rows
 * out or that add columns are passed over; what may change the column in a way that is not understood is told as such.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { namesIn } from "../feature-program.ts";
import { TABLE_READERS } from "../library-roles.ts";
import { sliceFeatures } from "../slice-features.ts";
import type { TargetStep } from "./target-steps.ts";
import type { Trace } from "./target-trace.ts";
import { assignmentOf, columnNames, literalOrConstant } from "./target-trace.ts";

/** The changes of one column. */
export interface ColumnChanges {
  readonly steps: readonly TargetStep[];
  /** The column whose values these are: another one when this is made from it. */
  readonly source: string;
}

/** A column where it is taken out of its table. */
export interface TakenColumn {
  readonly label: string;
  readonly taken: { readonly statement: FeatureStatement; readonly node: SyntaxNode };
  readonly table: SyntaxNode | undefined;
}

/** All changes in the order in which the notebook makes them. */
export function changesOfColumn(outer: Trace, column: TakenColumn): ColumnChanges {
  const { program } = outer;
  const { label, taken } = column;
  let steps: TargetStep[] = [];
  let source = label;
  const earlier = statementsBefore(program, column);
  for (const statement of program.statements) {
    if (statement.position >= taken.statement.position) break;
    // A column of the same name in another table is another one.
    if (statement.node.kind === "expression_statement" && !earlier.has(statement)) continue;
    const trace: Trace = { ...outer, statement, depth: 0 };
    if (mayChangeInBlock(trace, label))
      steps.push({ kind: "unknown", node: statement.node, statement });
    const inPlace = changeInPlace(trace, label);
    if (inPlace !== undefined) steps.push(inPlace);
    const bound = assignmentOf(statement);
    if (bound === undefined) continue;
    const written = columnsWritten(trace, bound.left);
    if (written === undefined) continue;
    if (written === "unknown" || (written.length > 1 && written.includes(label))) {
      steps.push({ kind: "unknown", node: bound.node, statement });
      continue;
    }
    if (!written.includes(label)) continue;
    const isWhole = bound.node.kind === "assignment" && isWholeColumn(bound.left);
    const found = trace.expression(trace, bound.right);
    if (!isWhole || found.label === undefined)
      steps.push({ kind: "unknown", node: bound.right, statement });
    else if (found.label === label) steps.push(...found.steps);
    else {
      const before = changesOfColumn(trace, {
        label: found.label,
        taken: { statement, node: bound.right },
        table: undefined,
      });
      source = before.source;
      steps = [...before.steps, ...found.steps];
    }
  }
  if (
    column.table !== undefined &&
    !keepsValues({ ...outer, statement: taken.statement }, column.table)
  )
    steps.push({ kind: "unknown", node: column.table, statement: taken.statement });
  return { steps, source };
}

/** What the table of a column may depend on where it is taken out. */
function statementsBefore(
  program: FeatureProgram,
  { taken, table }: TakenColumn,
): ReadonlySet<FeatureStatement> {
  const names = namesIn(taken.statement, table ?? taken.node);
  return new Set(sliceFeatures(program, [{ names, before: taken.statement.position }]).statements);
}

/** Names of the columns an assignment writes; `undefined` when it writes no columns of a table. */
function columnsWritten(trace: Trace, left: SyntaxNode): readonly string[] | "unknown" | undefined {
  const text = trace.statement.tree.text;
  if (left.kind === "attribute") {
    const object = fieldOf(left, "object");
    const name = fieldOf(left, "attribute");
    if (object?.kind !== "identifier" || name === undefined) return undefined;
    const written = text.slice(name.start, name.end);
    return written === "columns" || written === "index" ? undefined : [written];
  }
  if (left.kind !== "subscript") return undefined;
  const value = fieldOf(left, "value");
  const keys = fieldsOf(left, "subscript");
  const key = keys.at(-1);
  if (key === undefined || value === undefined) return undefined;
  const names = columnNames(trace, key);
  if (names !== undefined) return names;
  // `table[name] = …` of a name that is not known; `list[0] = …` and `array[mask] = …` are no columns.
  return key.kind === "integer" || key.kind === "comparison_operator" ? undefined : "unknown";
}

function isWholeColumn(left: SyntaxNode): boolean {
  if (left.kind === "attribute") return true;
  const key = fieldsOf(left, "subscript")[0];
  return fieldsOf(left, "subscript").length === 1 && key?.kind !== "list";
}

/** `df["y"].replace({…}, inplace=True)`, `df.replace({"y": {…}}, inplace=True)`. */
function changeInPlace(trace: Trace, label: string): TargetStep | undefined {
  const { statement } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  const node =
    statement.node.kind === "expression_statement" ? statement.node.children[0] : undefined;
  const callee = node?.kind === "call" ? fieldOf(node, "function") : undefined;
  const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  const attribute = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  if (node === undefined || object === undefined || attribute === undefined) return undefined;
  const list = fieldOf(node, "arguments");
  if (list === undefined || !/\binplace\s*=\s*True\b/u.test(text(list))) return undefined;
  const method = text(attribute);
  if (["replace", "mask", "where", "clip", "fillna"].includes(method)) {
    if (object.kind === "subscript" || object.kind === "attribute") {
      const found = trace.expression(trace, node);
      return found.label === label ? found.steps.at(-1) : undefined;
    }
    return method === "fillna" ? undefined : { kind: "unknown", node, statement };
  }
  return undefined;
}

/** Whether a loop or branch writes columns and may mean this one: it names it, or takes names that are not written out. */
function mayChangeInBlock(trace: Trace, label: string): boolean {
  const { statement } = trace;
  const { node, facts } = statement;
  if (facts.definition !== undefined || node.kind === "expression_statement") return false;
  let found = false;
  walk(node, (child) => {
    const left =
      child.kind === "assignment" || child.kind === "augmented_assignment"
        ? fieldOf(child, "left")
        : undefined;
    const key = left?.kind === "subscript" ? fieldsOf(left, "subscript").at(-1) : undefined;
    if (key === undefined) return undefined;
    const literal = literalOrConstant(trace, key);
    found ||= literal === undefined ? !loopsOverOthers(trace, label) : literal === label;
    return undefined;
  });
  return found;
}

/** `for column in ["age", "fare"]`, written there or in a constant, without the column. */
function loopsOverOthers(trace: Trace, label: string): boolean {
  const { node } = trace.statement;
  const right = node.kind === "for_statement" ? fieldOf(node, "right") : undefined;
  const names = right === undefined ? undefined : columnNames(trace, right);
  return names !== undefined && !names.includes(label);
}

/** Methods of tables that leave the values of a column as they are, but for rows that are left out and nulls that are filled. */
const KEEPING: ReadonlySet<string> = new Set([
  "copy",
  "drop",
  "drop_duplicates",
  "dropna",
  "fillna",
  "head",
  "infer_objects",
  "join",
  "merge",
  "query",
  "rename",
  "reset_index",
  "sample",
  "set_index",
  "sort_index",
  "sort_values",
  "tail",
  "filter",
  "reindex",
  "assign",
  "ffill",
  "bfill",
  "interpolate",
  "select_dtypes",
  "frame",
]);
const KEEPING_FUNCTIONS =
  /(?:^|\.)(?:DataFrame|concat|merge|get_dummies|shuffle|resample|deepcopy)$/u;
const LOADERS = /(?:^|\.)(?:read_\w+|load_\w+|fetch_\w+|make_\w+)$/u;

/** Whether a table has the column's values as they were read, whatever happened to it under its own name. */
function keepsValues(trace: Trace, node: SyntaxNode): boolean {
  const { program, statement, depth } = trace;
  const text = (of: SyntaxNode): string => statement.tree.text.slice(of.start, of.end);
  if (depth > 60) return false;
  const next: Trace = { ...trace, depth: depth + 1 };
  if (node.kind === "identifier") {
    const name = text(node);
    const binder = program.statements.findLast(
      ({ position, facts }) => position < statement.position && facts.mayWrite.includes(name),
    );
    const bound = binder === undefined ? undefined : assignmentOf(binder);
    if (binder === undefined || bound === undefined || bound.node.kind !== "assignment")
      return false;
    const inner: Trace = { ...next, statement: binder };
    if (bound.left.kind === "identifier") return keepsValues(inner, bound.right);
    const callee = fieldOf(bound.right, "function");
    const called = callee === undefined ? "" : binder.tree.text.slice(callee.start, callee.end);
    const [first] = fieldOf(bound.right, "arguments")?.children ?? [];
    const index = bound.left.children.findIndex(
      (child) => binder.tree.text.slice(child.start, child.end) === name,
    );
    return (
      called.endsWith("train_test_split") &&
      first !== undefined &&
      index <= 1 &&
      keepsValues(inner, first)
    );
  }
  if (node.kind === "list" || node.kind === "tuple")
    return node.children.every((child) => keepsValues(next, child));
  if (node.kind === "subscript") {
    const value = fieldOf(node, "value");
    return value !== undefined && keepsValues(next, value);
  }
  if (node.kind === "attribute") {
    const object = fieldOf(node, "object");
    const name = fieldOf(node, "attribute");
    return (
      object !== undefined &&
      name !== undefined &&
      ["loc", "iloc", "frame", "values"].includes(text(name)) &&
      keepsValues(next, object)
    );
  }
  if (node.kind !== "call") return false;
  const callee = fieldOf(node, "function");
  if (callee === undefined) return false;
  const known = statement.facts.calls.find(
    ({ span }) => span.start === node.start && span.end === node.end,
  )?.callee;
  const called = text(callee);
  if ((known !== undefined && TABLE_READERS.has(known)) || LOADERS.test(called)) return true;
  const [first] = fieldOf(node, "arguments")?.children ?? [];
  if (KEEPING_FUNCTIONS.test(called)) return first !== undefined && keepsValues(next, first);
  const object = fieldOf(callee, "object");
  const attribute = fieldOf(callee, "attribute");
  return (
    object !== undefined &&
    attribute !== undefined &&
    KEEPING.has(text(attribute)) &&
    keepsValues(next, object)
  );
}
