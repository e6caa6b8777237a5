/**
 * What an expression may be, and what evaluating it touches, in evaluation order.
 * Kinds without an entry evaluate their children and may be any of them.
 */
import { fieldOf, fieldsOf, type SyntaxNode } from "../syntax.ts";
import { allocate, allocateValue } from "./allocate.ts";
import { applyCode } from "./apply-code.ts";
import { baseName } from "./base-name.ts";
import {
  askedForData,
  classesOf,
  partsOfClasses,
  readFromClasses,
  typeOfClassData,
} from "./class-state.ts";
import { codeValue } from "./code-value.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { evaluateComprehension } from "./evaluate-comprehension.ts";
import { findMethod } from "./find-method.ts";
import { forkFlow } from "./flow.ts";
import { readName, writeName } from "./frames.ts";
import { bindMethod, contain } from "./heap.ts";
import { literalOf } from "./literals.ts";
import type { Frame, Value } from "./model.ts";
import { isArrayLike, operate } from "./operate.ts";
import { recordDynamic } from "./record-outside.ts";
import { selectPart } from "./select-part.ts";
import {
  applyComparison,
  applyOperator,
  applySpecial,
  applyUnary,
  TEXT,
  testTruth,
} from "./special-methods.ts";
import {
  IMMUTABLE,
  immutable,
  joinValues,
  objectsOf,
  objectValue,
  partsOf,
  qualifiedValue,
} from "./values.ts";
import { joinWays, quoted } from "./ways.ts";
import { countWork } from "./work.ts";

/** Evaluates any expression. */
export function evaluateExpression(node: SyntaxNode, frame: Frame): Value {
  const evaluator = EVALUATORS[node.kind];
  countWork(frame.program.heap.work, 1);
  return evaluator === undefined ? evaluateChildren(node, frame) : evaluator(node, frame);
}

type Evaluator = (node: SyntaxNode, frame: Frame) => Value;

function evaluateField(node: SyntaxNode, field: string, frame: Frame): Value {
  const child = fieldOf(node, field);
  return child === undefined ? IMMUTABLE : evaluateExpression(child, frame);
}

function evaluateChildren(node: SyntaxNode, frame: Frame): Value {
  return joinValues(node.children.map((child) => evaluateExpression(child, frame)));
}

/** Evaluates something that may not be reached: what it writes is not sure. */
function evaluateMaybe(node: SyntaxNode, frame: Frame): Value {
  const { run } = frame;
  const before = forkFlow(run.flow);
  run.conditional += 1;
  const value = evaluateExpression(node, frame);
  run.conditional -= 1;
  const when = `${quoted(node, frame.unit.text)} is not needed`;
  run.flow = joinWays(
    [
      { flow: before, when, at: node.start },
      { flow: run.flow, when, at: node.start },
    ],
    frame,
  );
  return value;
}

const LITERAL: Evaluator = (node, frame) => {
  const literal = literalOf(node, frame.unit.text);
  return literal === undefined ? IMMUTABLE : immutable(literalType(literal.kind), literal);
};

/** What Python tells a module about itself. */
const OF_MODULES: ReadonlySet<string> = new Set([
  "__file__",
  "__spec__",
  "__loader__",
  "__package__",
]);

function literalType(kind: string): string {
  return kind === "string"
    ? "builtins.str"
    : kind === "none"
      ? "builtins.NoneType"
      : `builtins.${kind}`;
}

const EVALUATORS: Readonly<Record<string, Evaluator>> = {
  identifier: (node, frame) => {
    const name = frame.unit.text.slice(node.start, node.end);
    if (OF_MODULES.has(name) && !frame.program.boundNames.has(name))
      recordDynamic(frame, "own-place", node);
    return readName(frame, name);
  },
  integer: LITERAL,
  float: LITERAL,
  true: LITERAL,
  false: LITERAL,
  none: LITERAL,
  ellipsis: () => IMMUTABLE,
  string: (node, frame) => {
    evaluateChildren(node, frame);
    const literal = literalOf(node, frame.unit.text);
    return immutable("builtins.str", literal);
  },
  concatenated_string: (node, frame) => {
    evaluateChildren(node, frame);
    return immutable("builtins.str", literalOf(node, frame.unit.text));
  },
  string_start: () => IMMUTABLE,
  string_content: () => IMMUTABLE,
  string_end: () => IMMUTABLE,
  type_conversion: () => IMMUTABLE,
  parenthesized_expression: (node, frame) => evaluateChildren(node, frame),
  list: (node, frame) => evaluateDisplay(node, "builtins.list", frame),
  set: (node, frame) => evaluateDisplay(node, "builtins.set", frame),
  tuple: (node, frame) => evaluateTuple(node, frame),
  expression_list: (node, frame) => evaluateTuple(node, frame),
  pattern_list: (node, frame) => evaluateTuple(node, frame),
  dictionary: (node, frame) => evaluateDisplay(node, "builtins.dict", frame),
  pair: (node, frame) => {
    const key = evaluateField(node, "key", frame);
    const value = evaluateField(node, "value", frame);
    return joinValues([value, key]);
  },
  list_splat: (node, frame) => objectValue(partsOf(evaluateChildren(node, frame))),
  dictionary_splat: (node, frame) => objectValue(partsOf(evaluateChildren(node, frame))),
  keyword_argument: (node, frame) => evaluateField(node, "value", frame),
  attribute: evaluateAttribute,
  subscript: evaluateSubscript,
  slice: (node, frame) => {
    evaluateChildren(node, frame);
    return immutable("builtins.slice");
  },
  call: evaluateCall,
  binary_operator: evaluateBinary,
  interpolation: (node, frame) => {
    const subjectNode = fieldOf(node, "expression") ?? node.children[0];
    const value = evaluateChildren(node, frame);
    applySpecial(TEXT, { node, subject: value, subjectNode }, frame);
    return value;
  },
  unary_operator: (node, frame) => {
    const value = evaluateField(node, "argument", frame);
    const subjectNode = fieldOf(node, "argument");
    const own = applyUnary(
      node.tokens[0]?.text ?? "",
      { node, subject: value, subjectNode },
      frame,
    );
    if (own !== undefined) return own;
    return value.objects.length === 0
      ? value.literal === undefined
        ? value
        : immutable(value.type, literalOf(node, frame.unit.text))
      : allocateValue(node, frame, { type: value.type });
  },
  not_operator: (node, frame) => {
    testTruth(fieldOf(node, "argument"), frame);
    return immutable("builtins.bool");
  },
  boolean_operator: (node, frame) => {
    const left = testTruth(fieldOf(node, "left"), frame);
    const right = fieldOf(node, "right");
    return right === undefined ? left : joinValues([left, evaluateMaybe(right, frame)]);
  },
  comparison_operator: (node, frame) => {
    // `a < b < c` looks at `c` only where `a < b` holds.
    const values = node.children.map((child, at) =>
      at < 2 ? evaluateExpression(child, frame) : evaluateMaybe(child, frame),
    );
    const own = applyComparison(node, values, frame);
    if (own !== undefined) return own;
    const tabular = values.find((value) => isArrayLike(value.type));
    if (tabular !== undefined) return allocateValue(node, frame, { type: tabular.type });
    return values.every((value) => value.objects.length === 0)
      ? immutable("builtins.bool")
      : allocateValue(node, frame, { type: "comparison" });
  },
  conditional_expression: (node, frame) => {
    const [yes, condition, no] = node.children;
    if (yes === undefined || condition === undefined || no === undefined)
      return evaluateChildren(node, frame);
    testTruth(condition, frame);
    const before = forkFlow(frame.run.flow);
    frame.run.conditional += 1;
    const first = evaluateExpression(yes, frame);
    const afterFirst = frame.run.flow;
    frame.run.flow = before;
    const second = evaluateExpression(no, frame);
    frame.run.conditional -= 1;
    const head = quoted(condition, frame.unit.text);
    frame.run.flow = joinWays(
      [
        { flow: afterFirst, when: `${head} holds`, at: condition.start },
        { flow: frame.run.flow, when: `${head} does not hold`, at: condition.start },
      ],
      frame,
    );
    return joinValues([first, second]);
  },
  named_expression: (node, frame) => {
    const value = evaluateField(node, "value", frame);
    const name = fieldOf(node, "name");
    if (name !== undefined) writeWalrus(frame, frame.unit.text.slice(name.start, name.end), value);
    return value;
  },
  lambda: (node, frame) => {
    const { heap } = frame.program;
    const defaults = (fieldOf(node, "parameters")?.children ?? []).flatMap((parameter) => {
      const fallback = fieldOf(parameter, "value");
      return fallback === undefined ? [] : evaluateExpression(fallback, frame).objects;
    });
    const value = codeValue(node, frame);
    // The function holds its defaults.
    for (const object of value.objects)
      for (const inner of defaults) if (contain(heap, object, inner)) frame.run.changes += 1;
    return value;
  },
  list_comprehension: (node, frame) => evaluateComprehension(node, "builtins.list", frame),
  set_comprehension: (node, frame) => evaluateComprehension(node, "builtins.set", frame),
  dictionary_comprehension: (node, frame) => evaluateComprehension(node, "builtins.dict", frame),
  generator_expression: (node, frame) => {
    const value = evaluateComprehension(node, "builtins.generator", frame);
    const lazy = codeValue(node, frame);
    for (const object of value.objects) object.isIterator = true;
    return { ...value, objects: [...new Set([...value.objects, ...lazy.objects])] };
  },
  await: (node, frame) => {
    if (frame.kind === "module") recordDynamic(frame, "top-level-await", node);
    return evaluateChildren(node, frame);
  },
  yield: (node, frame) => {
    const value = evaluateChildren(node, frame);
    frame.run.recorder.returned.push(value);
    return allocateValue(node, frame, { type: undefined });
  },
};

/** In a comprehension, a walrus binds in the scope around it. */
function writeWalrus(frame: Frame, name: string, value: Value): void {
  let at = frame;
  while (at.kind === "comprehension" && at.parent !== undefined) at = at.parent;
  writeName(at, name, value);
}

function evaluateDisplay(node: SyntaxNode, type: string, frame: Frame): Value {
  const values = node.children.map((child) => evaluateExpression(child, frame));
  return objectValue(
    [allocate(node, frame, { kind: "container", contents: objectsOf(values) })],
    type,
    values.some((value) => value.draws || isUnknown(value)),
  );
}

/** A value of which nothing is known may be an unseeded estimator. */
function isUnknown(value: Value): boolean {
  return value.objects.length > 0 && value.type === undefined;
}

/** A tuple of things that cannot change cannot change either. */
function evaluateTuple(node: SyntaxNode, frame: Frame): Value {
  const values = node.children.map((child) => evaluateExpression(child, frame));
  const objects = objectsOf(values);
  const isExact = node.children.every(({ kind }) => kind !== "list_splat");
  const parts = isExact ? { parts: values } : {};
  if (objects.length === 0) return { ...immutable("builtins.tuple"), ...parts };
  const made = allocate(node, frame, { kind: "container", contents: objects });
  if (isExact) made.keepsPositions = true;
  const draws = values.some((value) => value.draws || isUnknown(value));
  return { ...objectValue([made], "builtins.tuple", draws), ...parts };
}

function evaluateAttribute(node: SyntaxNode, frame: Frame): Value {
  const { unit, program } = frame;
  const attribute = fieldOf(node, "attribute");
  const name = attribute === undefined ? "" : unit.text.slice(attribute.start, attribute.end);
  const value = evaluateField(node, "object", frame);
  if (value.qualified !== undefined)
    return qualifiedValue(program.tables.canonicalName(`${value.qualified}.${name}`));
  if (value.objects.length === 0) return immutable(undefined);
  const computed = readProperty(node, { value, name }, frame);
  if (computed !== undefined) return computed;
  const effect =
    value.type === undefined ? undefined : program.tables.attributeEffect(value.type, name);
  if (effect?.result === "fresh") return allocateValue(node, frame, { type: effect.returns });
  if (effect !== undefined)
    return { ...objectValue(partsOf(value), effect.returns), draws: value.draws };
  if (name === "__class__" && classesOf(value.objects).length > 0)
    return objectValue(classesOf(value.objects), "builtins.type");
  const ofClass = readFromClasses({ node, name, of: value.objects }, frame);
  const asked = askedForData({ name, of: value.objects }, frame);
  const others = value.objects.filter((object) => !asked.includes(object));
  const parts = {
    ...objectValue(
      [...partsOf({ ...value, objects: others }), ...ofClass, ...partsOfClasses(asked)],
      others.length === 0 ? typeOfClassData(asked, name, frame) : undefined,
    ),
    draws: value.draws,
  };
  const method = lookUpMethod(node, { value, name }, frame);
  const answered = applySpecial(
    ["__getattr__", "__getattribute__"],
    { node, subject: value, subjectNode: node },
    frame,
  );
  return joinValues([parts, method, answered].filter((possible) => possible !== undefined));
}

/** What reading `value.name` gives where that may be a method: it holds what it belongs to, which a container's parts do not. */
function lookUpMethod(
  node: SyntaxNode,
  { value, name }: { readonly value: Value; readonly name: string },
  frame: Frame,
): Value | undefined {
  const { tables, methods } = frame.program;
  const changes =
    value.type !== undefined &&
    tables.methodEffect(value.type, name)?.mutatesReceiver !== undefined;
  // Whatever else is read of something whole is that itself; `add = seen.append` changes it whoever calls it.
  const owners = value.objects.filter(
    ({ kind }) => kind === "container" || (kind === "opaque" && changes),
  );
  const mayBe = owners.some(({ code }) => {
    const classes = [...code].filter(({ kind }) => kind === "class");
    return classes.length === 0
      ? value.type === undefined
        ? tables.anyMethodEffect(name) !== undefined || methods.has(name)
        : tables.methodEffect(value.type, name) !== undefined
      : classes.some((one) => findMethod(one, name, frame) !== undefined);
  });
  if (!mayBe) return undefined;
  const made = allocate(node, frame, { kind: "opaque", contents: value.objects });
  bindMethod(made, { receiver: value, name });
  return objectValue([made]);
}

/** A property of one of the program's classes runs code when it is read. */
function readProperty(
  node: SyntaxNode,
  read: { readonly value: Value; readonly name: string },
  frame: Frame,
): Value | undefined {
  const results: Value[] = [];
  for (const object of read.value.objects) {
    for (const code of object.code) {
      const property = code.methods.get(read.name);
      if (property?.binding !== "property") continue;
      const receiver = { value: read.value, name: baseName(node, frame.unit.text) };
      results.push(
        applyCode({ code: property, node, arguments: [], closure: [object], receiver }, frame),
      );
    }
  }
  return results.length === 0 ? undefined : joinValues(results);
}

/** `a[i]`: a part of `a`, or what the class of `a` makes of it. */
function evaluateSubscript(node: SyntaxNode, frame: Frame): Value {
  const subjectNode = fieldOf(node, "value");
  const value = evaluateField(node, "value", frame);
  const indices = fieldsOf(node, "subscript");
  const given = indices.map((index) => evaluateExpression(index, frame));
  const own = applySpecial(
    ["__getitem__", "__missing__"],
    { node, subject: value, subjectNode, given },
    frame,
  );
  const part = selectPart({ node, value, indices, given }, frame);
  return own === undefined ? part : joinValues([part, own]);
}

function evaluateBinary(node: SyntaxNode, frame: Frame): Value {
  const left = evaluateField(node, "left", frame);
  const right = evaluateField(node, "right", frame);
  const own = applyOperator(
    node.tokens.find(({ text }) => text !== "(" && text !== ")")?.text ?? "",
    { node, values: [left, right], nodes: [fieldOf(node, "left"), fieldOf(node, "right")] },
    frame,
  );
  return joinValues([operate(node, frame, [left, right]), ...own]);
}
