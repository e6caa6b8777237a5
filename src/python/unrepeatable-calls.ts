/** The calls of a program whose results another run need not repeat, each with its place and what repeats it. */
import { buildDataflow } from "./dataflow.ts";
import {
  type Drawing,
  SEEDING,
  UNREPEATABLE,
  UNREPEATABLE_METHODS,
  type Unrepeatable,
} from "./effects/unrepeatable.ts";
import type { CallArgument, CallFact, ProgramFacts } from "./facts.ts";

export interface UnrepeatableCall {
  /** Position in `program.statements`. */
  readonly at: number;
  /** 1-based line in the unit. */
  readonly line: number;
  /** As it is written when that is short: `train_test_split(X, y)`, else `train_test_split(…)`. */
  readonly call: string;
  readonly kind: Unrepeatable["kind"];
  readonly generator: Unrepeatable["generator"];
  /** false where it depends on the data whether it draws at all. */
  readonly surely: boolean;
  readonly fix: string;
}

/** In the order of statements. A generator that the program has seeded before repeats what is drawn from it. */
export function findUnrepeatable(program: ProgramFacts): readonly UnrepeatableCall[] {
  const seeded = seededGenerators(program);
  return program.statements.flatMap((statement, at) =>
    statement.calls.flatMap((call): readonly UnrepeatableCall[] => {
      const text = program.units[statement.unit]?.text ?? "";
      const entry = entryOf(call);
      if (entry === undefined || isSettled(entry, call, text)) return [];
      const since = entry.generator === undefined ? undefined : seeded.get(entry.generator);
      // What a definition draws it draws when it is called, which is later.
      const isSeeded =
        entry.kind === "global" &&
        since !== undefined &&
        (since <= at || statement.definition !== undefined);
      if (isSeeded) return [];
      return [
        {
          at,
          line: lineOf(text, call.span.start),
          call: shortCall(text.slice(call.span.start, call.span.end)),
          kind: entry.kind,
          generator: entry.generator,
          surely: entry.draws !== "maybe",
          fix: entry.fix,
        },
      ];
    }),
  );
}

/** Generators that the program seeds itself, with the position of the first statement that does. */
export function seededGenerators(program: ProgramFacts): ReadonlyMap<string, number> {
  const seeded = new Map<string, number>();
  for (const [at, statement] of program.statements.entries())
    for (const call of statement.calls)
      for (const generator of seededBy(call)) if (!seeded.has(generator)) seeded.set(generator, at);
  return seeded;
}

/**
 * Of calls, those that the value of a statement comes from, itself among them: not through generators that they share,
 * only through values and files.
 */
export function callsBehind(
  program: ProgramFacts,
  calls: readonly UnrepeatableCall[],
): (statements: Iterable<number>) => readonly UnrepeatableCall[] {
  const sources = new Map<number, number[]>();
  for (const { from, to, kind, name } of buildDataflow(program)) {
    if (kind === "ambient" && !name.startsWith("file:")) continue;
    const known = sources.get(to);
    if (known === undefined) sources.set(to, [from]);
    else known.push(from);
  }
  return (statements) => {
    const needed = new Set(statements);
    // A Set visits what is added to it while it is walked.
    for (const at of needed) for (const source of sources.get(at) ?? []) needed.add(source);
    return calls.filter(({ at }) => needed.has(at));
  };
}

function seededBy({ callee, arguments: given }: CallFact): readonly string[] {
  if (callee === undefined || given.length === 0) return [];
  if (given[0]?.literal?.kind === "none") return [];
  return SEEDING[callee] ?? [];
}

function entryOf({ callee, method, receiverType }: CallFact): Unrepeatable | undefined {
  if (callee !== undefined) return lookUp(callee);
  if (method === undefined) return undefined;
  const known = Object.entries(UNREPEATABLE_METHODS).find(([name]) =>
    receiverType === undefined ? name.endsWith(`.${method}`) : name === `${receiverType}.${method}`,
  )?.[1];
  // A generator's own methods repeat what it was seeded with: no `*` stands for them.
  const name = `${receiverType ?? ""}.${method}`;
  return known ?? (Object.hasOwn(UNREPEATABLE, name) ? UNREPEATABLE[name] : undefined);
}

function lookUp(name: string): Unrepeatable | undefined {
  const exact = Object.hasOwn(UNREPEATABLE, name) ? UNREPEATABLE[name] : undefined;
  if (exact !== undefined) return exact;
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const all = `${name.slice(0, dot)}.*`;
    // Setting up a generator is no draw.
    if (Object.hasOwn(UNREPEATABLE, all)) return SEEDS.test(name) ? undefined : UNREPEATABLE[all];
  }
  return undefined;
}

const SEEDS = /\.(?:seed|set_state|setstate|getstate|get_state|Generator|set_seed)$/;

/** Whether the arguments, or what stands around the call, make it repeat. */
function isSettled(entry: Unrepeatable, call: CallFact, text: string): boolean {
  if (entry.kind === "order") return isSorted(text, call.span.start);
  if (!mayDraw(entry.draws, call.arguments)) return true;
  const { seed } = entry;
  if (seed === undefined) return false;
  const given = argumentOf(call.arguments, seed.keyword, seed.position);
  // A name may hold None; nobody names that `seed`.
  if (given !== undefined) return given.literal?.kind !== "none";
  return call.arguments.some(({ keyword }) => keyword === "**");
}

function mayDraw(draws: Drawing, given: readonly CallArgument[]): boolean {
  if (typeof draws === "string") return true;
  const argument = argumentOf(given, draws.argument, undefined);
  if (argument === undefined)
    return "isNot" in draws || given.some(({ keyword }) => keyword === "**");
  const value = argument.literal?.value;
  if (argument.literal === undefined) return true;
  return "isNot" in draws ? value !== draws.isNot : draws.is.some((one) => one === value);
}

function argumentOf(
  given: readonly CallArgument[],
  keyword: string,
  position: number | undefined,
): CallArgument | undefined {
  const named = given.find((argument) => argument.keyword === keyword);
  if (named !== undefined || position === undefined) return named;
  return given.filter((argument) => argument.keyword === undefined)[position];
}

function isSorted(text: string, start: number): boolean {
  return /\b(?:sorted|len|set|any|all)\(\s*$/.test(text.slice(0, start));
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function shortCall(text: string): string {
  if (text.length <= 48 && !text.includes("\n")) return text;
  const open = text.indexOf("(");
  return open === -1 || text.slice(0, open).includes("\n")
    ? "this call"
    : `${text.slice(0, open)}(…)`;
}
