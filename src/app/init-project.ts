/** Makes a folder a project: settings, a place for state that git ignores, and a Python that works. Doing it twice changes nothing. */
import { parseRelativePath } from "../base/relative-path.ts";
import { fillYaml } from "../base/yaml.ts";
import type { Files } from "../ports/files.ts";
import { CONFIG_FILE, STATE_FOLDER } from "./find-project.ts";
import type { FoundPython } from "./find-python.ts";
import type { InitResult } from "./init-schema.ts";

export interface InitInput {
  readonly python: FoundPython;
  /** Interpreter to write down, as the person named it; `undefined` leaves the search to each machine. */
  readonly pythonSetting: string | undefined;
  /** Folder for pipelines, relative to the root. */
  readonly pipelines: string;
  /** Text of `templates/project/mlopsrc.yaml`. */
  readonly template: string;
}

/** Writes what is missing below the root of `files` and leaves what is there as it is. */
export async function initProject(input: InitInput, files: Files): Promise<InitResult> {
  const settings = fillYaml(input.template, {
    PIPELINES: input.pipelines,
    PYTHON: input.pythonSetting,
  });
  const wanted = [
    { path: CONFIG_FILE, text: settings },
    {
      path: `${STATE_FOLDER}/.gitignore`,
      text: "# Registry, store and scratch space: never in git.\n*\n",
    },
  ];
  const written: InitResult["files"] = [];
  for (const { path, text } of wanted) {
    const isThere = (await files.kind(path)) !== "missing";
    if (!isThere) await files.writeAtomic(path, text);
    written.push({ path, status: isThere ? "unchanged" : "created" });
  }
  const { executable, version, foundBy, because, notes } = input.python;
  return {
    root: files.absolute("."),
    python: { executable, version, foundBy, because, notes: [...notes] },
    files: written,
    notebook: (await findNotebook(files)) ?? null,
  };
}

/** What is wrong with a folder for pipelines, or `undefined`. */
export function checkPipelinesFolder(folder: string): string | undefined {
  if (parseRelativePath(folder) !== undefined) return undefined;
  return `"${folder}" must be a folder inside the project, like pipelines`;
}

/** The first notebook in the root or one folder below; deeper ones are not worth the time that a large tree takes. */
async function findNotebook(files: Files): Promise<string | undefined> {
  const found = await files.list(".", (path) => {
    const parts = path.split("/");
    const name = parts.at(-1) ?? "";
    return parts.length > 2 || name.startsWith(".") || name === "node_modules";
  });
  return found.find((path) => path.endsWith(".ipynb"));
}
