/**
 * What a step reads beyond single files: folders it lists, patterns it expands, paths it looks for in vain, files outside
 * the project. Single files are compared by the manifest of the last execution; these have no single content to compare, and
 * a new file behind a pattern is none that the last execution read.
 */
import { sha256OfJson } from "../base/hash.ts";
import type { PipelineStep } from "../pipeline/schema.ts";
import type { Files } from "../ports/files.ts";

const MAGIC = /[*?[]/;

/**
 * Digest over names and contents, by path as `pipeline.yaml` declares it; `absent` where there is nothing.
 *
 * @param root Of the steps, relative to the project.
 */
export async function declaredReads(
  step: Pick<PipelineStep, "reads" | "writes">,
  root: string,
  files: Files,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const path of step.reads) {
    // What the step itself makes is compared as its output.
    if (path.includes("://") || step.writes.includes(path)) continue;
    const digest = await digestOf(path, root, files);
    if (digest !== undefined) found[path] = digest;
  }
  return found;
}

/** `undefined` for a file of the project, which the manifest speaks of. */
async function digestOf(path: string, root: string, files: Files): Promise<string | undefined> {
  const at = path.startsWith("/") ? path : `${root}/${path}`;
  switch (await files.kind(at)) {
    case "file":
      return path.startsWith("/") ? files.digest(at) : undefined;
    case "directory":
      return digestBelow(at, () => true, files);
    case "missing":
      break;
    case "other":
      return "other";
  }
  if (!MAGIC.test(path)) return "absent";
  const segments = at.split("/");
  const first = segments.findIndex((segment) => MAGIC.test(segment));
  const folder = segments.slice(0, first).join("/") || (path.startsWith("/") ? "/" : ".");
  if ((await files.kind(folder)) !== "directory") return "absent";
  const pattern = globPattern(segments.slice(first).join("/"));
  return digestBelow(folder, (name) => pattern.test(name), files);
}

async function digestBelow(
  folder: string,
  isWanted: (name: string) => boolean,
  files: Files,
): Promise<string> {
  // State of this program, of git and of Python changes with every run and is nobody's data.
  const skip = (name: string): boolean => /(^|\/)(\.mlops|\.git|__pycache__)(\/|$)/.test(name);
  const names = (await files.list(folder, skip, "follow")).filter(isWanted);
  const contents: Record<string, string | undefined> = {};
  for (const name of names) contents[name] = await files.digest(`${folder}/${name}`);
  return sha256OfJson(contents);
}

/** A pattern as Python's `glob` reads it; `**` also stands for no folder at all. */
function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|[\\^$.|+(){}[\]]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 2) return part.replace("[!", "[^").replaceAll("\\", "\\\\");
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
