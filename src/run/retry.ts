/** Whether a step that did not finish is started again. */

/** How a step ended without a result. */
export interface FailedAttempt {
  readonly how:
    | "raised"
    /** Its process ended, or was ended because its time was over. */
    | "lost"
    /** It could not even start, or its result could not be stored: the next time would be the same. */
    | "refused";
  /** Files that it had written when it ended. */
  readonly wrote: "nothing" | "whole-files" | "something" | "unknown";
}

/** The reason is for people, after `it is not tried again: `. */
export type RetryDecision =
  | { readonly kind: "retry" }
  | { readonly kind: "stop"; readonly because: string | undefined };

/**
 * A step may be started again when the first attempt left nothing behind that the second would see. The store needs no
 * thought: nothing is in it before the step has returned. Files do: one that was made or emptied by the step itself and
 * not read (`whole-files`) is written again from its beginning, so that the second attempt makes what the first would
 * have; one that was appended to, or changed by a library that Python cannot watch, would hold the first attempt's half.
 * What a step sent over a network is not known here: `--retries` is the user's word that it may be sent twice.
 *
 * @param attempts How often it was started, at least 1.
 * @param retries How often it may be started again; 0 says nothing about why not.
 */
export function decideRetry(
  failed: FailedAttempt,
  attempts: number,
  retries: number,
): RetryDecision {
  if (retries === 0) return { kind: "stop", because: undefined };
  if (attempts > retries)
    return { kind: "stop", because: `it was started ${String(attempts)} times` };
  if (failed.how === "refused") return { kind: "stop", because: "the next time would be the same" };
  switch (failed.wrote) {
    case "nothing":
    case "whole-files":
      return { kind: "retry" };
    case "something":
      return {
        kind: "stop",
        because: "it had changed files that it also reads or that others made",
      };
    case "unknown":
      return { kind: "stop", because: "nobody knows which files it had written" };
  }
}
