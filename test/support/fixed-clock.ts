import type { Clock } from "../../src/ports/clock.ts";

/** A clock that stands still until it is moved. */
export interface FixedClock extends Clock {
  readonly advance: (milliseconds: number) => void;
}

/** @param startMs Milliseconds since 1970; any number will do. */
export function fixedClock(startMs = 0): FixedClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
  };
}
