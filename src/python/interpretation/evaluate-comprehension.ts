/** Comprehensions: scopes of their own that run zero or more times. */
import { fieldOf, fieldsOf, type SyntaxNode } from "../syntax.ts";
import { allocate } from "./allocate.ts";
import { bindTargetValue } from "./assign.ts";
import { forkFlow } from "./flow.ts";
import { iterate } from "./iterate.ts";
import type { Frame, Value } from "./model.ts";
import { surelyHasElements } from "./rounds.ts";
import { IMMUTABLE, joinValues, objectsOf, objectValue } from "./values.ts";
import { joinWays, quoted, type Way } from "./ways.ts";

/** Comprehensions run in a scope of their own, zero or more times. */
export function evaluateComprehension(node: SyntaxNode, type: string, frame: Frame): Value {
  const scope = frame.unit.scopes.byNode.get(node);
  if (scope === undefined) return IMMUTABLE;
  const inner: Frame = { ...frame, kind: "comprehension", scope, parent: frame, locals: new Map() };
  const { run } = frame;
  const clauses = node.children.filter(
    (child) => child.kind === "for_in_clause" || child.kind === "if_clause",
  );
  const [first] = clauses;
  const firstIterables = (first === undefined ? [] : fieldsOf(first, "right")).map((iterable) =>
    frame.program.engine.evaluate(iterable, frame),
  );
  const before = forkFlow(run.flow);
  run.conditional += 1;
  run.repeated += 1;
  let element = IMMUTABLE;
  // Twice, so that what the first round bound through a walrus is seen by the second.
  for (let round = 0; round < 2; round++) {
    const { changes } = run;
    for (const clause of clauses)
      runClause(clause, { frame: inner, iterables: clause === first ? firstIterables : undefined });
    element = evaluateBody(node, inner);
    // Comprehensions in each other would double the work with every level.
    if (run.changes === changes) break;
  }
  run.conditional -= 1;
  run.repeated -= 1;
  const when = `${quoted(node, frame.unit.text)} has no element`;
  const after: Way = { flow: run.flow, when, at: node.start };
  run.flow = joinWays(
    hasElements(node, clauses, inner) ? [after] : [{ ...after, flow: before }, after],
    frame,
  );
  // A generator goes on drawing from what it iterates over.
  const isLazy = node.kind === "generator_expression";
  const held = isLazy ? objectsOf([element, ...firstIterables]) : element.objects;
  return objectValue(
    [allocate(node, frame, { kind: "container", contents: held })],
    type,
    element.draws,
  );
}

/** Whether its element is surely evaluated, and now. */
function hasElements(node: SyntaxNode, clauses: readonly SyntaxNode[], frame: Frame): boolean {
  return (
    node.kind !== "generator_expression" &&
    clauses.every((clause) => {
      const [right, ...others] = fieldsOf(clause, "right");
      return right !== undefined && others.length === 0 && surelyHasElements(right, frame);
    })
  );
}

interface ClauseContext {
  readonly frame: Frame;
  readonly iterables: readonly Value[] | undefined;
}

function runClause(clause: SyntaxNode, context: ClauseContext): void {
  const { frame } = context;
  if (clause.kind === "if_clause") {
    for (const child of clause.children) frame.program.engine.evaluate(child, frame);
    return;
  }
  const iterables =
    context.iterables ??
    fieldsOf(clause, "right").map((iterable) => frame.program.engine.evaluate(iterable, frame));
  const left = fieldOf(clause, "left");
  const nodes = fieldsOf(clause, "right");
  const elements = iterables.map((iterable, at) => iterate(nodes[at] ?? clause, iterable, frame));
  if (left !== undefined) bindTargetValue(left, joinValues(elements), frame);
}

function evaluateBody(node: SyntaxNode, frame: Frame): Value {
  const body = fieldOf(node, "body");
  return body === undefined ? IMMUTABLE : frame.program.engine.evaluate(body, frame);
}
