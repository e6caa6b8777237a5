/** Reading and planning any file ends with a plan or a reason, never with an exception. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ReadAndPlanned, readAndPlan } from "../../bin/dev/corpus/read-and-plan.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

async function outcomeOf(text: string): Promise<ReadAndPlanned> {
  return readAndPlan(text, "story.ipynb", { parser: await pythonParser(), nowMs: () => 0 });
}

interface Case {
  readonly name: string;
  readonly text: string;
  readonly outcome: Partial<Record<"kind" | "code" | "steps" | "isRead", unknown>>;
}

const CASES: readonly Case[] = [
  {
    name: "counts the steps of a plan",
    text: notebookText(["x = [1]", "open('x.txt', 'w').write(str(x))"]),
    outcome: { kind: "planned" },
  },
  {
    name: "names the first reason for a refusal of a notebook that it can read",
    text: notebookText(["exec(open('a.py').read())"]),
    outcome: { kind: "refused", code: "dynamic-code", isRead: true },
  },
  {
    name: "tells a file that is no notebook",
    text: "<html>",
    outcome: { kind: "refused", code: "notebook-not-json", isRead: false },
  },
  {
    name: "tells a notebook of another language",
    text: JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: "ir", language: "R", display_name: "R" } },
      cells: [],
    }),
    outcome: { kind: "refused", code: "notebook-language-unsupported", isRead: false },
  },
  {
    name: "has a reason for a notebook without code",
    text: notebookText(["#: # Only words"]),
    outcome: { kind: "refused", code: "nothing-to-promote", isRead: true },
  },
];

test.each(CASES)("$name", async ({ text, outcome }) => {
  expect(await outcomeOf(text)).toMatchObject({ ...outcome, ms: 0 });
});

/** Pieces of which people make cells, and of which some are broken. */
const PIECES = [
  "import pandas as pd",
  "df = pd.read_csv('a.csv')",
  "%matplotlib inline",
  "%%time",
  "!pip install x",
  "files = !ls",
  "?pd",
  "df.head()",
  "for x in df:",
  "    print(x",
  "class A:\n  def f(self): return A",
  "x = yield",
  "print 'old'",
  "async with a as b: pass",
  "match x:\n  case [*_]: del x",
  "f'{x!r:>{y}}'",
  "\\",
  "'''",
  "\t",
  "lambda: (x := 1)",
  "global df",
  "from . import *",
  "\u00a0é = 1",
  "\0",
] as const;

test("never throws, whatever the cells", async () => {
  const parser = await pythonParser();
  const cells = fc.array(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((lines) => lines.join("\n")),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(cells, (sources) => {
      const found = readAndPlan(notebookText(sources), "story.ipynb", { parser, nowMs: () => 0 });
      expect(found).not.toMatchObject({ kind: "threw" });
    }),
    { numRuns: 300 },
  );
});
