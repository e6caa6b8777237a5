import { expect, test } from "vitest";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";
import { dumpSources, sourcePaths } from "../support/python-sources.ts";
import { scopeLines } from "../support/scope-lines.ts";

/** One in so many of the modules that there are; `test/soak/python-sources.test.ts` takes all. */
const SAMPLED = 100;

test("finds the same scopes and looks names up as CPython's symtable does, over a sample of what is installed", {
  timeout: 120_000,
}, async () => {
  const python = await pythonForTests();
  const paths = (await sourcePaths(python)).filter((_, at) => at % SAMPLED === 0);
  expect(paths.length).toBeGreaterThan(50);
  const parser = await pythonParser();
  for await (const source of dumpSources(python, paths)) {
    const { name, text } = source;
    const tree = parser.parse(text);
    const isBroken = tree.problems.length > 0;
    expect({ name, isBroken }).toEqual({ name, isBroken: "error" in source });
    if ("error" in source) continue;
    expect({ name, scopes: scopeLines(tree) }).toEqual({ name, scopes: source.scopes });
  }
});
