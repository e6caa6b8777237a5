/** certificate.json as a generated file: keys in the schema's order, one line per comparison so that diffs read well. */
import type { GeneratedFile } from "../base/generated-file.ts";
import { relativePath } from "../base/relative-path.ts";
import type { Certificate } from "../verification/schema.ts";

/** The file as it stands in the pipeline's folder. */
export function renderCertificate(certificate: Certificate): GeneratedFile {
  return {
    path: relativePath("certificate.json"),
    text: `${JSON.stringify(certificate, null, 2)}\n`,
    mode: 0o644,
  };
}
