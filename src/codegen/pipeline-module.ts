/** `_pipeline.py`: the table of steps that the runtime executes. Must say the same as pipeline.yaml, which `run` and `deploy` check. */
import type { Plan, Step } from "../pipeline/plan.ts";
import { pythonLiteral } from "./python-text.ts";
import { pythonName } from "./step-module.ts";

/** `_pipeline.py`: the steps in order and what each takes and gives. */
export function buildPipelineModule(plan: Plan): string {
  const modules = [...new Set(plan.steps.map((step) => pythonName(step.name)))].sort();
  const lines = [
    `"""The steps of ${plan.name} and what passes between them.`,
    "",
    `Made by mlops from ${plan.notebook.path}; the same as pipeline.yaml, for running without it.`,
    '"""',
    "",
    "from __future__ import annotations",
    "",
    `from . import ${modules.join(", ")}`.length <= 88
      ? `from . import ${modules.join(", ")}`
      : `from . import (\n${modules.map((module) => `    ${module},`).join("\n")}\n)`,
    `from ._runtime import ${plan.artifacts.length === 0 ? "" : "Artifact, "}Pipeline, Step`,
    "",
    "PIPELINE = Pipeline(",
    `    name=${pythonLiteral(plan.name)},`,
    `    root=${pythonLiteral(plan.root)},`,
    "    steps=(",
    ...plan.steps.flatMap((step) => stepLines(step, plan)),
    "    ),",
    "    artifacts={",
    ...plan.artifacts.map(
      (artifact) =>
        `        ${pythonLiteral(artifact.name)}: Artifact(codec=${pythonLiteral(artifact.codec)}, variables=${pythonLiteral([...artifact.variables])}),`,
    ),
    "    },",
    ")",
    "",
  ];
  return lines.join("\n");
}

function stepLines(step: Step, plan: Plan): readonly string[] {
  const module = pythonName(step.name);
  const renamed = plan.parameters.filter(
    (parameter) =>
      step.params.includes(parameter.name) && parameter.variable !== pythonName(parameter.name),
  );
  const field = (name: string, values: readonly string[]): readonly string[] => {
    const line = `            ${name}=${tuple(values)},`;
    if (line.length <= 88) return [line];
    return [
      `            ${name}=(`,
      ...values.map((value) => `                ${pythonLiteral(value)},`),
      "            ),",
    ];
  };
  return [
    "        Step(",
    `            name=${pythonLiteral(step.name)},`,
    `            function=${module}.${module},`,
    `            module=${pythonLiteral(module)},`,
    ...field("inputs", step.inputs),
    ...field("params", step.params),
    ...field("outputs", step.outputs),
    ...field("metrics", step.metrics),
    ...field("reads", step.reads),
    ...field("writes", step.writes),
    `            random=${pythonLiteral(step.random)},`,
    ...(renamed.length === 0
      ? []
      : [
          `            param_variables=${pythonLiteral(Object.fromEntries(renamed.map((parameter) => [parameter.name, parameter.variable])))},`,
        ]),
    "        ),",
  ];
}

function tuple(values: readonly string[]): string {
  return values.length === 0 ? "()" : pythonLiteral([...values]);
}
