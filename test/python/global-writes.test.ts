/** What a call of a function that declares names `global` is known to do with them. */
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { globalDeclarations } from "../../src/python/global-declarations.ts";
import { mutatedNames } from "../../src/python/mutated-names.ts";
import { pythonParser } from "../support/python-parser.ts";

interface GlobalCase {
  readonly name: string;
  /** The last cell is the statement that is looked at. */
  readonly cells: readonly string[];
  readonly surely?: readonly string[];
  readonly maybe?: readonly string[];
  /** Of the names written: those whose value before may be read first. */
  readonly readsFirst?: readonly string[];
  readonly deletes?: readonly string[];
  readonly mutates?: readonly string[];
  readonly types?: Readonly<Record<string, string>>;
}

async function checkGlobals(row: GlobalCase): Promise<void> {
  const units = row.cells.map((text, at) => ({ id: String(at + 1), text }));
  const facts = analyzeProgram(units, await pythonParser());
  const last = facts.statements.at(-1);
  if (last === undefined) throw new Error("no statement");
  const sure = new Set(last.surelyWrites);
  expect({
    surely: [...sure],
    maybe: last.mayWrite.filter((name) => !sure.has(name)),
    readsFirst: last.readsBeforeWrite.filter((name) => last.mayWrite.includes(name)),
    deletes: last.deletes,
    mutates: [...mutatedNames(last)].sort(),
    types: Object.fromEntries(last.types),
  }).toEqual({
    surely: row.surely ?? [],
    maybe: row.maybe ?? [],
    readsFirst: row.readsFirst ?? [],
    deletes: row.deletes ?? [],
    mutates: row.mutates ?? [],
    types: row.types ?? {},
  });
}

test.each<GlobalCase>([
  {
    name: "a name that every way through the function binds is surely bound, with its type",
    cells: ["import pandas as pd", "def load():\n    global df\n    df = pd.DataFrame()", "load()"],
    surely: ["df"],
    types: { df: "pandas.DataFrame" },
  },
  {
    name: "what is only bound after an early return may keep what it was",
    cells: ["n = []", "def f(x):\n    global n\n    if x:\n        return\n    n = []", "f(1)"],
    maybe: ["n"],
    types: { n: "builtins.list" },
  },
  {
    name: "a counter reads what it was",
    cells: ["n = 0", "def f():\n    global n\n    n += 1", "f()"],
    surely: ["n"],
    readsFirst: ["n"],
    // For all that the function knows it is something that `+=` changes in place.
    mutates: ["n"],
  },
  {
    name: "what calls such a function writes, too",
    cells: [
      "def inner():\n    global n\n    n = 1",
      "def outer():\n    inner()\n    return n",
      "x = outer()",
    ],
    surely: ["n", "x"],
    types: { n: "builtins.int", x: "builtins.int" },
  },
  {
    name: "a function that one of several may be called only may write",
    cells: [
      "def f():\n    global n\n    n = 1",
      "def g():\n    pass",
      "import random\nh = random.choice([f, g])",
      "h()",
    ],
    maybe: ["n"],
    types: { n: "builtins.int" },
  },
  {
    name: "a generator writes when it runs, and then bit by bit",
    cells: ["def f():\n    global n\n    n = 1\n    yield n", "g = f()"],
    surely: ["g"],
    maybe: ["n"],
    readsFirst: ["n"],
    types: { n: "builtins.int", g: "builtins.generator" },
  },
  {
    name: "two names for one list change together",
    cells: ["a = [1]", "def f():\n    global b\n    b = a", "f()", "b.append(2)"],
    mutates: ["a", "b"],
  },
  {
    name: "a list is changed before the name is bound to another",
    cells: ["a = [1]\nb = a", "def f():\n    global a\n    a.append(2)\n    a = []", "f()"],
    surely: ["a"],
    readsFirst: ["a"],
    mutates: ["a", "b"],
    types: { a: "builtins.list" },
  },
  {
    name: "names that get things of their own do not change together",
    cells: ["def f():\n    global a, b\n    a = []\n    b = []", "f()", "a.append(1)"],
    mutates: ["a"],
  },
  {
    name: "a function left in a name does what it does when it is called",
    cells: ["log = []", "def f():\n    global g\n    g = lambda: log.append(1)", "f()", "g()"],
    mutates: ["g", "log"],
  },
  {
    name: "what is unbound on some way may be missing",
    cells: ["n = 1", "def f(x):\n    global n\n    if x:\n        del n", "f(1)"],
    deletes: ["n"],
  },
])("$name", async (row) => {
  await checkGlobals(row);
});

test("a declaration is hidden where a function around has a variable of that name", async () => {
  const hidden = async (text: string): Promise<readonly (readonly [string, string])[]> =>
    globalDeclarations((await pythonParser()).parse(text)).flatMap(({ hiddenBy }) => [...hiddenBy]);
  const inner = "    def inner():\n        global n\n        n = 1\n";
  expect(await hidden(`def outer(n):\n${inner}`)).toEqual([["n", "outer"]]);
  expect(await hidden(`def outer():\n    n = 0\n${inner}`)).toEqual([["n", "outer"]]);
  expect(await hidden(`def outer():\n    global n\n    n = 0\n${inner}`)).toEqual([]);
  expect(await hidden(`class outer:\n    n = 0\n${inner}`)).toEqual([]);
  expect(await hidden("global n\nn = 1\n")).toEqual([]);
});
