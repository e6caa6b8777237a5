/**
 * What CPython refuses although it parses: statements out of their place, names bound twice, targets that nothing can be assigned to.
 * At the top level `await` is allowed, as in a notebook.
 * @see https://docs.python.org/3/reference/simple_stmts.html
 */
import { parameterName, TARGET_GROUPS } from "./binding-targets.ts";
import {
  fieldOf,
  fieldsOf,
  hasToken,
  type SyntaxNode,
  type SyntaxProblem,
  type SyntaxTree,
} from "./syntax.ts";

/** What stands where it may not, in no order. Linear in the tree. */
export function brokenCompileRules(tree: SyntaxTree): readonly SyntaxProblem[] {
  const checker: Checker = { text: tree.text, found: [] };
  for (const child of tree.root.children) check(child, MODULE, checker);
  return checker.found;
}

interface Checker {
  readonly text: string;
  readonly found: SyntaxProblem[];
}

/** What a node stands in. */
interface Place {
  readonly body: "module" | "function" | "async-function" | "class" | "lambda";
  readonly inLoop: boolean;
}

const MODULE: Place = { body: "module", inLoop: false };

function complain(checker: Checker, node: SyntaxNode, message: string): void {
  checker.found.push({ start: node.start, end: node.end, message });
}

function check(node: SyntaxNode, place: Place, checker: Checker): void {
  RULES[node.kind]?.(node, place, checker);
  for (const child of node.children) check(child, placeOf(node, child, place), checker);
}

function placeOf(node: SyntaxNode, child: SyntaxNode, place: Place): Place {
  // What it awaits is awaited by whoever reads from it.
  if (node.kind === "generator_expression") return { ...place, body: "async-function" };
  if (child.field !== "body") return place;
  switch (node.kind) {
    case "function_definition":
      return { body: hasToken(node, "async") ? "async-function" : "function", inLoop: false };
    case "class_definition":
      return { body: "class", inLoop: false };
    case "lambda":
      return { body: "lambda", inLoop: false };
    case "for_statement":
    case "while_statement":
      return { ...place, inLoop: true };
    default:
      return place;
  }
}

type Rule = (node: SyntaxNode, place: Place, checker: Checker) => void;

const outsideLoop: Rule = (node, place, checker) => {
  if (!place.inLoop) complain(checker, node, "this stands outside of a loop");
};

const asynchronous: Rule = (node, { body }, checker) => {
  if (body === "function" || body === "class" || body === "lambda")
    complain(checker, node, "`await` stands in something that is not `async`");
};

const RULES: Readonly<Record<string, Rule>> = {
  break_statement: outsideLoop,
  continue_statement: outsideLoop,
  return_statement: (node, { body }, checker) => {
    if (body === "module" || body === "class")
      complain(checker, node, "`return` stands outside of a function");
  },
  yield: (node, { body }, checker) => {
    if (body === "module" || body === "class")
      complain(checker, node, "`yield` stands outside of a function");
  },
  await: asynchronous,
  nonlocal_statement: (node, { body }, checker) => {
    if (body === "module") complain(checker, node, "`nonlocal` stands at the top level");
  },
  import_from_statement: (node, { body }, checker) => {
    if (body !== "module" && node.children.some(({ kind }) => kind === "wildcard_import"))
      complain(checker, node, "`import *` is only allowed at the top level");
  },
  function_definition: (node, _place, checker) => {
    checkParameters(fieldOf(node, "parameters"), checker);
  },
  lambda: (node, _place, checker) => {
    checkParameters(fieldOf(node, "parameters"), checker);
  },
  argument_list: checkArguments,
  assignment: (node, _place, checker) => {
    const left = fieldOf(node, "left");
    if (left !== undefined) checkTarget(left, "assign to", checker);
    const right = fieldOf(node, "right");
    if (right?.kind === "list_splat") complain(checker, right, "a star needs something around it");
  },
  concatenated_string: (node, _place, checker) => {
    const kinds = new Set(node.children.map(({ start }) => isBytes(checker.text, start)));
    if (kinds.size > 1) complain(checker, node, "bytes and text cannot be joined");
  },
  augmented_assignment: (node, _place, checker) => {
    const left = fieldOf(node, "left");
    if (left === undefined) return;
    if (AUGMENTED.has(left.kind)) checkTarget(left, "assign to", checker);
    else complain(checker, left, "this cannot be changed by an operator");
  },
  delete_statement: (node, _place, checker) => {
    for (const child of node.children) checkTarget(child, "delete", checker);
  },
  for_statement: (node, place, checker) => {
    if (hasToken(node, "async")) asynchronous(node, place, checker);
    for (const left of fieldsOf(node, "left")) checkTarget(left, "assign to", checker);
  },
  for_in_clause: (node, _place, checker) => {
    for (const left of fieldsOf(node, "left")) checkTarget(left, "assign to", checker);
  },
  with_statement: (node, place, checker) => {
    if (hasToken(node, "async")) asynchronous(node, place, checker);
  },
  as_pattern_target: (node, _place, checker) => {
    for (const child of node.children) checkTarget(child, "assign to", checker);
  },
  integer: (node, _place, checker) => {
    const text = checker.text.slice(node.start, node.end);
    if (!INTEGER.test(text)) complain(checker, node, `\`${text}\` is not a number`);
  },
  float: (node, _place, checker) => {
    const text = checker.text.slice(node.start, node.end);
    if (!FLOAT.test(text)) complain(checker, node, `\`${text}\` is not a number`);
  },
};

const INTEGER =
  /^(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*|[1-9](?:_?\d)*|\d(?:_?\d)*[jJ])$/;
const FLOAT = /^(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?$/;

const AUGMENTED: ReadonlySet<string> = new Set([
  "identifier",
  "attribute",
  "subscript",
  "parenthesized_expression",
  "tuple_pattern",
]);
const TARGETS: ReadonlySet<string> = new Set(["identifier", "attribute", "subscript"]);

function checkTarget(target: SyntaxNode, what: "assign to" | "delete", checker: Checker): void {
  if (TARGET_GROUPS.has(target.kind)) {
    for (const child of target.children) checkTarget(child, what, checker);
    return;
  }
  if (!TARGETS.has(target.kind)) {
    complain(checker, target, `nothing can ${what} this`);
    return;
  }
  if (target.kind === "identifier" && checker.text.slice(target.start, target.end) === "__debug__")
    complain(checker, target, `nothing can ${what} \`__debug__\``);
}

function isBytes(text: string, start: number): boolean {
  return /^[rR]?[bB]/.test(text.slice(start, start + 2));
}

/** Each name once; what has no default before what has one. */
function checkParameters(parameters: SyntaxNode | undefined, checker: Checker): void {
  const names = new Set<string>();
  let afterDefault = false;
  let afterStar = false;
  for (const parameter of parameters?.children ?? []) {
    const name = parameterName(parameter);
    const text = name === undefined ? undefined : checker.text.slice(name.start, name.end);
    if (text !== undefined && names.has(text))
      complain(checker, parameter, `the parameter \`${text}\` is there twice`);
    if (text !== undefined) names.add(text);
    if (parameter.kind === "keyword_separator" || isRest(parameter)) afterStar = true;
    else if (parameter.kind !== "positional_separator" && !afterStar) {
      if (fieldOf(parameter, "value") !== undefined) afterDefault = true;
      else if (afterDefault)
        complain(
          checker,
          parameter,
          "a parameter without a default stands behind one that has one",
        );
    }
  }
}

function isRest({ kind, children }: SyntaxNode): boolean {
  return (
    kind === "list_splat_pattern" ||
    kind === "dictionary_splat_pattern" ||
    (kind === "typed_parameter" &&
      (children[0]?.kind === "list_splat_pattern" ||
        children[0]?.kind === "dictionary_splat_pattern"))
  );
}

/** Positions before keywords, and each keyword once. */
function checkArguments(list: SyntaxNode, _place: Place, { text, found }: Checker): void {
  const keywords = new Set<string>();
  let unpacked = false;
  for (const argument of list.children) {
    if (argument.kind === "keyword_argument") {
      const name = fieldOf(argument, "name");
      const keyword = name === undefined ? "" : text.slice(name.start, name.end);
      if (keywords.has(keyword))
        found.push({
          start: argument.start,
          end: argument.end,
          message: `the argument \`${keyword}\` is there twice`,
        });
      keywords.add(keyword);
    } else if (argument.kind === "dictionary_splat") unpacked = true;
    else if (unpacked || (keywords.size > 0 && argument.kind !== "list_splat"))
      found.push({
        start: argument.start,
        end: argument.end,
        message: "an argument by position stands behind one by name",
      });
  }
}
