/**
 * `mlops assess`: reads a repository and its registry and judges them. Starts nothing that it finds there: no Python, no git, no hook;
 * what git says is read from its files, blobs are hashed without being opened, and nothing is written.
 */
import * as posix from "node:path/posix";
import { parseYaml } from "../base/yaml.ts";
import { rawData } from "../deploy/training-deployment.ts";
import { readWorkflow, type WorkflowFile } from "../deploy/workflow-file.ts";
import { assess } from "../maturity/assess.ts";
import type {
  Evidence,
  NotebookEvidence,
  PipelineEvidence,
  RegistryEvidence,
} from "../maturity/evidence.ts";
import { buildPipelineEvidence } from "../maturity/pipeline-evidence.ts";
import { parseRequirements } from "../maturity/requirements.ts";
import type { Assessment } from "../maturity/schema.ts";
import { neutralizeMagics } from "../notebook/magics.ts";
import { readNotebook } from "../notebook/read-notebook.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { distributionOf, isStandardModule } from "../python/imports.ts";
import type { PythonParser } from "../python/parse.ts";
import { readPythonModule } from "../python/python-module.ts";
import { readGitEvidence } from "./read-git-evidence.ts";

/** What assessing needs from outside. */
export interface AssessPorts {
  /** Rooted at the repository. */
  readonly files: Files;
  readonly parser: PythonParser;
  /** `undefined` where the repository has none; it is only read. */
  readonly registry: Registry | undefined;
  /** Folder of the artifact store, relative to the repository or absolute. */
  readonly store: string;
}

/** Folders that are other people's code, caches, or samples. */
const SKIPPED: ReadonlySet<string> = new Set([
  ".git",
  ".mlops",
  ".venv",
  "venv",
  "env",
  "node_modules",
  "__pycache__",
  ".ipynb_checkpoints",
  "site-packages",
  ".tox",
  ".nox",
  ".cache",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  "vendor",
  "vendored",
  "third_party",
  "samples",
  ".store",
]);

/** Enough of everything else to judge by; a repository with more is judged by the first ones in order of path. */
const MOST_FILES = 400;
const MOST_RUNS = 50;

/** Assesses the repository that `files` is rooted at. */
export async function assessMaturity(ports: AssessPorts): Promise<Assessment> {
  return assess(await gatherEvidence(ports));
}

/** Everything rules look at. */
export async function gatherEvidence(ports: AssessPorts): Promise<Evidence> {
  const paths = await ports.files.list(".", (path) => SKIPPED.has(path.split("/").at(-1) ?? ""));
  const pipelineFolders = paths
    .filter((path) => path.endsWith("/pipeline.yaml"))
    .map((path) => posix.dirname(path));
  const pipelines: PipelineEvidence[] = [];
  for (const folder of pipelineFolders) pipelines.push(await readPipeline(folder, paths, ports));
  const outside = paths.filter(
    (path) => !pipelineFolders.some((folder) => path.startsWith(`${folder}/`)),
  );
  const codeowners = outside.find((path) => /^(\.github\/|docs\/)?CODEOWNERS$/.test(path));
  const ownersText = codeowners === undefined ? undefined : await ports.files.readText(codeowners);
  return {
    pipelines,
    notebooks: await readNotebooks(outside, ports),
    workflows: await readWorkflows(outside, ports),
    requirements: await readAll(
      outside.filter((path) => /(^|\/)requirements[\w.-]*\.(txt|lock)$/.test(path)),
      ports,
      parseRequirements,
    ),
    scripts: (
      await readAll(
        outside.filter((path) => path.endsWith(".py")),
        ports,
        (path, text) => readPythonModule(path, ports.parser.parse(text)),
      )
    ).filter((module) => !module.isEmpty),
    codeowners:
      codeowners === undefined || ownersText === undefined
        ? undefined
        : { path: codeowners, text: ownersText },
    modelCards: paths.filter((path) => /(^|\/)model[_-]?card[\w.-]*\.(md|ya?ml|json)$/i.test(path)),
    featureStores: outside.filter((path) => /(^|\/)feature_store\.ya?ml$/.test(path)),
    otherPipelines: outside.filter(
      (path) =>
        /(^|\/)(dvc\.yaml|MLproject|kedro\.yml|\.kedro\.yml)$/.test(path) ||
        /(^|\/)dags\/[^/]+\.py$/.test(path),
    ),
    registry: ports.registry === undefined ? undefined : await readRegistry(ports.registry, ports),
    git: await readGitEvidence(ports.files),
    distributionOf,
    isStandardLibrary: (module) => isStandardModule(module),
  };
}

async function readPipeline(
  folder: string,
  paths: readonly string[],
  ports: AssessPorts,
): Promise<PipelineEvidence> {
  const texts = new Map<string, string>();
  const digests = new Map<string, string>();
  for (const path of paths.filter((one) => one.startsWith(`${folder}/`))) {
    const name = path.slice(folder.length + 1);
    if (!/\.(py|ya?ml|json|txt|lock|md)$/.test(name) && posix.basename(name) !== "Dockerfile")
      continue;
    const text = await ports.files.readText(path);
    if (text === undefined) continue;
    texts.set(name, text);
    const digest = name.endsWith(".py") ? await ports.files.digest(path) : undefined;
    if (digest !== undefined) digests.set(name, digest);
  }
  const first = buildPipelineEvidence({ folder, texts, digests, data: new Map() }, ports.parser);
  return first.file === undefined
    ? first
    : { ...first, data: await digestData(folder, first, ports.files) };
}

/** Raw data inside the repository; a path that leaves it is not looked at. */
async function digestData(
  folder: string,
  pipeline: PipelineEvidence,
  files: Files,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  if (pipeline.file === undefined) return digests;
  for (const path of rawData(pipeline.file)) {
    const full = posix.normalize(posix.join(folder, pipeline.file.root, path));
    if (posix.isAbsolute(path) || full.startsWith("../")) continue;
    const digest = await files.digest(full);
    if (digest !== undefined) digests.set(path, digest);
  }
  return digests;
}

async function readNotebooks(
  paths: readonly string[],
  ports: AssessPorts,
): Promise<readonly NotebookEvidence[]> {
  const found = await readAll(
    paths.filter((path) => path.endsWith(".ipynb")),
    ports,
    (path, text): NotebookEvidence | undefined => {
      const notebook = readNotebook(text, path).value;
      if (notebook === undefined) return undefined;
      const cells: { readonly number: number; readonly line: number }[] = [];
      const lines: string[] = [];
      for (const cell of notebook.cells) {
        if (cell.kind !== "code") continue;
        cells.push({ number: cell.number, line: lines.length + 1 });
        lines.push(...neutralizeMagics(cell.source).python.split("\n"));
      }
      return { path, cells, module: readPythonModule(path, ports.parser.parse(lines.join("\n"))) };
    },
  );
  return found.filter((one) => one !== undefined);
}

async function readWorkflows(
  paths: readonly string[],
  ports: AssessPorts,
): Promise<readonly WorkflowFile[]> {
  const found = await readAll(
    paths.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)),
    ports,
    (path, text) => readWorkflow(path, text, parseYaml(text, path).value),
  );
  return found.filter((one) => one !== undefined);
}

async function readAll<T>(
  paths: readonly string[],
  ports: AssessPorts,
  read: (path: string, text: string) => T,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const path of paths.slice(0, MOST_FILES)) {
    const text = await ports.files.readText(path);
    if (text !== undefined) found.push(read(path, text));
  }
  return found;
}

async function readRegistry(registry: Registry, ports: AssessPorts): Promise<RegistryEvidence> {
  const runs = registry.runs.list({ limit: MOST_RUNS });
  const models = [...registry.models.list()].sort(
    (left, right) => right.createdAtMs - left.createdAtMs || right.version - left.version,
  );
  // Runs of registered models may be older than the newest ones; their lineage is asked for too.
  const listed = new Set<string>(runs.map((run) => run.id));
  const older = models
    .flatMap((model) => (listed.has(model.runId) ? [] : [registry.runs.find(model.runId)]))
    .filter((run) => run !== undefined);
  const named = new Set<string>(
    [...runs.slice(0, 1), ...newestByPipeline(runs)].flatMap((run) =>
      run.steps.flatMap((step) =>
        Object.values(step.manifest?.outputs ?? {}).map((output) => output.digest as string),
      ),
    ),
  );
  for (const run of runs)
    for (const step of run.steps)
      for (const digest of Object.values(step.manifest?.filesRead ?? {})) named.add(digest);
  for (const model of models) for (const digest of Object.values(model.files)) named.add(digest);
  return {
    runs: [...runs, ...older],
    models,
    revisions: registry.pipelines.listRevisions(),
    deployments: [...registry.deployments.list()].sort((left, right) => right.id - left.id),
    audit: { events: registry.audit.list().length, firstBroken: registry.audit.firstBroken() },
    blobs: await hashBlobs(named, ports),
  };
}

function newestByPipeline<T extends { readonly pipeline: string; readonly status: string }>(
  runs: readonly T[],
): readonly T[] {
  const newest = new Map<string, T>();
  for (const run of runs)
    if (run.status === "succeeded" && !newest.has(run.pipeline)) newest.set(run.pipeline, run);
  return [...newest.values()];
}

/** Hashes each blob's bytes again, straight from the files: the store itself would move a corrupt one aside. */
async function hashBlobs(
  digests: ReadonlySet<string>,
  ports: AssessPorts,
): Promise<RegistryEvidence["blobs"]> {
  const states = new Map<string, "intact" | "missing" | "corrupt">();
  for (const digest of digests) {
    const hex = digest.slice("sha256:".length);
    const found = await ports.files.digest(`${ports.store}/blobs/${hex.slice(0, 2)}/${hex}`);
    states.set(digest, found === undefined ? "missing" : found === digest ? "intact" : "corrupt");
  }
  return states;
}
