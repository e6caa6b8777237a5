/** Whether a merged package still says one thing: pipeline.yaml, params.yaml, the table of steps and the step functions. */

import type { Diagnostic } from "../base/diagnostic.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { pythonName } from "../base/python-name.ts";
import { parseYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import { checkStepGraph } from "../pipeline/check-plan.ts";
import { checkStepsAgree } from "../pipeline/declared-steps.ts";
import { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { PythonParser } from "../python/parse.ts";
import { type PythonModule, readPythonModule } from "../python/python-module.ts";

/** What is wrong, with places; empty when all agree. A first one whose cause is an edit is what the user has to see. */
export function checkMergedSteps(
  files: readonly GeneratedFile[],
  at: { readonly folder: string; readonly packageName: string; readonly parser: PythonParser },
): readonly Diagnostic[] {
  const text = (path: string): string | undefined => files.find((file) => file.path === path)?.text;
  const yamlPath = `${at.folder}/pipeline.yaml`;
  const document = parseYaml(text("pipeline.yaml") ?? "", yamlPath);
  if (document.diagnostics.length > 0) return document.diagnostics;
  const parsed = PipelineFile.safeParse(document.value);
  if (!parsed.success)
    return diagnosticsOfIssues(parsed.error.issues, {
      codePrefix: "pipeline",
      value: document.value,
      path: yamlPath,
      placeOf: document.placeOf,
    });
  const paramsPath = `${at.folder}/params.yaml`;
  const paramsDocument = parseYaml(text("params.yaml") ?? "", paramsPath);
  if (paramsDocument.diagnostics.length > 0) return paramsDocument.diagnostics;
  const params = ParamsFile.safeParse(paramsDocument.value ?? {});
  if (!params.success)
    return diagnosticsOfIssues(params.error.issues, {
      codePrefix: "pipeline",
      value: paramsDocument.value,
      path: paramsPath,
      placeOf: paramsDocument.placeOf,
    });
  const graph = checkStepGraph(
    { steps: parsed.data.steps, parameters: Object.keys(params.data) },
    yamlPath,
  );
  if (graph.length > 0) return graph;
  const read = (name: string): PythonModule | undefined => {
    const source = text(`${at.packageName}/${name}`);
    return source === undefined
      ? undefined
      : readPythonModule(`${at.folder}/${at.packageName}/${name}`, at.parser.parse(source));
  };
  const modules = new Map<string, PythonModule>();
  for (const step of parsed.data.steps) {
    const module = read(`${pythonName(step.name)}.py`);
    if (module !== undefined) modules.set(step.name, module);
  }
  return checkStepsAgree({ file: parsed.data, yamlPath, table: read("_pipeline.py"), modules });
}
