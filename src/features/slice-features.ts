/**
 * Backward slice by variable: the statements a value may depend on, straight-line. Aliases made by plain assignment (`X = df`) and by loops
 * over listed names are followed, because a change through one name shows in the other. A change that is only possible, not certain, does not pull a
 * statement in: such statements are reported, and the proof by running would show a wrong omission.
 */
import type { StatementFacts } from "../python/facts.ts";
import type { SyntaxNode } from "../python/syntax.ts";
import { fieldOf } from "../python/syntax.ts";
import { aliasGroups } from "./alias-groups.ts";
import type { FeatureProgram, FeatureStatement } from "./feature-program.ts";

/** What a slice is taken for. */
export interface SliceRequest {
  /** Names read there. */
  readonly names: readonly string[];
  /** Position of the statement that reads them; only earlier statements are looked at. */
  readonly before: number;
}

/** A name whose value behind a statement is given: nothing before is sliced for it. */
export interface SliceCut {
  readonly name: string;
  /** Position of the statement. */
  readonly behind: number;
}

/** A slice and what was left out of it on an assumption. */
export interface FeatureSlice {
  readonly statements: readonly FeatureStatement[];
  /** Statements that might change a sliced value although nothing says that they do. */
  readonly assumedHarmless: readonly FeatureStatement[];
}

/** Union of the slices of all requests, in execution order. */
export function sliceFeatures(
  program: FeatureProgram,
  requests: readonly SliceRequest[],
  cuts: readonly SliceCut[] = [],
): FeatureSlice {
  const aliases = aliasGroups(program);
  const chosen = new Set<number>();
  const assumed = new Set<number>();
  for (const request of requests) {
    const needed = new Set(request.names);
    for (let at = request.before - 1; at >= 0; at -= 1) {
      const statement = program.statements[at];
      for (const { name, behind } of cuts) if (behind === at) needed.delete(name);
      if (statement !== undefined) visit(statement, { needed, aliases, chosen, assumed });
    }
  }
  const of = (positions: ReadonlySet<number>): FeatureStatement[] =>
    program.statements.filter((statement) => positions.has(statement.position));
  return {
    statements: of(chosen),
    assumedHarmless: of(assumed).filter(({ position }) => !chosen.has(position)),
  };
}

interface Walk {
  readonly needed: Set<string>;
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>;
  readonly chosen: Set<number>;
  readonly assumed: Set<number>;
}

function visit(statement: FeatureStatement, { needed, aliases, chosen, assumed }: Walk): void {
  const { facts, position } = statement;
  const isNeeded = (name: string): boolean => needed.has(name);
  const changes = (name: string): boolean =>
    isNeeded(name) || [...(aliases.get(name) ?? [])].some((other) => needed.has(other));
  const binds = facts.mayWrite.some(isNeeded) || facts.deletes.some(isNeeded);
  const mutates = facts.mutations.some(
    (mutation) =>
      (mutation.certain || isChangingCall(facts, mutation.name)) && changes(mutation.name),
  );
  const isLoop = tablesChangedByTurns(statement).some(changes);
  if (!binds && !mutates && !isLoop && !mutatesReceiver(facts, changes)) {
    const isSpread = facts.spread.some(({ names }) => [...names].some(changes));
    if (isSpread || facts.mutations.some(({ name, certain }) => !certain && changes(name)))
      assumed.add(position);
    return;
  }
  chosen.add(position);
  for (const name of facts.surelyWrites) needed.delete(name);
  for (const name of facts.reads) needed.add(name);
  for (const name of facts.definition?.freeReads ?? []) needed.add(name);
}

/** `train` and `test` in `for part in [train, test]: part["a"] = …`: each turn changes one of them for certain. */
function tablesChangedByTurns({ node, tree, facts }: FeatureStatement): readonly string[] {
  const text = (of: SyntaxNode): string => tree.text.slice(of.start, of.end);
  const left = node.kind === "for_statement" ? fieldOf(node, "left") : undefined;
  const right = node.kind === "for_statement" ? fieldOf(node, "right") : undefined;
  if (left?.kind !== "identifier" || (right?.kind !== "list" && right?.kind !== "tuple")) return [];
  const isChanged = facts.mutations.some(({ name, certain }) => certain && name === text(left));
  return isChanged ? right.children.filter(({ kind }) => kind === "identifier").map(text) : [];
}

/** Methods that change their receiver in every library that has them. */
const CHANGING_METHODS: ReadonlySet<string> = new Set([
  "append",
  "clear",
  "extend",
  "fit",
  "fit_transform",
  "fit_resample",
  "insert",
  "partial_fit",
  "pop",
  "remove",
  "set_params",
  "setdefault",
  "sort",
  "update",
]);

/** `df.drop(…, inplace=True)` and the like, whatever is known of the type of `df`. */
function isChangingCall(facts: StatementFacts, name: string): boolean {
  return facts.calls.some(
    ({ receiver, method, arguments: list }) =>
      receiver === name &&
      ((method !== undefined && CHANGING_METHODS.has(method)) ||
        list.some(({ keyword, literal }) => keyword === "inplace" && literal?.value !== false)),
  );
}

/** Whether the receiver of a changing call is among names that the statement does not list. */
function mutatesReceiver(facts: StatementFacts, changes: (name: string) => boolean): boolean {
  return facts.spread.some(({ names }) =>
    facts.calls.some(
      ({ receiver }) =>
        receiver !== undefined &&
        names.has(receiver) &&
        isChangingCall(facts, receiver) &&
        changes(receiver),
    ),
  );
}
