/**
 * A10: runs are tracked with parameters, metrics, code, data and environment. Without a registry the claim rests on the runtime that writes a manifest per step;
 * with one, the newest complete run must have all five and resolve.
 */
import { completeRuns, type PipelineEvidence, reachableModules } from "../evidence.ts";
import { type Finding, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfRun } from "./items.ts";
import { lineageGaps } from "./lineage.ts";

export const a10: Rule = {
  id: "A10",
  section: "A",
  level: 1,
  gate: 1,
  question: "Are runs tracked with parameters, metrics, code, data and environment?",
  how: ["R"],
  weight: 3,
  earn: { command: "commit the pipeline, then mlops run PIPELINE", effort: 2 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const run = completeRuns(project, pipeline)[0];
    const wired = tracksRuns(pipeline);
    if (run === undefined) return wired;
    const gaps = [
      ...lineageGaps(project, run),
      ...(run.metrics.length === 0 ? ["the run recorded no metric"] : []),
    ];
    const gap = gaps[0];
    if (gap === undefined)
      return pass(
        4,
        "the newest run has parameters, metrics, commit, data and environment, and they resolve",
        [itemOfRun(run)],
      );
    return wired.outcome === "pass"
      ? pass(3, `runs are tracked; not proven: ${gap}`, [itemOfRun(run), ...wired.evidence])
      : partial(2, gap, [itemOfRun(run)]);
  },
};

/** Whether every step, run by the package's own command, writes a manifest with parameters, metrics and digests. */
export function tracksRuns(pipeline: PipelineEvidence): Finding {
  const runtime = pipeline.modules.get("_runtime.py");
  if (runtime === undefined || !reachableModules(pipeline, "__main__.py").has("_runtime.py"))
    return fail("nothing in the package records its runs");
  const fields = ["params", "inputs", "outputs", "metrics", "filesRead", "code"];
  const missing = fields.find((field) => !new RegExp(`["']${field}["']`).test(runtime.text));
  const line = runtime.text.split("\n").findIndex((text) => text.includes("manifest.json")) + 1;
  if (line === 0 || missing !== undefined)
    return partial(1, `the runtime writes no manifest with ${missing ?? "every field"}`, [
      { text: "_runtime.py", path: runtime.path, line: 1 },
    ]);
  return pass(
    3,
    "every step writes a manifest with parameters, metrics and digests of code and data",
    [{ text: "manifest.json is written for each step", path: runtime.path, line }],
  );
}
