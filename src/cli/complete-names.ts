/** Names of a project that may stand in a place of a command line, by what the argument or option there is called. */

import type { RunOverview } from "../registry/run-record.ts";
import type { Command } from "./command.ts";
import type { CommandContext } from "./context.ts";

/** Among the answers: the shell should offer files. No name can be that, because none has a colon at its beginning. */
export const FILES = ":files";

const RUNS_SHOWN = 20;

/** What stands in the place, and what was typed before it. */
interface Asked {
  readonly name: string;
  readonly placeholder?: string | undefined;
}

interface Given {
  readonly record: Command;
  readonly positional: readonly string[];
}

/** Empty where nobody can know. */
export async function namesFor(
  { name, placeholder }: Asked,
  given: Given,
  context: CommandContext,
): Promise<readonly string[]> {
  if (placeholder !== undefined && /path|file|folder/i.test(placeholder)) return [FILES];
  switch (name) {
    case "notebook":
    case "notebooks":
    case "paths":
      return [FILES];
    case "shell":
      return ["bash", "fish", "zsh"];
    case "code":
      return [...(await (await import("./explanations/index.ts")).loadExplanations()).keys()];
    case "schema":
      return schemaNames();
    case "pipeline":
      return pipelineNames(context);
    case "revision":
    case "revisions":
      return revisionNames(context);
    case "model":
      return modelNames(given.record.name === "models list" ? "names" : "versions", context);
    case "alias":
      return aliasNames(given.positional, context);
    case "run":
    case "runs":
      return runNames(context);
    case "from":
    case "only":
    case "force":
      return stepNames(given, context);
    case "param":
      return (await paramNames(given, context)).map((param) => `${param}=`);
    case "sort":
    case "where":
      return valueNames(context);
    case "dataset":
    case "datasets":
      return datasetNames(context);
    default:
      return [];
  }
}

async function schemaNames(): Promise<readonly string[]> {
  const { commands } = await import("./commands/index.ts");
  return ["config", ...Object.keys(commands).map((name) => name.replaceAll(" ", "-"))];
}

async function pipelineNames(context: CommandContext): Promise<readonly string[]> {
  const { files, folder } = await pipelinesOf(context);
  const found = await files.list(folder, (path) => path.split("/").length > 2);
  return found.flatMap((path) => /^([^/]+)\/pipeline\.yaml$/.exec(path)?.[1] ?? []);
}

async function revisionNames(context: CommandContext): Promise<readonly string[]> {
  const registry = await registryOf(context);
  const revisions = registry?.pipelines.listRevisions() ?? [];
  return [
    ...(await pipelineNames(context)),
    ...revisions.flatMap(({ pipeline, revision }) => [
      pipeline,
      `${pipeline}:r${String(revision)}`,
    ]),
  ];
}

async function modelNames(
  wanted: "names" | "versions",
  context: CommandContext,
): Promise<readonly string[]> {
  const registry = await registryOf(context);
  const versions = registry?.models.list() ?? [];
  const names = [...new Set(versions.map(({ model }) => model))];
  if (wanted === "names") return names;
  return [
    ...names,
    ...versions.map(({ model, version }) => `${model}@v${String(version)}`),
    ...names.flatMap(
      (model) => registry?.models.aliases(model).map(({ alias }) => `${model}@${alias}`) ?? [],
    ),
  ];
}

/** Those that the model has, and the usual ones. */
async function aliasNames(
  [reference = ""]: readonly string[],
  context: CommandContext,
): Promise<readonly string[]> {
  const registry = await registryOf(context);
  const known = registry?.models.aliases(reference.split("@")[0] ?? "") ?? [];
  return ["candidate", "champion", ...known.map(({ alias }) => alias)];
}

async function runNames(context: CommandContext): Promise<readonly string[]> {
  return (await newestRuns(context)).map(({ id }) => id.slice(0, 8));
}

/** Metrics and parameters of the newest runs, and what every run has. */
async function valueNames(context: CommandContext): Promise<readonly string[]> {
  const named = (await newestRuns(context)).flatMap(({ metrics, params }) => [
    ...metrics.map(({ name }) => name),
    ...Object.keys(params),
  ]);
  const { RUN_FIELDS } = await import("../registry/read-selection.ts");
  return [...RUN_FIELDS, ...named];
}

async function newestRuns(context: CommandContext): Promise<readonly RunOverview[]> {
  const query = {
    where: [],
    sort: undefined,
    order: "greatest-first",
    pipeline: undefined,
  } as const;
  return (await registryOf(context))?.runs.select({ ...query, limit: RUNS_SHOWN }).runs ?? [];
}

async function datasetNames(context: CommandContext): Promise<readonly string[]> {
  const { readDatasetsLock } = await import("../app/datasets-lock.ts");
  const { files } = await pipelinesOf(context);
  return Object.keys((await readDatasetsLock(files)).datasets);
}

async function stepNames(given: Given, context: CommandContext): Promise<readonly string[]> {
  const { steps } = fieldsOf(await readYaml("pipeline.yaml", given, context));
  if (!Array.isArray(steps)) return [];
  return steps.map((step: unknown) => fieldsOf(step)["name"]).filter((name) => isText(name));
}

async function paramNames(given: Given, context: CommandContext): Promise<readonly string[]> {
  return Object.keys(fieldsOf(await readYaml("params.yaml", given, context)));
}

/** What a file of the pipeline that was named, or of the only one, says; a pipeline that cannot be run has names all the same. */
async function readYaml(
  file: string,
  { positional }: Given,
  context: CommandContext,
): Promise<unknown> {
  const { files, folder } = await pipelinesOf(context);
  const known = await pipelineNames(context);
  const name = positional[0] ?? (known.length === 1 ? known[0] : undefined);
  if (name === undefined || !known.includes(name)) return undefined;
  const { parseYaml } = await import("../base/yaml.ts");
  const path = `${folder}/${name}/${file}`;
  return parseYaml((await files.readText(path)) ?? "", path).value;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

async function pipelinesOf(context: CommandContext) {
  const { root } = await context.project();
  return {
    files: await context.wiring.files(root),
    folder: (await context.config()).pipelines,
  };
}

/** `undefined` before there is one: to complete a word makes no file. */
async function registryOf(context: CommandContext) {
  const { root } = await context.project();
  const files = await context.wiring.files(root);
  const path = ".mlops/registry.db";
  return (await files.kind(path)) === "file"
    ? context.wiring.registry(files.absolute(path))
    : undefined;
}
