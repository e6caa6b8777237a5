/**
 * Remembers in one small file what interpreters said, under a key made of everything on disk that could make them say
 * something else.
 *
 *   which program   its path as called, where that leads, that file's inode, size and times, `pyvenv.cfg`, library path variables
 *   which packages  of every folder it searches: the names that Python's package metadata goes by (`*.dist-info`, `*.egg-info`,
 *                   `*.egg`), links and hooks that lead elsewhere (`*.pth`, `*.egg-link`, `sitecustomize.py`), each with the
 *                   inode, size and times of the file that holds its version
 *
 * Times include that of the inode's last change, which no program can set back; so each install, upgrade and removal
 * makes another key. What changed within two seconds before the question is not remembered: it may change again within
 * the same tick of the clock. A program that is a script (a version manager's shim) decides by what cannot be seen here
 * and is never remembered. The file is a cache: without it, or with a damaged one, the interpreter is asked.
 */
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { isSha256 } from "../base/hash.ts";
import type {
  InterpreterAnswer,
  InterpreterPackages,
  Interpreters,
} from "../ports/interpreters.ts";

/** Where it remembers, and what is asked. */
export interface InterpreterMemoryOptions {
  /** Absolute path of the file. */
  readonly file: string;
  /** Program that asks interpreters for their packages; another one may count differently. */
  readonly workerFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** File systems keep times to between a nanosecond and two seconds. */
const CLOCK_GRAIN_MS = 2_000;
/** The file holds this many interpreters at most; the ones used longest ago go. */
const MOST_ENTRIES = 20;

interface Remembered {
  answers: Record<string, { key: string; answer: InterpreterAnswer }>;
  packages: Record<string, { key: string; packages: InterpreterPackages }>;
}

/** Never throws: what cannot be read is not remembered. */
export function openInterpreterMemory(options: InterpreterMemoryOptions): Interpreters {
  const { file, environment } = options;
  let memory: Remembered | undefined;
  const remembered = (): Remembered => (memory ??= readMemory(file));
  const keep = (): void => {
    writeMemory(file, remembered());
  };
  return {
    answer: (command) => {
      const key = programKey(command, environment);
      const kept = remembered().answers[command];
      return Promise.resolve(kept !== undefined && kept.key === key ? kept.answer : undefined);
    },
    keepAnswer: (command, answer) => {
      const key = programKey(command, environment);
      const path = lookUp(command, environment);
      if (key !== undefined && path !== undefined && isSameProgram(path, answer.executable)) {
        remembered().answers = latest(remembered().answers, command, { key, answer });
        keep();
      }
      return Promise.resolve();
    },
    environment: (python) => {
      const kept = remembered().packages[python];
      if (kept === undefined) return Promise.resolve(undefined);
      const { key } = packagesKey(python, kept.packages.searched, options);
      return Promise.resolve(
        key !== undefined && key === kept.key ? kept.packages.environment : undefined,
      );
    },
    keepEnvironment: (python, packages, askedAtMs) => {
      const { key, newestMs } = packagesKey(python, packages.searched, options);
      if (key !== undefined && newestMs < askedAtMs - CLOCK_GRAIN_MS) {
        remembered().packages = latest(remembered().packages, python, { key, packages });
        keep();
      }
      return Promise.resolve();
    },
  };
}

function latest<Entry>(
  entries: Readonly<Record<string, Entry>>,
  name: string,
  entry: Entry,
): Record<string, Entry> {
  const others = Object.entries(entries).filter(([other]) => other !== name);
  return Object.fromEntries([...others.slice(1 - MOST_ENTRIES), [name, entry]]);
}

/** A link, or another name of one file, is the same program; a script that starts one is not. */
function isSameProgram(path: string, executable: string): boolean {
  try {
    return realpathSync.native(path) === realpathSync.native(executable);
  } catch {
    return false;
  }
}

/** Absolute path of a command; `undefined` when nothing on the PATH has that name. */
function lookUp(
  command: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (isAbsolute(command)) return command;
  if (/[\\/]/.test(command)) return undefined;
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, command);
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined && (mode & 0o111) !== 0) return path;
  }
  return undefined;
}

function programKey(
  command: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const path = lookUp(command, environment);
  if (path === undefined) return undefined;
  try {
    const folder = dirname(path);
    return digestOf([
      path,
      realpathSync.native(path),
      stampOf(realpathSync.native(path)).text,
      stampOf(join(folder, "pyvenv.cfg")).text,
      stampOf(join(dirname(folder), "pyvenv.cfg")).text,
      environment["LD_LIBRARY_PATH"] ?? "",
      environment["DYLD_LIBRARY_PATH"] ?? "",
      `${process.platform} ${process.arch}`,
    ]);
  } catch {
    return undefined;
  }
}

function packagesKey(
  python: string,
  searched: readonly string[],
  { workerFile, environment }: InterpreterMemoryOptions,
): { readonly key: string | undefined; readonly newestMs: number } {
  const program = programKey(python, environment);
  if (program === undefined) return { key: undefined, newestMs: 0 };
  const parts = [program, stampOf(workerFile).text];
  let newestMs = 0;
  for (const folder of searched) {
    const { text, changedMs } = stampsIn(folder);
    parts.push(folder, text);
    newestMs = Math.max(newestMs, changedMs);
  }
  return { key: digestOf(parts), newestMs };
}

/** Entries of a search path that say which packages are there, or where else to look. */
const TELLING = /\.(dist-info|egg-info|egg|egg-link|pth)$|^(sitecustomize|usercustomize)\.py$/;

interface Stamps {
  readonly text: string;
  readonly changedMs: number;
}

function stampsIn(folder: string): Stamps {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => TELLING.test(name));
  } catch {
    // A zip file, or nothing yet.
    return stampOf(folder);
  }
  const stamps = names.toSorted().map((name) => {
    const path = join(folder, name);
    const [own, metadata, info] = [
      stampOf(path),
      stampOf(join(path, name.endsWith(".egg") ? "EGG-INFO" : ".", "PKG-INFO")),
      stampOf(join(path, "METADATA")),
    ];
    return {
      text: `${name} ${own.text} ${metadata.text} ${info.text}`,
      changedMs: Math.max(own.changedMs, metadata.changedMs, info.changedMs),
    };
  });
  return {
    text: stamps.map((stamp) => stamp.text).join("\n"),
    // A removal shows in the folder alone.
    changedMs: Math.max(
      statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0,
      ...stamps.map((stamp) => stamp.changedMs),
    ),
  };
}

function stampOf(path: string): Stamps {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) return { text: "-", changedMs: 0 };
    return {
      text: [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(" "),
      changedMs: Number(stat.ctimeMs),
    };
  } catch {
    // Below a file there is nothing.
    return { text: "-", changedMs: 0 };
  }
}

function digestOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function readMemory(file: string): Remembered {
  const empty: Remembered = { answers: {}, packages: {} };
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isRecord(found)) return empty;
    for (const [command, entry] of Object.entries(recordOf(found["answers"]))) {
      const { key, answer } = recordOf(entry);
      const { version, executable } = recordOf(answer);
      if (typeof key === "string" && typeof version === "string" && typeof executable === "string")
        empty.answers[command] = { key, answer: { version, executable } };
    }
    for (const [python, entry] of Object.entries(recordOf(found["packages"]))) {
      const { key, packages } = recordOf(entry);
      const { environment, searched } = recordOf(packages);
      if (typeof key !== "string" || typeof environment !== "string" || !isSha256(environment))
        continue;
      if (!Array.isArray(searched) || !searched.every((path) => typeof path === "string")) continue;
      empty.packages[python] = { key, packages: { environment, searched } };
    }
  } catch {
    // Missing or damaged: what it said is asked again.
  }
  return empty;
}

function writeMemory(file: string, memory: Remembered): void {
  const temporary = `${file}.${String(process.pid)}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, `${JSON.stringify(memory)}\n`);
    renameSync(temporary, file);
  } catch {
    // A cache that cannot be written only costs time.
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
