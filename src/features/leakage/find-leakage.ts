/**
 * Leakage that can be seen by reading: what a model is measured with had a part in what it was fitted with, or the answer is among the
 * questions. Looks at the whole notebook, whether or not a model of it can be served, and claims nothing of what it does not understand.
 */
import type { SyntaxNode } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { leakEvaluate } from "./leak-expression.ts";
import type { LeakScope, Trail } from "./leak-scope.ts";
import { isTakenFrom } from "./leak-scope.ts";
import { leakBlock, leakStatement } from "./leak-statement.ts";
import type { Learned, ModelFit, RowsFlow, Site, SplitSite } from "./leak-value.ts";
import { hasColumn, traitsOf, traitsOfColumn } from "./leak-value.ts";

/** One leak and the way it takes. */
export type Leak =
  | {
      /** Learned from all rows, those among them that are held back. */
      readonly kind: "fitted-before-split";
      readonly learned: Learned;
      /** Where rows are held back: a split, or a cross-validation. */
      readonly split: Site;
      readonly divided: SplitSite | undefined;
      readonly fit: Site;
      readonly matrix: string;
    }
  | {
      /** Only which categories there are is known from all rows. */
      readonly kind: "categories-before-split";
      readonly learned: Learned;
      readonly split: Site;
    }
  | {
      /** A feature that holds the target, or is computed from it. */
      readonly kind: "target";
      readonly fit: ModelFit;
      readonly column: string;
      readonly label: string;
      /** Where the target went in; `undefined` when the column is the target itself, or what it was made of. */
      readonly learned: Learned | undefined;
    }
  | {
      /** Rows were repeated, and divided only afterwards. */
      readonly kind: "repeated-before-split";
      readonly repeated: Site;
      readonly split: Site;
    }
  | {
      /** Fitted with all rows and measured on some of them. */
      readonly kind: "measured-on-fitted-rows";
      readonly fit: ModelFit;
      readonly asked: Site;
      readonly split: Site;
      readonly matrix: string;
    }
  | {
      /** A scaler or encoder that is fitted with the rows that are asked about. */
      readonly kind: "fitted-on-test";
      readonly learned: Learned;
      /** The fit of the same object that it replaces, with rows of the model's training. */
      readonly earlier: Learned | undefined;
      readonly asked: Site;
    }
  | { readonly kind: "chosen-on-test"; readonly asked: Site; readonly fit: ModelFit }
  | { readonly kind: "random-split-of-time"; readonly lagged: Site; readonly split: SplitSite };

/** All leaks, in the order of the places where they begin; each place once a kind. */
export function findLeakage(program: FeatureProgram): readonly Leak[] {
  const trail = walkProgram(program);
  const leaks: Leak[] = [];
  for (const fit of trail.fits) {
    leaks.push(...beforeSplit(fit, trail), ...ofTarget(fit));
  }
  for (const validation of trail.validated)
    leaks.push(...beforeValidation(validation.rows, validation));
  for (const { site, parts } of trail.divided) {
    for (const { flow } of parts) {
      if (flow.kind !== "rows") continue;
      if (flow.repeated !== undefined && flow.extent.side === "all")
        leaks.push({ kind: "repeated-before-split", repeated: flow.repeated, split: site });
      const { lagged } = traitsOf(flow);
      const isFitted = trail.fits.some(({ rows }) => rows.extent.split === site);
      if (lagged !== undefined && site.isRandom && isFitted)
        leaks.push({ kind: "random-split-of-time", lagged, split: site });
    }
  }
  leaks.push(...ofAsked(trail));
  return inOrder(leaks);
}

/** Where a leak begins. */
export function beginOf(leak: Leak): Site {
  switch (leak.kind) {
    case "fitted-before-split":
    case "categories-before-split":
    case "fitted-on-test":
      return leak.learned;
    case "target":
      return leak.learned ?? leak.fit;
    case "repeated-before-split":
      return leak.repeated;
    case "measured-on-fitted-rows":
      return leak.fit;
    case "chosen-on-test":
      return leak.asked;
    case "random-split-of-time":
      return leak.lagged;
  }
}

function walkProgram(program: FeatureProgram): Trail {
  const trail: Trail = {
    fits: [],
    asked: [],
    validated: [],
    divided: [],
    learned: new Map(),
    sets: [],
    spaces: 0,
  };
  const names: LeakScope["names"] = new Map();
  const functions = new Map<string, FeatureStatement>();
  for (const statement of program.statements) {
    const { definition, imports } = statement.facts;
    for (const { name, module, member } of imports)
      names.set(name, { flow: { kind: "library", path: pathOf(name, module, member) } });
    if (definition !== undefined) {
      functions.set(definition.name, statement);
      if (definition.kind === "function")
        names.set(definition.name, { flow: { kind: "function", statement } });
      continue;
    }
    const before = new Map(
      [...names].flatMap(([name, { flow }]) =>
        flow.kind === "rows" ? [[name, flow] as const] : [],
      ),
    );
    leakStatement(statement.node, {
      program,
      statement,
      names,
      functions,
      inside: undefined,
      following: [],
      before,
      loops: [],
      trail,
      evaluate: leakEvaluate,
      walkBlock: (block: SyntaxNode, scope: LeakScope) => leakBlock(block, scope),
    });
  }
  return trail;
}

function pathOf(name: string, module: string, member: string | undefined): string {
  if (member !== undefined) return `${module}.${member}`;
  return module.startsWith(`${name}.`) ? name : module;
}

/** A statistic counts when its rows are all those that were divided, or were taken from them. */
function isOfBothSides(learned: Learned, split: SplitSite, trail: Trail): boolean {
  const { set, side } = learned.extent;
  return (
    side === "all" &&
    (isTakenFrom({ trail }, split.rows, set) || isTakenFrom({ trail }, set, split.rows))
  );
}

function beforeSplit(fit: ModelFit, trail: Trail): readonly Leak[] {
  const { split, side, space } = fit.rows.extent;
  if (split === undefined || side !== "train") return [];
  return [...traitsOf(fit.rows).learned].flatMap((learned): readonly Leak[] => {
    if (learned.extent.space !== space || !isOfBothSides(learned, split, trail)) return [];
    if (learned.kind === "categories") return [{ kind: "categories-before-split", learned, split }];
    const matrix = matrixText(fit);
    return [{ kind: "fitted-before-split", learned, split, divided: split, fit, matrix }];
  });
}

function beforeValidation(rows: RowsFlow, at: Site): readonly Leak[] {
  if (rows.extent.side !== "all") return [];
  return [...traitsOf(rows).learned].flatMap((learned): readonly Leak[] => {
    const isSame = learned.extent.set === rows.extent.set && learned.extent.side === "all";
    if (!isSame || learned.kind === "categories") return [];
    const common = { learned, split: at, divided: undefined, fit: at, matrix: "" };
    return [{ kind: "fitted-before-split", ...common }];
  });
}

/** The target, or what it alone was made of, among the features; a feature computed from it; a statistic of it. */
function ofTarget(fit: ModelFit): readonly Leak[] {
  const { rows, target } = fit;
  if (target?.kind !== "rows" || target.name === undefined) return [];
  if (target.extent.space !== rows.extent.space) return [];
  const label = target.name;
  const own = traitsOf(target);
  if (own.lagged !== undefined) return [];
  const leaks: Leak[] = [];
  const sources = [...own.sources].filter((name) => name !== label);
  const [single, more] = sources;
  const isWithin = (name: string): boolean =>
    hasColumn(rows, name) && traitsOfColumn(rows, name).lagged === undefined;
  if (isWithin(label))
    leaks.push({ kind: "target", fit, column: label, label, learned: undefined });
  if (single !== undefined && more === undefined && isWithin(single))
    leaks.push({ kind: "target", fit, column: single, label, learned: undefined });
  for (const [name, traits] of rows.columns) {
    const isThere = !rows.dropped.has(name) && (rows.only === undefined || rows.only.has(name));
    if (!isThere || name === label || traits.lagged !== undefined) continue;
    if (traits.sources.has(label) && name !== single)
      leaks.push({ kind: "target", fit, column: name, label, learned: undefined });
  }
  for (const learned of traitsOf(rows).learned) {
    const isOfTarget =
      learned.kind === "statistic" && !learned.isFitted && learned.columns.has(label);
    if (isOfTarget && learned.columns.size === 1)
      leaks.push({ kind: "target", fit, column: label, label, learned });
  }
  return leaks;
}

function ofAsked(trail: Trail): readonly Leak[] {
  return trail.asked.flatMap((asked): readonly Leak[] => {
    const { fit, rows } = asked;
    const leaks: Leak[] = [];
    const { split, side, space } = rows.extent;
    const isHeldBack = side === "test" && split !== undefined;
    if (
      asked.isMeasured &&
      isHeldBack &&
      fit.rows.extent.side === "all" &&
      fit.rows.extent.set === split.rows
    )
      leaks.push({ kind: "measured-on-fitted-rows", fit, asked, split, matrix: matrixText(fit) });
    if (asked.isMeasured && isHeldBack && fit.isVaried && fit.rows.extent.side === "train")
      leaks.push({ kind: "chosen-on-test", asked, fit });
    for (const learned of traitsOf(rows).learned) {
      const isOwn = learned.extent.space === space && learned.extent.side === side;
      const isApart = isHeldBack || fit.rows.extent.space !== space;
      if (isOwn && isApart && isRefitted(learned, fit))
        leaks.push({
          kind: "fitted-on-test",
          learned,
          earlier: fittedBefore(learned, fit, trail),
          asked,
        });
    }
    return leaks;
  });
}

/** What the object had learned until then, when that was of the rows that the model is fitted with, or of all. */
function fittedBefore(learned: Learned, fit: ModelFit, trail: Trail): Learned | undefined {
  const { repair } = learned;
  if (repair.kind !== "fit" || repair.receiver.kind !== "identifier") return undefined;
  const nameOf = (other: Learned): string | undefined =>
    other.repair.kind === "fit"
      ? other.statement.tree.text.slice(other.repair.receiver.start, other.repair.receiver.end)
      : undefined;
  const name = nameOf(learned);
  const all = [...trail.learned.values()];
  const before = all.slice(0, all.indexOf(learned)).findLast((other) => nameOf(other) === name);
  const { space, side } = before?.extent ?? {};
  return space === fit.rows.extent.space && side !== "test" ? before : undefined;
}

/** Categories that are learned again give other codes only where an encoder is fitted again. */
function isRefitted(learned: Learned, fit: ModelFit): boolean {
  if (learned.kind === "categories") return learned.isFitted;
  return learned.node !== fit.node;
}

function matrixText(fit: ModelFit): string {
  const text = fit.statement.tree.text;
  const list = fit.node.children.find(({ field }) => field === "arguments")?.children ?? [];
  const [first] = list;
  return first === undefined ? "" : text.slice(first.start, first.end);
}

function inOrder(leaks: readonly Leak[]): readonly Leak[] {
  const seen = new Set<string>();
  return leaks
    .filter((leak) => {
      const { statement, node } = beginOf(leak);
      const column = leak.kind === "target" ? leak.column : "";
      const key = `${leak.kind}:${String(statement.position)}:${String(node.start)}:${column}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .toSorted((left, right) => {
      const [one, other] = [beginOf(left), beginOf(right)];
      return one.statement.position - other.statement.position || one.node.start - other.node.start;
    });
}
