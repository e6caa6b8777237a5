/** Names that stand anywhere in Python texts: as variables, attributes or keywords. */
import type { PythonParser } from "../python/parse.ts";
import { walk } from "../python/syntax.ts";

/** All identifiers of the texts. */
export function identifiersIn(parser: PythonParser, texts: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of texts) {
    walk(parser.parse(text).root, (node) => {
      if (node.kind === "identifier") names.add(text.slice(node.start, node.end));
      return undefined;
    });
  }
  return names;
}
