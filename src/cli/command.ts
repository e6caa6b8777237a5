/**
 * What a command is: data and one call. `program.ts` turns records into commander commands, `main.ts` runs them.
 *
 * A record file is imported for `--help` of any command, so it imports nothing heavy at its top: `run` imports its
 * `app/` function (and `render` its long texts) inside. Register a record by one line in `commands/index.ts`.
 *
 * Invariant: option and argument names are camelCase here and kebab-case on the command line.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { CommandContext } from "./context.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Table } from "./render/typed-table.ts";
import type { Style } from "./style.ts";

/** The heading under which `mlops --help` lists a command. */
export type CommandGroup = "start" | "build" | "models" | "ship" | "watch" | "other";

/** A positional argument; the order of keys in the record is the order on the command line. */
export interface ArgumentSpec {
  readonly summary: string;
  /** `one` is required, `optional` may be left out, `many` takes the rest (possibly none), `some` at least one of it. Default `one`. */
  readonly count?: "one" | "optional" | "many" | "some";
}

/** An option. `placeholder` is what help shows for its value. */
export type OptionSpec = {
  readonly summary: string;
  readonly short?: string;
} /** `--force`; with `default: true` the flag is `--no-<name>`. */ & (
  | { readonly kind: "switch"; readonly default?: boolean }
  | { readonly kind: "text"; readonly placeholder?: string }
  /** May be given several times; absent is the empty list. */
  | { readonly kind: "texts"; readonly placeholder?: string }
  /** `--force`, `--force=train`, several times too. Its value needs the `=`, so that it never swallows the word after it. */
  | { readonly kind: "optional-texts"; readonly placeholder?: string }
  | {
      readonly kind: "number";
      readonly placeholder?: string;
      readonly min?: number;
      readonly max?: number;
    }
  | {
      readonly kind: "whole-number";
      readonly placeholder?: string;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
);

/** Values given to an option that may stand alone: `bare` when it did, empty when it was not given. */
export type OptionalTexts = "bare" | readonly string[];

type OptionValue<Spec> = Spec extends { readonly kind: "switch" }
  ? boolean
  : Spec extends { readonly kind: "optional-texts" }
    ? OptionalTexts
    : Spec extends { readonly kind: "texts" }
      ? readonly string[]
      : Spec extends { readonly kind: "number" | "whole-number" }
        ? number | undefined
        : Spec extends { readonly kind: "choice"; readonly choices: readonly (infer Choice)[] }
          ? Choice | undefined
          : string | undefined;

type ArgumentValue<Spec> = Spec extends { readonly count: "many" | "some" }
  ? readonly string[]
  : Spec extends { readonly count: "optional" }
    ? string | undefined
    : string;

type Specs<Spec> = Readonly<Record<string, Spec>>;

/** What `run` receives: one property per argument and option, already checked against its spec. */
export type CommandInput<Arguments, Options> = {
  readonly [Name in keyof Arguments]: ArgumentValue<Arguments[Name]>;
} & { readonly [Name in keyof Options]: OptionValue<Options[Name]> };

/** What a command did. Anything it could not do is thrown as a MlopsError instead. */
export interface Outcome<Result> {
  /** False when the command did its work and the answer is "no" (a gate not met, values that differ). */
  readonly ok: boolean;
  readonly exit: 0 | 1;
  /** Plain JSON: exactly what `--json` prints. */
  readonly result: Result;
  readonly diagnostics: readonly Diagnostic[];
}

/** One line of help that can be pasted. */
export interface CommandExample {
  readonly line: string;
  readonly shows: string;
}

/** A command as its file writes it; see {@link defineCommand}. */
export interface CommandRecord<
  Arguments extends Specs<ArgumentSpec>,
  Options extends Specs<OptionSpec>,
  Result,
> {
  /** Words as typed: `promote`, `models list`. */
  readonly name: string;
  readonly group: CommandGroup;
  /** One line without a full stop, starting with a verb: `Turn a notebook into a tested pipeline`. */
  readonly summary: string;
  /** Further paragraphs of `--help`. */
  readonly description?: string;
  readonly arguments: Arguments;
  readonly options: Options;
  readonly examples: readonly CommandExample[];
  /** JSON Schema of `result`, printed by `mlops explain --schema <name>`; made with `z.toJSONSchema` from the result's zod schema. */
  readonly resultSchema?: () => Promise<JsonSchema>;
  readonly run: (
    context: CommandContext,
    input: CommandInput<Arguments, Options>,
  ) => Promise<Outcome<Result>>;
  /** The result as one table; the command then has `--csv` and `--md`, too. */
  readonly table?: (
    result: Result,
    input: CommandInput<Arguments, Options>,
  ) => Table | Promise<Table>;
  /** Text for people, without a final newline; empty prints nothing. Diagnostics are printed by the caller, on stderr. */
  readonly render: (
    outcome: Outcome<Result>,
    style: Style,
    input: CommandInput<Arguments, Options>,
  ) => string | Promise<string>;
}

/** A record whose input and result types are no longer known; what `program.ts` works with. */
export interface Command {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: Specs<ArgumentSpec>;
  readonly options: Specs<OptionSpec>;
  readonly examples: readonly CommandExample[];
  readonly resultSchema?: () => Promise<JsonSchema>;
  /** Runs and keeps the outcome together with its own renderer, so that the two types cannot be mixed up. */
  readonly execute: (
    context: CommandContext,
    input: Readonly<Record<string, unknown>>,
  ) => Promise<FinishedCommand>;
}

/** An outcome whose text is made only when somebody wants text. */
export interface FinishedCommand {
  readonly outcome: Outcome<unknown>;
  readonly renderText: (style: Style) => string | Promise<string>;
}

/** Options of every command whose result is a table; `--json` stands beside them. */
const TABLE_FORMS = {
  csv: { kind: "switch", summary: "print comma-separated values, for spreadsheets and scripts" },
  md: { kind: "switch", summary: "print a Markdown table, for documents and pull requests" },
} as const satisfies Specs<OptionSpec>;

/** Types a record by what it declares: `input.port` is a number exactly when the option `port` is one. */
export function defineCommand<
  const Arguments extends Specs<ArgumentSpec>,
  const Options extends Specs<OptionSpec>,
  Result,
>(record: CommandRecord<Arguments, Options, Result>): Command {
  const { run, render, table, ...description } = record;
  return {
    ...description,
    options: table === undefined ? record.options : { ...record.options, ...TABLE_FORMS },
    execute: async (context, input) => {
      // `program.ts` built `input` from this very record's specs, which is what the type says.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked there, value by value
      const typed = input as CommandInput<Arguments, Options>;
      const outcome = await run(context, typed);
      return {
        outcome,
        renderText: async (style) => {
          const form = input["csv"] === true ? "csv" : input["md"] === true ? "md" : undefined;
          if (table === undefined || form === undefined) return render(outcome, style, typed);
          const { renderCsv, renderMarkdown } = await import("./render/table-forms.ts");
          const made = await table(outcome.result, typed);
          return form === "csv" ? renderCsv(made) : renderMarkdown(made);
        },
      };
    },
  };
}

/** An outcome that succeeded. */
export function succeeded<Result>(
  result: Result,
  diagnostics: readonly Diagnostic[] = [],
): Outcome<Result> {
  return { ok: true, exit: 0, result, diagnostics };
}

/** An outcome whose answer is "no": exit code 1. */
export function answeredNo<Result>(
  result: Result,
  diagnostics: readonly Diagnostic[] = [],
): Outcome<Result> {
  return { ok: false, exit: 1, result, diagnostics };
}
