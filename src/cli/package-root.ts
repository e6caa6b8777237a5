/** Where this program's own files are, whether it runs from src/ or from dist/. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Absolute folder of package.json, ending in a slash; `src/cli` and `dist/cli` are both two below it. */
const root = new URL("../../", import.meta.url);

/** Absolute folder of the templates that ship with the program. */
export function templatesFolder(): string {
  return fileURLToPath(new URL("templates", root));
}

/** The version in package.json. */
export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return hasVersion && typeof manifest.version === "string" ? manifest.version : "unknown";
}
