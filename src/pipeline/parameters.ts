/** Literals worth changing become parameters: data paths, split sizes, seeds, hyper-parameters, named constants. */
import { pythonName } from "../base/python-name.ts";
import type { Span } from "../base/text-span.ts";
import type { CallFact, Literal, StatementFacts } from "../python/facts.ts";
import { addressOf, type Parameter, type StatementRef } from "./plan.ts";
import { isModelConstructor } from "./roles.ts";

interface Candidate {
  readonly kind: Parameter["kind"];
  /** Preferred name, kebab-case. */
  readonly base: string;
  /** Tells apart equal bases with different values: the class or file it belongs to. */
  readonly owner: string;
  readonly literal: LiftedLiteral;
  readonly place: StatementRef;
}

/** A literal that can be a parameter: JSON carries its value without loss. */
export interface LiftedLiteral {
  readonly value: Parameter["value"];
  readonly type: Parameter["type"];
  readonly span: Span;
}

/** `undefined` for None and for numbers that JSON cannot carry: large integers, infinities, `-0.0`. */
export function liftLiteral(literal: Literal | undefined): LiftedLiteral | undefined {
  if (literal === undefined || literal.kind === "none" || literal.value === null) return undefined;
  if (literal.kind === "int" && !Number.isSafeInteger(literal.value)) return undefined;
  if (literal.kind === "float" && !Number.isFinite(literal.value)) return undefined;
  if (Object.is(literal.value, -0)) return undefined;
  return { value: literal.value, type: literal.kind, span: literal.span };
}

const READERS = /^(pandas\.read_\w+|numpy\.(load|loadtxt|genfromtxt)|polars\.read_\w+)$/;

export interface ParameterInput {
  /** Kept statements with their addresses, helpers excluded. */
  readonly statements: readonly {
    readonly statement: StatementFacts;
    readonly ref: StatementRef;
  }[];
  /** Constants the kept statements read: `NAME = literal`, bound once and not needed by a helper. */
  readonly constants: readonly { readonly name: string; readonly literal: LiftedLiteral }[];
  /** Every name of the program, so that no parameter hides one. */
  readonly taken: ReadonlySet<string>;
}

/** Parameters in a stable order: constants first as the notebook has them, then literals by place. Equal seeds are one parameter. */
export function findParameters(input: ParameterInput): readonly Parameter[] {
  const parameters: Parameter[] = [];
  const usedNames = new Set<string>();
  for (const { name, literal } of input.constants) {
    const parameterName = unique(kebab(name), usedNames);
    parameters.push({
      name: parameterName,
      variable: name,
      value: literal.value,
      type: literal.type,
      places: [],
      kind: "constant",
    });
  }
  for (const group of groupCandidates(input.statements.flatMap(candidatesOf))) {
    const first = group.members[0];
    if (first === undefined) continue;
    const name = unique(group.name, usedNames);
    parameters.push({
      name,
      variable: uniqueVariable(pythonName(name), input.taken, parameters),
      value: first.literal.value,
      type: first.literal.type,
      places: group.members.map((member) => member.place),
      kind: first.kind,
    });
  }
  return parameters;
}

function candidatesOf({
  statement,
  ref,
}: {
  readonly statement: StatementFacts;
  readonly ref: StatementRef;
}): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const call of statement.calls) {
    const at = (literal: LiftedLiteral): StatementRef => ({ ...ref, span: literal.span });
    if (call.callee !== undefined && READERS.test(call.callee)) {
      const path = liftLiteral(
        call.arguments.find(
          (argument) => argument.keyword === undefined || /path|file/.test(argument.keyword),
        )?.literal,
      );
      if (typeof path?.value === "string" && !path.value.includes("://")) {
        found.push({
          kind: "data-path",
          base: "data-path",
          owner: stem(path.value),
          literal: path,
          place: at(path),
        });
      }
    }
    for (const argument of call.arguments) {
      const literal = liftLiteral(argument.literal);
      if (literal === undefined || argument.keyword === undefined) continue;
      if (argument.keyword === "random_state" && literal.type === "int") {
        found.push({ kind: "seed", base: "seed", owner: "", literal, place: at(literal) });
      } else if (
        (argument.keyword === "test_size" || argument.keyword === "train_size") &&
        call.callee?.endsWith("train_test_split") === true
      ) {
        found.push({
          kind: "split",
          base: kebab(argument.keyword),
          owner: "split",
          literal,
          place: at(literal),
        });
      } else if (isModelConstructor(call) && argument.keyword !== "random_state") {
        found.push({
          kind: "hyper-parameter",
          base: kebab(argument.keyword),
          owner: className(call),
          literal,
          place: at(literal),
        });
      }
    }
    const seed = seedArgument(call);
    if (seed !== undefined)
      found.push({ kind: "seed", base: "seed", owner: "", literal: seed, place: at(seed) });
  }
  return found;
}

function seedArgument(call: CallFact): LiftedLiteral | undefined {
  if (call.callee !== "numpy.random.seed" && call.callee !== "random.seed") return undefined;
  const literal = liftLiteral(call.arguments[0]?.literal);
  return literal?.type === "int" ? literal : undefined;
}

/** One group per parameter: equal seeds and equal paths together, everything else by place. Names are qualified only where they clash. */
function groupCandidates(
  candidates: readonly Candidate[],
): readonly { readonly name: string; readonly members: readonly Candidate[] }[] {
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const shared = candidate.kind === "seed" || candidate.kind === "data-path";
    const key = shared
      ? `${candidate.kind}:${String(candidate.literal.value)}`
      : `${candidate.kind}:${candidate.owner}:${candidate.base}:${String(candidate.place.cell)}:${String(candidate.place.span.start)}`;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [candidate]);
    else members.push(candidate);
  }
  const list = [...groups.values()];
  const timesUsed = new Map<string, number>();
  for (const [first] of list)
    if (first !== undefined) timesUsed.set(first.base, (timesUsed.get(first.base) ?? 0) + 1);
  return list.flatMap((members) => {
    const first = members[0];
    if (first === undefined) return [];
    const clashes = (timesUsed.get(first.base) ?? 0) > 1;
    const owner = first.owner === "" ? "" : kebab(first.owner);
    return [{ name: clashes && owner !== "" ? `${owner}-${first.base}` : first.base, members }];
  });
}

function className(call: CallFact): string {
  return call.callee?.split(".").at(-1) ?? "";
}

function stem(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.[^.]*$/, "");
}

/** `RandomForestClassifier` → `random-forest-classifier`, `TEST_SIZE` → `test-size`; always a valid name of contract 1. */
export function kebab(text: string): string {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const named = /^[a-z]/.test(words) ? words : `v-${words}`;
  return named.slice(0, 63).replace(/-+$/, "");
}

/** `name`, or `name-2`, `name-3`… when taken; the result is added to `used`. */
export function unique(name: string, used: Set<string>): string {
  let candidate = name;
  for (let count = 2; used.has(candidate); count += 1)
    candidate = `${name.slice(0, 58)}-${String(count)}`;
  used.add(candidate);
  return candidate;
}

function uniqueVariable(
  name: string,
  taken: ReadonlySet<string>,
  parameters: readonly Parameter[],
): string {
  let candidate = name;
  const used = new Set(parameters.map((parameter) => parameter.variable));
  for (
    let count = 0;
    taken.has(candidate) || used.has(candidate) || PYTHON_KEYWORDS.has(candidate);
    count += 1
  ) {
    candidate = count === 0 ? `${name}_value` : `${name}_value_${String(count + 1)}`;
  }
  return candidate;
}

/** Python's reserved words (Language Reference 2.3.1); none may become a variable. */
const PYTHON_KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
);

/** Names of those that a step needs: it reads their variable, or their literals stand in its statements. */
export function parametersOfStep(
  parameters: readonly Parameter[],
  statements: readonly StatementFacts[],
  refs: readonly StatementRef[],
): readonly string[] {
  const reads = new Set(statements.flatMap((statement) => statement.reads));
  const own = new Set(refs.map(addressOf));
  return parameters
    .filter((parameter) =>
      parameter.places.length === 0
        ? reads.has(parameter.variable)
        : parameter.places.some((place) => own.has(addressOf(place))),
    )
    .map((parameter) => parameter.name);
}
