/** Through which name something is reached. */
import { fieldOf, type SyntaxNode, textOf } from "../syntax.ts";

/** The name an access path begins with: `df` in `df["a"].values[0]`. */
export function baseName(node: SyntaxNode, text: string): string | undefined {
  let at: SyntaxNode | undefined = node;
  while (at !== undefined && at.kind !== "identifier") {
    at =
      fieldOf(at, "object") ??
      fieldOf(at, "value") ??
      fieldOf(at, "function") ??
      (at.kind === "parenthesized_expression" ? at.children[0] : undefined);
  }
  return at === undefined ? undefined : textOf(text, at);
}
