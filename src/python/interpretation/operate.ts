/** Arithmetic on abstract values. */
import { fieldOf, type SyntaxNode } from "../syntax.ts";
import { allocate, allocateValue } from "./allocate.ts";
import { codeIn } from "./heap.ts";
import type { Frame, Value } from "./model.ts";
import {
  immutable,
  isImmutableType,
  joinValues,
  objectsOf,
  objectValue,
  partsOf,
} from "./values.ts";

const SCALARS: ReadonlySet<string | undefined> = new Set([
  "builtins.int",
  "builtins.float",
  "builtins.bool",
  "builtins.complex",
]);

const ARRAY_TYPES: ReadonlySet<string> = new Set([
  "pandas.DataFrame",
  "pandas.Series",
  "pandas.Index",
  "numpy.ndarray",
]);

/** The result of `+`, `*` and so on: new memory, but a list keeps its elements. */
export function operate(node: SyntaxNode, frame: Frame, operands: readonly [Value, Value]): Value {
  const [left, right] = operands;
  if (left.objects.length === 0 && right.objects.length === 0) {
    if (left.qualified !== undefined || right.qualified !== undefined)
      return allocateValue(node, frame, { type: undefined });
    return immutable(arithmeticType(left.type, right.type));
  }
  const array = [left.type, right.type].find(isArrayLike);
  if (array !== undefined)
    return allocateValue(node, frame, {
      type: [left.type, right.type].includes("pandas.DataFrame") ? "pandas.DataFrame" : array,
    });
  const operator = fieldOf(node, "operator");
  const symbol =
    node.tokens.find((token) => token.text !== "(" && token.text !== ")")?.text ??
    operator?.kind ??
    "+";
  const isSum = symbol.startsWith("+") || symbol.startsWith("|");
  const isRepetition = symbol.startsWith("*") && !symbol.startsWith("**");
  const anyScalar = SCALARS.has(left.type) || SCALARS.has(right.type);
  const repeated = SCALARS.has(left.type) ? right.type : left.type;
  const type =
    left.type === right.type || (isRepetition && anyScalar && isSequence(repeated))
      ? repeated
      : undefined;
  if ((isSum && !anyScalar) || (isRepetition && (isContainer(left) || isContainer(right)))) {
    return objectValue(
      [allocate(node, frame, { kind: "container", contents: partsOf(joinValues([left, right])) })],
      type,
    );
  }
  const { heap } = frame.program;
  const code = [...codeIn(heap, left.objects), ...codeIn(heap, right.objects)];
  return allocateValue(node, frame, {
    type,
    contents: code.length === 0 ? [] : objectsOf([left, right]),
  });
}

function isSequence(type: string | undefined): boolean {
  return type === "builtins.list" || type === "builtins.tuple";
}

function isContainer(value: Value): boolean {
  return value.objects.some((object) => object.kind === "container");
}

function arithmeticType(left: string | undefined, right: string | undefined): string | undefined {
  if (left === right && isImmutableType(left)) return left;
  return left === "builtins.float" || right === "builtins.float" ? "builtins.float" : undefined;
}

/** Types whose arithmetic and comparisons work element by element, into new memory. */
export function isArrayLike(type: string | undefined): boolean {
  return type !== undefined && ARRAY_TYPES.has(type);
}
