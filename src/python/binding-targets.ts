/**
 * Which names an assignment target or a `match` pattern binds. Scopes and evaluation share it, so that they cannot disagree.
 */
import { fieldOf, type SyntaxNode } from "./syntax.ts";

/** Receives what a target consists of, in text order. */
export interface NameBinder {
  /** An identifier that gets bound. */
  name(node: SyntaxNode): void;
  /** An expression that is evaluated: the whole of `a[i]`, `a.b`, or a value in a pattern. */
  expression(node: SyntaxNode): void;
}

/** Nodes that consist of targets. */
export const TARGET_GROUPS: ReadonlySet<string> = new Set([
  "pattern_list",
  "tuple_pattern",
  "list_pattern",
  "list_splat_pattern",
  "expression_list",
  "tuple",
  "list",
  "list_splat",
  "parenthesized_expression",
  "as_pattern_target",
]);

/** Takes an assignment, `for`, `with` or `del` target apart. */
export function bindTarget(target: SyntaxNode, binder: NameBinder): void {
  if (target.kind === "identifier") binder.name(target);
  else if (TARGET_GROUPS.has(target.kind))
    for (const child of target.children) bindTarget(child, binder);
  else binder.expression(target);
}

/** Takes a pattern of `match` apart: a lone name captures, a dotted name, a class and a mapping key are evaluated. */
export function bindPattern(pattern: SyntaxNode, text: string, binder: NameBinder): void {
  switch (pattern.kind) {
    case "identifier":
      if (text.slice(pattern.start, pattern.end) !== "_") binder.name(pattern);
      return;
    case "dotted_name": {
      const [first] = pattern.children;
      if (first === undefined) return;
      if (pattern.children.length > 1) binder.expression(first);
      else bindPattern(first, text, binder);
      return;
    }
    case "class_pattern":
      bindClassPattern(pattern, text, binder);
      return;
    case "keyword_pattern":
      for (const value of pattern.children.slice(1)) bindPattern(value, text, binder);
      return;
    case "dict_pattern":
      for (const child of pattern.children) {
        if (child.field === "key") bindPatternKey(child, binder);
        else bindPattern(child, text, binder);
      }
      return;
    case "string":
    case "concatenated_string":
      binder.expression(pattern);
      return;
    default:
      for (const child of pattern.children) bindPattern(child, text, binder);
  }
}

function bindClassPattern(pattern: SyntaxNode, text: string, binder: NameBinder): void {
  const [callee, ...parts] = pattern.children;
  const first = callee?.children[0];
  if (first !== undefined) binder.expression(first);
  for (const part of parts) bindPattern(part, text, binder);
}

function bindPatternKey(key: SyntaxNode, binder: NameBinder): void {
  if (key.kind === "dotted_name") {
    const [first] = key.children;
    if (first !== undefined) binder.expression(first);
  } else if (fieldOf(key, "object") !== undefined || key.kind === "string") {
    binder.expression(key);
  }
}

/** Takes a type parameter apart: its name, and the bounds, which are evaluated. */
export function bindTypeParameter(parameter: SyntaxNode, binder: NameBinder): void {
  const [inner] = parameter.children;
  if (inner === undefined) return;
  if (inner.kind === "identifier") {
    binder.name(inner);
  } else if (inner.kind === "constrained_type") {
    const [name, ...bounds] = inner.children;
    if (name !== undefined) bindTypeParameter(name, binder);
    for (const bound of bounds) binder.expression(bound);
  } else {
    bindTypeParameter(inner, binder);
  }
}

/** The identifier a parameter binds; `undefined` for `*` and `/` separators. */
export function parameterName(parameter: SyntaxNode): SyntaxNode | undefined {
  if (parameter.kind === "identifier") return parameter;
  const named = fieldOf(parameter, "name");
  if (named !== undefined) return named.kind === "identifier" ? named : undefined;
  if (
    parameter.kind === "typed_parameter" ||
    parameter.kind === "list_splat_pattern" ||
    parameter.kind === "dictionary_splat_pattern"
  ) {
    const [inner] = parameter.children;
    return inner === undefined ? undefined : parameterName(inner);
  }
  return undefined;
}
