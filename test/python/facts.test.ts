import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import type { ProgramFacts } from "../../src/python/facts.ts";
import { renderFacts } from "../../src/python/render-facts.ts";
import { pythonParser } from "../support/python-parser.ts";

const folder = new URL("../fixtures/python/", import.meta.url);
const stories = readdirSync(folder).filter((name) => name.endsWith(".py"));

/** `# %%` begins a new unit. */
async function analyze(text: string): Promise<ProgramFacts> {
  const units = text.split("# %%\n").map((unit, index) => ({ id: String(index + 1), text: unit }));
  return analyzeProgram(units, await pythonParser(), { listsNames: true });
}

test.each(stories)("facts of %s are as printed beside it", async (name) => {
  const facts = await analyze(readFileSync(new URL(name, folder), "utf8"));
  await expect(renderFacts(facts)).toMatchFileSnapshot(
    new URL(name.replace(/\.py$/, ".expected.txt"), folder).pathname,
  );
});

test.each(stories)(
  "what is surely written in %s may be written, and what is read first is read",
  async (name) => {
    for (const statement of (await analyze(readFileSync(new URL(name, folder), "utf8")))
      .statements) {
      expect(statement.mayWrite).toEqual(expect.arrayContaining([...statement.surelyWrites]));
      expect(statement.reads).toEqual(expect.arrayContaining([...statement.readsBeforeWrite]));
    }
  },
);

test("records calls with resolved names, receivers and literal arguments", async () => {
  const { statements } = await analyze(
    "import pandas as pd\nfrom sklearn.metrics import roc_auc_score as auc\ndef clean(x):\n    return x\ndf = pd.read_csv('a.csv', nrows=-5)\ns = df['a'].fillna(clean(0))\nprint(auc(s, *df))\n",
  );
  const calls = statements
    .flatMap((statement) => statement.calls)
    .map(({ callee, receiver, method, receiverType, arguments: given }) => ({
      called: callee ?? `${String(receiver)}.${String(method)} of ${String(receiverType)}`,
      given: given
        .map(
          ({ keyword, literal, name }) =>
            `${keyword ?? ""}=${String(literal?.value ?? name ?? "…")}`,
        )
        .join(" "),
    }));
  expect(calls).toEqual([
    { called: "pandas.read_csv", given: "=a.csv nrows=-5" },
    { called: ".clean", given: "=0" },
    { called: "df.fillna of pandas.Series", given: "=…" },
    { called: "sklearn.metrics.roc_auc_score", given: "=s *=…" },
    { called: "builtins.print", given: "=…" },
  ]);
});

test("names a constant only where the value is in the text", async () => {
  const { statements } = await analyze(
    "SEED = 42\nRATE: float = -0.5\nNAME = 'a\\tb'\nBOTH = SEED\nBIG = 10**20\nMASK = 0x10\nPATH = f'{NAME}'\nON = True\nNOTHING = None\n",
  );
  expect(statements.map(({ constant }) => constant?.literal.value)).toEqual([
    42,
    -0.5,
    "a\tb",
    undefined,
    undefined,
    16,
    undefined,
    true,
    null,
  ]);
});

test("several statements on a line are separate, without the semicolon", async () => {
  const text = "a = 1; b = 2\n@staticmethod\ndef f(): pass\n";
  const { statements } = await analyze(text);
  expect(
    statements.map(({ span, line, endLine }) => [text.slice(span.start, span.end), line, endLine]),
  ).toEqual([
    ["a = 1", 1, 1],
    ["b = 2", 1, 1],
    ["@staticmethod\ndef f(): pass", 2, 3],
  ]);
});

test("takes time in proportion to the program", { timeout: 60_000 }, async () => {
  const parser = await pythonParser();
  const cell =
    "df['a'] = df['a'].fillna(0)\nfor c in df:\n    total = total + len(c)\nother = unknown(df)\nmodel.fit(df, total)\n";
  const units = (count: number): { id: string; text: string }[] =>
    Array.from({ length: count }, (_, index) => ({
      id: String(index),
      text: index === 0 ? `import pandas as pd\ndf = pd.read_csv('a')\n${cell}` : cell,
    }));
  const timeOf = (count: number): number => {
    const start = performance.now();
    analyzeProgram(units(count), parser);
    return performance.now() - start;
  };
  timeOf(200);
  const small = Math.min(timeOf(100), timeOf(100), timeOf(100));
  // Ten times the program may take ten times as long; the rest is what a busy machine adds.
  expect(timeOf(1000)).toBeLessThan(Math.max(small, 20) * 40);
});
