/**
 * What running a piece of the program's own code may do, found by running its body once on stand-ins for whatever comes from outside.
 * Functions that call each other are run again until their summaries agree.
 */
import { fieldOf } from "../syntax.ts";
import { newRun, originValue } from "./frames.ts";
import { addCode, inside, newObject } from "./heap.ts";
import type { Code, Frame, HeapObject, Origin, Program, Reason, Summary, Value } from "./model.ts";
import { joinValues, objectValue } from "./values.ts";

const EMPTY: Summary = {
  freeReads: new Set(),
  globalWrites: new Set(),
  mutatedParameters: new Map(),
  mutatedGlobals: new Map(),
  mutatedCaptured: undefined,
  returned: [],
  returnedInside: [],
  returnsObject: false,
  returnType: undefined,
  returnedCode: new Set(),
  returnDraws: false,
  returnedParts: undefined,
  stores: [],
  ambient: [],
  dynamic: [],
  calls: [],
};

const MAX_ROUNDS = 10;

/** Makes the summary function of one program. Summaries are computed on demand, once each. */
export function makeSummarizer(): (code: Code, program: Program) => Summary {
  const active = new Set<Code>();
  let session = new Set<Code>();
  let recursive = false;
  return function summarize(code, program) {
    const known = program.summaries.get(code);
    if (known !== undefined) {
      if (active.has(code)) recursive = true;
      return known;
    }
    program.summaries.set(code, EMPTY);
    active.add(code);
    session.add(code);
    program.summaries.set(code, runCode(code, program));
    active.delete(code);
    if (active.size === 0) {
      const members = session;
      if (recursive) settle(members, program);
      session = new Set();
      recursive = false;
    }
    return program.summaries.get(code) ?? EMPTY;
  };
}

/** Runs all members again until nothing changes. */
function settle(members: ReadonlySet<Code>, program: Program): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let changed = false;
    for (const code of members) {
      const before = program.summaries.get(code) ?? EMPTY;
      const after = runCode(code, program);
      program.summaries.set(code, after);
      if (sizeOf(before) !== sizeOf(after)) changed = true;
    }
    if (!changed) return;
  }
}

/** Summaries only ever grow, so equal sizes mean equal summaries. */
function sizeOf(summary: Summary): number {
  return (
    summary.freeReads.size +
    summary.globalWrites.size +
    summary.mutatedParameters.size +
    summary.mutatedGlobals.size +
    summary.returned.length +
    summary.returnedInside.length +
    summary.returnedCode.size +
    summary.stores.length +
    summary.ambient.length +
    (summary.mutatedCaptured === undefined ? 0 : 1) +
    (summary.returnsObject ? 1 : 0) +
    (summary.returnDraws ? 1 : 0) +
    (summary.returnType === undefined ? 1 : 0)
  );
}

function runCode(code: Code, program: Program): Summary {
  if (code.kind === "class") return summarizeClass(code, program);
  const run = newRun();
  run.conditional = 1;
  run.repeated = 1;
  const scope = code.kind === "generator" ? (code.scope.parent ?? code.scope) : code.scope;
  const frame: Frame = {
    kind: "function",
    program,
    unit: code.unit,
    scope,
    parent: undefined,
    locals: new Map(),
    origins: new Map(),
    run,
  };
  for (const [index, parameter] of code.parameters.entries())
    frame.locals.set(parameter.name, parameterValue(code, index, frame));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = run.changes;
    run.flow = { names: new Map(), reachable: true };
    run.recorder.returned.length = 0;
    runBody(code, frame);
    if (run.changes === before) break;
  }
  return collect(frame);
}

/** The first parameter of a method is an instance of the class, so that calls on it are followed. */
function parameterValue(code: Code, index: number, frame: Frame): Value {
  const value = originValue(frame, { kind: "parameter", index });
  const owner = code.scope.parent;
  if (index !== 0 || owner?.kind !== "class" || code.binding === "static") return value;
  const known = frame.program.codeByNode.get(owner.node);
  if (known === undefined) return value;
  // The instance, and behind it a stand-in for its attributes.
  const instance = newObject("container", value.objects, { kind: "parameter", index });
  addCode(instance, known);
  return objectValue([instance], `.${known.name}`);
}

function runBody(code: Code, frame: Frame): void {
  const { engine } = frame.program;
  const { recorder } = frame.run;
  if (code.kind === "generator") {
    recorder.returned.push(engine.evaluate(code.node, frame));
    return;
  }
  const body = fieldOf(code.node, "body") ?? fieldOf(code.node, "right");
  if (body === undefined) return;
  if (code.kind === "lambda") recorder.returned.push(engine.evaluate(body, frame));
  else engine.execute(body, frame);
}

function summarizeClass(code: Code, program: Program): Summary {
  const freeReads = new Set<string>();
  for (const method of code.methods.values())
    for (const name of program.engine.summarize(method, program).freeReads) freeReads.add(name);
  return { ...EMPTY, freeReads };
}

function collect(frame: Frame): Summary {
  const { recorder } = frame.run;
  const mutatedParameters = new Map<number, Reason>();
  const mutatedGlobals = new Map<string, Reason>();
  let mutatedCaptured: Reason | undefined;
  for (const { origin, reason } of recorder.mutatedOrigins) {
    if (origin.kind === "parameter") keepStronger(mutatedParameters, origin.index, reason);
    else if (origin.kind === "global") keepStronger(mutatedGlobals, origin.name, reason);
    else mutatedCaptured ??= reason;
  }
  const value = joinValues(recorder.returned);
  const own = value.objects.filter((object) => object.origin === undefined);
  const reached = inside(own);
  const returned = origins(value.objects);
  return {
    freeReads: recorder.reads,
    globalWrites: new Set([...recorder.mayWrite, ...recorder.deletes]),
    mutatedParameters,
    mutatedGlobals,
    mutatedCaptured,
    returned,
    returnedInside: origins(reached),
    returnsObject: own.length > 0,
    returnType: value.type,
    returnedCode: new Set([...reached].flatMap((object) => [...object.code])),
    returnDraws: value.draws,
    returnedParts: separateParts(value),
    stores: storesOf(frame),
    ambient: [...recorder.ambient.values()],
    dynamic: [...recorder.dynamic.values()],
    calls: [...recorder.calls.values()],
  };
}

/** Parts of a returned tuple, when all are new and none can be reached from another. */
function separateParts(value: Value): Summary["returnedParts"] {
  if (value.parts === undefined) return undefined;
  const seen = new Set<HeapObject>();
  for (const part of value.parts) {
    if (part.qualified !== undefined) return undefined;
    for (const object of inside(part.objects)) {
      if (object.origin !== undefined || object.code.size > 0 || seen.has(object)) return undefined;
      seen.add(object);
    }
  }
  return value.parts.map(({ type, draws, objects }) => ({
    type: objects.length === 0 && type === undefined ? "scalar" : type,
    draws,
  }));
}

function keepStronger<K>(map: Map<K, Reason>, key: K, reason: Reason): void {
  const known = map.get(key);
  if (
    known === undefined ||
    (known.consumes === true && reason.consumes !== true) ||
    (!known.certain && reason.certain && reason.consumes !== true)
  )
    map.set(key, reason);
}

function originKey(origin: Origin): string {
  return origin.kind === "parameter" ? String(origin.index) : `${origin.kind} ${origin.name}`;
}

/** Where the objects came from, each place once. */
function origins(objects: Iterable<{ readonly origin: Origin | undefined }>): readonly Origin[] {
  const found = new Map<string, Origin>();
  for (const { origin } of objects) if (origin !== undefined) found.set(originKey(origin), origin);
  return [...found.values()];
}

function parameterObjects(frame: Frame): readonly HeapObject[] {
  return [...frame.locals.values()].flatMap((value) =>
    value.objects.filter((object) => object.origin !== undefined),
  );
}

/** Which outside things now hold which others. */
function storesOf(frame: Frame): Summary["stores"] {
  const stores: { from: Origin; into: Origin }[] = [];
  for (const object of [...frame.origins.values(), ...parameterObjects(frame)]) {
    if (object.origin === undefined || object.contents.size === 0) continue;
    for (const from of origins(inside(object.contents))) {
      if (originKey(from) !== originKey(object.origin)) stores.push({ from, into: object.origin });
    }
  }
  return stores;
}
