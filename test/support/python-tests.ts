/** Which tests need a Python environment: those whose imports lead to `python-environment.ts`. So nobody has to remember a naming rule. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";

/** Paths relative to the root, with `/`, sorted. */
export function testsThatNeedPython(root: string): readonly string[] {
  const known = new Map<string, boolean>([["test/support/python-environment.ts", true]]);
  return globSync("test/**/*.test.ts", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .filter((path) => leadsToPython(root, path, known));
}

/** Follows relative imports inside test/ only: what src/ imports never leads back here. */
function leadsToPython(root: string, path: string, known: Map<string, boolean>): boolean {
  const answer = known.get(path);
  if (answer !== undefined) return answer;
  known.set(path, false);
  const needs = relativeImports(root, path).some((imported) =>
    leadsToPython(root, imported, known),
  );
  known.set(path, needs);
  return needs;
}

function relativeImports(root: string, path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(join(root, path), "utf8");
  } catch {
    // An import of a file that does not exist is reported by the type check, with its place.
    return [];
  }
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+\.ts)"/g)]
    .map((match) => join(dirname(path), match[1] ?? ""))
    .filter((imported) => imported.startsWith("test/"));
}
