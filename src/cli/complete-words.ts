/** Which words may come next on a command line: from the command records, and from the project for names. */
import type { Command, OptionSpec } from "./command.ts";
import { commands } from "./commands/index.ts";
import type { CommandContext } from "./context.ts";

const GLOBAL_OPTIONS = ["--json", "--events", "--verbose", "--yes", "--no-color", "--help"];
const RUNS_SHOWN = 20;

/** @param words What was typed after `mlops`; the last one is unfinished and may be empty. */
export async function completeWords(
  words: readonly string[],
  context: CommandContext,
): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const found = await findRecord(before.filter((word) => !word.startsWith("-")));
  const candidates =
    found === undefined
      ? nextCommandWords(before)
      : await wordsOf(found.record, { before, typed, position: found.given }, context);
  return [...new Set(candidates)].filter((word) => word.startsWith(typed)).sort();
}

/** The longest command that the words begin with, and how many words follow it. */
async function findRecord(
  words: readonly string[],
): Promise<{ readonly record: Command; readonly given: number } | undefined> {
  for (let length = words.length; length > 0; length -= 1) {
    const name = words.slice(0, length).join(" ");
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load !== undefined) return { record: await load(), given: words.length - length };
  }
  return undefined;
}

function nextCommandWords(before: readonly string[]): readonly string[] {
  return Object.keys(commands).flatMap((name) => {
    const parts = name.split(" ");
    const next = parts[before.length];
    return next !== undefined && before.every((word, index) => parts[index] === word) ? [next] : [];
  });
}

async function wordsOf(
  record: Command,
  at: { readonly before: readonly string[]; readonly typed: string; readonly position: number },
  context: CommandContext,
): Promise<readonly string[]> {
  const options = Object.entries(record.options);
  const previous = at.before.at(-1);
  const open = options.find(([name, spec]) => takesValue(spec) && previous === `--${kebab(name)}`);
  if (open !== undefined) {
    const [name, spec] = open;
    return spec.kind === "choice" ? spec.choices : projectNames(name, context);
  }
  if (at.typed.startsWith("-")) {
    const own = options.map(([name, spec]) =>
      spec.kind === "switch" && spec.default === true ? `--no-${kebab(name)}` : `--${kebab(name)}`,
    );
    return [...own, ...GLOBAL_OPTIONS];
  }
  // Values of options count as given words too, so an argument further back is asked for its names as well.
  const names = Object.keys(record.arguments);
  const name = names[Math.min(at.position, names.length - 1)];
  return name === undefined ? [] : projectNames(name, context);
}

function takesValue(spec: OptionSpec): boolean {
  return spec.kind !== "switch";
}

/** Names of what an argument or option is called after; empty where the shell should offer files. */
async function projectNames(name: string, context: CommandContext): Promise<readonly string[]> {
  const noun = name.replace(/s$/, "");
  if (!["pipeline", "revision", "model", "run", "shell"].includes(noun)) return [];
  if (noun === "shell") return ["bash", "fish", "zsh"];
  const { root } = await context.project();
  const files = await context.wiring.files(root);
  if (noun === "pipeline" || noun === "revision") {
    const { pipelines } = await context.config();
    const found = await files.list(pipelines, (path) => path.split("/").length > 2);
    return found.flatMap((path) => /^([^/]+)\/pipeline\.yaml$/.exec(path)?.[1] ?? []);
  }
  if ((await files.kind(".mlops/registry.db")) !== "file") return [];
  const registry = await context.wiring.registry(files.absolute(".mlops/registry.db"));
  return noun === "model"
    ? registry.models.list().map(({ model }) => model)
    : registry.runs.list({ limit: RUNS_SHOWN }).map(({ id }) => id.slice(0, 8));
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
