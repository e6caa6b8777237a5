/**
 * Which Python runs the user's code: the one that was named, else an environment that belongs to this shell or this project,
 * else the one on the PATH. An environment that was meant is never passed over in silence: too old is an error.
 */
import { EnvironmentError } from "../base/errors.ts";
import type { Files } from "../ports/files.ts";
import type { InterpreterAnswer, Interpreters } from "../ports/interpreters.ts";
import type { ProcessEnd, Processes } from "../ports/processes.ts";
import {
  type FoundBy,
  type PythonCandidate,
  type PythonPlaces,
  pythonLeads,
} from "./python-candidates.ts";

export interface PythonSearch extends PythonPlaces {
  readonly signal: AbortSignal;
}

/** An interpreter that answered. */
export interface FoundPython {
  /** Absolute path, as the interpreter itself names it; inside an environment that is the environment's own. */
  readonly executable: string;
  /** `3.11.7` */
  readonly version: string;
  /** How it was started: an absolute path, or a command. */
  readonly command: string;
  readonly foundBy: FoundBy;
  /** Why this one: `the project's own .venv`. */
  readonly because: string;
  /** Places that were looked at before and have nothing to start, with what makes them work. */
  readonly notes: readonly string[];
}

/** Without `interpreters` every one is started to ask it. */
export interface FindPythonPorts {
  readonly files: Files;
  readonly processes: Pick<Processes, "run">;
  readonly interpreters?: Interpreters;
}

/** The oldest Python that generated pipelines and the observer run on. */
export const OLDEST_PYTHON = "3.10";

/**
 * The first interpreter of 3.10 or newer.
 *
 * @throws EnvironmentError `python-missing` when none answers, `python-too-old` when the one that is meant, or every one on the PATH, is older.
 */
export async function findPython(
  search: PythonSearch,
  ports: FindPythonPorts,
): Promise<FoundPython> {
  const notes: string[] = [];
  const tried: string[] = [];
  const tooOld: string[] = [];
  for await (const lead of pythonLeads(search, ports.files)) {
    if (lead.kind === "note") {
      notes.push(lead.text);
      continue;
    }
    const { command, foundBy, because } = lead.candidate;
    tried.push(command);
    const answer = await askPython(command, search, ports);
    if (answer === undefined) {
      if (foundBy !== "path") notes.push(`${command} does not start, although it is ${because}`);
      continue;
    }
    if (isNewEnough(answer.version)) return { ...answer, command, foundBy, because, notes };
    tooOld.push(`${command} is Python ${answer.version}`);
    // Another interpreter would lack the packages of the one that was meant.
    if (foundBy !== "path") throw tooOldError(tooOld, lead.candidate);
  }
  throw tooOld.length > 0 ? tooOldError(tooOld, undefined) : missingError(search.named, tried);
}

/**
 * Every interpreter that could be meant, each once, the one that `findPython` takes first. None is too old; where there is
 * nothing to choose from, or the first is too old, `findPython` says so.
 */
export async function findPythons(
  search: PythonSearch,
  ports: FindPythonPorts,
): Promise<readonly Omit<FoundPython, "notes">[]> {
  const found = new Map<string, Omit<FoundPython, "notes">>();
  let isOnPath = false;
  for await (const lead of pythonLeads(search, ports.files)) {
    if (lead.kind === "note") continue;
    const { command, foundBy, because } = lead.candidate;
    // `python` beside `python3` is the same one under another name.
    if (foundBy === "path" && isOnPath) continue;
    const answer = await askPython(command, search, ports);
    if (answer === undefined || !isNewEnough(answer.version)) continue;
    isOnPath ||= foundBy === "path";
    // The interpreter of an environment is on the PATH as well where that is active.
    if (!found.has(answer.executable))
      found.set(answer.executable, { ...answer, command, foundBy, because });
  }
  return [...found.values()];
}

/** Isolated from PYTHON* variables and the working directory, so that nothing of the project runs. */
const QUESTION =
  "import sys; print('.'.join(str(part) for part in sys.version_info[:3])); print(sys.executable)";

async function askPython(
  command: string,
  search: PythonSearch,
  ports: FindPythonPorts,
): Promise<InterpreterAnswer | undefined> {
  const known = await ports.interpreters?.answer(command);
  if (known !== undefined) return known;
  const ask = async (isolation: readonly string[]): Promise<ProcessEnd> =>
    ports.processes.run({
      command: [command, ...isolation, "-S", "-c", QUESTION],
      directory: ports.files.absolute("."),
      environment: search.environment,
      timeoutMs: 20_000,
      signal: search.signal,
    });
  let end = await ask(["-I"]);
  // Python 2 is to be told that it is too old, not that it is no Python.
  if (end.kind === "exited" && end.stderr.includes("Unknown option: -I"))
    end = await ask(["-E", "-s"]);
  if (end.kind !== "exited" || end.exit !== 0) return undefined;
  const [version, executable] = end.stdout.split(/\r?\n/);
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) return undefined;
  const answer = {
    version,
    executable: executable === undefined || executable === "" ? command : executable,
  };
  await ports.interpreters?.keepAnswer(command, answer);
  return answer;
}

/** Whether `3.11.7` is new enough to run what is generated. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 10);
}

function tooOldError(
  found: readonly string[],
  meant: PythonCandidate | undefined,
): EnvironmentError {
  const because = meant === undefined || meant.foundBy === "named" ? "" : ` (${meant.because})`;
  return new EnvironmentError(
    `${found.join("; ")}${because}; ${OLDEST_PYTHON} or newer is needed`,
    {
      code: "python-too-old",
      hint:
        because === ""
          ? `install Python ${OLDEST_PYTHON} or newer, or name one: --python /path/to/python`
          : `make that environment again with Python ${OLDEST_PYTHON} or newer, or name another interpreter: --python /path/to/python`,
    },
  );
}

function missingError(named: string | undefined, tried: readonly string[]): EnvironmentError {
  const message =
    named === undefined
      ? `no Python found; tried ${tried.join(", ")}`
      : `${named} does not start, does not answer, or is no Python`;
  return new EnvironmentError(message, {
    code: "python-missing",
    hint: `install Python ${OLDEST_PYTHON} or newer, or name one: --python /path/to/python`,
  });
}
