/**
 * One call of a function as the function's own lines. A call binds parameters to arguments and runs the body, which assignments and the
 * body's lines do as well as long as no name of the function meets one of the notebook: names are the notebook's where they stand for
 * the same table, and new ones otherwise.
 */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import { placeAt } from "../../base/text-span.ts";
import type { TextEdit } from "../../python/edit.ts";
import { applyEdits } from "../../python/edit.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, withoutParentheses } from "../../python/syntax.ts";
import type { FeatureProgram } from "../feature-program.ts";
import { bindArguments } from "./bound-arguments.ts";
import type { FoundCall } from "./found-call.ts";
import type { HelperDefinition } from "./helper-definition.ts";
import { whyNotMoved } from "./helper-definition.ts";
import type { NewNames } from "./new-names.ts";
import { openBranches } from "./open-branches.ts";
import { planNames } from "./planned-names.ts";
import type { Replacements } from "./renamed-text.ts";
import { renamed } from "./renamed-text.ts";
import { ownLines, writeStatement } from "./written-statements.ts";

/** A line of the notebook with the call written out. */
export interface InlinedLine {
  readonly text: string;
  /** The line of the function that it is, counted from 1; `undefined` for the call's own. */
  readonly ofFunction: number | undefined;
}

/** The lines that stand for the lines `from` to `to` of the call's text. */
export interface InlinedCall {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly InlinedLine[];
}

/**
 * Writes a call out.
 *
 * @returns An error that says why not, as the end of a sentence about the function.
 */
export function inlineCall(
  found: FoundCall,
  definition: HelperDefinition,
  { program, newNames }: { readonly program: FeatureProgram; readonly newNames: NewNames },
): Result<InlinedCall, string> {
  const { host, statement, call } = found;
  const callText = statement.tree.text;
  const place = ownLines(host, callText);
  if (place === undefined) return err("its call shares a line with other statements");
  const bound = bindArguments(found, definition);
  if (!bound.ok) return bound;
  const { tree } = definition.statement;
  const body = openBranches(definition, bound.value);
  const reason = whyNotMoved(body, (node) => placeAt(tree.text, node.start).line);
  if (reason !== undefined) return err(reason);
  const last = body.at(-1);
  const returned = last?.kind === "return_statement" ? last.children[0] : undefined;
  const statements = last?.kind === "return_statement" ? body.slice(0, -1) : body;
  const names = planNames(
    { program, found, definition, arguments: bound.value, body: statements, returned },
    newNames,
  );
  if (!names.ok) return names;
  const { assignments, replacementsAt, end, results } = names.value;
  const { indent } = place;
  const lines: InlinedLine[] = assignments.flatMap(({ name, text }) =>
    asLines(`${indent}${name} = ${text}`),
  );
  for (const [at, node] of statements.entries()) {
    if (node.kind === "pass_statement") continue;
    const edits = editsOf(node, replacementsAt(at), tree.text);
    for (const { text, from } of writeStatement(node, { tree, edits, indent }))
      lines.push({ text, ofFunction: from });
  }
  const value =
    returned === undefined
      ? "None"
      : applyEdits(
          tree.text.slice(returned.start, returned.end),
          shifted(renamed(returned, tree.text, end), returned.start),
        );
  const isPlain = returned === undefined || ["identifier", "none"].includes(returned.kind);
  const placed = wholeOf(host, call);
  const before = callText.slice(host.start, placed.start);
  const behind = callText.slice(placed.end, host.end);
  const isWhole = before === "" && behind === "";
  if (found.method?.name === "__init__") {
    // The object is what its variables are.
  } else if (results !== undefined) {
    for (const text of results) lines.push(...asLines(indent + text));
  } else if (!isWhole || !isPlain) {
    const isAlone = isPlain || (behind === "" && (isWhole || before.trimEnd().endsWith("=")));
    lines.push(...asLines(`${indent}${before}${isAlone ? value : `(${value})`}${behind}`));
  }
  if (lines.every(({ text }) => /^\s*(?:#.*)?$/u.test(text)))
    lines.push(...asLines(`${indent}pass`));
  return ok({ from: place.from, to: place.to, lines });
}

/** The first assignment to a parameter reads what was given and binds what is given back. */
function editsOf(
  node: SyntaxNode,
  { reading, binding }: { readonly reading: Replacements; readonly binding: Replacements },
  text: string,
): readonly TextEdit[] {
  const assignment = node.kind === "expression_statement" ? node.children[0] : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  if (assignment === undefined || right === undefined) return renamed(node, text, binding);
  return assignment.children.flatMap((child) =>
    renamed(child, text, child === right ? reading : binding),
  );
}

/** The call with the parentheses around it, where these hold nothing else and are all that an assignment has on its right side. */
function wholeOf(host: SyntaxNode, call: SyntaxNode): SyntaxNode {
  const [expression] = host.children;
  const right = expression?.kind === "assignment" ? fieldOf(expression, "right") : expression;
  return right !== undefined && withoutParentheses(right) === call ? right : call;
}

function shifted(edits: readonly TextEdit[], by: number): readonly TextEdit[] {
  return edits.map(({ span, text }) => ({
    text,
    span: { start: span.start - by, end: span.end - by },
  }));
}

function asLines(text: string): readonly InlinedLine[] {
  return text.split("\n").map((line) => ({ text: line, ofFunction: undefined }));
}
