/** What `learn` does, line by line, with the facts of its statements. */
import { analyzeProgram } from "../../python/analyze-program.ts";
import type { StatementFacts } from "../../python/facts.ts";
import type { PythonParser } from "../../python/parse.ts";
import { indented } from "../render-lines.ts";
import type { FeatureStaging } from "../staging.ts";

/** The lines of `learn` as a program of their own. */
export interface LearnedProgram {
  /** Facts of the statements that these lines of `fit` hold, the second place not included; `undefined` for what follows all lines, as well. */
  readonly factsOf: (from: number, to: number | undefined) => readonly StatementFacts[];
}

/** `undefined` where the lines cannot be read as Python. */
export function learnedProgram(
  staging: FeatureStaging,
  parser: PythonParser,
): LearnedProgram | undefined {
  const texts = staging.fit.map((lines) => indented(lines, ""));
  const starts: number[] = [];
  let row = 1;
  for (const text of texts) {
    starts.push(row);
    row += text.split("\n").length;
  }
  const ends = [...texts, `(${usedAtTheEnd(staging).join(", ")},)`].join("\n");
  const { statements, brokenUnits } = analyzeProgram([{ id: "learn", text: ends }], parser);
  if (brokenUnits.length > 0) return undefined;
  return {
    factsOf: (from, to) => {
      const first = starts[from] ?? row;
      const behind = to === undefined ? Number.POSITIVE_INFINITY : (starts[to] ?? row);
      return statements.filter(({ line }) => line >= first && line < behind);
    },
  };
}

/** Expressions of what `learn` returns. */
function usedAtTheEnd({
  stateValues,
  matrices,
  result,
  history,
}: FeatureStaging): readonly string[] {
  return [
    ...stateValues,
    ...matrices.flatMap(({ text, rowLabels }) => [text, ...rowLabels]),
    result.fitText,
    ...(history === undefined ? [] : [history.variable]),
  ];
}
