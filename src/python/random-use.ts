/**
 * Where statements use chance, and whether what they draw is the same in every run: of the states that a process has once
 * (Python's `random`, NumPy's legacy generator, those of other libraries) and of generators and seeds that are passed along.
 * A seed counts only where it is surely set: one under a condition, or in a loop, leaves the state as it was known before.
 */
import { buildEffectTables, type EffectTables } from "./effects.ts";
import type { CallFact, ProgramFacts, StatementFacts, StatementKind } from "./facts.ts";

/** One way in which a statement uses chance. */
export interface RandomUse {
  /** `own`: a generator or seed that belongs to one object or call alone. */
  readonly generator: "python" | "numpy" | "other" | "own";
  readonly does: "seeds" | "draws";
  /** Whether it is known that what is drawn is the same in every run. */
  readonly seeded: boolean;
  /** Position in `program.statements` of the statement that seeded a state of the whole process. */
  readonly seededBy: number | undefined;
  /** For people: `numpy.random.rand(…)`, `train_test_split(random_state=42)`. */
  readonly because: string;
}

const GENERATORS = {
  "random:python": "python",
  "random:numpy": "numpy",
  "random:other": "other",
} as const;

/** Kinds of statements of which a part may not be run. */
const CONDITIONAL: ReadonlySet<StatementKind> = new Set(["if", "for", "while", "try", "match"]);

/** For each statement, in order, what it uses. */
export function randomUses(program: ProgramFacts): readonly (readonly RandomUse[])[] {
  const tables = buildEffectTables();
  const seeders = new Map<string, number>();
  const generators = new Map<string, boolean>();
  const numbers = new Set<string>();
  return program.statements.map((statement, at) => {
    const shared = sharedUses(statement, at, seeders);
    const own = ownUses(statement, { tables, generators, numbers });
    for (const name of statement.mayWrite) {
      const type = statement.types.get(name);
      if (type === "builtins.int") numbers.add(name);
      else numbers.delete(name);
      if (type !== undefined && isGenerator(type))
        generators.set(
          name,
          statement.surelyWrites.includes(name) && own.length > 0 && own.every((use) => use.seeded),
        );
      else generators.delete(name);
    }
    return [...shared, ...own];
  });
}

/** @param seeders By generator, the statement that seeded it. Changed. */
function sharedUses(
  statement: StatementFacts,
  at: number,
  seeders: Map<string, number>,
): readonly RandomUse[] {
  return statement.ambient.flatMap(({ resource, detail, because, seeds }): RandomUse[] => {
    if (!isRandom(resource)) return [];
    const state = `${resource} ${detail ?? ""}`;
    const generator = GENERATORS[resource];
    if (seeds === true) {
      if (!CONDITIONAL.has(statement.kind)) seeders.set(state, at);
      return [{ generator, does: "seeds", seeded: true, seededBy: undefined, because }];
    }
    // `seed()` without a number takes one of the system's.
    if (/\bseed\(…\)$/.test(because)) seeders.delete(state);
    const seededBy = seeders.get(state);
    return [{ generator, does: "draws", seeded: seededBy !== undefined, seededBy, because }];
  });
}

function isRandom(resource: string): resource is keyof typeof GENERATORS {
  return Object.hasOwn(GENERATORS, resource);
}

function isGenerator(type: string): boolean {
  return (
    type === "numpy.random.Generator" ||
    type === "numpy.random.RandomState" ||
    type === "random.Random"
  );
}

interface Known {
  readonly tables: EffectTables;
  /** Names that hold a generator now, and whether it was seeded. */
  readonly generators: ReadonlyMap<string, boolean>;
  /** Names that hold a whole number now. */
  readonly numbers: ReadonlySet<string>;
}

function ownUses(statement: StatementFacts, known: Known): readonly RandomUse[] {
  return statement.calls.flatMap((call): RandomUse[] => {
    const drawn = call.receiver === undefined ? undefined : known.generators.get(call.receiver);
    if (drawn !== undefined && call.receiverType !== undefined && isGenerator(call.receiverType))
      return [ownUse(drawn, `${call.receiver ?? "…"}.${call.method ?? "…"}(…)`)];
    const given = seedOf(call, known);
    return given === undefined ? [] : [given];
  });
}

function ownUse(seeded: boolean, because: string): RandomUse {
  return { generator: "own", does: "draws", seeded, seededBy: undefined, because };
}

/** What `random_state=42` and its like say; `undefined` where the call draws from a shared state, or from none. */
function seedOf(call: CallFact, { tables, generators, numbers }: Known): RandomUse | undefined {
  const name = call.callee === undefined ? undefined : tables.canonicalName(call.callee);
  const effect =
    name !== undefined
      ? tables.functionEffect(name)
      : call.receiverType !== undefined && call.method !== undefined
        ? tables.methodEffect(call.receiverType, call.method)
        : undefined;
  const random = effect?.random;
  if (random?.unless === undefined) return undefined;
  const short = `${name?.split(".").at(-1) ?? call.method ?? "…"}`;
  const { unless, position } = random;
  const named = call.arguments.find(({ keyword }) => keyword === unless);
  const placed = call.arguments.filter(({ keyword }) => keyword === undefined);
  const given = named ?? (position === undefined ? undefined : placed[position]);
  if (given === undefined || given.literal?.kind === "none") return undefined;
  const label = named === undefined ? "" : `${unless}=`;
  if (given.literal !== undefined)
    return ownUse(true, `${short}(${label}${String(given.literal.value)})`);
  if (given.name === undefined) return undefined;
  const because = `${short}(${label}${given.name})`;
  if (numbers.has(given.name)) return ownUse(true, because);
  const generator = generators.get(given.name);
  return generator === undefined ? undefined : ownUse(generator, because);
}
