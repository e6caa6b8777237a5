import { TABLE_FORMATS } from "../../serving/table-format.ts";
import { answeredNo, defineCommand, succeeded } from "../command.ts";

/** `mlops predict MODEL --input FILE --out FILE` */
export const predictCommand = defineCommand({
  name: "predict",
  group: "build",
  summary: "Score a file of rows with a model version",
  description:
    "Checks the rows against the model's contract, answers them in a Python worker, and writes one answer a row. Rows go through in chunks, so the file may be larger than memory, and the output appears whole or not at all. Parquet needs pyarrow in the model's Python. A model whose features look at earlier rows keeps those of training; --history brings the rows since then, in the columns of the training table, and a row of the same entity and time is taken in place of the kept one. The exit code is 1 when the model failed on some rows, whose place in the output says why, or when no row was left to score.",
  arguments: { model: { summary: "a model version, like churn@v1, churn@champion or churn" } },
  options: {
    input: {
      kind: "text",
      placeholder: "FILE",
      summary:
        "rows: .csv with a header, .json, .jsonl or .parquet; - is standard input (required)",
    },
    format: {
      kind: "choice",
      choices: TABLE_FORMATS,
      summary: "format of the input, where its name does not say it",
    },
    out: {
      kind: "text",
      placeholder: "FILE",
      summary: "where answers go: .csv, .json, .jsonl or .parquet (required)",
    },
    outputFormat: {
      kind: "choice",
      choices: TABLE_FORMATS,
      summary: "format of the output, where its name does not say it",
    },
    keep: {
      kind: "texts",
      placeholder: "COLUMN,…",
      summary: "columns of the input that go to the output as they are",
    },
    onError: {
      kind: "choice",
      choices: ["fail", "skip"],
      summary: "at a bad row write nothing (the default), or leave the row out",
    },
    rejects: {
      kind: "text",
      placeholder: "FILE",
      summary: "where rows that are left out go, with the reason (default: beside the output)",
    },
    chunkRows: {
      kind: "whole-number",
      placeholder: "n",
      min: 1,
      summary: "rows that are in memory at once (default 10000)",
    },
    history: {
      kind: "text",
      placeholder: "FILE",
      summary:
        "newer rows of a model whose features look at earlier ones, the predicted column included; for these answers only",
    },
    historyFormat: {
      kind: "choice",
      choices: TABLE_FORMATS,
      summary: "format of the newer rows, where the file's name does not say it",
    },
    python: {
      kind: "text",
      placeholder: "PATH",
      summary: "interpreter that has the model's requirements",
    },
  },
  examples: [
    { line: "mlops predict churn@v1 --input new.csv --out answers.csv", shows: "one answer a row" },
    {
      line: "mlops predict churn --input new.parquet --out answers.parquet --keep id --on-error skip",
      shows: "answers beside their ids; bad rows go to answers.rejects.jsonl",
    },
    {
      line: "zcat new.csv.gz | mlops predict churn --input - --format csv --out answers.csv",
      shows: "rows that another program makes",
    },
    {
      line: "mlops predict sales@v1 --input tomorrow.csv --history since-training.csv --out answers.csv",
      shows: "lags and windows see the days since training, too; the version stays as it is",
    },
  ],
  resultSchema: async () => {
    const { toJsonSchema } = await import("../json-schema.ts");
    const { ScoreResult } = await import("../../serving/schema.ts");
    return toJsonSchema(ScoreResult);
  },
  run: async (context, input) => {
    const { runPredict } = await import("./run-predict.ts");
    const { result, diagnostics } = await runPredict(context, input);
    const isNothing = result.rows === 0 && result.rejected > 0;
    return result.failed === 0 && !isNothing
      ? succeeded(result, diagnostics)
      : answeredNo(result, diagnostics);
  },
  render: async ({ result }) => (await import("../render/serving.ts")).renderScored(result),
});
