/** New names for columns as the notebook writes them: a list, a mapping, or a rule made of string methods. */
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import type { Renaming } from "./raw-names.ts";
import type { Scope } from "./scope.ts";
import { sourceOf, stringLiteral, stringLiterals } from "./scope.ts";

/** The renaming of `df.columns = RIGHT`. */
export function renamingOfAssignment(right: SyntaxNode, scope: Scope): Renaming {
  const names = stringLiterals(scope, right) ?? namesOfConstant(right, scope);
  if (names !== undefined) return { kind: "list", names };
  const rule = ruleOf(right, scope);
  return rule === undefined ? { kind: "unknown" } : { kind: "rule", apply: rule };
}

/** The renaming of `df.rename(columns=MAPPING)`. */
export function renamingOfMapping(mapping: SyntaxNode, scope: Scope): Renaming {
  if (mapping.kind !== "dictionary") return { kind: "unknown" };
  const names = new Map<string, string>();
  for (const pair of mapping.children) {
    const key = stringLiteral(scope, fieldOf(pair, "key"));
    const value = stringLiteral(scope, fieldOf(pair, "value"));
    if (key === undefined || value === undefined) return { kind: "unknown" };
    names.set(key, value);
  }
  return { kind: "mapping", names };
}

function namesOfConstant(node: SyntaxNode, scope: Scope): readonly string[] | undefined {
  if (node.kind !== "identifier") return undefined;
  const value = scope.names.get(sourceOf(scope, node));
  return value?.kind === "constant" ? value.strings : undefined;
}

const SIMPLE_RULES: Readonly<Record<string, (name: string) => string>> = {
  lower: (name) => name.toLowerCase(),
  upper: (name) => name.toUpperCase(),
  strip: (name) => name.trim(),
};

/** `df.columns.str.lower().str.replace(" ", "_")` as a rule for one name. */
function ruleOf(node: SyntaxNode, scope: Scope): ((name: string) => string) | undefined {
  if (node.kind === "attribute") {
    const attribute = fieldOf(node, "attribute");
    const object = fieldOf(node, "object");
    if (attribute === undefined || object === undefined) return undefined;
    const name = sourceOf(scope, attribute);
    if (name === "str") return ruleOf(object, scope);
    return name === "columns" ? (text) => text : undefined;
  }
  const callee = node.kind === "call" ? fieldOf(node, "function") : undefined;
  const accessor = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  const method = callee?.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  if (accessor === undefined || method === undefined) return undefined;
  const before = ruleOf(accessor, scope);
  if (before === undefined) return undefined;
  const list = fieldOf(node, "arguments")?.children ?? [];
  const name = sourceOf(scope, method);
  const simple = SIMPLE_RULES[name];
  if (simple !== undefined && list.length === 0) return (text) => simple(before(text));
  const [from, to, ...more] = list.map((argument) => stringLiteral(scope, argument));
  const isPlain = from !== undefined && to !== undefined && more.length === 0;
  return name === "replace" && isPlain && from !== ""
    ? (text) => before(text).replaceAll(from, to)
    : undefined;
}
