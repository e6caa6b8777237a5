/** The contract of an anti-pattern: something on the production path that caps the level whatever the checks say. */
import type { Evidence } from "../evidence.ts";
import type { EvidenceItem } from "../rule.ts";

/** One finding. */
export interface AntiPatternFinding {
  readonly id: string;
  readonly title: string;
  /** Highest level allowed while it is there; `undefined` for a finding that only warns. */
  readonly cap: 0 | 1 | 2 | undefined;
  readonly reason: string;
  readonly fix: string;
  readonly evidence: readonly EvidenceItem[];
}

/** Looks at the whole repository; empty when it is clean. */
export type AntiPattern = (project: Evidence) => readonly AntiPatternFinding[];
