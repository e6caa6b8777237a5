/** Scores a CSV file with a model version: the same contract, worker and answers as serving, without a server. */
import type { Diagnostic } from "../base/diagnostic.ts";
import { EnvironmentError, InputError } from "../base/errors.ts";
import type { RawColumns } from "../contract/check-rows.ts";
import { checkColumns } from "../contract/check-rows.ts";
import { parseCsv, renderCsvRecord } from "../contract/csv.ts";
import { columnsOfCsv } from "../contract/csv-columns.ts";
import { encodeColumns } from "../contract/typed-columns.ts";
import type { Files } from "../ports/files.ts";
import type { Worker } from "../ports/worker.ts";
import { WorkerError } from "../ports/worker.ts";
import type { Answer } from "../serving/answer-schema.ts";
import { PredictReply } from "../serving/answer-schema.ts";
import type { ServableModel } from "./serve-model.ts";

/** Rows sent to the worker at once. */
const ROWS_PER_CALL = 10_000;

export interface ScoreInput {
  readonly servable: ServableModel;
  /** CSV file with a header. */
  readonly input: string;
  /** `.json`: an array of answers; anything else: CSV. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/** What was scored. */
export interface ScoreOutcome {
  readonly rows: number;
  /** Rows for which the model raised an error; they are in the output, in place. */
  readonly failed: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Scores all rows, or none: the output appears whole, after the last row.
 *
 * @throws InputError `input-missing`, `csv-malformed`, `contract-violated`; EnvironmentError `prediction-failed`.
 */
export async function scoreBatch(
  input: ScoreInput,
  ports: { readonly files: Files },
): Promise<ScoreOutcome> {
  const text = await ports.files.readText(input.input);
  if (text === undefined) {
    throw new InputError(`${input.input} is not there.`, {
      code: "input-missing",
      hint: "check the path given by --input",
    });
  }
  const { raw, diagnostics } = readRows(text, input);
  const worker = await input.servable.startWorker();
  try {
    const answers: Answer[] = [];
    for (let start = 0; start < raw.rows; start += ROWS_PER_CALL) {
      answers.push(...(await ask(worker, slice(raw, start, start + ROWS_PER_CALL), input)));
    }
    await ports.files.writeAtomic(input.out, renderAnswers(answers, input.out));
    return {
      rows: raw.rows,
      failed: answers.filter((answer) => "error" in answer).length,
      diagnostics,
    };
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    throw new EnvironmentError(
      `The model could not score ${input.input}: ${error.failure.message}`,
      {
        code: "prediction-failed",
        hint: "nothing was written",
        cause: error,
      },
    );
  } finally {
    await worker.close();
  }
}

function readRows(
  text: string,
  { servable, input }: ScoreInput,
): { readonly raw: RawColumns; readonly diagnostics: readonly Diagnostic[] } {
  const { contract } = servable.model;
  const parsed = parseCsv(text);
  if (!parsed.ok) {
    const { line, message } = parsed.error;
    throw new InputError(`${input}, line ${String(line)}: ${message}.`, {
      code: "csv-malformed",
      where: { path: input, line },
      hint: "fields are separated by commas; quotes inside quotes are doubled",
    });
  }
  const { raw, unused } = columnsOfCsv(contract, parsed.value.names, parsed.value.records);
  const checked = checkColumns(contract, raw);
  const found = checked.problems.map(({ code, severity, message }) => ({
    code,
    severity,
    message,
    where: { path: input },
  }));
  const errors = found.filter((problem) => problem.severity === "error");
  if (errors[0] !== undefined) {
    throw new InputError(`${input} does not fulfil the model's contract: ${errors[0].message}.`, {
      code: "contract-violated",
      where: { path: input },
      hint: "rows count from 0 below the header",
      diagnostics: errors,
    });
  }
  const ignored = unused.map((name) => ({
    code: "unknown-column",
    severity: "warning" as const,
    message: `column "${name}" is not in the contract and was left out`,
    where: { path: input },
  }));
  return { raw, diagnostics: [...ignored, ...found] };
}

async function ask(
  worker: Worker,
  raw: RawColumns,
  { servable, signal }: ScoreInput,
): Promise<readonly Answer[]> {
  const { table } = checkColumns(servable.model.contract, raw);
  if (table === undefined) throw new Error("rows that were checked do not pass the same check");
  const { header, payloads } = encodeColumns(table);
  const ids = Array.from({ length: table.rows }, (_, row) => String(row));
  const reply = await worker.call("predict", { ...header, ids }, { payloads, signal });
  const { answers } = PredictReply.parse(reply.result);
  if (answers.length !== table.rows) throw new Error("the worker answered another number of rows");
  return answers;
}

function slice(raw: RawColumns, start: number, end: number): RawColumns {
  const columns = new Map(
    [...raw.columns].map(([name, values]) => [name, values.slice(start, end)]),
  );
  return { rows: Math.min(end, raw.rows) - start, columns };
}

/** CSV columns: label, one probability per class, error; classes in the order of the first answer that has them. */
function renderAnswers(answers: readonly Answer[], out: string): string {
  if (out.endsWith(".json")) return `${JSON.stringify(answers, undefined, 1)}\n`;
  const classes = [
    ...new Set(
      answers.flatMap((answer) =>
        "error" in answer ? [] : Object.keys(answer.probabilities ?? {}),
      ),
    ),
  ];
  const lines = answers.map((answer) =>
    "error" in answer
      ? renderCsvRecord(["", ...classes.map(() => ""), answer.error.message])
      : renderCsvRecord([
          answer.label === null ? "" : String(answer.label),
          ...classes.map((name) => String(answer.probabilities?.[name] ?? "")),
          "",
        ]),
  );
  return (
    renderCsvRecord(["label", ...classes.map((name) => `probability of ${name}`), "error"]) +
    lines.join("")
  );
}
