/** Scores a file; see `app/score-batch.ts`. */
import { scoreBatch } from "../../app/score-batch.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import type { ScoreResult } from "../../serving/schema.ts";
import { renderModelReference } from "../../serving/served-model.ts";
import { TABLE_FORMATS, type TableFormat, tableFormatOf } from "../../serving/table-format.ts";
import type { CommandContext } from "../context.ts";
import { prepareModel } from "./prepare-model.ts";

/** Rows that take some megabytes, and few enough calls that their cost does not show. */
export const CHUNK_ROWS = 10_000;

/** What the command line said. */
export interface PredictFlags {
  readonly model: string;
  readonly python: string | undefined;
  readonly input: string | undefined;
  readonly format: TableFormat | undefined;
  readonly out: string | undefined;
  readonly outputFormat: TableFormat | undefined;
  readonly keep: readonly string[];
  readonly onError: "fail" | "skip" | undefined;
  readonly rejects: string | undefined;
  readonly chunkRows: number | undefined;
  readonly history: string | undefined;
  readonly historyFormat: TableFormat | undefined;
}

/** @throws UsageError `usage-missing-argument`, `format-unknown`, and what `findModel`, `serveModel` and `scoreBatch` throw. */
export async function runPredict(
  context: CommandContext,
  flags: PredictFlags,
): Promise<{ readonly result: ScoreResult; readonly diagnostics: readonly Diagnostic[] }> {
  const input = required("--input", flags.input);
  const out = required("--out", flags.out);
  const onError = flags.onError ?? "fail";
  const rejects = flags.rejects ?? `${out.replace(/\.[^./]+$/, "")}.rejects.jsonl`;
  const formats = {
    inputFormat: flags.format ?? formatOf(input, "--format"),
    outputFormat: flags.outputFormat ?? formatOf(out, "--output-format"),
  };
  const history =
    flags.history === undefined
      ? undefined
      : {
          path: flags.history,
          format: flags.historyFormat ?? formatOf(flags.history, "--history-format"),
        };
  const servable = await prepareModel(context, flags);
  const files = await context.wiring.files(context.workingDirectory);
  const {
    diagnostics,
    history: brought,
    ...scored
  } = await scoreBatch(
    {
      servable,
      input: input === "-" ? context.stdin : input,
      out,
      ...formats,
      keep: [...new Set(flags.keep.flatMap((names) => names.split(",")))],
      onError,
      rejects,
      chunkRows: flags.chunkRows ?? CHUNK_ROWS,
      history,
      signal: context.signal,
    },
    { files, events: context.events },
  );
  const result = {
    model: renderModelReference(servable.model),
    out,
    ...scored,
    rejects: onError === "skip" ? rejects : null,
    history:
      history === undefined || brought === undefined ? null : { file: history.path, ...brought },
  };
  return { result, diagnostics };
}

function required(flag: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new UsageError(`mlops predict needs ${flag} FILE.`, {
    code: "usage-missing-argument",
    hint: "mlops predict churn@v1 --input new.csv --out answers.csv",
  });
}

function formatOf(path: string, flag: string): TableFormat {
  const found = tableFormatOf(path);
  if (found !== undefined) return found;
  const name = path === "-" ? "What is piped in" : path;
  throw new UsageError(`${name} does not say which format it has.`, {
    code: "format-unknown",
    hint: `${flag} ${TABLE_FORMATS.join("|")}`,
  });
}
