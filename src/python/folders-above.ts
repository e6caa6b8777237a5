/**
 * How far above the working directory a text leads, as its paths say: `"../data/raw.csv"`, `Path.cwd().parent / "data"`.
 * A guess that decides what is copied before the text runs; a path that only the run knows is found by the run.
 */
import { notePath, type PathScope, pathOf } from "./path-text.ts";
import { type SyntaxNode, type SyntaxTree, textOf, walk } from "./syntax.ts";

/** @param trees Texts that share one scope, in the order in which they run. */
export function foldersAbove(trees: readonly SyntaxTree[]): number {
  const known = new Map<string, string>();
  let most = 0;
  for (const { root, text } of trees) {
    const scope = { text, known };
    walk(root, (node) => {
      notePath(node, scope);
      const path = pathOf(node, scope) ?? partlyWritten(node, scope);
      if (path === undefined) return undefined;
      most = Math.max(most, highest(path));
      return false;
    });
  }
  return most;
}

/** A text with values in it, or over several lines: `f"../data/{name}.csv"`. */
function partlyWritten(node: SyntaxNode, { text }: PathScope): string | undefined {
  if (node.kind !== "string") return undefined;
  const content = node.children.filter(({ kind }) => kind === "string_content");
  return content.map((part) => textOf(text, part)).join("");
}

/** The most folders above its start that following a path passes through. An address leads nowhere on this machine. */
function highest(path: string): number {
  if (path.includes("://")) return 0;
  let depth = 0;
  let most = 0;
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    most = Math.max(most, -depth);
  }
  return most;
}
