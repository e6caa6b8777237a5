/** The text of pipeline.yaml or params.yaml, read and checked; loaded only for a text that is not remembered. */
import type { z } from "zod";
import type { Diagnostic } from "../base/diagnostic.ts";
import { err, ok, type Result } from "../base/result.ts";
import { parseYaml } from "../base/yaml.ts";
import { diagnosticsOfIssues } from "../base/zod-issues.ts";
import { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { CheckedYaml } from "./remembered-yaml.ts";

type PipelineKind = "pipeline" | "params";

const SCHEMAS: { readonly [Kind in PipelineKind]: z.ZodType<CheckedYaml[Kind]> } = {
  pipeline: PipelineFile,
  params: ParamsFile,
};

/** The checked value, or everything that is wrong with it, each at its line. */
export function parsePipelineYaml<Kind extends PipelineKind>(
  kind: Kind,
  text: string,
  path: string,
): Result<CheckedYaml[Kind], readonly Diagnostic[]> {
  const document = parseYaml(text, path);
  if (document.diagnostics.some((found) => found.severity === "error"))
    return err(document.diagnostics);
  // Read once: compiling the check would take longer than checking.
  const parsed = SCHEMAS[kind].safeParse(document.value ?? {}, { jitless: true });
  if (parsed.success) return ok(parsed.data);
  return err(
    diagnosticsOfIssues(parsed.error.issues, {
      codePrefix: "pipeline",
      value: document.value,
      path,
      placeOf: document.placeOf,
    }),
  );
}
