import type { RelativePath } from "./brand.ts";

/** A file somebody asked us to make. Generators return these; only `app/write-files.ts` writes them. */
export interface GeneratedFile {
  readonly path: RelativePath;
  readonly text: string;
  /** Permission bits; 0o644 unless the file is meant to be executed. */
  readonly mode: 0o644 | 0o755;
}
