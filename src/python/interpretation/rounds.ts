/** Iterables that have a first element whatever the data is, so that a loop over them surely runs its body. */
import { fieldOf, type SyntaxNode, textOf, withoutParentheses } from "../syntax.ts";
import { literalOf } from "./literals.ts";
import type { Frame } from "./model.ts";

/** Builtins that give an element for each that they get from all their arguments. */
const PASSING: ReadonlySet<string> = new Set([
  "enumerate",
  "reversed",
  "sorted",
  "list",
  "tuple",
  "set",
  "zip",
]);

/** Whether it is written out and not empty, or counts what is. */
export function surelyHasElements(node: SyntaxNode, frame: Frame): boolean {
  const inner = withoutParentheses(node);
  const { text } = frame.unit;
  switch (inner.kind) {
    case "list":
    case "tuple":
    case "set":
    case "expression_list":
      return inner.children.some(({ kind }) => kind !== "list_splat");
    case "dictionary":
      return inner.children.some(({ kind }) => kind === "pair");
    case "string":
      return String(literalOf(inner, text)?.value ?? "").length > 0;
    case "call":
      return callHasElements(inner, frame);
    default:
      return false;
  }
}

function callHasElements(call: SyntaxNode, frame: Frame): boolean {
  const callee = fieldOf(call, "function");
  const given = fieldOf(call, "arguments");
  if (callee?.kind !== "identifier" || given?.kind !== "argument_list") return false;
  const name = textOf(frame.unit.text, callee);
  // The notebook may have given the name another meaning.
  if (frame.program.boundNames.has(name)) return false;
  if (name === "range") return rangeHasElements(given.children, frame);
  const values = given.children.filter(({ kind }) => kind !== "keyword_argument");
  return (
    PASSING.has(name) &&
    values.length > 0 &&
    (name === "zip" ? values : values.slice(0, 1)).every((value) => surelyHasElements(value, frame))
  );
}

function rangeHasElements(given: readonly SyntaxNode[], { unit }: Frame): boolean {
  const numbers = given.map((node) => literalOf(node, unit.text)?.value);
  const [first, second, step = 1] = numbers;
  if (typeof first !== "number" || typeof step !== "number") return false;
  if (given.length === 1) return first > 0;
  if (typeof second !== "number") return false;
  return step > 0 ? first < second : step < 0 && first > second;
}
