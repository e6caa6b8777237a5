/**
 * Reads of the clock that the tables of library effects cannot know: by libraries of which nothing is known, by words that
 * mean a time, and inside the project's own modules. Coarse on purpose: a step that is run once too often is only slow.
 */
import type { CallFact, StatementFacts } from "../python/facts.ts";
import type { PythonModule } from "../python/python-module.ts";
import type { NotebookProgram } from "./notebook-program.ts";

/** Whoever makes a library of times calls it so: `pendulum.now()`, `arrow.utcnow()`. */
const BY_NAME = /(?:^|\.)(?:now|utcnow|today)$/;

/** What `time` says of the hour; how long something took is no such thing. */
const BY_TIME = /^time\.(?:time|time_ns|localtime|gmtime|ctime|asctime|strftime)$/;

/** Libraries that read words as times: `pd.date_range(end="today")`, `np.datetime64("now")`. */
const READS_WORDS = /^(?:numpy\.datetime64|pandas\.\w+)$/;
const WORD = /^(?:now|today)$/i;

/** Whether a call of the notebook reads the clock, whatever its library. */
export function callReadsClock(call: CallFact): boolean {
  if (BY_NAME.test(call.callee ?? "") || BY_NAME.test(`.${call.method ?? ""}`)) return true;
  return (
    READS_WORDS.test(call.callee ?? "") &&
    call.arguments.some(({ literal }) => WORD.test(String(literal?.value)))
  );
}

/** Whether a file reads the clock anywhere, in functions that nobody may call included. */
export function moduleReadsClock({ calls }: Pick<PythonModule, "calls">): boolean {
  return calls.some(
    ({ callee, arguments: given }) =>
      BY_NAME.test(callee) ||
      BY_TIME.test(callee) ||
      (READS_WORDS.test(callee) && given.some(({ text }) => /^["'](?:now|today)["']$/i.test(text))),
  );
}

/** Names of the notebook behind which a module of the project may read the clock: imports, and functions that use them. */
export function clockNames(
  program: Pick<NotebookProgram, "facts" | "modules">,
): ReadonlySet<string> {
  const clocked = new Set(program.modules.filter(({ clock }) => clock).map(({ path }) => path));
  const names = new Set<string>();
  if (clocked.size === 0) return names;
  const { statements } = program.facts;
  for (const { imports } of statements)
    for (const { name, module, member } of imports)
      if (pathsOf(module, member).some((path) => clocked.has(path))) names.add(name);
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const statement of statements)
      if (readsOf(statement).some((name) => names.has(name)))
        if (statement.definition !== undefined) names.add(statement.definition.name);
  }
  return names;
}

function readsOf({ reads, definition }: StatementFacts): readonly string[] {
  return [...reads, ...(definition?.freeReads ?? [])];
}

/** Files that an import may mean; a package is as good as any module in it. */
function pathsOf(module: string, member: string | undefined): readonly string[] {
  const base = module.replaceAll(".", "/");
  const whole = member === undefined ? [base] : [base, `${base}/${member}`];
  return whole.flatMap((path) => [`${path}.py`, `${path}/__init__.py`]);
}
