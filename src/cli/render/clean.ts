/** What `mlops clean` and `mlops runs rm` say. */
import type {
  CleanReport,
  LeftoverKind,
  RunsRemoveReport,
  StateUsage,
} from "../../app/clean-schema.ts";
import { renderBytes } from "../../base/size.ts";

const LEFTOVERS: Readonly<Record<LeftoverKind, string>> = {
  scratch: "of killed commands",
  manifests: "of runs that are not on record",
  models: "copies of models that were not used for a week",
  cache: "kept results that were not used for 30 days",
  environments: "environments of --as-of that were not used for 30 days",
};

/** What went (or would), what stays and why. */
export function renderClean(report: CleanReport): string {
  const { blobs, kept, leftovers, runs, runsKept, dryRun, sizes, unknown } = report;
  const verb = dryRun ? "Would free" : "Freed";
  const lines = [
    isNothing(report)
      ? "Nothing in .mlops is without use."
      : `${verb} ${renderBytes(blobs.bytes + leftovers.reduce((sum, { bytes }) => sum + bytes, 0))}:`,
  ];
  if (blobs.count > 0)
    lines.push(
      `  ${renderBytes(blobs.bytes)}  ${count(blobs.count, "value")} that nothing refers to`,
    );
  for (const { kind, bytes, count: many } of leftovers)
    lines.push(`  ${renderBytes(bytes)}  ${String(many)} ${LEFTOVERS[kind]}`);
  lines.push(
    `${renderBytes(kept.bytes)} of values stay: models, revisions, recorded data, the last hour, and the values of ${String(runsKept)} of ${count(runs, "run")}.`,
    `${dryRun ? "Now" : "Left"} in .mlops: ${renderSizes(sizes)}.`,
  );
  if (unknown.length > 0) lines.push(`Not made by mlops, left alone: ${unknown.join(", ")}`);
  if (dryRun) lines.push("Nothing was removed.");
  return lines.join("\n");
}

/** Whether there is nothing to free. */
export function isNothing({ blobs, leftovers }: CleanReport): boolean {
  return blobs.count === 0 && leftovers.length === 0;
}

/** `store 1.2 MB, registry 64 kB` */
export function renderSizes(sizes: StateUsage["sizes"]): string {
  if (sizes.length === 0) return "nothing";
  return sizes.map(({ kind, bytes }) => `${kind} ${renderBytes(bytes)}`).join(", ");
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
