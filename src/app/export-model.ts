/** Writes a model version into a folder of its own, with what the registry knows of it, for another registry or for MLflow. */
import { ConflictError, EnvironmentError, InputError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import { WorkerError } from "../ports/worker.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import { renderExportedVersion, VERSION_FILE } from "./exported-version.ts";
import { materializeModel } from "./materialize-model.ts";
import type { ModelExportReport } from "./model-transfer-schema.ts";
import { ConvertReply } from "./pack-schema.ts";
import type { ServableModel } from "./serve-model.ts";

export interface ExportPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Pick<Registry, "audit">;
}

/**
 * The version's own files and `version.json`. The folder appears whole or not at all.
 *
 * @param folder Must not exist.
 * @throws ConflictError `output-folder-taken`, `model-bytes-missing`.
 */
export async function exportModel(
  version: ModelVersion,
  folder: string,
  ports: ExportPorts,
): Promise<ModelExportReport> {
  const reference = renderModelVersion(version);
  await writeFolder(folder, ports.files, async (temporary) => {
    await materializeModel(version, temporary, ports);
    const text = renderExportedVersion(version, reference, ports.registry.audit.list());
    await ports.files.writeAtomic(`${temporary}/${VERSION_FILE}`, text);
  });
  return {
    reference,
    folder,
    format: "mlflow",
    files: [...Object.keys(version.files), VERSION_FILE].sort(),
    compared: null,
  };
}

/**
 * The version's estimator in another format, beside what it takes and `version.json`. It was read back and gave the model's answers.
 *
 * @throws EnvironmentError `export-needs-package`; InputError `export-not-convertible`, `export-differs`; what `exportModel` throws.
 */
export async function exportConverted(
  input: {
    readonly version: ModelVersion;
    readonly folder: string;
    readonly format: "skops" | "onnx";
    readonly servable: ServableModel;
  },
  ports: ExportPorts,
): Promise<ModelExportReport> {
  const { version, folder, format, servable } = input;
  const reference = renderModelVersion(version);
  const name = `model.${format}`;
  const described = `${format}.json`;
  const { files } = ports;
  const compared = await writeFolder(folder, files, async (temporary) => {
    await files.makeDirectory(temporary);
    const out = files.absolute(`${temporary}/${name}`);
    const made = await convert({ reference, format, out, servable });
    const facts = { compared: { rows: made.rows, gap: made.gap, tolerance: made.tolerance } };
    const text =
      format === "skops" ? { types: made.types, ...facts } : { ...made.features, ...facts };
    await files.writeAtomic(`${temporary}/${described}`, `${JSON.stringify(text, undefined, 1)}\n`);
    const said = renderExportedVersion(version, reference, ports.registry.audit.list());
    await files.writeAtomic(`${temporary}/${VERSION_FILE}`, said);
    return facts.compared;
  });
  const written = [name, described, VERSION_FILE].sort();
  return { reference, folder, format, files: written, compared };
}

async function convert({
  reference,
  format,
  out,
  servable,
}: {
  readonly reference: string;
  readonly format: "skops" | "onnx";
  readonly out: string;
  readonly servable: ServableModel;
}): Promise<ConvertReply> {
  const worker = await servable.startWorker();
  try {
    const { columns } = servable.model.contract;
    return ConvertReply.parse((await worker.call("convert", { format, out, columns })).result);
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    const { code, message } = error.failure;
    const said = `${reference} cannot be exported as ${format}: ${message}.`;
    if (code === "export-needs-package")
      throw new EnvironmentError(said, {
        code,
        hint: "name an interpreter that has it by --python",
        cause: error,
      });
    if (code === "export-not-convertible" || code === "export-differs")
      throw new InputError(said, {
        code,
        hint: "nothing was written; --format mlflow takes every model",
        cause: error,
      });
    throw error;
  } finally {
    await worker.close();
  }
}

/**
 * Fills a folder beside the one that is asked for, then gives it its name.
 *
 * @throws ConflictError `output-folder-taken` where something has the name.
 */
export async function writeFolder<T>(
  folder: string,
  files: Files,
  fill: (temporary: string) => Promise<T>,
): Promise<T> {
  const target = folder.replace(/\/+$/, "");
  if ((await files.kind(target)) !== "missing") throw taken(folder);
  const parent = target.includes("/") ? target.slice(0, target.lastIndexOf("/")) || "/" : ".";
  await files.makeDirectory(parent);
  const outer = await files.temporaryDirectory(parent, ".export-");
  try {
    const filled = await fill(`${outer}/version`);
    // Renaming replaces an empty folder without a word.
    if ((await files.kind(target)) !== "missing") throw taken(folder);
    await files.rename(`${outer}/version`, target);
    return filled;
  } finally {
    await files.remove(outer);
  }
}

function taken(folder: string): ConflictError {
  return new ConflictError(`${folder} is there already.`, {
    code: "output-folder-taken",
    where: { path: folder },
    hint: "remove it, or name another folder by --out",
  });
}
