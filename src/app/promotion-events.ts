/** What a promotion tells while it goes on: its phases with their times, and first how often the notebook will run. */
import type { Clock } from "../ports/clock.ts";
import type { Events } from "../ports/events.ts";
import type { Files } from "../ports/files.ts";
import type { AppEvent } from "./event.ts";
import { lastRunMs } from "./observation-cache.ts";

interface PhasePorts {
  readonly clock: Clock;
  readonly events: Events<AppEvent>;
}

/** Changes what is told of a phase once it is known better. */
export type Say = (detail: string) => void;

/** Times a phase and reports it; a failing phase is reported by its error. */
export function phases(
  ports: PhasePorts,
): <T>(name: string, detail: string, work: (say: Say) => Promise<T>) => Promise<T> {
  return async (name, detail, work) => {
    const startedAtMs = ports.clock.nowMs();
    ports.events.emit({ kind: "phase-started", phase: name, detail });
    let said = detail;
    const result = await work((better) => {
      said = better;
    });
    ports.events.emit({
      kind: "phase-finished",
      phase: name,
      detail: said,
      elapsedMs: ports.clock.nowMs() - startedAtMs,
    });
    return result;
  };
}

/** What will be run, and how long that takes, before anything is. */
export async function announce(
  input: { readonly observe: boolean; readonly verify: boolean; readonly notebook: string },
  ports: PhasePorts & { readonly files: Files },
): Promise<void> {
  const say = (text: string): void => {
    ports.events.emit({ kind: "noted", text });
  };
  if (!input.observe) {
    say("Nothing is run (--no-observe): the plan comes from reading alone and stays unproven.");
    return;
  }
  const lastMs = await lastRunMs(input.notebook, ports.files);
  const took =
    lastMs === undefined ? "" : `, ${(lastMs / 1000).toFixed(1)} s a run when it last ran`;
  say(
    input.verify
      ? `Runs the notebook twice on a copy of its folder${took}, then the pipeline once.`
      : `Runs the notebook once on a copy of its folder${took}; nothing is compared (--no-verify).`,
  );
}
