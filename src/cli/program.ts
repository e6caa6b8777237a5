/** Command records → commander; the only file that imports it. Turns words into checked input, and prints help. */
import { Command as CommanderCommand, CommanderError, Option } from "commander";
import { UsageError } from "../base/errors.ts";
import type { ArgumentSpec, Command, CommandGroup, OptionalTexts, OptionSpec } from "./command.ts";
import { flagOf, GLOBAL_SWITCHES, kebab } from "./flag-names.ts";
import { readOption } from "./read-option.ts";

/** What a command line asks for. */
export type Parsed =
  | {
      readonly kind: "command";
      readonly command: Command;
      readonly input: Readonly<Record<string, unknown>>;
    }
  /** Help was asked for; the text ends in a newline. */
  | { readonly kind: "help"; readonly text: string };

/** The headings of help, in their order. */
const GROUPS: Readonly<Record<CommandGroup, string>> = {
  start: "Start:",
  build: "Build:",
  models: "Models:",
  ship: "Ship:",
  watch: "Watch:",
  other: "Other:",
};

/** What is known of the commands when a line is parsed. */
export interface CommandSet {
  /** The one command that the line names, or all of them for help. */
  readonly records: readonly Command[];
  /** Summaries of words that only have commands below them. */
  readonly nouns: Readonly<Record<string, string>>;
}

/**
 * Reads the words after `mlops`.
 *
 * @throws UsageError for anything the records do not declare, with the nearest name where there is one.
 */
export function parseCommandLine(words: readonly string[], set: CommandSet): Parsed {
  let parsed: Parsed | undefined;
  let helpText = "";
  const program = buildProgram(
    set,
    (found) => {
      parsed = found;
    },
    (text) => {
      helpText += text;
    },
  );
  try {
    program.parse(closeBareOptions(words, set.records), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code.startsWith("commander.help")) return { kind: "help", text: helpText };
    throw usageErrorOf(error, words);
  }
  return parsed ?? { kind: "help", text: helpText };
}

function buildProgram(
  set: CommandSet,
  onCommand: (parsed: Parsed) => void,
  onText: (text: string) => void,
): CommanderCommand {
  const program = new CommanderCommand("mlops");
  for (const { flag, summary, ...more } of Object.values(GLOBAL_SWITCHES))
    program.option("short" in more ? `${more.short}, ${flag}` : flag, summary);
  program
    .description("Takes a Jupyter notebook to production.")
    .usage("COMMAND [options]")
    .helpCommand(false)
    .helpOption("-h, --help", "show help")
    .option("-V, --version", "print the version")
    .configureHelp({ showGlobalOptions: true, subcommandTerm: describeCommand })
    .configureOutput({ writeOut: onText, writeErr: onText })
    .exitOverride();
  const parents = new Map<string, CommanderCommand>([["", program]]);
  // Headings appear in the order in which their first command is added.
  const order = Object.keys(GROUPS);
  const records = set.records.toSorted(
    (left, right) => order.indexOf(left.group) - order.indexOf(right.group),
  );
  for (const record of records) {
    const words = record.name.split(" ");
    const last = words.pop() ?? record.name;
    const parent = parentFor(words, parents, { set, record });
    addRecord(parent.command(last).copyInheritedSettings(parent), record, onCommand);
  }
  const examples = "Learn more:\n  mlops COMMAND --help\n  mlops explain CODE";
  return program.addHelpText("after", `\n${examples}`);
}

/** `promote <notebook>`: every command has options, so saying so helps nobody. */
function describeCommand(command: CommanderCommand): string {
  const positional = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...positional].join(" ");
}

/** The commander command of `models` in `models list`, made when it is first needed. */
function parentFor(
  words: readonly string[],
  parents: Map<string, CommanderCommand>,
  context: { readonly set: CommandSet; readonly record: Command },
): CommanderCommand {
  const name = words.join(" ");
  const known = parents.get(name);
  if (known !== undefined) return known;
  const grandparent = parentFor(words.slice(0, -1), parents, context);
  const summary = context.set.nouns[name] ?? "";
  const made = grandparent
    .command(words.at(-1) ?? name)
    .copyInheritedSettings(grandparent)
    .usage("COMMAND [options]")
    .summary(summary)
    .description(summary)
    .helpGroup(GROUPS[context.record.group]);
  parents.set(name, made);
  return made;
}

function addRecord(
  target: CommanderCommand,
  record: Command,
  onCommand: (parsed: Parsed) => void,
): void {
  const text = record.description === undefined ? "" : `\n\n${record.description}`;
  target
    .summary(record.summary)
    .description(`${record.summary}.${text}`)
    .helpGroup(GROUPS[record.group])
    .allowExcessArguments(false);
  for (const [name, spec] of Object.entries(record.arguments)) {
    target.argument(argumentForm(name, spec), spec.summary);
  }
  for (const [name, spec] of Object.entries(record.options)) {
    target.addOption(buildOption(name, spec));
  }
  if (record.examples.length > 0) {
    const lines = record.examples.map(({ line, shows }) => `  ${line}\n      ${shows}`);
    target.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
  }
  target.action(() => {
    const names = Object.keys(record.arguments);
    const given: readonly unknown[] = target.processedArgs;
    const positional = names.map((name, index) => [name, given[index]] as const);
    const input = { ...target.opts(), ...Object.fromEntries(positional) };
    onCommand({ kind: "command", command: record, input });
  });
}

/** `--force churn` → `--force= churn`: the word after an option that may stand alone is never its value. */
function closeBareOptions(
  words: readonly string[],
  records: readonly Command[],
): readonly string[] {
  const bare = new Set(
    records.flatMap((record) =>
      Object.entries(record.options).flatMap(([name, spec]) =>
        spec.kind === "optional-texts" ? [flagOf(name, spec)] : [],
      ),
    ),
  );
  const end = words.indexOf("--");
  return words.map((word, at) => (bare.has(word) && (end === -1 || at < end) ? `${word}=` : word));
}

function argumentForm(name: string, spec: ArgumentSpec): string {
  const shown = kebab(name);
  switch (spec.count ?? "one") {
    case "one":
      return `<${shown}>`;
    case "optional":
      return `[${shown}]`;
    case "many":
      return `[${shown}...]`;
    case "some":
      return `<${shown}...>`;
  }
}

function buildOption(name: string, spec: OptionSpec): Option {
  const flag = flagOf(name, spec);
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  if (spec.kind === "switch") {
    const option = new Option(`${short}${flag}`, spec.summary);
    return spec.default === true ? option.default(true) : option.default(false, "off");
  }
  if (spec.kind === "optional-texts") {
    const collect = (text: string, before: OptionalTexts): OptionalTexts =>
      before === "bare" || text === "" ? "bare" : [...before, text];
    return new Option(`${short}${flag} [=${spec.placeholder ?? "text"}]`, spec.summary)
      .default([], "off")
      .argParser(collect);
  }
  if (spec.kind === "choice") {
    const option = new Option(
      `${short}${flag} <choice>`,
      `${spec.summary} (${spec.choices.join(", ")})`,
    );
    return option.argParser((text) => readOption(flag, spec, text));
  }
  const placeholder =
    spec.placeholder ?? (spec.kind === "text" || spec.kind === "texts" ? "text" : "number");
  const option = new Option(`${short}${flag} <${placeholder}>`, spec.summary);
  if (spec.kind === "texts") {
    const collect = (text: string, before: readonly string[]): readonly string[] => [
      ...before,
      text,
    ];
    return option.default([], "none").argParser(collect);
  }
  return option.argParser((text) => readOption(flag, spec, text));
}

/** Commander's sentence without its prefix; its suggestion becomes the hint. */
function usageErrorOf(error: CommanderError, words: readonly string[]): UsageError {
  const [sentence = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const command = words.filter((word) => !word.startsWith("-")).slice(0, 1);
  const help = `type: ${["mlops", ...command, "--help"].join(" ")}`;
  const hint = suggestion?.replace(/^\(Did you mean (.*)\?\)$/, 'did you mean "$1"?') ?? help;
  return new UsageError(sentence, { code: usageCodeOf(error.code), hint });
}

function usageCodeOf(code: string): string {
  switch (code) {
    case "commander.unknownOption":
      return "usage-unknown-option";
    case "commander.unknownCommand":
      return "usage-unknown-command";
    case "commander.excessArguments":
      return "usage-too-many-arguments";
    case "commander.missingArgument":
    case "commander.optionMissingArgument":
      return "usage-missing-argument";
    default:
      return "usage-wrong-value";
  }
}
