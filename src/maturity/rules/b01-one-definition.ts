/**
 * B1: each feature is defined once: training and serving reach the same function by imports, and serving does no feature work of its own.
 * Either a step imports features.py, or features.py learns with functions of the steps that these call themselves.
 */

import { pythonName } from "../../base/python-name.ts";
import type { PythonModule } from "../../python/python-module.ts";
import { localImports, type PipelineEvidence, reachableModules } from "../evidence.ts";
import { fail, NO_PIPELINE, partial, pass, type Rule } from "../rule.ts";

/** Calls that make features; one of these in predict.py means that it has its own version. */
const FEATURE_CALL =
  /(^pandas\.(get_dummies|cut|qcut|factorize)$)|\.(fit|fit_transform|groupby|fillna|map|apply|astype|clip)$/;

export const b01: Rule = {
  id: "B1",
  section: "B",
  level: 1,
  gate: 1,
  question: "Is each feature defined once and used by both training and serving?",
  how: ["S"],
  weight: 5,
  earn: { command: "mlops promote NOTEBOOK.ipynb (stages features into features.py)", effort: 2 },
  check: ({ pipeline }) => {
    if (pipeline === undefined) return NO_PIPELINE;
    const features = pipeline.modules.get("features.py");
    const predict = pipeline.modules.get("predict.py");
    if (features === undefined || !hasBody(features, "transform"))
      return fail("the package has no features.py with a transform function that does something");
    const item = {
      text: "transform",
      path: features.path,
      line: features.functions.find((one) => one.name === "transform")?.line ?? 1,
    };
    if (predict === undefined || predict.functions.every((one) => one.statements === 0))
      return partial(1, "nothing serves: there is no predict.py", [item]);
    if (!reachableModules(pipeline, "predict.py").has("features.py"))
      return partial(1, "predict.py does not use features.py", [
        { text: "predict.py", path: predict.path, line: 1 },
        item,
      ]);
    const own = predict.calls.find((call) => FEATURE_CALL.test(call.callee));
    if (own !== undefined)
      return partial(2, "predict.py works on features itself", [
        { text: own.callee, path: predict.path, line: own.line },
        item,
      ]);
    const training = trainingUse(pipeline, features);
    if (training === undefined)
      return partial(
        2,
        "serving uses features.py, but the training steps have their own lines for the same features",
        [item],
      );
    return pass(3, training.reason, [
      item,
      { text: training.text, path: training.path, line: training.line },
      { text: "serving uses it", path: predict.path, line: lineOfImport(predict, "features") },
    ]);
  },
};

function hasBody(module: PythonModule, name: string): boolean {
  return module.functions.some((one) => one.name === name && one.statements > 0);
}

interface TrainingUse {
  readonly reason: string;
  readonly text: string;
  readonly path: PythonModule["path"];
  readonly line: number;
}

/** Where training and features.py meet: a step that imports it, or one whose function it learns with. */
function trainingUse(pipeline: PipelineEvidence, features: PythonModule): TrainingUse | undefined {
  for (const { name } of pipeline.file?.steps ?? []) {
    const step = pythonName(name);
    const module = pipeline.modules.get(`${step}.py`);
    if (module === undefined) continue;
    const { path } = module;
    if (localImports(pipeline, module).includes("features.py"))
      return {
        reason: "training and serving call the same features.py",
        text: "training uses it",
        path,
        line: lineOfImport(module, "features"),
      };
    const own = module.functions.find((one) => one.name === step);
    const shared = features.imports.find(
      ({ level, module: from, member }) =>
        level > 0 && from === step && own?.calls.some(({ callee }) => callee === member) === true,
    );
    const line = module.functions.find((one) => one.name === shared?.member)?.line;
    if (line !== undefined)
      return {
        reason: "features.py learns with the lines that the training steps run",
        text: `${String(shared?.member)} is called by both`,
        path,
        line,
      };
  }
  return undefined;
}

function lineOfImport(module: PythonModule, name: string): number {
  return module.imports.find((one) => one.module.endsWith(name) || one.member === name)?.line ?? 1;
}
