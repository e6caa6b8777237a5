/**
 * Where poetry keeps the environment of a project, by poetry's own rule and without starting poetry: a folder of the
 * cache named after the package, a digest of the project's path and the Python version.
 */
import { createHash } from "node:crypto";
import { readToml, type TomlTable, tomlText } from "../base/toml.ts";
import type { Files } from "../ports/files.ts";

/** The folder, or why there is none. */
export type PoetryEnvironment =
  | { readonly kind: "found"; readonly folder: string }
  | { readonly kind: "missing"; readonly because: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** @param pyproject Of the project whose root `files` has. An in-project `.venv` is found before this is asked. */
export async function poetryEnvironment(
  pyproject: TomlTable,
  environment: Environment,
  files: Files,
): Promise<PoetryEnvironment> {
  const name =
    tomlText(pyproject, ["project", "name"]) ??
    tomlText(pyproject, ["tool", "poetry", "name"]) ??
    "non-package-mode";
  const base = poetryEnvironmentName(name, files.absolute("."));
  for (const folder of await environmentFolders(environment, files)) {
    if ((await files.kind(folder)) !== "directory") continue;
    const active = readToml((await files.readText(`${folder}/envs.toml`)) ?? "");
    const minor = tomlText(active, [base, "minor"]);
    if (minor !== undefined && (await files.kind(`${folder}/${base}-py${minor}`)) === "directory")
      return { kind: "found", folder: `${folder}/${base}-py${minor}` };
    const made = await madeFor(base, folder, files);
    const [only, ...others] = made;
    if (only !== undefined && others.length === 0) return { kind: "found", folder: only };
    if (only !== undefined) {
      const because = `poetry has ${String(made.length)} environments for this project: poetry env use VERSION chooses one`;
      return { kind: "missing", because };
    }
  }
  return {
    kind: "missing",
    because: "the project uses poetry, and its environment was not found: poetry install makes it",
  };
}

/** `churn-model` and its folder → `churn-model-Ab3_xY9z`. */
export function poetryEnvironmentName(name: string, projectFolder: string): string {
  const cleaned = name
    .toLowerCase()
    .replaceAll(/[ $`!*@"\\\r\n\t]/g, "_")
    .slice(0, 42);
  const digest = createHash("sha256").update(projectFolder).digest("base64url").slice(0, 8);
  return `${cleaned}-${digest}`;
}

/** Environments of this name by Python version; the versions generated pipelines run on are few. */
async function madeFor(base: string, folder: string, files: Files): Promise<readonly string[]> {
  const made: string[] = [];
  for (let minor = 8; minor <= 20; minor += 1) {
    const path = `${folder}/${base}-py3.${String(minor)}`;
    if ((await files.kind(path)) === "directory") made.push(path);
  }
  return made;
}

/** Settings first, nearest first; then the cache folders of the platforms. */
async function environmentFolders(
  environment: Environment,
  files: Files,
): Promise<readonly string[]> {
  const home = environment["HOME"] ?? environment["USERPROFILE"];
  const configured: string[] = [];
  const places = [
    "poetry.toml",
    ...configFolders(environment, home).map((at) => `${at}/config.toml`),
  ];
  for (const path of places) {
    const settings = readToml((await files.readText(path)) ?? "");
    const cache = tomlText(settings, ["cache-dir"]);
    const folder =
      tomlText(settings, ["virtualenvs", "path"]) ??
      (cache === undefined ? undefined : `${cache}/virtualenvs`);
    if (folder !== undefined) configured.push(folder.replace("{cache-dir}", cache ?? ""));
  }
  const named = environment["POETRY_VIRTUALENVS_PATH"];
  const caches = [
    environment["POETRY_CACHE_DIR"],
    below(environment["XDG_CACHE_HOME"], "pypoetry"),
    below(home, ".cache/pypoetry"),
    below(home, "Library/Caches/pypoetry"),
    below(environment["LOCALAPPDATA"], "pypoetry/Cache"),
  ].filter((path) => path !== undefined && path !== "");
  return [
    ...(named === undefined || named === "" ? [] : [named]),
    ...configured,
    ...caches.map((path) => `${String(path)}/virtualenvs`),
  ];
}

function configFolders(environment: Environment, home: string | undefined): readonly string[] {
  return [
    environment["POETRY_CONFIG_DIR"],
    below(environment["XDG_CONFIG_HOME"], "pypoetry"),
    below(home, ".config/pypoetry"),
    below(home, "Library/Application Support/pypoetry"),
    below(environment["APPDATA"], "pypoetry"),
  ].filter((path) => path !== undefined);
}

function below(folder: string | undefined, name: string): string | undefined {
  return folder === undefined || folder === "" ? undefined : `${folder}/${name}`;
}
