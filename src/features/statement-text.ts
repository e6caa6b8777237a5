/** The user's lines: a statement's own text with its comments, ready to stand in a function body. */
import type { Span } from "../base/text-span.ts";
import { walk } from "../python/syntax.ts";
import type { FeatureStatement } from "./feature-program.ts";
import type { StagedLines } from "./staging.ts";
import type { Edit } from "./value.ts";
import { applyEdits } from "./value.ts";

/** The statement with the comment lines right above it and the comment behind it. */
export function stagedText(
  statement: FeatureStatement,
  edits: readonly Edit[],
  side: "fit" | "serve",
): StagedLines {
  const { tree, facts, cell } = statement;
  const { text } = tree;
  const body = applyEdits(text, facts.span, [...edits, ...parameterEdits(statement)], side);
  const trailed = trailingComment(statement);
  const above = commentsAbove(statement);
  return {
    cell,
    line: facts.line,
    text: `${above}${body}${trailed}`,
    depth: 0,
    rigidLines: rigidLines(statement, body, above),
  };
}

/** Text of a part of a statement as `fit` has it: with parameters in the place of the literals they stand for. */
export function learnedText(statement: FeatureStatement, span: Span): string {
  return applyEdits(statement.tree.text, span, parameterEdits(statement), "fit");
}

function parameterEdits({ parameters }: FeatureStatement): readonly Edit[] {
  return parameters.map(({ span, variable }) => ({
    span,
    fit: () => variable,
    serve: () => variable,
  }));
}

/** A comment on the statement's last line; a `#` inside a string of the next statement is none. */
function trailingComment({ tree, facts }: FeatureStatement): string {
  const [whole, gap, comment] =
    /^([ \t]*;?[ \t]*)(#[^\n]*)/u.exec(tree.text.slice(facts.span.end)) ?? [];
  if (whole === undefined || gap === undefined || comment === undefined) return "";
  return tree.comments.some(({ start }) => start === facts.span.end + gap.length)
    ? `  ${comment}`
    : "";
}

/** Whole-line comments directly above, without a blank line between. */
function commentsAbove({ tree, facts }: FeatureStatement): string {
  const lines = tree.text.slice(0, facts.span.start).split("\n");
  lines.pop();
  const kept: string[] = [];
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? "";
    if (!/^\s*#/u.test(line)) break;
    kept.unshift(`${line.trim()}\n`);
  }
  return kept.join("");
}

/** Lines of `body` that begin inside a string, counted with the comment lines above. Strings are never edited across lines. */
function rigidLines(
  { node, tree }: FeatureStatement,
  body: string,
  above: string,
): readonly number[] {
  const strings: string[] = [];
  walk(node, (child) => {
    if (child.kind !== "string") return undefined;
    const text = tree.text.slice(child.start, child.end);
    if (text.includes("\n")) strings.push(text);
    return false;
  });
  const offset = above.split("\n").length - 1;
  const rigid: number[] = [];
  let from = 0;
  for (const string of strings) {
    const start = body.indexOf(string, from);
    if (start === -1) continue;
    from = start + string.length;
    const first = body.slice(0, start).split("\n").length - 1;
    const count = string.split("\n").length - 1;
    for (let line = 1; line <= count; line += 1) rigid.push(offset + first + line);
  }
  return rigid;
}
