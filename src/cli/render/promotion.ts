/** What a promotion made, for people: the graph, what crosses, parameters and metrics, the verdict, what to type next. */

import { cellRange } from "../../codegen/cell-range.ts";
import type { Plan } from "../../pipeline/plan.ts";
import type { Certificate } from "../../verification/schema.ts";
import type { PromotionResult } from "../promotion-schema.ts";
import { isUnchanged, renderEdits, renderPlannedChanges } from "./promoted-files.ts";
import { renderBytes, renderNumber, renderTable } from "./table.ts";

/** Without diagnostics, which the command's frame prints, and without a final newline. */
export function renderPromotion(result: PromotionResult, show: { readonly diff: boolean }): string {
  const { plan } = result;
  const title =
    result.revision === undefined
      ? `${result.name}: dry run, nothing was written`
      : `${result.name}:r${String(result.revision)} in ${result.folder}/${isUnchanged(result) ? " is as it was: nothing changed" : ""}`;
  const blocks = [title, renderPlan(plan)];
  const metrics = (result.certificate?.comparisons ?? []).filter(
    (comparison) => comparison.kind === "metric",
  );
  if (metrics.length > 0)
    blocks.push(
      `Metrics\n${renderTable(
        metrics.map((metric) => [
          metric.name,
          renderNumber(metric.got),
          metric.same ? "same as the notebook" : `${renderNumber(metric.expected)} in the notebook`,
        ]),
        [1],
      )}`,
    );
  const conflicts = result.changes.some((file) => (file.conflicts ?? []).length > 0);
  blocks.push(
    `Verification\n${conflicts ? "  unverified: conflicts have to be resolved first; promoting again then verifies" : renderVerdict(result.certificate, result.failure)}`,
  );
  blocks.push(
    `Serving\n  ${result.serving.ready ? "ready" : "not available"}: ${result.serving.because}`,
  );
  const edits = renderEdits(result);
  if (edits !== "") blocks.push(edits);
  if (result.diff !== undefined && !show.diff) blocks.push(renderPlannedChanges(result));
  if (result.diff === "") blocks.push("Nothing would change.");
  else if (result.diff === undefined) blocks.push(`Next\n  mlops run ${result.name}`);
  else if (show.diff) blocks.push(result.diff);
  return blocks.join("\n\n");
}

/** Steps, parameters and what was left out. */
export function renderPlan(plan: Plan): string {
  const blocks = [`Steps\n${renderSteps(plan)}`];
  if (plan.parameters.length > 0)
    blocks.push(
      `Parameters\n${renderTable(plan.parameters.map((parameter) => [parameter.name, String(parameter.value), parameter.kind]))}`,
    );
  if (plan.leftOut.length > 0) blocks.push(`Left out\n  ${leftOut(plan)}`);
  return blocks.join("\n\n");
}

/** Verdict, coverage and each difference. */
export function renderVerdict(
  certificate: Certificate | undefined,
  failure: PromotionResult["failure"],
): string {
  if (certificate === undefined)
    return "  unverified: the notebook was not run, so nothing was compared";
  const { coverage } = certificate;
  const part = (
    name: string,
    counts: { readonly compared: number; readonly total: number },
  ): string => `${name} ${String(counts.compared)}/${String(counts.total)}`;
  const lines = [
    `  ${VERDICTS[certificate.verdict]}`,
    `  compared: ${[part("values", coverage.values), part("metrics", coverage.metrics), part("files", coverage.files), part("printed text", coverage.text)].join(", ")}`,
  ];
  if (failure !== undefined)
    lines.push(
      `  step ${failure.step} failed${failure.cell === undefined ? "" : ` (cell ${String(failure.cell)}${failure.line === undefined ? "" : `, line ${String(failure.line)}`})`}: ${failure.message}`,
    );
  for (const comparison of certificate.comparisons) {
    if (!comparison.same)
      lines.push(
        `  differs: step ${comparison.step}, ${comparison.kind} ${comparison.name}: ${comparison.difference ?? "not the same"}`,
      );
  }
  for (const excluded of certificate.excluded)
    lines.push(`  excluded: ${excluded.name}: ${excluded.reason} (${excluded.evidence})`);
  return lines.join("\n");
}

const VERDICTS: Readonly<Record<Certificate["verdict"], string>> = {
  verified: "verified: the pipeline computes what the notebook computed",
  "verified-with-exclusions": "verified, except for what is listed as excluded",
  differs: "DIFFERS: the pipeline does not compute what the notebook computed",
  unverified: "unverified: nothing could be compared",
};

function renderSteps(plan: Plan): string {
  const rows = plan.steps.map((step) => {
    const made = [
      ...step.outputs.map((name) => {
        const artifact = plan.artifacts.find((candidate) => candidate.name === name);
        const size = renderBytes(artifact?.bytes);
        return size === "" ? name : `${name} (${size})`;
      }),
      ...step.writes,
    ];
    return [
      step.name,
      cellRange(step.cells),
      [step.inputs.join(", "), made.join(", ")].filter((part) => part !== "").join(" → "),
    ];
  });
  return renderTable(rows);
}

function leftOut(plan: Plan): string {
  const counts = new Map<string, number>();
  for (const { because } of plan.leftOut) counts.set(because, (counts.get(because) ?? 0) + 1);
  return [...counts]
    .map(
      ([because, count]) =>
        `${String(count)} ${count === 1 ? "statement" : "statements"}: ${because}`,
    )
    .join("\n  ");
}
