/** Kept statements, in execution order, cut into runs of one role: the candidate steps. Order is never changed, so side effects keep theirs. */
import type { StatementFacts } from "../python/facts.ts";
import type { Role } from "./plan.ts";
import { roleOf } from "./roles.ts";

/** A contiguous run of kept statements; never empty. */
export interface Segment {
  readonly role: Role;
  readonly statements: readonly StatementFacts[];
  /** Heading of the notebook section the first statement stands in. */
  readonly heading: string | undefined;
}

/** How fine to cut. `cell` is for tests: one step per cell. */
export type Cut = "role" | "cell";

/**
 * @param statements Kept ordinary statements in execution order.
 * @param headingOf Markdown heading above the statement's cell.
 */
export function cutIntoSegments(
  statements: readonly StatementFacts[],
  headingOf: (statement: StatementFacts) => string | undefined,
  cut: Cut,
): readonly Segment[] {
  const roles = settleRoles(statements);
  const segments: { role: Role; statements: StatementFacts[]; heading: string | undefined }[] = [];
  for (const [at, statement] of statements.entries()) {
    const role = roles[at] ?? "features";
    const heading = headingOf(statement);
    const last = segments.at(-1);
    if (last !== undefined && staysTogether(last, { statement, role, heading }, cut))
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

/** Joins the segments from the one that holds a first statement to the one that holds a last statement, for each pair of addresses. */
export function joinStatements(
  segments: readonly Segment[],
  pairs: readonly (readonly [string, string])[],
  addressOf: (statement: StatementFacts) => string,
): readonly Segment[] {
  let joined = segments;
  for (const [first, last] of pairs) {
    const holds = (address: string): number =>
      joined.findIndex(({ statements }) =>
        statements.some((statement) => addressOf(statement) === address),
      );
    const [from, to] = [holds(first), holds(last)];
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
  if (cut === "cell") return last.statements.at(-1)?.unit === next.statement.unit;
  if (last.role !== next.role) return false;
  // Long feature work is cut where its author began a new section.
  return next.role !== "features" || last.heading === next.heading;
}

/**
 * Statements that say nothing about themselves, and unknown calls, take the role of the phase they stand in:
 * before the first load they belong to it, between load and the first model they are feature work,
 * and after the first model they belong to the next statement that shows a role, or the last one.
 */
function settleRoles(statements: readonly StatementFacts[]): readonly Role[] {
  const shown = statements.map(roleOf);
  const firstLoad = shown.indexOf("load");
  const firstTrain = shown.indexOf("train");
  const isExplicit = (at: number): boolean => {
    const role = shown[at];
    return role !== undefined && role !== "features";
  };
  const beforeSplit = selectionsBeforeSplit(statements, shown);
  const last = shown.findLast((_, at) => isExplicit(at)) ?? "evaluate";
  const next: Role[] = [];
  for (let at = shown.length - 1, role = last; at >= 0; at -= 1) {
    next[at] = role;
    role = isExplicit(at) ? (shown[at] ?? role) : role;
  }
  return statements.map((_, at): Role => {
    const role = shown[at];
    if (isExplicit(at) && role !== undefined) return role;
    if (beforeSplit.has(at)) return "split";
    if (firstLoad !== -1 && at < firstLoad) return "load";
    if (firstTrain === -1 || at < firstTrain) return "features";
    return next[at] ?? "evaluate";
  });
}

/** `X = df.drop(…)` and `y = df[…]` right before the split, in its cell, belong to it: two tables more to store would serve nobody. */
function selectionsBeforeSplit(
  statements: readonly StatementFacts[],
  shown: readonly (Role | undefined)[],
): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [split, statement] of statements.entries()) {
    if (shown[split] !== "split") continue;
    for (let at = split - 1; at >= Math.max(0, split - 3); at -= 1) {
      const before = statements[at];
      const selects =
        before?.kind === "assignment" &&
        before.unit === statement.unit &&
        shown[at] === "features" &&
        before.surelyWrites.some((name) => statement.reads.includes(name));
      if (!selects) break;
      found.add(at);
    }
  }
  return found;
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
