/** Which columns of a notebook look like an entity and like a time: what a message proposes, never what is taken for granted. */

import type { SyntaxNode } from "../../python/syntax.ts";
import { fieldOf, fieldsOf, walk } from "../../python/syntax.ts";
import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import type { HistoryCandidates } from "../staging.ts";

const MOST = 4;

/** Group keys as entities; columns that are parsed as times, and the last ones that tables are sorted by, as times. */
export function findHistoryCandidates(program: FeatureProgram): HistoryCandidates {
  const groups: string[] = [];
  const times: string[] = [];
  const sorted: string[] = [];
  const lastSorted: string[] = [];
  for (const statement of program.statements) {
    walk(statement.node, (node) => {
      if (node.kind === "call") visitCall(node, statement, { groups, times, sorted, lastSorted });
      const left = node.kind === "assignment" ? fieldOf(node, "left") : undefined;
      const right = node.kind === "assignment" ? fieldOf(node, "right") : undefined;
      if (left?.kind === "subscript" && right !== undefined && isTimeCall(right, statement))
        times.push(...strings(fieldsOf(left, "subscript").at(-1), statement));
      return undefined;
    });
  }
  const time = unique([...times, ...lastSorted]);
  const isTime = (name: string): boolean => time.includes(name) && !groups.includes(name);
  return {
    entity: unique([...groups, ...sorted]).filter((name) => !isTime(name)),
    time,
  };
}

interface Found {
  readonly groups: string[];
  readonly times: string[];
  readonly sorted: string[];
  /** The last key orders the rows within the others. */
  readonly lastSorted: string[];
}

function visitCall(node: SyntaxNode, statement: FeatureStatement, found: Found): void {
  const callee = fieldOf(node, "function");
  const name = callee === undefined ? "" : (textOf(callee, statement).split(".").at(-1) ?? "");
  const list = fieldOf(node, "arguments")?.children ?? [];
  const keyword = (wanted: string): SyntaxNode | undefined => {
    const pair = list.find((child) => {
      const key = child.kind === "keyword_argument" ? fieldOf(child, "name") : undefined;
      return key !== undefined && textOf(key, statement) === wanted;
    });
    return pair === undefined ? undefined : fieldOf(pair, "value");
  };
  const first = list.find(({ kind }) => kind !== "keyword_argument");
  if (name === "groupby") found.groups.push(...strings(keyword("by") ?? first, statement));
  if (name === "sort_values") {
    const by = strings(keyword("by") ?? first, statement);
    found.lastSorted.push(...by.slice(-1));
    found.sorted.push(...by.slice(0, -1));
  }
  found.times.push(...strings(keyword("parse_dates"), statement));
}

function isTimeCall(node: SyntaxNode, statement: FeatureStatement): boolean {
  return node.kind === "call" && /^\w+\.to_datetime\(/u.test(textOf(node, statement));
}

function strings(node: SyntaxNode | undefined, statement: FeatureStatement): readonly string[] {
  if (node === undefined) return [];
  const items = node.kind === "list" || node.kind === "tuple" ? node.children : [node];
  return items.flatMap((item) => {
    const text = /^(["'])([^"'\\\n]+)\1$/u.exec(textOf(item, statement))?.[2];
    return text === undefined ? [] : [text];
  });
}

function textOf(node: SyntaxNode, statement: FeatureStatement): string {
  return statement.tree.text.slice(node.start, node.end);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].slice(0, MOST);
}
