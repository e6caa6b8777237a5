/** A notebook that does not come to its end: what stopped it, where, and what to type. */
import { expect, test } from "vitest";
import { DataAbove } from "../../src/app/explain-missing-file.ts";
import { checkNoError, explainFailure } from "../../src/app/explain-observation.ts";
import { EnvironmentError, InputError, MlopsError, UpstreamError } from "../../src/base/errors.ts";
import { WorkerError, type WorkerFailure } from "../../src/ports/worker.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { programOf } from "../support/notebooks.ts";
import { ranStatement } from "../support/ran-statement.ts";

const PROJECT = "/project/.mlops/tmp/run-1/root";
const COPY = `${PROJECT}/notebooks`;

interface Expected {
  readonly kind: typeof InputError | typeof EnvironmentError | typeof UpstreamError;
  readonly code: string;
  readonly message?: RegExp;
  readonly hint?: RegExp;
  readonly where?: { readonly cell: number; readonly line: number };
}

function check(error: unknown, expected: Expected): void {
  expect(error).toBeInstanceOf(expected.kind);
  if (!(error instanceof MlopsError)) throw error;
  expect(error.code).toBe(expected.code);
  expect(error.where).toMatchObject({ path: "story.ipynb", ...expected.where });
  expect(error.message).toMatch(expected.message ?? /./);
  expect(error.hint).toMatch(expected.hint ?? /./);
}

test.each<{
  readonly name: string;
  readonly failure: WorkerFailure;
  readonly freeBytes?: number;
  readonly expected: Expected;
}>([
  {
    name: "os._exit names the statement that was running",
    failure: { code: "worker-died", message: "The Python worker ended with exit code 3." },
    expected: {
      kind: InputError,
      code: "cell-killed-python",
      message: /\(with exit code 3\)/,
      hint: /os\._exit/,
      where: { cell: 2, line: 2 },
    },
  },
  {
    name: "SIGKILL is most likely the memory",
    failure: { code: "worker-died", message: "The Python worker ended by SIGKILL." },
    expected: { kind: InputError, code: "cell-killed-python", message: /SIGKILL/, hint: /memory/ },
  },
  {
    name: "a crash is placed by what Python's fault handler says",
    failure: {
      code: "worker-died",
      message:
        'The Python worker ended by SIGSEGV. Its last words:\n  File "ctypes.py", line 519 in string_at\n  File "story.ipynb#cell-2", line 7 in f\n  File "story.ipynb#cell-2", line 9 in <module>',
    },
    expected: {
      kind: InputError,
      code: "cell-killed-python",
      message: /SIGSEGV\)$/,
      hint: /library/,
      where: { cell: 2, line: 7 },
    },
  },
  {
    name: "a process that died when the disk was full",
    failure: { code: "worker-died", message: "The Python worker ended by SIGBUS." },
    freeBytes: 4096,
    expected: { kind: EnvironmentError, code: "disk-full", message: /disk is full/, hint: /room/ },
  },
  {
    name: "a disk that is full when a value is stored",
    failure: { code: "worker-failed", message: "OSError: [Errno 28] No space left on device" },
    expected: { kind: EnvironmentError, code: "disk-full" },
  },
  {
    name: "memory that is not enough to look at a value",
    failure: { code: "worker-failed", message: "MemoryError: " },
    expected: { kind: EnvironmentError, code: "cell-out-of-memory" },
  },
  {
    name: "a time limit, where the process said where it was",
    failure: { code: "worker-timeout", message: "observe did not finish", cell: 2, line: 4 },
    expected: { kind: InputError, code: "cell-timeout", where: { cell: 2, line: 4 } },
  },
  {
    name: "a time limit, where it could not",
    failure: { code: "worker-timeout", message: "observe did not finish" },
    expected: {
      kind: InputError,
      code: "cell-timeout",
      message: /after 5 seconds/,
      hint: /--timeout/,
      where: { cell: 2, line: 2 },
    },
  },
  {
    name: "a cell that interrupts itself",
    failure: { code: "worker-interrupted", message: "interrupted", cell: 2, line: 2 },
    expected: { kind: InputError, code: "cell-raised", message: /KeyboardInterrupt/ },
  },
  {
    name: "anything else",
    failure: { code: "worker-failed", message: "AssertionError: " },
    expected: { kind: UpstreamError, code: "observation-failed" },
  },
])("$name", async ({ failure, freeBytes, expected }) => {
  const { program } = await programOf(["a = 1", "b = 2\nc = 3"]);
  const files = { ...memoryFiles(), freeBytes: async () => freeBytes };
  const { signal } = new AbortController();
  const run = { program, timeoutMs: 5000, signal, done: 2 };
  check(await explainFailure(new WorkerError(failure), run, files), expected);
});

test("a run that was stopped from outside is nobody's mistake", async () => {
  const { program } = await programOf(["a = 1"]);
  const run = { program, timeoutMs: 5000, signal: AbortSignal.abort(), done: 0 };
  const error = new WorkerError({ code: "worker-interrupted", message: "interrupted" });
  expect(await explainFailure(error, run, memoryFiles())).toBe(error);
});

const STATEMENT = ranStatement(2);

test.each<{
  readonly name: string;
  readonly type: string;
  readonly message: string;
  readonly subprocesses?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly expected: Expected;
}>([
  {
    name: "input() says what to write instead",
    type: "AsksPerson",
    message: "input() asks for a line",
    expected: { kind: InputError, code: "cell-asks", message: /input\(\)/, hint: /parameter/ },
  },
  {
    name: "sys.exit() says to remove it",
    type: "SystemExit",
    message: "0",
    expected: { kind: InputError, code: "cell-exits", message: /SystemExit: 0/, hint: /remove/ },
  },
  {
    name: "a limit on the size of files is a full disk",
    type: "OSError",
    message: "[Errno 27] File too large",
    expected: { kind: EnvironmentError, code: "disk-full" },
  },
  {
    name: "an array that does not fit",
    type: "_ArrayMemoryError",
    message: "Unable to allocate 745. GiB for an array",
    expected: { kind: EnvironmentError, code: "cell-out-of-memory", message: /745/ },
  },
  {
    name: "a file that is nowhere",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: 'data/customers.csv'",
    files: { [`${COPY}/data/other.csv`]: "" },
    expected: {
      kind: InputError,
      code: "data-missing",
      message: /^there is no file data\/customers\.csv$/,
      hint: /relative to notebooks/,
      where: { cell: 2, line: 3 },
    },
  },
  {
    name: "a folder to write to that is not there",
    type: "OSError",
    message: "Cannot save file into a non-existent directory: 'out'",
    expected: { kind: InputError, code: "data-missing", message: /no folder out/ },
  },
  {
    name: "a path that a library made absolute",
    type: "FileNotFoundError",
    message: `[Errno 2] Failed to open local file '${COPY}/x.parquet'`,
    expected: { kind: InputError, code: "data-missing", message: /^there is no file x\.parquet$/ },
  },
  {
    name: "a dataset that was not fetched",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: 'data/customers.csv'",
    files: {
      "datasets.lock.yaml": `version: 1\ndatasets:\n  notebooks/data: { digest: "sha256:${"a".repeat(64)}", bytes: 4 }\n`,
    },
    expected: {
      kind: InputError,
      code: "data-missing",
      hint: /mlops datasets fetch notebooks\/data$/,
    },
  },
  {
    name: "data that stands above what was copied",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: '../data/x.csv'",
    files: { "data/x.csv": "a" },
    expected: { kind: DataAbove, code: "data-missing", message: /\.\.\/data\/x\.csv/ },
  },
  {
    name: "data looked for by a whole path, above what was copied",
    type: "FileNotFoundError",
    message: `[Errno 2] No such file or directory: '${PROJECT}/data/x.csv'`,
    files: { "data/x.csv": "a" },
    expected: { kind: DataAbove, code: "data-missing", message: /\.\.\/data\/x\.csv/ },
  },
  {
    name: "a file that is written above what was copied",
    type: "PermissionError",
    message: `the observed run may not write outside the notebook's folder (${PROJECT}/out/x.csv); allow it with --allow-write`,
    expected: { kind: DataAbove, code: "cell-raised", message: /\.\.\/out\/x\.csv/ },
  },
  {
    name: "a file that is written outside of the project",
    type: "PermissionError",
    message:
      "the observed run may not write outside the notebook's folder (/elsewhere/x.csv); allow it with --allow-write",
    expected: { kind: InputError, code: "cell-raised", message: /--allow-write/ },
  },
  {
    name: "data above that is nowhere",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: '../data/x.csv'",
    expected: { kind: InputError, code: "data-missing", hint: /put it there/ },
  },
  {
    name: "data outside of the project",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: '../../data/x.csv'",
    files: { "../data/x.csv": "a" },
    expected: { kind: InputError, code: "data-missing", hint: /outside the project .*mlops init/ },
  },
  {
    name: "data in a folder that no copy takes along",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: 'env/x.csv'",
    files: { "notebooks/env/x.csv": "a" },
    expected: { kind: InputError, code: "data-missing", hint: /folder that tools own/ },
  },
  {
    name: "a name that is written otherwise",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: 'data/custommers.csv'",
    files: { "notebooks/data/customers.csv": "a" },
    expected: { kind: InputError, code: "data-missing", hint: /"data\/customers\.csv"/ },
  },
  {
    name: "a program that is not installed is no data",
    type: "FileNotFoundError",
    message: "[Errno 2] No such file or directory: 'make'",
    subprocesses: ["make data"],
    expected: { kind: InputError, code: "cell-raised", message: /make/ },
  },
])("$name", async ({ type, message, subprocesses, files, expected }) => {
  const { program } = await programOf(["a = 1", "b = 2"]);
  const error = { type, message, line: 3, module: null };
  const failed = { ...STATEMENT, subprocesses: [...(subprocesses ?? [])], error };
  const seen = { statements: [failed], cells: [], captures: [], environment: undefined };
  const work = { root: "notebooks", above: 0 };
  const run = { program, work, copy: COPY, project: PROJECT };
  const disk = memoryFiles({ [`${COPY}/story.ipynb`]: "{}", ...files });
  check(await checkNoError(seen, run, disk).catch((thrown: unknown) => thrown), expected);
});
