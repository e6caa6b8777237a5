/** All that can happen in a run, in the order it is reported. */
import type { Decision } from "./decide.ts";
import type { MetricValue } from "./schema.ts";

export type RunEvent =
  | {
      readonly kind: "run-started";
      readonly runId: string;
      readonly pipeline: string;
      readonly steps: readonly string[];
    }
  | {
      readonly kind: "step-decided";
      readonly step: string;
      readonly decision: Decision["kind"];
      readonly because: string;
    }
  | {
      readonly kind: "step-text";
      readonly step: string;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    }
  /** It did not finish and is started again. */
  | {
      readonly kind: "step-retried";
      readonly step: string;
      /** Which attempt comes now, from 2. */
      readonly attempt: number;
      readonly of: number;
      readonly because: string;
    }
  /** What it made is dropped, and it waits to run once more. */
  | { readonly kind: "step-set-back"; readonly step: string; readonly because: string }
  | {
      readonly kind: "step-finished";
      readonly step: string;
      readonly decision: Decision["kind"];
      readonly wallMs: number;
      readonly metrics: readonly { readonly name: string; readonly value: MetricValue }[];
      readonly outputs: readonly { readonly name: string; readonly bytes: number }[];
    }
  | {
      readonly kind: "step-failed";
      readonly step: string;
      readonly message: string;
      readonly cell: number | undefined;
      readonly line: number | undefined;
    }
  | {
      readonly kind: "run-finished";
      readonly status: "succeeded" | "failed" | "interrupted";
      readonly wallMs: number;
    };
