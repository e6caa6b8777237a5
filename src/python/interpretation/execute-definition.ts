/** `def` and `class` statements: what they evaluate when they run, and the code they make. */
import { parameterName } from "../binding-targets.ts";
import type { Scope } from "../scopes.ts";
import { childOfKind, fieldOf, hasToken, type SyntaxNode, textOf, walk } from "../syntax.ts";
import { applyCode } from "./apply-code.ts";
import { codeValue } from "./code-value.ts";
import { callDecorator } from "./evaluate-call.ts";
import { findMethod } from "./find-method.ts";
import { writeName } from "./frames.ts";
import { contain } from "./heap.ts";
import { literalOf } from "./literals.ts";
import type { Code, Frame, ParameterShape, Unit, Value } from "./model.ts";
import { recordDynamic } from "./record-outside.ts";

/** Defaults, annotations and decorators are evaluated now; the body when it is called. */
export function executeFunction(
  node: SyntaxNode,
  frame: Frame,
  decorators: readonly SyntaxNode[],
): void {
  const { engine } = frame.program;
  const defaults: Value[] = [];
  for (const parameter of fieldOf(node, "parameters")?.children ?? []) {
    const fallback = fieldOf(parameter, "value");
    const type = fieldOf(parameter, "type");
    if (fallback !== undefined) defaults.push(engine.evaluate(fallback, frame));
    if (type !== undefined) engine.evaluate(type, frame);
  }
  const returns = fieldOf(node, "return_type");
  if (returns !== undefined) engine.evaluate(returns, frame);
  const value = codeValue(node, frame);
  for (const object of value.objects)
    for (const fallback of defaults)
      for (const inner of fallback.objects) contain(frame.program.heap, object, inner);
  recordInnerCalls(node, frame);
  bindDefinition(node, frame, { value, decorators });
}

/** The calls inside a definition are facts of its statement. */
function recordInnerCalls(node: SyntaxNode, frame: Frame): void {
  if (frame.kind !== "module") return;
  const { program, run } = frame;
  const code = program.engine.codeOf(node, frame);
  const all = [code, ...code.methods.values()];
  for (const part of all)
    for (const call of program.engine.summarize(part, program).calls)
      run.recorder.calls.set(`${String(call.span.start)}:${String(call.span.end)}`, call);
  for (const part of all)
    for (const found of program.engine.summarize(part, program).dynamic)
      run.recorder.dynamic.set(`${found.kind} ${String(found.span.start)}`, found);
}

function bindDefinition(
  node: SyntaxNode,
  frame: Frame,
  made: { readonly value: Value; readonly decorators: readonly SyntaxNode[] },
): void {
  const name = fieldOf(node, "name");
  if (name === undefined) return;
  let { value } = made;
  for (const decorator of [...made.decorators].reverse())
    value = callDecorator(decorator, value, frame);
  writeName(frame, textOf(frame.unit.text, name), value);
}

/** The body of a class runs now, in a scope of its own. */
export function executeClass(
  node: SyntaxNode,
  frame: Frame,
  decorators: readonly SyntaxNode[],
): void {
  const { engine } = frame.program;
  const bases = (fieldOf(node, "superclasses")?.children ?? []).map((base) =>
    engine.evaluate(base, frame),
  );
  const scope = frame.unit.scopes.byNode.get(node);
  const body = fieldOf(node, "body");
  const value = codeValue(node, frame);
  if (scope !== undefined && body !== undefined) {
    const inner: Frame = { ...frame, kind: "class", scope, parent: frame, locals: new Map() };
    const { run } = frame;
    const { passing } = run;
    engine.execute(body, inner);
    frame.program.classBodies.set(engine.codeOf(node, frame), inner.locals);
    // The variables of the body are new each time: a loop around is not changed by their being bound.
    run.changes -= run.passing - passing;
    run.passing = passing;
    for (const object of value.objects)
      for (const held of [...inner.locals.values(), ...bases])
        for (const part of held.objects) contain(frame.program.heap, object, part);
  }
  for (const base of bases) applySubclassHook(node, base, value, frame);
  const finalizer = engine.codeOf(node, frame).methods.get("__del__");
  if (finalizer !== undefined) recordDynamic(frame, "finalizer", finalizer.node);
  recordInnerCalls(node, frame);
  bindDefinition(node, frame, { value, decorators });
}

/** A base may want to know who derives from it. */
function applySubclassHook(node: SyntaxNode, base: Value, made: Value, frame: Frame): void {
  for (const object of base.objects) {
    for (const code of object.code) {
      const hook = findMethod(code, "__init_subclass__", frame);
      if (hook === undefined) continue;
      const receiver = { value: made, name: undefined };
      applyCode({ code: hook, node, arguments: [], closure: [object], receiver }, frame);
    }
  }
}

/** Describes the code a node stands for. */
export function describeCode(node: SyntaxNode, unit: Unit, fallback: Scope): Code {
  const scope = unit.scopes.byNode.get(node) ?? fallback;
  const name = fieldOf(node, "name");
  const isClass = node.kind === "class_definition";
  const kind = isClass
    ? "class"
    : node.kind === "generator_expression"
      ? "generator"
      : node.kind === "function_definition"
        ? hasToken(node, "async")
          ? "async-function"
          : "function"
        : "lambda";
  return {
    kind,
    name: name === undefined || kind === "lambda" ? "" : textOf(unit.text, name),
    node,
    unit,
    scope,
    parameters: isClass ? [] : parametersOf(node, unit.text),
    methods: isClass ? methodsOf(node, unit, scope) : new Map(),
    isGenerator: kind === "generator" || (kind !== "class" && hasYield(node)),
    binding: "plain",
  };
}

function parametersOf(node: SyntaxNode, text: string): readonly ParameterShape[] {
  const shapes: ParameterShape[] = [];
  for (const parameter of fieldOf(node, "parameters")?.children ?? []) {
    const name = parameterName(parameter);
    if (name === undefined) continue;
    const written =
      parameter.kind === "typed_parameter" ? parameter.children[0]?.kind : parameter.kind;
    const kind =
      written === "list_splat_pattern"
        ? "positional-rest"
        : written === "dictionary_splat_pattern"
          ? "keyword-rest"
          : "plain";
    const fallback = fieldOf(parameter, "value");
    const holdsNothing = fallback === undefined || literalOf(fallback, text) !== undefined;
    shapes.push({ name: textOf(text, name), kind, holdsNothing });
  }
  return shapes;
}

const DECORATED_BINDINGS: Readonly<Record<string, Code["binding"]>> = {
  staticmethod: "static",
  classmethod: "class",
  property: "property",
  cached_property: "property",
  "functools.cached_property": "property",
};

/** Functions directly in the body, and in the branches of its `if` and `try` statements. */
function methodsOf(node: SyntaxNode, unit: Unit, scope: Scope): ReadonlyMap<string, Code> {
  const methods = new Map<string, Code>();
  const body = fieldOf(node, "body");
  if (body === undefined) return methods;
  walk(body, (inner) => {
    if (inner.kind === "class_definition" || inner.kind === "lambda") return false;
    const definition = inner.kind === "decorated_definition" ? fieldOf(inner, "definition") : inner;
    if (definition?.kind === "class_definition") return false;
    if (definition?.kind !== "function_definition") return undefined;
    const code = describeCode(definition, unit, scope);
    const decorator =
      inner.kind === "decorated_definition"
        ? childOfKind(inner, "decorator")?.children[0]
        : undefined;
    const written = decorator === undefined ? "" : textOf(unit.text, decorator);
    const binding =
      DECORATED_BINDINGS[written] ??
      (/\.(?:setter|getter|deleter)$/.test(written) ? "property" : "plain");
    methods.set(methods.has(code.name) ? `${code.name}#${String(methods.size)}` : code.name, {
      ...code,
      binding,
    });
    return false;
  });
  return methods;
}

/** Whether the function itself yields, nested functions not counted. */
function hasYield(node: SyntaxNode): boolean {
  const body = fieldOf(node, "body");
  if (body === undefined) return false;
  let found = false;
  walk(body, (inner) => {
    if (
      inner.kind === "function_definition" ||
      inner.kind === "lambda" ||
      inner.kind === "class_definition"
    )
      return false;
    if (inner.kind === "yield") found = true;
    return !found;
  });
  return found;
}
