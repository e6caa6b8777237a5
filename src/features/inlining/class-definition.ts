/** A class of the notebook whose methods are plain functions over its own attributes, as the usual transformers are. */
import type { Result } from "../../base/result.ts";
import { err, ok } from "../../base/result.ts";
import type { PythonParser } from "../../python/parse.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, statementsOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { HelperDefinition } from "./helper-definition.ts";
import { readFunction } from "./helper-definition.ts";

/** A class with its methods. */
export interface ClassDefinition {
  readonly name: string;
  readonly statement: FeatureStatement;
  readonly methods: ReadonlyMap<string, SyntaxNode>;
  /** Whether scikit-learn gives it `fit_transform`. */
  readonly isTransformer: boolean;
}

const TRANSFORMER = "sklearn.base.TransformerMixin";
const KNOWN_BASES: ReadonlySet<string> = new Set(["sklearn.base.BaseEstimator", TRANSFORMER]);

/**
 * Reads a class.
 *
 * @returns An error that says what the class does, as the end of a sentence.
 */
export function readClass(program: FeatureProgram, name: string): Result<ClassDefinition, string> {
  const binders = program.statements.filter(({ facts }) => facts.mayWrite.includes(name));
  const [statement] = binders;
  if (statement === undefined || binders.length > 1 || statement.node.kind !== "class_definition")
    return err("it is no plain class");
  const { node, tree } = statement;
  const methods = new Map<string, SyntaxNode>();
  for (const child of fieldOf(node, "body")?.children ?? []) {
    const inner = child.kind === "expression_statement" ? child.children[0] : undefined;
    if (child.kind === "pass_statement" || inner?.kind === "string") continue;
    const title = fieldOf(child, "name");
    if (child.kind !== "function_definition" || title === undefined)
      return err("it has more than methods");
    const method = tree.text.slice(title.start, title.end);
    if (method.startsWith("__") && method !== "__init__") return err(`it has \`${method}\``);
    methods.set(method, child);
  }
  const bases = (fieldOf(node, "superclasses")?.children ?? []).map((base) =>
    pathOf(program, tree.text.slice(base.start, base.end)),
  );
  if (!bases.every((base) => base === "object" || KNOWN_BASES.has(base)))
    return err("it inherits from another class");
  return ok({ name, statement, methods, isTransformer: bases.includes(TRANSFORMER) });
}

/** What a method does when it is called on a variable, `fit_transform` of scikit-learn included. */
export function readMethod(
  { statement, methods, isTransformer }: ClassDefinition,
  method: string,
  {
    variable,
    hasTarget,
    parser,
  }: { readonly variable: string; readonly hasTarget: boolean; readonly parser: PythonParser },
): Result<HelperDefinition, string> {
  const node = methods.get(method);
  if (node !== undefined) {
    if (callsItself(method, methods, statement.tree.text)) return err("it calls itself");
    return readFunction(node, { name: variable, statement });
  }
  const text =
    method === "__init__"
      ? "def __init__(self):\n    pass\n"
      : method === "fit_transform" && isTransformer
        ? `def fit_transform(self, X, y=None):\n    return self.fit(X${hasTarget ? ", y" : ""}).transform(X)\n`
        : undefined;
  if (text === undefined) return err(`it has no method \`${method}\``);
  const tree = parser.parse(text);
  const [made] = statementsOf(tree);
  if (made === undefined) return err(`it has no method \`${method}\``);
  return readFunction(made, { name: variable, statement: { ...statement, tree } });
}

function pathOf(program: FeatureProgram, text: string): string {
  const [root = "", ...rest] = text.split(".");
  for (const { facts } of program.statements)
    for (const { name, module, member } of facts.imports)
      if (name === root)
        return [member === undefined ? module : `${module}.${member}`, ...rest].join(".");
  return text;
}

function callsItself(
  method: string,
  methods: ReadonlyMap<string, SyntaxNode>,
  text: string,
): boolean {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    const node = methods.get(name);
    if (node === undefined) return;
    walk(node, (child) => {
      const attribute = child.kind === "attribute" ? fieldOf(child, "attribute") : undefined;
      const called = attribute === undefined ? "" : text.slice(attribute.start, attribute.end);
      if (methods.has(called) && !reached.has(called)) {
        reached.add(called);
        visit(called);
      }
      return undefined;
    });
  };
  visit(method);
  return reached.has(method);
}
