/**
 * The words of most command lines, read without commander, whose loading and setting up takes longer than many a command: one command,
 * options by their long name with a value of their own, plain arguments. Anything else (help, mistakes, short names, `--name=value`, an
 * option twice) is `undefined` here and left to `program.ts`, which has the last word: a test holds both to the same answers.
 */
import type { ArgumentSpec, Command, OptionSpec } from "./command.ts";
import { flagOf, GLOBAL_SWITCHES } from "./flag-names.ts";
import type { Parsed } from "./program.ts";
import { readOption } from "./read-option.ts";

const GLOBAL_FLAGS: ReadonlySet<string> = new Set(
  Object.values(GLOBAL_SWITCHES).map(({ flag }) => flag),
);

/** What a line asks for, as `parseCommandLine` tells it; `undefined` where that has to be asked. */
export function readPlainWords(
  words: readonly string[],
  records: readonly Command[],
): Extract<Parsed, { readonly kind: "command" }> | undefined {
  const [command] = records;
  if (command === undefined || records.length > 1) return undefined;
  const name = command.name.split(" ");
  if (name.some((word, at) => words[at] !== word)) return undefined;
  const read = readOptions(words.slice(name.length), command.options);
  if (read === undefined) return undefined;
  const positional = placeArguments(read.rest, command.arguments);
  if (positional === undefined) return undefined;
  return { kind: "command", command, input: { ...read.values, ...positional } };
}

interface ReadOptions {
  readonly values: Readonly<Record<string, unknown>>;
  /** Words that belong to no option. */
  readonly rest: readonly string[];
}

function readOptions(
  words: readonly string[],
  specs: Readonly<Record<string, OptionSpec>>,
): ReadOptions | undefined {
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.kind === "switch") values[name] = spec.default ?? false;
    if (spec.kind === "texts" || spec.kind === "optional-texts") values[name] = [];
  }
  const byFlag = new Map(Object.entries(specs).map((entry) => [flagOf(...entry), entry]));
  const rest: string[] = [];
  const given = new Set<string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "") return undefined;
    if (GLOBAL_FLAGS.has(word)) continue;
    if (!word.startsWith("-")) {
      rest.push(word);
      continue;
    }
    const [name, spec] = byFlag.get(word) ?? [];
    if (name === undefined || spec === undefined || spec.kind === "optional-texts")
      return undefined;
    if (spec.kind !== "texts" && given.has(name)) return undefined;
    const value = spec.kind === "switch" ? undefined : words[(at += 1)];
    const next = valueOf(word, spec, { value, before: values[name] });
    if (next === undefined) return undefined;
    given.add(name);
    values[name] = next.value;
  }
  return { values, rest };
}

/** `undefined` for what is no value, or a wrong one. */
function valueOf(
  flag: string,
  spec: Exclude<OptionSpec, { readonly kind: "optional-texts" }>,
  { value, before }: { readonly value: string | undefined; readonly before: unknown },
): { readonly value: unknown } | undefined {
  if (spec.kind === "switch") return { value: spec.default !== true };
  if (value === undefined || value === "" || value.startsWith("-")) return undefined;
  if (spec.kind === "texts") {
    const earlier: readonly unknown[] = Array.isArray(before) ? before : [];
    return { value: [...earlier, value] };
  }
  try {
    return { value: readOption(flag, spec, value) };
  } catch {
    return undefined;
  }
}

function placeArguments(
  words: readonly string[],
  specs: Readonly<Record<string, ArgumentSpec>>,
): Readonly<Record<string, unknown>> | undefined {
  const names = Object.keys(specs);
  if (words.length > names.length) return undefined;
  const values: Record<string, unknown> = {};
  for (const [at, name] of names.entries()) {
    const count = specs[name]?.count ?? "one";
    if (count === "many" || count === "some") return undefined;
    if (count === "one" && words[at] === undefined) return undefined;
    values[name] = words[at];
  }
  return values;
}
