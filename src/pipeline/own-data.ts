/** Data that a notebook brings along in its own text, or draws: where nothing is read, that is what it loads. */
import type { CallFact, StatementFacts } from "../python/facts.ts";
import { mutatesAnything } from "../python/mutated-names.ts";

/** What makes data of what is written there, or of nothing. */
const MAKES_DATA =
  /^(builtins\.(list|dict|tuple|set|frozenset|range|zip|enumerate|len)|numpy\.(array|asarray|arange|linspace|logspace|matrix|full|ones|zeros|random\.\w+)|pandas\.(DataFrame|Series|Index|date_range)|random\.\w+)$/;
/** Methods of such data that give the same in another form, and of a generator of its own. */
const FORMS: ReadonlySet<string> = new Set(["reshape", "astype", "transpose", "copy"]);
const MUCH_TEXT = 40;
const DATA_TYPE = /^(builtins\.(list|dict|tuple|set|frozenset|range)|numpy\.ndarray|pandas\.\w+)$/;

/**
 * How many of the first statements only write data down. 0 where none of them binds any, or where nothing comes after them.
 *
 * @param statements Kept ordinary statements in execution order.
 */
export function ownDataLength(statements: readonly StatementFacts[]): number {
  const bound = new Set(statements.flatMap(({ mayWrite }) => mayWrite));
  const own = new Set<string>();
  // Imports are no data, and no statement of a step.
  const isOwn = (name: string): boolean => own.has(name) || !bound.has(name);
  let length = 0;
  let data = false;
  for (const statement of statements) {
    if (statement.constant === undefined && !isSeed(statement) && !writesDown(statement, isOwn))
      break;
    for (const name of statement.surelyWrites) own.add(name);
    data ||= bindsData(statement);
    length += 1;
  }
  return data && length < statements.length ? length : 0;
}

function writesDown(statement: StatementFacts, isOwn: (name: string) => boolean): boolean {
  return (
    statement.kind === "assignment" &&
    !mutatesAnything(statement) &&
    statement.calls.every(makesData) &&
    statement.reads.every(isOwn) &&
    statement.ambient.every(({ resource }) => resource.startsWith("random:"))
  );
}

function makesData({ callee, method }: CallFact): boolean {
  return callee === undefined ? method !== undefined && FORMS.has(method) : MAKES_DATA.test(callee);
}

function isSeed({ kind, ambient, mayWrite }: StatementFacts): boolean {
  return (
    kind === "expression" &&
    mayWrite.length === 0 &&
    ambient.length > 0 &&
    ambient.every(({ seeds }) => seeds === true)
  );
}

/** A list of two numbers is no more than a value; an array, a table and what is drawn are data however few they are. */
function bindsData({ types, calls, span }: StatementFacts): boolean {
  return (
    calls.some(({ callee }) => callee !== undefined && /^(numpy|pandas|random)\./.test(callee)) ||
    (span.end - span.start >= MUCH_TEXT && [...types.values()].some((type) => DATA_TYPE.test(type)))
  );
}
