/** Calling the program's own functions and classes: their summaries in terms of the values at the call. */
import type { Span } from "../../base/text-span.ts";
import { fieldOf, type SyntaxNode } from "../syntax.ts";
import { allocate, allocateRest, allocateTuple, storeAll } from "./allocate.ts";
import { baseName } from "./base-name.ts";
import { bindArguments, joinArguments } from "./bind-arguments.ts";
import { classesOf, heldByClasses, isClass } from "./class-state.ts";
import { findMethod } from "./find-method.ts";
import {
  deleteGlobalMaybe,
  globalObjectsNow,
  noteCode,
  originValue,
  readGlobal,
  recordMutation,
  writeGlobal,
  writeGlobalMaybe,
} from "./frames.ts";
import {
  addCode,
  changeable,
  changeableOwn,
  codeIn,
  contain,
  inside,
  insideOwn,
  methodsIn,
  newObject,
} from "./heap.ts";
import { leftValue } from "./left-by-call.ts";
import type { Argument, Code, Frame, Heap, HeapObject, Origin, Reason, Value } from "./model.ts";
import { recordAmbient, recordDynamic } from "./record-outside.ts";
import { immutable, joinValues, objectsOf, objectValue } from "./values.ts";
import { countWork } from "./work.ts";

/** One call of known code. */
export interface CodeCall {
  readonly code: Code;
  readonly node: SyntaxNode;
  readonly arguments: readonly Argument[];
  /** Bound to the first parameter of methods. */
  readonly receiver?: { readonly value: Value; readonly name: string | undefined };
  /** The object called: captured variables live in it. */
  readonly closure: readonly HeapObject[];
  /** The arguments are not known in order: each parameter may be any of them. */
  readonly loose?: boolean;
  /** Nothing else can be called here. */
  readonly certain?: boolean;
}

/** Applies what the code may do and gives what it may return. */
export function applyCode(call: CodeCall, frame: Frame): Value {
  const { code, node } = call;
  const { program } = frame;
  const { heap } = program;
  countWork(heap.work, 1);
  const summary = program.engine.summarize(code, program);
  const bound =
    call.loose === true
      ? looseBinding(call)
      : bindArguments(code, call.arguments, call.receiver?.value);
  noteCode(frame, code);
  // What a name was before is what the body may have changed or kept before it bound the name anew.
  const earlier = new Map(
    [...summary.globalWrites.keys()].map((name) => [name, globalObjectsNow(frame, name)]),
  );
  const globalsOf = (name: string): readonly HeapObject[] => {
    const before = earlier.get(name);
    return before === undefined
      ? globalObjects(frame, name)
      : [...new Set([...before, ...globalObjectsNow(frame, name)])];
  };
  const objectsOfOrigin = (origin: Origin): readonly HeapObject[] => {
    if (origin.kind === "global") return globalsOf(origin.name);
    if (origin.kind === "class") return classObjects(call, frame);
    if (origin.kind === "captured")
      return [...capturedObjects(frame, origin.name), ...call.closure];
    if (origin.index === 0 && call.receiver !== undefined) return call.receiver.value.objects;
    const given = bound.get(origin.index);
    if (takesRest(code, origin.index)) {
      const rest = allocateRest(node, origin.index, { given: given ?? [], frame });
      return [rest, ...objectsOf((given ?? []).map(({ value }) => value))];
    }
    // Without an argument it is the default, which lives in the function.
    if (given !== undefined) return joinArguments(given).objects;
    const holdsNothing = code.parameters[origin.index]?.holdsNothing === true;
    return holdsNothing ? [] : defaultObjects(heap, call);
  };
  const left = [...summary.globalWrites].map(
    ([name, write]) => [name, write, leftValue({ write, objectsOfOrigin, node }, frame)] as const,
  );
  for (const [name, write, value] of left) {
    if (write.surely && call.certain === true) writeGlobal(frame, name, value);
    else writeGlobalMaybe(frame, name, value);
  }
  for (const name of summary.globalDeletes) deleteGlobalMaybe(frame, name);
  for (const [name, reason] of summary.mutatedGlobals)
    recordMutation(frame, changeable(program.heap, globalsOf(name)), soften(reason, call), name);
  for (const [index, reason] of summary.mutatedParameters)
    mutateParameter({ call, bound, index, reason, frame });
  if (summary.mutatedCaptured !== undefined)
    recordMutation(
      frame,
      changeable(program.heap, call.closure),
      soften(summary.mutatedCaptured, call),
    );
  if (summary.mutatedClass !== undefined) mutateClass(call, summary.mutatedClass, frame);
  for (const { from, into } of summary.stores)
    storeAll(frame, changeableOwn(heap, objectsOfOrigin(into)), objectsOfOrigin(from));
  for (const effect of summary.ambient) recordAmbient(frame, effect);
  for (const { kind, names } of summary.dynamic) recordDynamic(frame, kind, node as Span, names);
  return resultOf({ call, frame, objectsOfOrigin });
}

/** The class of the instance that a method is called on, and its data; where nobody knows it, the class that the method stands in. */
function classObjects(call: CodeCall, frame: Frame): readonly HeapObject[] {
  const { heap, definedNames } = frame.program;
  const { name } = call.code.scope.parent ?? { name: "" };
  const given = call.receiver?.value.objects ?? call.closure;
  const direct = classesOf(given);
  const classes = direct.length > 0 ? direct : [...inside(heap, given)].filter(isClass);
  const fallback = definedNames.has(name) ? globalObjects(frame, name) : given;
  const found = classes.length > 0 ? classes : fallback;
  return [...new Set([...found, ...heldByClasses(found)])];
}

/** Whoever holds the class finds it changed, by whatever name the instance was called. */
function mutateClass(call: CodeCall, { certain }: Reason, frame: Frame): void {
  const because = `${call.receiver?.name ?? "…"}.${call.code.name}(…)`;
  recordMutation(frame, classObjects(call, frame), {
    because,
    certain: certain && call.loose !== true,
  });
}

function takesRest(code: Code, index: number): boolean {
  const kind = code.parameters[index]?.kind;
  return kind === "positional-rest" || kind === "keyword-rest";
}

function soften(reason: Reason, call: CodeCall): Reason {
  return { because: reason.because, certain: reason.certain && call.loose !== true };
}

interface ParameterMutation {
  readonly call: CodeCall;
  readonly bound: ReadonlyMap<number, readonly Argument[]>;
  readonly index: number;
  readonly reason: Reason;
  readonly frame: Frame;
}

function mutateParameter({ call, bound, index, reason, frame }: ParameterMutation): void {
  const { code, receiver } = call;
  if (index === 0 && receiver !== undefined) {
    if (reason.consumes === true && !mayBeUsedUp(receiver.value, frame)) return;
    recordMutation(
      frame,
      changeableOwn(frame.program.heap, receiver.value.objects),
      {
        because: `${receiver.name ?? "…"}.${code.name}(…)`,
        certain: reason.certain && call.loose !== true,
      },
      receiver.name,
    );
    return;
  }
  if (!bound.has(index) && code.parameters[index]?.holdsNothing !== true)
    recordMutation(frame, defaultObjects(frame.program.heap, call), {
      because: `default of ${code.name}(…)`,
      certain: false,
    });
  for (const argument of bound.get(index) ?? []) {
    if (reason.consumes === true && !mayBeUsedUp(argument.value, frame)) continue;
    const because = `argument of ${code.name === "" ? "a lambda" : code.name}(…)`;
    const softened = {
      because,
      certain: reason.certain && call.loose !== true,
      ...(reason.consumes === true ? { consumes: true } : {}),
    };
    const { objects } = argument.value;
    const base = baseName(argument.node, frame.unit.text);
    if (reason.consumes === true) {
      recordMutation(frame, objects, softened, base);
      continue;
    }
    const own = changeableOwn(frame.program.heap, objects);
    recordMutation(frame, own, softened, base);
    // What the class of an instance holds may be what the function changed.
    const all = changeable(frame.program.heap, objects);
    if (all.length > own.length) recordMutation(frame, all, { ...softened, certain: false }, base);
  }
}

/** Whether iterating over the value may leave it changed. */
export function mayBeUsedUp(value: Value, frame: Frame): boolean {
  if (value.objects.length === 0) return false;
  if (value.type !== undefined) return frame.program.tables.isIterator(value.type);
  return value.objects.some((object) => object.kind === "opaque");
}

/** Data that the called function holds: defaults of its parameters, and what it captured. */
function defaultObjects(heap: Heap, call: CodeCall): readonly HeapObject[] {
  const closure = new Set(call.closure);
  const isStandIn = (object: HeapObject): boolean =>
    closure.has(object) && object.origin !== undefined;
  return [...inside(heap, closure)].filter(
    (object) => object.kind !== "inert" || isStandIn(object),
  );
}

function looseBinding(call: CodeCall): ReadonlyMap<number, readonly Argument[]> {
  return new Map(call.code.parameters.map((_, index) => [index, call.arguments]));
}

function globalObjects(frame: Frame, name: string): readonly HeapObject[] {
  return readGlobal(frame, name).objects;
}

/** A variable of the function around, when that is the one being run. */
function capturedObjects(frame: Frame, name: string): readonly HeapObject[] {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const local = at.locals.get(name);
    if (local !== undefined) return local.objects;
  }
  return frame.kind === "function" ? originValue(frame, { kind: "captured", name }).objects : [];
}

interface ResultRequest {
  readonly call: CodeCall;
  readonly frame: Frame;
  readonly objectsOfOrigin: (origin: Origin) => readonly HeapObject[];
}

function resultOf(request: ResultRequest): Value {
  const { call, frame, objectsOfOrigin } = request;
  const { code, node } = call;
  const summary = frame.program.engine.summarize(code, frame.program);
  // Of what comes from outside, a body's stand-in is the thing and all its parts.
  const shared = insideOwn(
    frame.program.heap,
    summary.returned.flatMap((origin) => [...objectsOfOrigin(origin)]),
  );
  const inner = summary.returnedInside.flatMap((origin) => [...objectsOfOrigin(origin)]);
  const lazy = code.isGenerator;
  if (!lazy && summary.returnedParts !== undefined)
    return allocateTuple(node, frame, summary.returnedParts);
  if (!summary.returnsObject && !lazy && summary.returnedCode.size === 0) {
    return shared.size === 0
      ? immutable(summary.returnType)
      : objectValue([...shared], summary.returnType ?? typeOfSame(request), summary.returnDraws);
  }
  const held = lazy
    ? [...inner, ...shared, ...objectsOf(call.arguments.map(({ value }) => value))]
    : inner;
  const made = allocate(node, frame, { kind: "opaque", contents: held });
  for (const returned of summary.returnedCode) addCode(frame.program.heap, made, returned);
  if (lazy) {
    addCode(frame.program.heap, made, code);
    made.isIterator = true;
  }
  const type = lazy ? "builtins.generator" : summary.returnType;
  return objectValue([...shared, made], type, summary.returnDraws);
}

/** A function that gives one of its arguments back gives that argument's type back. */
function typeOfSame({ call, frame }: ResultRequest): string | undefined {
  const { returned } = frame.program.engine.summarize(call.code, frame.program);
  const [only] = returned;
  if (returned.length !== 1 || only?.kind !== "parameter" || call.loose === true) return undefined;
  if (takesRest(call.code, only.index)) return undefined;
  if (only.index === 0 && call.receiver !== undefined) return call.receiver.value.type;
  return joinArguments(
    bindArguments(call.code, call.arguments, call.receiver?.value).get(only.index) ?? [],
  ).type;
}

/** Makes an instance of one of the program's classes. */
export function instantiate(call: CodeCall, frame: Frame): Value {
  const { code, node } = call;
  const { heap } = frame.program;
  const made = allocate(node, frame, { kind: "container", contents: call.closure });
  addCode(frame.program.heap, made, code);
  // Stands for everything that the instance's methods put into it, however often the place is run.
  if (!frame.program.attributes.has(made)) {
    const attributes = newObject(heap, { kind: "opaque" });
    frame.program.attributes.set(made, attributes);
    contain(heap, made, attributes);
  }
  const instance = objectValue([made], `.${code.name}`);
  const receiver = { value: instance, name: undefined };
  const constructor = findMethod(code, "__init__", frame) ?? findMethod(code, "__new__", frame);
  const values = objectsOf(call.arguments.map(({ value }) => value));
  if (constructor === undefined) {
    // A data class, or an inherited constructor: it may keep whatever it gets.
    for (const object of values) if (contain(heap, made, object)) frame.run.changes += 1;
    const after = code.methods.get("__post_init__");
    if (after !== undefined) applyCode({ ...call, code: after, arguments: [], receiver }, frame);
  } else {
    applyCode({ ...call, code: constructor, receiver }, frame);
  }
  noteCode(frame, code);
  return instance;
}

/** Code that a library may call when it gets it as an argument: with anything else it was given. */
export function applyPassedCode(node: SyntaxNode, given: readonly Argument[], frame: Frame): void {
  for (const argument of given) {
    const codes = codeIn(frame.program.heap, argument.value.objects);
    const methods = methodsIn(frame.program.heap, argument.value.objects);
    if (codes.size === 0 && methods.length === 0) continue;
    const others = given.filter((other) => other !== argument);
    for (const method of methods)
      frame.program.engine.callBound(
        method,
        { node, arguments: others, through: argument.node },
        frame,
      );
    for (const code of codes) {
      const run = code.kind === "class" ? [...code.methods.values()] : [code];
      for (const callable of run)
        applyCode(
          { code: callable, node, arguments: others, closure: argument.value.objects, loose: true },
          frame,
        );
    }
  }
}

/** What calling a value may give when the value is, or holds, code of the program. `undefined` when it is not. */
export function callValue(
  call: Omit<CodeCall, "code">,
  callee: Value,
  frame: Frame,
): Value | undefined {
  const results: Value[] = [];
  const [only] = callee.objects;
  const certain = callee.objects.length === 1 && only?.kind === "inert" && only.code.size === 1;
  for (const object of callee.objects) {
    if (object.bound !== undefined)
      results.push(
        frame.program.engine.callBound(
          object.bound,
          { ...call, through: fieldOf(call.node, "function") ?? call.node },
          frame,
        ),
      );
    for (const code of object.code) {
      if (code.kind === "class" && object.kind === "inert")
        results.push(instantiate({ ...call, code }, frame));
      else if (code.kind === "class")
        results.push(...callInstance({ ...call, code }, callee, frame));
      else results.push(applyCode({ ...call, code, certain }, frame));
    }
  }
  return results.length === 0 ? undefined : joinValues(results);
}

function callInstance(call: CodeCall, callee: Value, frame: Frame): readonly Value[] {
  const method = call.code.methods.get("__call__");
  return method === undefined
    ? []
    : [applyCode({ ...call, code: method, receiver: { value: callee, name: undefined } }, frame)];
}
