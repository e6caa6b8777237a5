/** contract.json as a generated file; the pipeline's folder and every model version hold the same text. */
import type { GeneratedFile } from "../base/generated-file.ts";
import { relativePath } from "../base/relative-path.ts";
import type { Contract } from "../contract/schema.ts";

/** The file as it stands in the pipeline's folder and beside the model. */
export function renderContract(contract: Contract): GeneratedFile {
  const text = `${JSON.stringify(contract, undefined, 1)}\n`;
  return { path: relativePath("contract.json"), text, mode: 0o644 };
}
