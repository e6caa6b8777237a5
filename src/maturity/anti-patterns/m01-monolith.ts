/** M01: loading, preparing, training and evaluating in one unit without a function boundary. A notebook that became a pipeline is no longer on the production path. */

import type { PythonCall, PythonModule } from "../../python/python-module.ts";
import { type Evidence, placeInNotebook, realSteps } from "../evidence.ts";
import type { EvidenceItem } from "../rule.ts";
import type { AntiPattern } from "./anti-pattern.ts";

const LOADS =
  /^(pandas|polars|dask\.dataframe)\.read_\w+$|^sklearn\.datasets\.(load|fetch)_\w+$|^numpy\.(load|loadtxt|genfromtxt)$/;
const TRAINS = /\.(fit|train|fit_transform)$|^(xgboost|lightgbm)\.train$/;
const EVALUATES =
  /^sklearn\.metrics\.\w+$|\.(score|evaluate)$|^sklearn\.model_selection\.cross_val_score$/;

export const m01: AntiPattern = (project) => {
  const places = monoliths(project);
  if (places.length === 0) return [];
  return [
    {
      id: "M01",
      title: "Monolith",
      cap: 0,
      reason: `${places[0]?.path ?? "a file"} loads, trains and evaluates in one unit`,
      fix: "split it into steps: mlops promote NOTEBOOK.ipynb",
      evidence: places.slice(0, 3),
    },
  ];
};

function monoliths(project: Evidence): readonly EvidenceItem[] {
  const steps = project.pipelines.flatMap((pipeline) =>
    realSteps(pipeline)
      .filter((real) => doesAll(real.function.calls))
      .map((real) => ({
        text: `step ${real.step.name} loads, trains and evaluates`,
        path: real.module.path,
        line: real.function.line,
      })),
  );
  if (project.pipelines.length > 0) return steps;
  const notebooks = project.notebooks
    .filter(({ module }) => doesAll(topLevelCalls(module)))
    .map((notebook) => ({ text: AT_TOP, ...placeInNotebook(notebook, loadLine(notebook.module)) }));
  const scripts = project.scripts
    .filter((module) => doesAll(topLevelCalls(module)))
    .map((module) => ({ text: AT_TOP, path: module.path, line: loadLine(module) }));
  return [...notebooks, ...scripts];
}

const AT_TOP = "loads, trains and evaluates at the top level";

function loadLine(module: PythonModule): number {
  return module.calls.find((call) => LOADS.test(call.callee))?.line ?? 1;
}

function topLevelCalls(module: PythonModule): readonly PythonCall[] {
  const inside = new Set(
    module.functions.flatMap((one) =>
      one.calls.map((call) => `${call.callee}:${String(call.line)}`),
    ),
  );
  return module.calls.filter((call) => !inside.has(`${call.callee}:${String(call.line)}`));
}

function doesAll(calls: readonly PythonCall[]): boolean {
  return [LOADS, TRAINS, EVALUATES].every((phase) => calls.some((call) => phase.test(call.callee)));
}
