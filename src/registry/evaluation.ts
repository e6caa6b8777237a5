/**
 * What a model version was measured against when it was registered, on the same rows and by the pipeline's own metrics:
 * a constant predictor and the champion of the time. Immutable evidence; it says nothing of later champions.
 */
import type { MetricValue } from "../run/schema.ts";

/** Whether the greater or the lesser of two values of a metric is the better one. */
export type Better = "greater" | "less";

/** A number under its name. */
export interface NamedMetric {
  readonly name: string;
  readonly value: MetricValue;
}

/** Another predictor on the same rows, or why it could not be measured there. */
export type Peer =
  | {
      /** What it is, in words or as `churn@v2`. */
      readonly of: string;
      readonly metrics: readonly NamedMetric[];
      /** What makes the numbers better or worse than they should be, as rows that it was trained on. */
      readonly caveat?: string;
    }
  | { readonly of: string; readonly because: string };

/** What was looked for in the rows and matrices of training, each finding one sentence; or why nothing could be looked at. */
export type LeakageCheck =
  | { readonly checked: readonly string[]; readonly findings: readonly string[] }
  | { readonly because: string };

/** Evidence that belongs to a version. */
export interface Evaluation {
  /** A predictor that gives every row the same answer. */
  readonly baseline: Peer;
  /** `undefined` when no version was champion. */
  readonly champion: Peer | undefined;
  readonly leakage: LeakageCheck;
  /** Of each metric whose direction is known: which value of two is the better one. */
  readonly better: Readonly<Record<string, Better>>;
}
