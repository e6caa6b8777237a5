/** Compound statements: every branch is run; what only some ways do is kept apart in the flow. */
import { bindPattern } from "../binding-targets.ts";
import type { AmbientEffect } from "../facts.ts";
import {
  childOfKind,
  fieldOf,
  fieldsOf,
  type SyntaxNode,
  textOf,
  withoutParentheses,
} from "../syntax.ts";
import { bindTargetValue } from "./assign.ts";
import { deadFlow, forkFlow, interruptedFlow, joinFlows } from "./flow.ts";
import { deleteName, recordMutation, writeName } from "./frames.ts";
import { iterate } from "./iterate.ts";
import type { Flow, Frame, Value } from "./model.ts";
import { surelyHasElements } from "./rounds.ts";
import { applySpecial, testTruth } from "./special-methods.ts";
import { immutable, objectsOf, objectValue, partsOf } from "./values.ts";
import { headOf, joinWays, quoted, type Way } from "./ways.ts";

function execute(node: SyntaxNode, frame: Frame): void {
  frame.program.engine.execute(node, frame);
}

function evaluate(node: SyntaxNode | undefined, frame: Frame): Value {
  return node === undefined ? immutable(undefined) : frame.program.engine.evaluate(node, frame);
}

/** Runs one of several ways from a common start and gives the flow at its end. */
function runWay(start: Flow, frame: Frame, way: () => void): Flow {
  const { run } = frame;
  run.flow = forkFlow(start);
  run.conditional += 1;
  way();
  run.conditional -= 1;
  return run.flow;
}

/** `if`, `elif`, `else`. */
export function executeIf(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const { text } = frame.unit;
  const condition = fieldOf(node, "condition") ?? node;
  testTruth(fieldOf(node, "condition"), frame);
  const conditions = [quoted(condition, text)];
  const ways: Way[] = [];
  let start = run.flow;
  const consequence = fieldOf(node, "consequence");
  const take = (block: SyntaxNode | undefined, when: string, at: number): void => {
    const flow = runWay(start, frame, () =>
      block === undefined ? undefined : execute(block, frame),
    );
    ways.push({ flow, when, at });
  };
  take(consequence, `${conditions[0] ?? ""} holds`, condition.start);
  let hasElse = false;
  for (const alternative of fieldsOf(node, "alternative")) {
    if (alternative.kind !== "elif_clause") {
      hasElse = true;
      take(fieldOf(alternative, "body"), noneHolds(conditions), alternative.start);
      continue;
    }
    const next = fieldOf(alternative, "condition");
    // The condition of an `elif` runs only when the ones before were false.
    start = runWay(start, frame, () => testTruth(next, frame));
    conditions.push(quoted(next ?? alternative, text));
    const when = `${conditions.at(-1) ?? ""} holds`;
    take(fieldOf(alternative, "consequence"), when, (next ?? alternative).start);
  }
  if (!hasElse) ways.push({ flow: start, when: noneHolds(conditions), at: condition.start });
  run.flow = joinWays(ways, frame);
}

function noneHolds(conditions: readonly string[]): string {
  return conditions.length === 1
    ? `${conditions[0] ?? ""} does not hold`
    : `none of ${conditions.join(", ")} holds`;
}

const MAX_ROUNDS = 12;

/** How a loop was left, or its rounds ended. */
interface LoopEnds {
  readonly breaks: readonly Flow[];
  /** After a round that was not left by `break`. */
  readonly rounds: readonly Flow[];
}

/** Runs a loop body until nothing new comes of it. */
function runLoop(start: Flow, frame: Frame, body: () => void): LoopEnds {
  const { run } = frame;
  run.conditional += 1;
  run.repeated += 1;
  let ends: LoopEnds = { breaks: [], rounds: [] };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = run.changes;
    const loop = { breaks: [], continues: [] };
    run.loops.push(loop);
    run.flow = forkFlow(start);
    body();
    run.loops.pop();
    ends = { breaks: loop.breaks, rounds: [...loop.continues, run.flow] };
    if (run.changes === before) break;
  }
  run.conditional -= 1;
  run.repeated -= 1;
  return ends;
}

/** `for`, with its `else`. */
export function executeFor(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const right = fieldOf(node, "right");
  const left = fieldOf(node, "left");
  const body = fieldOf(node, "body");
  const iterable = evaluate(right, frame);
  const elements = right === undefined ? iterable : iterate(right, iterable, frame);
  const start = run.flow;
  const ends = runLoop(start, frame, () => {
    if (left !== undefined) bindTargetValue(left, elements, frame);
    if (body !== undefined) execute(body, frame);
  });
  const hasRounds = right !== undefined && surelyHasElements(right, frame);
  finishLoop(node, frame, { without: hasRounds ? deadFlow(start) : start, ...ends });
}

/** `while`, with its `else`. */
export function executeWhile(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const condition = fieldOf(node, "condition");
  const body = fieldOf(node, "body");
  const endless = condition !== undefined && isSurelyTrue(condition, frame.unit.text);
  let tested = run.flow;
  const start = run.flow;
  const { breaks, rounds } = runLoop(start, frame, () => {
    testTruth(condition, frame);
    tested = forkFlow(run.flow);
    if (body !== undefined) execute(body, frame);
  });
  finishLoop(node, frame, {
    without: endless ? deadFlow(tested) : tested,
    breaks,
    rounds: endless ? rounds.map(deadFlow) : rounds,
  });
}

function isSurelyTrue(condition: SyntaxNode, text: string): boolean {
  const inner = withoutParentheses(condition);
  return inner.kind === "true" || (inner.kind === "integer" && textOf(text, inner) === "1");
}

/** `else` of a loop runs when it was not left by `break`. Of what a round deletes it is open what the next one finds. */
function finishLoop(
  node: SyntaxNode,
  frame: Frame,
  { without, breaks, rounds }: LoopEnds & { readonly without: Flow },
): void {
  const { recorder } = frame.run;
  const alternative = fieldOf(node, "alternative");
  const body = alternative === undefined ? undefined : fieldOf(alternative, "body");
  const head = headOf(node, frame.unit.text);
  const wayOf = (flow: Flow, when: string): Way => ({ flow, when, at: node.start });
  const through = joinWays(
    [
      wayOf(without, `${head} has no round`),
      ...rounds.map((flow) => wayOf(interruptedFlow(flow, recorder), `${head} ends`)),
    ],
    frame,
  );
  const end =
    body === undefined
      ? through
      : runWay(through, frame, () => {
          execute(body, frame);
        });
  frame.run.flow = joinWays(
    [
      wayOf(end, `${head} ends without \`break\``),
      ...breaks.map((flow) =>
        wayOf(interruptedFlow(flow, recorder), `${head} is left by \`break\``),
      ),
    ],
    frame,
  );
}

/** `with`: entering may bind, leaving may swallow an exception. */
export function executeWith(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const clause = childOfKind(node, "with_clause");
  const body = fieldOf(node, "body");
  let transparent = true;
  const scoped = new Set<AmbientEffect["resource"]>();
  const before = new Set(run.recorder.ambient.keys());
  for (const item of clause?.children ?? []) {
    const managed = fieldOf(item, "value");
    if (managed === undefined) continue;
    const target = managed.kind === "as_pattern" ? fieldOf(managed, "alias") : undefined;
    const expression = managed.kind === "as_pattern" ? managed.children[0] : managed;
    const value = evaluate(expression, frame);
    transparent = isTransparent(expression, value, frame) && transparent;
    for (const resource of settingsScopedBy(expression, frame)) scoped.add(resource);
    // Entering and leaving may change the manager.
    if (expression?.kind === "identifier")
      recordMutation(
        frame,
        value.objects,
        { because: "with …", certain: false },
        textOf(frame.unit.text, expression),
      );
    const entered = enterManager(value, expression, frame);
    for (const child of target?.children ?? []) bindTargetValue(child, entered, frame);
  }
  if (body !== undefined) executeManaged(node, body, frame, transparent);
  for (const [key, { resource, access }] of run.recorder.ambient)
    if (scoped.has(resource) && access !== "read" && !before.has(key))
      run.recorder.ambient.delete(key);
}

function executeManaged(
  node: SyntaxNode,
  body: SyntaxNode,
  frame: Frame,
  transparent: boolean,
): void {
  const { run } = frame;
  if (transparent) {
    execute(body, frame);
    return;
  }
  const start = run.flow;
  const end = runWay(start, frame, () => {
    execute(body, frame);
  });
  // The manager may swallow an exception from anywhere in the body.
  const head = headOf(node, frame.unit.text);
  const early = interruptedFlow(start, run.recorder);
  run.flow = joinWays(
    [
      { flow: early, when: `${head} swallows an error`, at: node.start },
      { flow: end, when: `${head} has no error`, at: node.start },
    ],
    frame,
  );
}

function settingsScopedBy(
  expression: SyntaxNode | undefined,
  frame: Frame,
): readonly AmbientEffect["resource"][] {
  const callee = calleeOf(expression, frame);
  return callee === undefined ? [] : frame.program.tables.settingsScopedBy(callee);
}

/** What entering gives: the manager itself, something that it was made with, or what its class says. */
function enterManager(value: Value, expression: SyntaxNode | undefined, frame: Frame): Value {
  if (expression === undefined) return value;
  const use = { node: expression, subject: value, subjectNode: expression };
  const own = applySpecial(["__enter__", "__aenter__"], use, frame);
  applySpecial(["__exit__", "__aexit__"], use, frame);
  if (own !== undefined) return own;
  return value.type === undefined
    ? objectValue([...new Set([...value.objects, ...partsOf(value)])])
    : value;
}

function isTransparent(expression: SyntaxNode | undefined, value: Value, frame: Frame): boolean {
  const { tables } = frame.program;
  if (value.type !== undefined && tables.isTransparentContext(value.type)) return true;
  const callee = calleeOf(expression, frame);
  return callee !== undefined && tables.isTransparentContext(callee);
}

/** What the call just evaluated called. */
function calleeOf(expression: SyntaxNode | undefined, frame: Frame): string | undefined {
  if (expression?.kind !== "call") return undefined;
  const place = `${String(expression.start)}:${String(expression.end)}`;
  return frame.run.recorder.calls.get(place)?.callee;
}

/** `try`: an exception may come from anywhere in the body. */
export function executeTry(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const start = run.flow;
  const body = fieldOf(node, "body");
  const alternative = childOfKind(node, "else_clause");
  const whole = runWay(start, frame, () => {
    if (body !== undefined) execute(body, frame);
    const block = alternative === undefined ? undefined : fieldOf(alternative, "body");
    if (block !== undefined) execute(block, frame);
  });
  const ways: Way[] = [{ flow: whole, when: "nothing in `try` fails", at: node.start }];
  const interrupted = interruptedFlow(start, run.recorder);
  for (const clause of node.children) {
    if (clause.kind !== "except_clause") continue;
    const flow = runWay(interrupted, frame, () => {
      executeExcept(clause, frame);
    });
    const head = quoted(headOfClause(clause), frame.unit.text);
    ways.push({ flow, when: `${head} is taken`, at: clause.start });
  }
  const after = joinWays(ways, frame);
  const last = childOfKind(node, "finally_clause");
  const block = last === undefined ? undefined : childOfKind(last, "block");
  if (block === undefined) {
    run.flow = after;
    return;
  }
  const final = runWay(
    { names: interruptedFlow(start, run.recorder).names, reachable: true },
    frame,
    () => {
      execute(block, frame);
    },
  );
  run.flow = {
    names: new Map([...after.names, ...final.names]),
    reachable: after.reachable && final.reachable,
  };
}

/** `except ValueError as error`, without its block. */
function headOfClause(clause: SyntaxNode): SyntaxNode {
  const last = clause.children.findLast(({ kind }) => kind !== "block");
  return { ...clause, end: last === undefined ? clause.start + "except".length : last.end };
}

/** The name of the exception is gone after the clause. */
function executeExcept(clause: SyntaxNode, frame: Frame): void {
  const value = fieldOf(clause, "value");
  const alias =
    fieldOf(clause, "alias") ??
    (value?.kind === "as_pattern" ? fieldOf(value, "alias") : undefined);
  evaluate(value?.kind === "as_pattern" ? value.children[0] : value, frame);
  const target = alias?.kind === "as_pattern_target" ? alias.children[0] : alias;
  if (target !== undefined) bindTargetValue(target, objectValue([]), frame);
  const block = childOfKind(clause, "block");
  if (block !== undefined) execute(block, frame);
  if (target?.kind === "identifier") deleteName(frame, textOf(frame.unit.text, target));
}

/** `match`: patterns are tried in order. */
export function executeMatch(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const subject = fieldsOf(node, "subject").map((child) => evaluate(child, frame));
  // A name may stand for all of it, or for any part.
  const parts = objectValue([...new Set([...objectsOf(subject), ...subject.flatMap(partsOf)])]);
  const ways: Way[] = [];
  let start = run.flow;
  let exhaustive = false;
  for (const clause of fieldOf(node, "body")?.children ?? []) {
    if (clause.kind !== "case_clause") continue;
    const guard = fieldOf(clause, "guard");
    const body = fieldOf(clause, "consequence");
    // A pattern that fails halfway, or a guard that is false, may have bound some of its names.
    let failed = start;
    const flow = runWay(start, frame, () => {
      const patterns = clause.children.filter((child) => child.kind === "case_pattern");
      for (const pattern of patterns) {
        bindPattern(pattern, frame.unit.text, {
          name: (name) => {
            writeName(frame, textOf(frame.unit.text, name), parts);
          },
          expression: (expression) => evaluate(expression, frame),
        });
      }
      if (guard !== undefined) testTruth(guard, frame);
      failed = joinFlows([start, run.flow]);
      if (body !== undefined) execute(body, frame);
    });
    ways.push({ flow, when: `${headOf(clause, frame.unit.text)} fits`, at: clause.start });
    if (guard === undefined && isIrrefutable(clause, frame.unit.text)) exhaustive = true;
    start = failed;
  }
  const head = headOf(node, frame.unit.text);
  if (!exhaustive) ways.push({ flow: start, when: `no case of ${head} fits`, at: node.start });
  run.flow = joinWays(ways, frame);
}

function isIrrefutable(clause: SyntaxNode, text: string): boolean {
  const patterns = clause.children.filter((child) => child.kind === "case_pattern");
  const [only] = patterns;
  return (
    patterns.length === 1 &&
    only !== undefined &&
    /^\w+$/.test(textOf(text, only)) &&
    (only.children[0]?.kind === "dotted_name" || textOf(text, only) === "_")
  );
}
