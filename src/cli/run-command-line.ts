/**
 * One command line from words to exit code: parse, run, print, catch once. Prints only to the streams it is given,
 * so that tests run commands in their own process.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { InterruptedError, MlopsError, UpstreamError, UsageError } from "../base/errors.ts";
import { WorkerError } from "../ports/worker.ts";
import type { FinishedCommand } from "./command.ts";
import { findCommands } from "./find-command.ts";
import { GLOBAL_SWITCHES } from "./flag-names.ts";
import { readPlainWords } from "./plain-words.ts";
import { renderDiagnostic, renderError } from "./render/diagnostic.ts";
import {
  canRepaint,
  createJsonReporter,
  createLineReporter,
  createSpinnerReporter,
  isWatched,
  type OutputStream,
  type Reporter,
  styleFor,
} from "./terminal.ts";

/** What the operating system gives to a program. */
export interface CommandLine {
  /** What follows `mlops`. */
  readonly words: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Partial<AsyncIterable<unknown>> & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
  readonly version: string;
}

type GlobalOptions = Readonly<Record<keyof typeof GLOBAL_SWITCHES, boolean>>;

/** The exit code of a bug: anything that is no MlopsError. */
const EXIT_BUG = 70;

/** Runs it and answers with the exit code; never rejects. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const options = readGlobalOptions(line.words);
  const wishes = { environment: line.environment, color: options.color };
  const style = await styleFor(line.stderr, wishes);
  // A better name is known once the command is.
  let schema = "mlops.error/1";
  let reporter: Reporter | undefined;
  try {
    const commands = await findCommands(line.words);
    const parsed =
      readPlainWords(line.words, commands.records) ??
      (await import("./program.ts")).parseCommandLine(line.words, commands);
    if (parsed.kind === "help") {
      line.stdout.write(parsed.text);
      return 0;
    }
    checkOneForm({ json: options.json, csv: parsed.input["csv"], md: parsed.input["md"] });
    schema = `mlops.${parsed.command.name.replaceAll(" ", "-")}/1`;
    reporter = await chooseReporter(line, options);
    const { buildContext } = await import("./build-context.ts");
    const context = buildContext(line, { yes: options.yes, reporter });
    let finished: FinishedCommand;
    try {
      finished = await parsed.command.execute(context, parsed.input);
    } finally {
      reporter.stop();
      await context.wiring.close();
    }
    const { outcome } = finished;
    if (options.json) {
      writeDocument(line.stdout, { schema, ...outcome });
      return outcome.exit;
    }
    const text = await finished.renderText(await styleFor(line.stdout, wishes));
    if (text !== "") line.stdout.write(`${text}\n`);
    for (const diagnostic of outcome.diagnostics) {
      line.stderr.write(`${renderDiagnostic(diagnostic, style)}\n`);
    }
    return outcome.exit;
  } catch (thrown) {
    reporter?.stop();
    const error = asDeath(asInterruption(thrown, line.signal));
    const exit = error instanceof MlopsError ? error.exitCode : EXIT_BUG;
    if (options.json) writeDocument(line.stdout, failureDocument(schema, exit, error));
    else if (error instanceof MlopsError) line.stderr.write(`${renderError(error, style)}\n`);
    else line.stderr.write(`${await renderBug(error, line)}\n`);
    return exit;
  }
}

/** Read before the line is parsed, because a line that cannot be parsed must be answered in the form it asked for. */
function readGlobalOptions(words: readonly string[]): GlobalOptions {
  const end = words.indexOf("--");
  const given = new Set(end === -1 ? words : words.slice(0, end));
  const { json, events, verbose, yes, color } = GLOBAL_SWITCHES;
  return {
    json: given.has(json.flag),
    events: given.has(events.flag),
    verbose: given.has(verbose.flag),
    yes: given.has(yes.flag) || given.has(yes.short),
    color: !given.has(color.flag),
  };
}

/** @throws UsageError `usage-conflicting-options`. */
function checkOneForm(forms: Readonly<Record<string, unknown>>): void {
  const wanted = Object.keys(forms).filter((form) => forms[form] === true);
  if (wanted.length < 2) return;
  throw new UsageError(
    `only one of ${wanted.map((form) => `--${form}`).join(" and ")} can be printed`,
    {
      code: "usage-conflicting-options",
      hint: "run the command once for each, into a file of its own",
    },
  );
}

async function chooseReporter(line: CommandLine, options: GlobalOptions): Promise<Reporter> {
  const { stderr, environment } = line;
  if (options.events) return createJsonReporter(stderr);
  // With --json a program is reading; only --events and --verbose ask for more than the document.
  if (options.json && !options.verbose) return { emit: () => undefined, stop: () => undefined };
  const style = await styleFor(stderr, { environment, color: options.color });
  const { verbose } = options;
  if (!isWatched(stderr, environment) || !isStream(stderr))
    return createLineReporter(stderr, style, verbose);
  const spinner = createSpinnerReporter(stderr, style, verbose);
  if (options.json || !canRepaint(stderr, { environment, color: options.color })) return spinner;
  const { createLiveTable } = await import("./live-table.ts");
  const isResultShown = line.stdout.isTTY === true;
  const nowMs = (): number => performance.now();
  return createLiveTable(stderr, { style, verbose, nowMs, isResultShown }, spinner);
}

function isStream(stream: OutputStream): stream is OutputStream & NodeJS.WritableStream {
  return "on" in stream && "end" in stream;
}

/** Whatever is thrown after Ctrl-C is a consequence of it. */
function asInterruption(thrown: unknown, signal: AbortSignal): unknown {
  if (thrown instanceof InterruptedError || !signal.aborted) return thrown;
  return new InterruptedError("interrupted", { code: "interrupted", cause: thrown });
}

/** A Python process that somebody or the system ended outside of any step is no bug, wherever it was missed. */
function asDeath(thrown: unknown): unknown {
  if (!(thrown instanceof WorkerError)) return thrown;
  const { code, message } = thrown.failure;
  if (code !== "worker-died" && code !== "worker-timeout") return thrown;
  return new UpstreamError(message, {
    code,
    hint: "run the command again; when it happens each time, look for what ends the process: most often there is not enough memory",
    cause: thrown,
  });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly where?: unknown;
}

function failureDocument(
  schema: string,
  exit: number,
  error: unknown,
): Readonly<Record<string, unknown>> {
  const diagnostics: readonly Diagnostic[] = error instanceof MlopsError ? error.diagnostics : [];
  return { schema, ok: false, exit, result: null, diagnostics, error: describeFailure(error) };
}

function describeFailure(error: unknown): Failure {
  if (!(error instanceof MlopsError)) {
    return { code: "bug", message: error instanceof Error ? error.message : String(error) };
  }
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.where === undefined ? {} : { where: error.where }),
  };
}

function writeDocument(stdout: OutputStream, document: Readonly<Record<string, unknown>>): void {
  stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

async function renderBug(error: unknown, line: CommandLine): Promise<string> {
  const { traceOf } = await import("./trace-of.ts");
  const command = ["mlops", ...line.words].join(" ");
  return [
    "error: this is a bug in mlops, not a mistake of yours [bug]",
    traceOf(error),
    `mlops ${line.version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    "hint: report it with the lines above and what you typed:",
    `  ${command}`,
  ].join("\n");
}
