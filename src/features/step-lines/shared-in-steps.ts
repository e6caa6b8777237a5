/** Constants and functions that only the lines of steps use: `features.py` has no need of them. */
import type { PythonParser } from "../../python/parse.ts";
import { identifiersIn } from "../identifiers-in.ts";
import type { FeatureStaging, StagedLines } from "../staging.ts";
import type { StepRun } from "./step-lines.ts";

/** Those that some step's lines use, and nothing else of the features. */
export function sharedInStepsOnly(
  staging: FeatureStaging,
  runs: readonly StepRun[],
  parser: PythonParser,
): readonly StagedLines[] {
  const isInRun = (at: number): boolean => runs.some(({ from, to }) => at >= from && at < to);
  const texts = (lines: readonly StagedLines[]): readonly string[] => lines.map(({ text }) => text);
  const inSteps = reached(texts(staging.fit.filter((_, at) => isInRun(at))), staging, parser);
  const elsewhere = reached(
    [
      ...texts(staging.fit.filter((_, at) => !isInRun(at))),
      ...texts(staging.transform),
      ...runs.flatMap(({ takes }) => takes),
      ...staging.stateValues,
      ...staging.matrices.flatMap(({ text, rowLabels }) => [text, ...rowLabels]),
      staging.result.text,
      staging.result.fitText,
      // What nothing uses is not for steps either.
      ...texts(staging.shared.filter((lines) => !inSteps.has(lines))),
    ],
    staging,
    parser,
  );
  return staging.shared.filter((lines) => inSteps.has(lines) && !elsewhere.has(lines));
}

/** Shared lines that these texts use, and those that they use in turn. */
function reached(
  texts: readonly string[],
  { shared }: FeatureStaging,
  parser: PythonParser,
): ReadonlySet<StagedLines> {
  const found = new Set<StagedLines>();
  const binds = new Map(shared.map((lines) => [lines, boundBy(lines.text, parser)]));
  const pending = [...identifiersIn(parser, texts)];
  const seen = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const [lines, bound] of binds) {
      if (found.has(lines) || !bound.has(name)) continue;
      found.add(lines);
      pending.push(...identifiersIn(parser, [lines.text]));
    }
  }
  return found;
}

/** Names that the statement itself binds: more are taken for bound than are. */
function boundBy(text: string, parser: PythonParser): ReadonlySet<string> {
  const [statement] = parser.parse(text).root.children.filter(({ kind }) => kind !== "comment");
  const isDefinition = statement?.kind.endsWith("_definition") === true;
  if (!isDefinition) return identifiersIn(parser, [text]);
  const name = /\b(?:def|class)\s+(\w+)/u.exec(text)?.[1];
  return new Set(name === undefined ? [] : [name]);
}
