/** Data that a step reads and that is not there: the likeliest reason why it failed, and how to have it. */
import { join, normalize } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Files } from "../ports/files.ts";
import { wayToFetch } from "./datasets-lock.ts";
import type { LoadedPipeline } from "./load-pipeline.ts";

/** One diagnostic a path that pipeline.yaml says the step reads; addresses and patterns are not looked for. */
export async function findMissingData(
  { file, folder }: Pick<LoadedPipeline, "file" | "folder">,
  stepName: string,
  files: Files,
): Promise<readonly Diagnostic[]> {
  const written = new Set(file.steps.flatMap(({ writes }) => writes));
  const step = file.steps.find(({ name }) => name === stepName);
  const found: Diagnostic[] = [];
  for (const read of step?.reads ?? []) {
    if (read.includes("://") || /[*?[]/.test(read) || written.has(read)) continue;
    const path = read.startsWith("/") ? read : normalize(join(folder, file.root, read));
    if ((await files.kind(path)) !== "missing") continue;
    found.push({
      code: "data-missing",
      severity: "error",
      message: `step ${stepName} reads ${path}, which is not there`,
      where: { path },
      hint:
        (await wayToFetch(path, files)) ??
        "put it there (git checkout brings back what is in git), then run again: the steps that finished are kept",
    });
  }
  return found;
}
