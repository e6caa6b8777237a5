/**
 * The role of every kept statement. Some show theirs by what they call; the others take it from where they stand:
 * in their cell first, in the notebook then. Roles only decide where steps begin and what they are called, never what is computed.
 */
import type { AmbientEffect, StatementFacts } from "../python/facts.ts";
import { mutatesAnything } from "../python/mutated-names.ts";
import type { CallsOf } from "./followed-calls.ts";
import { ownDataLength } from "./own-data.ts";
import type { Role } from "./plan.ts";
import { isPrint, roleOf } from "./roles.ts";

/** Roles that hold on to what follows them in their cell: numbers are worked on and printed where they are computed. */
const HOLDS_ON: ReadonlySet<Role> = new Set(["train", "evaluate", "persist"]);

/**
 * Before the first load everything belongs to it (where nothing is loaded, the data that the notebook begins with is what it
 * loads), between load and the first model it is feature work, and after the first model it belongs to the cell's role, or the
 * next statement that shows one, or the last. Linear.
 *
 * @param statements Kept ordinary statements in execution order.
 * @param callsOf What one calls, functions of the notebook followed.
 */
export function settleRoles(
  statements: readonly StatementFacts[],
  callsOf: CallsOf,
): readonly Role[] {
  const shown = statements.map((statement) => roleOf(statement, callsOf));
  const firstLoad = shown.indexOf("load");
  const ownData = firstLoad === -1 ? ownDataLength(statements) : 0;
  const firstTrain = shown.indexOf("train");
  const selections = selectionsBeforeSplit(statements, shown);
  const next = nextShown(statements, shown);
  const settled: Role[] = [];
  for (const [at, statement] of statements.entries()) {
    const role = shown[at];
    const before = statements[at - 1]?.unit === statement.unit ? settled[at - 1] : undefined;
    const after = next[at];
    const isAfterTraining = firstTrain !== -1 && at > firstTrain;
    const settle = (): Role => {
      // A check in the middle of a cell belongs to what it checks.
      if (role === "validate" && before !== undefined) return before;
      if (before !== undefined && writesFile(statement) && statement.ambient.some(isFigure))
        return before;
      if (role !== undefined && role !== "features") return role;
      if (selections.has(at)) return "split";
      if (at < Math.max(firstLoad, ownData)) return "load";
      if (isAfterTraining && writesFile(statement)) return "persist";
      if (before !== undefined && HOLDS_ON.has(before) && (isAfterTraining || isPrint(statement)))
        return before;
      if (isPreparation(statement) && after?.unit === statement.unit && HOLDS_ON.has(after.role))
        return after.role;
      return isAfterTraining
        ? (after?.role ?? settled.findLast(isResult) ?? "evaluate")
        : "features";
    };
    settled.push(settle());
  }
  return figuresInOneRole(statements, settled);
}

/** What may be done in the middle of a figure without a step of its own. */
const WITH_FIGURES: ReadonlySet<Role> = new Set(["features", "validate", "evaluate", "persist"]);

/** A figure lives in one process until its cell ends: what draws on it, and saves it, is one piece of work with what stands between. */
function figuresInOneRole(
  statements: readonly StatementFacts[],
  settled: readonly Role[],
): readonly Role[] {
  const together = [...settled];
  for (const [first, { unit, ambient }] of statements.entries()) {
    if (!ambient.some(isFigure) || !startsFigure(statements, first)) continue;
    const last = statements.findLastIndex((one) => one.unit === unit && one.ambient.some(isFigure));
    const roles = settled.slice(first, last + 1);
    if (!roles.every((role) => WITH_FIGURES.has(role))) continue;
    const [own = "features"] = roles;
    together.fill(roles.includes("evaluate") ? "evaluate" : own, first, last + 1);
  }
  return together;
}

/** Whether nothing before in its cell has to do with figures. */
function startsFigure(statements: readonly StatementFacts[], at: number): boolean {
  const unit = statements[at]?.unit;
  for (let before = at - 1; statements[before]?.unit === unit; before -= 1)
    if (statements[before]?.ambient.some(isFigure) === true) return false;
  return true;
}

function isFigure({ resource }: AmbientEffect): boolean {
  return resource === "figure";
}

/** The next statement that shows a role, for each statement. */
function nextShown(
  statements: readonly StatementFacts[],
  shown: readonly (Role | undefined)[],
): readonly ({ readonly role: Role; readonly unit: number } | undefined)[] {
  const next: ({ readonly role: Role; readonly unit: number } | undefined)[] = [];
  let known: { readonly role: Role; readonly unit: number } | undefined;
  for (let at = statements.length - 1; at >= 0; at -= 1) {
    next[at] = known;
    const role = shown[at];
    const unit = statements[at]?.unit;
    if (role !== undefined && role !== "features" && unit !== undefined) known = { role, unit };
  }
  return next;
}

function writesFile(statement: StatementFacts): boolean {
  return statement.ambient.some(
    ({ resource, access }) => resource === "file" && access === "write",
  );
}

function isResult(role: Role): boolean {
  return role !== "features";
}

/** `scores = []`, `ks = range(2, 9)`, `k = 4`: made of nothing, for what comes. */
function isPreparation(statement: StatementFacts): boolean {
  return (
    statement.kind === "assignment" &&
    !mutatesAnything(statement) &&
    statement.calls.every(({ callee }) => callee?.startsWith("builtins.") === true) &&
    statement.reads.every((name) =>
      statement.calls.some(({ callee }) => callee === `builtins.${name}`),
    )
  );
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
