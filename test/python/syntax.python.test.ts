/** Our parser against CPython's: what it accepts, and where it stops. */
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { mutatedTexts } from "../support/mutated-syntax.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";
import { sourcePaths } from "../support/python-sources.ts";

test("refuses what CPython refuses, and accepts what it accepts, in pieces with small mistakes", async () => {
  const python = await pythonForTests();
  const paths = (await sourcePaths(python)).filter((_, at) => at % 200 === 7);
  const parser = await pythonParser();
  const tooStrict: string[] = [];
  const tooLenient: string[] = [];
  const counts = { refused: 0, sameLine: 0 };
  for await (const { text, line } of mutatedTexts(python, { paths, seed: 1, count: 1500 })) {
    const { diagnostics } = analyzeProgram([{ id: "piece", text }], parser);
    const ours = diagnostics.find(({ code }) => code === "python-syntax-error");
    if (line === null && ours !== undefined) tooStrict.push(`${ours.message}\n${text}`);
    if (line !== null && ours === undefined) tooLenient.push(text);
    if (line === null || ours === undefined) continue;
    counts.refused += 1;
    if (ours.where?.line === line) counts.sameLine += 1;
  }
  expect(tooStrict).toEqual([]);
  expect(counts.refused).toBeGreaterThan(700);
  // The parser guesses what a few of them mean; whoever runs them hears of it.
  expect(tooLenient.length).toBeLessThan(counts.refused / 100);
  expect(counts.sameLine).toBeGreaterThan(counts.refused * 0.9);
});
