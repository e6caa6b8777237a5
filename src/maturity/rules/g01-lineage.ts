/** G1: from any model version back to commit, data, environment, pipeline run and parameters, and each id resolves. */
import { completeRuns, modelsOf } from "../evidence.ts";
import { NO_PIPELINE, partial, pass, type Rule, unknown } from "../rule.ts";
import { tracksRuns } from "./a10-tracked.ts";
import { describeMissingRegistry, itemOfModel, itemOfRun } from "./items.ts";
import { brokenFiles, lineageGaps } from "./lineage.ts";

export const g01: Rule = {
  id: "G1",
  section: "G",
  level: 1,
  gate: 1,
  question: "From any model version: commit, data, environment, pipeline run, parameters?",
  how: ["R"],
  weight: 5,
  earn: { command: "commit the pipeline, then mlops run PIPELINE", effort: 2 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const wired = tracksRuns(pipeline);
    const models = modelsOf(project, pipeline);
    const [newest] = models;
    if (newest === undefined) {
      if (wired.outcome === "pass" && pipeline.file?.serve !== undefined)
        return pass(
          3,
          "the runtime records what a model version needs to be traced; not proven: no version is registered",
          wired.evidence,
        );
      return unknown(describeMissingRegistry(project) ?? "no model version is registered");
    }
    for (const model of models) {
      const run = (project.registry?.runs ?? []).find((one) => one.id === model.runId);
      if (run === undefined)
        return partial(2, `the run of ${model.model}@v${String(model.version)} is not on record`, [
          itemOfModel(model),
        ]);
      const gap =
        lineageGaps(project, run)[0] ??
        (completeRuns(project, pipeline).some((one) => one.id === run.id)
          ? undefined
          : "its run is not complete") ??
        brokenFiles(project, model)?.[0] ??
        revisionGap(project, model);
      if (gap === undefined) continue;
      return wired.outcome === "pass"
        ? pass(
            3,
            `versions are traced; not proven for ${model.model}@v${String(model.version)}: ${gap}`,
            [itemOfModel(model), itemOfRun(run)],
          )
        : partial(2, gap, [itemOfModel(model)]);
    }
    return pass(
      4,
      "every model version leads to its commit, data, environment, run and parameters, and all resolve",
      [itemOfModel(newest)],
    );
  },
};

function revisionGap(
  project: Parameters<typeof modelsOf>[0],
  model: ReturnType<typeof modelsOf>[number],
): string | undefined {
  if (model.pipelineRevision === undefined) return "it names no pipeline revision";
  const found = (project.registry?.revisions ?? []).some(
    (one) => one.pipeline === model.pipeline && one.revision === model.pipelineRevision,
  );
  return found
    ? undefined
    : `revision ${model.pipeline}:r${String(model.pipelineRevision)} is not on record`;
}
