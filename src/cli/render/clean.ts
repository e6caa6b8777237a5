/** What `mlops clean` and `mlops runs rm` say. */
import type { CleanReport, RunsRemoveReport } from "../../app/clean-schema.ts";
import { renderBytes } from "./table.ts";

/** What went (or would), what stays and why. */
export function renderClean(report: CleanReport): string {
  const { blobs, kept, scratch, runs, runsKept, dryRun } = report;
  const verb = dryRun ? "Would free" : "Freed";
  const lines = [
    blobs.count === 0
      ? "Nothing in the store is without use."
      : `${verb} ${renderBytes(blobs.bytes)}: ${count(blobs.count, "value")} that nothing refers to.`,
  ];
  if (scratch > 0)
    lines.push(
      `${dryRun ? "Would remove" : "Removed"} ${count(scratch, "folder")} of killed commands.`,
    );
  lines.push(
    `${renderBytes(kept.bytes)} stay: models, revisions, recorded data, the last hour, and the values of ${String(runsKept)} of ${count(runs, "run")}.`,
  );
  if (dryRun) lines.push("Nothing was removed.");
  return lines.join("\n");
}

/** One line a run. */
export function renderRunsRemoved({ runs, dryRun }: RunsRemoveReport): string {
  const verb = dryRun ? "would be forgotten" : "forgotten";
  const lines = runs.map(
    ({ id, pipeline, startedAt }) => `${id.slice(0, 8)}  ${pipeline}  ${startedAt}  ${verb}`,
  );
  return dryRun ? lines.join("\n") : [...lines, "Their values go with: mlops clean"].join("\n");
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? "" : "s"}`;
}
