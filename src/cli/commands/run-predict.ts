/** Scores a CSV file; see `app/score-batch.ts`. */
import { scoreBatch } from "../../app/score-batch.ts";
import type { Diagnostic } from "../../base/diagnostic.ts";
import { UsageError } from "../../base/errors.ts";
import type { ScoreResult } from "../../serving/schema.ts";
import { renderModelReference } from "../../serving/served-model.ts";
import type { CommandContext } from "../context.ts";
import { prepareModel } from "./prepare-model.ts";

/** What the command line said. */
export interface PredictFlags {
  readonly model: string;
  readonly python: string | undefined;
  readonly input: string | undefined;
  readonly out: string | undefined;
}

/** @throws UsageError `usage-missing-argument`, and what `scoreBatch` and `serveModel` throw. */
export async function runPredict(
  context: CommandContext,
  flags: PredictFlags,
): Promise<{ readonly result: ScoreResult; readonly diagnostics: readonly Diagnostic[] }> {
  const input = required("--input", flags.input);
  const out = required("--out", flags.out);
  const servable = await prepareModel(context, flags);
  const files = await context.wiring.files(context.workingDirectory);
  const { diagnostics, ...scored } = await scoreBatch(
    { servable, input, out, signal: context.signal },
    { files },
  );
  return { result: { model: renderModelReference(servable.model), out, ...scored }, diagnostics };
}

function required(flag: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new UsageError(`mlops predict needs ${flag} FILE.`, {
    code: "usage-missing-argument",
    hint: "mlops predict churn@v1 --input new.csv --out answers.csv",
  });
}
