/**
 * Statements: structured control flow over abstract values. Every branch is run; what only some ways do is kept apart in the flow.
 */
import { importedNames } from "../import-statement.ts";
import { bindPattern } from "../binding-targets.ts";
import {
  childOfKind,
  fieldOf,
  fieldsOf,
  textOf,
  withoutParentheses,
  type SyntaxNode,
} from "../syntax.ts";
import { baseName, bindTargetValue } from "./assign.ts";
import { mayBeUsedUp } from "./apply-code.ts";
import { codeValue, elementsOf, operate } from "./evaluate-expression.ts";
import { deadFlow, forkFlow, interruptedFlow, joinFlows } from "./flow.ts";
import { executeClass, executeFunction } from "./execute-definition.ts";
import type { Flow, Frame, Value } from "./model.ts";
import { deleteName, readName, recordDynamic, recordMutation, writeName } from "./frames.ts";
import { immutable, objectValue, partsOf, qualifiedValue } from "./values.ts";

/** Runs one statement. Unknown kinds are evaluated as expressions. */
export function executeStatement(node: SyntaxNode, frame: Frame): void {
  const executor = EXECUTORS[node.kind];
  if (executor === undefined) frame.program.engine.evaluate(node, frame);
  else executor(node, frame);
}

/** Runs statements one after the other. */
export function executeStatements(nodes: readonly SyntaxNode[], frame: Frame): void {
  for (const node of nodes) executeStatement(node, frame);
}

type Executor = (node: SyntaxNode, frame: Frame) => void;

const EXECUTORS: Readonly<Record<string, Executor>> = {
  block: (node, frame) => {
    executeStatements(node.children, frame);
  },
  expression_statement: executeExpression,
  assignment: (node, frame) => {
    executeAssignment(node, frame);
  },
  augmented_assignment: executeAugmented,
  import_statement: executeImport,
  import_from_statement: executeImport,
  future_import_statement: executeImport,
  if_statement: executeIf,
  for_statement: executeFor,
  while_statement: executeWhile,
  with_statement: executeWith,
  try_statement: executeTry,
  match_statement: executeMatch,
  function_definition: (node, frame) => {
    executeFunction(node, frame, []);
  },
  class_definition: (node, frame) => {
    executeClass(node, frame, []);
  },
  decorated_definition: executeDecorated,
  delete_statement: executeDelete,
  return_statement: (node, frame) => {
    const values = node.children.map((child) => frame.program.engine.evaluate(child, frame));
    frame.run.recorder.returned.push(...values);
    frame.run.flow = deadFlow(frame.run.flow);
  },
  raise_statement: (node, frame) => {
    for (const child of node.children) frame.program.engine.evaluate(child, frame);
    frame.run.flow = deadFlow(frame.run.flow);
  },
  break_statement: (_, frame) => {
    frame.run.loops.at(-1)?.breaks.push(forkFlow(frame.run.flow));
    frame.run.flow = deadFlow(frame.run.flow);
  },
  continue_statement: (_, frame) => {
    frame.run.flow = deadFlow(frame.run.flow);
  },
  pass_statement: () => undefined,
  global_statement: () => undefined,
  nonlocal_statement: () => undefined,
  type_alias_statement: executeTypeAlias,
};

function evaluate(node: SyntaxNode | undefined, frame: Frame): Value {
  return node === undefined ? immutable(undefined) : frame.program.engine.evaluate(node, frame);
}

function executeExpression(node: SyntaxNode, frame: Frame): void {
  for (const child of node.children) executeStatement(child, frame);
}

/** `a = b = value`: the value first, then the targets from left to right. */
function executeAssignment(node: SyntaxNode, frame: Frame): Value | undefined {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const type = fieldOf(node, "type");
  let value: Value | undefined;
  if (right !== undefined)
    value = right.kind === "assignment" ? chained(right, frame) : evaluate(right, frame);
  if (type !== undefined) evaluate(type, frame);
  if (left === undefined || value === undefined) return value;
  bindTargetValue(left, value, frame);
  return value;
}

/** The targets of a chain are bound from left to right, after the value at its end. */
function chained(node: SyntaxNode, frame: Frame): Value {
  return executeAssignment(node, frame) ?? immutable(undefined);
}

const SEALED_OPERANDS: ReadonlySet<string> = new Set([
  "builtins.int",
  "builtins.float",
  "builtins.str",
  "builtins.bool",
  "builtins.tuple",
]);

/** `a += b` changes `a` in place when its type does so, and rebinds it in any case. */
function executeAugmented(node: SyntaxNode, frame: Frame): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return;
  const before = evaluate(left, frame);
  const operand = evaluate(right, frame);
  const { text } = frame.unit;
  const operator = fieldOf(node, "operator")?.kind ?? node.tokens[0]?.text ?? "+=";
  const mutable = before.objects.length > 0 && !SEALED_OPERANDS.has(before.type ?? "");
  if (mutable) {
    recordMutation(
      frame,
      before.objects,
      { because: `${textOf(text, left)} ${operator} …`, certain: before.type !== undefined },
      baseName(left, text),
    );
    // A list takes up the elements of the other.
    for (const outer of before.objects)
      for (const inner of partsOf(operand))
        if (outer !== inner && !outer.contents.has(inner)) {
          if (
            before.type !== undefined &&
            before.type !== "builtins.list" &&
            before.type !== "builtins.set" &&
            before.type !== "builtins.dict"
          )
            continue;
          outer.contents.add(inner);
          inner.containers.add(outer);
          frame.run.changes += 1;
        }
  }
  const made = operate(node, frame, [before, operand]);
  const after = mutable
    ? {
        ...objectValue(
          [...before.objects, ...(before.type === undefined ? made.objects : [])],
          before.type,
        ),
        draws: before.draws,
      }
    : made;
  bindTargetValue(left, after, frame);
}

function executeImport(node: SyntaxNode, frame: Frame): void {
  for (const imported of importedNames(node, frame.unit.text)) {
    if (frame.kind === "module") frame.run.recorder.imports.push(imported);
    if (imported.name === "*") {
      recordDynamic(frame, "star-import", node);
      continue;
    }
    writeName(frame, imported.name, importedValue(imported.qualified, frame));
  }
}

function importedValue(qualified: string | undefined, frame: Frame): Value {
  return qualified === undefined
    ? objectValue([])
    : qualifiedValue(frame.program.tables.canonicalName(qualified));
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

function executeIf(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  evaluate(fieldOf(node, "condition"), frame);
  const ends: Flow[] = [];
  let start = run.flow;
  const consequence = fieldOf(node, "consequence");
  ends.push(
    runWay(start, frame, () =>
      consequence === undefined ? undefined : executeStatement(consequence, frame),
    ),
  );
  let hasElse = false;
  for (const alternative of fieldsOf(node, "alternative")) {
    if (alternative.kind === "elif_clause") {
      // The condition of an `elif` runs only when the ones before were false.
      start = runWay(start, frame, () => evaluate(fieldOf(alternative, "condition"), frame));
    } else {
      hasElse = true;
    }
    const body = fieldOf(alternative, alternative.kind === "elif_clause" ? "consequence" : "body");
    ends.push(
      runWay(start, frame, () => (body === undefined ? undefined : executeStatement(body, frame))),
    );
  }
  run.flow = joinFlows(hasElse ? ends : [...ends, start]);
}

const MAX_ROUNDS = 12;

/** Runs a loop body until nothing new comes of it; gives the flows that leave it by `break`. */
function runLoop(start: Flow, frame: Frame, body: () => void): readonly Flow[] {
  const { run } = frame;
  run.conditional += 1;
  run.repeated += 1;
  let breaks: Flow[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = run.changes;
    breaks = [];
    run.loops.push({ breaks });
    run.flow = forkFlow(start);
    body();
    run.loops.pop();
    if (run.changes === before) break;
  }
  run.conditional -= 1;
  run.repeated -= 1;
  return breaks;
}

function executeFor(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const right = fieldOf(node, "right");
  const left = fieldOf(node, "left");
  const body = fieldOf(node, "body");
  const iterable = evaluate(right, frame);
  if (right !== undefined && mayBeUsedUp(iterable, frame)) {
    const base = baseName(right, frame.unit.text);
    recordMutation(
      frame,
      iterable.objects,
      { because: `for … in ${base ?? "…"}`, certain: false, consumes: true },
      base,
    );
  }
  const start = run.flow;
  const breaks = runLoop(start, frame, () => {
    if (left !== undefined) bindTargetValue(left, elementsOf(iterable), frame);
    if (body !== undefined) executeStatement(body, frame);
  });
  finishLoop(node, frame, { exit: start, breaks });
}

function executeWhile(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const condition = fieldOf(node, "condition");
  const body = fieldOf(node, "body");
  const endless = condition !== undefined && isSurelyTrue(condition, frame.unit.text);
  let tested = run.flow;
  const start = run.flow;
  const breaks = runLoop(start, frame, () => {
    evaluate(condition, frame);
    tested = forkFlow(run.flow);
    if (body !== undefined) executeStatement(body, frame);
  });
  finishLoop(node, frame, { exit: endless ? deadFlow(tested) : tested, breaks });
}

function isSurelyTrue(condition: SyntaxNode, text: string): boolean {
  const inner = withoutParentheses(condition);
  return inner.kind === "true" || (inner.kind === "integer" && textOf(text, inner) === "1");
}

/** `else` of a loop runs when it was not left by `break`. */
function finishLoop(
  node: SyntaxNode,
  frame: Frame,
  ways: { readonly exit: Flow; readonly breaks: readonly Flow[] },
): void {
  const alternative = fieldOf(node, "alternative");
  const body = alternative === undefined ? undefined : fieldOf(alternative, "body");
  const end =
    body === undefined
      ? ways.exit
      : runWay(ways.exit, frame, () => {
          executeStatement(body, frame);
        });
  frame.run.flow = joinFlows([end, ...ways.breaks]);
}

function executeWith(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const clause = childOfKind(node, "with_clause");
  const body = fieldOf(node, "body");
  let transparent = true;
  for (const item of clause?.children ?? []) {
    const managed = fieldOf(item, "value");
    if (managed === undefined) continue;
    const target = managed.kind === "as_pattern" ? fieldOf(managed, "alias") : undefined;
    const expression = managed.kind === "as_pattern" ? managed.children[0] : managed;
    const value = evaluate(expression, frame);
    transparent = isTransparent(expression, value, frame) && transparent;
    // Entering and leaving may change the manager.
    if (expression?.kind === "identifier")
      recordMutation(
        frame,
        value.objects,
        { because: "with …", certain: false },
        textOf(frame.unit.text, expression),
      );
    for (const child of target?.children ?? []) bindTargetValue(child, value, frame);
  }
  if (body === undefined) return;
  if (transparent) {
    executeStatement(body, frame);
    return;
  }
  const start = run.flow;
  const end = runWay(start, frame, () => {
    executeStatement(body, frame);
  });
  // The manager may swallow an exception from anywhere in the body.
  run.flow = joinFlows([interruptedFlow(start, run.recorder.deletes), end]);
}

function isTransparent(expression: SyntaxNode | undefined, value: Value, frame: Frame): boolean {
  const { tables } = frame.program;
  if (value.type !== undefined && tables.isTransparentContext(value.type)) return true;
  if (expression?.kind !== "call") return false;
  const call = frame.run.recorder.calls.get(
    `${String(expression.start)}:${String(expression.end)}`,
  );
  return call?.callee !== undefined && tables.isTransparentContext(call.callee);
}

function executeTry(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const start = run.flow;
  const body = fieldOf(node, "body");
  const alternative = childOfKind(node, "else_clause");
  const ends = [
    runWay(start, frame, () => {
      if (body !== undefined) executeStatement(body, frame);
      const block = alternative === undefined ? undefined : fieldOf(alternative, "body");
      if (block !== undefined) executeStatement(block, frame);
    }),
  ];
  const interrupted = interruptedFlow(start, run.recorder.deletes);
  for (const clause of node.children) {
    if (clause.kind === "except_clause")
      ends.push(
        runWay(interrupted, frame, () => {
          executeExcept(clause, frame);
        }),
      );
  }
  const after = joinFlows(ends);
  const last = childOfKind(node, "finally_clause");
  const block = last === undefined ? undefined : childOfKind(last, "block");
  if (block === undefined) {
    run.flow = after;
    return;
  }
  const final = runWay(
    { names: interruptedFlow(start, run.recorder.deletes).names, reachable: true },
    frame,
    () => {
      executeStatement(block, frame);
    },
  );
  run.flow = {
    names: new Map([...after.names, ...final.names]),
    reachable: after.reachable && final.reachable,
  };
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
  if (block !== undefined) executeStatement(block, frame);
  if (target?.kind === "identifier") deleteName(frame, textOf(frame.unit.text, target));
}

function executeMatch(node: SyntaxNode, frame: Frame): void {
  const { run } = frame;
  const subject = fieldsOf(node, "subject").map((child) => evaluate(child, frame));
  const parts = objectValue(subject.flatMap(partsOf));
  const ends: Flow[] = [];
  let start = run.flow;
  let exhaustive = false;
  for (const clause of fieldOf(node, "body")?.children ?? []) {
    if (clause.kind !== "case_clause") continue;
    const guard = fieldOf(clause, "guard");
    const body = fieldOf(clause, "consequence");
    // A pattern that fails halfway, or a guard that is false, may have bound some of its names.
    let failed = start;
    ends.push(
      runWay(start, frame, () => {
        const patterns = clause.children.filter((child) => child.kind === "case_pattern");
        for (const pattern of patterns) {
          bindPattern(pattern, frame.unit.text, {
            name: (name) => {
              writeName(frame, textOf(frame.unit.text, name), parts);
            },
            expression: (expression) => evaluate(expression, frame),
          });
        }
        if (guard !== undefined) evaluate(guard, frame);
        failed = joinFlows([start, run.flow]);
        if (body !== undefined) executeStatement(body, frame);
      }),
    );
    if (guard === undefined && isIrrefutable(clause, frame.unit.text)) exhaustive = true;
    start = failed;
  }
  run.flow = joinFlows(exhaustive ? ends : [...ends, start]);
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

function executeDecorated(node: SyntaxNode, frame: Frame): void {
  const definition = fieldOf(node, "definition");
  const decorators = node.children.filter((child) => child.kind === "decorator");
  if (definition?.kind === "class_definition") executeClass(definition, frame, decorators);
  else if (definition !== undefined) executeFunction(definition, frame, decorators);
}

function executeDelete(node: SyntaxNode, frame: Frame): void {
  const { text } = frame.unit;
  const remove = (target: SyntaxNode): void => {
    if (target.kind === "identifier") {
      readName(frame, textOf(text, target));
      deleteName(frame, textOf(text, target));
      return;
    }
    const container = fieldOf(target, target.kind === "attribute" ? "object" : "value");
    if (target.kind !== "attribute" && target.kind !== "subscript") {
      for (const child of target.children) remove(child);
      return;
    }
    const value = evaluate(container, frame);
    for (const child of fieldsOf(target, "subscript")) evaluate(child, frame);
    recordMutation(
      frame,
      value.objects,
      { because: `del ${textOf(text, target)}`, certain: true },
      baseName(target, text),
    );
  };
  for (const child of node.children) remove(child);
}

function executeTypeAlias(node: SyntaxNode, frame: Frame): void {
  const left = fieldOf(node, "left")?.children[0];
  const name = left?.kind === "generic_type" ? left.children[0] : left;
  const value = codeValue(node, frame);
  if (name !== undefined) writeName(frame, textOf(frame.unit.text, name), value);
}
