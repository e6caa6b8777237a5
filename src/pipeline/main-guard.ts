/** `if __name__ == "__main__":` in a script that is run as `__main__`: a block whose condition is known. */
import type { TextEdit } from "../python/edit.ts";
import { fieldOf, type SyntaxNode, textOf, walk } from "../python/syntax.ts";

/** The block of `if __name__ == "__main__":` without an else, whose condition is known. */
export function guardedBlock(statement: SyntaxNode, text: string): SyntaxNode | undefined {
  const condition = statement.kind === "if_statement" ? fieldOf(statement, "condition") : undefined;
  const isGuard =
    condition !== undefined &&
    /^\(?\s*(?:__name__\s*==\s*(["'])__main__\1|(["'])__main__\2\s*==\s*__name__)\s*\)?$/.test(
      textOf(text, condition),
    );
  const hasElse = statement.children.some(({ field }) => field === "alternative");
  return isGuard && !hasElse ? fieldOf(statement, "consequence") : undefined;
}

/** The statements of a block as statements of the top level: its head goes, and the indentation where it is no text. */
export function unwrapBlock(
  statement: SyntaxNode,
  block: SyntaxNode,
  text: string,
): readonly TextEdit[] {
  const [first] = block.children;
  if (first === undefined) return [];
  const head = text.slice(statement.start, first.start);
  const lineStart = text.lastIndexOf("\n", first.start - 1) + 1;
  if (lineStart <= statement.start)
    return [{ span: { start: statement.start, end: first.start }, text: "" }];
  const colon = statement.start + head.indexOf(":", head.search(/__main__|__name__/));
  const indentation = text.slice(lineStart, first.start);
  const edits: TextEdit[] = [{ span: { start: statement.start, end: colon + 1 }, text: "" }];
  const strings: SyntaxNode[] = [];
  walk(block, (node) => {
    if (node.kind === "string") strings.push(node);
    return undefined;
  });
  const end = Math.max(statement.end, block.end);
  for (
    let at = text.indexOf("\n", colon) + 1;
    at > 0 && at < end;
    at = text.indexOf("\n", at) + 1
  ) {
    if (strings.some((node) => node.start < at && at < node.end)) continue;
    let length = 0;
    while (length < indentation.length && text[at + length] === indentation[length]) length += 1;
    if (length > 0) edits.push({ span: { start: at, end: at + length }, text: "" });
  }
  return edits;
}
