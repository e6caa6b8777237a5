/** Sorting a program's names: imports, shared helpers, constants, and the data that flows between steps. */
import { isBuiltin } from "../python/effects/builtin-names.ts";
import type { ImportedName, StatementFacts } from "../python/facts.ts";
import { readsEnvironment } from "./environment-reads.ts";
import type { NotebookProgram } from "./notebook-program.ts";
import { liftLiteral } from "./parameters.ts";
import { repeatedSettings } from "./repeated-settings.ts";

/** What each statement is outside the data flow; a statement in none of the sets is ordinary. */
export interface NameTable {
  /** Import statements that every module may repeat. */
  readonly imports: ReadonlySet<StatementFacts>;
  /** Definitions that depend on nothing but imports, constants and each other. */
  readonly helpers: ReadonlySet<StatementFacts>;
  /** `NAME = literal` and `NAME = os.environ["…"]`, bound once: every process can make them for itself. */
  readonly constants: ReadonlyMap<string, StatementFacts>;
  /** Settings of libraries that any process may repeat. */
  readonly setup: ReadonlySet<StatementFacts>;
  /** Names bound by `imports`, by name. */
  readonly importedNames: ReadonlyMap<string, StatementFacts>;
  readonly helperNames: ReadonlyMap<string, StatementFacts>;
  /** Definitions that are data themselves. */
  readonly stateful: ReadonlySet<string>;
}

/**
 * Names bound exactly once by an import, a definition or a literal can be moved to where they are needed
 * without changing what the program computes; everything else stays in execution order.
 */
export function sortNames(program: NotebookProgram): NameTable {
  const { statements } = program.facts;
  const timesBound = countBindings(statements);
  const hiding = builtinsHiddenLate(statements);
  const boundOnce = (name: string): boolean => timesBound.get(name) === 1 && !hiding.has(name);
  // Where modules are looked for is a matter of order.
  const pathChange = statements.findIndex((statement) =>
    statement.ambient.some(
      (effect) => effect.resource === "module-path" && effect.access !== "read",
    ),
  );

  const imports = new Set<StatementFacts>();
  const importedNames = new Map<string, StatementFacts>();
  for (const [at, statement] of statements.entries()) {
    if (statement.kind !== "import" || statement.imports.some((imported) => imported.name === "*"))
      continue;
    if (pathChange !== -1 && at > pathChange) continue;
    if (statement.imports.some((imported) => hiding.has(imported.name))) continue;
    // Importing the same name again is harmless as long as only imports of the same thing bind it.
    if (!statement.imports.every((imported) => onlyBoundBySameImport(statements, imported.name)))
      continue;
    imports.add(statement);
    for (const imported of statement.imports)
      if (!importedNames.has(imported.name)) importedNames.set(imported.name, statement);
  }

  const constants = new Map<string, StatementFacts>();
  const isEnvironmentFixed = !statements.some(changesEnvironment);
  for (const statement of statements) {
    const [read] = statement.mayWrite;
    if (read !== undefined && isEnvironmentFixed && readsEnvironment(statement, program)) {
      if (boundOnce(read) && importedNames.has("os")) constants.set(read, statement);
      continue;
    }
    const constant = statement.constant;
    if (liftLiteral(constant?.literal) === undefined || constant === undefined) continue;
    if (boundOnce(constant.name)) constants.set(constant.name, statement);
  }

  const stateful = statefulDefinitions(statements);
  const { helpers, helperNames } = findHelpers(statements, {
    boundOnce,
    isEnvironmentFixed,
    importedNames,
    constants,
    stateful,
  });
  const uses = countUses(statements);
  const isAnywhere = (name: string): boolean =>
    importedNames.has(name) ||
    helperNames.has(name) ||
    constants.get(name)?.constant !== undefined ||
    // A loop variable that no other statement knows.
    uses.get(name) === 1;
  const early = new Set([...imports, ...helpers, ...constants.values()]);
  const setup = repeatedSettings(statements, { isAnywhere, boundOnce, early });
  return { imports, helpers, constants, setup, importedNames, helperNames, stateful };
}

function changesEnvironment(statement: StatementFacts): boolean {
  return statement.ambient.some(
    ({ resource, access }) => resource === "environment" && access !== "read",
  );
}

/** Builtins that some statement may use before the notebook gives their name another meaning; what binds those cannot move. */
function builtinsHiddenLate(statements: readonly StatementFacts[]): ReadonlySet<string> {
  const used = new Set<string>();
  const hidden = new Set<string>();
  for (const { reads, mayWrite } of statements) {
    for (const name of reads) used.add(name);
    for (const name of mayWrite) if (isBuiltin(name) && used.has(name)) hidden.add(name);
  }
  return hidden;
}

function countBindings(statements: readonly StatementFacts[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const statement of statements) {
    for (const name of new Set([...statement.mayWrite, ...statement.deletes]))
      counts.set(name, (counts.get(name) ?? 0) + 1);
    // A loop or branch may bind the name any number of times.
    if (statement.kind === "for" || statement.kind === "while")
      for (const name of statement.mayWrite) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const name of statement.definition?.globalWrites ?? [])
      counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function onlyBoundBySameImport(statements: readonly StatementFacts[], name: string): boolean {
  let meaning: string | undefined;
  for (const statement of statements) {
    if (statement.definition?.globalWrites.includes(name) === true) return false;
    if (!statement.mayWrite.includes(name) && !statement.deletes.includes(name)) continue;
    const imported =
      statement.kind === "import"
        ? statement.imports.find((candidate) => candidate.name === name)
        : undefined;
    if (imported === undefined) return false;
    const key = meaningOf(imported);
    if (meaning !== undefined && meaning !== key) return false;
    meaning = key;
  }
  return true;
}

/** What the name is: `import a` and `import a.b` both bind the package `a`, and steps import both. */
function meaningOf({ name, module, member, level }: ImportedName): string {
  const isPackage = member === undefined && module.split(".")[0] === name;
  return isPackage ? name : `${String(level)}:${module}:${member ?? ""}`;
}

function findHelpers(
  statements: readonly StatementFacts[],
  known: {
    readonly boundOnce: (name: string) => boolean;
    readonly isEnvironmentFixed: boolean;
    readonly importedNames: ReadonlyMap<string, StatementFacts>;
    readonly constants: ReadonlyMap<string, StatementFacts>;
    readonly stateful: ReadonlySet<string>;
  },
): {
  readonly helpers: ReadonlySet<StatementFacts>;
  readonly helperNames: ReadonlyMap<string, StatementFacts>;
} {
  const candidates = new Map<string, StatementFacts>();
  for (const statement of statements) {
    const definition = statement.definition;
    const made =
      definition === undefined ? (loggerOf(statement) ?? namedTupleOf(statement)) : undefined;
    if (made !== undefined && known.boundOnce(made) && !known.stateful.has(made))
      candidates.set(made, statement);
    if (definition === undefined || !known.boundOnce(definition.name)) continue;
    if (known.stateful.has(definition.name)) continue;
    if (definition.globalWrites.length > 0 || meetsOutside(statement, known)) continue;
    // A literal cannot be changed, whatever a function that gets it does.
    if (definition.mutatesGlobals.some((mutation) => !known.constants.has(mutation.name))) continue;
    candidates.set(definition.name, statement);
  }
  const programNames = new Set(statements.flatMap((statement) => statement.mayWrite));
  let changed = true;
  while (changed) {
    changed = false;
    for (const [name, statement] of candidates) {
      const needed = [...(statement.definition?.freeReads ?? []), ...statement.reads];
      const movable = needed.every(
        (free) =>
          free === name ||
          !programNames.has(free) ||
          known.importedNames.has(free) ||
          known.constants.has(free) ||
          candidates.has(free),
      );
      if (movable) continue;
      candidates.delete(name);
      changed = true;
    }
  }
  return { helpers: new Set(candidates.values()), helperNames: candidates };
}

/** Whether making the definition (its defaults, decorators, the body of a class) draws, reads files or does else what another process would do another way. */
function meetsOutside(
  { ambient }: StatementFacts,
  { isEnvironmentFixed }: { readonly isEnvironmentFixed: boolean },
): boolean {
  return ambient.some(
    ({ resource, access }) =>
      resource !== "library" &&
      !(resource === "environment" && access === "read" && isEnvironmentFixed),
  );
}

/** `logger = logging.getLogger("…")`: the name of what every process has by itself. */
function loggerOf({ kind, mayWrite, ambient, types, calls }: StatementFacts): string | undefined {
  const [name, ...others] = mayWrite;
  if (kind !== "assignment" || name === undefined || others.length > 0) return undefined;
  if (ambient.length > 0 || types.get(name) !== "logging.Logger") return undefined;
  return calls.every(({ callee }) => callee === "logging.getLogger") ? name : undefined;
}

/** `Point = namedtuple("Point", "x y")`: a class that the module has under the name by which it is stored. */
function namedTupleOf({ kind, mayWrite, ambient, calls }: StatementFacts): string | undefined {
  const [name, ...others] = mayWrite;
  const [call, ...more] = calls;
  if (kind !== "assignment" || others.length > 0 || more.length > 0 || ambient.length > 0)
    return undefined;
  const isNamed = call?.arguments[0]?.literal?.value === name;
  return call?.callee === "collections.namedtuple" && isNamed ? name : undefined;
}

/**
 * Definitions that are data themselves: class attributes set later, counters on functions, caches that are asked about.
 * Each process would have a copy of its own.
 */
function statefulDefinitions(statements: readonly StatementFacts[]): ReadonlySet<string> {
  const found = new Set<string>();
  const functions = new Set<string>();
  for (const { definition, mutations, spread, calls } of statements) {
    if (definition !== undefined && definition.kind !== "class") functions.add(definition.name);
    // A call that changes what it calls: a default argument that the function fills.
    for (const { name, certain } of mutations)
      if (certain || calls.some((call) => call.callee === `.${name}`)) found.add(name);
    for (const { callee } of spread.length === 0 ? [] : calls) {
      const called = callee?.startsWith(".") === true ? callee.slice(1) : undefined;
      if (called !== undefined && spread.some(({ names }) => names.has(called))) found.add(called);
    }
    for (const { receiver } of calls)
      if (receiver !== undefined && functions.has(receiver)) found.add(receiver);
    for (const { name } of definition?.mutatesGlobals ?? []) found.add(name);
  }
  return found;
}

/** In how many statements each name is bound, read or changed. */
function countUses(statements: readonly StatementFacts[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { reads, mayWrite, deletes } of statements)
    for (const name of new Set([...reads, ...mayWrite, ...deletes]))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Whether a statement is in no step of its own: every process repeats it. */
export function isHoisted(statement: StatementFacts, names: NameTable): boolean {
  if (names.imports.has(statement) || names.helpers.has(statement) || names.setup.has(statement))
    return true;
  return statement.mayWrite.some((name) => names.constants.get(name) === statement);
}

/** Constants that a shared definition or a setting reads stand beside the definitions, so that every module sees them. */
export function constantsOfHelpers(names: NameTable): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const { reads } of names.setup)
    for (const name of reads) if (names.constants.has(name)) needed.add(name);
  for (const helper of names.helpers) {
    for (const name of [...(helper.definition?.freeReads ?? []), ...helper.reads])
      if (names.constants.has(name)) needed.add(name);
  }
  return needed;
}
