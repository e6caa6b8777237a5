/** What `mlops deploy` did, for people. */
import type { DeployResult } from "../../app/deploy-pipeline.ts";
import { renderTable } from "./table.ts";

const LABELS = {
  create: "new",
  update: "updated",
  unchanged: "unchanged",
  kept: "kept: you edited it",
  conflict: "conflict: yours stays, the new text is beside it as .new",
  remove: "removed",
} as const;

/** @param mode How much was asked for: files were written, or only shown. */
export function renderDeployment(result: DeployResult, mode: "written" | "dry-run" | "diff"): string {
  if (mode === "diff") return result.diff === "" ? "nothing would change" : result.diff;
  const title = `${result.subject ?? result.pipeline} to ${result.target}, level ${String(result.level)}, environment ${result.environment}${mode === "dry-run" ? " (nothing was written)" : ""}`;
  const gates = result.gates.map((gate) => [gate.metric, ...(gate.min === undefined ? [] : [`≥ ${String(gate.min)}`]), ...(gate.max === undefined ? [] : [`≤ ${String(gate.max)}`])].join(" "));
  const blocks = [
    title,
    renderTable(result.files.map((file) => [file.path, LABELS[file.change]])),
    [`Trains   ${result.schedule} (UTC), when pipeline or data change, and by hand`, `Gate     ${gates.length === 0 ? "none: metrics are shown only" : gates.join(", ")}`].join("\n"),
  ];
  if (mode === "written") {
    const changed = result.writes.written.length + result.writes.removed.length + result.writes.conflicts.length > 0;
    blocks.push(changed ? `Next     git add ${result.files.map((file) => file.path).join(" ")}\n         git commit, then git push: GitHub starts training on the default branch's schedule` : "Everything is as it was.");
  }
  return blocks.join("\n\n");
}
