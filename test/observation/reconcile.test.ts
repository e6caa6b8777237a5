import { expect, test } from "vitest";
import { reconcile, SEEN } from "../../src/observation/reconcile.ts";
import type { StatementObservation } from "../../src/observation/schema.ts";
import { programOf } from "../support/notebooks.ts";
import { ranStatement } from "../support/ran-statement.ts";

/** Resources that a statement is said to touch only because the run showed it. */
async function seenEffects(
  code: string,
  changes: Partial<StatementObservation>,
): Promise<readonly string[]> {
  const { program } = await programOf(["import warnings", code]);
  const run = ranStatement(2, changes);
  const { statements } = reconcile({
    path: "story.ipynb",
    facts: program.facts,
    cellOf: (statement) => statement.unit + 1,
    observation: { statements: [run], cells: [], captures: [], environment: undefined },
  });
  return (statements[1]?.ambient ?? [])
    .filter((effect) => effect.because === SEEN)
    .map(({ resource, detail }) => `${resource} ${detail ?? ""}`);
}

test("a setting that only the run showed is an effect of the statement", async () => {
  const changes = { optionsChanged: ["decimal:context"], environmentChanged: ["MODE"] };
  expect(await seenEffects("configure()", changes)).toEqual([
    "options decimal:context",
    "environment MODE",
  ]);
});

test("a statement that is known to change settings stays what it is known to be", async () => {
  const changes = { optionsChanged: ["warnings:filters"] };
  expect(await seenEffects("warnings.filterwarnings('ignore')", changes)).toEqual([]);
});

test("that a statement reads something explains no change of it", async () => {
  const written = [{ path: "b.txt", sha256: null }];
  expect(await seenEffects("n = len(open('a.txt').read())", { filesWritten: written })).toEqual([
    "file b.txt",
  ]);
  const changes = { optionsChanged: ["module own"] };
  expect(await seenEffects("warnings.warn(str(configure()))", changes)).toEqual([
    "options module own",
  ]);
});

test("settings of figures are told from others", async () => {
  const changes = { optionsChanged: ["matplotlib:lines.linewidth"] };
  expect(await seenEffects("configure()", changes)).toEqual([
    "plot-options matplotlib:lines.linewidth",
  ]);
});

test("what is looked at once a cell may be the doing of any of its statements", async () => {
  const changes = { index: 1, optionsChanged: ["cell module own"] };
  expect(await seenEffects("configure()\nn = 1", changes)).toEqual(["options cell module own"]);
});
