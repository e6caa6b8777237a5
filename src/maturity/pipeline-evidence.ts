/** The texts of one pipeline folder → what rules look at. Broken files become `unusable` with their place; nothing throws. */

import { sha256OfJson } from "../base/hash.ts";
import { pythonName } from "../base/python-name.ts";
import { parseYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import { Contract } from "../contract/schema.ts";
import { readDockerfile } from "../deploy/dockerfile.ts";
import { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { PythonParser } from "../python/parse.ts";
import { type PythonModule, readPythonModule } from "../python/python-module.ts";
import { Certificate } from "../verification/schema.ts";
import type { PipelineEvidence, Unusable } from "./evidence.ts";
import { parseRequirements } from "./requirements.ts";

/** A pipeline folder as read. */
export interface PipelineTexts {
  /** Relative to the project root. */
  readonly folder: string;
  /** Text by path relative to the folder. */
  readonly texts: ReadonlyMap<string, string>;
  /** Digests of the same files' bytes. */
  readonly digests: ReadonlyMap<string, string>;
  /** Digests of raw data files by path relative to the steps' working directory. */
  readonly data: ReadonlyMap<string, string>;
}

/** The part of a zod schema that is used here. */
interface Schema<T> {
  readonly safeParse: (value: unknown) =>
    | { readonly success: true; readonly data: T }
    | {
        readonly success: false;
        readonly error: { readonly issues: Parameters<typeof diagnosticsOfIssues>[0] };
      };
}

/** Builds the evidence of one pipeline. */
export function buildPipelineEvidence(
  source: PipelineTexts,
  parser: PythonParser,
): PipelineEvidence {
  const unusable: Unusable[] = [];
  const file = readYaml(source, "pipeline.yaml", PipelineFile, unusable);
  const name = file?.name ?? source.folder.split("/").at(-1) ?? source.folder;
  const packageName = pythonName(name);
  const contractPath = ["contract.json", `${packageName}/contract.json`].find((path) =>
    source.texts.has(path),
  );
  const contract =
    contractPath === undefined ? undefined : readJson(source, contractPath, Contract, unusable);
  const certificate = readJson(source, "certificate.json", Certificate, unusable);
  const requirements = source.texts.get("requirements.txt");
  const lock = source.texts.get("requirements.lock");
  const dockerfile = source.texts.get("Dockerfile");
  const readme = source.texts.get("README.md");
  return {
    folder: source.folder,
    name,
    package: packageName,
    file,
    params: readYaml(source, "params.yaml", ParamsFile, unusable),
    contract:
      contract === undefined || contractPath === undefined
        ? undefined
        : { path: `${source.folder}/${contractPath}`, value: contract },
    certificate,
    certificateMatches:
      certificate === undefined
        ? undefined
        : packageDigests(source, packageName).includes(certificate.digests.package),
    modules: new Map(
      modulesIn(source, `${packageName}/`, parser).map((module) => [
        module.path.slice(source.folder.length + packageName.length + 2),
        module,
      ]),
    ),
    tests: modulesIn(source, "tests/", parser),
    requirements:
      requirements === undefined
        ? undefined
        : parseRequirements(`${source.folder}/requirements.txt`, requirements),
    lock:
      lock === undefined
        ? undefined
        : parseRequirements(`${source.folder}/requirements.lock`, lock),
    readme:
      readme === undefined || readme.trim() === ""
        ? undefined
        : { path: `${source.folder}/README.md`, text: readme },
    image:
      dockerfile === undefined
        ? undefined
        : readDockerfile(`${source.folder}/Dockerfile`, dockerfile),
    unusable,
    data: source.data,
  };
}

/** The digests that certificates name: over the package's Python files, or over these and conftest.py beside them. */
function packageDigests(source: PipelineTexts, packageName: string): readonly string[] {
  const code = [...source.digests].filter(([path]) => path.startsWith(`${packageName}/`));
  const whole = [...source.digests].filter(
    ([path]) => !path.startsWith("tests/") && !path.startsWith("ci/"),
  );
  return [code, whole].map((files) => sha256OfJson(Object.fromEntries(files)));
}

function modulesIn(
  source: PipelineTexts,
  prefix: string,
  parser: PythonParser,
): readonly PythonModule[] {
  return [...source.texts]
    .filter(([path]) => path.startsWith(prefix) && path.endsWith(".py"))
    .map(([path, text]) => readPythonModule(`${source.folder}/${path}`, parser.parse(text)))
    .filter((module) => !module.isEmpty);
}

function readYaml<T>(
  source: PipelineTexts,
  name: string,
  schema: Schema<T>,
  unusable: Unusable[],
): T | undefined {
  const text = source.texts.get(name);
  if (text === undefined) return undefined;
  const path = `${source.folder}/${name}`;
  const document = parseYaml(text, path);
  const [broken] = document.diagnostics;
  if (broken !== undefined) {
    unusable.push({ path, line: broken.where?.line, reason: broken.message });
    return undefined;
  }
  return checked(document.value ?? {}, { path, schema, unusable, placeOf: document.placeOf });
}

function readJson<T>(
  source: PipelineTexts,
  name: string,
  schema: Schema<T>,
  unusable: Unusable[],
): T | undefined {
  const text = source.texts.get(name);
  if (text === undefined) return undefined;
  const path = `${source.folder}/${name}`;
  try {
    const value: unknown = JSON.parse(text);
    return checked(value, { path, schema, unusable, placeOf: undefined });
  } catch {
    unusable.push({ path, line: 1, reason: "is not JSON" });
    return undefined;
  }
}

function checked<T>(
  value: unknown,
  at: {
    readonly path: string;
    readonly schema: Schema<T>;
    readonly unusable: Unusable[];
    readonly placeOf: ReturnType<typeof parseYaml>["placeOf"] | undefined;
  },
): T | undefined {
  const parsed = at.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const source = {
    codePrefix: "assess",
    value,
    path: at.path,
    ...(at.placeOf === undefined ? {} : { placeOf: at.placeOf }),
  };
  const [first] = diagnosticsOfIssues(parsed.error.issues, source);
  at.unusable.push({
    path: at.path,
    line: first?.where?.line,
    reason: first?.message ?? "has not the form it must have",
  });
  return undefined;
}
