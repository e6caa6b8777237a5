/** What the walk notes of earlier rows: which statements look at them, how far back, and on whose order of rows they rely. */
import type { SyntaxNode } from "../../python/syntax.ts";
import { placeOf } from "../feature-program.ts";
import { refuse } from "../refuse.ts";
import type { HistoryDraft, Scope } from "../scope.ts";
import { classify, excerpt } from "../scope.ts";
import type { HistoryCandidates } from "../staging.ts";
import type { RowsValue } from "../value.ts";
import { declaredLines, writtenUnderServe } from "./declared-lines.ts";
import { repetitions } from "./history-reach.ts";

/** A walk that has met nothing yet. */
export function newHistory(declared: {
  readonly entity: readonly string[];
  readonly time: string | undefined;
  readonly candidates: HistoryCandidates;
  readonly until: number | undefined;
  readonly settings: string;
}): HistoryDraft {
  return {
    ...declared,
    now: -1,
    uses: new Set(),
    futures: new Set(),
    relied: new Set(),
    reach: 0,
  };
}

/** Whether rows of the history stand above the served ones at the present statement. */
export function isBesideHistory({ history }: Scope): boolean {
  return history.until !== undefined && history.now <= history.until;
}

/** The predicted column as any other, which it is in earlier rows. */
export function asEarlier(scope: Scope): Scope {
  return {
    ...scope,
    label: undefined,
    ofEarlierRows: true,
    names: new Map([...scope.names, ...(scope.earlier ?? [])]),
  };
}

/** Where earlier rows are taken from. */
interface HistoryUse {
  readonly node: SyntaxNode;
  readonly rows: RowsValue;
  /** Text of the table whose rows are counted. */
  readonly table: string;
  readonly reach: number;
}

/** Notes that the present statement looks at earlier rows. */
export function useHistory({ node, rows, table, reach }: HistoryUse, scope: Scope): void {
  const { history } = scope;
  if (rows.side !== "all")
    refuseHistory(
      scope,
      node,
      "counts rows back after the split, where the rows in between are on both sides; compute it before",
    );
  classify(scope, "table");
  history.uses.add(history.now);
  history.reach += reach === 0 ? 0 : reach * repetitions(node, scope);
  if (rows.inTimeOrder === true || scope.earlier !== undefined) return;
  if (/\.\s*(?:sort_\w+|sample|nlargest|nsmallest|iloc)\b/u.test(table))
    refuseHistory(scope, node, "counts rows back in another order than that of the declared time");
  const name = /^[A-Za-z_]\w*/u.exec(table)?.[0];
  const isTable = name !== undefined && scope.names.get(name)?.kind === "rows";
  history.relied.add(scope.inside.length === 0 && isTable ? name : "*");
}

/** Refuses an operation that no declaration makes sound. */
export function refuseHistory(scope: Scope, node: SyntaxNode, because: string): never {
  return refuse(
    "feature-needs-history",
    `\`${excerpt(scope, node)}\` ${because}.`,
    placeOf(scope.program, scope.statement, node),
  );
}

/** Refuses an operation for the lack of a declaration, and says which. */
export function refuseUndeclared(
  scope: Scope,
  node: SyntaxNode,
  keys: readonly string[] | undefined,
): never {
  const { candidates } = scope.history;
  const grouped = keys !== undefined && keys.length > 0;
  const entity = grouped ? keys : candidates.entity;
  const [time] = candidates.time;
  const lines = [
    ...declaredLines(grouped ? keys : [], time),
    ...(time === undefined ? ["time: <column>"] : []),
  ];
  const others = [
    ...(entity.length > 0 && !grouped
      ? [`rows of several series also need entity (seen: ${entity.join(", ")})`]
      : []),
    ...(candidates.time.length > 1
      ? [`other times seen: ${candidates.time.slice(1).join(", ")}`]
      : []),
    ...(time === undefined ? ["<column> is the one that says when"] : []),
  ];
  return refuse(
    "feature-needs-history",
    `\`${excerpt(scope, node)}\` looks at earlier rows, and ${grouped ? "which column says whose a row is and which says when" : "which column says when"} is not declared.`,
    placeOf(scope.program, scope.statement, node),
    {
      hint: `${writtenUnderServe(lines, scope.history.settings)}${others.length === 0 ? "" : ` (${others.join("; ")})`}`,
      candidates: { entity, time: candidates.time },
    },
  );
}
