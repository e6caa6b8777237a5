/** Which environment variables a program reads by name: `os.environ["X"]`, `os.environ.get("X")`, `os.getenv("X")`. */

import type { ProgramFacts, StatementFacts } from "../python/facts.ts";
import { literalOf } from "../python/interpretation/literals.ts";
import type { PythonParser } from "../python/parse.ts";
import { fieldOf, type SyntaxNode, textOf, walk } from "../python/syntax.ts";
import { isProtected } from "../secrets/protected-environment.ts";
import { namePromise } from "../secrets/secret-name.ts";
import type { EnvironmentVariable } from "./plan.ts";

/**
 * Variables in the order of their names.
 *
 * @param given The environment of whoever asks. A variable that is not in it was not needed to get this far.
 */
export function environmentReads(
  texts: readonly string[],
  given: Readonly<Record<string, string | undefined>>,
  parser: PythonParser,
): readonly EnvironmentVariable[] {
  const required = new Map<string, boolean>();
  for (const text of texts) {
    if (!/environ|getenv/.test(text)) continue;
    walk(parser.parse(text).root, (node) => {
      const read = readIn(node, text);
      if (read !== undefined)
        required.set(read.name, required.get(read.name) === true || read.isSure);
      return true;
    });
  }
  return [...required.keys()].sort().map((name) => {
    const value = given[name];
    return {
      name,
      secret: value === undefined ? namePromise(name) !== "none" : isProtected(name, value),
      required: required.get(name) === true && value !== undefined,
    };
  });
}

const NAME = String.raw`(?:"[A-Za-z_]\w*"|'[A-Za-z_]\w*')`;
const LITERAL = String.raw`(?:None|[-\w.]*|"[^"\\\n]*"|'[^'\\\n]*')`;
const READING = new RegExp(
  String.raw`^[A-Za-z_]\w*\s*(?::\s*[\w |.]+)?=\s*(int\(|float\()?os\.(?:environ\[${NAME}\s*\]|(?:environ\.get|getenv)\(${NAME}(?:,\s*${LITERAL})?\))(\.encode\(\))?\)?$`,
);

/** `NAME = os.environ["…"]`: what a process is told when it starts can be read where it is needed, and is never stored. */
export function readsEnvironment(
  statement: StatementFacts,
  { facts }: { readonly facts: ProgramFacts },
): boolean {
  if (statement.kind !== "assignment" || statement.surelyWrites.length !== 1) return false;
  const text = facts.units[statement.unit]?.text.slice(statement.span.start, statement.span.end);
  return READING.test(text ?? "");
}

function readIn(
  node: SyntaxNode,
  text: string,
): { readonly name: string; readonly isSure: boolean } | undefined {
  const isSubscript = node.kind === "subscript";
  const of = fieldOf(node, isSubscript ? "value" : "function");
  if (of === undefined) return undefined;
  const pattern = isSubscript ? /\benviron$/ : /\b(?:environ\.(?:get|pop|setdefault)|getenv)$/;
  if (!pattern.test(textOf(text, of))) return undefined;
  const first = isSubscript ? fieldOf(node, "subscript") : fieldOf(node, "arguments")?.children[0];
  const name = first === undefined ? undefined : literalOf(first, text)?.value;
  if (typeof name !== "string" || !/^[A-Za-z_]\w*$/.test(name)) return undefined;
  return { name, isSure: isSubscript };
}
