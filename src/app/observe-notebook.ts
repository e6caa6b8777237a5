/** Runs a notebook top to bottom in a child process on a copy of its folder, and returns what it showed. */

import { join, relative } from "node:path/posix";
import type { Diagnostic } from "../base/diagnostic.ts";
import { UpstreamError } from "../base/errors.ts";
import { joinRuns } from "../observation/join-runs.ts";
import { whyNotRepeatable } from "../observation/repeatable.ts";
import {
  type Capture,
  type Observation,
  ObservationRecord,
  type ObserveRequest,
} from "../observation/schema.ts";
import type { NotebookProgram } from "../pipeline/notebook-program.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Worker, Workers } from "../ports/worker.ts";
import { copyScratch, leftOut } from "./copy-scratch.ts";
import { DataAbove, findAbove } from "./explain-missing-file.ts";
import { checkNoError, explainFailure } from "./explain-observation.ts";
import {
  keepObservation,
  lastWritten,
  observationKey,
  readObservation,
} from "./observation-cache.ts";
import { buildRequests, type SentRequest } from "./observe-request.ts";
import { topOf, type WorkFolder } from "./work-folder.ts";
import { TextEvent } from "./worker-replies-schema.ts";

export interface ObserveInput {
  readonly program: NotebookProgram;
  /** Folder of the notebook, which is the working directory of the run, and how far above it the run's data stand. */
  readonly work: WorkFolder;
  /** Relative to the project; left out of the copy. */
  readonly pipelinesFolder: string;
  readonly python: string;
  /** Values to store and metrics to record; `undefined` in the first run, which only watches. */
  readonly reference:
    | { readonly plan: Plan; readonly captures: readonly Capture[]; readonly store: string }
    | undefined;
  readonly timeoutMs: number;
  readonly allowNetwork: boolean;
  readonly allowWrite: boolean;
  readonly signal: AbortSignal;
  readonly onCell: (done: number, total: number) => void;
  /** true runs the notebook whatever is on record. */
  readonly fresh: boolean;
  /** Told when a run on record stands in for this one. */
  readonly onReused: () => void;
  /** Told when it runs again, on a copy that has a file which only the run showed to be needed. */
  readonly onReachingUp: (path: string) => void;
}

export interface ObservePorts {
  readonly files: Files;
  readonly workers: Workers;
  readonly artifacts: Artifacts;
  /** Absolute folder of the templates that ship with the program. */
  readonly templates: string;
}

/**
 * @throws what `explain-observation.ts` makes of a notebook that does not come to its end, with cell and line.
 * @throws EnvironmentError as starting the worker does; UpstreamError `observation-unreadable`.
 */
export async function observeNotebook(
  input: ObserveInput,
  ports: ObservePorts,
): Promise<Observation> {
  const reachingUp = async (error: unknown): Promise<Observation> => {
    if (!(error instanceof DataAbove)) throw error;
    input.onReachingUp(error.path);
    return observeNotebook({ ...input, work: { ...input.work, above: error.levels } }, ports);
  };
  return observeIn(input, ports).catch(reachingUp);
}

async function observeIn(input: ObserveInput, ports: ObservePorts): Promise<Observation> {
  await ports.files.makeDirectory(".mlops/tmp");
  const worker = await startWorker(input, ports);
  try {
    const requests = buildRequests({ ...input, above: input.work.above });
    const top = topOf(input.work);
    const isLeftOut = leftOut(input.work, input.pipelinesFolder);
    const names = new Set(requests.map(({ notebook }) => notebook));
    const own = new Set([...names].map((name) => relative(top, join(input.work.root, name))));
    const key = await observationKey(
      {
        requests,
        root: top,
        skip: (path) => own.has(path) || isLeftOut(path),
        modules: Object.fromEntries(
          input.program.modules.map(({ path, text }) => [path, text] as const),
        ),
        hello: worker.hello,
        templates: ports.templates,
      },
      ports.files,
    );
    const needed = input.reference === undefined ? "values" : "written";
    const { path } = input.program.notebook;
    const known =
      key === undefined || input.fresh
        ? undefined
        : await readObservation(path, key, needed, ports);
    if (known !== undefined) {
      input.onReused();
      return known;
    }
    const seen = await runOnCopy(input, requests, { ...ports, worker });
    if (key !== undefined && isRepeatable(seen, input, names))
      await keepObservation(path, key, seen, ports.files);
    return seen;
  } finally {
    await worker.close();
  }
}

/** Its own file is no part of the key, because saving it again changes its bytes; a notebook that reads it is not kept. */
function isRepeatable(seen: Observation, input: ObserveInput, names: ReadonlySet<string>): boolean {
  return (
    whyNotRepeatable(seen, input.program.facts.statements) === undefined &&
    !seen.statements.some(({ filesRead }) => filesRead.some(({ path }) => names.has(path)))
  );
}

/** Every notebook in a process of its own, one after the other in the same copy: the files of one are there for the next. */
async function runOnCopy(
  input: ObserveInput,
  requests: readonly SentRequest[],
  ports: ObservePorts & { readonly worker: Worker },
): Promise<Observation> {
  const scratch = await copyScratch(input.work, input.pipelinesFolder, ports.files);
  const total = requests.reduce((sum, { cells }) => sum + cells.length, 0);
  try {
    const modules = `${scratch.folder}/modules`;
    for (const module of input.program.modules)
      await ports.files.writeAtomic(`${modules}/${module.path}`, module.text);
    const places = {
      root: scratch.root,
      ...(scratch.top === scratch.project ? {} : { project: scratch.project }),
      ...(input.program.modules.length === 0 ? {} : { modules }),
      ...(input.reference === undefined ? {} : { store: input.reference.store }),
    };
    const runs: Observation[] = [];
    for (const [at, request] of requests.entries()) {
      const before = joinRuns(runs);
      const onCell = (done: number): void => {
        input.onCell(before.cells.length + done, total);
      };
      const full = { ...request, ...places };
      const { project } = scratch;
      const worker = at === 0 ? ports.worker : await startWorker(input, ports);
      try {
        runs.push(await runOne(full, { ...input, before, onCell, project }, { ...ports, worker }));
      } finally {
        if (at > 0) await worker.close();
      }
    }
    const seen = joinRuns(runs);
    if (input.reference !== undefined) await keepWrittenFiles(seen, scratch.root, ports);
    return seen;
  } finally {
    await scratch.remove();
  }
}

async function startWorker(input: ObserveInput, ports: ObservePorts): Promise<Worker> {
  return ports.workers.start({
    python: input.python,
    // The run itself goes to the copy, which is made only when there is a run.
    workingDirectory: ports.files.absolute(".mlops/tmp"),
    signal: input.signal,
  });
}

/** @throws as `observeNotebook`. */
async function runOne(
  request: ObserveRequest,
  input: Omit<ObserveInput, "onCell"> & {
    /** What the notebooks before this one showed. */
    readonly before: Observation;
    /** Absolute folder of the copy that stands for the project. */
    readonly project: string;
    readonly onCell: (done: number) => void;
  },
  ports: ObservePorts & { readonly worker: Worker },
): Promise<Observation> {
  const records = collectRecords(input.onCell);
  try {
    await ports.worker.call("observe", request, {
      timeoutMs: input.timeoutMs,
      signal: input.signal,
      onEvent: records.receive,
    });
  } catch (error) {
    const done = input.before.statements.length + records.seen().statements.length;
    throw await explainFailure(error, { ...input, done }, ports.files);
  }
  checkReadable(records.unreadable(), input);
  const seen = records.seen();
  await checkNoError(seen, { ...input, copy: request.root }, ports.files);
  const above = await findAbove(seen, input, ports.files);
  if (above !== undefined) throw above;
  return seen;
}

/** Sorts the observer's records as they come; what is none of them, nor text that the run printed past Python, is kept as unreadable. */
function collectRecords(onCell: (done: number) => void): {
  readonly receive: (event: unknown) => void;
  readonly seen: () => Observation;
  readonly unreadable: () => unknown;
} {
  const statements: Observation["statements"][number][] = [];
  const cells: Observation["cells"][number][] = [];
  const captures: Observation["captures"][number][] = [];
  let environment: Observation["environment"];
  let unreadable: unknown;
  return {
    receive: (event) => {
      const parsed = ObservationRecord.safeParse(event);
      if (!parsed.success) {
        if (!TextEvent.safeParse(event).success) unreadable ??= event;
        return;
      }
      const record = parsed.data;
      if (record.kind === "statement") statements.push(record);
      else if (record.kind === "capture") captures.push(record);
      else if (record.kind === "environment") environment = record;
      else {
        cells.push(record);
        onCell(cells.length);
      }
    },
    seen: () => ({ statements, cells, captures, environment }),
    unreadable: () => unreadable,
  };
}

/** A record that cannot be read is a fact that nobody knows: nothing may be concluded from the rest. */
function checkReadable(record: unknown, input: Pick<ObserveInput, "program">): void {
  if (record === undefined) return;
  throw new UpstreamError(
    `the run of the notebook reported something that cannot be read: ${JSON.stringify(record).slice(0, 200)}`,
    {
      code: "observation-unreadable",
      where: { path: input.program.notebook.path },
      hint: "reinstall mlops, so that its program and its Python files are of one version; please report it if it stays",
    },
  );
}

/** Files the notebook wrote go to the store, so that the pipeline's can be compared by content where bytes differ. */
async function keepWrittenFiles(
  observation: Observation,
  root: string,
  ports: ObservePorts,
): Promise<void> {
  for (const [path, digest] of lastWritten(observation))
    if (digest !== null && (await ports.files.kind(`${root}/${path}`)) === "file")
      await ports.artifacts.addFile(`${root}/${path}`);
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
