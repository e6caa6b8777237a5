/** The plan's own invariants: unique names, every input produced once and before. A violation is a bug of planning, or a hand edit of pipeline.yaml. */
import type { Diagnostic } from "../base/diagnostic.ts";

/** The part of a plan (or of pipeline.yaml) that is checked. */
export interface StepGraph {
  readonly steps: readonly {
    readonly name: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly params: readonly string[];
  }[];
  readonly parameters: readonly string[];
}

/** Empty when the graph holds. Linear in steps and artifacts. */
export function checkStepGraph(graph: StepGraph, path: string): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report = (code: string, message: string, hint: string): void => {
    diagnostics.push({ code, severity: "error", message, hint, where: { path } });
  };
  const producer = new Map<string, string>();
  const names = new Set<string>();
  const parameters = new Set(graph.parameters);
  const producedAnywhere = new Set(graph.steps.flatMap((step) => step.outputs));
  for (const step of graph.steps) {
    if (names.has(step.name))
      report(
        "plan-step-twice",
        `two steps are named ${step.name}`,
        "give one of them another name",
      );
    names.add(step.name);
    for (const input of step.inputs) {
      if (producer.has(input)) continue;
      if (producedAnywhere.has(input))
        report(
          "plan-input-late",
          `step ${step.name} reads ${input}, which only a later step makes`,
          "move the step that makes it before this one",
        );
      else
        report(
          "plan-input-missing",
          `step ${step.name} reads ${input}, which no step makes`,
          "add it to the outputs of a step, or remove it here",
        );
    }
    for (const output of step.outputs) {
      const other = producer.get(output);
      if (other !== undefined)
        report(
          "plan-output-twice",
          `steps ${other} and ${step.name} both make ${output}`,
          "give one of them another name",
        );
      producer.set(output, step.name);
    }
    for (const parameter of step.params) {
      if (!parameters.has(parameter))
        report(
          "plan-parameter-missing",
          `step ${step.name} takes the parameter ${parameter}, which params.yaml does not have`,
          "add it to params.yaml",
        );
    }
  }
  return diagnostics;
}
