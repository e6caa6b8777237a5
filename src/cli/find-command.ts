/** Which command a line names, before anything heavy is loaded. */
import { didYouMean } from "../base/did-you-mean.ts";
import { UsageError } from "../base/errors.ts";
import type { Command } from "./command.ts";
import { commands, hiddenCommands, nouns } from "./commands/index.ts";
import type { CommandSet } from "./program.ts";

/**
 * The records a line needs: the one it names, or all when help needs them.
 *
 * @param words What follows `mlops`. Global options are switches, so the first words without a dash name the command.
 * @throws UsageError `usage-unknown-command`.
 */
export async function findCommands(words: readonly string[]): Promise<CommandSet> {
  const end = words.indexOf("--");
  const names = words
    .slice(0, end === -1 ? undefined : end)
    .filter((word) => !word.startsWith("-"));
  for (let length = names.length; length > 0; length -= 1) {
    const load = commandAt(names.slice(0, length).join(" "));
    if (load !== undefined) return { records: [await load()], nouns };
  }
  const [first] = names;
  if (first !== undefined) checkNoun(first, names[1]);
  const loads = Object.entries(commands).filter(
    ([name]) => first === undefined || name.startsWith(`${first} `),
  );
  return { records: await Promise.all(loads.map(async ([, load]) => load())), nouns };
}

function commandAt(name: string): (() => Promise<Command>) | undefined {
  if (Object.hasOwn(hiddenCommands, name)) return hiddenCommands[name];
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/** A noun alone shows its commands; anything else is a mistake. */
function checkNoun(first: string, second: string | undefined): void {
  const below = Object.keys(commands).filter((name) => name.startsWith(`${first} `));
  if (below.length > 0 && second === undefined) return;
  const typed = below.length > 0 && second !== undefined ? `${first} ${second}` : first;
  const known =
    below.length > 0 ? below : Object.keys(commands).map((name) => name.split(" ")[0] ?? name);
  throw new UsageError(`there is no command "${typed}"`, {
    code: "usage-unknown-command",
    hint: didYouMean(typed, new Set(known)) ?? "type: mlops --help",
  });
}
