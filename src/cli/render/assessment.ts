/** The assessment for people: two numbers, a bar per section, each check with one line of evidence, what to do next. */
import type { AssessedCheck, Assessment } from "../../maturity/schema.ts";
import type { Style } from "../style.ts";

const WIDTH = 24;
const MARK: Readonly<Record<AssessedCheck["outcome"], string>> = {
  pass: "✓",
  partial: "◐",
  fail: "✗",
  unknown: "?",
  not_applicable: "–",
};
const LEVEL_NAMES = [
  "manual",
  "automated training",
  "automated deployment",
  "full automation",
] as const;

/** Plain text; every line fits a terminal of 120 columns unless a path or command is longer. */
export function renderAssessment(assessment: Assessment, style: Style): string {
  const blocks = [
    headline(assessment, style),
    sections(assessment, style),
    ...antiPatterns(assessment, style),
    ...checks(assessment, style),
    unexamined(assessment),
    ...nextSteps(assessment, style),
    style.faint(notes(assessment)),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** The same as Markdown, for a comment or a job page. */
export function renderAssessmentMarkdown(assessment: Assessment): string {
  const lines = [
    `## Maturity: claimed level ${String(assessment.claimed.level)}, proven level ${String(assessment.proven.level)}`,
    "",
    `Claimed: ${gatesText(assessment.claimed)}. Proven: ${gatesText(assessment.proven)}.${weakestText(assessment)}`,
    "",
    "| Section | Claimed | Proven | Points |",
    "| --- | ---: | ---: | ---: |",
    ...assessment.sections.map(
      (one) =>
        `| ${one.id} ${one.name}${one.examined ? "" : " (not examined)"} | ${percent(one.claimed)} | ${percent(one.proven)} | ${String(one.points)} / ${String(one.of)} |`,
    ),
    "",
    ...(assessment["anti-patterns"].length === 0
      ? []
      : [
          "### Anti-patterns",
          "",
          ...assessment["anti-patterns"].map(
            (one) =>
              `- **${one.id} ${one.title}**${one.cap === null ? "" : ` (caps the level at ${String(one.cap)})`}: ${cell(one.reason)}. ${cell(one.fix)}`,
          ),
          "",
        ]),
    ...(assessment["next-steps"].length === 0
      ? []
      : [
          "### Next",
          "",
          ...assessment["next-steps"].map(
            (one) => `1. **${one.id}** ${cell(one.because)}: ${cell(one.command)}`,
          ),
          "",
        ]),
    "### Checks",
    "",
    "| | Check | Evidence | Why |",
    "| --- | --- | --- | --- |",
    ...assessment.checks
      .filter((one) => one.examined)
      .map(
        (one) =>
          `| ${MARK[one.outcome]} | ${one.id}${one.gate === null ? "" : " ★"} ${cell(one.question)} | E${String(one.strength)} ${cell(evidenceText(one))} | ${cell(one.reason)} |`,
      ),
    "",
    ...assessment.notes.map((one) => `- ${one}`),
  ];
  return lines.join("\n");
}

function headline(assessment: Assessment, style: Style): string {
  const line = (name: string, result: Assessment["claimed"]): string =>
    `${name.padEnd(8)} ${style.strong(`level ${String(result.level)}`)}  ${LEVEL_NAMES[result.level].padEnd(20)}  ${gatesText(result)}`;
  const lines = [line("Claimed", assessment.claimed), line("Proven", assessment.proven)];
  const { weakest } = assessment;
  if (weakest !== null) {
    lines.push(
      `Weakest  ${weakest.id} ${weakest.name}, ${percent(weakest.claimed)} of what static evidence can show`,
    );
  }
  return lines.join("\n");
}

function gatesText(result: Assessment["claimed"]): string {
  const next = Math.min(3, result.level + 1);
  const capped =
    result["capped-by"].length === 0 ? "" : `, capped by ${result["capped-by"].join(", ")}`;
  return `${String(result.gates.met)} of ${String(result.gates.of)} gates of level ${String(next)}${capped}`;
}

function weakestText(assessment: Assessment): string {
  return assessment.weakest === null
    ? ""
    : ` Weakest section: ${assessment.weakest.id} ${assessment.weakest.name}.`;
}

function sections(assessment: Assessment, style: Style): string {
  const wide = Math.max(...assessment.sections.map((one) => one.name.length));
  return assessment.sections
    .map((one) => {
      const title = `${one.id} ${one.name.padEnd(wide)}`;
      if (!one.examined) return style.faint(`${title}  ${"·".repeat(WIDTH)}  not examined`);
      const paint = one.claimed >= 0.6 ? style.good : one.claimed >= 0.3 ? style.warn : style.bad;
      return `${title}  ${paint(bar(one.claimed))}  ${percent(one.claimed).padStart(5)} claimed  ${percent(one.proven).padStart(5)} proven`;
    })
    .join("\n");
}

function bar(share: number): string {
  const filled = Math.round(share * WIDTH);
  return "█".repeat(filled) + "░".repeat(WIDTH - filled);
}

function antiPatterns(assessment: Assessment, style: Style): readonly string[] {
  return assessment["anti-patterns"].map((one) => {
    const item = one.evidence[0];
    const place = item === undefined ? "" : `  ${style.faint(placeText(item))}`;
    const cap = one.cap === null ? "" : `: caps the level at ${String(one.cap)}`;
    return [
      style.bad(`! ${one.id} ${one.title}${cap}`),
      `  ${one.reason}${place}`,
      `  → ${one.fix}`,
    ].join("\n");
  });
}

/** Checks that this version examines, by section; a gate has a star. */
function checks(assessment: Assessment, style: Style): readonly string[] {
  return assessment.sections
    .filter((section) => section.examined)
    .map((section) => {
      const own = assessment.checks.filter((one) => one.section === section.id && one.examined);
      return [
        style.strong(`${section.id} ${section.name}`),
        ...groups(own).flatMap((group) => checkLines(group, style)),
      ].join("\n");
    });
}

/** Neighbors that say exactly the same without evidence are one line. */
function groups(
  neighbors: readonly AssessedCheck[],
): readonly (readonly [AssessedCheck, ...AssessedCheck[]])[] {
  const found: [AssessedCheck, ...AssessedCheck[]][] = [];
  for (const check of neighbors) {
    const last = found.at(-1);
    if (
      last !== undefined &&
      check.evidence.length === 0 &&
      last[0].evidence.length === 0 &&
      last[0].reason === check.reason &&
      last[0].outcome === check.outcome
    )
      last.push(check);
    else found.push([check]);
  }
  return found;
}

function checkLines(
  group: readonly [AssessedCheck, ...AssessedCheck[]],
  style: Style,
): readonly string[] {
  const [check] = group;
  const mark = paintOf(check, style)(MARK[check.outcome]);
  if (group.length > 1)
    return [`  ${mark} ${group.map(idOf).join(" ")}`, `             ${check.reason}`];
  const head = `  ${mark} ${idOf(check).padEnd(4)} E${String(check.strength)}  ${check.reason}`;
  const text = evidenceText(check);
  return text === "" ? [head] : [head, style.faint(`             ${text}`)];
}

function idOf(check: AssessedCheck): string {
  return `${check.id}${check.gate === null ? "" : "★"}`;
}

function paintOf(check: AssessedCheck, style: Style): (text: string) => string {
  if (check.outcome === "pass") return style.good;
  return check.outcome === "partial"
    ? style.warn
    : check.outcome === "fail"
      ? style.bad
      : style.faint;
}

function evidenceText(check: AssessedCheck): string {
  const item = check.evidence[0];
  if (item === undefined) return "";
  const place = placeText(item);
  return place === "" ? item.text : `${place}  ${item.text}`;
}

function placeText(item: AssessedCheck["evidence"][number]): string {
  if (item.path !== undefined && item.cell !== undefined) {
    return `${item.path}, cell ${String(item.cell)}${item.line === undefined ? "" : `, line ${String(item.line)}`}`;
  }
  if (item.path !== undefined)
    return item.line === undefined ? item.path : `${item.path}:${String(item.line)}`;
  if (item.registry === undefined) return "";
  return `registry ${/^[0-9a-f]{32}$/.test(item.registry) ? item.registry.slice(0, 8) : item.registry}`;
}

function unexamined(assessment: Assessment): string {
  const ids = assessment.checks.filter((one) => !one.examined).map((one) => one.id);
  return ids.length === 0
    ? ""
    : `? ${ids[0] ?? ""} to ${ids.at(-1) ?? ""} (${String(ids.length)} checks): not examined by this version, counted as unmet`;
}

function nextSteps(assessment: Assessment, style: Style): readonly string[] {
  const steps = assessment["next-steps"];
  if (steps.length === 0) return [];
  const lines = steps.flatMap((one, at) => [
    `  ${String(at + 1)}. ${one.id}  ${one.because}`,
    `     → ${style.accent(one.command)}`,
  ]);
  return [[style.strong("Next"), ...lines].join("\n")];
}

function notes(assessment: Assessment): string {
  return assessment.notes.map((one) => `note: ${one}`).join("\n");
}

function percent(share: number): string {
  return `${String(Math.floor(share * 100))} %`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
