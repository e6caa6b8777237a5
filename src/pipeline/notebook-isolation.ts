/**
 * Several notebooks are analyzed as one program, although each of them ran in a kernel of its own. That is the same only
 * where nothing but files passes from one to the next; everything else is refused here, with its place.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { partOfCell } from "../notebook/notebook-parts.ts";
import type { StatementFacts } from "../python/facts.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";

/** Error findings, at most one a statement; none for a single notebook. */
export function findWhatPassesBetween(program: NotebookProgram): readonly Diagnostic[] {
  const { parts } = program.notebook;
  if (parts === undefined) return [];
  const byPart: StatementFacts[][] = parts.map(() => []);
  for (const statement of program.facts.statements)
    byPart[partOfCell(parts, cellNumber(program, statement))]?.push(statement);
  const found: Diagnostic[] = [];
  const at = (statement: StatementFacts): Required<Pick<Diagnostic, "where">> => ({
    where: {
      path: program.notebook.path,
      cell: cellNumber(program, statement),
      line: statement.line,
    },
  });
  const earlier = new Set<string>();
  const drawnFrom = new Set<string>();
  for (const [part, statements] of byPart.entries()) {
    found.push(...statements.flatMap((statement) => dynamicCode(statement, at)));
    if (part < byPart.length - 1)
      found.push(...statements.flatMap((statement) => processChange(statement, at)));
    if (part > 0) {
      found.push(...namesFromBefore(statements, earlier, at));
      found.push(...unseededDraws(statements, drawnFrom, at));
    }
    for (const statement of statements) {
      for (const name of namesBound(statement)) earlier.add(name);
      for (const resource of generatorsOf(statement)) drawnFrom.add(resource);
    }
  }
  return found;
}

type At = (statement: StatementFacts) => Required<Pick<Diagnostic, "where">>;

const OPAQUE: ReadonlySet<string> = new Set([
  "exec",
  "eval",
  "globals",
  "star-import",
  "get-ipython",
]);

/** What reads or binds names that nobody can list may mean another notebook's. */
function dynamicCode(statement: StatementFacts, at: At): readonly Diagnostic[] {
  const dynamic = statement.dynamic.find(({ kind }) => OPAQUE.has(kind));
  if (dynamic === undefined) return [];
  return [
    {
      code: "notebooks-not-separate",
      severity: "error",
      message: `${dynamic.text} may use any name, so the notebooks cannot be told apart in one pipeline`,
      hint: "write the names out, or promote the notebooks one by one",
      ...at(statement),
    },
  ];
}

function processChange(statement: StatementFacts, at: At): readonly Diagnostic[] {
  const effect = statement.ambient.find(
    ({ resource, access }) =>
      (resource === "working-directory" || resource === "module-path") && access !== "read",
  );
  if (effect === undefined) return [];
  return [
    {
      code: "notebooks-not-separate",
      severity: "error",
      message: `${effect.because} changes where the process looks for files or modules, and the next notebook starts without that`,
      hint: "use paths relative to the notebook instead, or promote the notebooks one by one",
      ...at(statement),
    },
  ];
}

/** In its own kernel such a name is not bound, or is a builtin; behind the other notebooks it would be theirs. */
function namesFromBefore(
  statements: readonly StatementFacts[],
  earlier: ReadonlySet<string>,
  at: At,
): readonly Diagnostic[] {
  const bound = new Set<string>();
  const found: Diagnostic[] = [];
  for (const statement of statements) {
    const name = statement.readsBeforeWrite.find((read) => earlier.has(read) && !bound.has(read));
    if (name !== undefined) {
      found.push({
        code: "name-of-another-notebook",
        severity: "error",
        message: `${name} may be read here before this notebook has surely set it, and a notebook before it sets a ${name} too`,
        hint: `set ${name} in this notebook on every path before this line, or give it a name of its own; values pass between notebooks in files only`,
        ...at(statement),
      });
    }
    for (const written of statement.surelyWrites) bound.add(written);
    for (const { name: imported } of statement.imports) bound.add(imported);
    if (name !== undefined) bound.add(name);
  }
  return found;
}

/** A new kernel starts its generators anew; in the pipeline their state goes on from the notebook before, unless a seed is set. */
function unseededDraws(
  statements: readonly StatementFacts[],
  drawnFrom: ReadonlySet<string>,
  at: At,
): readonly Diagnostic[] {
  const seeded = new Set<string>();
  const found: Diagnostic[] = [];
  for (const statement of statements) {
    for (const resource of generatorsOf(statement)) {
      if (seeded.has(resource) || !drawnFrom.has(resource)) continue;
      seeded.add(resource);
      if (setsSeed(statement, resource)) continue;
      found.push({
        code: "unseeded-after-another-notebook",
        severity: "error",
        message: `this draws from ${GENERATORS[resource] ?? "a generator"} before this notebook has set its seed, and a notebook before it uses the same generator`,
        hint: `begin this notebook with ${SEEDS[resource] ?? "a seed"}(42), or give random_state here`,
        ...at(statement),
      });
    }
  }
  return found;
}

const GENERATORS: Readonly<Record<string, string>> = {
  "random:python": "Python's random generator",
  "random:numpy": "NumPy's global random generator",
};
const SEEDS: Readonly<Record<string, string>> = {
  "random:python": "random.seed",
  "random:numpy": "np.random.seed",
};
const SEED_CALLS: Readonly<Record<string, string>> = {
  "random:python": "random.seed",
  "random:numpy": "numpy.random.seed",
};

function generatorsOf(statement: StatementFacts): ReadonlySet<string> {
  return new Set(
    statement.ambient.map(({ resource }) => resource).filter((name) => name in GENERATORS),
  );
}

/** `np.random.seed(…)` by itself: the only thing the statement does with that generator. */
function setsSeed({ kind, calls }: StatementFacts, resource: string): boolean {
  const [call, ...others] = calls;
  return (
    kind === "expression" &&
    others.length === 0 &&
    call !== undefined &&
    call.callee === SEED_CALLS[resource] &&
    call.arguments.length === 1
  );
}

function namesBound(statement: StatementFacts): readonly string[] {
  return [...statement.mayWrite, ...statement.imports.map(({ name }) => name)];
}
