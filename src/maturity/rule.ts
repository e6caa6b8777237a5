/**
 * The contract of a check. A rule looks at evidence that was gathered before, says how it stands and how strong the evidence is, and never does I/O.
 * Weights, gates and questions are those of the rubric; the score is a fold over rules.
 */
import type { Evidence, PipelineEvidence } from "./evidence.ts";

/** Sections of the rubric. */
export type Section = "A" | "B" | "C" | "D" | "E" | "F" | "G";

/** What people read for a section. */
export const SECTION_NAMES: Readonly<Record<Section, string>> = {
  A: "Reproducible training",
  B: "Features",
  C: "Automated tests",
  D: "Automated deployment",
  E: "Monitoring",
  F: "Full automation",
  G: "Traceability",
};

/** How a check can be proven: S static, H git history, R registry, X execution, P perturbation, C query of a live target. */
export type Method = "S" | "H" | "R" | "X" | "P" | "C";

/** E0 none · E1 declared · E2 parsed and valid · E3 wired · E4 happened · E5 proven now. */
export type Strength = 0 | 1 | 2 | 3 | 4 | 5;

/** `unknown` means that the source of evidence is absent; it counts as unmet and is shown apart. */
export type CheckOutcome = "pass" | "partial" | "fail" | "not_applicable" | "unknown";

/** One line of evidence, with its place. */
export interface EvidenceItem {
  readonly text: string;
  readonly path?: string;
  /** 1-based cell of a notebook; `line` then counts within it. */
  readonly cell?: number;
  readonly line?: number;
  /** A run, revision, model version or digest in the registry. */
  readonly registry?: string;
}

/** What a rule found. */
export interface Finding {
  readonly outcome: CheckOutcome;
  readonly strength: Strength;
  /** One sentence: why it stands like this. */
  readonly reason: string;
  readonly evidence: readonly EvidenceItem[];
}

/** What everything needs to know of a check without running it. */
export interface CheckInfo {
  readonly id: string;
  readonly section: Section;
  /** The level at which its points count. */
  readonly level: 1 | 2 | 3;
  /** The level it is a gate of, `undefined` for checks that only give points. */
  readonly gate: 1 | 2 | 3 | undefined;
  readonly question: string;
  readonly how: readonly Method[];
  readonly weight: number;
}

/** A check this version examines. */
export interface Rule extends CheckInfo {
  /** What earns it, as typed or done; `effort` orders next steps, 1 is one command. */
  readonly earn: { readonly command: string; readonly effort: number };
  readonly check: (subject: Subject) => Finding;
}

/** What a rule looks at: the repository and one of its pipelines; `undefined` where there is none. */
export interface Subject {
  readonly project: Evidence;
  readonly pipeline: PipelineEvidence | undefined;
}

/** Satisfied, with evidence of at least E3; proven levels ask for more. */
export function pass(
  strength: 3 | 4 | 5,
  reason: string,
  evidence: readonly EvidenceItem[] = [],
): Finding {
  return { outcome: "pass", strength, reason, evidence };
}

/** Something real is there, but not all. */
export function partial(
  strength: 1 | 2 | 3 | 4,
  reason: string,
  evidence: readonly EvidenceItem[] = [],
): Finding {
  return { outcome: "partial", strength, reason, evidence };
}

/** Not there, or there only for show. */
export function fail(reason: string, evidence: readonly EvidenceItem[] = []): Finding {
  return { outcome: "fail", strength: 0, reason, evidence };
}

/** The source of evidence is absent. */
export function unknown(reason: string, evidence: readonly EvidenceItem[] = []): Finding {
  return { outcome: "unknown", strength: 0, reason, evidence };
}

/** What every rule answers where there is no pipeline. */
export const NO_PIPELINE: Finding = fail("there is no pipeline (no folder with a pipeline.yaml)");
