/** Keeps track of the sets of rows of one staging, and of the lines by which `transform` finds the entity of each row of a request. */

import type { FeatureProgram, FeatureStatement } from "../feature-program.ts";
import { freeName } from "../free-name.ts";
import type { StagedLines } from "../staging.ts";
import type { StagingDraft } from "../staging-draft.ts";
import { ourLine } from "../staging-draft.ts";
import type { RowSet } from "../value.ts";
import type { EntityRows } from "./entity-rows.ts";

/** What `transform` returns for each row, once it is known for which entities. */
export interface FoundEntities {
  /** Variable of `transform` that holds the place of each row's entity among the entities. */
  readonly places: string;
}

/** The tracking, and what is asked of it at the end. */
export interface EntityTracking {
  readonly rows: EntityRows;
  /**
   * Completes the lines of `transform` for the set that the model takes, and removes those that no one needs; `undefined` when
   * the notebook gives that set no name by which its entities could be found.
   */
  readonly finish: (of: RowSet) => FoundEntities | undefined;
}

interface Noted {
  /** Expression of the keys, or name of the table. */
  readonly text: string;
  /** Holds the place in `transform`. */
  readonly line: StagedLines;
}

/** Starts to track the entities named by a column. */
export function trackEntities(
  key: string,
  program: FeatureProgram,
  draft: StagingDraft,
): EntityTracking {
  let last = 0;
  const grouped = new Map<string, RowSet>();
  const keys = new Map<number, Noted>();
  const tables = new Map<number, Noted>();
  const next = (set: Omit<RowSet, "id" | "origin">, origin?: number): RowSet => {
    last += 1;
    return { ...set, id: last, origin: origin ?? last };
  };
  const raw = next({ per: "row", labels: "numbers", isSorted: false, sources: [] });
  // Lines of a block have no place outside of it, where the end of `transform` would look for them.
  const isOutermost = ({ node }: FeatureStatement): boolean =>
    program.statements.some((statement) => statement.node === node);
  const note = (into: Map<number, Noted>, id: number, text: string, at: FeatureStatement): void => {
    if (into.has(id) || !isOutermost(at)) return;
    const line = ourLine(at, "");
    draft.transform.push(line);
    into.set(id, { text, line });
  };
  const rows: EntityRows = {
    key,
    raw,
    derived: (from, change = {}) =>
      next({ ...from, ...change }, from.per === "entity" ? from.origin : undefined),
    grouped: (from, { isOrdered, labels }) => {
      const known = grouped.get(`${String(from.id)} ${String(isOrdered)} ${labels}`);
      if (known !== undefined) return known;
      const made = next({ per: "entity", labels, isSorted: isOrdered, sources: [from.id] });
      grouped.set(`${String(from.id)} ${String(isOrdered)} ${labels}`, made);
      return made;
    },
    merged: (left, right, labels) => {
      const sources = [...new Set([...left.sources, ...right.sources])];
      return next({ per: "entity", labels, isSorted: false, sources });
    },
    keysOf: (from, statement, text) => {
      note(keys, from.id, text, statement);
    },
    bound: (name, of, statement) => {
      note(tables, of.origin, name, statement);
    },
    isUsed: () => grouped.size > 0,
  };
  const finish = (of: RowSet): FoundEntities | undefined => {
    const table = tables.get(of.origin);
    const sources = of.sources.flatMap((id) => keys.get(id) ?? []);
    if (table === undefined || sources.length !== of.sources.length || sources.length === 0)
      return undefined;
    const text = new Map<StagedLines, string>();
    const asked = `${draft.frameName}[${JSON.stringify(key)}]`;
    const support = (name: string): string => {
      draft.support.add(name);
      return name;
    };
    const names = sources.map(({ text: found, line }) => {
      const name = freeName(draft.taken, ["entity_of_row"]);
      // Of several tables, each may lack an entity that another one has.
      const left = sources.length === 1 ? `${support("rows_left")}(${found}, ${asked})` : found;
      text.set(line, `${name} = ${left}`);
      return name;
    });
    const places = freeName(draft.taken, ["places"]);
    const given = [table.text, asked, ...names].join(", ");
    text.set(table.line, `${places} = ${support("entity_places")}(${given})`);
    const noted = new Set([...keys.values(), ...tables.values()].map(({ line }) => line));
    const kept = draft.transform.flatMap((line): readonly StagedLines[] => {
      const completed = text.get(line);
      if (completed !== undefined) return [{ ...line, text: completed }];
      return noted.has(line) ? [] : [line];
    });
    draft.transform.splice(0, draft.transform.length, ...kept);
    return { places };
  };
  return { rows, finish };
}
