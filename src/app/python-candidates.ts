/**
 * Where the user's Python may be, in the order in which it is tried, each with the reason. Only files are looked at;
 * nothing is started here, and no tool (uv, poetry, conda) is asked.
 */
import type { Files } from "../ports/files.ts";

/** What an interpreter was found by. */
export type FoundBy =
  | "named"
  | "virtual-environment"
  | "conda"
  | "project-environment"
  | "poetry"
  | "conda-file"
  | "path";

/** One place to try. */
export interface PythonCandidate {
  /** Absolute path, or a command. */
  readonly command: string;
  readonly foundBy: FoundBy;
  /** Why this one, as the rest of "because it is …". */
  readonly because: string;
}

/** A place to try, or something worth knowing about a place that has no interpreter. */
export type PythonLead =
  | { readonly kind: "candidate"; readonly candidate: PythonCandidate }
  | { readonly kind: "note"; readonly text: string };

export interface PythonPlaces {
  /** A command or path given by a flag or the settings; then nothing else is tried. Paths are relative to the project root. */
  readonly named: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Environments a project keeps beside its files, in this order. uv and poetry (in-project) use the first. */
const OWN_ENVIRONMENTS = [".venv", "venv"];

/**
 * The leads, found one at a time: whoever takes the first good one never pays for the others.
 * Active environments stand first because a person activated them for this shell; then what the project itself keeps or
 * describes; then the PATH.
 */
export async function* pythonLeads(places: PythonPlaces, files: Files): AsyncGenerator<PythonLead> {
  const { named, environment } = places;
  if (named !== undefined) {
    const command = /[\\/]/.test(named) ? files.absolute(named) : named;
    yield candidate(command, "named", "the one that was named");
    return;
  }
  const active = setVariable(environment, "VIRTUAL_ENV");
  if (active !== undefined) {
    yield* environmentLead(
      {
        folder: active,
        foundBy: "virtual-environment",
        because: "the active virtual environment (VIRTUAL_ENV)",
      },
      files,
    );
  }
  const conda = setVariable(environment, "CONDA_PREFIX");
  // Conda's base environment is active in most shells that have conda at all; it says nothing about this project.
  const isBase = environment["CONDA_DEFAULT_ENV"] === "base";
  if (conda !== undefined && !isBase) yield* activeCondaLead(conda, files);
  for (const folder of OWN_ENVIRONMENTS) {
    if ((await files.kind(folder)) !== "directory") continue;
    yield* environmentLead(
      { folder, foundBy: "project-environment", because: `the project's own ${folder}` },
      files,
    );
  }
  yield* describedLeads(environment, files);
  if (conda !== undefined && isBase) yield* activeCondaLead(conda, files);
  for (const command of ["python3", "python"]) {
    yield candidate(command, "path", `${command} on the PATH`);
  }
}

/** The interpreter of an environment; `bin` everywhere, on Windows `Scripts` or, for conda, the folder itself. */
export async function interpreterOf(folder: string, files: Files): Promise<string | undefined> {
  for (const path of ["bin/python", "bin/python3", "Scripts/python.exe", "python.exe"]) {
    if ((await files.kind(`${folder}/${path}`)) === "file")
      return files.absolute(`${folder}/${path}`);
  }
  return undefined;
}

async function* activeCondaLead(folder: string, files: Files): AsyncGenerator<PythonLead> {
  yield* environmentLead(
    { folder, foundBy: "conda", because: "the active conda environment (CONDA_PREFIX)" },
    files,
  );
}

async function* environmentLead(
  place: { readonly folder: string; readonly foundBy: FoundBy; readonly because: string },
  files: Files,
): AsyncGenerator<PythonLead> {
  const command = await interpreterOf(place.folder, files);
  if (command === undefined) {
    yield note(
      `${place.folder} has no interpreter that can be started, although it looks like ${place.because}`,
    );
    return;
  }
  yield candidate(command, place.foundBy, place.because);
}

/** Environments that a file of the project describes and that live elsewhere. */
async function* describedLeads(
  environment: PythonPlaces["environment"],
  files: Files,
): AsyncGenerator<PythonLead> {
  // Readers of files that most projects do not have, or that are looked at last.
  const { readToml, tomlValue } = await import("../base/toml.ts");
  const pyproject = readToml((await files.readText("pyproject.toml")) ?? "");
  // Without a table of its own a tool is known by what it writes as the backend of new projects.
  const backend = tomlValue(pyproject, ["build-system", "build-backend"]);
  const uses = (tool: "uv" | "poetry"): boolean =>
    tomlValue(pyproject, ["tool", tool]) !== undefined ||
    (typeof backend === "string" && new RegExp(`^${tool}[._]`).test(backend));
  if ((await isFile("uv.lock", files)) || uses("uv")) {
    yield note("the project uses uv, and its .venv is missing: uv sync makes it");
  }
  if ((await isFile("poetry.lock", files)) || uses("poetry")) {
    const { poetryEnvironment } = await import("./poetry-environment.ts");
    const found = await poetryEnvironment(pyproject, environment, files);
    if (found.kind === "found") {
      yield* environmentLead(
        {
          folder: found.folder,
          foundBy: "poetry",
          because: "poetry's environment of this project",
        },
        files,
      );
    } else yield note(found.because);
  }
  for (const file of ["environment.yml", "environment.yaml"]) {
    const text = await files.readText(file);
    if (text !== undefined) yield* condaFileLead(file, text, { environment, files });
  }
}

/** `environment.yml` names an environment (or says where it is); it is looked for where conda's installers put them. */
async function* condaFileLead(
  file: string,
  text: string,
  at: { readonly environment: PythonPlaces["environment"]; readonly files: Files },
): AsyncGenerator<PythonLead> {
  const { parseYaml } = await import("../base/yaml.ts");
  const { value } = parseYaml(text, file);
  const prefix = textAt(value, "prefix");
  const name = textAt(value, "name");
  const places = [
    ...(prefix === undefined ? [] : [prefix]),
    ...(name === undefined ? [] : condaRoots(at.environment).map((root) => `${root}/${name}`)),
  ];
  for (const folder of places) {
    const command = await interpreterOf(folder, at.files);
    if (command === undefined) continue;
    yield candidate(command, "conda-file", `the conda environment that ${file} names`);
    return;
  }
  yield note(
    `${file} describes a conda environment that was not found: conda env create -f ${file}`,
  );
}

/** Folders of named environments: beside the conda that was started, in the home folder, and where `CONDA_ENVS_PATH` says. */
function condaRoots(environment: PythonPlaces["environment"]): readonly string[] {
  const program = setVariable(environment, "CONDA_EXE") ?? setVariable(environment, "MAMBA_EXE");
  const mamba = setVariable(environment, "MAMBA_ROOT_PREFIX");
  const home = setVariable(environment, "HOME") ?? setVariable(environment, "USERPROFILE");
  const installed = ["miniforge3", "miniconda3", "mambaforge", "anaconda3", "micromamba"];
  return [
    ...(setVariable(environment, "CONDA_ENVS_PATH")?.split(":") ?? []),
    ...(program === undefined ? [] : [`${program.replace(/[\\/][^\\/]+[\\/][^\\/]+$/, "")}/envs`]),
    ...(mamba === undefined ? [] : [`${mamba}/envs`]),
    ...(home === undefined
      ? []
      : [`${home}/.conda/envs`, ...installed.map((folder) => `${home}/${folder}/envs`)]),
  ];
}

/** A variable that is there and not empty. */
function setVariable(environment: PythonPlaces["environment"], name: string): string | undefined {
  const value = environment[name];
  return value === "" ? undefined : value;
}

function textAt(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === "string" ? found : undefined;
}

async function isFile(path: string, files: Files): Promise<boolean> {
  return (await files.kind(path)) === "file";
}

function candidate(command: string, foundBy: FoundBy, because: string): PythonLead {
  return { kind: "candidate", candidate: { command, foundBy, because } };
}

function note(text: string): PythonLead {
  return { kind: "note", text };
}
