/** Points: each check earns its weight times how strong its evidence is. A section's share is what it earned of what it could. */
import type { CheckInfo, Finding, Section, Strength } from "./rule.ts";

/** A check with what was found. */
export interface ScoredCheck {
  readonly info: CheckInfo;
  readonly finding: Finding;
  /** false for checks that this version only lists. */
  readonly examined: boolean;
  readonly points: number;
  /** Pipeline the finding is about; `undefined` when there is none. */
  readonly pipeline: string | undefined;
  readonly earn: { readonly command: string; readonly effort: number } | undefined;
}

/** E0 to E5. */
const FACTOR: readonly number[] = [0, 0.1, 0.3, 0.5, 0.8, 1];

/** Static evidence ends at E3, which is half of the weight. */
const STATIC: Strength = 3;

/** Points of one check. */
export function pointsOf(weight: number, strength: Strength): number {
  return weight * (FACTOR[strength] ?? 0);
}

/** Share 0…1 that a section earned at or below a level, of the full weight (`proven`) or of what is attainable statically (`claimed`); `undefined` when it has no such checks. */
export function sectionShare(
  checks: readonly ScoredCheck[],
  section: Section,
  scope: { readonly level: number; readonly kind: "claimed" | "proven" },
): number | undefined {
  const counted = checks.filter(
    ({ info, finding }) =>
      info.section === section && info.level <= scope.level && finding.outcome !== "not_applicable",
  );
  const weight = counted.map(({ info }) => info.weight).reduce((left, right) => left + right, 0);
  if (weight === 0) return undefined;
  let earned = 0;
  for (const { info, finding } of counted) {
    const strength =
      scope.kind === "claimed" && finding.strength > STATIC ? STATIC : finding.strength;
    earned += pointsOf(info.weight, strength);
  }
  const attainable = scope.kind === "claimed" ? pointsOf(weight, STATIC) : weight;
  return earned / attainable;
}
