/**
 * A notebook that did not come to its end → an error in the user's terms: what stopped it, in which cell and line, and what
 * to type. Files that a cell did not find are said in `explain-missing-file.ts`.
 */
import { EnvironmentError, InputError, type MlopsError, UpstreamError } from "../base/errors.ts";
import { shellWord } from "../base/shell-word.ts";
import { looksMovedOn } from "../observation/moved-on.ts";
import type { Observation, StatementObservation } from "../observation/schema.ts";
import { cellNumber, type NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Files } from "../ports/files.ts";
import { WorkerError, type WorkerFailure } from "../ports/worker.ts";
import type { CallFact } from "../python/facts.ts";
import { explainMissingFile } from "./explain-missing-file.ts";
import type { WorkFolder } from "./work-folder.ts";

type RaisedError = NonNullable<StatementObservation["error"]>;

/** The cell and the line in it that was running. */
interface Place {
  readonly path: string;
  readonly cell?: number;
  readonly line?: number;
}

/** Below this, what needed the disk cannot have found room on it. */
const FULL_BYTES = 1_000_000;

/** @throws MlopsError when a statement raised. */
export async function checkNoError(
  observation: Observation,
  run: {
    readonly program: NotebookProgram;
    readonly work: WorkFolder;
    /** Absolute folder of the copy that it ran on. */
    readonly copy: string;
    /** Absolute folder of the copy that stands for the project. */
    readonly project: string;
  },
  files: Files,
): Promise<void> {
  const failed = observation.statements.find((statement) => statement.error !== null);
  if (failed?.error === null || failed === undefined) return;
  // Nobody knows the copy by its name.
  const message = failed.error.message
    .replaceAll(`${run.copy}/`, "")
    .replaceAll(`${run.project}/`, "");
  const error = { ...failed.error, message };
  const where = { path: run.program.notebook.path, cell: failed.cell, line: error.line };
  const statement = run.program.facts.statements.find(
    (one) => one.index === failed.index && cellNumber(run.program, one) === failed.cell,
  );
  throw (
    (await explainMissingFile(failed, where, run, files)) ??
    describeError(error, where, statement?.calls ?? [])
  );
}

function describeError(
  error: RaisedError,
  where: Required<Place>,
  calls: readonly CallFact[],
): MlopsError {
  const said = error.message === "" ? error.type : `${error.type}: ${error.message}`;
  if (looksMovedOn(error, calls)) {
    const asOf = `mlops promote ${shellWord(where.path)} --as-of 2023-03-01 (any day; or git, the day of its last commit, when it has one)`;
    return new InputError(said, {
      code: "library-moved-on",
      where,
      hint: `if this cell worked when it was written, the library has moved on; with the libraries of that day: ${asOf}`,
    });
  }
  if (error.module !== null) {
    return new EnvironmentError(
      `the notebook imports ${error.module}, which the Python environment does not have`,
      {
        code: "module-missing",
        where,
        hint: `install it there (python -m pip install ${error.module.split(".")[0] ?? error.module}), or choose another interpreter with --python`,
      },
    );
  }
  if (saysDiskFull(error.message)) return diskFull(said, where);
  switch (error.type) {
    case "HoldsSecret":
      return new InputError(error.message, {
        code: "secret-in-file",
        where,
        hint: "what a pipeline writes is kept in its store; do not write secrets to files, or leave this cell out of the notebook",
      });
    case "AsksPerson":
      return new InputError(`this cell waits for somebody to type: ${error.message}`, {
        code: "cell-asks",
        where,
        hint: 'nobody is there when a pipeline runs; write the answer as a value (n = 10), which becomes a parameter, and take a password from os.environ["NAME"]',
      });
    case "RunDiffers":
      return new InputError(error.message, {
        code: "run-not-followed",
        where,
        hint: "put functions that steps share into a module and import it; put what computes something into cells of the notebook",
      });
    case "SystemExit":
      return new InputError(`this cell ends the program (${said})`, {
        code: "cell-exits",
        where,
        hint: "remove the exit(), quit() or sys.exit(); where it guards against bad data, raise ValueError instead",
      });
    default:
  }
  if (error.type.endsWith("MemoryError")) return outOfMemory(said, where);
  return new InputError(said, {
    code: "cell-raised",
    where,
    hint: "a pipeline can only be made of a notebook that runs from top to bottom; restart the kernel, run all cells, and mend this one",
  });
}

/** What the process that ran the notebook says when it has no more to say. Other errors come back as they are. */
export async function explainFailure(
  error: unknown,
  run: {
    readonly program: NotebookProgram;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    /** Statements that had come to their end. */
    readonly done: number;
  },
  files: Files,
): Promise<unknown> {
  if (!(error instanceof WorkerError) || run.signal.aborted) return error;
  const { failure } = error;
  const where = placeOf(failure, run.program, run.done);
  if (failure.code === "worker-timeout") {
    const seconds = String(Math.round(run.timeoutMs / 1000));
    return new InputError(`this statement was still running after ${seconds} seconds`, {
      code: "cell-timeout",
      where,
      hint: "give it more time with --timeout SECONDS, or make the cell faster; a loop that never ends has to go",
      cause: error,
    });
  }
  if (failure.code === "worker-interrupted") {
    return new InputError("this cell interrupted the run (KeyboardInterrupt)", {
      code: "cell-raised",
      where,
      hint: "a pipeline can only be made of a notebook that runs from top to bottom; remove what raises it",
      cause: error,
    });
  }
  const freeBytes = await files.freeBytes(".mlops/tmp");
  if (saysDiskFull(failure.message) || (freeBytes !== undefined && freeBytes < FULL_BYTES))
    return diskFull(failure.message, where);
  if (/MemoryError\b/.test(failure.message)) return outOfMemory(failure.message, where);
  if (failure.code === "worker-died") return killed(failure, where, error);
  return new UpstreamError(`the Python process that ran the notebook failed: ${failure.message}`, {
    code: "observation-failed",
    where,
    hint: "the last statement it started is named above; run that cell by itself to see more",
    cause: error,
  });
}

/** What the process itself still said of the place, else the statement after the last that ended. */
function placeOf(failure: WorkerFailure, program: NotebookProgram, done: number): Place {
  const { path } = program.notebook;
  const [, cell, line] = /#cell-(\d+)", line (\d+)/.exec(failure.message) ?? [];
  if (cell !== undefined) return { path, cell: Number(cell), line: Number(line) };
  if (failure.cell !== undefined && failure.line !== undefined)
    return { path, cell: failure.cell, line: failure.line };
  const next = program.facts.statements[done];
  if (next === undefined) return { path };
  return { path, cell: cellNumber(program, next), line: next.line };
}

/** ENOSPC, EDQUOT, EFBIG. Libraries that are not Python say it in words. */
function saysDiskFull(message: string): boolean {
  return /\[Errno (?:27|28|122)\]|No space left on device|Disk quota exceeded|disk is full/i.test(
    message,
  );
}

function diskFull(said: string, where: Place): EnvironmentError {
  return new EnvironmentError(`the disk is full: ${firstLine(said)}`, {
    code: "disk-full",
    where,
    hint: "make room (the notebook runs on a copy of its data below .mlops/tmp; mlops clean frees what is not needed), then promote again",
  });
}

function outOfMemory(said: string, where: Place): EnvironmentError {
  return new EnvironmentError(`there is not enough memory: ${firstLine(said)}`, {
    code: "cell-out-of-memory",
    where,
    hint: "make this cell need less (fewer rows or columns, smaller types), or promote on a machine with more memory",
  });
}

function killed(failure: WorkerFailure, where: Place, cause: Error): InputError {
  const how = / ended (by \w+|with exit code -?\w+)/.exec(failure.message)?.[1] ?? "";
  const hint = how.endsWith("SIGKILL")
    ? "most likely the machine ran out of memory: make this cell need less (fewer rows or columns), or promote where there is more; code that kills its own process has to go"
    : how.startsWith("by ")
      ? "a library that is not Python crashed: run the cell by itself, then update or replace that library"
      : "remove what ends the process, such as os._exit(); an error is said by raising an exception";
  return new InputError(`this cell ended the Python process that ran it (${how})`, {
    code: "cell-killed-python",
    where,
    hint,
    cause,
  });
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
