/**
 * Scores the rows of a file with a model version: the same contract, worker and answers as serving, without a server.
 *
 * Rows come, are checked, asked about and written in chunks, so that a file may be larger than memory. What a value is,
 * is decided by the contract and never by the other rows of its chunk. That answers do not depend on the chunk either is
 * tried on the first one: some of its rows are asked about alone.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import { EnvironmentError, InputError, UsageError } from "../base/errors.ts";
import { checkColumns } from "../contract/check-rows.ts";
import type { Table } from "../contract/typed-columns.ts";
import { encodeColumns } from "../contract/typed-columns.ts";
import type { Events } from "../ports/events.ts";
import type { AtomicFile, StreamedFiles } from "../ports/files.ts";
import type { Worker } from "../ports/worker.ts";
import { WorkerError } from "../ports/worker.ts";
import type { Answer } from "../serving/answer-schema.ts";
import { PredictReply } from "../serving/answer-schema.ts";
import { renderModelReference } from "../serving/served-model.ts";
import { type BroughtHistory, bringHistory } from "./bring-history.ts";
import { checkChunk, isSameAnswer, taken } from "./check-batch.ts";
import type { AppEvent } from "./event.ts";
import { createFindings, type ScoreFindings } from "./score-findings.ts";
import type { ScoreChunk } from "./score-input.ts";
import { type AnsweredRow, type AnswerWriter, openAnswers } from "./score-output.ts";
import { writeParquet } from "./score-parquet.ts";
import { contractViolated, renderRejects } from "./score-refusals.ts";
import { nameOfInput, type ScoreInput } from "./score-request.ts";
import { openSource, type ScoreSource } from "./score-source.ts";
import { rowsOfSame } from "./whole-entities.ts";

/** Rows that are asked about alone, to see that their answers do not depend on other rows. */
const ALONE = 20;

export interface ScorePorts {
  readonly files: StreamedFiles;
  readonly events: Events<AppEvent>;
}

/** What was scored. */
export interface ScoreOutcome {
  /** Rows in the output. */
  readonly rows: number;
  /** Rows for which the model raised an error; they are in the output, in place. */
  readonly failed: number;
  /** Rows that were left out of the output. */
  readonly rejected: number;
  /** Newer rows that were put above, and how many of them for one that was there; `undefined` where none were brought. */
  readonly history: { readonly rows: number; readonly replaced: number } | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Scores all rows, or none: the output appears whole, after the last row.
 *
 * @throws InputError `input-missing`, `contract-violated`, `prediction-depends-on-batch`; UsageError `output-is-input`,
 * `keep-name-taken`; EnvironmentError `prediction-failed`; and what reading and writing throw.
 */
export async function scoreBatch(input: ScoreInput, ports: ScorePorts): Promise<ScoreOutcome> {
  await checkPaths(input, ports.files);
  const worker = await input.servable.startWorker();
  const opened: { discard: () => Promise<void> }[] = [{ discard: worker.close }];
  try {
    ports.events.emit({ kind: "phase-started", phase: "score" });
    const brought = await broughtHistory(input, worker, ports.files);
    const source = await openSource(input, worker, ports);
    opened.push({ discard: source.close });
    const writer = await openAnswers(
      {
        out: input.out,
        format: input.outputFormat,
        keep: input.keep,
        kind: input.servable.model.contract.answer.kind,
        skips: input.onError === "skip",
        convert: (from, to) =>
          writeParquet(
            { from, to, like: source.parquet },
            { worker, signal: input.signal, name: input.out },
          ),
      },
      ports.files,
    );
    opened.push(writer);
    const rejects =
      input.onError === "skip" ? await ports.files.beginAtomic(input.rejects) : undefined;
    if (rejects !== undefined) opened.push(rejects);
    const outcome = await scoreChunks(input, { source, worker, writer, rejects });
    await rejects?.commit();
    await writer.commit();
    ports.events.emit({ kind: "phase-finished", phase: "score" });
    if (brought === undefined) return { ...outcome, history: undefined };
    const { rows, replaced, diagnostics } = brought;
    return {
      ...outcome,
      history: { rows, replaced },
      diagnostics: [...diagnostics, ...outcome.diagnostics],
    };
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    throw new EnvironmentError(
      `The model could not score ${nameOfInput(input)}: ${error.failure.message}`,
      { code: "prediction-failed", hint: "nothing was written", cause: error },
    );
  } finally {
    for (const each of opened.reverse()) await each.discard();
  }
}

async function broughtHistory(
  { history, servable, signal }: ScoreInput,
  worker: Worker,
  files: StreamedFiles,
): Promise<BroughtHistory | undefined> {
  if (history === undefined) return undefined;
  const { contract } = servable.model;
  const model = renderModelReference(servable.model);
  return bringHistory(history, { worker, contract, model, signal }, files);
}

async function checkPaths(input: ScoreInput, files: StreamedFiles): Promise<void> {
  const { outputs } = input.servable.model.contract.answer;
  const clash = input.keep.find(
    (name) =>
      ["row", "label", "outputs", "error", "probabilities"].includes(name) ||
      (outputs ?? []).includes(name) ||
      name.startsWith("probability of "),
  );
  if (clash !== undefined) {
    throw new UsageError(`A column "${clash}" cannot be kept: answers have one of this name.`, {
      code: "keep-name-taken",
      hint: `rename it in the input, or leave ${clash} out of --keep`,
    });
  }
  if (typeof input.input === "string") await checkSource(input.input, "--input", input, files);
  if (input.history !== undefined) await checkSource(input.history.path, "--history", input, files);
}

/** A file that is read is there, and none of those that are written. */
async function checkSource(
  path: string,
  flag: "--input" | "--history",
  { out, rejects }: ScoreInput,
  files: StreamedFiles,
): Promise<void> {
  if ((await files.kind(path)) === "missing") {
    throw new InputError(`${path} is not there.`, {
      code: "input-missing",
      hint: `check the path given by ${flag}`,
    });
  }
  const from = await files.realPath(path);
  for (const to of [out, rejects]) {
    if (from !== (await files.realPath(to))) continue;
    const what = flag === "--input" ? "the input" : "the file given by --history";
    throw new UsageError(`${to} is ${what}; it would be replaced.`, {
      code: "output-is-input",
      hint: "give --out another name",
    });
  }
}

interface Scoring {
  readonly source: ScoreSource;
  readonly worker: Worker;
  readonly writer: AnswerWriter;
  readonly rejects: AtomicFile | undefined;
}

async function scoreChunks(
  input: ScoreInput,
  scoring: Scoring,
): Promise<Omit<ScoreOutcome, "history">> {
  const { source, writer } = scoring;
  const findings = createFindings(nameOfInput(input));
  const counts = { rows: 0, failed: 0, rejected: 0 };
  let dependence: string | undefined;
  let isFirst = true;
  for await (const chunk of source.chunks) {
    input.signal.throwIfAborted();
    findings.unused(chunk.unused);
    if (dependence !== undefined && chunk.raw.rows > 0) throw dependsOnBatch(dependence, input);
    const answers = await scoreChunk(chunk, input, { ...scoring, findings });
    if (isFirst)
      dependence = await findDependence(answers, chunk, { input, worker: scoring.worker });
    isFirst = false;
    const isFailed = ({ answer }: AnsweredRow): boolean => "error" in answer;
    const written = input.onError === "skip" ? answers.filter((row) => !isFailed(row)) : answers;
    await writer.add(written);
    counts.rows += written.length;
    counts.failed += written.filter(isFailed).length;
    counts.rejected += chunk.raw.rows - written.length;
    source.report(chunk.firstRow + chunk.raw.rows);
  }
  const depends: readonly Diagnostic[] =
    dependence === undefined
      ? []
      : [
          {
            code: "prediction-depends-on-batch",
            severity: "warning",
            message: dependenceMessage(dependence),
            where: { path: nameOfInput(input) },
            hint: "another file, or the same rows asked about by mlops serve, would get other answers",
          },
        ];
  return { ...counts, diagnostics: [...findings.diagnostics(), ...depends] };
}

/** The answers of one chunk, without the rows that were refused; those are among the rejects, as are rows the model failed on. */
async function scoreChunk(
  chunk: ScoreChunk,
  input: ScoreInput,
  { worker, rejects, findings }: Scoring & { readonly findings: ScoreFindings },
): Promise<readonly AnsweredRow[]> {
  const checked = checkChunk(input.servable.model.contract, chunk);
  const file = nameOfInput(input);
  if (checked.columnErrors.length > 0 || (rejects === undefined && checked.refused.size > 0))
    throw contractViolated(
      [...checked.columnErrors, ...[...checked.refused.values()].flat()],
      chunk,
      { file },
    );
  for (const warning of checked.warnings) findings.warning(warning, chunk);
  if (checked.table === undefined)
    throw new Error("rows that were checked do not pass the same check");
  const answers = await ask(worker, checked.table, input.signal);
  const answered = checked.accepted.map((at, index): AnsweredRow => {
    const answer = answers[index];
    if (answer === undefined) throw new Error("the worker answered another number of rows");
    return {
      row: chunk.firstRow + at,
      kept: chunk.kept.map((values) => values[at] ?? null),
      answer,
    };
  });
  await rejects?.write(renderRejects(checked.refused, answered, chunk));
  return answered;
}

async function ask(worker: Worker, table: Table, signal: AbortSignal): Promise<readonly Answer[]> {
  if (table.rows === 0) return [];
  const { header, payloads } = encodeColumns(table);
  const ids = Array.from({ length: table.rows }, (_, row) => String(row));
  const reply = await worker.call("predict", { ...header, ids }, { payloads, signal });
  const { answers } = PredictReply.parse(reply.result);
  if (answers.length !== table.rows) throw new Error("the worker answered another number of rows");
  return answers;
}

/** Asks about some rows alone. How the first one differs from its answer among the others; `undefined` when none does. */
async function findDependence(
  answered: readonly AnsweredRow[],
  chunk: ScoreChunk,
  { input, worker }: { readonly input: ScoreInput; readonly worker: Worker },
): Promise<string | undefined> {
  if (answered.length < 2) return undefined;
  const step = Math.max(1, Math.floor(answered.length / ALONE));
  for (const { row, answer } of answered.filter((_, at) => at % step === 0).slice(0, ALONE)) {
    if ("error" in answer) continue;
    const { contract } = input.servable.model;
    const together = rowsOfSame(contract, chunk.raw, row - chunk.firstRow);
    const { table } = checkColumns(contract, taken(chunk.raw, together));
    if (table === undefined) throw new Error("a row that was checked does not pass the same check");
    const alone = (await ask(worker, table, input.signal))[together.indexOf(row - chunk.firstRow)];
    if (alone === undefined || isSameAnswer(alone, answer)) continue;
    return `row ${String(row)} alone gets ${JSON.stringify(alone)}, among ${String(answered.length)} rows ${JSON.stringify(answer)}`;
  }
  return undefined;
}

function dependsOnBatch(dependence: string, input: ScoreInput): InputError {
  return new InputError(`${dependenceMessage(dependence)}.`, {
    code: "prediction-depends-on-batch",
    where: { path: nameOfInput(input) },
    hint: "--chunk-rows N with at least as many rows as there are asks about all of them together",
  });
}

function dependenceMessage(dependence: string): string {
  return `the answers of this model depend on which rows are asked about together: ${dependence}`;
}
