/** A generated pipeline as it is on disk: pipeline.yaml, params.yaml and the package's files, checked against each other. */

import type { Sha256 } from "../base/brand.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { didYouMean } from "../base/did-you-mean.ts";
import { ConfigError, InputError, UsageError } from "../base/errors.ts";
import { pythonName } from "../base/python-name.ts";
import { checkStepGraph } from "../pipeline/check-plan.ts";
import type { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { Files } from "../ports/files.ts";
import { type CodeFile, readCodeFile, stepCodeDigest } from "../run/step-code.ts";
import { checkResolved } from "./check-resolved.ts";
import { type CheckedYaml, rememberedYaml, rememberYaml } from "./remembered-yaml.ts";

export interface LoadedPipeline {
  readonly name: string;
  /** Relative to the project root. */
  readonly folder: string;
  /** Import name of the Python package. */
  readonly packageName: string;
  readonly file: PipelineFile;
  readonly params: ParamsFile;
  /** Every Python file of the package, by path inside it; caches are skipped. */
  readonly code: ReadonlyMap<string, CodeFile>;
}

/** Digest over everything of the package that one step may run. */
export function stepCodeOf(step: string, { file, code }: LoadedPipeline): Sha256 {
  const served = file.serve?.model;
  const maker = file.steps.find(({ outputs }) => served !== undefined && outputs.includes(served));
  return stepCodeDigest(code, {
    step: pythonName(step),
    all: file.steps.map(({ name }) => pythonName(name)),
    serving: maker === undefined ? undefined : pythonName(maker.name),
  });
}

/** Digest of every Python file of the package, by path inside the pipeline's folder. */
export function packageFilesOf({
  packageName,
  code,
}: Pick<LoadedPipeline, "packageName" | "code">): Readonly<Record<string, Sha256>> {
  return Object.fromEntries(
    [...code].map(([path, { digest }]) => [`${packageName}/${path}`, digest]),
  );
}

/**
 * @param name As given by the user; `undefined` takes the only pipeline there is.
 * @param pipelinesFolder Relative to the project root.
 * @throws UsageError `pipeline-unknown`, `pipeline-not-chosen`; ConfigError `pipeline-file-invalid`; InputError `no-pipeline`;
 *   ConflictError `conflict-unresolved`.
 */
export async function loadPipeline(
  name: string | undefined,
  pipelinesFolder: string,
  files: Files,
): Promise<LoadedPipeline> {
  const known = await listPipelines(pipelinesFolder, files);
  const chosen = choose(name, known, pipelinesFolder);
  const folder = `${pipelinesFolder}/${chosen}`;
  const file = await readYaml("pipeline", `${folder}/pipeline.yaml`, files);
  const params = await readYaml("params", `${folder}/params.yaml`, files);
  const problems = checkStepGraph(
    { steps: file.steps, parameters: Object.keys(params) },
    `${folder}/pipeline.yaml`,
  );
  const first = problems[0];
  if (first !== undefined) throw invalid(problems, `${folder}/pipeline.yaml`);
  const packageName = pythonName(file.name);
  const code = new Map<string, CodeFile>();
  for (const path of await files.list(`${folder}/${packageName}`, (relative) =>
    relative.endsWith("__pycache__"),
  )) {
    if (!path.endsWith(".py")) continue;
    const bytes = await files.readBytes(`${folder}/${packageName}/${path}`);
    if (bytes !== undefined) code.set(path, readCodeFile(bytes));
  }
  await checkResolved(`${folder}/${packageName}`, [...code.keys()], files);
  for (const step of file.steps) {
    const module = `${pythonName(step.name)}.py`;
    if (code.has(module)) continue;
    throw new ConfigError(
      `pipeline.yaml has a step ${step.name}, but ${packageName}/${module} is missing`,
      {
        code: "step-module-missing",
        where: { path: `${folder}/${packageName}/${module}` },
        hint: `bring the file back (git checkout, or mlops promote again), or remove the step from ${folder}/pipeline.yaml`,
      },
    );
  }
  return { name: file.name, folder, packageName, file, params, code };
}

/** Names of folders that hold a pipeline.yaml, sorted. */
export async function listPipelines(
  pipelinesFolder: string,
  files: Files,
): Promise<readonly string[]> {
  if ((await files.kind(pipelinesFolder)) !== "directory") return [];
  const found = await files.list(pipelinesFolder, (path) => path.split("/").length > 2);
  return found
    .filter((path) => path.split("/").length === 2 && path.endsWith("/pipeline.yaml"))
    .map((path) => path.split("/")[0] ?? "");
}

function choose(
  name: string | undefined,
  known: readonly string[],
  pipelinesFolder: string,
): string {
  if (known.length === 0) {
    throw new InputError(`there is no pipeline in ${pipelinesFolder}/`, {
      code: "no-pipeline",
      hint: "make one: mlops promote notebook.ipynb",
    });
  }
  if (name === undefined) {
    const only = known[0];
    if (known.length === 1 && only !== undefined) return only;
    throw new UsageError(`there are ${String(known.length)} pipelines: ${known.join(", ")}`, {
      code: "pipeline-not-chosen",
      hint: "name the one you mean",
    });
  }
  if (known.includes(name)) return name;
  const near = didYouMean(name, known);
  throw new UsageError(`there is no pipeline ${name}`, {
    code: "pipeline-unknown",
    hint: near ?? `there is: ${known.join(", ")}`,
  });
}

async function readYaml<Kind extends "pipeline" | "params">(
  kind: Kind,
  path: string,
  files: Files,
): Promise<CheckedYaml[Kind]> {
  const text = await files.readText(path);
  if (text === undefined)
    throw new ConfigError(`${path} is missing`, {
      code: "pipeline-file-invalid",
      where: { path },
      hint: "bring it back from git, or promote the notebook again",
    });
  const remembered = await rememberedYaml({ kind, text }, files);
  if (remembered !== undefined) return remembered;
  const { parsePipelineYaml } = await import("./parse-pipeline-yaml.ts");
  const parsed = parsePipelineYaml(kind, text, path);
  if (!parsed.ok) throw invalid(parsed.error, path);
  await rememberYaml({ kind, text }, parsed.value, files);
  return parsed.value;
}

function invalid(problems: readonly Diagnostic[], path: string): ConfigError {
  const first = problems[0];
  return new ConfigError(first?.message ?? "the file cannot be read", {
    code: "pipeline-file-invalid",
    where: first?.where ?? { path },
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
    diagnostics: problems.slice(1),
  });
}
