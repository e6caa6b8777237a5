/** Calls: what is called, what the tables or the program's own code say it does, and what that makes of the values. */
import type { CallArgument } from "../facts.ts";
import { fieldOf, type SyntaxNode, textOf } from "../syntax.ts";
import { allocateValue, store } from "./allocate.ts";
import { applyCode, applyPassedCode, callValue } from "./apply-code.ts";
import { applyEffect, applyUnknown, type LibraryCall } from "./apply-effect.ts";
import { changeLibrary, shorten } from "./assign.ts";
import { baseName } from "./base-name.ts";
import { classesOf } from "./class-state.ts";
import { findMethod } from "./find-method.ts";
import { originValue, recordMutation } from "./frames.ts";
import { changeable, codeIn, methodsIn } from "./heap.ts";
import { literalOf } from "./literals.ts";
import type { Argument, BoundCall, BoundMethod, Code, Frame, HeapObject, Value } from "./model.ts";
import { recordAmbient, recordDynamic } from "./record-outside.ts";
import { ANYTHING, applySpecial, askedBy, askedByMethodOf } from "./special-methods.ts";
import { IMMUTABLE, immutable, joinValues, objectValue } from "./values.ts";

/** The call as written, evaluated up to the point where the callee starts. */
interface PreparedCall {
  readonly node: SyntaxNode;
  readonly function: SyntaxNode;
  readonly callee: Value;
  readonly receiver: Value | undefined;
  readonly method: string | undefined;
  readonly arguments: readonly Argument[];
}

/** Evaluates a call expression. */
export function evaluateCall(node: SyntaxNode, frame: Frame): Value {
  const callee = fieldOf(node, "function");
  if (callee === undefined) return IMMUTABLE;
  const { engine, tables } = frame.program;
  const attribute = callee.kind === "attribute" ? fieldOf(callee, "attribute") : undefined;
  const object = callee.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  const target =
    object === undefined ? engine.evaluate(callee, frame) : engine.evaluate(object, frame);
  const given = evaluateArguments(fieldOf(node, "arguments"), frame);
  const method = attribute === undefined ? undefined : textOf(frame.unit.text, attribute);
  const isLibraryPath = target.qualified !== undefined;
  const qualified =
    target.qualified === undefined
      ? undefined
      : tables.canonicalName(
          method === undefined ? target.qualified : `${target.qualified}.${method}`,
        );
  const call: PreparedCall = {
    node,
    function: callee,
    callee: qualified === undefined ? target : { ...target, qualified },
    receiver: method === undefined || isLibraryPath ? undefined : target,
    method: isLibraryPath ? undefined : method,
    arguments: given,
  };
  recordCall(call, frame);
  if (qualified !== undefined) return callLibrary(call, qualified, frame);
  return call.method === undefined ? callPlain(call, frame) : callMethod(call, call.method, frame);
}

/** Calls a decorator with what it decorates. */
export function callDecorator(decorator: SyntaxNode, decorated: Value, frame: Frame): Value {
  const [expression] = decorator.children;
  if (expression === undefined) return decorated;
  const callee = frame.program.engine.evaluate(expression, frame);
  const given: Argument = {
    node: decorator,
    keyword: undefined,
    value: decorated,
    span: decorator,
  };
  const call: PreparedCall = {
    node: decorator,
    function: expression,
    callee,
    receiver: undefined,
    method: undefined,
    arguments: [given],
  };
  return callee.qualified === undefined
    ? callPlain(call, frame)
    : callLibrary(call, callee.qualified, frame);
}

function evaluateArguments(list: SyntaxNode | undefined, frame: Frame): readonly Argument[] {
  const { engine } = frame.program;
  const { text } = frame.unit;
  if (list === undefined) return [];
  const argument = (node: SyntaxNode, keyword: string | undefined): Argument => ({
    node,
    keyword,
    span: { start: node.start, end: node.end },
    value: engine.evaluate(node, frame),
  });
  if (list.kind !== "argument_list") return [argument(list, undefined)];
  return list.children.map((child) => {
    if (child.kind === "list_splat") return argument(child, "*");
    if (child.kind === "dictionary_splat") return argument(child, "**");
    if (child.kind !== "keyword_argument") return argument(child, undefined);
    const name = fieldOf(child, "name");
    const value = fieldOf(child, "value");
    return argument(value ?? child, name === undefined ? undefined : textOf(text, name));
  });
}

function recordCall(call: PreparedCall, frame: Frame): void {
  const { node, function: callee, receiver } = call;
  const { text } = frame.unit;
  const { run } = frame;
  const name =
    call.callee.qualified ??
    (callee.kind === "identifier" && call.callee.objects.some((object) => object.code.size > 0)
      ? `.${textOf(text, callee)}`
      : undefined);
  const given = call.arguments.map(
    (argument): CallArgument => ({
      keyword: argument.keyword,
      span: argument.span,
      literal: literalOf(argument.node, text),
      name: argument.node.kind === "identifier" ? textOf(text, argument.node) : undefined,
    }),
  );
  run.recorder.calls.set(`${String(node.start)}:${String(node.end)}`, {
    span: { start: node.start, end: node.end },
    callee: name,
    receiver: receiver === undefined ? undefined : baseName(callee, text),
    method: call.method,
    receiverType: receiver?.type,
    arguments: given,
    repeated: run.repeated > 0,
  });
}

/** The things given may be asked for what their classes define: `len(box)` runs its `__len__`. */
function applyAsked(call: PreparedCall, asked: readonly string[] | undefined, frame: Frame): void {
  for (const { node, value } of call.arguments)
    applySpecial(asked ?? ANYTHING, { node: call.node, subject: value, subjectNode: node }, frame);
}

function libraryCall(call: PreparedCall, name: string): LibraryCall {
  return {
    node: call.node,
    name,
    receiver: call.receiver,
    receiverNode: fieldOf(call.function, "object") ?? call.function,
    arguments: call.arguments,
  };
}

function callLibrary(call: PreparedCall, qualified: string, frame: Frame): Value {
  const { tables } = frame.program;
  // `super()` is the instance seen as one of its bases.
  if (qualified === "builtins.super") return originValue(frame, { kind: "parameter", index: 0 });
  const classes = classesOf(call.arguments.flatMap(({ value }) => value.objects));
  if (qualified === "builtins.type" && call.arguments.length === 1 && classes.length > 0)
    return objectValue(classes, "builtins.type");
  if (qualified === "builtins.setattr" || qualified === "builtins.delattr")
    return setAttribute(call, frame);
  const dynamic = tables.dynamicKind(qualified);
  if (dynamic !== undefined) recordDynamic(frame, dynamic, call.node);
  const effect = tables.functionEffect(qualified);
  const asked = askedBy(qualified);
  if (asked?.length !== 0) applyPassedCode(call.node, call.arguments, frame);
  applyAsked(call, asked, frame);
  const request = libraryCall(call, qualified);
  if (effect === undefined && dynamic === undefined) recordLibraryUse(call, qualified, frame);
  const value =
    effect === undefined ? applyUnknown(request, frame) : applyEffect(request, effect, frame);
  // Where the name may also be something else of the program, that is called too.
  return call.callee.objects.length === 0
    ? value
    : joinValues([value, applyUnknown(request, frame)]);
}

/** `setattr(thing, name, value)` changes a thing like `thing.name = value`, whatever the name; a library may only be changed by one that is known. */
function setAttribute(call: PreparedCall, frame: Frame): Value {
  const [thing, name, stored] = call.arguments;
  if (thing === undefined || name === undefined) return IMMUTABLE;
  const because = `${shorten(textOf(frame.unit.text, call.node))}`;
  const value = stored?.value ?? IMMUTABLE;
  const { qualified, objects } = thing.value;
  const attribute = name.value.literal?.value;
  if (qualified === undefined) {
    recordMutation(
      frame,
      objects,
      { because, certain: true },
      baseName(thing.node, frame.unit.text),
    );
    for (const outer of objects) for (const inner of value.objects) store(frame, outer, inner);
  } else if (stored === undefined || typeof attribute !== "string")
    recordDynamic(frame, "monkeypatch", call.node);
  else changeLibrary(call.node, { owner: qualified, attribute, value, because }, frame);
  return immutable("builtins.NoneType");
}

/**
 * What no table knows may depend on what the library keeps for itself, and a call whose value nobody takes may be there to change that.
 * With nothing of the program's among its arguments it can hardly be there for anything else: it then only writes.
 */
function recordLibraryUse(call: PreparedCall, qualified: string, frame: Frame): void {
  const isDiscarded = frame.run.discarded === call.node;
  const takesData = call.arguments.some(({ value }) =>
    changeable(frame.program.heap, value.objects).some(
      ({ holders, origin }) => holders.size > 0 || origin !== undefined,
    ),
  );
  const [library = qualified] = qualified.split(".", 1);
  recordAmbient(frame, {
    resource: "library",
    access: isDiscarded ? (takesData ? "read-write" : "write") : "read",
    detail: library,
    because: `${qualified}(…)`,
  });
}

function callPlain(call: PreparedCall, frame: Frame): Value {
  const { node, callee } = call;
  const known = callValue(
    { node, arguments: call.arguments, closure: callee.objects },
    callee,
    frame,
  );
  applyPassedCode(node, call.arguments, frame);
  applyAsked(call, undefined, frame);
  if (known !== undefined && callee.objects.every(isKnownCallee)) return known;
  const inner = applyInnerCode(call, frame);
  const name = shortName(textOf(frame.unit.text, call.function));
  const unknown = applyUnknown(
    { ...libraryCall(call, name), receiver: callee, receiverNode: call.function, isPlain: true },
    frame,
  );
  return joinValues([...(known === undefined ? [] : [known]), ...inner, unknown]);
}

function isKnownCallee(object: HeapObject): boolean {
  return object.kind === "inert" || object.bound !== undefined;
}

/** Calls a method that was looked up before. */
export function callBound({ receiver, name }: BoundMethod, call: BoundCall, frame: Frame): Value {
  const { node, through } = call;
  return callMethod(
    {
      node,
      arguments: call.arguments,
      function: through,
      callee: receiver,
      receiver,
      method: name,
    },
    name,
    frame,
  );
}

/** A decorated or wrapped function: the code inside may get the arguments in any way. */
function applyInnerCode(call: PreparedCall, frame: Frame): readonly Value[] {
  const { callee, node } = call;
  const direct = new Set(callee.objects.flatMap((object) => [...object.code]));
  const inner = [...codeIn(frame.program.heap, callee.objects)].filter(
    (code) => !direct.has(code) && code.kind !== "class",
  );
  const methods = callee.objects
    .filter(({ bound }) => bound === undefined)
    .flatMap((object) => methodsIn(frame.program.heap, [object]));
  return [
    ...inner.map((code) =>
      applyCode(
        { code, node, arguments: call.arguments, closure: callee.objects, loose: true },
        frame,
      ),
    ),
    ...methods.map((method) => callBound(method, { ...call, through: call.function }, frame)),
  ];
}

function shortName(source: string): string {
  return source.length <= 40 && !source.includes("\n") ? source : "…";
}

function callMethod(call: PreparedCall, method: string, frame: Frame): Value {
  const { node, receiver } = call;
  const { tables } = frame.program;
  if (receiver === undefined) return IMMUTABLE;
  applyPassedCode(node, givenToCode(call, receiver), frame);
  applyAsked(call, askedByMethodOf(receiver.type), frame);
  const own = callOwnMethod(call, method, frame);
  if (own !== undefined) return own;
  const request = libraryCall(call, method);
  if (receiver.objects.length === 0) return callOnImmutable(call, method, frame);
  if (receiver.type !== undefined && tables.isKnownType(receiver.type)) {
    const effect = tables.methodEffect(receiver.type, method);
    return effect === undefined
      ? applyUnknown(request, frame)
      : applyEffect(request, effect, frame);
  }
  const results: Value[] = [];
  const possible = classMethods(method, frame);
  for (const code of possible) {
    results.push(
      applyCode(
        {
          code,
          node,
          arguments: call.arguments,
          closure: [],
          receiver: { value: receiver, name: baseName(call.function, frame.unit.text) },
          loose: possible.length > 1,
        },
        frame,
      ),
    );
  }
  const effect = receiver.type === undefined ? tables.anyMethodEffect(method) : undefined;
  results.push(
    effect === undefined ? applyUnknown(request, frame) : applyEffect(request, effect, frame),
  );
  return joinValues(results);
}

/** A pipeline runs the transformers that it holds on what it gets, and a table runs a function on its rows. */
function givenToCode(call: PreparedCall, receiver: Value): readonly Argument[] {
  const { type } = receiver;
  // Built-in containers call nothing that they hold, and the values of a series are no part of it.
  if (type === "pandas.Series" || type?.startsWith("builtins.") === true) return call.arguments;
  if (receiver.objects.some(({ code }) => code.size > 0)) return call.arguments;
  const node = fieldOf(call.function, "object") ?? call.node;
  return [{ node, keyword: undefined, value: receiver, span: node }, ...call.arguments];
}

/** A method of one of the program's classes, or one that such a class inherits from somewhere unknown. */
function callOwnMethod(call: PreparedCall, method: string, frame: Frame): Value | undefined {
  const { node, receiver } = call;
  if (receiver === undefined) return undefined;
  const name = baseName(call.function, frame.unit.text);
  const results: Value[] = [];
  for (const object of receiver.objects) {
    for (const code of object.code) {
      if (code.kind !== "class") continue;
      const found = findMethod(code, method, frame);
      const onClass = object.kind === "inert";
      if (found !== undefined) {
        const bound =
          found.binding === "static" || (onClass && found.binding !== "class")
            ? {}
            : { receiver: { value: receiver, name } };
        results.push(
          applyCode(
            { code: found, node, arguments: call.arguments, closure: [object], ...bound },
            frame,
          ),
        );
        continue;
      }
      // Inherited: it may call any method of the class, and change the instance.
      for (const other of code.methods.values()) {
        applyCode(
          {
            code: other,
            node,
            arguments: call.arguments,
            closure: [object],
            receiver: { value: receiver, name },
            loose: true,
          },
          frame,
        );
      }
      results.push(applyUnknown(libraryCall(call, method), frame));
    }
  }
  return results.length === 0 ? undefined : joinValues(results);
}

/** Methods of that name in any class of the program: what an object of unknown type may run. */
function classMethods(method: string, frame: Frame): readonly Code[] {
  return frame.program.methods.get(method) ?? [];
}

/** Methods of strings, numbers and the like change nothing and keep nothing. */
function callOnImmutable(call: PreparedCall, method: string, frame: Frame): Value {
  const { receiver, node } = call;
  const effect =
    receiver?.type === undefined
      ? frame.program.tables.anyMethodEffect(method)
      : frame.program.tables.methodEffect(receiver.type, method);
  if (effect === undefined || receiver === undefined)
    return receiver?.type === "builtins.str"
      ? immutable(undefined)
      : allocateValue(node, frame, { type: undefined });
  if (receiver.type !== undefined) return applyEffect(libraryCall(call, method), effect, frame);
  // Of unknown type, but reached only through things that cannot change.
  const { file, ambient } = effect;
  applyEffect(
    libraryCall(call, method),
    { ...(file === undefined ? {} : { file }), ...(ambient === undefined ? {} : { ambient }) },
    frame,
  );
  return objectValue([]);
}
