/**
 * A run while it goes on, as a table that fits into the terminal: never taller, and never wider (of a terminal of at least 6 columns). What does not fit is counted
 * in one line; steps that fail or run are the last to go.
 */
import type { RunProgress, StepProgress, StepState } from "../../run/progress.ts";
import type { Style } from "../style.ts";
import { displayWidth, onOneLine, padEnd, padStart, truncate } from "./display-width.ts";
import { renderDuration } from "./table.ts";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** One line a step below a line about the run; leaves the last column and the last row of the terminal free. */
export function renderRunProgress(
  progress: RunProgress,
  nowMs: number,
  size: TerminalSize,
  style: Style,
): readonly string[] {
  // What is written into the last column makes some terminals begin a new line.
  const width = Math.max(1, size.columns - 1);
  const room = Math.max(1, size.rows - 1);
  const head = renderHead(progress, nowMs, width, style);
  if (room < 3 && progress.steps.length + 1 > room) return [head];
  const { shown, hidden } = chooseRows(progress.steps, room - 1);
  const layout = layOut(progress.steps, width);
  return [
    head,
    ...shown.map((step) => renderStep(step, nowMs, layout, style)),
    ...(hidden.length === 0 ? [] : [style.faint(truncate(renderHidden(hidden), width))]),
  ];
}

function renderHead(progress: RunProgress, nowMs: number, width: number, style: Style): string {
  const { steps, pipeline, runId } = progress;
  const ended = steps.filter(({ state }) => ENDED.has(state)).length;
  const name = truncate(`run ${runId.slice(0, 8)} of ${onOneLine(pipeline)}`, width);
  const facts = `${String(ended)} of ${String(steps.length)} steps, ${renderElapsed(nowMs - progress.startedAtMs)}`;
  const isFitting = displayWidth(name) + 2 + facts.length <= width;
  return style.strong(name) + (isFitting ? `  ${style.faint(facts)}` : "");
}

/** Widths of the columns; 0 leaves a column out. */
interface Layout {
  readonly name: number;
  readonly state: number;
  readonly time: number;
  readonly reason: number;
}

const MARK = 4;
const GAP = 2;
const STATE = 9;
const TIME = 10;
/** A reason cut to less than this says nothing. */
const LEAST_REASON = 16;

function layOut(steps: readonly StepProgress[], width: number): Layout {
  const longest = Math.max(...steps.map(({ name }) => displayWidth(onOneLine(name))), 1);
  const fixed = MARK + GAP + STATE + GAP + TIME;
  const least = Math.min(longest, 12);
  if (width < fixed + least)
    return { name: Math.max(1, width - MARK), state: 0, time: 0, reason: 0 };
  const name = Math.min(longest, Math.max(least, Math.min(width - fixed, Math.floor(width / 3))));
  const reason = width - fixed - name - GAP;
  return reason < LEAST_REASON
    ? { name: Math.min(longest, width - fixed), state: STATE, time: TIME, reason: 0 }
    : { name, state: STATE, time: TIME, reason };
}

function renderStep(step: StepProgress, nowMs: number, layout: Layout, style: Style): string {
  const { state, sinceMs, tookMs } = step;
  const color = (text: string): string =>
    COLORS[state] === undefined ? text : style[COLORS[state]](text);
  const name = padEnd(truncate(onOneLine(step.name), layout.name), layout.name);
  const mark = state === "running" ? frameAt(nowMs - (sinceMs ?? nowMs)) : MARKS[state];
  const cells = [`  ${color(mark)} ${state === "waiting" ? style.faint(name) : name}`];
  if (layout.state > 0) {
    cells.push(color(padEnd(state, layout.state)));
    const elapsed = sinceMs === undefined ? tookMs : nowMs - sinceMs;
    const time =
      elapsed === undefined
        ? ""
        : sinceMs === undefined
          ? renderDuration(elapsed)
          : renderElapsed(elapsed);
    cells.push(padStart(time, layout.time));
  }
  if (layout.reason > 0) cells.push(style.faint(truncate(onOneLine(step.reason), layout.reason)));
  return cells.join(" ".repeat(GAP)).trimEnd();
}

/** Full tenths of a second, so that a line that ticks does not change its width all the time. */
function renderElapsed(ms: number): string {
  return ms < 60_000
    ? `${(Math.floor(Math.max(0, ms) / 100) / 10).toFixed(1)} s`
    : renderDuration(ms);
}

/** As many as there is room for, in their order; with some hidden, one line is for them. */
function chooseRows(
  steps: readonly StepProgress[],
  room: number,
): { readonly shown: readonly StepProgress[]; readonly hidden: readonly StepProgress[] } {
  if (steps.length <= room) return { shown: steps, hidden: [] };
  const firstWaiting = steps.findIndex(({ state }) => state === "waiting");
  const border = firstWaiting === -1 ? steps.length : firstWaiting;
  const ranked = [...steps.entries()].sort(
    ([left, one], [right, other]) =>
      RANKS[one.state] - RANKS[other.state] || Math.abs(left - border) - Math.abs(right - border),
  );
  const kept = new Set(ranked.slice(0, room - 1).map(([at]) => at));
  return {
    shown: steps.filter((_, at) => kept.has(at)),
    hidden: steps.filter((_, at) => !kept.has(at)),
  };
}

/** `  … and 12 more: 9 unchanged, 3 waiting` */
function renderHidden(hidden: readonly StepProgress[]): string {
  const counts = STATES.map(
    (state) => [state, hidden.filter((step) => step.state === state).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${String(count)} ${state}`);
  return `  … and ${String(hidden.length)} more: ${counts.join(", ")}`;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

function frameAt(elapsedMs: number): string {
  return FRAMES[Math.floor(Math.max(0, elapsedMs) / 100) % FRAMES.length] ?? FRAMES[0];
}

const STATES: readonly StepState[] = [
  "failed",
  "running",
  "stopped",
  "done",
  "restored",
  "unchanged",
  "waiting",
];

const ENDED: ReadonlySet<StepState> = new Set(["done", "restored", "unchanged", "failed"]);

/** Which rows stay when there are too many; the lower the longer. */
const RANKS: Readonly<Record<StepState, number>> = {
  failed: 0,
  running: 1,
  stopped: 1,
  done: 2,
  restored: 2,
  unchanged: 2,
  waiting: 2,
};

const MARKS: Readonly<Record<Exclude<StepState, "running">, string>> = {
  waiting: "·",
  restored: "✓",
  unchanged: "✓",
  done: "✓",
  failed: "✗",
  stopped: "■",
};

const COLORS: Readonly<
  Record<StepState, "faint" | "good" | "bad" | "warn" | "accent" | undefined>
> = {
  waiting: "faint",
  running: "accent",
  restored: "good",
  unchanged: "faint",
  done: "good",
  failed: "bad",
  stopped: "warn",
};
