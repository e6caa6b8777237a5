/** What stands around the lines that look at earlier rows: that the table is in the order of time, before; that history is left out, after. */

import type { FeatureStatement } from "../feature-program.ts";
import { placeOf } from "../feature-program.ts";
import { freeName } from "../free-name.ts";
import { refuse } from "../refuse.ts";
import type { HistoryDraft, Scope } from "../scope.ts";
import type { HistoryPlan } from "../staging.ts";
import type { StagingDraft } from "../staging-draft.ts";
import { ourLine } from "../staging-draft.ts";

/** Stages one statement with what earlier rows need around it. */
export function stageBesideHistory(draft: StagingDraft, scope: Scope, stage: () => void): void {
  const { history, statement, names } = scope;
  const before = { fit: draft.fit.length, transform: draft.transform.length };
  const tables = statement.facts.reads.filter((name) => {
    const value = names.get(name);
    return value?.kind === "rows" && value.shape !== "column";
  });
  history.now = statement.position;
  history.relied.clear();
  stage();
  if (history.until === undefined) return;
  const relied = [...history.relied].flatMap((name) => (name === "*" ? tables : [name]));
  if (history.relied.has("*") && tables.length === 0) refuseOrder(scope, "the table");
  for (const name of new Set(relied)) {
    if (!tables.includes(name)) refuseOrder(scope, `\`${name}\``);
    const line = ourLine(statement, `${support(draft, "require_time_order")}(${name}, SERIES)`);
    draft.fit.splice(before.fit, 0, line);
    draft.transform.splice(before.transform, 0, line);
    const value = names.get(name);
    if (value?.kind === "rows" && !statement.facts.surelyWrites.includes(name))
      names.set(name, { ...value, inTimeOrder: true });
  }
  if (statement.position === history.until) leaveHistory(draft, scope, statement);
}

/** From here on only served rows are left, as everywhere else. */
function leaveHistory(draft: StagingDraft, scope: Scope, statement: FeatureStatement): void {
  for (const [name, value] of scope.names) {
    if (value.kind === "history") scope.names.delete(name);
    if (value.kind !== "rows") continue;
    // A matrix has no labels by which its rows could be told apart.
    if (value.role !== "value" || value.shape === "matrix") scope.names.delete(name);
    else
      draft.transform.push(
        ourLine(statement, `${name} = ${support(draft, "served_rows")}(${name})`),
      );
  }
}

/** What serving must keep, when anything looked at earlier rows. */
export function historyPlan(
  { uses, entity, time, reach }: HistoryDraft,
  draft: StagingDraft,
): HistoryPlan | undefined {
  if (uses.size === 0 || time === undefined) return undefined;
  const window = Number.isFinite(reach) ? reach : undefined;
  return { entity, time, window, variable: freeName(draft.taken, ["history", "earlier_rows"]) };
}

function refuseOrder(scope: Scope, table: string): never {
  return refuse(
    "feature-needs-history",
    `whether the rows of ${table} stand in the order of time cannot be checked where earlier ones are looked at.`,
    placeOf(scope.program, scope.statement),
    {
      hint: "sort the table by entity and time, give it a name, and compute lags and windows of that",
    },
  );
}

function support(draft: StagingDraft, name: string): string {
  draft.support.add(name);
  return name;
}
