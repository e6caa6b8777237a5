/** What speaks for a model version when somebody asks to let it into an environment: shown to the approver, kept with the request and in the lock file. */
import type { MetricValue } from "../run/schema.ts";
import type { Better, LeakageCheck, NamedMetric, Peer } from "./evaluation.ts";

/** A threshold of `deploy.gates` and what the version has there. */
export interface ThresholdCheck {
  readonly metric: string;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** `undefined` when the version has no such metric. */
  readonly value: MetricValue | undefined;
  readonly holds: boolean;
}

/** How much of the whole the certificate compared. */
export interface CertificateEvidence {
  readonly digest: string;
  readonly verdict: string;
  readonly coverage: Readonly<
    Record<string, { readonly compared: number; readonly total: number }>
  >;
  /** Values left out of the comparison, by name. */
  readonly excluded: readonly string[];
}

/** What the pipeline's own tests said, or why they were not run. */
export type TestsEvidence =
  | { readonly passed: number; readonly failed: number; readonly skipped: number }
  | { readonly because: string };

/** All of it. What is `undefined` was never asked. */
export interface ApprovalEvidence {
  /** Where the version comes from when it was not made of a run here: then all else is the word of that place. */
  readonly origin: string | undefined;
  readonly metrics: readonly NamedMetric[];
  readonly thresholds: readonly ThresholdCheck[];
  readonly baseline: Peer | undefined;
  readonly champion: Peer | undefined;
  /** Of each metric whose direction is known: which value of two is the better one. */
  readonly better: Readonly<Record<string, Better>>;
  readonly certificate: CertificateEvidence | undefined;
  readonly tests: TestsEvidence;
  readonly leakage: LeakageCheck | undefined;
}

/** Thresholds against metrics. A metric that is not there, or is no number, does not hold. */
export function checkThresholds(
  metrics: readonly NamedMetric[],
  gates: readonly {
    readonly metric: string;
    readonly min?: number | undefined;
    readonly max?: number | undefined;
  }[],
): readonly ThresholdCheck[] {
  return gates.map(({ metric, min, max }) => {
    const value = metrics.find(({ name }) => name === metric)?.value;
    const number = numberOf(value);
    const holds =
      number !== undefined &&
      (min === undefined || number >= min) &&
      (max === undefined || number <= max);
    return { metric, min, max, value, holds };
  });
}

/** `undefined` for what has no place on the number line. */
export function numberOf(value: MetricValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
