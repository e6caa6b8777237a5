/** What a unit does as a whole, from what its statements do: for people, who think in cells. */
import type {
  AmbientEffect,
  DynamicCode,
  ImportedName,
  Mutation,
  ProgramFacts,
  StatementFacts,
} from "./facts.ts";
import type { RandomUse } from "./random-use.ts";

/** Names in the order in which they are met first. */
export interface UnitFacts {
  /** Names that it may read before it surely wrote them: what it needs of what was run before. */
  readonly reads: readonly string[];
  readonly writes: readonly WrittenName[];
  readonly deletes: readonly string[];
  /** Values that it may change in place, its own among them. */
  readonly mutations: readonly MutatedName[];
  readonly imports: readonly ImportedName[];
  readonly files: readonly FileUse[];
  readonly random: readonly RandomUse[];
  /** Other state outside variables: options, environment, working directory, module path, and what is shown. */
  readonly ambient: readonly AmbientEffect[];
  readonly dynamic: readonly DynamicCode[];
}

/** A name that a unit binds. */
export interface WrittenName {
  readonly name: string;
  /** Of its last value there, when known. */
  readonly type: string | undefined;
  /** Whether it is bound on every path that completes. */
  readonly sure: boolean;
}

/** A value that a unit may change in place, under one of its names. */
export interface MutatedName {
  readonly name: string;
  readonly because: readonly string[];
  /** Whether any of the changes surely happens to it. */
  readonly certain: boolean;
  /** The names it is changed through, when only they tell that it changes. */
  readonly through: readonly string[];
}

/** A file that a unit may read or write. */
export interface FileUse {
  readonly access: AmbientEffect["access"];
  /** `undefined` where the text does not say which. */
  readonly path: string | undefined;
  readonly because: string;
}

/** A unit with its statements, by position in `program.statements`. */
export interface UnitWithStatements {
  readonly unit: number;
  readonly statements: readonly number[];
  readonly facts: UnitFacts;
}

/** Every unit of the program in order, those without statements too. */
export function unitFacts(
  program: ProgramFacts,
  random: readonly (readonly RandomUse[])[],
): readonly UnitWithStatements[] {
  const positions = program.units.map((): number[] => []);
  for (const [at, { unit }] of program.statements.entries()) positions[unit]?.push(at);
  return positions.map((statements, unit) => ({
    unit,
    statements,
    facts: join(
      statements.flatMap((at) => program.statements[at] ?? []),
      statements.flatMap((at) => random[at] ?? []),
    ),
  }));
}

function join(statements: readonly StatementFacts[], random: readonly RandomUse[]): UnitFacts {
  const reads = new Set<string>();
  const sure = new Set<string>();
  const writes = new Map<string, WrittenName>();
  const deletes = new Set<string>();
  for (const statement of statements) {
    for (const name of statement.readsBeforeWrite) if (!sure.has(name)) reads.add(name);
    for (const name of statement.surelyWrites) sure.add(name);
    for (const name of statement.mayWrite)
      writes.set(name, { name, type: statement.types.get(name), sure: sure.has(name) });
    for (const name of statement.deletes) {
      deletes.add(name);
      sure.delete(name);
    }
  }
  const ambient = statements.flatMap((statement) => statement.ambient);
  return {
    reads: [...reads],
    writes: [...writes.values()],
    deletes: [...deletes],
    mutations: mutated(statements.flatMap((statement) => statement.mutations)),
    imports: statements.flatMap((statement) => statement.imports),
    files: distinct(
      ambient
        .filter(({ resource }) => resource === "file")
        .map(({ access, detail, because }) => ({ access, path: detail, because })),
      ({ access, path, because }) => JSON.stringify([access, path ?? because]),
    ),
    random: distinct(random, (use) => JSON.stringify(use)),
    ambient: distinct(
      ambient.filter(({ resource }) => resource !== "file" && !resource.startsWith("random:")),
      ({ resource, access, detail }) => JSON.stringify([resource, access, detail]),
    ),
    dynamic: statements.flatMap((statement) => statement.dynamic),
  };
}

function mutated(mutations: readonly Mutation[]): readonly MutatedName[] {
  const byName = new Map<string, Mutation[]>();
  for (const mutation of mutations) {
    const known = byName.get(mutation.name);
    if (known === undefined) byName.set(mutation.name, [mutation]);
    else known.push(mutation);
  }
  return [...byName].map(([name, all]) => {
    const direct = all.filter(({ through }) => through === undefined);
    const told = direct.length > 0 ? direct : all;
    return {
      name,
      because: [...new Set(told.map(({ because }) => because))],
      certain: told.some(({ certain }) => certain),
      through: [...new Set(told.flatMap(({ through }) => through ?? []))],
    };
  });
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
