/** `_pipeline.py`: the table of steps that the runtime executes. Must say the same as pipeline.yaml, which `run` and `deploy` check. */

import { pythonName } from "../base/python-name.ts";
import type { Plan, Step } from "../pipeline/plan.ts";
import { notebookPaths } from "../pipeline/sources.ts";
import { pythonLiteral } from "./python-text.ts";

/** `_pipeline.py`: the steps in order and what each takes and gives. */
export function buildPipelineModule(plan: Plan): string {
  const modules = [...new Set(plan.steps.map((step) => pythonName(step.name)))].sort();
  const lines = [
    `"""The steps of ${plan.name} and what passes between them.`,
    "",
    `Made by mlops from ${notebookPaths(plan).join(" and ")}; the same as pipeline.yaml, for running without it.`,
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
    ...environmentLines(plan),
    ...(plan.serve === undefined ? [] : [`    serves=${pythonLiteral(plan.serve.model)},`]),
    ")",
    "",
  ];
  return lines.join("\n");
}

function environmentLines({ environment }: Plan): readonly string[] {
  const names = environment.map(({ name }) => name);
  const secrets = environment.filter(({ secret }) => secret).map(({ name }) => name);
  const required = environment.filter((variable) => variable.required).map(({ name }) => name);
  return [
    ...(names.length === 0 ? [] : field("environment", required, "    ")),
    ...(secrets.length === 0 ? [] : field("secrets", secrets, "    ")),
  ];
}

/** `name=(…),` on one line where it fits. */
function field(name: string, values: readonly string[], indent: string): readonly string[] {
  const line = `${indent}${name}=${tuple(values)},`;
  if (line.length <= 88) return [line];
  return [
    `${indent}${name}=(`,
    ...values.map((value) => `${indent}    ${pythonLiteral(value)},`),
    `${indent}),`,
  ];
}

function stepLines(step: Step, plan: Plan): readonly string[] {
  const module = pythonName(step.name);
  const renamed = plan.parameters.filter(
    (parameter) =>
      step.params.includes(parameter.name) && parameter.variable !== pythonName(parameter.name),
  );
  const indent = " ".repeat(12);
  return [
    "        Step(",
    `            name=${pythonLiteral(step.name)},`,
    `            function=${module}.${module},`,
    `            module=${pythonLiteral(module)},`,
    ...field("inputs", step.inputs, indent),
    ...field("params", step.params, indent),
    ...field("outputs", step.outputs, indent),
    ...field("metrics", step.metrics, indent),
    ...field("reads", step.reads, indent),
    ...field("writes", step.writes, indent),
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
