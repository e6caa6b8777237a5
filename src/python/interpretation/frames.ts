/** Reading and writing names in a running scope, and recording what that says about module-level names. */
import { isBuiltin } from "../effects/builtin-names.ts";
import { scopeOwning } from "../scopes.ts";
import { isClass } from "./class-state.ts";
import { addCode, codeIn, contain, hold, letGo, newObject } from "./heap.ts";
import type {
  Code,
  Frame,
  HeapObject,
  Origin,
  Program,
  Reason,
  Recorder,
  Run,
  Summary,
  Surroundings,
  Value,
} from "./model.ts";
import { readableThrough } from "./readable.ts";
import { isStronger, originKey } from "./summary.ts";
import { holdersOf, namesNow, surroundingsOf } from "./surroundings.ts";
import { joinValues, objectValue, qualifiedValue } from "./values.ts";
import { countWork } from "./work.ts";

/** The value of a name as used in the frame's scope. */
export function readName(frame: Frame, name: string): Value {
  const owner = scopeOwning(frame.scope, name);
  if (owner.kind === "module") {
    // A class body looks into itself first even for names it binds later or conditionally.
    return readGlobal(frame, name);
  }
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.scope !== owner) continue;
    const local = at.locals.get(name);
    if (at.kind !== "class") return local ?? objectValue([]);
    const outer = readGlobal(frame, name);
    return local === undefined ? outer : joinValues([local, outer]);
  }
  return originValue(frame, { kind: "captured", name });
}

/** Binds a name; in conditional places what it was before stays possible. */
export function writeName(frame: Frame, name: string, value: Value): void {
  const owner = scopeOwning(frame.scope, name);
  if (owner.kind === "module") {
    writeGlobal(frame, name, value);
    return;
  }
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.scope !== owner) continue;
    const before = at.locals.get(name);
    const after = before === undefined ? value : joinValues([before, value]);
    if (
      before === undefined ||
      after.objects.length !== before.objects.length ||
      after.type !== before.type
    )
      noteLocalChange(at);
    at.locals.set(name, after);
    return;
  }
  // A nonlocal of a function around: whatever captured it now holds the value too.
  const captured = originValue(frame, { kind: "captured", name });
  recordMutation(frame, captured.objects, { because: `\`nonlocal ${name}\``, certain: true });
  for (const outer of captured.objects)
    for (const inner of value.objects) contain(frame.program.heap, outer, inner);
}

/** The variables of a comprehension are new each time: that they are bound says nothing about the loop around. */
function noteLocalChange(frame: Frame): void {
  const { run } = frame;
  if (frame.kind === "comprehension") return;
  run.changes += 1;
  if (frame.kind === "class") run.passing += 1;
}

/** `del name`. */
export function deleteName(frame: Frame, name: string): void {
  if (scopeOwning(frame.scope, name).kind === "module") deleteGlobal(frame, name);
}

function deleteGlobal(frame: Frame, name: string): void {
  const { run, program } = frame;
  run.recorder.deletes.add(name);
  run.flow.names.set(name, "unbound");
  if (frame.kind !== "module" || run.conditional > 0) return;
  run.made.delete(name);
  rebindGlobal(program, name, undefined);
}

/** Reads a module-level name, with everything that the code reachable through it may read when it runs. */
export function readGlobal(frame: Frame, name: string): Value {
  const { program, run } = frame;
  if (!program.boundNames.has(name) && isBuiltin(name)) return qualifiedValue(`builtins.${name}`);
  noteRead(frame, name);
  if (isOutsideModule(frame)) {
    const imported = program.importedNames.get(name);
    if (imported !== undefined) return qualifiedValue(imported);
    // What the body has surely bound it to is known better than what it gets from outside.
    const made = run.flow.names.get(name) === "bound" ? run.made.get(name) : undefined;
    return made ?? originValue(frame, { kind: "global", name });
  }
  let value = possibleValue(frame, name);
  if (value === undefined) {
    const builtin = isBuiltin(name) ? [qualifiedValue(`builtins.${name}`)] : [];
    value = joinValues([objectValue([newObject(program.heap, { kind: "opaque" })]), ...builtin]);
    setGlobal(program, name, value);
    run.changes += 1;
  }
  const codes = codeIn(program.heap, value.objects);
  if (codes.size > 0) noteCode(frame, codes);
  return value;
}

/** Where the statement has surely bound the name already, it is no longer what it was before. */
function possibleValue({ program, run }: Frame, name: string): Value | undefined {
  const made = run.flow.names.get(name) === "bound" ? run.made.get(name) : undefined;
  return made ?? program.environment.get(name);
}

/**
 * What mentioning code makes readable: its free variables, and at module level also those of the code that these lead to as things
 * stand. Inside a function they are followed when it is used, because that is when they are looked up.
 */
export function noteCode(frame: Frame, codes: Code | ReadonlySet<Code>): void {
  const { program, run } = frame;
  if (isOutsideModule(frame)) {
    for (const code of "kind" in codes ? [codes] : codes)
      noteReadable(frame, program.engine.summarize(code, program));
    return;
  }
  const readable = readableThrough(codes, program);
  // A name that is surely bound stays so as long as the flow is this one, so that all there is to note was noted.
  if (run.noted.get(readable) === run.flow) return;
  run.noted.set(readable, run.flow);
  noteReadable(frame, readable);
}

/** Reads of code that are its own affair, and those that need a value from before. */
function noteReadable(
  frame: Frame,
  { freeReads, exposedReads }: Pick<Summary, "freeReads" | "exposedReads">,
): void {
  for (const name of exposedReads) noteRead(frame, name);
  for (const name of freeReads) frame.run.recorder.reads.add(name);
}

function noteRead(frame: Frame, name: string): void {
  const { recorder, flow } = frame.run;
  recorder.reads.add(name);
  if (!flow.names.has(name)) recorder.readsBeforeWrite.add(name);
}

/** Whether a function body is being run, whose names are looked up later. */
export function isOutsideModule(frame: Frame): boolean {
  let at = frame;
  while (at.parent !== undefined) at = at.parent;
  return at.kind !== "module";
}

/** A call of a function that unbinds the name, if it comes to that. */
export function deleteGlobalMaybe(frame: Frame, name: string): void {
  const { run } = frame;
  run.recorder.deletes.add(name);
  if (run.flow.names.get(name) === "bound") run.flow.names.delete(name);
}

/** Binds a module-level name. */
export function writeGlobal(frame: Frame, name: string, value: Value): void {
  const { run } = frame;
  run.recorder.mayWrite.add(name);
  if (isOutsideModule(frame)) leaveGlobal(frame, name, value);
  else assignGlobal(frame, name, value);
  run.recorder.unsure.delete(name);
  run.flow.names.set(name, "bound");
}

/** A write that may or may not happen, by a function that declares the name `global`. */
export function writeGlobalMaybe(frame: Frame, name: string, value: Value): void {
  const { run } = frame;
  run.recorder.mayWrite.add(name);
  if (isOutsideModule(frame)) {
    leaveGlobal(frame, name, value);
    return;
  }
  run.conditional += 1;
  assignGlobal(frame, name, value);
  run.conditional -= 1;
}

/** What a function body binds a module-level name to: one of these, whenever it is read there. */
function leaveGlobal(frame: Frame, name: string, value: Value): void {
  const { run, program } = frame;
  const before = run.made.get(name);
  const made = before === undefined ? value : joinValues([before, value]);
  if (saysMore(made, before)) run.changes += 1;
  run.made.set(name, made);
  for (const object of value.objects) {
    const [global] = originValue(frame, { kind: "global", name }).objects;
    if (global !== undefined && contain(program.heap, global, object)) run.changes += 1;
  }
}

/** The objects that a module-level name may be, without that being a read. */
export function globalObjectsNow(frame: Frame, name: string): readonly HeapObject[] {
  if (isOutsideModule(frame)) return originValue(frame, { kind: "global", name }).objects;
  return possibleValue(frame, name)?.objects ?? [];
}

function assignGlobal(frame: Frame, name: string, value: Value): void {
  const { program, run } = frame;
  const before = program.environment.get(name);
  const kept = keptWith(run, before, value);
  const madeBefore = run.made.get(name);
  const made = keptWith(run, madeBefore, value);
  if (saysMore(kept, before) || saysMore(made, madeBefore)) run.changes += 1;
  run.made.set(name, made);
  if (run.conditional === 0) rebindGlobal(program, name, kept);
  else setGlobal(program, name, kept);
}

/** In conditional places what a name was stays possible. */
function keptWith(run: Run, before: Value | undefined, value: Value): Value {
  return run.conditional > 0 && before !== undefined ? joinValues([before, value]) : value;
}

function saysMore(after: Value, before: Value | undefined): boolean {
  return (
    before === undefined ||
    after.objects.length !== before.objects.length ||
    after.type !== before.type ||
    after.qualified !== before.qualified
  );
}

/** From now on a module-level name is surely this, whatever it was before; `undefined` when it is bound no more. */
export function rebindGlobal(program: Program, name: string, value: Value | undefined): void {
  const lingering = program.lingering.get(name)?.objects;
  if (lingering !== undefined) {
    letGo(program.heap, name, lingering);
    for (const object of lingering) program.loose.add(object);
    program.lingering.delete(name);
  }
  setGlobal(program, name, value);
}

function setGlobal(program: Program, name: string, value: Value | undefined): void {
  const before = program.environment.get(name)?.objects ?? [];
  const lost = hold(program.heap, name, before, value?.objects ?? []);
  if (value === undefined) program.environment.delete(name);
  else program.environment.set(name, value);
  for (const object of lost) program.loose.add(object);
}

/** The object that stands for something from outside the function being summarized. */
export function originValue(frame: Frame, origin: Origin): Value {
  const key = originKey(origin);
  let object = frame.origins.get(key);
  if (object === undefined) {
    const isDefinition = origin.kind === "global" && frame.program.definedNames.has(origin.name);
    object = newObject(frame.program.heap, { kind: isDefinition ? "inert" : "opaque", origin });
    if (origin.kind === "global") {
      for (const code of frame.program.definitions.get(origin.name) ?? [])
        addCode(frame.program.heap, object, code);
    }
    frame.origins.set(key, object);
    frame.run.changes += 1;
  }
  return objectValue([object]);
}

/** The objects changed; so did everything that contains them. `base` is the name the change was written through. */
export function recordMutation(
  frame: Frame,
  objects: readonly HeapObject[],
  reason: Reason,
  base?: string,
): void {
  const { recorder } = frame.run;
  const isModule = !isOutsideModule(frame);
  for (const object of newlyChanged(frame, objects, reason, isModule ? base : undefined)) {
    const kept =
      isModule && base !== undefined ? surroundingsOf(frame.program.heap, object) : undefined;
    if (kept !== undefined && base !== undefined) {
      addSpread(frame, kept, { reason, base });
      continue;
    }
    if (object.origin !== undefined) addMutatedOrigin(recorder, object.origin, reason);
    if (!isModule) continue;
    // Who changes what a class holds changes the class, whatever the name was through which it was reached.
    const through = reason.certain && isClass(object) ? undefined : base;
    for (const name of holdersOf(frame.program.heap, object))
      addMutation(recorder, name, { reason, base: through });
  }
}

/** The objects and what contains them, without those of which the same is known. */
function newlyChanged(
  frame: Frame,
  objects: readonly HeapObject[],
  reason: Reason,
  base: string | undefined,
): readonly HeapObject[] {
  const { heap } = frame.program;
  const { changed } = frame.run;
  const kind = `${reason.certain ? "certain" : "maybe"} ${reason.consumes === true ? "used-up" : ""} ${base ?? ""}`;
  let known = changed.get(kind);
  if (known?.version !== heap.version) {
    known = { version: heap.version, objects: new Set() };
    changed.set(kind, known);
  }
  const found: HeapObject[] = [];
  const visit = (object: HeapObject): void => {
    if (known.objects.has(object)) return;
    known.objects.add(object);
    found.push(object);
  };
  for (const object of objects) visit(object);
  for (let at = 0; at < found.length; at += 1) {
    const object = found[at];
    // What contains such an object is known without going there.
    if (object === undefined || (base !== undefined && surroundingsOf(heap, object) !== undefined))
      continue;
    for (const container of object.containers) visit(container);
  }
  countWork(heap.work, found.length);
  return found;
}

/** Of a captured variable the first reason is kept, of everything else the strongest. */
function addMutatedOrigin(recorder: Recorder, origin: Origin, reason: Reason): void {
  const key = originKey(origin);
  const known = recorder.mutatedOrigins.get(key);
  if (known === undefined || (origin.kind !== "captured" && isStronger(reason, known.reason)))
    recorder.mutatedOrigins.set(key, { origin, reason });
}

/** Under the name that the change was written through it is certain; the others are not listed. */
function addSpread(
  frame: Frame,
  surroundings: Surroundings,
  found: { readonly reason: Reason; readonly base: string },
): void {
  const { recorder } = frame.run;
  const { reason, base } = found;
  const { held, stays, changes } = surroundings;
  if (held.has(base)) addMutation(recorder, base, found);
  if (held.size === (held.has(base) ? 1 : 0)) return;
  const isKnown = recorder.spread.some(
    ({ names, through, changes: then }) =>
      names.of === stays && through === base && then === changes,
  );
  if (isKnown) return;
  const names = namesNow(frame.program.heap, surroundings);
  recorder.spread.push({ because: reason.because, through: base, names, changes });
}

function addMutation(
  recorder: Recorder,
  name: string,
  found: { readonly reason: Reason; readonly base: string | undefined },
): void {
  const { reason, base } = found;
  const through = base === undefined || base === name ? undefined : base;
  if (through !== undefined && recorder.spread.some(({ names }) => names.has(name))) return;
  const known = recorder.mutations.get(name);
  const certain = reason.certain && through === undefined;
  if (
    known !== undefined &&
    (known.certain || !certain) &&
    (known.through === undefined || through !== undefined)
  )
    return;
  recorder.mutations.set(name, { because: reason.because, certain, through });
}
