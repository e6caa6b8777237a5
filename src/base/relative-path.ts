/** Paths inside the project: always with `/`, never absolute, never leaving by `..`. */
import { normalize } from "node:path/posix";
import type { RelativePath } from "./brand.ts";

/**
 * The normal form of a path inside the project, or `undefined` when it is absolute, leaves the project, is empty,
 * or holds a character no file name may have. Backslashes count as separators, because Windows users type them.
 */
export function parseRelativePath(text: string): RelativePath | undefined {
  const slashed = text.replaceAll("\\", "/");
  if (slashed === "" || slashed.includes("\0")) return undefined;
  if (slashed.startsWith("/") || /^[A-Za-z]:/.test(slashed)) return undefined;
  const normal = normalize(slashed).replace(/\/$/, "");
  if (normal === "." || normal === ".." || normal.startsWith("../")) return undefined;
  // The checks above are what the brand stands for.
  return normal as RelativePath; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the only place that makes the brand
}

/**
 * A relative path that this program itself puts together.
 *
 * @throws Error when it is none, which is a bug and never the user's doing.
 */
export function relativePath(text: string): RelativePath {
  const path = parseRelativePath(text);
  if (path === undefined) throw new Error(`not a path inside the project: ${JSON.stringify(text)}`);
  return path;
}
