/** State of the process that notebooks set: repeated by every step where that is the same, kept in one process where not, never left out. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const HEAD =
  "import csv, decimal, logging, math, os, warnings\nimport nltk\nimport matplotlib.pyplot as plt\nimport pandas as pd";
const TAIL = ["x = [1]", "y = sum(x)", 'open("out.txt", "w").write(str(y))'];

interface Settled {
  /** `setup`, `kept`, or why it was left out, for each statement of the second cell. */
  readonly statements: readonly string[];
  readonly merged: readonly string[];
}

async function settle(cell: string, first = ""): Promise<Settled> {
  const { plan, diagnostics } = await planOf([HEAD, first, cell, ...TAIL], { cut: "statement" });
  if (plan === undefined)
    return { statements: [], merged: diagnostics.map(({ message }) => message) };
  const places = [
    ...plan.setup.map((ref) => ({ ref, is: "setup" })),
    ...plan.helpers.map((ref) => ({ ref, is: "helper" })),
    ...plan.steps.flatMap((step) => step.statements.map((ref) => ({ ref, is: "kept" }))),
    ...plan.leftOut.map(({ statement, because }) => ({ ref: statement, is: because })),
  ];
  return {
    statements: places
      .filter(({ ref }) => ref.cell === 3)
      .sort((a, b) => a.ref.index - b.ref.index)
      .map(({ is }) => is),
    merged: diagnostics.filter(({ code }) => code === "steps-merged").map(({ message }) => message),
  };
}

test.each([
  'csv.register_dialect("semi", delimiter=";")',
  "decimal.getcontext().prec = 5",
  'os.chdir("data")',
  'os.chdir(os.path.join(os.getcwd(), "data"))',
  'for option in ["display.width", "display.max_rows"]:\n    pd.set_option(option, 5)',
  'if pd.get_option("display.width") > 5:\n    pd.set_option("display.width", 5)',
  'os.environ["PLACE"] = os.getenv("HOME", "") + "/data"',
  'logging.getLogger("story").setLevel(logging.INFO)',
  "csv.QUOTE_MOST = 7",
  "pd.DataFrame.halved = lambda table: table / 2",
  "plt.rcParams['lines.linewidth'] = 2",
])("every step repeats what it can set by itself: %s", async (cell) => {
  expect(await settle(cell)).toEqual({ statements: ["setup"], merged: [] });
});

test("settings may use constants and functions that every process has", async () => {
  const { statements, merged } = await settle(
    "DIGITS = 3\ndef show(digits):\n    pd.set_option('display.precision', digits)\nshow(DIGITS)\nlogger = logging.getLogger(__name__)\nlogger.setLevel(logging.INFO)",
  );
  expect(statements).toEqual(["helper", "helper", "setup", "helper", "setup"]);
  expect(merged).toEqual([]);
});

test("a slip of drawing goes with its figure", async () => {
  const cell = "plt.plot([1])\nplt.xlabel = 'age'\nplt.ylabe = 'n'\nplt.show()";
  const { statements, merged } = await settle(cell);
  expect(statements).toEqual(Array(4).fill("draws a figure that nothing else needs"));
  expect(merged).toEqual([]);
});

test.each<[string, readonly string[], boolean]>([
  ["style = {'lines.linewidth': 2}\nplt.rcParams.update(style)", ["setup", "setup"], false],
  [
    "a = {'lines.linewidth': 2}\nb = {**a, 'font.size': 9}\nplt.rcParams.update(a)\nplt.rcParams.update(b)",
    ["setup", "setup", "setup", "setup"],
    false,
  ],
  // Something else uses it, or stands between them.
  [
    "style = {'lines.linewidth': 2}\nplt.rcParams.update(style)\nopen('s.txt', 'w').write(str(style))\nplt.plot(x)\nplt.savefig('a.png')",
    ["kept", "kept", "kept", "kept", "kept"],
    true,
  ],
  [
    "style = {'lines.linewidth': 2}\nw = [1]\nw.append(2)\nplt.rcParams.update(style)\nopen('s.txt', 'w').write(str(w))\nplt.plot(w)\nplt.savefig('a.png')",
    ["kept", "kept", "kept", "kept", "kept", "kept", "kept"],
    true,
  ],
])("values made for settings are made again with them: %s", async (cell, expected, joined) => {
  const { statements, merged } = await settle(cell, "x = [2]");
  expect(statements).toEqual(expected);
  expect(merged.join("\n")).toMatch(joined ? /changes the plot options/ : /^$/);
});

test.each<[string, string, RegExp]>([
  [
    "pd.set_option('display.width', width)",
    "width = len(HOME)",
    /set_option\(…\) changes the options/,
  ],
  ["os.chdir(place)", "place = str(HOME)", /chdir\(…\) changes the working directory/],
  [
    "csv.QUOTE_MOST = 7",
    "width = len(HOME)\nopen('w.txt', 'w').write(str(width))",
    /csv.QUOTE_MOST = … changes the module attribute/,
  ],
  [
    "warnings.simplefilter('error' if width else 'ignore')",
    "width = len(HOME)",
    /simplefilter\(…\) changes the warnings/,
  ],
])(
  "what depends on data, or cannot be taken back, stays in one process: %s",
  async (cell, first, why) => {
    const { statements, merged } = await settle(cell, `HOME = os.getenv("HOME")\n${first}`);
    expect(statements).toEqual(["kept"]);
    expect(merged.join("\n")).toMatch(why);
  },
);

test.each<[string, readonly string[]]>([
  // A call for which no table has an entry, with nothing of the notebook's to show.
  ["nltk.download('punkt')", ["kept"]],
  ["_ = nltk.download('punkt')", ["kept"]],
  ["if len(HEAD) > 1:\n    nltk.download('punkt')", ["kept"]],
  ["nltk.FreqDist([1]).most_common()", ["only shows something"]],
  ["nltk.pos_tag(HEAD)", ["no result depends on it"]],
])("%s is %s, and nothing is joined for it", async (cell, statements) => {
  expect(await settle(cell, "HEAD = [2]")).toEqual({ statements, merged: [] });
});

test.each([
  "with warnings.catch_warnings():\n    warnings.simplefilter('error')\n    x = [3]",
  "with decimal.localcontext():\n    decimal.getcontext().prec = 3\n    x = [str(decimal.Decimal(1) / 3)]",
  "with pd.option_context('display.width', 5):\n    pd.set_option('display.max_rows', 3)\n    x = [3]",
  "with plt.style.context('ggplot'):\n    plt.rcParams['lines.linewidth'] = 2\n    x = [3]",
])("what is put back at once joins nothing: %s", async (cell) => {
  const { merged } = await settle(`${cell}\nopen('x.txt', 'w').write(str(x))`);
  expect(merged).toEqual([]);
});

test("settings alone are not what a notebook is for", async () => {
  const { plan } = await planOf(["import nltk\nnltk.download('punkt')", "a = [1]", "a.append(2)"]);
  expect(plan?.leftOut).toEqual([]);
});

test("settings of figures keep nobody else in one process", async () => {
  const cell = "wide = len(HEAD) + 1\nplt.rcParams['lines.linewidth'] = wide";
  expect(await settle(cell, "HEAD = [2]")).toEqual({
    statements: ["no result depends on it", "no result depends on it"],
    merged: [],
  });
  const drawn = `${cell}\nplt.plot(HEAD)\nplt.savefig('a.png')`;
  const { statements, merged } = await settle(drawn, "HEAD = [2]");
  expect(statements).toEqual(["kept", "kept", "kept", "kept"]);
  expect(merged.join("\n")).toMatch(/changes the plot options/);
});

test.each<[string, RegExp]>([
  [
    "t = pd.DataFrame({'a': [1]})\nleast = [1]\nt.groupby('a').apply(lambda g: g.query('a > @least')).to_csv('g.csv')",
    /names a variable of the notebook in a text/,
  ],
  ["math.floor = lambda value: 5", /math.floor changes a module or class/],
  ["pd.DataFrame.mean = lambda table: 0", /pd.DataFrame.mean changes a module or class/],
  [
    "many = [1]\npd.DataFrame.more = lambda table: table + many[0]",
    /pd.DataFrame.more gives a library's class a method that depends on the notebook's data/,
  ],
])("%s is refused with the reason", async (cell, why) => {
  expect((await settle(cell)).merged.join("\n")).toMatch(why);
});
