/**
 * What running a piece of the program's own code may do, found by running its body once on stand-ins for whatever comes from outside.
 * Functions that call each other are run again until their summaries agree.
 */
import { fieldOf } from "../syntax.ts";
import { joinFlows } from "./flow.ts";
import { originValue } from "./frames.ts";
import { addCode, inside, insideOwn, newObject } from "./heap.ts";
import type {
  Code,
  Frame,
  GlobalWrite,
  Heap,
  HeapObject,
  Origin,
  Program,
  Reason,
  Summary,
  Value,
} from "./model.ts";
import { newRun } from "./new-run.ts";
import { EMPTY, isSame, joinSummaries, originKey } from "./summary.ts";
import { isOwnClass, joinValues, objectValue } from "./values.ts";

const MAX_ROUNDS = 10;
/** Calls followed into each other before those further in are put off, so that no chain of functions overflows the stack. */
const MAX_DEPTH = 50;
/** More than there are codes in any program. */
const CHUNK = 1e7;
/** Where the instance that a method gets, and its class, are among the stand-ins. */
const INSTANCE = "instance";
const CLASS = "own class";

/** Who has read whose summary, and whose has to be made again. */
interface Session {
  /** Bodies being run, the innermost last. */
  readonly stack: Code[];
  /** Bodies that are run for the first time; their summary says nothing yet. */
  readonly open: Set<Code>;
  /** By code, those whose summary was made from its summary. */
  readonly readers: Map<Code, Set<Code>>;
  /** By open code, those that have read that it does nothing. */
  readonly early: Map<Code, Set<Code>>;
  /** In the order in which they were complete for the first time: what is called mostly comes before what calls it. */
  readonly order: Map<Code, number>;
  readonly stale: Set<Code>;
  /** Counts the codes that were put off and then run. */
  chunk: number;
  isSettling: boolean;
}

/** Makes the summary function of one program. Summaries are computed on demand, and again only where one that they were made from has grown. */
export function makeSummarizer(): (code: Code, program: Program) => Summary {
  const session: Session = {
    stack: [],
    open: new Set(),
    readers: new Map(),
    early: new Map(),
    order: new Map(),
    stale: new Set(),
    chunk: 0,
    isSettling: false,
  };
  return function summarize(code, program) {
    const reader = session.stack.at(-1);
    if (reader !== undefined) add(session.readers, code, reader);
    const known = program.summaries.get(code);
    if (known !== undefined) {
      if (reader !== undefined && session.open.has(code)) add(session.early, code, reader);
      return known;
    }
    program.summaries.set(code, EMPTY);
    if (session.stack.length >= MAX_DEPTH) {
      session.stale.add(code);
      return EMPTY;
    }
    session.open.add(code);
    program.summaries.set(code, runOnStack(session, code, program));
    session.open.delete(code);
    session.order.set(code, placeAfter(session));
    for (const early of session.early.get(code) ?? []) session.stale.add(early);
    session.early.delete(code);
    if (session.open.size === 0 && !session.isSettling) settle(session, program);
    return program.summaries.get(code) ?? EMPTY;
  };
}

function add(map: Map<Code, Set<Code>>, key: Code, value: Code): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

/** Codes that were put off are called by those that were not, so that they and what they call come before them. */
function placeAfter({ order, chunk }: Session): number {
  return order.size - chunk * CHUNK;
}

function runOnStack(session: Session, code: Code, program: Program): Summary {
  session.stack.push(code);
  const summary = runCode(code, program);
  session.stack.pop();
  return summary;
}

/** Runs again what was made from a summary that has grown since, callees first, until none has. */
function settle(session: Session, program: Program): void {
  const { readers, stale } = session;
  const reruns = new Map<Code, number>();
  session.isSettling = true;
  for (let code = nextStale(session); code !== undefined; code = nextStale(session)) {
    stale.delete(code);
    const before = program.summaries.get(code) ?? EMPTY;
    const count = (reruns.get(code) ?? 0) + 1;
    reruns.set(code, count);
    const isFirst = !session.order.has(code);
    if (isFirst) session.chunk += 1;
    const made = runOnStack(session, code, program);
    if (isFirst) session.order.set(code, placeAfter(session));
    // Summaries nearly always only grow; where types make one swing, it is held to all that it ever said.
    const after = count < MAX_ROUNDS ? made : joinSummaries(before, made);
    program.summaries.set(code, after);
    if (isSame(before, after)) continue;
    for (const reader of readers.get(code) ?? []) stale.add(reader);
  }
  session.isSettling = false;
}

/** What was put off comes first, then what is called before what calls it, so that news passes through a chain in one go. */
function nextStale({ order, stale }: Session): Code | undefined {
  let next: Code | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const code of stale) {
    const place = order.get(code);
    if (place === undefined) return code;
    if (place < least) [next, least] = [code, place];
  }
  return next;
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
    origins: originsOf(code, program),
    run,
  };
  for (const [index, parameter] of code.parameters.entries())
    frame.locals.set(parameter.name, parameterValue(code, index, frame));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = run.changes;
    run.flow = { names: new Map(), reachable: true };
    run.recorder.returned.length = 0;
    run.returns.length = 0;
    runBody(code, frame);
    if (run.changes === before) break;
  }
  return collect(code, frame);
}

/** One stand-in for each thing from outside, however often the body is run: what it made before still holds them. */
function originsOf(code: Code, program: Program): Map<string, HeapObject> {
  let known = program.origins.get(code);
  if (known === undefined) {
    known = new Map();
    program.origins.set(code, known);
  }
  return known;
}

/** The first parameter of a method is an instance of the class, so that calls on it are followed. */
function parameterValue(code: Code, index: number, frame: Frame): Value {
  const value = originValue(frame, { kind: "parameter", index });
  const owner = code.scope.parent;
  if (index !== 0 || owner?.kind !== "class" || code.binding === "static") return value;
  const known = frame.program.codeByNode.get(owner.node);
  if (known === undefined) return value;
  const own = ownClass(known, frame);
  if (code.binding === "class") return objectValue([own], "builtins.type");
  // The instance, and behind it a stand-in for its attributes.
  const { program } = frame;
  let instance = frame.origins.get(INSTANCE);
  if (instance === undefined) {
    instance = newObject(program.heap, {
      kind: "container",
      contents: [...value.objects, own],
      origin: { kind: "parameter", index },
    });
    addCode(program.heap, instance, known);
    frame.origins.set(INSTANCE, instance);
  }
  return objectValue([instance], `.${known.name}`);
}

/** The class of a method, and in it a stand-in for the data that it holds. */
function ownClass(code: Code, { program, origins: standIns }: Frame): HeapObject {
  const known = standIns.get(CLASS);
  if (known !== undefined) return known;
  const origin: Origin = { kind: "class" };
  const data = newObject(program.heap, { kind: "opaque", origin });
  const made = newObject(program.heap, { kind: "inert", contents: [data], origin });
  addCode(program.heap, made, code);
  standIns.set(CLASS, made);
  return made;
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
  const exposedReads = new Set<string>();
  for (const method of code.methods.values()) {
    const summary = program.engine.summarize(method, program);
    for (const name of summary.freeReads) freeReads.add(name);
    for (const name of summary.exposedReads) exposedReads.add(name);
  }
  return { ...EMPTY, freeReads, exposedReads };
}

function collect(code: Code, frame: Frame): Summary {
  const { recorder } = frame.run;
  const mutatedParameters = new Map<number, Reason>();
  const mutatedGlobals = new Map<string, Reason>();
  let mutatedCaptured: Reason | undefined;
  let mutatedClass: Reason | undefined;
  for (const { origin, reason } of recorder.mutatedOrigins.values()) {
    if (origin.kind === "parameter") mutatedParameters.set(origin.index, reason);
    else if (origin.kind === "global") mutatedGlobals.set(origin.name, reason);
    else if (origin.kind === "class") mutatedClass = reason;
    else mutatedCaptured ??= reason;
  }
  const value = joinValues(recorder.returned);
  const own = value.objects.filter((object) => object.origin === undefined);
  const { heap } = frame.program;
  const reached = inside(heap, own);
  const returned = origins(value.objects);
  return {
    freeReads: recorder.reads,
    // A body that is run bit by bit may read between two bits what it bound in the first.
    exposedReads: runsInOneGo(code) ? recorder.readsBeforeWrite : recorder.reads,
    globalWrites: writesOf(code, frame, reached),
    globalDeletes: recorder.deletes,
    mutatedParameters,
    mutatedGlobals,
    mutatedCaptured,
    mutatedClass,
    returned,
    returnedInside: origins(insideOwn(heap, own)),
    returnsObject: own.length > 0,
    returnType: value.type,
    returnedCode: new Set([...reached].flatMap((object) => [...object.code])),
    returnDraws: value.draws,
    returnedParts: separateParts(heap, value),
    stores: storesOf(frame),
    ambient: [...recorder.ambient.values()],
    dynamic: [...recorder.dynamic.values()],
    calls: [...recorder.calls.values()],
  };
}

function runsInOneGo(code: Code): boolean {
  return (code.kind === "function" || code.kind === "lambda") && !code.isGenerator;
}

/** What it leaves in names that it declares `global`, itself or by what it calls. */
function writesOf(
  code: Code,
  { run, program }: Frame,
  returned: ReadonlySet<HeapObject>,
): Summary["globalWrites"] {
  const { made, recorder, returns, flow } = run;
  const { names } = joinFlows([...returns, flow]);
  const groups: (readonly [number, ReadonlySet<HeapObject>])[] = [[0, returned]];
  const writes = new Map<string, GlobalWrite>();
  for (const name of recorder.mayWrite) {
    const value = made.get(name);
    const objects = value?.objects ?? [];
    const own = objects.filter((object) => object.origin === undefined);
    const reached = inside(program.heap, own);
    const meets = groups.filter(([, others]) => [...reached].some((object) => others.has(object)));
    const group = meets.length > 1 ? 0 : (meets[0]?.[0] ?? groups.length);
    groups.push([group, reached]);
    writes.set(name, {
      surely: runsInOneGo(code) && names.get(name) === "bound" && !recorder.deletes.has(name),
      type: value?.type,
      qualified: value?.qualified,
      draws: value?.draws ?? false,
      code: new Set([...reached].flatMap((object) => [...object.code])),
      origins: origins(objects),
      isNew: own.length > 0,
      group,
    });
  }
  return writes;
}

/** Parts of a returned tuple, when all are new and none can be reached from another. */
function separateParts(heap: Heap, value: Value): Summary["returnedParts"] {
  if (value.parts === undefined) return undefined;
  const seen = new Set<HeapObject>();
  for (const part of value.parts) {
    if (part.qualified !== undefined) return undefined;
    for (const object of inside(heap, part.objects)) {
      if (object.origin !== undefined || object.code.size > 0 || seen.has(object)) return undefined;
      seen.add(object);
    }
  }
  return value.parts.map(({ type, draws, objects }) => ({
    type: objects.length === 0 && type === undefined ? "scalar" : type,
    draws,
  }));
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
    // That an instance has its class is nothing that was stored, wherever the instance is.
    const held = [...object.contents].filter((inner) => !isOwnClass(object, inner));
    for (const from of origins(insideOwn(frame.program.heap, held))) {
      if (originKey(from) !== originKey(object.origin)) stores.push({ from, into: object.origin });
    }
  }
  return stores;
}
