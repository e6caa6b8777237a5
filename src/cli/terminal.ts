/**
 * What the terminal can show: colors and a spinner. Results go to stdout; everything this file writes goes to stderr.
 * A spinner turns only on a terminal outside CI; elsewhere each event is a plain line. The table of a run is `live-table.ts`.
 */
import type { Ora } from "ora";
import type { AppEvent } from "../app/event.ts";
import type { Events } from "../ports/events.ts";
import { progressText, renderEvent, transferText } from "./render/event.ts";
import { plainStyle, type Style, USUAL_COLUMNS } from "./style.ts";

/** The part of a stream that commands write to. */
export interface OutputStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  /** Of a terminal; `undefined` elsewhere. */
  readonly columns?: number;
  readonly rows?: number;
}

/** The environment variables that people know from other tools, and our flag. */
export interface ColorWishes {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** False for `--no-color`. */
  readonly color: boolean;
}

/** Colors when the stream is a terminal and nobody asked for none; `FORCE_COLOR` wins over the terminal, never over `--no-color`. */
export async function styleFor(stream: OutputStream, wishes: ColorWishes): Promise<Style> {
  const columns = columnsOf(stream, wishes.environment);
  if (!wantsColor(stream, wishes)) return { ...plainStyle, columns };
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  return {
    columns,
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    accent: (text) => chalk.cyan(text),
  };
}

/** The terminal's width; elsewhere what `COLUMNS` says, as other programs read it, or the usual one. */
function columnsOf(
  stream: OutputStream,
  environment: Readonly<Record<string, string | undefined>>,
): number {
  if (stream.isTTY === true && (stream.columns ?? 0) > 0) return stream.columns ?? USUAL_COLUMNS;
  const wished = Number(environment["COLUMNS"] ?? "");
  return Number.isSafeInteger(wished) && wished > 0 ? wished : USUAL_COLUMNS;
}

/** Whether lines can be painted over: somebody watches, on a terminal that can, and did not ask for plain text. */
export function canRepaint(stream: OutputStream, wishes: ColorWishes): boolean {
  const { environment } = wishes;
  return (
    isWatched(stream, environment) && environment["TERM"] !== "dumb" && wantsColor(stream, wishes)
  );
}

/**
 * Whether somebody watches: a terminal that is not a CI log, and has a width. Of one without (`script`, `docker run -t` without a
 * screen) painting over divides by it, and never ends.
 */
export function isWatched(
  stream: OutputStream,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const ci = environment["CI"] ?? "";
  return (
    stream.isTTY === true && stream.columns !== 0 && (ci === "" || ci === "false" || ci === "0")
  );
}

/** Where events go, and how to stop showing them. */
export interface Reporter extends Events<AppEvent> {
  /** Leaves the terminal as it was; call before printing results or asking questions. Safe to call twice. */
  readonly stop: () => void;
}

/** One JSON document a line, for programs that watch (`--events`). */
export function createJsonReporter(stderr: OutputStream): Reporter {
  return {
    emit: (event) => {
      stderr.write(`${JSON.stringify(event)}\n`);
    },
    stop: () => undefined,
  };
}

/** Plain lines as they happen: CI, files, pipes. */
export function createLineReporter(stderr: OutputStream, style: Style, verbose: boolean): Reporter {
  return {
    emit: (event) => {
      const line = renderEvent(event, style, verbose);
      if (line !== undefined) stderr.write(`${line}\n`);
    },
    stop: () => undefined,
  };
}

/** A spinner for the running phase, a line for each that is done. The library is loaded when there is something to wait for. */
export function createSpinnerReporter(
  stderr: OutputStream & NodeJS.WritableStream,
  style: Style,
  verbose: boolean,
): Reporter {
  let spinner: Ora | undefined;
  /** What is waited for; `undefined` when nothing is. */
  let phase: string | undefined;

  async function startSpinner(): Promise<void> {
    const { default: ora } = await import("ora");
    spinner ??= ora({ stream: stderr, discardStdin: false });
    // The phase may be over by now, or another one.
    if (phase !== undefined) spinner.start(phase);
  }

  return {
    emit: (event) => {
      if (event.kind === "phase-started") {
        phase = renderEvent(event, style, verbose)?.replace(/^\S+ /, "") ?? event.phase;
        if (spinner === undefined) void startSpinner();
        else spinner.start(phase);
        return;
      }
      if (event.kind === "progressed" || event.kind === "transferred") {
        const text = event.kind === "progressed" ? progressText(event) : transferText(event);
        if (spinner !== undefined && phase !== undefined)
          spinner.text = `${phase} ${style.faint(text)}`;
        return;
      }
      const line = renderEvent(event, style, verbose);
      if (line === undefined) return;
      if (event.kind === "phase-finished") phase = undefined;
      spinner?.stop();
      stderr.write(`${line}\n`);
      if (phase !== undefined) spinner?.start();
    },
    stop: () => {
      phase = undefined;
      spinner?.stop();
    },
  };
}

function wantsColor(stream: OutputStream, { environment, color }: ColorWishes): boolean {
  if (!color) return false;
  if ((environment["NO_COLOR"] ?? "") !== "") return false;
  const forced = environment["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}
