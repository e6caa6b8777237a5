/** A11: every candidate model is registered with version, signature and metrics. Proven by a version whose files were hashed again. */
import { completeRuns, modelsOf } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { describeMissingRegistry, itemOfModel } from "./items.ts";
import { brokenFiles } from "./lineage.ts";

export const a11: Rule = {
  id: "A11",
  section: "A",
  level: 1,
  gate: 1,
  question: "Is every candidate model registered with version, signature and metrics?",
  how: ["R"],
  weight: 4,
  earn: { command: "mlops run PIPELINE (registers the model it made)", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    if (pipeline.file?.serve === undefined)
      return fail("pipeline.yaml names no model to serve, so no run registers one", [
        { text: "no serve section", path: `${pipeline.folder}/pipeline.yaml`, line: 1 },
      ]);
    const declared = {
      text: `serve.model: ${pipeline.file.serve.model}`,
      path: `${pipeline.folder}/pipeline.yaml`,
      line: 1,
    };
    const model = modelsOf(project, pipeline)[0];
    if (model === undefined)
      return partial(2, describeMissingRegistry(project) ?? "no run registered a model yet", [
        declared,
      ]);
    const lacking = ["MLmodel", "contract.json"].find((name) => model.files[name] === undefined);
    if (lacking !== undefined)
      return partial(2, `the newest version has no ${lacking}`, [itemOfModel(model)]);
    if (model.metrics.length === 0)
      return partial(2, "the newest version has no metrics", [itemOfModel(model)]);
    const broken = brokenFiles(project, model);
    if (broken === undefined)
      return pass(3, "a version is registered; its files were not looked at", [
        itemOfModel(model),
        declared,
      ]);
    const first = broken[0];
    if (first !== undefined)
      return fail(`the newest version cannot be loaded: ${first}`, [itemOfModel(model)]);
    const runs = completeRuns(project, pipeline);
    if (!runs.some((run) => run.id === model.runId))
      return pass(3, "a version is registered; not proven: its run is not on record as complete", [
        itemOfModel(model),
        declared,
      ]);
    return pass(
      4,
      "the newest version has signature and metrics, and all its files still match their digests",
      [itemOfModel(model)],
    );
  },
};
