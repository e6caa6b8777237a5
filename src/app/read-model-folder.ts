/**
 * A folder with a model from elsewhere: its files by digest, and its documents. It is hostile until shown otherwise: nothing in it
 * is executed or unpickled, links are refused, documents are bounded, and paths that leave the folder are refused.
 */
import type { Sha256 } from "../base/brand.ts";
import { InputError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import { parseRelativePath } from "../base/relative-path.ts";
import { parseYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import { MLmodelFile } from "../mlflow/mlmodel-schema.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import { VERSION_FILE } from "./exported-version.ts";
import { ExportedVersion } from "./exported-version-schema.ts";

const MOST_FILES = 10_000;
const MOST_DOCUMENT_BYTES = 16 << 20;
const MOST_MLMODEL_BYTES = 1 << 20;

/** What the folder holds. */
export interface ModelFolder {
  /** Without `version.json`, by path, sorted. */
  readonly files: Readonly<Record<string, Sha256>>;
  readonly mlmodel: MLmodelFile;
  /** `undefined` when it was not exported by mlops. */
  readonly exported: ExportedVersion | undefined;
  /** Text of a file of the folder; `undefined` when it has none of this name. */
  readonly readText: (path: string) => Promise<string | undefined>;
}

/**
 * @param keep Whether the files are put into the store; what is read afterwards is then what the store has.
 * @throws InputError `import-folder-invalid`, `import-digest-mismatch`.
 */
export async function readModelFolder(
  folder: string,
  keep: boolean,
  ports: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<ModelFolder> {
  const { files, artifacts } = ports;
  const digests: Record<string, Sha256> = {};
  for (const path of await listModel(folder, files)) {
    const from = files.absolute(`${folder}/${path}`);
    const digest = keep ? await artifacts.addFile(from) : await files.digest(from);
    if (digest === undefined || !isSha256(digest)) throw invalid(folder, `${path} vanished`);
    digests[path] = digest;
  }
  const readText = async (path: string, mostBytes = MOST_DOCUMENT_BYTES) => {
    const digest = digests[path];
    if (digest === undefined) return undefined;
    const size = await files.size(`${folder}/${path}`);
    if (size === undefined || size > mostBytes)
      throw invalid(folder, `${path} is larger than any such document`);
    const bytes = keep ? await artifacts.read(digest) : await files.readBytes(`${folder}/${path}`);
    if (bytes === undefined || bytes.length > mostBytes)
      throw invalid(folder, `${path} changed while it was read`);
    return new TextDecoder().decode(bytes);
  };
  const mlmodel = readMLmodel(folder, await readText("MLmodel", MOST_MLMODEL_BYTES));
  const exported = readExported(folder, await readText(VERSION_FILE));
  const own = Object.fromEntries(
    Object.entries(digests).filter(([path]) => exported === undefined || path !== VERSION_FILE),
  );
  if (exported !== undefined) checkDigests(folder, own, exported.files);
  return { files: own, mlmodel, exported, readText };
}

/** Paths of all files, sorted, without what Python compiled. A link is refused without looking where it leads: that may be anywhere. */
async function listModel(folder: string, files: Files): Promise<readonly string[]> {
  const real = await files.realPath(folder);
  if (real === undefined || (await files.kind(folder)) !== "directory")
    throw invalid(folder, "it is no folder");
  const found: string[] = [];
  const waiting = [""];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const name of (await files.names(`${real}/${below}`)) ?? []) {
      const path = `${below}${name}`;
      if (name === "__pycache__") continue;
      if (parseRelativePath(path) !== path)
        throw invalid(folder, `${JSON.stringify(path)} is no name for a file`);
      if ((await files.realPath(`${real}/${path}`)) !== `${real}/${path}`)
        throw invalid(folder, `${path} is a link, and links can lead anywhere`);
      const kind = await files.kind(`${real}/${path}`);
      if (kind === "directory") waiting.push(`${path}/`);
      else if (kind === "file") found.push(path);
      else throw invalid(folder, `${path} is no file`);
      if (found.length + waiting.length > MOST_FILES)
        throw invalid(folder, "it holds more files than any model");
    }
  }
  return found.sort((left, right) => (left < right ? -1 : 1));
}

function readMLmodel(folder: string, text: string | undefined): MLmodelFile {
  if (text === undefined) throw invalid(folder, "it has no MLmodel file, so it is no MLflow model");
  const { value, diagnostics } = parsed(folder, text);
  const [broken] = diagnostics;
  if (broken !== undefined) throw invalid(folder, `its MLmodel is ${broken.message}`);
  const mlmodel = MLmodelFile.safeParse(value);
  if (!mlmodel.success) throw unusable(folder, "MLmodel", { value, issues: mlmodel.error.issues });
  const { flavors, metadata } = mlmodel.data;
  if (
    flavors.python_function === undefined &&
    flavors.sklearn === undefined &&
    metadata?.mlops === undefined
  )
    throw invalid(folder, "its MLmodel has neither the flavor python_function nor sklearn");
  return mlmodel.data;
}

function parsed(folder: string, text: string): ReturnType<typeof parseYaml> {
  try {
    return parseYaml(text, "MLmodel");
  } catch (error) {
    // Brackets within brackets without end take the parser's stack.
    if (error instanceof RangeError) throw invalid(folder, "its MLmodel is nested too deep");
    throw error;
  }
}

/** A file of that name without our schema is one of the model's own. */
function readExported(folder: string, text: string | undefined): ExportedVersion | undefined {
  let value: unknown;
  try {
    value = text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("schema" in value)) return undefined;
  if (typeof value.schema !== "string" || !value.schema.startsWith("mlops.version/"))
    return undefined;
  const exported = ExportedVersion.safeParse(value);
  if (exported.success) return exported.data;
  throw unusable(folder, VERSION_FILE, { value, issues: exported.error.issues });
}

function unusable(
  folder: string,
  name: string,
  found: {
    readonly value: unknown;
    readonly issues: Parameters<typeof diagnosticsOfIssues>[0];
  },
): InputError {
  const [first] = diagnosticsOfIssues(found.issues, { codePrefix: "import", value: found.value });
  return invalid(folder, `its ${name} cannot be used: ${first?.message ?? "it has another form"}`);
}

function checkDigests(
  folder: string,
  found: Readonly<Record<string, Sha256>>,
  said: Readonly<Record<string, Sha256>>,
): void {
  const paths = [...new Set([...Object.keys(found), ...Object.keys(said)])].sort();
  const wrong = paths.find((path) => found[path] !== said[path]);
  if (wrong === undefined) return;
  const what =
    found[wrong] === undefined
      ? "is missing"
      : said[wrong] === undefined
        ? "is not part of what was exported"
        : "is not what was exported";
  throw new InputError(`${wrong} in ${folder} ${what}.`, {
    code: "import-digest-mismatch",
    where: { path: `${folder}/${wrong}` },
    hint: "export and copy it again; nothing was imported",
  });
}

function invalid(folder: string, because: string): InputError {
  return new InputError(`${folder} cannot be imported: ${because}.`, {
    code: "import-folder-invalid",
    where: { path: folder },
    hint: "give a folder that mlops models export wrote, or one with an MLmodel file",
  });
}
