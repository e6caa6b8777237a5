/**
 * Where answers go, piece by piece: CSV, JSON, JSON Lines, or Parquet through the model's own Python.
 * The file appears whole, at the end, or not at all.
 *
 * Columns of CSV and Parquet: row (where bad rows are left out), kept columns, label, one probability per class, error
 * (where rows the model failed on stay). Classes are in the order of the first answer that has them.
 */
import { EnvironmentError } from "../base/errors.ts";
import { renderCsvRecord } from "../contract/csv.ts";
import type { Contract } from "../contract/schema.ts";
import type { AtomicFile, StreamedFiles } from "../ports/files.ts";
import type { Answer } from "../serving/answer-schema.ts";
import type { TableFormat } from "../serving/table-format.ts";
import type { KeptValue } from "./score-input.ts";

/** An answer and what goes beside it. */
export interface AnsweredRow {
  /** Where the row stands in the input, from 0. */
  readonly row: number;
  readonly kept: readonly KeptValue[];
  readonly answer: Answer;
}

/** Whoever opened it commits or discards it. */
export interface AnswerWriter {
  readonly add: (rows: readonly AnsweredRow[]) => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

export interface AnswerOptions {
  readonly out: string;
  readonly format: TableFormat;
  readonly keep: readonly string[];
  readonly kind: Contract["answer"]["kind"];
  /** Rows may be missing from the output: it says which ones are there, and holds no errors. */
  readonly skips: boolean;
  /** Makes the Parquet file `to` from JSON Lines. */
  readonly convert: (from: string, to: string) => Promise<void>;
}

/** Begins the output; nothing is seen of it before `commit`. */
export async function openAnswers(
  options: AnswerOptions,
  files: StreamedFiles,
): Promise<AnswerWriter> {
  const file = await files.beginAtomic(options.out);
  const render = rendererOf(options);
  let done: AtomicFile | undefined;
  return {
    add: (rows) => file.write(render.rows(rows)),
    commit: async () => {
      await file.write(render.end());
      if (options.format !== "parquet") return file.commit();
      done = await files.beginAtomic(options.out);
      await options.convert(file.temporary, done.temporary);
      await done.commit();
      await file.discard();
    },
    discard: async () => {
      await done?.discard();
      await file.discard();
    },
  };
}

interface Renderer {
  readonly rows: (rows: readonly AnsweredRow[]) => string;
  readonly end: () => string;
}

function rendererOf(options: AnswerOptions): Renderer {
  switch (options.format) {
    case "csv":
      return flatRenderer(options, renderCsvRecord, (values) =>
        renderCsvRecord(values.map((value) => (value === null ? "" : String(value)))),
      );
    case "parquet":
      return flatRenderer(
        options,
        (names, floats) =>
          `${JSON.stringify(names.map((name) => [name, floats.includes(name) ? "float64" : null]))}\n`,
        (values) => `[${values.map(renderJsonValue).join(",")}]\n`,
      );
    case "jsonl":
      return {
        rows: (rows) => rows.map((row) => `${asObject(row, options)}\n`).join(""),
        end: () => "",
      };
    case "json":
      return arrayRenderer(options);
  }
}

function arrayRenderer(options: AnswerOptions): Renderer {
  let isEmpty = true;
  return {
    rows: (rows) =>
      rows
        .map((row) => {
          const before = isEmpty ? "[\n " : ",\n ";
          isEmpty = false;
          return before + asObject(row, options);
        })
        .join(""),
    end: () => (isEmpty ? "[]\n" : "\n]\n"),
  };
}

/** `{row?, …kept, label, probabilities?}` or `{row?, …kept, error}`. */
function asObject({ row, kept, answer }: AnsweredRow, { keep, skips }: AnswerOptions): string {
  const members: (readonly [string, unknown])[] = [
    ...(skips ? [["row", row] as const] : []),
    ...keep.map((name, at) => [name, kept[at] ?? null] as const),
    ...Object.entries(answer),
  ];
  const texts = members.map(([name, value]) => `${JSON.stringify(name)}:${renderJsonValue(value)}`);
  return `{${texts.join(",")}}`;
}

/** JSON, with a `bigint` as the whole number it is. */
export function renderJsonValue(value: unknown): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(value ?? null);
}

/** One row of columns for each answer. Rows that wait are errors before the first answer, which says what classes there are. */
function flatRenderer(
  { keep, skips, kind }: AnswerOptions,
  header: (names: readonly string[], floats: readonly string[]) => string,
  record: (values: readonly KeptValue[]) => string,
): Renderer {
  let classes: FlatColumns | undefined;
  let waiting: AnsweredRow[] = [];
  const begin = ({ answers, classes: known }: FlatColumns): string => {
    const chances = known.map((name) => `probability of ${name}`);
    const names = [
      ...(skips ? ["row"] : []),
      ...keep,
      ...answers,
      ...chances,
      ...(skips ? [] : ["error"]),
    ];
    return header(names, kind === "number" ? [...answers, ...chances] : chances);
  };
  const lines = (rows: readonly AnsweredRow[], known: FlatColumns): string =>
    rows
      .map(({ row, kept, answer }) =>
        record([
          ...(skips ? [row] : []),
          ...keep.map((_, at) => kept[at] ?? null),
          ...flatAnswer(answer, known, skips),
        ]),
      )
      .join("");
  return {
    rows: (rows) => {
      if (classes !== undefined) return lines(rows, classes);
      const first = rows.find(({ answer }) => !("error" in answer))?.answer;
      waiting.push(...rows);
      if (first === undefined) return "";
      classes = flatColumns(first);
      const text = begin(classes) + lines(waiting, classes);
      waiting = [];
      return text;
    },
    end: () => (classes === undefined ? begin(NO_ANSWER) + lines(waiting, NO_ANSWER) : ""),
  };
}

/** What an answer is spread over: its own columns, and classes with a probability each. */
interface FlatColumns {
  readonly answers: readonly string[];
  readonly classes: readonly string[];
}

const NO_ANSWER: FlatColumns = { answers: ["label"], classes: [] };

function flatColumns(first: Answer): FlatColumns {
  if ("outputs" in first) return { answers: Object.keys(first.outputs), classes: [] };
  return "error" in first
    ? NO_ANSWER
    : { answers: ["label"], classes: Object.keys(first.probabilities ?? {}) };
}

function flatAnswer(
  answer: Answer,
  { answers, classes }: FlatColumns,
  skips: boolean,
): KeptValue[] {
  const error = skips ? [] : [null];
  if ("error" in answer)
    return [...answers.map(() => null), ...classes.map(() => null), answer.error.message];
  if ("outputs" in answer) {
    const { outputs } = answer;
    return [...answers.map((name) => outputs[name] ?? null), ...error];
  }
  const { label, probabilities = {} } = answer;
  const surplus = Object.keys(probabilities).find((name) => !classes.includes(name));
  if (surplus !== undefined) {
    throw new EnvironmentError(`The model gave a probability of ${surplus} for some rows only.`, {
      code: "prediction-failed",
      hint: "write the answers as JSON Lines, where each row may have its own classes: --output-format jsonl",
    });
  }
  const chances = classes.map((name) => probabilities[name] ?? null);
  return [label, ...chances, ...error];
}
