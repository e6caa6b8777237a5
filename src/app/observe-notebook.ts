/** Runs a notebook top to bottom in a child process on a copy of its folder, and returns what it showed. */

import type { Diagnostic } from "../base/diagnostic.ts";
import { EnvironmentError, InputError, UpstreamError } from "../base/errors.ts";
import { moveStatement } from "../codegen/moved-statement.ts";
import {
  type Capture,
  type Observation,
  ObservationRecord,
  type ObserveRequest,
  type StatementObservation,
} from "../observation/schema.ts";
import { cellNumber, type NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import { WorkerError, type Workers } from "../ports/worker.ts";
import { copyScratch } from "./copy-scratch.ts";

/** Seed of the global generators in every run that is compared. */
export const COMPARISON_SEED = 0;

export interface ObserveInput {
  readonly program: NotebookProgram;
  /** Folder of the notebook: working directory of the run. Relative to the project, or absolute. */
  readonly root: string;
  readonly python: string;
  /** Values to store and metrics to record; `undefined` in the first run, which only watches. */
  readonly reference:
    | { readonly plan: Plan; readonly captures: readonly Capture[]; readonly store: string }
    | undefined;
  readonly timeoutMs: number;
  readonly allowNetwork: boolean;
  readonly allowWrite: boolean;
  readonly signal: AbortSignal;
  /** Skips relative paths of the root in the copy. */
  readonly skip: (relativePath: string) => boolean;
  readonly onCell: (done: number, total: number) => void;
}

export interface ObservePorts {
  readonly files: Files;
  readonly workers: Workers;
  readonly artifacts: Artifacts;
}

/**
 * @throws InputError `cell-raised`, `cell-timeout` with cell and line.
 * @throws EnvironmentError `module-missing`, and what starting the worker throws.
 */
export async function observeNotebook(
  input: ObserveInput,
  ports: ObservePorts,
): Promise<Observation> {
  const scratch = await copyScratch(input.root, ports.files, input.skip);
  try {
    const worker = await ports.workers.start({
      python: input.python,
      workingDirectory: scratch.root,
      signal: input.signal,
    });
    const observation: Observation & {
      statements: Observation["statements"][number][];
      cells: Observation["cells"][number][];
      captures: Observation["captures"][number][];
    } = {
      statements: [],
      cells: [],
      captures: [],
      environment: undefined,
    };
    let environment: Observation["environment"];
    const request = buildRequest(input, scratch.root);
    try {
      await worker.call("observe", request, {
        timeoutMs: input.timeoutMs,
        signal: input.signal,
        onEvent: (event) => {
          const parsed = ObservationRecord.safeParse(event);
          if (!parsed.success) return;
          const record = parsed.data;
          if (record.kind === "statement") observation.statements.push(record);
          else if (record.kind === "capture") observation.captures.push(record);
          else if (record.kind === "environment") environment = record;
          else {
            observation.cells.push(record);
            input.onCell(observation.cells.length, request.cells.length);
          }
        },
      });
    } catch (error) {
      throw explainFailure(error, input, observation.statements.length);
    } finally {
      await worker.close();
    }
    const seen: Observation = { ...observation, environment };
    checkNoError(seen, input.program);
    if (input.reference !== undefined) await keepWrittenFiles(seen, scratch.root, ports);
    return seen;
  } finally {
    await scratch.remove();
  }
}

/** Files the notebook wrote go to the store, so that the pipeline's can be compared by content where bytes differ. */
async function keepWrittenFiles(
  observation: Observation,
  root: string,
  ports: ObservePorts,
): Promise<void> {
  const last = new Map<string, string | null>();
  for (const statement of observation.statements)
    for (const { path, sha256 } of statement.filesWritten) last.set(path, sha256);
  for (const [path, digest] of last)
    if (digest !== null && (await ports.files.kind(`${root}/${path}`)) === "file")
      await ports.artifacts.addFile(`${root}/${path}`);
}

function buildRequest(input: ObserveInput, root: string): ObserveRequest {
  const { program, reference } = input;
  const cells = program.cells.map(({ cell }, unit) => {
    const statements = program.facts.statements.filter((statement) => statement.unit === unit);
    return {
      cell: cell.number,
      statements: statements.map((statement) => {
        const ref = { cell: cell.number, index: statement.index, span: statement.span };
        // The reference run records metrics through the same call that the pipeline uses; its literals stay.
        const text =
          reference === undefined
            ? (program.cells[unit]?.python.slice(statement.span.start, statement.span.end) ?? "")
            : moveStatement(program, reference.plan, ref, {
                metricName: "__mlops_metric__",
                liftParameters: false,
                comments: false,
              }).text;
        return { index: statement.index, line: statement.line, code: text };
      }),
      expectedChanges: [
        ...new Set(
          statements.flatMap((statement) => [
            ...statement.mayWrite,
            ...statement.deletes,
            ...statement.mutations.map((mutation) => mutation.name),
          ]),
        ),
      ].sort(),
    };
  });
  return {
    notebook: program.notebook.path.split("/").at(-1) ?? program.notebook.path,
    root,
    cells,
    captures: [...(reference?.captures ?? [])],
    ...(reference === undefined ? {} : { store: reference.store }),
    seed: COMPARISON_SEED,
    allowNetwork: input.allowNetwork,
    allowWrite: input.allowWrite,
  };
}

/** Where each artifact is complete: after the last statement of the step that makes it. */
export function capturesOf(plan: Plan): readonly Capture[] {
  return plan.artifacts.flatMap((artifact) => {
    const last = plan.steps.find((step) => step.name === artifact.producer)?.statements.at(-1);
    return last === undefined
      ? []
      : [
          {
            artifact: artifact.name,
            variables: [...artifact.variables],
            after: { cell: last.cell, index: last.index },
          },
        ];
  });
}

function checkNoError(observation: Observation, program: NotebookProgram): void {
  const failed = observation.statements.find((statement) => statement.error !== null);
  if (failed?.error === null || failed === undefined) return;
  throw describeError(failed.error, {
    path: program.notebook.path,
    cell: failed.cell,
    line: failed.error.line,
  });
}

function describeError(
  error: NonNullable<StatementObservation["error"]>,
  where: { readonly path: string; readonly cell: number; readonly line: number },
): Error {
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
  return new InputError(`${error.type}: ${error.message}`, {
    code: "cell-raised",
    where,
    hint: "a pipeline can only be made of a notebook that runs from top to bottom; restart the kernel, run all cells, and mend this one",
  });
}

function explainFailure(error: unknown, input: ObserveInput, statementsDone: number): unknown {
  if (!(error instanceof WorkerError)) return error;
  const next = input.program.facts.statements[statementsDone];
  const where = {
    path: input.program.notebook.path,
    ...(next === undefined ? {} : { cell: cellNumber(input.program, next), line: next.line }),
  };
  if (error.failure.code === "worker-timeout") {
    return new InputError(
      `this statement was still running after ${String(Math.round(input.timeoutMs / 1000))} seconds`,
      {
        code: "cell-timeout",
        where,
        hint: "give it more time with --timeout SECONDS, or make the cell faster",
        cause: error,
      },
    );
  }
  return new UpstreamError(`the Python process that ran the notebook failed: ${error.message}`, {
    code: "observation-failed",
    where,
    hint: "the last statement it started is named above; run that cell by itself to see more",
    cause: error,
  });
}

/** What a person should know about the run itself: network use, writes, options. */
export function observationNotes(observation: Observation, path: string): readonly Diagnostic[] {
  return observation.statements.flatMap((statement): readonly Diagnostic[] =>
    statement.network.length === 0
      ? []
      : [
          {
            code: "network-used",
            severity: "warning",
            message: `this cell reached for ${statement.network.join(", ")}`,
            hint: "a pipeline that needs the network cannot be reproduced without it; keep the data beside the notebook",
            where: { path, cell: statement.cell },
          },
        ],
  );
}
