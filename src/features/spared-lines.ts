/**
 * Lines of `transform` that do nothing for a request: a copy of rows that nobody else has, and columns that no request brings, made
 * empty only so that a line can take them away. What a single row costs is mostly such lines.
 */
import type { PythonParser } from "../python/parse.ts";
import type { SyntaxTree } from "../python/syntax.ts";
import { textOf } from "../python/syntax.ts";
import { blocksOf, indented } from "./render-lines.ts";
import type { FeatureStaging, StagedLines } from "./staging.ts";
import { dropIn, listVariables, usesByName } from "./table-uses.ts";

/** A statement of the outermost level with its lines. */
interface Block {
  readonly lines: readonly StagedLines[];
  readonly tree: SyntaxTree;
}

/** Where the rows of the request are made. */
interface RawRows {
  readonly at: number;
  readonly variable: string;
  readonly call: string;
}

/** What is looked at of the features. */
type Spared = Pick<
  FeatureStaging,
  "transform" | "result" | "shared" | "needed" | "history" | "entity"
>;

/** The same features with fewer lines. Those of entities and of histories stay as they are. */
export function withoutSparedLines<T extends Spared>(staging: T, parser: PythonParser): T {
  if (staging.history !== undefined || staging.entity !== undefined) return staging;
  const blocks = blocksOf(staging.transform).map((lines) => blockOf(lines, parser));
  const left = withoutColumns(withoutCopy(blocks, staging, parser), staging, parser);
  return { ...staging, transform: left.flatMap(({ lines }) => lines) };
}

function blockOf(lines: readonly StagedLines[], parser: PythonParser): Block {
  return { lines, tree: parser.parse(lines.map((line) => indented(line, "")).join("\n")) };
}

/** The statement alone, without the comments around it; empty where it is none, or several. */
function statementOf(block: Block | undefined): string {
  const [only, ...others] = block?.tree.root.children ?? [];
  return block === undefined || only === undefined || others.length > 0
    ? ""
    : textOf(block.tree.text, only);
}

/** Another statement in the place of a block's, below the same comments. */
function replaced(block: Block, statement: string, parser: PythonParser): Block {
  const { text, root } = block.tree;
  const [line] = block.lines;
  const [only] = root.children;
  if (line === undefined || only === undefined) return block;
  const made = text.slice(0, only.start) + statement + text.slice(only.end);
  return blockOf([{ ...line, text: made, rigidLines: [] }], parser);
}

function rawRowsIn(blocks: readonly Block[]): RawRows | undefined {
  const makers = blocks.flatMap(({ tree }, at) => (tree.text.includes("raw_rows(") ? [at] : []));
  const [at, ...others] = makers;
  if (at === undefined || others.length > 0) return undefined;
  const [, variable, call] = /^(\w+)\s*=\s*(raw_rows\(.*\))$/u.exec(statementOf(blocks[at])) ?? [];
  return variable === undefined || call === undefined ? undefined : { at, variable, call };
}

function mentions(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
  return new RegExp(`(?<!\\w)${escaped}(?!\\w)`, "u").test(text);
}

/** Whether dummies may be called that: the drop takes them away as well. */
function mayMake(text: string, name: string): boolean {
  if (!text.includes("_dummies(")) return false;
  const strings = [...text.matchAll(/["']([^"'\\]*)["']/gu)];
  return strings.some(([, prefix]) => name.startsWith(`${prefix ?? ""}_`));
}

/** `rows = raw_rows(…)` and `df = rows.copy()` as one line, where nothing else has to do with `rows`. */
function withoutCopy(
  blocks: readonly Block[],
  { result }: Spared,
  parser: PythonParser,
): readonly Block[] {
  const raw = rawRowsIn(blocks);
  const copied = raw === undefined ? undefined : blocks[raw.at + 1];
  if (raw === undefined || copied === undefined) return blocks;
  const [, target, source] =
    /^(\w+)\s*=\s*(\w+)\.copy\(\s*(?:deep\s*=\s*True)?\s*\)$/u.exec(statementOf(copied)) ?? [];
  if (target === undefined || source !== raw.variable) return blocks;
  const rest = blocks.slice(raw.at + 2);
  const later = [...rest.map(({ tree }) => tree.text), result.text];
  if (target !== source && later.some((text) => mentions(text, source))) return blocks;
  const merged = replaced(copied, `${target} = ${raw.call}`, parser);
  return [...blocks.slice(0, raw.at), merged, ...rest];
}

/**
 * Without what takes away columns that need not have been made. Only where every use of the table before is by the names of other
 * columns, so that nothing can have seen them: neither their number nor their places.
 */
function withoutColumns(
  blocks: readonly Block[],
  { needed, result, shared }: Spared,
  parser: PythonParser,
): readonly Block[] {
  const raw = rawRowsIn(blocks);
  const maker = raw === undefined ? undefined : blocks[raw.at];
  if (raw === undefined || maker === undefined || needed.kind !== "all-but") return blocks;
  const { variable } = raw;
  const loops = listVariables(blocks.map(({ tree }) => tree));
  const isUnserved = (name: string): boolean => needed.names.includes(name);
  const absent: string[] = [];
  const kept: Block[] = [];
  let rest = blocks.slice(raw.at + 1);
  for (let block = rest[0]; block !== undefined; block = rest[0]) {
    const later = rest.slice(1);
    const drop = dropIn(block.tree, variable);
    if (drop?.names.every(isUnserved) !== true) {
      if (!usesByName(block.tree, variable, { loops, isUnserved })) break;
      kept.push(block);
      rest = later;
      continue;
    }
    const behind = [...later.map(({ tree }) => tree.text), result.text];
    const others = [
      ...kept.map(({ tree }) => tree.text),
      ...behind,
      ...shared.map(({ text }) => text),
    ];
    const isNamed = others.some((text) => drop.names.some((name) => mentions(text, name)));
    const isMade = kept.some(({ tree }) => drop.names.some((name) => mayMake(tree.text, name)));
    const isOther = drop.target !== variable;
    // Two names for one table would show each other's changes.
    if (isNamed || isMade || (isOther && behind.some((text) => mentions(text, variable)))) break;
    absent.push(...drop.names);
    rest = later;
    if (!isOther) continue;
    kept.push(replaced(block, `${drop.target} = ${variable}`, parser));
    break;
  }
  if (absent.length === 0) return blocks;
  const names = absent.map((name) => JSON.stringify(name));
  const given = names.length === 1 ? `${String(names[0])},` : names.join(", ");
  const call = `${variable} = ${raw.call.slice(0, -1)}, absent=(${given}))`;
  return [...blocks.slice(0, raw.at), replaced(maker, call, parser), ...kept, ...rest];
}
