/**
 * A Python environment from a pinned lock, made once and kept: `.cache/python-<hash of lock, Python and machine>`.
 * The demo and the tests use it, so that neither depends on what happens to be installed besides Python itself.
 *
 * Many processes may ask at once: one builds under a lock file, the others wait. An environment counts only when its
 * marker is there, which is written last; anything else is thrown away and built again.
 */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** What to make, and where. */
export interface EnvironmentRequest {
  /** A requirements file with exact versions and hashes. */
  readonly lockFile: string;
  /** Folder that holds environments; made when missing. */
  readonly cacheFolder: string;
  /** Interpreter to build from; searched for when absent. */
  readonly python?: string;
  /** Told what is being waited for. */
  readonly log: (line: string) => void;
}

/** The oldest Python that is supported, as `[major, minor]`. */
const OLDEST: readonly [number, number] = [3, 10];
const MARKER = "complete.txt";

/**
 * Path of the environment's interpreter.
 *
 * @throws Error saying what is missing, with what to install, when there is no Python 3.10 or newer with `venv`.
 */
export async function preparePythonEnvironment(request: EnvironmentRequest): Promise<string> {
  const base = await findBasePython(request.python);
  const lock = await readFile(request.lockFile, "utf8");
  const identity = [lock, base.version, process.platform, process.arch].join("\0");
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  const folder = join(request.cacheFolder, `python-${hash}`);
  if (existsSync(join(folder, MARKER))) return interpreterIn(folder);
  await mkdir(request.cacheFolder, { recursive: true });
  await using _lock = await takeLock(`${folder}.lock`, request.log);
  if (existsSync(join(folder, MARKER))) return interpreterIn(folder);
  request.log(`preparing a Python ${base.version} environment in ${folder} (once)`);
  await rm(folder, { recursive: true, force: true });
  await run(base.command, ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"];
  const exact = ["--require-hashes", "--only-binary", ":all:", "-r", request.lockFile];
  await run(interpreterIn(folder), [...pip, ...exact]);
  await writeFile(join(folder, `${MARKER}.new`), `${base.version}\n`);
  await rename(join(folder, `${MARKER}.new`), join(folder, MARKER));
  return interpreterIn(folder);
}

function interpreterIn(folder: string): string {
  return process.platform === "win32"
    ? join(folder, "Scripts", "python.exe")
    : join(folder, "bin", "python");
}

interface BasePython {
  readonly command: string;
  readonly version: string;
}

async function findBasePython(wanted: string | undefined): Promise<BasePython> {
  const chosen = wanted ?? process.env["MLOPS_PYTHON"];
  const candidates =
    chosen === undefined
      ? ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"]
      : [chosen];
  const seen: string[] = [];
  for (const command of candidates) {
    const answer = await askPython(command);
    if (answer === undefined) continue;
    if (answer.kind === "usable") return { command: answer.executable, version: answer.version };
    seen.push(`${command} is ${answer.why}`);
  }
  const found = seen.length === 0 ? `none of ${candidates.join(", ")} runs` : seen.join("; ");
  throw new Error(
    `no usable Python ${OLDEST.join(".")} or newer: ${found}.\n` +
      "hint: install Python with its venv module (Debian and Ubuntu: apt-get install python3 python3-venv), " +
      "or name one with MLOPS_PYTHON=/path/to/python",
  );
}

type PythonAnswer =
  | { readonly kind: "usable"; readonly executable: string; readonly version: string }
  | { readonly kind: "unusable"; readonly why: string };

/** `undefined` when the command does not run at all. */
async function askPython(command: string): Promise<PythonAnswer | undefined> {
  const question =
    "import sys, importlib.util as u\n" +
    "print(sys.version_info[0], sys.version_info[1], sys.version_info[2])\n" +
    "print(int(all(u.find_spec(m) for m in ('venv', 'ensurepip'))))\n" +
    "print(sys.executable)";
  const text = await new Promise<string | undefined>((resolve) => {
    execFile(command, ["-c", question], { timeout: 30_000 }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
  const [numbers, hasVenv, executable] = text?.trim().split(/\r?\n/) ?? [];
  if (numbers === undefined || executable === undefined) return undefined;
  const [major = 0, minor = 0] = numbers.split(" ").map(Number);
  const version = numbers.replaceAll(" ", ".");
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return { kind: "unusable", why: `Python ${version}` };
  }
  if (hasVenv !== "1") return { kind: "unusable", why: `Python ${version} without venv` };
  return { kind: "usable", executable, version };
}

/** Output is shown only when it matters: on failure. */
async function run(command: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(command, parameters, { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  const output = Buffer.concat(chunks).toString("utf8").trim();
  throw new Error(`${[command, ...parameters].join(" ")} failed:\n${output}`);
}

/** A file that one process can create; one left by a process that is gone is taken over. */
async function takeLock(path: string, log: (line: string) => void): Promise<AsyncDisposable> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return { [Symbol.asyncDispose]: async () => rm(path, { force: true }) };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (await isAbandoned(path)) await rm(path, { force: true });
    else if (attempt === 0) log(`waiting for another process that holds ${path}`);
    await wait(200);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(path, "utf8"));
    // Between its creation and the writing of the id the file is empty; give its owner time.
    if (owner === 0) return Date.now() - (await stat(path)).mtimeMs > 10_000;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
