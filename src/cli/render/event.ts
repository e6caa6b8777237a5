/** How what happens looks while it happens, one line each. */
import type { AppEvent } from "../../app/event.ts";
import { shellWord } from "../../base/shell-word.ts";
import { renderBytes } from "../../base/size.ts";
import type { Style } from "../style.ts";
import { renderDiagnostic } from "./diagnostic.ts";
import { renderDuration } from "./table.ts";

/** The line of an event; `undefined` when it has none at this level of detail. */
export function renderEvent(event: AppEvent, style: Style, verbose: boolean): string | undefined {
  switch (event.kind) {
    case "phase-started":
      return `${style.faint("…")} ${event.phase}${detailText(event.detail, style)}`;
    case "phase-finished":
      return `${style.good("✓")} ${event.phase}${detailText(event.detail, style)}${timeText(event.elapsedMs, style)}`;
    case "progressed":
      return verbose ? style.faint(`  ${progressText(event)}`) : undefined;
    case "transferred":
      return verbose ? style.faint(`  ${transferText(event)}`) : undefined;
    case "transfer-retried":
      return `${style.warn("↻")} ${event.store} ${style.faint(`attempt ${String(event.attempt)} of ${String(event.of)}, after: ${event.because}`)}`;
    case "found":
      return renderDiagnostic(event.diagnostic, style);
    case "command-started":
      return verbose
        ? style.faint(`$ ${renderCommand(event.command, event.directory)}`)
        : undefined;
    case "listening":
      return `${style.good("✓")} ${event.model} answers at ${event.url}\n\n${event.example}\n`;
    case "noted":
      return event.text;
    case "run-started":
    case "run-finished":
      // The result says it better.
      return undefined;
    case "step-decided":
      return event.decision === "execute" || verbose
        ? `${style.faint("…")} ${event.step} ${style.faint(event.because)}`
        : undefined;
    case "step-text":
      return verbose ? style.faint(event.text.trimEnd()) : undefined;
    case "step-retried":
      return `${style.warn("↻")} ${event.step} ${style.faint(`attempt ${String(event.attempt)} of ${String(event.of)}, after: ${event.because.split("\n")[0] ?? ""}`)}`;
    case "step-set-back":
      return `${style.warn("↻")} ${event.step} ${style.faint(event.because)}`;
    case "step-finished":
      return event.decision === "execute" || verbose
        ? `${style.good("✓")} ${event.step}${timeText(event.wallMs, style)}`
        : undefined;
    case "step-failed":
      return `${style.bad("✗")} ${event.step}`;
  }
}

/** `3/12 train` */
export function progressText(event: Extract<AppEvent, { kind: "progressed" }>): string {
  const count = `${String(event.done)}/${String(event.total)}`;
  return event.detail === undefined ? count : `${count} ${event.detail}`;
}

/** `3.0 MB of 12 MB data/churn.csv` */
export function transferText(event: Extract<AppEvent, { kind: "transferred" }>): string {
  const { doneBytes, totalBytes, label } = event;
  const all = totalBytes === null ? "" : ` of ${renderBytes(totalBytes)}`;
  return `${renderBytes(doneBytes)}${all} ${label}`;
}

/** A command that a POSIX shell understands, so that it can be pasted. */
export function renderCommand(command: readonly string[], directory: string): string {
  return `(cd ${shellWord(directory)} && ${command.map(shellWord).join(" ")})`;
}

function detailText(detail: string | undefined, style: Style): string {
  return detail === undefined ? "" : ` ${style.faint(detail)}`;
}

function timeText(elapsedMs: number | undefined, style: Style): string {
  return elapsedMs === undefined ? "" : ` ${style.faint(`(${renderDuration(elapsedMs)})`)}`;
}
