/** Variables that hold an object of one of the notebook's classes, and nothing else that could change it. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { ClassDefinition } from "./class-definition.ts";
import { readClass } from "./class-definition.ts";

/** Variables and the classes of what they hold. */
export type Instances = ReadonlyMap<string, ClassDefinition>;

/** The variables of classes, with reasons for the classes whose objects are not followed. */
export function findInstances(
  program: FeatureProgram,
  names: ReadonlySet<string>,
): { readonly instances: Instances; readonly reasons: ReadonlyMap<string, string> } {
  const instances = new Map<string, ClassDefinition>();
  const reasons = new Map<string, string>();
  for (const name of names) {
    const found = readClass(program, name);
    if (!found.ok) {
      reasons.set(name, found.error);
      continue;
    }
    for (const statement of program.statements) {
      const variable = constructed(statement, name);
      if (variable === undefined) continue;
      const reason = whyNotFollowed(program, variable, statement);
      if (reason === undefined) instances.set(variable, found.value);
      else reasons.set(name, reason);
    }
  }
  return { instances, reasons };
}

/** Where an object is still used after its calls were written out; what is only shown or written to a file does not count. */
export function findLeftOver(
  program: FeatureProgram,
  variables: Iterable<string>,
): string | undefined {
  const left = new Set(variables);
  for (const { facts, node, tree } of program.statements) {
    if (facts.definition !== undefined || (isShown(node, tree.text) && facts.mayWrite.length === 0))
      continue;
    for (const name of left) if (usesOf(node, tree.text, name) > 0) return name;
  }
  return undefined;
}

/** `p` in `p = Preprocessor(…)`. */
function constructed({ node, tree }: FeatureStatement, name: string): string | undefined {
  const assignment = node.kind === "expression_statement" ? node.children[0] : undefined;
  const left = assignment?.kind === "assignment" ? fieldOf(assignment, "left") : undefined;
  const right = assignment?.kind === "assignment" ? fieldOf(assignment, "right") : undefined;
  const callee = right?.kind === "call" ? fieldOf(right, "function") : undefined;
  if (left?.kind !== "identifier" || callee?.kind !== "identifier") return undefined;
  return tree.text.slice(callee.start, callee.end) === name
    ? tree.text.slice(left.start, left.end)
    : undefined;
}

function whyNotFollowed(
  program: FeatureProgram,
  variable: string,
  made: FeatureStatement,
): string | undefined {
  for (const statement of program.statements) {
    const { facts, node, tree } = statement;
    if (statement === made || isShown(node, tree.text)) continue;
    if (facts.mayWrite.includes(variable)) return `\`${variable}\` is bound more than once`;
    if (facts.definition?.freeReads.includes(variable) === true)
      return `a function reads \`${variable}\``;
    if (facts.definition === undefined && usesOf(node, tree.text, variable, "outside") > 0)
      return `\`${variable}\` is used in other ways than by its methods`;
  }
  return undefined;
}

/** How often a variable is used: anywhere, or not as the object of a method that is called. */
function usesOf(node: SyntaxNode, text: string, name: string, which?: "outside"): number {
  let count = 0;
  const visit = (at: SyntaxNode, parents: readonly SyntaxNode[]): void => {
    const isName =
      at.kind === "identifier" &&
      at.field !== "attribute" &&
      at.field !== "name" &&
      text.slice(at.start, at.end) === name;
    const [parent, above] = parents;
    const isMethod =
      parent?.kind === "attribute" && above?.kind === "call" && parent.field === "function";
    if (isName && !(which === "outside" && isMethod)) count += 1;
    for (const child of at.children) visit(child, [at, ...parents]);
  };
  visit(node, []);
  return count;
}

/** `print(p)`, `joblib.dump(p, "p.joblib")`: nothing comes back. */
function isShown(node: SyntaxNode, text: string): boolean {
  const call = node.kind === "expression_statement" ? node.children[0] : undefined;
  const callee = call?.kind === "call" ? fieldOf(call, "function") : undefined;
  return (
    callee !== undefined &&
    /^(?:print|display|(?:joblib|pickle)\.dump)$/u.test(text.slice(callee.start, callee.end))
  );
}
