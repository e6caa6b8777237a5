/** Adds up the bytes of a transfer and tells of them now and then. */
import type { Events } from "../ports/events.ts";
import type { AppEvent } from "./event.ts";

/** Of one blob. */
export interface BlobMeter {
  /** @param how Whether they moved now, or an earlier attempt had moved them. */
  readonly add: (bytes: number, how: "now" | "earlier") => void;
  /** A new attempt: it counts again what is there. */
  readonly restart: () => void;
  /** Those that moved now, of all attempts together; never shrinks. */
  readonly ever: () => number;
  readonly end: () => void;
}

export interface TransferMeter {
  readonly begin: (label: string) => BlobMeter;
}

/** More often than this nobody can read it. */
const LEAST_STEP_BYTES = 1 << 20;
const MOST_EVENTS = 200;

export function transferMeter(
  direction: "push" | "pull",
  blobs: readonly { readonly bytes?: number }[],
  events: Events<AppEvent>,
): TransferMeter {
  // A total that leaves some out would be a promise that is not kept.
  let total: number | undefined = 0;
  for (const { bytes } of blobs)
    total = total === undefined || bytes === undefined ? undefined : total + bytes;
  const step = Math.max(LEAST_STEP_BYTES, (total ?? 0) / MOST_EVENTS);
  let done = 0;
  let told = 0;

  const tell = (label: string): void => {
    told = done;
    events.emit({
      kind: "transferred",
      direction,
      label,
      doneBytes: done,
      totalBytes: total ?? null,
    });
  };

  return {
    begin: (label) => {
      let mine = 0;
      let ever = 0;
      return {
        add: (bytes, how) => {
          mine += bytes;
          if (how === "now") ever += bytes;
          done += bytes;
          if (Math.abs(done - told) >= step) tell(label);
        },
        restart: () => {
          done -= mine;
          mine = 0;
        },
        ever: () => ever,
        end: () => tell(label),
      };
    },
  };
}
