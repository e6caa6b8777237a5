/** What crosses between steps where names are bound, changed and deleted. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

async function crossing(cells: readonly string[]): Promise<readonly string[]> {
  const { plan } = await planOf(cells, { cut: "cell" });
  return (plan?.artifacts ?? []).flatMap(({ variables, producer }) =>
    variables.map((name) => `${name} of ${producer}`),
  );
}

test.each([
  "with open('b.txt', 'w') as file:\n    file.write('2')",
  "for name in ['b.txt', 'c.txt']:\n    with open(name, 'w') as file:\n        file.write('2')",
  "if len('ab') > 1:\n    file = open('b.txt', 'w')\n    file.write('2')",
])("an open file of the same name in another cell is another file: %s", async (again) => {
  const first = "with open('a.txt', 'w') as file:\n    file.write('1')";
  expect(await crossing([first, again])).toEqual([]);
});

test("what is changed before the name is bound again, or through another name, crosses", async () => {
  const first = "words = ['a']\nother = words";
  const last = "open('out.txt', 'w').write(str((words, other)))";
  expect(await crossing([first, "words += ['b']", last])).toContain("words of prepare");
  expect(
    await crossing([first, "if len('ab') > 1:\n    other.append('b')\n    words = [3]", last]),
  ).toEqual(expect.arrayContaining(["words of prepare", "other of prepare"]));
});

test("what shares with something that travels along travels along, too: it would meet another copy", async () => {
  const { plan } = await planOf(
    [
      "inner = {'k': []}\nrows = [[3], [4]]\ndef step(x):\n    x.append(1)\n    return x\nrows += [inner]\nbest = rows[0]",
      "made = {'k': step}",
      "best, first = rows, best\nrows = inner.get('k', inner)\ninner['k'] = made",
      "open('out.txt', 'w').write(str(best))",
    ],
    { cut: "cell" },
  );
  const takes = plan?.steps[2]?.inputs ?? [];
  const carried = plan?.artifacts.filter(({ name }) => takes.includes(name)) ?? [];
  // However many artifacts a step takes, no two hold the same thing.
  expect(carried.map(({ variables }) => variables.toSorted())).toEqual([
    ["best", "inner", "made", "rows"],
  ]);
});

test("what may be changed under another name crosses only where somebody asks for it", async () => {
  const loop =
    "scores = []\nfor name, model in make().items():\n    scores.append({'model': name, 'score': model.score()})";
  const later = "for row in scores:\n    unknown(row)";
  const imports = "from somewhere import make, unknown";
  const write = "open('out.txt', 'w').write(str(scores))";
  const { plan, diagnostics } = await planOf([imports, loop, later, write], { cut: "cell" });
  expect(diagnostics.filter(({ code }) => code === "steps-merged")).toEqual([]);
  expect(plan?.artifacts.map(({ variables }) => variables)).toEqual([["scores"], ["scores"]]);
  const asking = `${write}\nopen('best.txt', 'w').write(name)`;
  expect(await crossing([imports, loop, later, asking])).toContainEqual(
    expect.stringMatching(/^name of /),
  );
});

test("a name that is deleted does not leave its step, whoever may still look at what it was", async () => {
  const { plan } = await planOf(
    [
      "log = [1, 2]",
      "lazy = (one for one in log)\ndel log",
      'open("out.txt", "w").write(repr(lazy))',
    ],
    { cut: "cell" },
  );
  expect(plan?.artifacts.map(({ variables }) => variables)).toEqual([["log"], ["lazy"]]);
});

test("a name bound on some paths only keeps its earlier value as an input", async () => {
  const { plan } = await planOf([
    "import pandas as pd",
    'df = pd.read_csv("data.csv")\nmode = df["x"].sum()',
    "#: ## Clean",
    'if df["x"].max() > 3:\n    mode = 0',
    "#: ## More",
    'df["y"] = mode\ndf.to_csv("out.csv")',
  ]);
  const clean = plan?.steps.find((step) => step.cells.includes(4));
  expect(clean?.inputs).toContain(
    plan?.artifacts.find((artifact) => artifact.variables.includes("mode"))?.name,
  );
});

test("a name that may be unbound crosses where the notebook fails without it anyway", async () => {
  const { plan } = await planOf([
    "import pandas as pd",
    'df = pd.read_csv("data.csv")',
    "#: ## Clean",
    'if df["x"].max() > 3:\n    mode = 0',
    "#: ## More",
    'df["y"] = mode\ndf.to_csv("out.csv")',
  ]);
  expect(plan?.steps.find((step) => step.cells.includes(4))?.cells).not.toContain(6);
});

test("a name that may be unbound never crosses to what then reads the builtin of that name", async () => {
  const { diagnostics } = await planOf([
    "import pandas as pd",
    'df = pd.read_csv("data.csv")',
    "#: ## Clean",
    'if df["x"].max() > 3:\n    len = max',
    "#: ## More",
    'df["y"] = len(df["x"])\ndf.to_csv("out.csv")',
  ]);
  expect(diagnostics.map(({ code }) => code)).toContain("steps-merged");
});

test("a name that may be unbound never crosses to what may do without it: the note says where", async () => {
  const { plan, diagnostics } = await planOf([
    "import pandas as pd",
    'df = pd.read_csv("data.csv")',
    "#: ## Clean",
    'if df["x"].max() > 3:\n    mode = 0',
    "#: ## More",
    'if df["x"].max() > 4:\n    df["y"] = mode\ndf.to_csv("out.csv")',
  ]);
  const holder = plan?.steps.find((step) => step.cells.includes(4));
  expect(holder?.cells).toContain(6);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      code: "steps-merged",
      message:
        'mode is not bound where `df["x"].max() > 3` does not hold, so it cannot pass from step to step',
      where: expect.objectContaining({ cell: 4, line: 1 }) as unknown,
    }),
  );
});

test("a name that was deleted is no input of later steps: there it is a builtin again", async () => {
  const { plan } = await planOf(
    ["sum = [5]", "b = sum + [1]", "del sum", "c = sum(b)", "open('o.txt', 'w').write(repr(c))"],
    { cut: "cell" },
  );
  expect(plan?.steps.find((step) => step.cells.includes(4))?.inputs).toEqual(["b"]);
});
