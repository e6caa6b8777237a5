/**
 * What an expression may be, and what evaluating it touches, in evaluation order.
 * Kinds without an entry evaluate their children and may be any of them.
 */
import { fieldOf, fieldsOf, withoutParentheses, type SyntaxNode } from "../syntax.ts";
import { allocate, allocateValue } from "./allocate.ts";
import { applyCode } from "./apply-code.ts";
import { baseName, bindTargetValue } from "./assign.ts";
import { evaluateCall } from "./evaluate-call.ts";
import { forkFlow, joinFlows } from "./flow.ts";
import { codeIn, contain, newObject } from "./heap.ts";
import { literalOf } from "./literals.ts";
import { scopeOwning, type Scope } from "../scopes.ts";
import type { Code, Frame, HeapObject, Value } from "./model.ts";
import { noteCode, readName, recordDynamic, writeName } from "./frames.ts";
import {
  IMMUTABLE,
  immutable,
  isImmutableType,
  joinValues,
  objectsOf,
  objectValue,
  partsOf,
  qualifiedValue,
} from "./values.ts";

/** Evaluates any expression. */
export function evaluateExpression(node: SyntaxNode, frame: Frame): Value {
  const evaluator = EVALUATORS[node.kind];
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
export function evaluateMaybe(node: SyntaxNode, frame: Frame): Value {
  const { run } = frame;
  const before = forkFlow(run.flow);
  run.conditional += 1;
  const value = evaluateExpression(node, frame);
  run.conditional -= 1;
  run.flow = joinFlows([before, run.flow]);
  return value;
}

const LITERAL: Evaluator = (node, frame) => {
  const literal = literalOf(node, frame.unit.text);
  return literal === undefined ? IMMUTABLE : immutable(literalType(literal.kind), literal);
};

function literalType(kind: string): string {
  return kind === "string"
    ? "builtins.str"
    : kind === "none"
      ? "builtins.NoneType"
      : `builtins.${kind}`;
}

const EVALUATORS: Readonly<Record<string, Evaluator>> = {
  identifier: (node, frame) => readName(frame, frame.unit.text.slice(node.start, node.end)),
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
  unary_operator: (node, frame) => {
    const value = evaluateField(node, "argument", frame);
    return value.objects.length === 0
      ? value.literal === undefined
        ? value
        : immutable(value.type, literalOf(node, frame.unit.text))
      : allocateValue(node, frame, { type: value.type });
  },
  not_operator: (node, frame) => {
    evaluateField(node, "argument", frame);
    return immutable("builtins.bool");
  },
  boolean_operator: (node, frame) => {
    const left = evaluateField(node, "left", frame);
    const right = fieldOf(node, "right");
    return right === undefined ? left : joinValues([left, evaluateMaybe(right, frame)]);
  },
  comparison_operator: (node, frame) => {
    const values = node.children.map((child) => evaluateExpression(child, frame));
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
    evaluateExpression(condition, frame);
    const before = forkFlow(frame.run.flow);
    frame.run.conditional += 1;
    const first = evaluateExpression(yes, frame);
    const afterFirst = frame.run.flow;
    frame.run.flow = before;
    const second = evaluateExpression(no, frame);
    frame.run.conditional -= 1;
    frame.run.flow = joinFlows([afterFirst, frame.run.flow]);
    return joinValues([first, second]);
  },
  named_expression: (node, frame) => {
    const value = evaluateField(node, "value", frame);
    const name = fieldOf(node, "name");
    if (name !== undefined) writeWalrus(frame, frame.unit.text.slice(name.start, name.end), value);
    return value;
  },
  lambda: (node, frame) => {
    for (const parameter of fieldOf(node, "parameters")?.children ?? []) {
      const fallback = fieldOf(parameter, "value");
      if (fallback !== undefined) evaluateExpression(fallback, frame);
    }
    return codeValue(node, frame);
  },
  list_comprehension: (node, frame) => evaluateComprehension(node, "builtins.list", frame),
  set_comprehension: (node, frame) => evaluateComprehension(node, "builtins.set", frame),
  dictionary_comprehension: (node, frame) => evaluateComprehension(node, "builtins.dict", frame),
  generator_expression: (node, frame) => {
    const value = evaluateComprehension(node, "builtins.generator", frame);
    const lazy = codeValue(node, frame);
    return { ...value, objects: [...value.objects, ...lazy.objects] };
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

const ARRAY_TYPES: ReadonlySet<string> = new Set([
  "pandas.DataFrame",
  "pandas.Series",
  "pandas.Index",
  "numpy.ndarray",
]);

function isArrayLike(type: string | undefined): boolean {
  return type !== undefined && ARRAY_TYPES.has(type);
}

/** In a comprehension, a walrus binds in the scope around it. */
function writeWalrus(frame: Frame, name: string, value: Value): void {
  let at = frame;
  while (at.kind === "comprehension" && at.parent !== undefined) at = at.parent;
  writeName(at, name, value);
}

/** Variables of enclosing functions that the code uses live on inside it. */
function captureVariables(code: Code, object: HeapObject, frame: Frame): void {
  const visit = (scope: Scope): void => {
    for (const symbol of scope.symbols.values()) {
      if (!symbol.read) continue;
      const owner = scopeOwning(scope, symbol.name);
      if (owner.kind === "module" || !encloses(owner, code.scope)) continue;
      for (const inner of readName(frame, symbol.name).objects)
        if (contain(object, inner)) frame.run.changes += 1;
    }
    for (const child of scope.children) visit(child);
  };
  visit(code.scope);
}

function encloses(outer: Scope, inner: Scope): boolean {
  for (let at = inner.parent; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}

/** A function or lazy generator as a value. One object per place in the text, so that loops stay stable. */
export function codeValue(node: SyntaxNode, frame: Frame): Value {
  const code = frame.program.engine.codeOf(node, frame);
  let object = frame.program.objects.get(node);
  if (object === undefined) {
    object = newObject(code.kind === "generator" ? "opaque" : "inert");
    frame.program.objects.set(node, object);
  }
  object.code.add(code);
  captureVariables(code, object, frame);
  noteCode(frame, new Set([code]));
  return objectValue([object], code.kind === "class" ? "builtins.type" : "builtins.function");
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
  return { ...objectValue(partsOf(value)), draws: value.draws };
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

/** `a[i]`: a part of `a`, unless the index makes a copy. */
function evaluateSubscript(node: SyntaxNode, frame: Frame): Value {
  const value = evaluateField(node, "value", frame);
  const indices = fieldsOf(node, "subscript");
  const indexValues = indices.map((index) => evaluateExpression(index, frame));
  const [index] = indexValues;
  const [indexNode] = indices;
  if (value.qualified !== undefined) return IMMUTABLE;
  if (value.objects.length === 0) return immutable(undefined);
  const copies =
    index !== undefined &&
    indexNode !== undefined &&
    indices.length === 1 &&
    isCopyingIndex(index, indexNode);
  if (value.type === "pandas.DataFrame") {
    if (copies)
      return allocateValue(node, frame, {
        type: isScalarIndex(index) ? "pandas.Series" : "pandas.DataFrame",
      });
    const type =
      index?.type === "builtins.str"
        ? "pandas.Series"
        : index?.type === "builtins.slice"
          ? "pandas.DataFrame"
          : undefined;
    return objectValue(partsOf(value), type);
  }
  if (copies && isArrayLike(value.type)) return allocateValue(node, frame, { type: value.type });
  if (value.type === "pandas.Series")
    return objectValue(
      partsOf(value),
      index?.type === "builtins.slice" ? "pandas.Series" : undefined,
    );
  if (value.type === "builtins.str") return immutable("builtins.str");
  if (
    index?.type === "builtins.slice" &&
    (value.type === "builtins.list" || value.type === "builtins.tuple")
  ) {
    return objectValue(
      [allocate(node, frame, { kind: "container", contents: partsOf(value) })],
      value.type,
    );
  }
  const parts = partsOf(value);
  if (parts.length === 0) return immutable(undefined);
  return {
    ...objectValue(parts, value.type === "numpy.ndarray" ? "numpy.ndarray" : undefined),
    draws: value.draws,
  };
}

/** A list of labels or a mask selects into new memory, in pandas as in NumPy. */
function isCopyingIndex(index: Value, node: SyntaxNode): boolean {
  const kind = withoutParentheses(node).kind;
  return (
    kind === "list" ||
    kind === "list_comprehension" ||
    index.type === "builtins.list" ||
    index.type === "comparison" ||
    isArrayLike(index.type)
  );
}

function isScalarIndex(index: Value | undefined): boolean {
  return index?.type === "builtins.str" || index?.type === "builtins.int";
}

const SCALARS: ReadonlySet<string | undefined> = new Set([
  "builtins.int",
  "builtins.float",
  "builtins.bool",
  "builtins.complex",
]);

function evaluateBinary(node: SyntaxNode, frame: Frame): Value {
  const left = evaluateField(node, "left", frame);
  const right = evaluateField(node, "right", frame);
  return operate(node, frame, [left, right]);
}

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
  const type = left.type === right.type ? left.type : undefined;
  if ((isSum && !anyScalar) || (isRepetition && (isContainer(left) || isContainer(right)))) {
    return objectValue(
      [allocate(node, frame, { kind: "container", contents: partsOf(joinValues([left, right])) })],
      type,
    );
  }
  const code = [...codeIn(left.objects), ...codeIn(right.objects)];
  return allocateValue(node, frame, {
    type,
    contents: code.length === 0 ? [] : objectsOf([left, right]),
  });
}

function isContainer(value: Value): boolean {
  return value.objects.some((object) => object.kind === "container");
}

function arithmeticType(left: string | undefined, right: string | undefined): string | undefined {
  if (left === right && isImmutableType(left)) return left;
  return left === "builtins.float" || right === "builtins.float" ? "builtins.float" : undefined;
}

/** Comprehensions run in a scope of their own, zero or more times. */
function evaluateComprehension(node: SyntaxNode, type: string, frame: Frame): Value {
  const scope = frame.unit.scopes.byNode.get(node);
  if (scope === undefined) return IMMUTABLE;
  const inner: Frame = { ...frame, kind: "comprehension", scope, parent: frame, locals: new Map() };
  const { run } = frame;
  const clauses = node.children.filter(
    (child) => child.kind === "for_in_clause" || child.kind === "if_clause",
  );
  const [first] = clauses;
  const firstIterables = (first === undefined ? [] : fieldsOf(first, "right")).map((iterable) =>
    evaluateExpression(iterable, frame),
  );
  const before = forkFlow(run.flow);
  run.conditional += 1;
  run.repeated += 1;
  let element = IMMUTABLE;
  // Twice, so that what the first round bound through a walrus is seen by the second.
  for (let round = 0; round < 2; round++) {
    for (const clause of clauses)
      runClause(clause, { frame: inner, iterables: clause === first ? firstIterables : undefined });
    element = evaluateField(node, "body", inner);
  }
  run.conditional -= 1;
  run.repeated -= 1;
  run.flow = joinFlows([before, run.flow]);
  return objectValue(
    [allocate(node, frame, { kind: "container", contents: element.objects })],
    type,
    element.draws,
  );
}

interface ClauseContext {
  readonly frame: Frame;
  readonly iterables: readonly Value[] | undefined;
}

function runClause(clause: SyntaxNode, context: ClauseContext): void {
  const { frame } = context;
  if (clause.kind === "if_clause") {
    evaluateChildren(clause, frame);
    return;
  }
  const iterables =
    context.iterables ??
    fieldsOf(clause, "right").map((iterable) => evaluateExpression(iterable, frame));
  const left = fieldOf(clause, "left");
  if (left !== undefined) bindTargetValue(left, elementsOf(joinValues(iterables)), frame);
}

/** What iterating over a value gives. */
export function elementsOf(value: Value): Value {
  if (value.type === "builtins.str") return immutable("builtins.str");
  if (value.type === "builtins.range") return immutable("builtins.int");
  if (value.type === "pandas.DataFrame" || value.type === "pandas.Index")
    return immutable(undefined);
  const parts = partsOf(value);
  return parts.length === 0 ? immutable(undefined) : { ...objectValue(parts), draws: value.draws };
}
