/** What expressions are evaluated in: the names known so far, and where learned values are kept. */
import type { Span } from "../base/text-span.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";
import { placeOf } from "./feature-program.ts";
import { refuse } from "./refuse.ts";
import type { FeatureRefusal } from "./staging.ts";
import type { Edit, Evaluated, Value } from "./value.ts";

/** Keeps learned values as fields of the state. */
export interface Lifter {
  /** Makes a field of an expression that reduces rows; the edit names the field in both functions. */
  readonly hoist: (node: SyntaxNode, type: string) => Edit;
  /** Makes a field of what `capture` computes just before the statement; gives the field's name. */
  readonly capture: (field: {
    readonly base: string;
    readonly type: string;
    readonly source: string;
    readonly code: string;
  }) => string;
  /** The field that holds a variable's present value. */
  readonly variable: (name: string, type: string) => string;
  /** Notes that a function of `feature_support.py` is used and gives its name. */
  readonly support: (name: string) => string;
  readonly stateName: string;
  readonly frameName: string;
}

/** One lexical scope. Mutable: staging walks the statements once, in order. */
export interface Scope {
  readonly program: FeatureProgram;
  /** The statement whose text is being read. */
  readonly statement: FeatureStatement;
  readonly names: Map<string, Value>;
  /** Helper functions of the notebook. */
  readonly functions: ReadonlyMap<string, FeatureStatement>;
  /** Column that is predicted. */
  readonly label: string | undefined;
  /** Absent inside helper functions, where nothing may be learned. */
  readonly lifter: Lifter | undefined;
  /** Helpers being followed, to stop at recursion. */
  readonly inside: readonly string[];
  /** Evaluates an expression; here so that the files that know one kind of expression need not import each other. */
  readonly evaluate: (node: SyntaxNode, scope: Scope) => Evaluated;
  /** Seen on the way. */
  readonly seen: {
    /** Places where a table is read; more than one cannot be served. */
    readonly tables: Set<string>;
    renumbered: boolean;
    readonly droppedNames: Set<string>;
    readonly notes: { text: string; span: Span; statement: FeatureStatement }[];
  };
}

/** The text of a node of the scope's statement. */
export function sourceOf(scope: Scope, node: Span): string {
  return scope.statement.tree.text.slice(node.start, node.end);
}

/** Refuses at a node. */
export function refuseAt(
  scope: Scope,
  node: Span,
  code: FeatureRefusal["code"],
  message: string,
): never {
  return refuse(code, message, placeOf(scope.program, scope.statement, node));
}

/** One line of a node's text, short enough for a message. */
export function excerpt(scope: Scope, node: Span): string {
  const text = sourceOf(scope, node).replace(/\s+/gu, " ");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The value of a plain string literal (no prefix letters, no escapes); `undefined` for anything else. */
export function stringLiteral(scope: Scope, node: SyntaxNode | undefined): string | undefined {
  if (node === undefined || node.kind !== "string") return undefined;
  const text = sourceOf(scope, node);
  const match = /^(["'])((?:(?!\1)[^\\\n])*)\1$/u.exec(text);
  return match?.[2];
}

/** The strings of a literal list, tuple or single string; `undefined` when anything in it is not a plain string. */
export function stringLiterals(
  scope: Scope,
  node: SyntaxNode | undefined,
): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if (node.kind !== "list" && node.kind !== "tuple") {
    const single = stringLiteral(scope, node);
    return single === undefined ? undefined : [single];
  }
  const strings: string[] = [];
  for (const child of node.children) {
    const value = stringLiteral(scope, child);
    if (value === undefined) return undefined;
    strings.push(value);
  }
  return strings;
}
