/** Which folder is the project: the nearest one above that says so. */
import { dirname } from "node:path/posix";
import type { Files } from "../ports/files.ts";

export interface Project {
  /** Absolute, with `/`. */
  readonly root: string;
  /** What told: the settings file, our state folder, the git work tree, or nothing (the working directory itself). */
  readonly foundBy: "config" | "state" | "git" | "working-directory";
}

/** Name of the settings file. */
export const CONFIG_FILE = ".mlopsrc.yaml";
/** Folder of the registry, the store and everything else that is not in git. */
export const STATE_FOLDER = ".mlops";
/** The project's own artifacts, by content. `store:` in the settings is where a team shares them. */
export const STORE_FOLDER = ".mlops/store";

/**
 * The nearest ancestor of `start` (itself included) with `.mlopsrc.yaml`; else with `.mlops`; else the root of the
 * git work tree; else `start`.
 */
export async function findProject(start: string, files: Files): Promise<Project> {
  const markers = [
    { name: CONFIG_FILE, foundBy: "config" },
    { name: STATE_FOLDER, foundBy: "state" },
    { name: ".git", foundBy: "git" },
  ] as const;
  const ancestors = ancestorsOf(files.absolute(start));
  for (const { name, foundBy } of markers) {
    for (const folder of ancestors) {
      const path = folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
      if ((await files.kind(path)) !== "missing") return { root: folder, foundBy };
    }
  }
  return { root: files.absolute(start), foundBy: "working-directory" };
}

function ancestorsOf(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder || parent === "." ? [folder] : [folder, ...ancestorsOf(parent)];
}
