/** Values of whole expressions from the values of their parts, and what may be learned or called in them. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import { commonRows } from "./entities/row-sets.ts";
import { PURE_BUILTINS } from "./library-roles.ts";
import type { Scope } from "./scope.ts";
import { excerpt, refuseAt, sourceOf } from "./scope.ts";
import type { Edit, Evaluated, Shape, Side, Value } from "./value.ts";
import { CONSTANT, ELEMENT, LABEL, STATE, TRAINING } from "./value.ts";

/** A part of an expression with its value. */
export interface Part extends Evaluated {
  readonly node: SyntaxNode;
}

/** Evaluates a node and keeps it beside its value. */
export function evaluatePart(node: SyntaxNode, scope: Scope): Part {
  return { node, ...scope.evaluate(node, scope) };
}

/**
 * Value of a pure operation on parts. With rows among them the result is rows, and learned parts are read from the state; `shape` is then
 * the result's.
 */
export function combine(
  parts: readonly Part[],
  scope: Scope,
  at: SyntaxNode,
  shape?: Shape,
): Evaluated {
  const has = (kind: Value["kind"]): boolean => parts.some(({ value }) => value.kind === kind);
  if (has("groups") || has("pairs"))
    refuseAt(
      scope,
      at,
      "feature-statement-unknown",
      `\`${excerpt(scope, at)}\` does something with groups of rows that is not understood.`,
    );
  if (has("history") || has("grouped"))
    return refuseAt(
      scope,
      at,
      "feature-needs-history",
      `\`${excerpt(scope, at)}\` uses groups or windows of rows in a way that is not understood.`,
    );
  if (!has("rows") && !has("element"))
    return { value: withoutRows(has), edits: parts.flatMap(({ edits }) => edits) };
  if (has("label"))
    refuseAt(
      scope,
      at,
      "feature-uses-target",
      `\`${excerpt(scope, at)}\` computes a feature from the column that is predicted.`,
    );
  if (has("training")) {
    refuseAt(
      scope,
      at,
      "feature-mixes-training-rows",
      `\`${excerpt(scope, at)}\` mixes rows of training with the rows that are served.`,
    );
  }
  if (has("element")) {
    if (!has("rows")) return { value: ELEMENT, edits: servedEdits(parts, scope) };
    refuseAt(
      scope,
      at,
      "feature-statement-unknown",
      `\`${excerpt(scope, at)}\` reads the whole table for each row.`,
    );
  }
  const isPartial = parts.some(({ value }) => value.kind === "rows" && value.role === "partial");
  const [first, ...others] = parts.flatMap((part) =>
    part.value.kind === "rows" ? [part.value] : [],
  );
  const of = commonRows(parts, scope, at);
  const mixed = others.find(
    (other) => first !== undefined && (other.side === "both") !== (first.side === "both"),
  );
  if (mixed !== undefined)
    return refuseAt(
      scope,
      at,
      "feature-mixes-training-rows",
      `\`${excerpt(scope, at)}\` puts rows of one table beside those of two under each other.`,
    );
  const value: Value = {
    kind: "rows",
    shape: shape ?? widestShape(parts),
    side: sideOf(parts),
    role: isPartial ? "partial" : "value",
    ...(others.length === 0 && first?.columns !== undefined ? { columns: first.columns } : {}),
    ...(others.length === 0 && first?.without !== undefined ? { without: first.without } : {}),
    ...(of === undefined ? {} : { of }),
  };
  return { value, edits: servedEdits(parts, scope) };
}

/** Edits that let parts be used while serving: learned ones are read from the state. */
export function servedEdits(parts: readonly Part[], scope: Scope): readonly Edit[] {
  return parts.flatMap((part): readonly Edit[] => {
    const { node, value, edits } = part;
    if (value.kind === "function") requirePure(value.name, node, scope);
    if (value.kind !== "state" && value.kind !== "estimator") return edits;
    const type = value.type;
    if (scope.lifter === undefined) {
      return refuseAt(
        scope,
        node,
        "feature-helper-unknown",
        `\`${excerpt(scope, node)}\` learns from the whole table inside a helper function.`,
      );
    }
    const { lifter } = scope;
    if (node.kind !== "identifier") return [lifter.hoist(node, type)];
    return [
      {
        span: node,
        fit: undefined,
        serve: () => lifter.read(lifter.variable(sourceOf(scope, node), type)),
      },
    ];
  });
}

/** Edits of a part that is assigned: learned as a whole, it is read from the state. */
export function servedPart(part: Part, scope: Scope): readonly Edit[] {
  if (part.value.kind !== "state") return part.edits;
  const { lifter } = scope;
  if (lifter === undefined) return part.edits;
  if (part.node.kind !== "identifier") return [lifter.hoist(part.node, part.value.type)];
  const name = sourceOf(scope, part.node);
  return [
    {
      span: part.node,
      fit: undefined,
      serve: () => lifter.read(lifter.variable(name, "Any")),
    },
  ];
}

/** Refuses statistics of the evaluation rows: a request has no such table. */
export function requireLearnable(value: Value, node: SyntaxNode, scope: Scope): void {
  if (value.kind !== "rows" || value.side !== "test") return;
  refuseAt(
    scope,
    node,
    "feature-fitted-on-test",
    `\`${excerpt(scope, node)}\` is computed over the rows the model is evaluated with; in serving there is no such table.`,
  );
}

/** Evaluates a lambda whose parameters have the given value; a learned value in its body is read from the state. */
export function evaluateLambda(node: SyntaxNode, scope: Scope, parameter: Value): Evaluated {
  const body = fieldOf(node, "body");
  if (body === undefined) return { value: CONSTANT, edits: [] };
  const names = new Map(scope.names);
  for (const name of fieldOf(node, "parameters")?.children ?? []) {
    const plain = name.kind === "default_parameter" ? (fieldOf(name, "name") ?? name) : name;
    names.set(sourceOf(scope, plain), parameter);
  }
  const inner: Scope = {
    ...scope,
    names,
    lifter: parameter.kind === "rows" ? undefined : scope.lifter,
  };
  const part = evaluatePart(body, inner);
  if (part.value.kind === "label" || part.value.kind === "training")
    return { value: part.value, edits: [] };
  if (part.value.kind === "rows" && parameter.kind !== "rows") {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` reads the whole table for each row.`,
    );
  }
  return {
    value: part.value.kind === "rows" ? part.value : CONSTANT,
    edits: servedEdits([part], inner),
  };
}

/** Refuses a notebook function that could give different values for the same row. */
export function requirePure(name: string, at: SyntaxNode, scope: Scope): void {
  if (scope.inside.includes(name)) return;
  const definition = scope.functions.get(name)?.facts.definition;
  if (definition === undefined)
    return refuseAt(
      scope,
      at,
      "feature-helper-unknown",
      `\`${name}\` is not a function of the notebook.`,
    );
  if (
    definition.kind !== "function" ||
    definition.isGenerator ||
    definition.globalWrites.length > 0 ||
    definition.mutatesGlobals.length > 0
  ) {
    return refuseAt(
      scope,
      at,
      "feature-helper-unknown",
      `\`${name}\` does more than compute a value.`,
    );
  }
  const random = scope.functions
    .get(name)
    ?.facts.calls.find(({ callee }) => callee !== undefined && isUnsteady(callee));
  if (random !== undefined)
    return refuseAt(
      scope,
      at,
      "feature-random",
      `\`${name}\` gives random numbers or the time (\`${String(random.callee)}\`): what training rows were given, a row of a request cannot have.`,
    );
  for (const free of definition.freeReads) {
    const value = scope.names.get(free);
    if (value === undefined && (PURE_BUILTINS.has(free) || free === name)) continue;
    if (value?.kind === "constant" || value?.kind === "library") continue;
    if (value?.kind === "function") {
      requirePure(value.name, at, { ...scope, inside: [...scope.inside, name] });
      continue;
    }
    return refuseAt(
      scope,
      at,
      "feature-helper-unknown",
      `\`${name}\` reads \`${free}\`, which is not a constant.`,
    );
  }
}

/** Whether a function gives another value each time it is called. */
export function isUnsteady(path: string): boolean {
  return /^(?:numpy\.)?random\.|^time\.time|(?:datetime|Timestamp|date)\.(?:now|today|utcnow)$|^uuid\.uuid|^secrets\./u.test(
    path,
  );
}

function withoutRows(has: (kind: Value["kind"]) => boolean): Value {
  if (has("label")) return LABEL;
  if (has("training")) return TRAINING;
  return has("state") || has("estimator") ? STATE : CONSTANT;
}

function widestShape(parts: readonly Part[]): Shape {
  const shapes = parts.flatMap(({ value }) => (value.kind === "rows" ? [value.shape] : []));
  const [first] = shapes;
  return first !== undefined && shapes.every((shape) => shape === first)
    ? first
    : shapes.includes("frame")
      ? "frame"
      : "unknown";
}

function sideOf(parts: readonly Part[]): Side {
  const sides = parts.flatMap(({ value }) => (value.kind === "rows" ? [value.side] : []));
  return sides.find((side) => side !== "all") ?? "all";
}
