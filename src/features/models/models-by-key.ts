/**
 * One model for each key: `for horizon in HORIZONS: … model.fit(X, y[horizon]) … models[horizon] = model`. All of them take the same
 * features, so that the loop's body is staged once, as the straight line of its last round, and the loop's variable may reach the
 * target alone.
 */
import { lineColumnAt, lineStarts } from "../../base/text-span.ts";
import { analyzeProgram } from "../../python/analyze-program.ts";
import type { ProgramFacts } from "../../python/facts.ts";
import { mayMutate } from "../../python/mutated-names.ts";
import type { PythonParser } from "../../python/parse.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../../python/syntax.ts";
import type { Rounds } from "../answer/target-trace.ts";
import { literalOrConstant, writtenOut } from "../answer/target-trace.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { placeOf } from "../feature-program.ts";
import { refuse } from "../refuse.ts";
import type { FeatureRefusal, FeatureStaging, StagedLines } from "../staging.ts";

/** The notebook with the loop as one round. */
export interface ModelsByKey {
  readonly facts: ProgramFacts;
  /** Name of the model inside the loop. */
  readonly model: string;
  readonly rounds: Rounds;
  /** Where the loop stands: 1-based lines of its cell. */
  readonly loop: { readonly cell: number; readonly from: number; readonly to: number };
}

/** The loop that fills a variable with models; `undefined` when there is none of that form. */
export function findModelsByKey(
  program: FeatureProgram,
  facts: ProgramFacts,
  variable: string,
  parser: PythonParser,
): ModelsByKey | undefined {
  for (const statement of program.statements.toReversed()) {
    const loop = loopOver(statement, variable);
    const text = loop === undefined ? undefined : asOneRound(statement, loop);
    if (loop === undefined || text === undefined) continue;
    const units = facts.units.map((unit, at) =>
      at === statement.facts.unit ? { ...unit, text } : unit,
    );
    const { node, statement: source } = writtenOut({ program, statement }, loop.iterable);
    const values =
      node.kind === "list" || node.kind === "tuple"
        ? node.children.map((child) => literalOrConstant({ program, statement: source }, child))
        : [];
    return {
      facts: analyzeProgram(units, parser),
      model: loop.model,
      rounds: {
        name: loop.key,
        values: values.every((value) => value !== undefined) ? values : [],
      },
      loop: { cell: statement.cell, from: statement.facts.line, to: statement.facts.endLine },
    };
  }
  return undefined;
}

/**
 * Refuses a variable that anything but the loop fills: such a model may take other features.
 *
 * @param variable The notebook's name of all models together.
 */
export function checkOnlyLoopFills(
  program: FeatureProgram,
  { loop, rounds }: ModelsByKey,
  variable: string,
): void {
  for (const statement of program.statements) {
    const { facts, cell } = statement;
    if (cell === loop.cell && facts.line === loop.from) continue;
    const fills = facts.mayWrite.includes(variable) && !isEmptyAtFirst(statement, variable);
    if (fills || mayMutate(facts, variable))
      refuse(
        "feature-matrix-unknown",
        `\`${variable}\` holds a model for each \`${rounds.name}\`, and this changes what it holds: which features that takes is unknown.`,
        placeOf(program, statement),
      );
  }
}

/** `models = {}` */
function isEmptyAtFirst({ node, tree }: FeatureStatement, variable: string): boolean {
  const text = tree.text.slice(node.start, node.end).replaceAll(/\s/gu, "");
  return new RegExp(`^${variable}(?::[^=]+)?=(?:\\{\\}|dict\\(\\))$`, "u").test(text);
}

/**
 * Refuses features that differ from round to round, because they are learned anew in each or go on with what the last one changed: one
 * state cannot stand for all models.
 *
 * @param variable The notebook's name of all models together.
 */
export function checkOneState(
  staging: FeatureStaging,
  { loop, rounds }: ModelsByKey,
  { variable, path }: { readonly variable: string; readonly path: string },
): FeatureStaging {
  const state = `${staging.stateName}.`;
  const inLoop = staging.transform.filter(
    ({ cell, line }) => cell === loop.cell && line >= loop.from && line <= loop.to,
  );
  const learned = inLoop.find(({ text }) => text.includes(state));
  if (learned !== undefined || staging.result.text.includes(state))
    return refuse(
      "feature-matrix-unknown",
      `\`${variable}\` holds a model for each \`${rounds.name}\`, and their features learn something of their own in each round.`,
      { path, cell: loop.cell, line: learned?.line ?? loop.from },
    );
  const carried = carriedOver(inLoop);
  if (carried !== undefined)
    return refuse(
      "feature-matrix-unknown",
      `\`${variable}\` holds a model for each \`${rounds.name}\`, and each round changes a table that the next one goes on with.`,
      { path, cell: loop.cell, line: carried.line },
    );
  return { ...staging, model: { ...staging.model, variable } };
}

/** The first line that changes what no line before it in the loop has made: the next round would start from the changed. */
function carriedOver(lines: readonly StagedLines[]): StagedLines | undefined {
  const made = new Set<string>();
  for (const line of lines) {
    const code = line.text.replaceAll(/^\s*#.*\n/gmu, "").trim();
    const [, name, value] = /^(\w+)\s*=(?!=)\s*([\s\S]*)$/u.exec(code) ?? [];
    if (name === undefined || value === undefined) {
      const [root = ""] = /^\w+/u.exec(code) ?? [];
      if (!made.has(root)) return line;
      continue;
    }
    const readsItself = new RegExp(`\\b${name}\\b`, "u").test(value);
    if (readsItself && !made.has(name)) return line;
    // Another name for a table from outside is that table.
    if (!/^\w+$/u.test(value) || made.has(value)) made.add(name);
  }
  return undefined;
}

/** Why the round could not be staged, where that is because a feature differs from round to round. */
export function inTermsOfKey(
  refused: FeatureRefusal,
  { rounds }: ModelsByKey,
  variable: string,
): FeatureRefusal {
  const names = new RegExp(`\\b${rounds.name}\\b`, "u");
  if (refused.code !== "feature-uses-target" || !names.test(refused.message)) return refused;
  return {
    ...refused,
    message: `\`${variable}\` holds a model for each \`${rounds.name}\`, and a feature depends on it: ${refused.message}`,
    hint: `use \`${rounds.name}\` for what is predicted alone, so that all models take the same features`,
  };
}

interface Loop {
  readonly key: string;
  readonly iterable: SyntaxNode;
  readonly body: SyntaxNode;
  readonly model: string;
}

function loopOver(statement: FeatureStatement, variable: string): Loop | undefined {
  const { node, tree } = statement;
  const text = (of: SyntaxNode): string => tree.text.slice(of.start, of.end);
  if (node.kind !== "for_statement" || fieldOf(node, "alternative") !== undefined) return undefined;
  const left = fieldOf(node, "left");
  const iterable = fieldOf(node, "right");
  const body = fieldOf(node, "body");
  if (left?.kind !== "identifier" || iterable === undefined || body === undefined) return undefined;
  const key = text(left);
  let model: string | undefined;
  const fitted = new Set<string>();
  walk(body, (child) => {
    if (child.kind === "call") {
      const [, name] = /^(\w+)\.fit\s*\(/u.exec(text(child)) ?? [];
      if (name !== undefined) fitted.add(name);
    }
    const target = child.kind === "assignment" ? fieldOf(child, "left") : undefined;
    const value = child.kind === "assignment" ? fieldOf(child, "right") : undefined;
    const holder = target?.kind === "subscript" ? fieldOf(target, "value") : undefined;
    const keys = target === undefined ? [] : fieldsOf(target, "subscript").map(text);
    if (holder !== undefined && text(holder) === variable && keys.join() === key)
      if (value?.kind === "identifier") model = text(value);
    return undefined;
  });
  return model !== undefined && fitted.has(model) ? { key, iterable, body, model } : undefined;
}

/** The cell's text with the loop's head as `key = list(ITERABLE)[-1]` and its body as lines of the cell; every line stays where it is. */
function asOneRound(statement: FeatureStatement, loop: Loop): string | undefined {
  const { tree, node } = statement;
  const starts = lineStarts(tree.text);
  const head = lineColumnAt(starts, node.start);
  const first = lineColumnAt(starts, loop.body.start);
  const end = lineColumnAt(starts, node.end);
  if (head.column !== 1 || first.line <= head.line) return undefined;
  const lines = tree.text.split("\n");
  const indent = " ".repeat(first.column - 1);
  const iterable = tree.text.slice(loop.iterable.start, loop.iterable.end);
  const written = lines.map((line, at): string | undefined => {
    const number = at + 1;
    if (number < head.line || number > end.line) return line;
    if (number === head.line) return `${loop.key} = list(${iterable.replaceAll("\n", " ")})[-1]`;
    if (number < first.line) return line.trim().startsWith("#") ? line.trim() : "";
    if (line.trim() === "") return "";
    // A line that is not that deep goes on inside a string.
    return line.startsWith(indent) ? line.slice(indent.length) : undefined;
  });
  return written.every((line) => line !== undefined) ? written.join("\n") : undefined;
}
