/** The directory of a model version (contract 6), as blobs in the store: path → digest. The same content gives the same directory. */
import type { Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import { pythonName } from "../base/python-name.ts";
import { renderContract } from "../codegen/contract-file.ts";
import { syntheticExample } from "../contract/synthetic-example.ts";
import {
  INPUT_EXAMPLE,
  renderInputExample,
  renderMLmodel,
  renderPythonEnvironment,
} from "../mlflow/mlmodel.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { RunRecord } from "../registry/run-record.ts";
import type { StoredOutput } from "./pack-input.ts";
import type { PackedModel } from "./pack-model.ts";

/** Path in the directory → digest. */
export type DirectoryFiles = Readonly<Record<string, Sha256>>;

/** What a directory is made of. */
export interface DirectoryParts {
  readonly run: RunRecord;
  readonly plan: Pick<Plan, "name" | "serve">;
  /** Folder of the generated package, relative to the project root. */
  readonly packageFolder: string;
  readonly certificate: { readonly digest: Sha256 } | undefined;
  readonly packed: PackedModel | { readonly because: string };
  /** Version of the interpreter. */
  readonly python: string;
}

/**
 * Files by path, sorted; every blob is in the store afterwards.
 * @throws ConflictError `run-artifact-missing`.
 */
export async function buildModelDirectory(
  parts: DirectoryParts,
  ports: { readonly files: Files; readonly artifacts: Artifacts },
): Promise<DirectoryFiles> {
  const { packed, python, certificate } = parts;
  const packageName = pythonName(parts.plan.name);
  const { artifacts } = ports;
  const files: Record<string, Sha256> = {};
  const texts: Record<string, string> = {
    "requirements.txt":
      (await ports.files.readText(`${parts.packageFolder}/requirements.txt`)) ?? "",
    "python_env.yaml": renderPythonEnvironment(python),
  };
  if (certificate !== undefined)
    files["certificate.json"] = await presentBlob(certificate.digest, "the certificate", artifacts);
  if ("because" in packed) {
    const serve = parts.plan.serve;
    if (serve !== undefined) {
      const output = outputIn(parts.run, serve.model);
      files[`model/model.${output.codec === "pickle" ? "pkl" : output.codec}`] = await presentBlob(
        output.digest,
        "the fitted model",
        artifacts,
      );
    }
    texts["MLmodel"] = renderMLmodel({
      packageName,
      python,
      columns: [],
      servable: { ready: false, because: packed.because },
    });
  } else {
    for (const [path, digest] of Object.entries(packed.files))
      files[path] = await presentBlob(digest, path, artifacts);
    const { columns } = packed.contract;
    texts["contract.json"] = renderContract(packed.contract).text;
    texts["profile.json"] = packed.profile;
    texts[INPUT_EXAMPLE] = renderInputExample(syntheticExample(packed.contract));
    texts["MLmodel"] = renderMLmodel({ packageName, python, columns, servable: { ready: true } });
  }
  const code = await ports.files.list(`${parts.packageFolder}/${packageName}`, isCache);
  // All at once: each waits for the disk, not for the others.
  await Promise.all([
    ...Object.entries(texts).map(async ([path, text]) => {
      files[path] = await artifacts.write(new TextEncoder().encode(text));
    }),
    ...code.map(async (path) => {
      const file = ports.files.absolute(`${parts.packageFolder}/${packageName}/${path}`);
      files[`code/${packageName}/${path}`] = await artifacts.addFile(file);
    }),
  ]);
  const digests = `${JSON.stringify(sorted(files), undefined, 1)}\n`;
  files["digests.json"] = await artifacts.write(new TextEncoder().encode(digests));
  return sorted(files);
}

async function presentBlob(digest: Sha256, what: string, artifacts: Artifacts): Promise<Sha256> {
  if (await artifacts.use(digest)) return digest;
  throw new ConflictError(`The store no longer has ${what} (${digest.slice(0, 19)}…).`, {
    code: "run-artifact-missing",
    hint: "run the pipeline again with --force",
  });
}

function isCache(path: string): boolean {
  return path.endsWith("__pycache__") || path.endsWith(".pyc");
}

/** What a run stored under a name. @throws ConflictError `run-artifact-missing`. */
export function outputIn(run: RunRecord, name: string): StoredOutput {
  const output = findOutputIn(run, name);
  if (output !== undefined) return output;
  throw new ConflictError(`Run ${run.id.slice(0, 8)} did not make the artifact ${name}.`, {
    code: "run-artifact-missing",
    hint: `the pipeline has changed since; run it again: mlops run ${run.pipeline}`,
  });
}

/** As `outputIn`; `undefined` where there is nothing. */
export function findOutputIn(run: RunRecord, name: string): StoredOutput | undefined {
  for (const step of run.steps.toReversed()) {
    const output = step.manifest?.outputs[name];
    if (output !== undefined) return output;
  }
  return undefined;
}

function sorted(files: Readonly<Record<string, Sha256>>): DirectoryFiles {
  return Object.fromEntries(
    Object.entries(files).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}
