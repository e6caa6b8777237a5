/**
 * Which words may come next on a command line: from the command records, and from the project for names. The answer to a
 * shell is one word a line; a last line {@link FILES} says that files are meant as well, which the shell lists itself.
 */
import type { Command, OptionSpec } from "./command.ts";
import { commands } from "./commands/index.ts";
import { FILES, namesFor } from "./complete-names.ts";
import type { CommandContext } from "./context.ts";
import { flagOf, GLOBAL_SWITCHES } from "./flag-names.ts";

const GLOBAL_OPTIONS = [...Object.values(GLOBAL_SWITCHES).map(({ flag }) => flag), "--help"];

/** @param words What was typed after `mlops`; the last one is unfinished and may be empty. */
export async function completeWords(
  words: readonly string[],
  context: CommandContext,
): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const found = await findRecord(before);
  const candidates =
    found === undefined
      ? nextWords(before, typed)
      : await wordsOf(found.record, { rest: found.rest, typed }, context);
  const fitting = [...new Set(candidates)].filter((word) => word.startsWith(typed)).sort();
  return candidates.includes(FILES)
    ? [...fitting.filter((word) => word !== FILES), FILES]
    : fitting;
}

/** The longest command that the words begin with, global switches aside, and the words that follow it. */
async function findRecord(
  words: readonly string[],
): Promise<{ readonly record: Command; readonly rest: readonly string[] } | undefined> {
  const places = [...words.entries()].filter(([, word]) => !word.startsWith("-"));
  for (let length = places.length; length > 0; length -= 1) {
    const named = places.slice(0, length);
    const name = named.map(([, word]) => word).join(" ");
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load === undefined) continue;
    const last = named.at(-1)?.[0] ?? 0;
    return { record: await load(), rest: words.slice(last + 1) };
  }
  return undefined;
}

function nextWords(before: readonly string[], typed: string): readonly string[] {
  if (typed.startsWith("-")) return [...GLOBAL_OPTIONS, "--version"];
  const given = before.filter((word) => !word.startsWith("-"));
  return Object.keys(commands).flatMap((name) => {
    const parts = name.split(" ");
    const next = parts[given.length];
    return next !== undefined && given.every((word, index) => parts[index] === word) ? [next] : [];
  });
}

interface Place {
  /** Finished words after the command. */
  readonly rest: readonly string[];
  readonly typed: string;
}

async function wordsOf(
  record: Command,
  { rest, typed }: Place,
  context: CommandContext,
): Promise<readonly string[]> {
  const { positional, open, isEnded } = readWords(record, rest);
  const given = { positional, record };
  if (open !== undefined) return valuesOf(open, given, context);
  if (typed.startsWith("-") && !isEnded) {
    const [, flag, value] = /^(--[a-z-]+)=(.*)$/s.exec(typed) ?? [];
    if (flag === undefined || value === undefined) return flagsOf(record);
    const option = optionAt(record, flag);
    if (option === undefined) return [];
    const values = await valuesOf(option, given, context);
    return values.map((word) => (word === FILES ? word : `${flag}=${word}`));
  }
  const names = Object.keys(record.arguments);
  const at = Math.min(positional.length, names.length - 1);
  const name = names[at];
  const spec = name === undefined ? undefined : record.arguments[name];
  if (name === undefined || spec === undefined) return [];
  const takesMore = spec.count === "many" || spec.count === "some";
  return positional.length > at && !takesMore ? [] : namesFor({ name }, given, context);
}

interface NamedOption {
  readonly name: string;
  readonly spec: OptionSpec;
}

/** Which of the words are arguments, and the option that waits for its value. */
function readWords(
  record: Command,
  rest: readonly string[],
): {
  readonly positional: readonly string[];
  readonly open: NamedOption | undefined;
  readonly isEnded: boolean;
} {
  const positional: string[] = [];
  let open: NamedOption | undefined;
  let isEnded = false;
  for (const word of rest) {
    if (open !== undefined) open = undefined;
    else if (isEnded || !word.startsWith("-")) positional.push(word);
    else if (word === "--") isEnded = true;
    else {
      const option = optionAt(record, word);
      // A value of an option that may stand alone needs the `=`.
      if (option !== undefined && !["switch", "optional-texts"].includes(option.spec.kind))
        open = option;
    }
  }
  return { positional, open, isEnded };
}

function optionAt(record: Command, flag: string): NamedOption | undefined {
  for (const [name, spec] of Object.entries(record.options))
    if (flag === flagOf(name, spec) || flag === `-${spec.short ?? "-"}`) return { name, spec };
  return undefined;
}

async function valuesOf(
  { name, spec }: NamedOption,
  given: { readonly positional: readonly string[]; readonly record: Command },
  context: CommandContext,
): Promise<readonly string[]> {
  if (spec.kind === "choice") return spec.choices;
  const placeholder = "placeholder" in spec ? spec.placeholder : undefined;
  return namesFor({ name, placeholder }, given, context);
}

function flagsOf(record: Command): readonly string[] {
  const own = Object.entries(record.options).map(([name, spec]) => flagOf(name, spec));
  return [...own, ...GLOBAL_OPTIONS];
}
