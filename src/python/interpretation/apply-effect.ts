/** Applies what a table says about a library call, or the worst that may be when no table knows it. */
import type { CallEffect, FileEffect, RandomEffect } from "../effects/effect.ts";
import type { AmbientEffect } from "../facts.ts";
import type { SyntaxNode } from "../syntax.ts";
import { allocate, allocateTuple, allocateValue, store } from "./allocate.ts";
import { mayBeUsedUp } from "./apply-code.ts";
import { baseName } from "./base-name.ts";
import { recordMutation } from "./frames.ts";
import { changeable, codeIn } from "./heap.ts";
import { usedUpWith } from "./iterate.ts";
import type { Argument, Frame, HeapObject, Value } from "./model.ts";
import { readText } from "./read-text.ts";
import { recordAmbient } from "./record-outside.ts";
import {
  cellObjects,
  immutable,
  isImmutableType,
  joinValues,
  objectsOf,
  objectValue,
  partsOf,
} from "./values.ts";

/** A call of something that is not the program's own. */
export interface LibraryCall {
  readonly node: SyntaxNode;
  /** Dotted name of a function, or a method's name. */
  readonly name: string;
  readonly receiver: Value | undefined;
  readonly receiverNode: SyntaxNode | undefined;
  readonly arguments: readonly Argument[];
  /** `receiver` is the callee itself, not the object of a method. */
  readonly isPlain?: boolean;
}

/** Everything the call was given may have changed, and the result may share memory with any of it. */
export function applyUnknown(call: LibraryCall, frame: Frame): Value {
  const { text } = frame.unit;
  const { receiver, receiverNode } = call;
  if (receiver !== undefined && receiverNode !== undefined) {
    recordMutation(
      frame,
      changeable(frame.program.heap, receiver.objects),
      { because: `${call.name}(…)`, certain: false },
      baseName(receiverNode, text),
    );
  }
  for (const argument of call.arguments) {
    recordMutation(
      frame,
      changeable(frame.program.heap, argument.value.objects),
      { because: `argument of ${call.name}(…)`, certain: false },
      baseName(argument.node, text),
    );
  }
  // What a plain function gives back holds the function only when that has a state of its own.
  const holdsReceiver =
    receiver !== undefined &&
    (call.isPlain !== true || codeIn(frame.program.heap, receiver.objects).size > 0);
  const held = objectsOf([
    ...(holdsReceiver ? [receiver] : []),
    ...call.arguments.map(({ value }) => value),
  ]);
  return allocateValue(call.node, frame, { type: undefined, contents: held, draws: true });
}

/** Resources of which the first argument names a part. */
const NAMED_RESOURCES: ReadonlySet<AmbientEffect["resource"]> = new Set([
  "file",
  "options",
  "warnings",
  "environment",
  "network",
  "subprocess",
  "working-directory",
  "module-path",
]);

/** Applies a table entry and gives the result. */
export function applyEffect(call: LibraryCall, effect: CallEffect, frame: Frame): Value {
  for (const { resource, access } of effect.ambient ?? []) {
    recordAmbient(frame, {
      resource,
      access,
      detail: NAMED_RESOURCES.has(resource) ? firstStringArgument(call) : undefined,
      because: `${call.name}(…)`,
    });
  }
  if (effect.file !== undefined) applyFile(call, effect.file, frame);
  const draws = effect.random !== undefined && drawsFromGlobal(call, effect.random);
  if (effect.random !== undefined && draws && effect.random.later !== true)
    recordRandom(call, effect.random, frame);
  if (effect.random?.later !== true) mutateGenerators(call, effect.random, frame);
  const text =
    effect.readsText === undefined
      ? undefined
      : argumentAt(call, effect.readsText.argument, effect.readsText.keyword);
  if (text !== undefined && effect.readsText !== undefined)
    readText(text, effect.readsText.names, frame);
  mutateReceiver(call, effect, frame);
  mutateArguments(call, effect, frame);
  useUpArguments(call, frame);
  if (effect.stores === true) storeArguments(call, frame);
  const result = resultOf(call, effect, { frame, draws: draws && effect.random.later === true });
  // What is computed into a given place is that place.
  const places = placesOf(call, effect);
  return places.length === 0 ? result : joinValues([result, ...places.map(({ value }) => value)]);
}

/** Where the result is written to, when the caller says so. */
function placesOf(call: LibraryCall, effect: CallEffect): readonly Argument[] {
  const takesPlace = Array.isArray(effect.mutatesArguments)
    ? effect.mutatesArguments.includes("out")
    : false;
  const place = takesPlace ? argumentAt(call, undefined, "out") : undefined;
  const copy = argumentAt(call, undefined, "copy");
  const isInPlace =
    effect.worksInPlaceWithoutCopy === true && copy !== undefined && !isTrue(copy.value);
  const worked = isInPlace ? argumentAt(call, 0, undefined) : undefined;
  return [place, worked].filter((argument) => argument !== undefined);
}

function isTrue({ literal }: Value): boolean {
  return literal?.value === true;
}

function recordRandom(call: LibraryCall, random: RandomEffect, frame: Frame): void {
  const [library = ""] = call.name.split(".");
  const seed = call.arguments[0];
  const seeds = random.seeds === true && seed !== undefined && seed.value.literal?.kind !== "none";
  recordAmbient(frame, {
    resource: random.generator,
    access: random.entropy === true ? "read" : "read-write",
    detail: random.generator === "random:other" && call.name.includes(".") ? library : undefined,
    because: `${call.name}(…)`,
    ...(seeds ? { seeds: true as const } : {}),
  });
}

function argumentAt(
  call: LibraryCall,
  position: number | undefined,
  keyword: string | undefined,
): Argument | undefined {
  const named =
    keyword === undefined
      ? undefined
      : call.arguments.find((argument) => argument.keyword === keyword);
  if (named !== undefined || position === undefined) return named;
  const positional = call.arguments.filter((argument) => argument.keyword === undefined);
  return positional[position];
}

function firstStringArgument(call: LibraryCall): string | undefined {
  const value = call.arguments[0]?.value.literal?.value;
  return typeof value === "string" ? value : undefined;
}

function applyFile(call: LibraryCall, file: FileEffect, frame: Frame): void {
  const path = argumentAt(call, file.argument, file.keyword);
  // `df.to_csv()` without a path gives a string.
  if (path === undefined && call.receiver !== undefined && file.access === "write") return;
  const literal = path?.value.literal?.value ?? call.receiver?.literal?.value;
  const detail = typeof literal === "string" ? literal : undefined;
  const because = `${call.name}(…)`;
  const isUrl = detail !== undefined && /^(?:https?|ftp|s3|gs):/.test(detail);
  recordAmbient(frame, {
    resource: isUrl ? "network" : "file",
    access: accessOf(call, file),
    detail,
    because,
  });
  // A buffer or open file given instead of a path is used up.
  if (path !== undefined && !isImmutableType(path.value.type))
    recordMutation(
      frame,
      path.value.objects,
      { because, certain: false },
      baseName(path.node, frame.unit.text),
    );
}

function accessOf(call: LibraryCall, file: FileEffect): FileEffect["access"] {
  if (file.mode === undefined) return file.access;
  const mode = argumentAt(call, file.mode, "mode");
  if (mode === undefined) return file.access;
  const text = mode.value.literal?.value;
  if (typeof text !== "string") return "read-write";
  if (text.includes("+") || text.includes("a")) return "read-write";
  return /[wx]/.test(text) ? "write" : "read";
}

/** A seed or generator that is given keeps a call away from the global one. */
function drawsFromGlobal(call: LibraryCall, random: RandomEffect): boolean {
  if (random.onlyWith !== undefined && argumentAt(call, undefined, random.onlyWith) === undefined) {
    return call.arguments.some(({ keyword }) => keyword === "**");
  }
  const given =
    random.unless === undefined ? undefined : argumentAt(call, random.position, random.unless);
  if (given === undefined) return true;
  if (given.value.literal !== undefined) return given.value.literal.kind === "none";
  if (given.value.type === "builtins.int" || given.value.type?.startsWith("numpy.random.") === true)
    return false;
  return true;
}

/** Drawing from a generator object that was passed changes it. */
function mutateGenerators(call: LibraryCall, random: RandomEffect | undefined, frame: Frame): void {
  if (random?.unless === undefined) return;
  const given = argumentAt(call, random.position, random.unless);
  if (given !== undefined)
    recordMutation(
      frame,
      given.value.objects,
      { because: `drawn from by ${call.name}(…)`, certain: false },
      baseName(given.node, frame.unit.text),
    );
}

function mutateReceiver(call: LibraryCall, effect: CallEffect, frame: Frame): void {
  const { receiver, receiverNode } = call;
  if (receiver === undefined || effect.mutatesReceiver === undefined) return;
  const inplace = inplaceOf(call);
  if (effect.mutatesReceiver === "inplace" && inplace === "no") return;
  const base = receiverNode === undefined ? undefined : baseName(receiverNode, frame.unit.text);
  const because = `${base ?? "…"}.${call.name}(${effect.mutatesReceiver === "inplace" ? "inplace=True" : "…"})`;
  const certain = effect.mutatesReceiver !== "inplace" || inplace === "yes";
  const isDeep = effect.mutatesReceiver === "deep";
  recordMutation(
    frame,
    isDeep ? changeable(frame.program.heap, receiver.objects) : receiver.objects,
    { because, certain },
    base,
  );
  if (receiver.draws && isDeep) recordRandom(call, { generator: "random:numpy" }, frame);
}

function inplaceOf(call: LibraryCall): "yes" | "no" | "maybe" {
  const given = argumentAt(call, undefined, "inplace");
  if (given === undefined)
    return call.arguments.some(({ keyword }) => keyword === "**") ? "maybe" : "no";
  const value = given.value.literal?.value;
  return typeof value === "boolean" ? (value ? "yes" : "no") : "maybe";
}

function mutateArguments(call: LibraryCall, effect: CallEffect, frame: Frame): void {
  const { mutatesArguments } = effect;
  if (effect.worksInPlaceWithoutCopy === true)
    for (const { node, value } of placesOf(call, effect))
      recordMutation(
        frame,
        value.objects,
        { because: `${call.name}(copy=False)`, certain: false },
        baseName(node, frame.unit.text),
      );
  if (mutatesArguments === undefined) return;
  const { text } = frame.unit;
  const because = `argument of ${call.name}(…)`;
  const mutated =
    mutatesArguments === "all"
      ? call.arguments
      : mutatesArguments.map((which) =>
          typeof which === "number"
            ? argumentAt(call, which, undefined)
            : argumentAt(call, undefined, which),
        );
  const unpacked = call.arguments.filter(({ keyword }) => keyword === "*" || keyword === "**");
  for (const argument of mutated) {
    if (argument !== undefined)
      recordMutation(
        frame,
        changeable(frame.program.heap, argument.value.objects),
        { because, certain: true },
        baseName(argument.node, text),
      );
  }
  for (const argument of unpacked)
    recordMutation(
      frame,
      changeable(frame.program.heap, argument.value.objects),
      { because, certain: false },
      baseName(argument.node, text),
    );
}

/** Iterators that a call gets may be read to their end. */
function useUpArguments(call: LibraryCall, frame: Frame): void {
  for (const argument of call.arguments) {
    const { value } = argument;
    const isRead =
      value.type === undefined
        ? value.objects.some(({ isIterator }) => isIterator)
        : mayBeUsedUp(value, frame);
    if (!isRead) continue;
    recordMutation(
      frame,
      usedUpWith(argument.value, frame),
      { because: `used up by ${call.name}(…)`, certain: false },
      baseName(argument.node, frame.unit.text),
    );
  }
}

function storeArguments(call: LibraryCall, frame: Frame): void {
  const into = call.receiver ?? call.arguments[0]?.value;
  for (const outer of into?.objects ?? []) {
    for (const { value } of call.arguments)
      for (const inner of value.objects) store(frame, outer, inner);
  }
}

interface ResultContext {
  readonly frame: Frame;
  readonly draws: boolean;
}

function resultOf(call: LibraryCall, effect: CallEffect, context: ResultContext): Value {
  const { frame } = context;
  const { receiver } = call;
  const first = call.arguments[0]?.value;
  const subject = receiver ?? first;
  const type =
    effect.returns === "receiver"
      ? receiver?.type
      : effect.returns === "argument"
        ? first?.type
        : effect.returns;
  if (effect.mutatesReceiver === "inplace" && inplaceOf(call) === "yes")
    return immutable("builtins.NoneType");
  const draws = context.draws || call.arguments.some(({ value }) => value.draws);
  if (effect.parts !== undefined) return sharedParts(call, frame, effect.parts);
  const make = (contents: Iterable<HeapObject>): Value =>
    allocateValue(call.node, frame, {
      type,
      contents,
      draws: effect.result === "keeps" ? draws : context.draws,
    });
  switch (effect.result ?? "fresh") {
    case "fresh":
      return make(receiver === undefined ? [] : cellObjects(receiver));
    case "receiver":
      return subject === undefined ? make([]) : { ...subject, type: type ?? subject.type };
    case "view": {
      // A table made of a literal shares memory with nothing, but it can be changed.
      const parts = subject === undefined ? [] : partsOf(subject);
      return parts.length === 0 ? make([]) : shared(parts, type, subject?.draws ?? false);
    }
    case "element":
      return subject === undefined ? make([]) : shared(partsOf(subject), type, subject.draws);
    case "elements": {
      const contents = subject === undefined ? [] : partsOf(subject);
      const made = allocate(call.node, frame, { kind: "container", contents });
      return objectValue([made], type, subject?.draws ?? false);
    }
    case "keeps":
      return make(
        objectsOf([
          ...(receiver === undefined ? [] : [receiver]),
          ...call.arguments.map(({ value }) => value),
        ]),
      );
    case "unpacked":
      return unpackedResult(call, frame);
  }
}

function shared(objects: readonly HeapObject[], type: string | undefined, draws: boolean): Value {
  return objects.length === 0 ? immutable(type) : { ...objectValue(objects, type), draws };
}

/** `train_test_split(X, y)`: two results per argument, of its type. */
function unpackedResult(call: LibraryCall, frame: Frame): Value {
  const positional = call.arguments.filter(({ keyword }) => keyword === undefined);
  const types = positional.flatMap(({ value }) => [value.type, value.type]);
  return allocateTuple(
    call.node,
    frame,
    types.map((type) => ({ type, draws: false })),
  );
}

/** Several results that refer to each other (a figure and its axes). */
function sharedParts(call: LibraryCall, frame: Frame, types: readonly string[]): Value {
  const whole = allocateValue(call.node, frame, { type: undefined });
  return { ...whole, parts: types.map((type) => objectValue(whole.objects, type)) };
}
