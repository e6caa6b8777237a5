/** A project on disk that is gone after the test. */
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface TempProject extends AsyncDisposable {
  /** Absolute, without symlinks. */
  readonly root: string;
  readonly path: (relativePath: string) => string;
  readonly read: (relativePath: string) => Promise<string>;
  readonly write: (relativePath: string, text: string) => Promise<void>;
  /** All files with `/`, sorted, without those in `.git` and `.mlops`. */
  readonly list: () => Promise<readonly string[]>;
}

/** `await using project = await tempProject({ "notebooks/churn.ipynb": "…" })` */
export async function tempProject(
  files: Readonly<Record<string, string>> = {},
): Promise<TempProject> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "mlops-test-")));
  const path = (relativePath: string): string => join(root, relativePath);
  const write = async (relativePath: string, text: string): Promise<void> => {
    await mkdir(dirname(path(relativePath)), { recursive: true });
    await writeFile(path(relativePath), text);
  };
  for (const [relativePath, text] of Object.entries(files)) await write(relativePath, text);
  return {
    root,
    path,
    write,
    read: async (relativePath) => readFile(path(relativePath), "utf8"),
    list: async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .map((found) => found.replaceAll("\\", "/"))
        .filter((found) => !/^\.(?:git|mlops)\//.test(found))
        .sort();
    },
    [Symbol.asyncDispose]: async () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
