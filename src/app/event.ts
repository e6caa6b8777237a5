/**
 * What can happen while something is being done, for whoever is watching. Results are return values, never events.
 * A closed union: `cli/render/event.ts` says how each member looks, `--events` prints them as JSON lines.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { RunEvent } from "../run/event.ts";

export type AppEvent =
  /** Steps of a pipeline run. */
  | RunEvent
  /** A phase of a longer command begins; `detail` is what a person wants to know while waiting. */
  | { readonly kind: "phase-started"; readonly phase: string; readonly detail?: string }
  | {
      readonly kind: "phase-finished";
      readonly phase: string;
      readonly detail?: string;
      readonly elapsedMs?: number;
    }
  /** Progress inside the current phase. */
  | {
      readonly kind: "progressed";
      readonly done: number;
      readonly total: number;
      readonly detail?: string;
    }
  /** Bytes on their way to or from the shared store; `label` is what of them moved last. Counted anew where an attempt begins anew. */
  | {
      readonly kind: "transferred";
      readonly direction: "push" | "pull";
      readonly label: string;
      readonly doneBytes: number;
      /** Null where not every size is known beforehand. */
      readonly totalBytes: number | null;
    }
  /** The shared store is asked again after a pause. */
  | {
      readonly kind: "transfer-retried";
      readonly store: string;
      readonly attempt: number;
      readonly of: number;
      readonly because: string;
    }
  /** A finding worth showing at once instead of at the end. */
  | { readonly kind: "found"; readonly diagnostic: Diagnostic }
  /** A child process was started; shown by `--verbose` so that it can be pasted and run again. */
  | {
      readonly kind: "command-started";
      readonly command: readonly string[];
      readonly directory: string;
    }
  /** A server answers from now on. `example` is a command that can be pasted. */
  | {
      readonly kind: "listening";
      readonly url: string;
      readonly model: string;
      readonly example: string;
    }
  /** A line worth telling that belongs to no phase. */
  | { readonly kind: "noted"; readonly text: string };
