/** A1: one non-interactive command builds a model from raw data. Proven only by execution; a recorded complete run is E4. */
import { runsPythonModule } from "../../deploy/shell-commands.ts";
import {
  ciCommands,
  completeRuns,
  type PipelineEvidence,
  reachableModules,
  realSteps,
} from "../evidence.ts";
import { type EvidenceItem, fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";
import { itemOfCommand, itemOfRun, unusableReason } from "./items.ts";
import { hasIntactModel } from "./lineage.ts";

/** Codecs that can hold a fitted estimator. */
const MODEL_CODECS: ReadonlySet<string> = new Set(["joblib", "pickle", "skops"]);

export const a01: Rule = {
  id: "A1",
  section: "A",
  level: 1,
  gate: 1,
  question: "Does one non-interactive command build a model from raw data?",
  how: ["S", "X", "R"],
  weight: 5,
  earn: { command: "mlops promote NOTEBOOK.ipynb, then mlops run PIPELINE", effort: 1 },
  check: ({ project, pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    if (pipeline.file === undefined)
      return partial(
        1,
        unusableReason(pipeline, "pipeline.yaml") ?? "pipeline.yaml cannot be read",
      );
    const entry = pipeline.modules.get("__main__.py");
    if (entry === undefined || entry.brokenAt !== undefined)
      return fail(
        `${pipeline.package}/__main__.py is missing, empty or does not parse: there is no command`,
      );
    const reached = reachableModules(pipeline, "__main__.py");
    const model = modelArtifact(pipeline);
    const steps = realSteps(pipeline);
    if (!steps.some(({ step }) => step.reads.length > 0))
      return partial(2, "no step reads raw data");
    if (model === undefined)
      return partial(2, "no step makes an artifact that can hold a fitted model");
    const unreached = steps.find(({ module }) => !reached.has(module.path.split("/").at(-1) ?? ""));
    if (unreached !== undefined)
      return partial(
        2,
        `${pipeline.package}/__main__.py does not reach the step ${unreached.step.name}`,
      );
    const item: EvidenceItem = {
      text: `python -m ${pipeline.package} run makes ${model}`,
      path: entry.path,
      line: 1,
    };
    const run = completeRuns(project, pipeline)[0];
    if (run !== undefined && hasIntactModel(project, run, model))
      return pass(
        4,
        "a recorded run went through every step and its model is intact in the store",
        [itemOfRun(run), item],
      );
    const command = ciCommands(project, pipeline).find((one) =>
      runsPythonModule(one.text, pipeline.package, "run"),
    );
    if (command !== undefined)
      return pass(3, "CI runs the pipeline with one command", [itemOfCommand(command), item]);
    return partial(2, "the command exists, but neither a recorded run nor a CI job uses it", [
      item,
    ]);
  },
};

function modelArtifact(pipeline: PipelineEvidence): string | undefined {
  const { file } = pipeline;
  if (file === undefined) return undefined;
  const made = new Set(file.steps.flatMap((step) => step.outputs));
  if (file.serve !== undefined && made.has(file.serve.model)) return file.serve.model;
  return Object.entries(file.artifacts).find(
    ([name, artifact]) => made.has(name) && MODEL_CODECS.has(artifact.codec),
  )?.[0];
}
