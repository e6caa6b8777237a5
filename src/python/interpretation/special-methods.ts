/**
 * What the program's own classes do where no call of a method is written: operators, indexing, iteration, text, truth.
 * https://docs.python.org/3/reference/datamodel.html#special-method-names
 */
import type { SyntaxNode } from "../syntax.ts";
import { applyCode } from "./apply-code.ts";
import { baseName } from "./base-name.ts";
import { findMethod } from "./find-method.ts";
import type { Argument, Frame, Value } from "./model.ts";
import { IMMUTABLE, joinValues } from "./values.ts";

const TRUTH = ["__bool__", "__len__"];
export const TEXT = ["__str__", "__repr__", "__format__"];
export const ITERATION = ["__iter__", "__next__", "__getitem__", "__len__", "__reversed__"];
const COMPARISONS = ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__"];

/** What a library may ask of a thing without changing it by intent. */
export const ANYTHING = [
  ...TRUTH,
  ...TEXT,
  ...ITERATION,
  ...COMPARISONS,
  "__contains__",
  "__call__",
  "__getattr__",
  "__array__",
  "__float__",
  "__int__",
  "__index__",
  "__add__",
  "__radd__",
  "__enter__",
  "__exit__",
];

/** By operator: what the left operand is asked, then what the right one is. */
const OPERATORS: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "truediv",
  "//": "floordiv",
  "%": "mod",
  "**": "pow",
  "@": "matmul",
  "<<": "lshift",
  ">>": "rshift",
  "&": "and",
  "|": "or",
  "^": "xor",
};
const UNARY: Readonly<Record<string, string>> = {
  "-": "__neg__",
  "+": "__pos__",
  "~": "__invert__",
};
const RELATIONS: Readonly<Record<string, readonly string[]>> = {
  "==": ["__eq__"],
  "!=": ["__ne__", "__eq__"],
  "<>": ["__ne__", "__eq__"],
  "<": ["__lt__", "__gt__"],
  ">": ["__gt__", "__lt__"],
  "<=": ["__le__", "__ge__"],
  ">=": ["__ge__", "__le__"],
  in: ["__contains__", "__iter__", "__next__", "__getitem__", "__eq__"],
  "not in": ["__contains__", "__iter__", "__next__", "__getitem__", "__eq__"],
};

/** What built-in functions ask of what they are given; those that are not here may ask anything. */
const ASKED_BY: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    "isinstance issubclass type id callable super vars dir classmethod staticmethod property"
      .split(" ")
      .map((name) => [`builtins.${name}`, []]),
  ),
  ...Object.fromEntries(
    ["str", "repr", "ascii", "format", "print", "display"].map((name) => [
      `builtins.${name}`,
      TEXT,
    ]),
  ),
  ...Object.fromEntries(
    ["list", "tuple", "enumerate", "iter", "reversed", "zip"].map((name) => [
      `builtins.${name}`,
      ITERATION,
    ]),
  ),
  "builtins.len": ["__len__"],
  "builtins.bool": TRUTH,
  "builtins.hash": ["__hash__"],
  "builtins.next": ["__next__"],
};

/** What a function of a library asks of a thing that it is given; `undefined` when that may be anything. */
export function askedBy(name: string): readonly string[] | undefined {
  return ASKED_BY[name];
}

/** What methods of built-in types ask of what they are given. */
export function askedByMethodOf(type: string | undefined): readonly string[] | undefined {
  if (type === "builtins.str") return TEXT;
  return type?.startsWith("builtins.") === true ? [...COMPARISONS, ...ITERATION] : undefined;
}

/** One use of a thing that its class may answer itself. */
export interface SpecialUse {
  readonly node: SyntaxNode;
  readonly subject: Value;
  /** Where the subject is written. */
  readonly subjectNode: SyntaxNode | undefined;
  readonly given?: readonly Value[];
}

/** Runs those of the methods that the subject's class has. Gives what they may give; `undefined` when it has none. */
export function applySpecial(
  names: readonly string[],
  use: SpecialUse,
  frame: Frame,
): Value | undefined {
  const { node, subject, subjectNode } = use;
  const results: Value[] = [];
  const given = (use.given ?? []).map(
    (value): Argument => ({ node, keyword: undefined, value, span: node }),
  );
  const name = subjectNode === undefined ? undefined : baseName(subjectNode, frame.unit.text);
  for (const object of subject.objects) {
    if (object.kind === "inert") continue;
    for (const code of object.code) {
      if (code.kind !== "class") continue;
      for (const asked of names) {
        const method = findMethod(code, asked, frame);
        if (method === undefined || method.binding !== "plain") continue;
        const receiver = { value: subject, name };
        results.push(
          applyCode({ code: method, node, arguments: given, closure: [object], receiver }, frame),
        );
      }
    }
  }
  return results.length === 0 ? undefined : joinValues(results);
}

/** Evaluates something that is asked whether it is true. */
export function testTruth(node: SyntaxNode | undefined, frame: Frame): Value {
  if (node === undefined) return IMMUTABLE;
  const value = frame.program.engine.evaluate(node, frame);
  applySpecial(TRUTH, { node, subject: value, subjectNode: node }, frame);
  return value;
}

/** The parts of an operation, with where they are written. */
export interface Operands {
  readonly node: SyntaxNode;
  readonly values: readonly [Value, Value];
  readonly nodes: readonly [SyntaxNode | undefined, SyntaxNode | undefined];
}

/** `a + b`, or `a += b` with the operator `+=`. */
export function applyOperator(
  operator: string,
  { node, values, nodes }: Operands,
  frame: Frame,
): readonly Value[] {
  const isAugmented = operator.endsWith("=");
  const word = OPERATORS[isAugmented ? operator.slice(0, -1) : operator];
  if (word === undefined) return [];
  const asked = isAugmented ? [`__i${word}__`, `__${word}__`] : [`__${word}__`];
  const [left, right] = values;
  const found = [
    applySpecial(asked, { node, subject: left, subjectNode: nodes[0], given: [right] }, frame),
    applySpecial(
      [`__r${word}__`],
      { node, subject: right, subjectNode: nodes[1], given: [left] },
      frame,
    ),
  ];
  return found.filter((value) => value !== undefined);
}

/** `-a`, `+a`, `~a`. */
export function applyUnary(operator: string, use: SpecialUse, frame: Frame): Value | undefined {
  const asked = UNARY[operator];
  return asked === undefined ? undefined : applySpecial([asked], use, frame);
}

/** `a < b in c`: each may be asked what any of the operators asks. */
export function applyComparison(
  node: SyntaxNode,
  values: readonly Value[],
  frame: Frame,
): Value | undefined {
  if (!values.some(({ objects }) => objects.some(({ code }) => code.size > 0))) return undefined;
  const asked = new Set(node.tokens.flatMap(({ text }) => RELATIONS[text] ?? []));
  const results = values.map((subject, at) =>
    applySpecial(
      [...asked],
      {
        node,
        subject,
        subjectNode: node.children[at],
        given: values.filter((other) => other !== subject),
      },
      frame,
    ),
  );
  const found = results.filter((value) => value !== undefined);
  return found.length === 0 ? undefined : joinValues(found);
}
