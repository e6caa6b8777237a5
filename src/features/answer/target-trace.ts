/** What tracing the target reads off the notebook's text: names of columns, constants, assignments. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { TargetStep } from "./target-steps.ts";

/** Columns of a table at the end of a cell, as a run has shown them. */
export type ColumnsAfter = (cell: number, name: string) => readonly string[] | undefined;

/** The predicted column. */
export interface Target {
  /** Name of the column, when the target is a column of a table; of several the first. */
  readonly label: string | undefined;
  /** Names of all predicted columns, when there are several. */
  readonly labels: readonly string[];
  /** Column whose values the answers are given in: another one when the label is made from it. */
  readonly source: string | undefined;
  /** Operations in the order in which the notebook does them, those that only change the container left out. */
  readonly steps: readonly TargetStep[];
  /** Where the column is taken out of its table. */
  readonly taken: { readonly statement: FeatureStatement; readonly node: SyntaxNode } | undefined;
}

/** The variable of a loop whose body is looked at once, and the texts it goes through; empty when they are none. */
export interface Rounds {
  readonly name: string;
  readonly values: readonly string[];
}

/** What a trace looks at. */
export interface Trace {
  readonly program: FeatureProgram;
  readonly statement: FeatureStatement;
  readonly depth: number;
  readonly columnsAfter: ColumnsAfter;
  readonly rounds?: Rounds | undefined;
  /** Traces one expression back to where a column is taken out of a table; here so that the files need not import each other. */
  readonly expression: (trace: Trace, node: SyntaxNode) => Traced;
}

/** A target without what happened to the column inside its table. */
export interface Traced extends Omit<Target, "source"> {
  /** The table it is taken from. */
  readonly table: SyntaxNode | undefined;
}

/** The assignment that a statement is. */
export function assignmentOf(statement: FeatureStatement):
  | {
      readonly node: SyntaxNode;
      readonly left: SyntaxNode;
      readonly right: SyntaxNode;
    }
  | undefined {
  const node =
    statement.node.kind === "expression_statement" ? statement.node.children[0] : undefined;
  if (node?.kind !== "assignment" && node?.kind !== "augmented_assignment") return undefined;
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  return left === undefined || right === undefined ? undefined : { node, left, right };
}

/** `"price"`, `["a", "b"]`, or a constant that holds one of these. */
export function columnNames(trace: Trace, key: SyntaxNode): readonly string[] | undefined {
  const { rounds } = trace;
  const text = trace.statement.tree.text.slice(key.start, key.end);
  if (key.kind === "identifier" && text === rounds?.name)
    return rounds.values.length > 0 ? rounds.values : undefined;
  const { node, statement } = writtenOut(trace, key);
  if (node.kind !== "list" && node.kind !== "tuple") {
    const name = literalOrConstant(trace, key);
    return name === undefined ? undefined : [name];
  }
  const names = node.children.map((child) => literalOrConstant({ ...trace, statement }, child));
  return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
}

/** A string written there, or a constant that holds one. */
export function literalOrConstant(
  trace: Pick<Trace, "program" | "statement">,
  node: SyntaxNode,
): string | undefined {
  const { program, statement } = trace;
  const text = statement.tree.text.slice(node.start, node.end);
  const literal = /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(text)?.[2];
  if (literal !== undefined || node.kind !== "identifier") return literal;
  const binders = program.statements.filter(({ facts }) => facts.mayWrite.includes(text));
  const constant = binders.length === 1 ? binders[0]?.facts.constant : undefined;
  return constant?.literal.kind === "string" && typeof constant.literal.value === "string"
    ? constant.literal.value
    : undefined;
}

/** What a name stands for that is bound once, to a list or dictionary that nothing changes; the node itself otherwise. */
export function writtenOut(
  { program, statement }: Pick<Trace, "program" | "statement">,
  node: SyntaxNode,
): { readonly node: SyntaxNode; readonly statement: FeatureStatement } {
  if (node.kind !== "identifier") return { node, statement };
  const name = statement.tree.text.slice(node.start, node.end);
  const binders = program.statements.filter(
    ({ facts }) =>
      facts.mayWrite.includes(name) ||
      facts.mutations.some((mutation) => mutation.certain && mutation.name === name),
  );
  const [binder] = binders;
  const bound = binder === undefined || binders.length > 1 ? undefined : assignmentOf(binder);
  return binder === undefined || bound?.left.kind !== "identifier"
    ? { node, statement }
    : { node: bound.right, statement: binder };
}

/** The text of a number: a literal, or a constant that holds one. */
export function numberOf(trace: Trace, node: SyntaxNode): string | undefined {
  const found = writtenOut(trace, node);
  const text = found.statement.tree.text.slice(found.node.start, found.node.end);
  if (found.node.kind === "parenthesized_expression" && found.node.children[0] !== undefined)
    return numberOf({ ...trace, statement: found.statement }, found.node.children[0]);
  return /^-?\s*(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u.test(text)
    ? text.replaceAll(/\s/gu, "")
    : undefined;
}

/** Whether a name is imported: `np.log(y)` is a function of a library, `y.log()` none. */
export function isModule({ program }: Trace, name: string): boolean {
  return program.statements.some(({ facts }) => facts.imports.some((bound) => bound.name === name));
}
