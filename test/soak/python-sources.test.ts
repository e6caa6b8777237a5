/** Everything that comes with the test interpreter and its packages: scopes against `symtable`, syntax against `compile`. */
import { expect, test } from "vitest";
import { pythonForTests } from "../support/python-environment.ts";
import { pythonParser } from "../support/python-parser.ts";
import { dumpSources, sourcePaths } from "../support/python-sources.ts";
import { scopeLines } from "../support/scope-lines.ts";

test("finds the same scopes and looks names up as CPython's symtable does, over all that is installed", async () => {
  const python = await pythonForTests();
  const parser = await pythonParser();
  const different: string[] = [];
  let count = 0;
  for await (const source of dumpSources(python, await sourcePaths(python))) {
    const { name, text } = source;
    count += 1;
    const tree = parser.parse(text);
    const [problem] = tree.problems;
    if ("error" in source) {
      if (problem === undefined)
        different.push(`${name} is accepted, but ${source.error.join(" ")}`);
      continue;
    }
    // What is nested deeper than we follow is refused with that reason.
    if (problem?.message.startsWith("it is nested") === true) continue;
    if (problem !== undefined) {
      different.push(`${name} at ${String(problem.start)}: ${problem.message}`);
      continue;
    }
    const theirs = new Set(source.scopes);
    const wrong = scopeLines(tree).filter((line) => !theirs.has(line));
    if (wrong.length > 0) different.push(`${name}: ${wrong.slice(0, 3).join("\n")}`);
  }
  process.stdout.write(`${String(count)} files\n`);
  expect(different).toEqual([]);
});
