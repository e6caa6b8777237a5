/**
 * Facts that a repository shows. `app/assess-maturity.ts` reads texts and the registry, this turns them into what rules look at.
 * Nothing found in the repository is started. Files that are empty, or only comments, count as absent.
 */

import * as posix from "node:path/posix";
import { pythonName } from "../base/python-name.ts";
import type { Contract } from "../contract/schema.ts";
import type { Dockerfile } from "../deploy/dockerfile.ts";
import { liveCommands, type WorkflowCommand, type WorkflowFile } from "../deploy/workflow-file.ts";
import { RUNTIME_MODULES } from "../pipeline/runtime-modules.ts";
import type { ParamsFile, PipelineFile, PipelineStep } from "../pipeline/schema.ts";
import type { PythonFunction, PythonModule } from "../python/python-module.ts";
import type { Deployment } from "../registry/deployment.ts";
import type { ModelVersion } from "../registry/model.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import type { RunRecord } from "../registry/run-record.ts";
import type { Certificate } from "../verification/schema.ts";
import type { RequirementsFile } from "./requirements.ts";

/** A file that exists but could not be used, with the reason. */
export interface Unusable {
  readonly path: string;
  readonly line: number | undefined;
  readonly reason: string;
}

/** What the registry holds. Newest first. */
export interface RegistryEvidence {
  readonly runs: readonly RunRecord[];
  readonly models: readonly ModelVersion[];
  readonly revisions: readonly PipelineRevision[];
  readonly deployments: readonly Deployment[];
  readonly audit: { readonly events: number; readonly firstBroken: number | undefined };
  /** Blobs that were looked at: their bytes were hashed again. What is not in here was not looked at. */
  readonly blobs: ReadonlyMap<string, "intact" | "missing" | "corrupt">;
}

/** What git shows without starting it. */
export interface GitEvidence {
  /** Commits found in refs and reflogs; a commit that is not in here may still exist. */
  readonly commits: ReadonlySet<string>;
}

/** A notebook's code as one Python text, magics neutralized. */
export interface NotebookEvidence {
  readonly path: string;
  /** Code cells with the line of `module` at which each begins, in order. */
  readonly cells: readonly { readonly number: number; readonly line: number }[];
  readonly module: PythonModule;
}

/** One generated pipeline package. */
export interface PipelineEvidence {
  readonly folder: string;
  readonly name: string;
  readonly package: string;
  readonly file: PipelineFile | undefined;
  readonly params: ParamsFile | undefined;
  readonly contract: { readonly path: string; readonly value: Contract } | undefined;
  readonly certificate: Certificate | undefined;
  /** Whether the package's files still have the digest that the certificate names; `undefined` when that cannot be said. */
  readonly certificateMatches: boolean | undefined;
  /** Modules of the package by file name without folder: `train.py`. Empty ones are left out. */
  readonly modules: ReadonlyMap<string, PythonModule>;
  readonly tests: readonly PythonModule[];
  readonly requirements: RequirementsFile | undefined;
  readonly lock: RequirementsFile | undefined;
  readonly readme: { readonly path: string; readonly text: string } | undefined;
  readonly image: Dockerfile | undefined;
  readonly unusable: readonly Unusable[];
  /** Digests of raw data files now, by path relative to the steps' working directory. */
  readonly data: ReadonlyMap<string, string>;
}

/** Everything. */
export interface Evidence {
  readonly pipelines: readonly PipelineEvidence[];
  readonly notebooks: readonly NotebookEvidence[];
  readonly workflows: readonly WorkflowFile[];
  /** Requirement files outside pipelines. */
  readonly requirements: readonly RequirementsFile[];
  /** Python files outside pipelines. */
  readonly scripts: readonly PythonModule[];
  readonly codeowners: { readonly path: string; readonly text: string } | undefined;
  readonly modelCards: readonly string[];
  readonly featureStores: readonly string[];
  /** Pipelines of other tools, which this version does not examine. */
  readonly otherPipelines: readonly string[];
  readonly registry: RegistryEvidence | undefined;
  readonly git: GitEvidence | undefined;
  /** Import name → distribution, for names that differ. */
  readonly distributionOf: (module: string) => string;
  readonly isStandardLibrary: (module: string) => boolean;
}

/** Where a line of a notebook's joined text stands in the notebook. */
export function placeInNotebook(
  notebook: NotebookEvidence,
  line: number,
): { readonly path: string; readonly cell?: number; readonly line?: number } {
  const cell = notebook.cells.findLast((one) => one.line <= line);
  if (cell === undefined) return { path: notebook.path };
  return { path: notebook.path, cell: cell.number, line: line - cell.line + 1 };
}

/** A step with its function, where both are there and the function does something. */
export interface RealStep {
  readonly step: PipelineStep;
  readonly module: PythonModule;
  readonly function: PythonFunction;
}

/** The module of a step: `train-model` → `train_model.py`. */
export function moduleOfStep(
  pipeline: PipelineEvidence,
  step: PipelineStep,
): PythonModule | undefined {
  return pipeline.modules.get(`${pythonName(step.name)}.py`);
}

/** Steps whose module has a function of that name with a body that does something. In order. */
export function realSteps(pipeline: PipelineEvidence): readonly RealStep[] {
  return (pipeline.file?.steps ?? []).flatMap((step) => {
    const module = moduleOfStep(pipeline, step);
    const name = pythonName(step.name);
    const found = module?.functions.find((one) => one.name === name);
    return module === undefined || found === undefined || found.statements === 0
      ? []
      : [{ step, module, function: found }];
  });
}

/** Commands that would really run in CI with the pipeline's folder as working directory. */
export function ciCommands(
  project: Evidence,
  pipeline: PipelineEvidence,
): readonly WorkflowCommand[] {
  return project.workflows
    .flatMap(liveCommands)
    .filter(
      (command) => posix.normalize(command.workingDirectory).replace(/\/$/, "") === pipeline.folder,
    );
}

/** Finished runs of a pipeline in which every step of pipeline.yaml has a manifest. Newest first. */
export function completeRuns(project: Evidence, pipeline: PipelineEvidence): readonly RunRecord[] {
  const steps = (pipeline.file?.steps ?? []).map((step) => step.name);
  return (project.registry?.runs ?? []).filter((run) => {
    if (run.pipeline !== pipeline.name || run.status !== "succeeded" || steps.length === 0)
      return false;
    const done = new Set(
      run.steps
        .filter((step) => step.status === "succeeded" && step.manifest !== undefined)
        .map((step) => step.step),
    );
    return steps.every((step) => done.has(step));
  });
}

/** Model versions that a pipeline registered. Newest first. */
export function modelsOf(project: Evidence, pipeline: PipelineEvidence): readonly ModelVersion[] {
  return (project.registry?.models ?? []).filter((model) => model.pipeline === pipeline.name);
}

/** Modules of the package that `from` reaches by imports, itself included. Unknown imports are passed over. */
export function reachableModules(pipeline: PipelineEvidence, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const module = pipeline.modules.get(name);
    if (module === undefined || reached.has(name)) continue;
    reached.add(name);
    open.push(...localImports(pipeline, module));
  }
  return reached;
}

/** File names of package modules that a module imports, by statement or by `importlib.import_module` with a name that can be read. */
export function localImports(pipeline: PipelineEvidence, module: PythonModule): readonly string[] {
  const stated = module.imports.flatMap((one) => {
    const inPackage =
      one.level > 0 ||
      one.module === pipeline.package ||
      one.module.startsWith(`${pipeline.package}.`);
    if (!inPackage) return [];
    const path = one.level > 0 ? one.module : one.module.slice(pipeline.package.length + 1);
    return [path === "" ? (one.member ?? one.name) : (path.split(".")[0] ?? path)];
  });
  const dynamic = module.calls
    .filter((call) => call.callee === "importlib.import_module")
    .flatMap(
      (call) =>
        /(?:\{__package__\}|__package__\s*\+\s*["'])?\.(\w+)["']/.exec(
          call.arguments[0]?.text ?? "",
        )?.[1] ?? [],
    );
  return [...stated, ...dynamic]
    .map((name) => `${name}.py`)
    .filter((name) => pipeline.modules.has(name));
}

/** Test functions that would run and assert something. */
export function realTests(
  pipeline: PipelineEvidence,
): readonly { readonly module: PythonModule; readonly test: PythonFunction }[] {
  return pipeline.tests.flatMap((module) =>
    module.functions
      .filter(
        (one) =>
          one.name.startsWith("test") &&
          one.assertions > 0 &&
          !one.decorators.some((text) => /^(pytest\.)?mark\.(skip|xfail)\b/.test(text)),
      )
      .filter(
        (one) =>
          !one.calls.some(
            (call) => /^pytest\.(skip|xfail)$/.test(call.callee) && call.line === one.line + 1,
          ),
      )
      .map((test) => ({ module, test })),
  );
}

/** Why a module's tests may all be skipped although they look real: something that is no test skips, for want of a file that is not there. */
export function skipsItself(
  pipeline: PipelineEvidence,
  module: PythonModule,
): { readonly path: string; readonly line: number } | undefined {
  if (pipeline.contract !== undefined) return undefined;
  const inTests = new Set(
    module.functions
      .filter((one) => one.name.startsWith("test"))
      .flatMap((one) => one.calls.map((call) => call.line)),
  );
  const skip = module.calls.find(
    (call) => call.callee === "pytest.skip" && !inTests.has(call.line),
  );
  return skip === undefined ? undefined : { path: module.path, line: skip.line };
}

/** The same in every pipeline; what they import beyond the standard library they import only where it is there. */
const RUNTIME: ReadonlySet<string> = new Set(["__main__.py", ...RUNTIME_MODULES]);

/** Top-level modules that the package's code imports from outside, with the first place. */
export function thirdPartyImports(
  project: Evidence,
  pipeline: PipelineEvidence,
): ReadonlyMap<string, { readonly path: string; readonly line: number }> {
  const found = new Map<string, { readonly path: string; readonly line: number }>();
  for (const [name, module] of pipeline.modules) {
    if (RUNTIME.has(name)) continue;
    for (const one of module.imports) {
      const top = one.module.split(".")[0] ?? "";
      if (
        one.level > 0 ||
        top === "" ||
        top === pipeline.package ||
        project.isStandardLibrary(top) ||
        found.has(top)
      )
        continue;
      found.set(top, { path: module.path, line: one.line });
    }
  }
  return found;
}
