/**
 * What a step saw of the file system besides the content of files: what is at a path, which names a folder has. The other
 * side is `_file_use.py`, which notes it while the step runs; here the same questions are asked again.
 */
import { sha256 } from "../base/hash.ts";
import type { Files } from "../ports/files.ts";
import type { StepManifest } from "../run/schema.ts";

/** Names that change with every run and are nobody's data; the same as in `_file_use.py`. */
const NOT_DATA: ReadonlySet<string> = new Set([
  ".git",
  ".mlops",
  ".venv",
  "venv",
  "node_modules",
  "site-packages",
  "__pycache__",
  ".ipynb_checkpoints",
]);

/**
 * The first path at which the step would see something else now; `undefined` when there is none.
 *
 * @param root Of the steps, relative to the project.
 * @param later Files that this step and later ones declare to write: what they leave in a folder is not what the step found there.
 */
export async function firstSeenOtherwise(
  manifest: StepManifest,
  at: { readonly root: string; readonly files: Files; readonly later: readonly string[] },
): Promise<string | undefined> {
  const made = [...Object.keys(manifest.files), ...at.later];
  for (const [path, seen] of Object.entries(manifest.looked ?? {})) {
    const place = `${at.root}/${path}`;
    const now = seen.startsWith("sha256:")
      ? namesDigest(await at.files.names(place), namesWithin(path, made))
      : await kindOf(place, at.files);
    if (now !== seen) return path;
  }
  for (const [path, digest] of Object.entries(manifest.filesOutside ?? {}))
    if ((await at.files.digest(path)) !== digest) return path;
  return undefined;
}

async function kindOf(place: string, files: Files): Promise<string> {
  switch (await files.kind(place)) {
    case "directory":
      return "directory";
    case "missing":
      return "absent";
    case "file":
    case "other":
      return "file";
  }
}

/** Digest over the names in a folder; `undefined` where there is no such folder. */
function namesDigest(
  names: readonly string[] | undefined,
  without: ReadonlySet<string>,
): string | undefined {
  if (names === undefined) return undefined;
  const counted = names.filter((name) => !without.has(name) && !NOT_DATA.has(name));
  return sha256(
    counted
      .map((name) => sha256(name).slice("sha256:".length))
      .sort()
      .join(""),
  );
}

/** The first name below the folder of every path that is in it. */
function namesWithin(folder: string, paths: readonly string[]): ReadonlySet<string> {
  const start = folder === "." ? "" : `${folder}/`;
  return new Set(
    paths
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length).split("/", 1)[0] ?? ""),
  );
}
