/** Asks a shared store again after what may mend itself: not for ever, and longer apart each time. */
import { TransientError } from "../base/errors.ts";
import type { Timer } from "../ports/clock.ts";

/** In a row, and without the bytes below between them. */
const MOST_ATTEMPTS = 6;

/** A transfer that breaks again and again and still gets on is not hopeless. */
const PROGRESS_BYTES = 1 << 20;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

export interface RetriedWork<T> {
  readonly work: () => Promise<T>;
  /** Bytes moved so far, over all attempts. */
  readonly movedBytes: () => number;
  /** Told before waiting. */
  readonly retrying: (failure: TransientError, attempt: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** @throws The last failure; at once what asking again cannot mend; what the signal says when it is aborted. */
export async function retryTransfer<T>(retried: RetriedWork<T>, timer: Timer): Promise<T> {
  let attempt = 1;
  let movedBefore = retried.movedBytes();
  for (;;) {
    retried.signal.throwIfAborted();
    try {
      return await retried.work();
    } catch (error) {
      retried.signal.throwIfAborted();
      if (!(error instanceof TransientError)) throw error;
      if (retried.movedBytes() - movedBefore >= PROGRESS_BYTES) attempt = 1;
      if (attempt >= MOST_ATTEMPTS) throw error;
      movedBefore = retried.movedBytes();
      attempt += 1;
      retried.retrying(error, attempt, MOST_ATTEMPTS);
      await timer.sleep(waitMs(attempt, error.retryAfterMs), retried.signal);
    }
  }
}

/** Twice as long each time, and never shorter than the server asked for, up to a minute. */
function waitMs(attempt: number, asked: number | undefined): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS * 2 ** (attempt - 2), asked ?? 0));
}
