/** Kept statements, in execution order, cut into runs of one role: the candidate steps. Order is never changed, so side effects keep theirs. */
import type { StatementFacts } from "../python/facts.ts";
import type { CallsOf } from "./followed-calls.ts";
import { compareAddresses, type Role } from "./plan.ts";
import { settleRoles } from "./settle-roles.ts";

/** A contiguous run of kept statements; never empty. */
export interface Segment {
  readonly role: Role;
  readonly statements: readonly StatementFacts[];
  /** Heading of the notebook section the first statement stands in. */
  readonly heading: string | undefined;
}

/** How fine to cut. Tests cut finer than anybody would: one step per cell, or one per statement. */
export type Cut = "role" | "cell" | "statement";

/**
 * @param statements Kept ordinary statements in execution order.
 * @param headingOf Markdown heading above the statement's cell.
 */
export function cutIntoSegments(
  statements: readonly StatementFacts[],
  headingOf: (statement: StatementFacts) => string | undefined,
  cut: Cut,
  {
    mayJoin = () => true,
    callsOf = ({ calls }) => calls,
  }: {
    /** Whether two neighbors may be in one step at all. */
    readonly mayJoin?: (before: StatementFacts, statement: StatementFacts) => boolean;
    /** What one calls, functions of the notebook followed. */
    readonly callsOf?: CallsOf;
  } = {},
): readonly Segment[] {
  const roles = settleRoles(statements, callsOf);
  const segments: { role: Role; statements: StatementFacts[]; heading: string | undefined }[] = [];
  for (const [at, statement] of statements.entries()) {
    const role = roles[at] ?? "features";
    const heading = headingOf(statement);
    const last = segments.at(-1);
    const before = last?.statements.at(-1);
    if (
      last !== undefined &&
      before !== undefined &&
      mayJoin(before, statement) &&
      staysTogether(last, { statement, role, heading }, cut)
    )
      last.statements.push(statement);
    else segments.push({ role, statements: [statement], heading });
  }
  return segments;
}

/** Joins segments `from` to `to` (inclusive) into one; used where a cut would not be sound. */
export function mergeSegments(
  segments: readonly Segment[],
  from: number,
  to: number,
): readonly Segment[] {
  const merged = segments.slice(from, to + 1);
  const first = merged[0];
  if (first === undefined || merged.length === 1) return segments;
  const joined: Segment = {
    role: mainRole(merged),
    statements: merged.flatMap((segment) => segment.statements),
    heading: first.heading,
  };
  return [...segments.slice(0, from), joined, ...segments.slice(to + 1)];
}

/**
 * Joins the segments from the one that holds a first statement to the one that holds a last statement, for each pair of addresses.
 * A statement that no segment holds is one that steps repeat; what comes next counts instead.
 */
export function joinStatements(
  segments: readonly Segment[],
  pairs: readonly (readonly [string, string])[],
  addressOf: (statement: StatementFacts) => string,
): readonly Segment[] {
  let joined = segments;
  for (const [first, last] of pairs) {
    const from = joined.findIndex(({ statements }) =>
      statements.some((statement) => compareAddresses(addressOf(statement), first) >= 0),
    );
    const to = joined.findLastIndex(({ statements }) =>
      statements.some((statement) => compareAddresses(addressOf(statement), last) <= 0),
    );
    if (from !== -1 && to > from) joined = mergeSegments(joined, from, to);
  }
  return joined;
}

function staysTogether(
  last: {
    readonly role: Role;
    readonly statements: readonly StatementFacts[];
    readonly heading: string | undefined;
  },
  next: {
    readonly statement: StatementFacts;
    readonly role: Role;
    readonly heading: string | undefined;
  },
  cut: Cut,
): boolean {
  if (cut === "statement") return false;
  if (cut === "cell") return last.statements.at(-1)?.unit === next.statement.unit;
  if (last.role !== next.role) return false;
  // Long feature work is cut where its author began a new section.
  return next.role !== "features" || last.heading === next.heading;
}

/** The role that names a merged step: what it is mostly for, by weight of what matters to readers. */
function mainRole(segments: readonly Segment[]): Role {
  const weight: readonly Role[] = [
    "train",
    "features",
    "load",
    "split",
    "evaluate",
    "validate",
    "persist",
  ];
  for (const role of weight) if (segments.some((segment) => segment.role === role)) return role;
  return segments[0]?.role ?? "features";
}
