/**
 * The steps of a run as a table that is painted again in place; the only file that imports log-update. Everything else
 * that has to be said meanwhile is printed above it, without what could move the cursor. Once the run is over the table
 * is taken away, because the result is that table again; only of a run without a result it stays.
 *
 * A run that executes nothing never paints: it is over before anybody could read.
 */
import type { AppEvent } from "../app/event.ts";
import type { RunEvent } from "../run/event.ts";
import { progressAfter, type RunProgress } from "../run/progress.ts";
import { plainLines } from "./render/display-width.ts";
import { renderEvent } from "./render/event.ts";
import { renderRunProgress } from "./render/run-progress.ts";
import type { Style } from "./style.ts";
import type { OutputStream, Reporter } from "./terminal.ts";

export interface LiveTableSettings {
  readonly style: Style;
  readonly verbose: boolean;
  /** Milliseconds from any moment. */
  readonly nowMs: () => number;
  /** Whether the result is printed on the same terminal, so that the table need not stay. */
  readonly isResultShown: boolean;
}

/** How often the times go on. */
const TICK_MS = 100;

interface Painter {
  (text: string): void;
  readonly clear: () => void;
  readonly done: () => void;
}

/** @param others Shows what happens outside of runs. */
export function createLiveTable(
  stderr: OutputStream & NodeJS.WritableStream,
  settings: LiveTableSettings,
  others: Reporter,
): Reporter {
  const { style, verbose, nowMs } = settings;
  let progress: RunProgress | undefined;
  let isPainting = false;
  let painter: Painter | undefined;
  let timer: NodeJS.Timeout | undefined;
  const unfinished = new Map<string, string>();

  function paint(): void {
    if (progress === undefined || painter === undefined) return;
    const size = { columns: stderr.columns ?? 80, rows: stderr.rows ?? 24 };
    painter(renderRunProgress(progress, nowMs(), size, style).join("\n"));
  }

  async function startPainting(): Promise<void> {
    const { createLogUpdate } = await import("log-update");
    // The run may be over by now.
    if (!isPainting) return;
    painter = createLogUpdate(stderr);
    timer = setInterval(paint, TICK_MS);
    timer.unref();
    paint();
  }

  function stopPainting(table: "stays" | "goes"): void {
    clearInterval(timer);
    if (painter !== undefined) {
      if (table === "stays") paint();
      else painter.clear();
      painter.done();
    }
    painter = undefined;
    isPainting = false;
    progress = undefined;
  }

  function printAbove(lines: readonly string[]): void {
    if (lines.length === 0) return;
    painter?.clear();
    stderr.write(`${lines.join("\n")}\n`);
    paint();
  }

  function follow(event: RunEvent): void {
    progress = progressAfter(progress, event, nowMs());
    if (event.kind === "step-text") {
      if (verbose) printAbove(completeLines(event, unfinished).map((line) => style.faint(line)));
      return;
    }
    if (event.kind === "step-finished" || event.kind === "step-failed")
      printAbove(restOf(event.step, unfinished).map((line) => style.faint(line)));
    if (event.kind === "step-decided" && event.decision === "execute" && !isPainting) {
      isPainting = true;
      void startPainting();
    }
    if (event.kind === "run-finished") {
      const hasResult = settings.isResultShown && event.status !== "interrupted";
      stopPainting(hasResult ? "goes" : "stays");
    } else paint();
  }

  return {
    emit: (event) => {
      if (event.kind === "run-started") others.stop();
      if (isRunEvent(event) && (progress !== undefined || event.kind === "run-started"))
        follow(event);
      else if (progress === undefined) others.emit(event);
      else if (event.kind !== "phase-started" && event.kind !== "progressed") {
        const line = renderEvent(event, style, verbose);
        if (line !== undefined) printAbove([line]);
      }
    },
    stop: () => {
      stopPainting("stays");
      others.stop();
    },
  };
}

function isRunEvent(event: AppEvent): event is RunEvent {
  return event.kind.startsWith("run-") || event.kind.startsWith("step-");
}

type Text = Extract<RunEvent, { kind: "step-text" }>;

/** Whole lines only: what comes without its line break waits for the rest. */
function completeLines(
  { step, stream, text }: Text,
  unfinished: Map<string, string>,
): readonly string[] {
  const key = `${step}\n${stream}`;
  const whole = (unfinished.get(key) ?? "") + text;
  const end = whole.lastIndexOf("\n");
  unfinished.set(key, whole.slice(end + 1));
  return end === -1 ? [] : plainLines(whole.slice(0, end));
}

function restOf(step: string, unfinished: Map<string, string>): readonly string[] {
  return ["stdout", "stderr"].flatMap((stream) => {
    const key = `${step}\n${stream}`;
    const rest = unfinished.get(key) ?? "";
    unfinished.delete(key);
    return rest === "" ? [] : plainLines(rest);
  });
}
