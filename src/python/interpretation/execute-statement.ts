/**
 * Statements: structured control flow over abstract values. Every branch is run; what only some ways do is kept apart in the flow.
 */
import { importedNames } from "../import-statement.ts";
import { fieldOf, fieldsOf, type SyntaxNode, textOf } from "../syntax.ts";
import { store } from "./allocate.ts";
import { bindTargetValue } from "./assign.ts";
import { baseName } from "./base-name.ts";
import { codeValue } from "./code-value.ts";
import {
  executeFor,
  executeIf,
  executeMatch,
  executeTry,
  executeWhile,
  executeWith,
} from "./execute-compound.ts";
import { executeClass, executeFunction } from "./execute-definition.ts";
import { deadFlow, forkFlow } from "./flow.ts";
import { deleteName, readName, recordMutation, writeName } from "./frames.ts";
import type { Frame, Value } from "./model.ts";
import { operate } from "./operate.ts";
import { recordDynamic } from "./record-outside.ts";
import { applyOperator, applySpecial, testTruth } from "./special-methods.ts";
import {
  immutable,
  joinValues,
  objectsOf,
  objectValue,
  partsOf,
  qualifiedValue,
} from "./values.ts";

/** Runs one statement. Unknown kinds are evaluated as expressions. */
export function executeStatement(node: SyntaxNode, frame: Frame): void {
  const executor = EXECUTORS[node.kind];
  if (executor === undefined) frame.program.engine.evaluate(node, frame);
  else executor(node, frame);
}

/** Runs statements one after the other. */
function executeStatements(nodes: readonly SyntaxNode[], frame: Frame): void {
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
    frame.run.returns.push(forkFlow(frame.run.flow));
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
    frame.run.loops.at(-1)?.continues.push(forkFlow(frame.run.flow));
    frame.run.flow = deadFlow(frame.run.flow);
  },
  assert_statement: (node, frame) => {
    const [condition, ...message] = node.children;
    testTruth(condition, frame);
    for (const child of message) frame.program.engine.evaluate(child, frame);
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
  for (const child of node.children) {
    if (child.kind === "call") frame.run.discarded = child;
    executeStatement(child, frame);
  }
}

/** `a = b = value`: the value first, then the targets from left to right. */
function executeAssignment(node: SyntaxNode, frame: Frame): Value | undefined {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const type = fieldOf(node, "type");
  let value: Value | undefined;
  if (left?.kind === "identifier" && /^_+$/.test(textOf(frame.unit.text, left)))
    frame.run.discarded = right;
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

const GROWING_TYPES: ReadonlySet<string> = new Set([
  "builtins.list",
  "builtins.set",
  "builtins.dict",
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
    const because = `${textOf(text, left)} ${operator} …`;
    recordMutation(
      frame,
      before.objects,
      { because, certain: before.type !== undefined },
      baseName(left, text),
    );
    // A list takes up the elements of the other.
    const takesUp = before.type === undefined || GROWING_TYPES.has(before.type);
    for (const outer of takesUp ? before.objects : [])
      for (const inner of partsOf(operand)) store(frame, outer, inner);
  }
  const made = operate(node, frame, [before, operand]);
  const own = applyOperator(
    operator,
    { node, values: [before, operand], nodes: [left, right] },
    frame,
  );
  const after = mutable
    ? {
        ...objectValue(
          objectsOf([
            objectValue(before.objects),
            ...(before.type === undefined ? [made] : []),
            ...own,
          ]),
          own.length === 0 ? before.type : undefined,
        ),
        draws: before.draws,
      }
    : joinValues([made, ...own]);
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
    const given = fieldsOf(target, "subscript").map((child) => evaluate(child, frame));
    applySpecial(
      target.kind === "attribute" ? ["__delattr__"] : ["__delitem__"],
      { node: target, subject: value, subjectNode: target, given },
      frame,
    );
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
