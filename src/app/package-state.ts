/** The texts of a pipeline's folder, as a revision left them or as they are on disk, and what they say. */

import type { Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import { pythonName } from "../base/python-name.ts";
import { parseYaml } from "../base/yaml.ts";
import { Contract } from "../contract/schema.ts";
import { parseRequirements } from "../maturity/requirements.ts";
import type { CellSources } from "../notebook/notebook-parts.ts";
import type { PipelineOutline } from "../pipeline/diff.ts";
import { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { parseRevisionReference } from "../registry/names.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";

/** Path in the folder → text. */
export type PackageTexts = ReadonlyMap<string, string>;

/**
 * The revision a person names; without a number the newest.
 * @throws UsageError `revision-reference-invalid`; ConflictError `revision-unknown`.
 */
export function findRevision(
  reference: string,
  registry: Pick<Registry, "pipelines">,
): PipelineRevision {
  const { pipeline, revision } = parseRevisionReference(reference);
  const all = registry.pipelines.listRevisions(pipeline);
  const found =
    revision === undefined ? all.at(-1) : all.find((candidate) => candidate.revision === revision);
  if (found !== undefined) return found;
  const newest = all.at(-1);
  throw new ConflictError(`There is no ${reference} in the registry.`, {
    code: "revision-unknown",
    hint:
      newest === undefined
        ? "see what there is with: mlops pipelines list"
        : `the newest is ${nameOf(newest)}; see: mlops pipelines list ${pipeline}`,
  });
}

/** `churn:r3` */
export function nameOf(revision: Pick<PipelineRevision, "pipeline" | "revision">): string {
  return `${revision.pipeline}:r${String(revision.revision)}`;
}

/** @throws ConflictError `revision-not-stored` when the store has lost one of the texts. */
export async function readStoredTexts(
  digests: Readonly<Record<string, Sha256>>,
  revision: PipelineRevision,
  artifacts: Artifacts,
): Promise<PackageTexts> {
  const texts = new Map<string, string>();
  for (const [path, digest] of Object.entries(digests)) {
    const bytes = await artifacts.read(digest);
    if (bytes === undefined) {
      throw new ConflictError(`The store no longer has ${path} of ${nameOf(revision)}.`, {
        code: "revision-not-stored",
        where: { path },
        hint: "choose another revision (mlops pipelines list), or bring the file back from git",
      });
    }
    texts.set(path, new TextDecoder().decode(bytes));
  }
  return texts;
}

/** What is on disk of the files that the newest revision knows. */
export async function readDiskTexts(
  revision: PipelineRevision,
  files: Files,
): Promise<PackageTexts> {
  const texts = new Map<string, string>();
  for (const path of trackedPaths(revision)) {
    const text = await files.readText(`${revision.folder}/${path}`);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

/** Every path that a revision has to do with, sorted. */
export function trackedPaths(revision: PipelineRevision): readonly string[] {
  return [...new Set([...Object.keys(revision.files), ...Object.keys(revision.after)])].sort();
}

/** What the files say; a file that cannot be read says nothing, and its text is compared all the same. */
export function outlineOf(texts: PackageTexts): PipelineOutline {
  const file = PipelineFile.safeParse(yamlOf(texts, "pipeline.yaml"));
  const params = ParamsFile.safeParse(yamlOf(texts, "params.yaml"));
  const contract = Contract.safeParse(jsonOf(texts.get("contract.json")));
  const steps = file.success ? file.data.steps : [];
  const packageName = file.success ? pythonName(file.data.name) : "";
  return {
    steps,
    code: new Map(
      steps.map((step) => [
        step.name,
        codeLines(texts.get(`${packageName}/${pythonName(step.name)}.py`) ?? ""),
      ]),
    ),
    parameters: new Map(
      Object.entries(params.success ? params.data : {}).map(([name, value]) => [
        name,
        JSON.stringify(value),
      ]),
    ),
    dependencies: new Map(
      parseRequirements("requirements.txt", texts.get("requirements.txt") ?? "").requirements.map(
        ({ name, version }) => [name, version ?? "any"],
      ),
    ),
    columns: new Map(
      (contract.success ? contract.data.columns : []).map(({ name, ...rest }) => [
        name,
        [
          rest.type,
          ...(rest.nullable ? ["may be missing"] : []),
          ...(rest.min === undefined ? [] : [`from ${String(rest.min)}`]),
          ...(rest.max === undefined ? [] : [`to ${String(rest.max)}`]),
          ...(rest.categories === undefined
            ? []
            : [`one of ${rest.categories.join("|")}, else ${rest.unseen}`]),
        ].join(" "),
      ]),
    ),
  };
}

/** Where the cells of the steps stand. @param fallback The notebook, where pipeline.yaml cannot be read. */
export function cellSourcesOf(texts: PackageTexts, fallback: string): CellSources {
  const file = PipelineFile.safeParse(yamlOf(texts, "pipeline.yaml"));
  if (!file.success) return { notebook: { path: fallback } };
  return {
    notebook: file.data.notebook,
    notebooks: file.data.notebooks?.map((part) => ({
      path: part.path,
      firstCell: part["first-cell"],
    })),
    origins: file.data.origins?.map((origin) => ({
      path: origin.path,
      firstCell: origin["first-cell"],
      ownCell: origin.cell,
    })),
  };
}

/** Comments name cells, and cells get other numbers when one is put in above. */
function codeLines(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line) && !line.startsWith("Made by mlops from"))
    .join("\n");
}

function yamlOf(texts: PackageTexts, path: string): unknown {
  return parseYaml(texts.get(path) ?? "", path).value ?? {};
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
