/**
 * Leaks → edits of the notebook's own statements after which everything is learned from the training rows alone.
 *
 * The split is asked for its rows before anything is learned (the same call on row numbers), what learns is given those rows of its
 * table, and behind the split itself stands a check that it took the same ones. Everything else stays as it is: both sides are still
 * computed by the notebook's own lines. What cannot be mended this way is refused with its place.
 */
import type { Diagnostic } from "../../base/diagnostic.ts";
import type { Span } from "../../base/text-span.ts";
import { mayMutate } from "../../python/mutated-names.ts";
import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { namesIn, placeOf } from "../feature-program.ts";
import { freeName } from "../free-name.ts";
import type { Leak } from "./find-leakage.ts";
import { beginOf } from "./find-leakage.ts";
import { type Fixed, LeakEdits } from "./leak-edits.ts";
import type { Learned, SplitSite } from "./leak-value.ts";
import { hasColumn } from "./leak-value.ts";

/** The mended cells, or why there are none. */
export type LeakageFix =
  | Fixed
  | { readonly kind: "refused"; readonly diagnostics: readonly Diagnostic[] };

/** Leaks that change what a model is measured to be worth; the others are remarks. */
export function isHarmful(leak: Leak): boolean {
  return !["categories-before-split", "chosen-on-test", "random-split-of-time"].includes(leak.kind);
}

/**
 * Edits for all harmful leaks, at least one of which there must be.
 *
 * @param sources Text of each cell as the notebook has it, by number.
 */
export function fixLeakage(
  program: FeatureProgram,
  leaks: readonly Leak[],
  sources: ReadonlyMap<number, string>,
): LeakageFix {
  const harmful = leaks.filter(isHarmful);
  const refused: Diagnostic[] = [];
  const refuse = (leak: Leak, because: string): void => {
    const { statement, node } = beginOf(leak);
    refused.push({
      code: "leakage-not-fixed",
      severity: "error",
      message: `\`${excerptOf(statement, node)}\` cannot be made to learn from the training rows alone: ${because}`,
      hint: "change it in the notebook, or promote without --fix; nothing was written",
      where: placeOf(program, statement, node),
    });
  };
  const [site, ...more] = splitsOf(harmful);
  for (const leak of harmful) {
    const because = whyNot(leak);
    if (because !== undefined) refuse(leak, because);
    else if (more.length > 0) refuse(leak, "rows are held back by more than one split");
  }
  const [first] = harmful;
  if (refused.length > 0 || first === undefined) return { kind: "refused", diagnostics: refused };
  const edits = new LeakEdits(program);
  if (site !== undefined) {
    const prepared = prepare(
      program,
      site,
      harmful.filter((leak) => leak.kind === "fitted-before-split"),
    );
    if (typeof prepared === "string") refuse(first, prepared);
    else {
      edits.insertBefore(prepared.before, prepared.lines);
      edits.insertBehind(site.statement, [prepared.check]);
      for (const leak of harmful) {
        if (leak.kind !== "fitted-before-split") continue;
        const because = edits.restrict(leak.learned, prepared.rows);
        if (because !== undefined) refuse(leak, because);
      }
    }
  }
  for (const leak of harmful) {
    if (leak.kind !== "fitted-on-test") continue;
    const because = edits.onlyTransform(leak.learned);
    if (because !== undefined) refuse(leak, because);
  }
  const made = edits.result(sources);
  if ("kind" in made && refused.length === 0) return made;
  if (!("kind" in made))
    refuse(first, `cell ${String(made.cell)} has text that is no plain Python`);
  return { kind: "refused", diagnostics: refused };
}

function splitsOf(leaks: readonly Leak[]): readonly SplitSite[] {
  return [
    ...new Set(
      leaks.flatMap((leak) =>
        leak.kind === "fitted-before-split" && leak.divided !== undefined ? [leak.divided] : [],
      ),
    ),
  ];
}

/** Why a leak is none that other rows at one place would mend. */
function whyNot(leak: Leak): string | undefined {
  switch (leak.kind) {
    case "fitted-before-split":
      if (leak.divided === undefined)
        return "a cross-validation holds back other rows in each fold; put it into a pipeline with the model";
      if (leak.learned.extent.set !== leak.divided.rows)
        return "rows are left out, or put in another order, between it and the split; do that before anything is learned";
      return leak.learned.repair.kind === "none" ? leak.learned.repair.because : undefined;
    case "fitted-on-test":
      if (leak.earlier === undefined)
        return "nothing fitted with the training rows before it can be applied instead";
      return leak.learned.repair.kind === "fit" ? undefined : "it is no encoder or scaler";
    case "target":
      return "the target is among the features, which other rows do not change";
    case "repeated-before-split":
      return "rows are repeated before the split; divide first";
    case "measured-on-fitted-rows":
      return "the model itself is fitted with all rows; fit it with the training rows";
    default:
      return undefined;
  }
}

interface Prepared {
  /** The statement of the top level in front of which the rows are asked for. */
  readonly before: FeatureStatement;
  readonly lines: readonly string[];
  /** Name of the numbers of the training rows. */
  readonly rows: string;
  readonly check: string;
}

/** The lines that ask for the rows of the split, or why they cannot be known so early. */
function prepare(
  program: FeatureProgram,
  site: SplitSite,
  leaks: readonly { readonly learned: Learned }[],
): Prepared | string {
  const learned = leaks
    .map((leak) => leak.learned)
    .toSorted((left, right) => left.statement.position - right.statement.position);
  const [first] = learned;
  const { statement, node } = site;
  const assignment = statement.node.children[0];
  const left = assignment === undefined ? undefined : fieldOf(assignment, "left");
  const right = assignment === undefined ? undefined : fieldOf(assignment, "right");
  if (
    first === undefined ||
    left === undefined ||
    right?.start !== node.start ||
    right.end !== node.end
  )
    return "the split is not a statement of its own at the top level";
  const [table] = first.tables;
  if (table === undefined)
    return "no variable holds the rows of the split before something is learned from them";
  const text = statement.tree.text;
  const list = fieldOf(node, "arguments")?.children ?? [];
  const options = list.filter(({ kind }) => kind === "keyword_argument");
  const optionTexts = options.map((option) => text.slice(option.start, option.end));
  const has = (pattern: RegExp): boolean => optionTexts.some((option) => pattern.test(option));
  if (!has(/^random_state\s*=\s*(?!None)/u) && !has(/^shuffle\s*=\s*False/u))
    return "the split draws other rows each time; give it a random_state";
  const taken = identifiersOf(program);
  const rows = freeName(taken, ["training_rows"]);
  const held = freeName(taken, ["held_back_rows"]);
  const check = checkOf(site, left, rows);
  if (check === undefined)
    return "whether the split takes the rows that were asked for cannot be checked";
  const span = { from: first.statement, to: statement };
  // Classes under other names may be drawn in another order; the check tells.
  const column = check.isExact ? stratifiedColumn(site, first) : undefined;
  const early: string[] = [];
  for (const [at, option] of options.entries()) {
    const later = unknownBefore(program, option, span);
    const isBy = text.slice(option.start, option.end).startsWith("stratify");
    if (later !== undefined && (!isBy || column === undefined))
      return `the split's options read \`${later}\`, which is not known, or is changed, between it and the split`;
    early.push(later === undefined ? (optionTexts[at] ?? "") : `stratify=${column ?? ""}`);
  }
  const isImported = program.statements.some(
    ({ position, facts }) =>
      position < first.statement.position &&
      facts.imports.some(({ name }) => name === "train_test_split"),
  );
  const call = [`range(len(${table.name}))`, ...early].join(", ");
  const lines = [
    "# The rows of the split below, so that what is learned from here on is learned from the training rows alone.",
    ...(isImported ? [] : ["from sklearn.model_selection import train_test_split"]),
    `${rows}, ${held} = train_test_split(${call})`,
  ];
  return { before: first.statement, lines, rows, check: check.text };
}

/** Tables carry labels, by which their rows are compared with those asked for; of arrays only the number is. */
function checkOf(
  { statement, data }: SplitSite,
  left: SyntaxNode,
  rows: string,
): { readonly text: string; readonly isExact: boolean } | undefined {
  const text = statement.tree.text;
  const names = left.children.map((child) => text.slice(child.start, child.end));
  const said = '"the split took other rows than the features were learned from"';
  const given = (node: SyntaxNode): string => text.slice(node.start, node.end);
  const table = data.findIndex(
    ({ node, shape }) =>
      (shape === "frame" || shape === "column") &&
      ["identifier", "subscript", "attribute"].includes(node.kind) &&
      !namesIn(statement, node).some((name) => names.includes(name)),
  );
  const [source, result] = [data[table]?.node, names[table * 2]];
  if (source !== undefined && result !== undefined) {
    const labels = `${given(source)}.index[${rows}]`;
    return { text: `assert ${result}.index.equals(${labels}), ${said}`, isExact: true };
  }
  const array = names[data.findIndex(({ shape }) => shape === "matrix") * 2];
  return array === undefined
    ? undefined
    : { text: `assert ${array}.shape[0] == len(${rows}), ${said}`, isExact: false };
}

/** The column to keep in proportion as it stands before anything is learned. */
function stratifiedColumn({ stratify }: SplitSite, { tables }: Learned): string | undefined {
  if (stratify === undefined) return undefined;
  const table = tables.find(({ rows }) => hasColumn(rows, stratify));
  return table === undefined ? undefined : `${table.name}["${stratify}"]`;
}

/** A name in an option that has no value yet, or gets another one until the split. */
function unknownBefore(
  program: FeatureProgram,
  option: SyntaxNode,
  { from, to }: { readonly from: FeatureStatement; readonly to: FeatureStatement },
): string | undefined {
  const value = fieldOf(option, "value");
  const names = value === undefined ? [] : namesIn(to, value);
  return names.find((name) => {
    const isBound = program.statements.some(
      ({ position, facts }) => position < from.position && facts.surelyWrites.includes(name),
    );
    const isChanged = program.statements.some(
      ({ position, facts }) =>
        position >= from.position &&
        position < to.position &&
        (facts.mayWrite.includes(name) || mayMutate(facts, name)),
    );
    return !isBound || isChanged;
  });
}

function identifiersOf(program: FeatureProgram): Set<string> {
  return new Set(program.statements.flatMap((statement) => namesIn(statement, statement.node)));
}

function excerptOf(statement: FeatureStatement, span: Span): string {
  return statement.tree.text.slice(span.start, span.end).replace(/\s+/gu, " ");
}
