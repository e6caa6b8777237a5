/** What `mlops deploy` did, for people. */
import type { DeployReport } from "../../app/deploy-schema.ts";
import type { Style } from "../style.ts";
import { renderRows } from "./table.ts";

const LABELS: Readonly<Record<DeployReport["files"][number]["change"], string>> = {
  create: "new",
  update: "updated",
  unchanged: "unchanged",
  kept: "kept: you edited it",
  merge: "merged",
  conflict: "conflict: yours stays, the new text is beside it as .new",
  remove: "removed",
};

/** Without a final newline. A diff is nothing but the diff, so that it can be piped. */
export function renderDeployment(report: DeployReport, style: Style): string {
  if (report.mode === "diff")
    return report.diff === null || report.diff === "" ? "nothing would change" : report.diff;
  const blocks = [
    `${style.strong(report.subject ?? report.pipeline)} to ${report.target}, level ${String(report.level)}, environment ${report.environment}${report.mode === "dry-run" ? style.warn(" (nothing was written)") : ""}`,
    renderRows(
      report.files.map((file) => [file.path, LABELS[file.change]]),
      style,
    ),
    [
      `Trains   ${report.schedule} (UTC), when pipeline or data change, and by hand`,
      `Gate     ${gates(report)}`,
    ].join("\n"),
  ];
  if (report.mode === "written") blocks.push(next(report, style));
  return blocks.join("\n\n");
}

function gates(report: DeployReport): string {
  if (report.gates.length === 0) return "none: metrics are shown only";
  return report.gates
    .map((gate) =>
      [
        gate.metric,
        ...(gate.min === undefined ? [] : [`≥ ${String(gate.min)}`]),
        ...(gate.max === undefined ? [] : [`≤ ${String(gate.max)}`]),
      ].join(" "),
    )
    .join(", ");
}

function next(report: DeployReport, style: Style): string {
  const changed = report.files.filter(
    (file) => file.change === "create" || file.change === "update" || file.change === "remove",
  );
  if (changed.length === 0)
    return report.conflicts.length === 0
      ? "Everything is as it was."
      : "Compare your files with the .new ones beside them.";
  return `Next     ${style.accent(`git add ${changed.map((file) => file.path).join(" ")}`)}\n         commit and push: GitHub runs schedules of the default branch`;
}
