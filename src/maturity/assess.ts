/** Evidence → assessment: every rule on every pipeline, the weakest finding of each, then points and levels. A fold over rules; no rule is known here. */
import { notebookPaths } from "../pipeline/sources.ts";
import { m01 } from "./anti-patterns/m01-monolith.ts";
import { v01 } from "./anti-patterns/v01-unpinned.ts";
import type { Evidence } from "./evidence.ts";
import { type LevelResult, levelOf, nextSteps, strengthToProve, weakestSection } from "./levels.ts";
import {
  type CheckOutcome,
  type Finding,
  type Rule,
  SECTION_NAMES,
  type Section,
  unknown,
} from "./rule.ts";
import { rules } from "./rules/index.ts";
import { NOT_EXAMINED, unexaminedChecks } from "./rules/unexamined.ts";
import type { AssessedCheck, Assessment } from "./schema.ts";
import { pointsOf, type ScoredCheck, sectionShare } from "./score.ts";

/** What no repository and no registry can show. */
const NOT_CHECKABLE: readonly string[] = [
  "team structure and who acts on alerts",
  "whether offline metrics go with business results",
  "fairness, inclusion and privacy law",
  "settings that live outside the repository: required reviews, cloud permissions",
];

const SECTION_ORDER: readonly Section[] = ["A", "B", "C", "D", "E", "F", "G"];

/** Assesses a repository. Pure: the same evidence gives the same document. */
export function assess(project: Evidence): Assessment {
  const checks = inRubricOrder([
    ...rules.map((rule) => scoreRule(rule, project)),
    ...unexaminedChecks.map(
      (info): ScoredCheck => ({
        info,
        finding: unknown(NOT_EXAMINED),
        examined: false,
        points: 0,
        pipeline: undefined,
        earn: undefined,
      }),
    ),
  ]);
  const antiPatterns = [...v01(project), ...m01(project)];
  const claimed = levelOf(checks, antiPatterns, "claimed");
  const proven = levelOf(checks, antiPatterns, "proven");
  const next = Math.min(3, claimed.level + 1);
  const weakest = weakestSection(checks, next);
  return {
    version: 1,
    claimed: describeLevel(claimed),
    proven: describeLevel(proven),
    sections: SECTION_ORDER.map((id) => describeSection(id, checks)),
    weakest:
      weakest === undefined
        ? null
        : {
            id: weakest.section,
            name: SECTION_NAMES[weakest.section],
            claimed: round(weakest.share),
          },
    checks: checks.map(describeCheck),
    "anti-patterns": antiPatterns.map((one) => ({
      id: one.id,
      title: one.title,
      cap: one.cap ?? null,
      reason: one.reason,
      fix: withNames(one.fix, project),
      evidence: [...one.evidence],
    })),
    "next-steps": nextSteps(checks, 3).map((step) => ({
      ...step,
      command: withNames(step.command, project),
    })),
    notes: [...notesOf(project, checks)],
    "not-checkable": [...NOT_CHECKABLE],
  };
}

const RANK: Readonly<Record<CheckOutcome, number>> = {
  fail: 0,
  unknown: 1,
  partial: 2,
  pass: 3,
  not_applicable: 4,
};

/** A repository is as mature as its weakest pipeline. */
function scoreRule(rule: Rule, project: Evidence): ScoredCheck {
  const { check, earn, ...info } = rule;
  let worst: { readonly finding: Finding; readonly pipeline: string | undefined } | undefined;
  for (const pipeline of project.pipelines.length === 0 ? [undefined] : project.pipelines) {
    const finding = check({ project, pipeline });
    if (worst === undefined || compare(finding, worst.finding) < 0)
      worst = { finding, pipeline: pipeline?.name };
  }
  const finding = worst?.finding ?? unknown("nothing was examined");
  return {
    info,
    finding,
    examined: true,
    points: round(pointsOf(info.weight, finding.strength)),
    pipeline: worst?.pipeline,
    earn,
  };
}

function compare(left: Finding, right: Finding): number {
  return RANK[left.outcome] - RANK[right.outcome] || left.strength - right.strength;
}

function inRubricOrder(checks: readonly ScoredCheck[]): readonly ScoredCheck[] {
  const place = ({ info }: ScoredCheck): number =>
    SECTION_ORDER.indexOf(info.section) * 100 + Number(info.id.slice(1));
  return checks.toSorted((left, right) => place(left) - place(right));
}

function describeLevel(result: LevelResult): Assessment["claimed"] {
  return {
    level: result.level,
    gates: { ...result.gates },
    unmet: [...result.unmet],
    "thin-sections": [...result.thinSections],
    "capped-by": [...result.cappedBy],
  };
}

function describeSection(
  id: Section,
  checks: readonly ScoredCheck[],
): Assessment["sections"][number] {
  const counted = checks.filter(
    ({ info, finding }) => info.section === id && finding.outcome !== "not_applicable",
  );
  return {
    id,
    name: SECTION_NAMES[id],
    claimed: round(sectionShare(checks, id, { level: 3, kind: "claimed" }) ?? 0),
    proven: round(sectionShare(checks, id, { level: 3, kind: "proven" }) ?? 0),
    points: round(counted.map(({ points }) => points).reduce((left, right) => left + right, 0)),
    of: counted.map(({ info }) => info.weight).reduce((left, right) => left + right, 0),
    examined: counted.some(({ examined }) => examined),
  };
}

function describeCheck({
  info,
  finding,
  examined,
  points,
  pipeline,
  earn,
}: ScoredCheck): AssessedCheck {
  const toProve = strengthToProve(info);
  return {
    id: info.id,
    section: info.section,
    level: info.level,
    gate: info.gate ?? null,
    question: info.question,
    how: [...info.how],
    outcome: finding.outcome,
    strength: finding.strength,
    "strength-to-prove": toProve === 5 ? 5 : toProve === 4 ? 4 : 3,
    weight: info.weight,
    points,
    examined,
    pipeline: pipeline ?? null,
    reason: finding.reason,
    evidence: [...finding.evidence],
    remediation: finding.outcome === "pass" ? null : (earn?.command ?? null),
  };
}

function notesOf(project: Evidence, checks: readonly ScoredCheck[]): readonly string[] {
  const notes: string[] = [];
  const executed = checks
    .filter(({ info, examined }) => examined && info.gate === 1 && strengthToProve(info) === 5)
    .map(({ info }) => info.id);
  notes.push(
    `Gates ${executed.join(", ")} can only be proven by executing the pipeline, which this version of assess does not do: the proven level stays 0.`,
  );
  notes.push(
    "Sections C, D, E and F are not examined by this version; their checks count as unmet.",
  );
  if (project.registry === undefined)
    notes.push("No registry was found: nothing that happened could be looked up.");
  const others = project.otherPipelines;
  if (others.length > 0)
    notes.push(
      `Pipelines of other tools are not examined by this version: ${others.slice(0, 5).join(", ")}.`,
    );
  return notes;
}

/** Commands as they can be typed here: with the notebook and the pipeline that are there. */
function withNames(command: string, project: Evidence): string {
  const file = project.pipelines[0]?.file;
  const notebook = file === undefined ? project.notebooks[0]?.path : notebookPaths(file).join(" ");
  const pipeline =
    project.pipelines[0]?.name ??
    notebook
      ?.split("/")
      .at(-1)
      ?.replace(/\.ipynb$/, "");
  return command
    .replaceAll("NOTEBOOK.ipynb", notebook ?? "NOTEBOOK.ipynb")
    .replaceAll("PIPELINE", pipeline ?? "PIPELINE");
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
