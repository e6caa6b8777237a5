/**
 * From scored checks to levels, by the rules of the rubric. A level is reached when every gate of it and below is met, every section with checks at or below it
 * has 60 % of its points, and no anti-pattern caps it. Two numbers: *claimed* rests on static evidence, *proven* asks for what each gate's methods can show.
 */
import type { AntiPatternFinding } from "./anti-patterns/anti-pattern.ts";
import type { CheckInfo, Section, Strength } from "./rule.ts";
import { type ScoredCheck, sectionShare } from "./score.ts";

/** One of the two numbers and what stands in the way of the next. */
export interface LevelResult {
  readonly level: 0 | 1 | 2 | 3;
  /** Gates of the next level and below; of level 3 when that is reached. */
  readonly gates: { readonly met: number; readonly of: number };
  /** Ids of gates of the next level and below that are not met, in the rubric's order. */
  readonly unmet: readonly string[];
  /** Sections that lack points for the next level, weakest first. */
  readonly thinSections: readonly Section[];
  /** Anti-patterns that keep it down. */
  readonly cappedBy: readonly string[];
}

/** Something to do next. */
export interface NextStep {
  readonly id: string;
  readonly question: string;
  readonly command: string;
  readonly because: string;
}

/** Each section needs this share of its points. */
export const LEAST_SHARE = 0.6;

const SECTIONS: readonly Section[] = ["A", "B", "C", "D", "E", "F", "G"];
const LEVELS = [1, 2, 3] as const;

/** The level for one of the two numbers. */
export function levelOf(
  checks: readonly ScoredCheck[],
  antiPatterns: readonly AntiPatternFinding[],
  kind: "claimed" | "proven",
): LevelResult {
  let level: 0 | 1 | 2 | 3 = 0;
  for (const candidate of LEVELS) {
    if (
      unmetGates(checks, candidate, kind).length > 0 ||
      thinSections(checks, candidate, kind).length > 0
    )
      break;
    level = candidate;
  }
  const caps = antiPatterns.filter((one) => one.cap !== undefined && one.cap < Math.max(level, 1));
  for (const { cap } of caps) if (cap !== undefined && cap < level) level = cap;
  const next = LEVELS[Math.min(level, 2)] ?? 3;
  const gates = checks.filter(({ info }) => info.gate !== undefined && info.gate <= next);
  const unmet = unmetGates(checks, next, kind);
  return {
    level,
    gates: { met: gates.length - unmet.length, of: gates.length },
    unmet: unmet.map(({ info }) => info.id),
    thinSections: thinSections(checks, next, kind),
    cappedBy: caps.filter(({ cap }) => cap !== undefined && cap < next).map(({ id }) => id),
  };
}

/** Strength that proves a gate: E5 where only execution or sabotage can, E4 where the registry or a live target can, else E3. */
export function strengthToProve(info: Pick<CheckInfo, "how">): Strength {
  if (info.how.includes("X") || info.how.includes("P")) return 5;
  return info.how.includes("R") || info.how.includes("C") ? 4 : 3;
}

/** Whether a gate is met. */
export function isMet(check: ScoredCheck, kind: "claimed" | "proven"): boolean {
  const { outcome, strength } = check.finding;
  if (outcome === "not_applicable") return true;
  return outcome === "pass" && strength >= (kind === "claimed" ? 3 : strengthToProve(check.info));
}

/** The section with the smallest share among those that count for the next level; the first of equals. */
export function weakestSection(
  checks: readonly ScoredCheck[],
  level: number,
): { readonly section: Section; readonly share: number } | undefined {
  let weakest: { readonly section: Section; readonly share: number } | undefined;
  for (const section of SECTIONS) {
    const share = sectionShare(checks, section, { level, kind: "claimed" });
    if (share !== undefined && (weakest === undefined || share < weakest.share))
      weakest = { section, share };
  }
  return weakest;
}

/** Missing gates that this version examines, cheapest first: those that keep the claimed level down, then those that are only claimed. */
export function nextSteps(checks: readonly ScoredCheck[], most: number): readonly NextStep[] {
  const examined = checks.filter(
    (check) => check.examined && check.info.gate !== undefined && check.earn !== undefined,
  );
  const missing = examined.filter((check) => !isMet(check, "claimed"));
  const unproven = examined.filter(
    (check) => isMet(check, "claimed") && !isMet(check, "proven") && check.finding.strength < 4,
  );
  const byEffort = (left: ScoredCheck, right: ScoredCheck): number =>
    (left.earn?.effort ?? 0) - (right.earn?.effort ?? 0);
  const steps = [...missing.toSorted(byEffort), ...unproven.toSorted(byEffort)].map(
    ({ info, finding, earn }) => ({
      id: info.id,
      question: info.question,
      command: earn?.command ?? "",
      because: finding.reason,
    }),
  );
  // One command may earn several gates; it is said once.
  return steps
    .filter((step, at) => steps.findIndex((other) => other.command === step.command) === at)
    .slice(0, most);
}

function unmetGates(
  checks: readonly ScoredCheck[],
  level: number,
  kind: "claimed" | "proven",
): readonly ScoredCheck[] {
  return checks.filter(
    (check) => check.info.gate !== undefined && check.info.gate <= level && !isMet(check, kind),
  );
}

function thinSections(
  checks: readonly ScoredCheck[],
  level: number,
  kind: "claimed" | "proven",
): readonly Section[] {
  return SECTIONS.flatMap((section) => {
    const share = sectionShare(checks, section, { level, kind });
    return share === undefined || share >= LEAST_SHARE ? [] : [{ section, share }];
  })
    .toSorted((left, right) => left.share - right.share)
    .map(({ section }) => section);
}
