import { expect, test } from "vitest";
import { starModules, writeOutStars } from "../../src/pipeline/star-imports.ts";
import { exportedNames } from "../../src/python/star-exports.ts";
import { planOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

interface StarCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** The cells with their star imports written out; modules `a` and `b.c` are known. */
  readonly written: readonly string[];
}

const EXPORTS = new Map([
  ["a", ["sum", "x", "y", "z"]],
  ["b.c", ["x", "w"]],
]);

const cases: readonly StarCase[] = [
  {
    name: "binds what the notebook mentions, builtins among it",
    cells: ["from a import *  # all", "t = sum([x])"],
    written: ["from a import sum, x  # all", "t = sum([x])"],
  },
  {
    name: "binds what only a text or an attribute mentions",
    cells: ["from a import *\ndf.query('v > @y')\ndf.z"],
    written: ["from a import y, z\ndf.query('v > @y')\ndf.z"],
  },
  {
    name: "keeps the order of two modules that give one name",
    cells: ["from a import *; from b.c import *", "x + w"],
    written: ["from a import x; from b.c import w, x", "x + w"],
  },
  {
    name: "still imports a module of which nothing is mentioned",
    cells: ["from b.c import *", "1"],
    written: ["import b.c as _b_c", "1"],
  },
  {
    name: "leaves alone what nobody knows, what is relative and what goes over lines",
    cells: ["from d import *\nfrom .a import *\nfrom a \\\n  import *\nx"],
    written: ["from d import *\nfrom .a import *\nfrom a \\\n  import *\nx"],
  },
  {
    name: "writes out imports inside a block",
    cells: ["try:\n    from a import *\nexcept ImportError:\n    x = 1"],
    written: ["try:\n    from a import x\nexcept ImportError:\n    x = 1"],
  },
];

test.each(cases.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
  const cells = each.cells.map((python) => ({ python }));
  const written = writeOutStars(cells, EXPORTS, await pythonParser());
  expect(written.map(({ python }) => python)).toEqual(each.written);
});

test("names the modules of which everything is imported", async () => {
  const cells = [{ python: "from a import *\nfrom b.c import *" }, { python: "from a import *" }];
  expect(starModules(cells, await pythonParser())).toEqual(["a", "b.c"]);
});

test.each([
  ["its public names", "import os\nfrom c import d\n_e = 1\ndef f(): pass", ["os", "d", "f"]],
  ["what it lists", "__all__ = ['f', \"_g\"]\nf = _g = h = 1", ["f", "_g"]],
  ["nothing certain when it imports everything itself", "from c import *", undefined],
  ["nothing certain when it works its list out", "__all__ = ['f']\n__all__ += ['g']", undefined],
  ["nothing certain when it binds by text", "globals()['f'] = 1", undefined],
  ["nothing certain when it makes names on demand", "def __getattr__(name): ...", undefined],
] as const)("a module's text gives %s", async (_what, text, names) => {
  expect(exportedNames((await pythonParser()).parse(text))).toEqual(names);
});

test("plans a notebook that imports everything of a module of the standard library", async () => {
  const { plan, diagnostics } = await planOf([
    "from math import *",
    "values = [sqrt(4), floor(pi)]",
    "open('out.txt', 'w').write(str(values))",
  ]);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(plan?.steps.length).toBeGreaterThan(0);
});
