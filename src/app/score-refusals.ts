/** Rows that are not scored: the error when one is enough to end it, and the file of those that were left out. */
import { InputError } from "../base/errors.ts";
import type { ContractProblem } from "../contract/check-rows.ts";
import { MAX_PROBLEMS } from "../contract/check-rows.ts";
import { bareMessage, diagnosticOf } from "./check-batch.ts";
import type { ScoreChunk } from "./score-input.ts";
import { type AnsweredRow, renderJsonValue } from "./score-output.ts";

/** The rows break the contract. */
export function contractViolated(
  problems: readonly ContractProblem[],
  chunk: ScoreChunk,
  { file, hint }: { readonly file: string; readonly hint?: string },
): InputError {
  const errors = problems
    .slice(0, MAX_PROBLEMS)
    .map((problem) => diagnosticOf(problem, chunk, file));
  const [first] = errors;
  const isColumn = problems[0]?.row === null;
  return new InputError(
    `does not fulfil the model's contract: ${first?.message ?? "no row does"}.`,
    {
      code: "contract-violated",
      where: first?.where ?? { path: file },
      hint:
        hint ??
        (isColumn
          ? "give the file the columns of contract.json, by the same names"
          : "correct the rows, or leave them out: --on-error skip writes them to a file of their own"),
      diagnostics: errors.length === 1 ? [] : errors,
    },
  );
}

/** One JSON object a line: where the row stood, what is wrong with it, and its values. */
export function renderRejects(
  refused: ReadonlyMap<number, readonly ContractProblem[]>,
  answered: readonly AnsweredRow[],
  chunk: ScoreChunk,
): string {
  const reasons = new Map<number, readonly object[]>();
  for (const [at, problems] of refused) {
    const told = problems.map((problem) => ({
      code: problem.code,
      column: problem.column,
      message: bareMessage(problem),
    }));
    reasons.set(at, told);
  }
  for (const { row, answer } of answered)
    if ("error" in answer) reasons.set(row - chunk.firstRow, [answer.error]);
  return [...reasons]
    .sort(([left], [right]) => left - right)
    .map(([at, problems]) => {
      const line = chunk.lines?.[at];
      const place = { row: chunk.firstRow + at, ...(line === undefined ? {} : { line }) };
      const values = Object.entries(chunk.valuesOf(at))
        .map(([name, value]) => `${JSON.stringify(name)}:${renderJsonValue(value)}`)
        .join(",");
      return `${JSON.stringify({ ...place, problems }).slice(0, -1)},"values":{${values}}}\n`;
    })
    .join("");
}
