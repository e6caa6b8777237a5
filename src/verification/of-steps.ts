/** What the statements of each step did in one run of the notebook: printed text, metrics, files written. */
import type { Sha256 } from "../base/brand.ts";
import type { Observation, StatementObservation } from "../observation/schema.ts";
import { addressOf, type Plan } from "../pipeline/plan.ts";
import { namedCell, notebookOfCell } from "../pipeline/sources.ts";
import { isBefore, leadingSettings, settingsInside } from "../pipeline/step-settings.ts";
import type { LeftOut, Reference } from "./reference-schema.ts";

/** Printed text of a step's own statements, in order. */
export function textOf(plan: Plan, stepName: string, run: Observation): string {
  const byAddress = runsByAddress(run);
  const step = plan.steps.find((candidate) => candidate.name === stepName);
  return (step?.statements ?? []).map((ref) => byAddress.get(addressOf(ref))?.text ?? "").join("");
}

/** What each step's own statements recorded; the same helper may record elsewhere, too. */
export function metricsOf(plan: Plan, run: Observation): Reference["metrics"] {
  const byAddress = runsByAddress(run);
  const metrics: Reference["metrics"] = {};
  for (const step of plan.steps) {
    const own: Reference["metrics"][string] = {};
    for (const ref of step.statements)
      for (const { name, value } of byAddress.get(addressOf(ref))?.metrics ?? [])
        (own[name] ??= []).push(value);
    metrics[step.name] = own;
  }
  return metrics;
}

/** Last digest of each file that a step left inside the root; what a step makes and removes again nobody can compare. */
export function filesWritten(plan: Plan, run: Observation): Record<string, Sha256> {
  const byAddress = runsByAddress(run);
  const files: Record<string, Sha256> = {};
  for (const step of plan.steps) {
    const left = new Map<string, Sha256 | null>();
    for (const ref of step.statements) {
      for (const { path, sha256: digest } of byAddress.get(addressOf(ref))?.filesWritten ?? [])
        left.set(path, digest);
    }
    for (const [path, digest] of left) if (digest !== null) files[path] = digest;
  }
  return files;
}

/** What left-out statements printed, a text for each cell, and files that they wrote, in the order of cells. */
export function leftOutOf(plan: Plan, run: Observation): readonly LeftOut[] {
  const byAddress = runsByAddress(run);
  const texts = new Map<number, { readonly reasons: Set<string>; text: string }>();
  const files: LeftOut[] = [];
  for (const { statement, because } of plan.leftOut) {
    const { cell } = statement;
    const seen = byAddress.get(addressOf(statement));
    for (const { path, sha256: digest } of seen?.filesWritten ?? []) {
      const evidence = `${namedCell(plan, cell)} wrote ${digest ?? "it outside the folder"}`;
      files.push({ kind: "file", name: path, cell, reason: leftOutReason([because]), evidence });
    }
    if ((seen?.text ?? "") === "") continue;
    const own = texts.get(cell) ?? { reasons: new Set(), text: "" };
    own.reasons.add(because);
    own.text += seen?.text ?? "";
    texts.set(cell, own);
  }
  const printed = [...texts]
    .sort(([left], [right]) => left - right)
    .map(([cell, { reasons, text }]): LeftOut => {
      const lines = text.trimEnd().split("\n").length;
      return {
        kind: "text",
        name: namedCell(plan, cell),
        cell,
        reason: leftOutReason([...reasons]),
        evidence: `it printed ${String(lines)} ${lines === 1 ? "line" : "lines"} in the notebook`,
      };
    });
  return [...printed, ...files];
}

function leftOutReason(because: readonly string[]): string {
  return `left out of the pipeline: ${because.join(", ")}`;
}

/**
 * The settings that each step should end with: those that the last statement to change them, of all that stand above the
 * step's end in its notebook, is one that the step repeats. What exploration left behind is nobody's setting.
 */
export function settingsOf(plan: Plan, run: Observation): NonNullable<Reference["settings"]> {
  const found: NonNullable<Reference["settings"]> = {};
  for (const step of plan.steps) {
    const end = step.statements.at(-1);
    if (end === undefined) continue;
    const repeated = new Set(
      [...leadingSettings(plan), ...settingsInside(plan, step)].map(addressOf),
    );
    const own = new Map<string, string | null>();
    for (const statement of run.statements) {
      if (isBefore(end, statement)) continue;
      if (notebookOfCell(plan, statement.cell) !== notebookOfCell(plan, end.cell)) continue;
      for (const [name, value] of Object.entries(statement.settings ?? {})) {
        if (repeated.has(addressOf(statement))) own.set(name, value);
        else own.delete(name);
      }
    }
    if (own.size > 0) found[step.name] = Object.fromEntries(own);
  }
  return found;
}

function runsByAddress(run: Observation): ReadonlyMap<string, StatementObservation> {
  return new Map(run.statements.map((statement) => [addressOf(statement), statement]));
}
