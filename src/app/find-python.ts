/** Which Python runs the user's code: the one that was named, else the active environment, else the one on the PATH. */
import { EnvironmentError } from "../base/errors.ts";
import type { Files } from "../ports/files.ts";
import type { Processes } from "../ports/processes.ts";

export interface PythonSearch {
  /** A command or path given by a flag or the settings; then nothing else is tried. Paths are relative to the project root. */
  readonly named: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** An interpreter that answered. */
export interface FoundPython {
  /** Absolute path, as the interpreter itself names it; inside an environment that is the environment's own. */
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
  readonly foundBy: "named" | "virtual-environment" | "project-environment" | "path";
}

/** The oldest Python that generated pipelines and the observer run on. */
export const OLDEST_PYTHON = "3.10";

/**
 * The first interpreter of 3.10 or newer.
 *
 * @throws EnvironmentError `python-missing` when none answers, `python-too-old` when only older ones do.
 */
export async function findPython(
  search: PythonSearch,
  ports: { readonly files: Files; readonly processes: Processes },
): Promise<FoundPython> {
  const candidates = await candidatesOf(search, ports.files);
  const tooOld: string[] = [];
  for (const { command, foundBy } of candidates) {
    const answer = await askPython(command, search, ports);
    if (answer === undefined) continue;
    if (isNewEnough(answer.version)) return { ...answer, foundBy };
    tooOld.push(`${command} is Python ${answer.version}`);
  }
  throw tooOld.length > 0 ? tooOldError(tooOld) : missingError(search.named, candidates);
}

interface Candidate {
  readonly command: string;
  readonly foundBy: FoundPython["foundBy"];
}

async function candidatesOf(search: PythonSearch, files: Files): Promise<readonly Candidate[]> {
  if (search.named !== undefined) {
    const isPath = /[\\/]/.test(search.named);
    const command = isPath ? files.absolute(search.named) : search.named;
    return [{ command, foundBy: "named" }];
  }
  const candidates: Candidate[] = [];
  const active = search.environment["VIRTUAL_ENV"];
  if (active !== undefined && active !== "") {
    const command = await interpreterOf(active, files);
    if (command !== undefined) candidates.push({ command, foundBy: "virtual-environment" });
  }
  const own = await interpreterOf(".venv", files);
  if (own !== undefined) candidates.push({ command: own, foundBy: "project-environment" });
  for (const command of ["python3", "python"]) candidates.push({ command, foundBy: "path" });
  return candidates;
}

/** Environments keep their interpreter in `bin`, on Windows in `Scripts`. */
async function interpreterOf(folder: string, files: Files): Promise<string | undefined> {
  for (const path of [`${folder}/bin/python`, `${folder}/Scripts/python.exe`]) {
    if ((await files.kind(path)) === "file") return files.absolute(path);
  }
  return undefined;
}

/** Isolated from PYTHON* variables and the working directory, so that nothing of the project runs. */
const QUESTION =
  "import sys; print('.'.join(str(part) for part in sys.version_info[:3])); print(sys.executable)";

async function askPython(
  command: string,
  search: PythonSearch,
  ports: { readonly files: Files; readonly processes: Processes },
): Promise<{ readonly executable: string; readonly version: string } | undefined> {
  const end = await ports.processes.run({
    command: [command, "-I", "-S", "-c", QUESTION],
    directory: ports.files.absolute("."),
    environment: search.environment,
    timeoutMs: 20_000,
    signal: search.signal,
  });
  if (end.kind !== "exited" || end.exit !== 0) return undefined;
  const [version, executable] = end.stdout.split(/\r?\n/);
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) return undefined;
  return {
    version,
    executable: executable === undefined || executable === "" ? command : executable,
  };
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 10);
}

function tooOldError(found: readonly string[]): EnvironmentError {
  return new EnvironmentError(`${found.join("; ")}; ${OLDEST_PYTHON} or newer is needed`, {
    code: "python-too-old",
    hint: `install Python ${OLDEST_PYTHON} or newer, or name one: --python /path/to/python`,
  });
}

function missingError(
  named: string | undefined,
  candidates: readonly Candidate[],
): EnvironmentError {
  const tried = candidates.map(({ command }) => command).join(", ");
  const message =
    named === undefined
      ? `no Python found; tried ${tried}`
      : `${named} does not run, or is no Python`;
  return new EnvironmentError(message, {
    code: "python-missing",
    hint: `install Python ${OLDEST_PYTHON} or newer, or name one: --python /path/to/python`,
  });
}
