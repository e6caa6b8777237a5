/** One statement of the slice → its lines in `fit` and in `transform`, and what its names stand for afterwards. */

import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf, fieldsOf } from "../python/syntax.ts";
import { evaluateTarget } from "./assignment-target.ts";
import { argumentsOf } from "./call-arguments.ts";
import { commonRows, requireAligned, settled } from "./entities/row-sets.ts";
import { requireSameStack } from "./evaluate-stacking.ts";
import { isBesideHistory } from "./history/history-draft.ts";
import { assignLabelColumn, changeLabel } from "./label-columns.ts";
import type { Part } from "./parts.ts";
import { evaluatePart, servedPart } from "./parts.ts";
import { renamingOfAssignment } from "./read-renaming.ts";
import type { Scope } from "./scope.ts";
import { classify, columnName, excerpt, refuseAt, sourceOf, stringLiterals } from "./scope.ts";
import { stageCondition } from "./stage-condition.ts";
import { stageLoop } from "./stage-loop.ts";
import { isSplit, stageSplit } from "./stage-split.ts";
import { asWritten, bindEach, bindNames, bindResampled, namesOf } from "./stage-unpacking.ts";
import type { StagedStatement } from "./staged-statement.ts";
import { keepInBoth, keepInFit } from "./staged-statement.ts";
import { stagedText } from "./statement-text.ts";
import type { RowsValue, Value } from "./value.ts";
import {
  CONSTANT,
  LABEL,
  mayHaveColumn,
  STATE,
  TRAINING,
  textEdit,
  withColumn,
  withoutColumns,
} from "./value.ts";

/** Stages one statement; refuses what it does not understand. */
export function stageStatement(staged: StagedStatement): void {
  const { scope } = staged;
  const { statement } = scope;
  const { facts, node } = statement;
  if (facts.kind === "import") return bindImports(scope);
  if (facts.definition !== undefined) return stageDefinition(staged, facts.definition.name);
  const inner = node.kind === "expression_statement" ? node.children[0] : undefined;
  if (inner?.kind === "assignment") return stageAssignment(inner, staged);
  if (inner?.kind === "augmented_assignment") return stageAugmented(inner, staged);
  if (inner?.kind === "call") return stageBareCall(inner, staged);
  if (node.kind === "for_statement") return stageLoop(node, staged, stageStatement);
  if (node.kind === "if_statement") return stageCondition(node, staged, stageStatement);
  if (node.kind === "delete_statement") return stageDelete(node, staged);
  return refuseAt(
    scope,
    node,
    "feature-statement-unknown",
    `\`${excerpt(scope, node)}\` (${facts.kind}) changes feature values in a way that is not understood.`,
  );
}

function bindImports(scope: Scope): void {
  for (const { name, module, member } of scope.statement.facts.imports) {
    scope.names.set(name, {
      kind: "library",
      path:
        member === undefined
          ? module.startsWith(`${name}.`)
            ? name
            : module
          : `${module}.${member}`,
    });
  }
}

function stageDefinition({ scope, draft }: StagedStatement, name: string): void {
  const { node, facts } = scope.statement;
  if (facts.definition?.kind !== "function")
    return refuseAt(scope, node, "feature-helper-unknown", `\`${name}\` is no plain function.`);
  scope.names.set(name, { kind: "function", name });
  draft.shared.push(stagedText(scope.statement, [], "fit"));
  return undefined;
}

function stageAssignment(node: SyntaxNode, staged: StagedStatement): void {
  const { scope } = staged;
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined || right.kind === "assignment") {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  }
  if (isSplit(right, scope)) return stageSplit(left, right, staged);
  const names = namesOf(left);
  const values = right.kind === "expression_list" || right.kind === "tuple" ? right.children : [];
  if (names !== undefined && names.length > 1 && names.length === values.length)
    return bindEach(names, values, staged);
  const isColumn = left.kind === "subscript" || left.kind === "attribute";
  const part = evaluatePart(right, isColumn ? { ...scope, aligned: true } : scope);
  if (part.value.kind === "display") {
    for (const name of names ?? []) scope.names.set(sourceOf(scope, name), part.value);
    return undefined;
  }
  if (part.value.kind === "resampled") return bindResampled(names ?? [], part, staged);
  if (left.kind === "identifier")
    return bindName(sourceOf(scope, left), asWritten(part, left, scope), staged);
  if (left.kind === "pattern_list" || left.kind === "tuple_pattern")
    return bindNames(left, part, staged);
  return assignColumn(left, part, staged);
}

function bindName(name: string, part: Part, staged: StagedStatement): void {
  const { scope, draft } = staged;
  const { value } = part;
  if (value.kind === "rows") {
    if (value.role === "index") return keepInFit(staged, [name], TRAINING);
    if (value.role === "partial" && value.shape === "column")
      return keepInFit(staged, [name], TRAINING);
    const held = settled(value, scope);
    scope.names.set(name, held);
    keepInBoth(staged, part.edits);
    if (held.kind === "rows" && held.of?.per === "entity")
      scope.entities?.bound(name, held.of, scope.statement);
    return undefined;
  }
  if (value.kind === "groups" || value.kind === "pairs") {
    scope.names.set(name, value);
    return keepInBoth(staged, part.edits);
  }
  const isGrouped = value.kind === "grouped" && isBesideHistory(scope);
  if (value.kind === "dataset" || value.kind === "history" || isGrouped) {
    scope.names.set(name, value);
    return keepInBoth(staged, value.kind === "grouped" ? value.earlier.edits : part.edits);
  }
  if (value.kind === "label" && takesColumnOut(part.node, scope)) {
    scope.names.set(name, LABEL);
    return keepInBoth(staged, []);
  }
  if (value.kind !== "constant" && value.kind !== "library" && value.kind !== "function")
    return keepInFit(staged, [name], value);
  const strings = value.kind === "constant" ? stringLiterals(scope, part.node) : undefined;
  scope.names.set(
    name,
    value.kind === "constant"
      ? strings === undefined
        ? CONSTANT
        : { kind: "constant", strings }
      : value,
  );
  if (isShareable(name, part, staged)) {
    draft.shared.push(stagedText(scope.statement, [], "fit"));
    draft.sharedNames.add(name);
  } else if (isOnlyConstant(name, staged)) keepInBoth(staged, part.edits);
  else keepInFit(staged, [name], STATE);
  return undefined;
}

/** Whether a constant can stand at the head of the module: written once, and made of nothing but what stands there too. */
function isShareable(name: string, part: Part, { scope, draft }: StagedStatement): boolean {
  if ((draft.writers.get(name) ?? []).length !== 1 || part.edits.length > 0) return false;
  return scope.statement.facts.reads.every((read) => {
    const kind = scope.names.get(read)?.kind;
    return (
      draft.sharedNames.has(read) || kind === undefined || kind === "library" || kind === "function"
    );
  });
}

/** Whether all statements that write a name are plain assignments: then its present value is known in both functions. */
function isOnlyConstant(name: string, { draft }: StagedStatement): boolean {
  return (draft.writers.get(name) ?? []).every(
    ({ facts }) => facts.kind === "assignment" && facts.surelyWrites.includes(name),
  );
}

function assignColumn(left: SyntaxNode, part: Part, staged: StagedStatement): void {
  const { scope } = staged;
  const target = evaluateTarget(left, scope);
  const { value } = part;
  if (target.base.kind !== "rows") {
    if (
      target.base.kind === "state" ||
      target.base.kind === "constant" ||
      target.base.kind === "estimator"
    ) {
      const name = rootName(left, scope);
      if (name === undefined)
        return refuseAt(
          scope,
          left,
          "feature-statement-unknown",
          `\`${excerpt(scope, left)}\` is not understood.`,
        );
      return keepInFit(
        staged,
        [name],
        value.kind === "label"
          ? LABEL
          : value.kind === "rows" || value.kind === "training"
            ? TRAINING
            : STATE,
      );
    }
    return keepInFit(staged, [], target.base);
  }
  if (target.column === "columns" && left.kind === "attribute") {
    classify(scope, "schema");
    if (mayHaveColumn(target.base, scope.label ?? ""))
      scope.seen.renamings.push(renamingOfAssignment(part.node, scope));
    if (value.kind === "rows" || value.kind === "label" || value.kind === "training")
      return refuseAt(
        scope,
        left,
        "feature-statement-unknown",
        `an assignment to \`${excerpt(scope, left)}\` is not understood.`,
      );
  }
  giveColumn(target.base, target.column ?? assignedColumn(left, scope), scope);
  // The predicted column of entities is made on the way, so that a request does not have it even as an empty one.
  if (target.isLabel && target.base.of?.per === "entity")
    return keepInBoth(staged, [...target.edits, textEdit(part.node, "None")]);
  if (target.isLabel) return changeLabel(target, part, staged);
  if (value.kind === "label") return assignLabelColumn(part, target, staged);
  if (value.kind === "training")
    return refuseAt(
      scope,
      left,
      "feature-mixes-training-rows",
      `\`${excerpt(scope, scope.statement.node)}\` writes rows of training into the rows that are served.`,
    );
  if (value.kind === "rows" && value.role !== "value")
    return refuseAt(
      scope,
      left,
      "feature-statement-unknown",
      `\`${excerpt(scope, scope.statement.node)}\` assigns only some of the rows.`,
    );
  if (value.kind === "state" && (value.type === "pd.Series" || value.type === "pd.DataFrame"))
    return refuseAt(
      scope,
      left,
      "feature-raw-table-unknown",
      `\`${excerpt(scope, scope.statement.node)}\` puts a column of another table beside the rows; a request brings rows of one.`,
    );
  for (const key of target.keys) commonRows([{ value: target.base }, key], scope, left);
  if (value.kind === "rows")
    requireSameStack(target.base, value, { node: scope.statement.node, scope });
  requireAligned(target.base, value, { scope, at: scope.statement.node });
  return keepInBoth(staged, [...target.edits, ...servedPart(part, scope)]);
}

function stageAugmented(node: SyntaxNode, staged: StagedStatement): void {
  const { scope } = staged;
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined)
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  const part = evaluatePart(right, scope);
  if (left.kind !== "identifier") return assignColumn(left, part, staged);
  const name = sourceOf(scope, left);
  const present = evaluatePart(left, scope).value;
  if (present.kind !== "rows" && part.value.kind !== "rows")
    return keepInFit(
      staged,
      [name],
      present.kind === "constant" ? (part.value.kind === "constant" ? STATE : part.value) : present,
    );
  if (
    present.kind !== "rows" ||
    (part.value.kind !== "rows" && part.value.kind !== "constant" && part.value.kind !== "state")
  ) {
    return refuseAt(
      scope,
      node,
      "feature-statement-unknown",
      `\`${excerpt(scope, node)}\` is not understood.`,
    );
  }
  return keepInBoth(staged, servedPart(part, scope));
}

/** `df.drop(…, inplace=True)`, `scaler.fit(X_train)`, `add_columns(df)`. */
function stageBareCall(node: SyntaxNode, staged: StagedStatement): void {
  const { scope } = staged;
  const part = evaluatePart(node, scope);
  if (part.value.kind === "display") return undefined;
  const callee = fieldOf(node, "function");
  const object = callee?.kind === "attribute" ? fieldOf(callee, "object") : undefined;
  if (part.value.kind === "rows") {
    if (part.value.role === "partial" && object?.kind !== "identifier") {
      return refuseAt(
        scope,
        node,
        "feature-statement-unknown",
        `\`${excerpt(scope, node)}\` is not understood.`,
      );
    }
    if (isInPlace(node, scope) && object?.kind === "identifier")
      scope.names.set(sourceOf(scope, object), settled(part.value, scope));
    return keepInBoth(staged, part.edits);
  }
  if (part.value.kind === "label" && takesColumnOut(node, scope)) return keepInBoth(staged, []);
  const receiver =
    object?.kind === "identifier" ? scope.names.get(sourceOf(scope, object)) : undefined;
  if (
    callee?.kind === "identifier" &&
    part.edits.length === 0 &&
    part.value.kind === "constant" &&
    argumentsOf(node, scope).some(({ value }) => value.kind === "rows")
  ) {
    return keepInBoth(staged, part.edits);
  }
  const name =
    object?.kind === "identifier" && receiver !== undefined && receiver.kind !== "rows"
      ? [sourceOf(scope, object)]
      : [];
  const after: Value = receiver?.kind === "constant" ? STATE : (receiver ?? part.value);
  return keepInFit(staged, name, after);
}

function stageDelete(node: SyntaxNode, staged: StagedStatement): void {
  const { scope } = staged;
  const targets = node.children.flatMap((child) =>
    child.kind === "expression_list" ? child.children : [child],
  );
  if (targets.every(({ kind }) => kind === "identifier")) return undefined;
  const all = targets.map((target) => evaluateTarget(target, scope));
  if (all.some(({ base }) => base.kind !== "rows")) return keepInFit(staged, [], CONSTANT);
  classify(scope, "schema");
  for (const target of targets) {
    const names = target.children.slice(1).flatMap((key) => stringLiterals(scope, key) ?? []);
    for (const name of names)
      scope.seen.droppedColumns.set(name, { by: scope.statement, keptIn: new Set() });
    const table = fieldOf(target, "value");
    const known =
      table?.kind === "identifier" ? scope.names.get(sourceOf(scope, table)) : undefined;
    if (table !== undefined && known?.kind === "rows")
      scope.names.set(sourceOf(scope, table), withoutColumns(known, names));
  }
  return keepInBoth(
    staged,
    all.flatMap(({ edits }) => edits),
  );
}

/** The one column that `df.loc[mask, "x"] = …` writes, when its name is known. */
function assignedColumn(left: SyntaxNode, scope: Scope): string | undefined {
  const last = fieldsOf(left, "subscript").at(-1);
  return last === undefined ? undefined : columnName(last, scope);
}

/** Every name of a table that is given a column knows of it. */
function giveColumn(base: RowsValue, column: string | undefined, scope: Scope): void {
  for (const [name, value] of scope.names) {
    if (value.kind !== "rows") continue;
    const isSame =
      (base.columns !== undefined && value.columns === base.columns) ||
      (base.without !== undefined && value.without === base.without);
    if (isSame) scope.names.set(name, withColumn(value, column));
  }
}

/** Whether a call changes its receiver by `inplace=True`. */
function isInPlace(node: SyntaxNode, scope: Scope): boolean {
  const list = fieldOf(node, "arguments")?.children ?? [];
  return list.some(
    (child) =>
      child.kind === "keyword_argument" &&
      /^inplace\s*=\s*True$/u.test(sourceOf(scope, child).trim()),
  );
}

/** Whether a call takes the predicted column out of its table, which has to happen while serving too. */
function takesColumnOut(node: SyntaxNode, scope: Scope): boolean {
  return /\.pop\s*\(/u.test(sourceOf(scope, node));
}

function rootName(node: SyntaxNode, scope: Scope): string | undefined {
  let at: SyntaxNode | undefined = node;
  while (at !== undefined && (at.kind === "subscript" || at.kind === "attribute"))
    at = fieldOf(at, at.kind === "subscript" ? "value" : "object");
  return at?.kind === "identifier" ? sourceOf(scope, at) : undefined;
}
