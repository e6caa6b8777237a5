/** A function of the notebook, as far as its lines could stand in place of its call; else why they could not. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { BoundNames } from "./bound-names.ts";
import { boundNames } from "./bound-names.ts";

/** A parameter. */
export interface HelperParameter {
  readonly name: string;
  readonly fallback: SyntaxNode | undefined;
  readonly isKeywordOnly: boolean;
}

/** A function whose lines can be moved. */
export interface HelperDefinition {
  readonly name: string;
  readonly statement: FeatureStatement;
  readonly parameters: readonly HelperParameter[];
  /** Its statements, the docstring left out. */
  readonly body: readonly SyntaxNode[];
  readonly bound: BoundNames;
  /** Names of the notebook that it reads, those read by functions that it calls included. */
  readonly freeReads: readonly string[];
}

/** Lookups of variables by name, which moved lines would answer differently. */
const READS_BY_NAME: ReadonlySet<string> = new Set([
  "dir",
  "eval",
  "exec",
  "globals",
  "locals",
  "super",
  "vars",
]);

/** What ends or hides things where it stands, so that it means something else in other surroundings. */
const NOT_MOVED: Readonly<Record<string, string>> = {
  async: "it is asynchronous",
  await: "it is asynchronous",
  class_definition: "it defines a class",
  function_definition: "it defines a function inside",
  decorated_definition: "it defines a function inside",
  global_statement: "it assigns to a variable of the notebook by `global`",
  match_statement: "it has a `match`",
  named_expression: "it assigns inside an expression",
  nonlocal_statement: "it assigns to a variable outside",
  try_statement: "it has a `try`",
  while_statement: "it has a `while`",
  with_statement: "it has a `with`",
  yield: "it gives its values one by one (`yield`)",
};

/**
 * The definition of a name that holds before a position.
 *
 * @returns An error that says what the function does, as the end of a sentence.
 */
export function readDefinition(
  program: FeatureProgram,
  name: string,
  before: number,
): Result<HelperDefinition, string> {
  const binders = program.statements.filter(({ facts }) => facts.mayWrite.includes(name));
  const statement = binders.findLast(({ position }) => position < before);
  if (statement === undefined || binders.some(({ facts }) => facts.definition?.name !== name))
    return err("its name stands for other things as well");
  const { facts, node } = statement;
  if (node.kind !== "function_definition" || facts.definition?.kind !== "function")
    return err("it is no plain function");
  if (facts.definition.isGenerator) return err("it gives its values one by one (`yield`)");
  if (facts.definition.globalWrites.length > 0)
    return err("it assigns to a variable of the notebook by `global`");
  if (facts.definition.freeReads.includes(name)) return err("it calls itself");
  return readFunction(node, { name, statement });
}

/** A function or method as it is written; `name` says whose variables they are where names would meet. */
export function readFunction(
  node: SyntaxNode,
  { name, statement }: { readonly name: string; readonly statement: FeatureStatement },
): Result<HelperDefinition, string> {
  const { tree, facts } = statement;
  const parameters = readParameters(node, tree.text);
  if (parameters === undefined) return err("it takes any number of arguments");
  const statements = fieldOf(node, "body")?.children ?? [];
  const body = isText(statements[0]) ? statements.slice(1) : statements;
  const bound = boundNames(body, tree.text);
  const own = new Set([...parameters.map((parameter) => parameter.name), ...bound.variables]);
  const readsByName = findLookup(body, tree.text, own);
  if (readsByName !== undefined) return err(readsByName);
  const freeReads = facts.definition?.freeReads ?? [];
  return ok({ name, statement, parameters, body, bound, freeReads });
}

/** Why statements cannot stand anywhere else than in their function; `undefined` when they can. */
export function whyNotMoved(
  statements: readonly SyntaxNode[],
  lineOf: (node: SyntaxNode) => number,
): string | undefined {
  let reason: string | undefined;
  const last = statements.at(-1);
  for (const root of statements)
    walk(root, (node) => {
      if (reason !== undefined || node.kind === "lambda") return false;
      const known = NOT_MOVED[node.kind];
      if (known !== undefined) reason = `${known} (line ${String(lineOf(node))})`;
      if (node.kind === "return_statement" && node !== last)
        reason = `it returns before its end (line ${String(lineOf(node))})`;
      return undefined;
    });
  return reason;
}

function isText(node: SyntaxNode | undefined): boolean {
  return node?.kind === "expression_statement" && node.children[0]?.kind === "string";
}

function readParameters(node: SyntaxNode, text: string): readonly HelperParameter[] | undefined {
  const parameters: HelperParameter[] = [];
  let isKeywordOnly = false;
  for (const child of fieldOf(node, "parameters")?.children ?? []) {
    if (child.kind === "keyword_separator") {
      isKeywordOnly = true;
      continue;
    }
    const name =
      child.kind === "identifier"
        ? child
        : (fieldOf(child, "name") ??
          (child.kind === "typed_parameter" ? child.children[0] : undefined));
    if (name?.kind !== "identifier") return undefined;
    parameters.push({
      name: text.slice(name.start, name.end),
      fallback: fieldOf(child, "value"),
      isKeywordOnly,
    });
  }
  return parameters;
}

/** `locals()`, or a variable named in a text: `df.query("age > @limit")`. */
function findLookup(
  body: readonly SyntaxNode[],
  text: string,
  own: ReadonlySet<string>,
): string | undefined {
  let reason: string | undefined;
  for (const root of body)
    walk(root, (node) => {
      const source = text.slice(node.start, node.end);
      if (node.kind === "identifier" && node.field !== "attribute" && READS_BY_NAME.has(source))
        reason ??= `it looks up names while it runs (\`${source}\`)`;
      if (node.kind === "string")
        for (const [, name] of source.matchAll(/@\s*([A-Za-z_]\w*)/gu))
          if (name !== undefined && own.has(name))
            reason ??= `it names its variable \`${name}\` in a text`;
      return undefined;
    });
  return reason;
}
