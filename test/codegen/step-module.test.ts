import { expect, test } from "vitest";
import { buildHelpersModule, buildSettingsModule } from "../../src/codegen/helpers-module.ts";
import { buildPipelineModule } from "../../src/codegen/pipeline-module.ts";
import { buildStepModule, type ModuleContext } from "../../src/codegen/step-module.ts";
import { statementIndex } from "../../src/pipeline/notebook-program.ts";
import type { Cut } from "../../src/pipeline/segment.ts";
import { openQuotes } from "../../src/python/open-quotes.ts";
import { planOf, programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const WRITE = "open('out.txt', 'w').write(repr(r))";

async function contextOf(cells: readonly string[], cut: Cut = "role"): Promise<ModuleContext> {
  const { plan } = await planOf(cells, { cut });
  if (plan === undefined) throw new Error("no plan");
  const { program } = await programOf(cells);
  return { plan, program, parser: await pythonParser(), statementAt: statementIndex(program) };
}

/** Text of the step that holds a cell. */
async function moduleOf(cells: readonly string[], cell: number, cut?: Cut): Promise<string> {
  const context = await contextOf(cells, cut);
  const step = context.plan.steps.find(({ cells: own }) => own.includes(cell));
  if (step === undefined) throw new Error(`no step has cell ${String(cell)}`);
  return buildStepModule(step, context);
}

test("comments say from which line of the cell the next line comes, again where something was left out", async () => {
  const first = "xs = [1]\n\n# doubled\nys = xs * 2\nprint(ys)\nr = len(ys); t = r";
  const text = await moduleOf([first, `x = r\n${WRITE}`], 1);
  expect(text).toContain(
    "    # story.ipynb, cell 1, line 1\n    xs = [1]\n\n    # doubled\n    ys = xs * 2\n    # story.ipynb, cell 1, line 6\n    r = len(ys)",
  );
  expect(text).toContain("    # story.ipynb, cell 2, line 2\n    open(");
});

test("display comes from the runtime, unless the notebook brings its own", async () => {
  const shown = "def show(x):\n    display(x)\n    return x";
  const helpers = buildHelpersModule(await contextOf([shown, "r = show(1)", WRITE]));
  expect(helpers).toContain("from ._runtime import display");
  const own = ["from IPython.display import display", shown, "r = show(1)", WRITE];
  expect(buildHelpersModule(await contextOf(own))).toContain("from IPython.display import display");
  expect(await moduleOf(["r = [1]", "if r:\n    display(r)\n    r = r * 2", WRITE], 2)).toContain(
    "from ._runtime import display",
  );
});

test("a step imports the helpers that it calls, not those that they call", async () => {
  const helpers = "def inner(x):\n    return x\ndef outer(x):\n    return inner(x)";
  const text = await moduleOf([helpers, "r = outer(1)", WRITE], 2);
  expect(text).toContain("from .helpers import outer\n");
});

test.each<[string, string, string]>([
  [
    "import matplotlib\nimport matplotlib.pyplot as plt",
    "matplotlib.style.use('ggplot')\nr = [1]",
    "import matplotlib\nimport matplotlib.pyplot\n",
  ],
  [
    "import matplotlib as mpl\nimport matplotlib.pyplot as plt",
    "mpl.style.use('ggplot')\nr = [1]",
    "import matplotlib as mpl\nimport matplotlib.pyplot  # noqa: F401\n",
  ],
  [
    "import xml\nfrom xml.dom import minidom\nfrom xml.sax import handler",
    "r = xml.dom.pulldom.parseString('<a/>')",
    "import xml\nimport xml.dom\nfrom typing import Any\n",
  ],
  [
    "import xml\nfrom xml.sax import handler",
    "r = xml.__name__",
    "import xml\nfrom typing import Any\n",
  ],
])("a module loads what another import of its package loaded: %s", async (imports, cell, lines) => {
  const cells = [imports, cell, WRITE];
  const text = await moduleOf(cells, 2, "cell");
  const settings = buildSettingsModule(await contextOf(cells));
  expect(`${settings ?? ""}${text}`.replaceAll(/"""[^]*?"""/g, "")).toContain(lines);
});

test("blank lines inside a shared function's strings stay", async () => {
  const cells = ["def f():\n    return '''a\n\n\n\n\nb'''", "r = f()", WRITE];
  expect(buildHelpersModule(await contextOf(cells))).toContain("'''a\n\n\n\n\nb'''");
});

test("annotations of the notebook's definitions are evaluated as in the notebook", async () => {
  const cells = ["n = len('abc')", "class Row:\n    x: int = n", "r = Row.__annotations__", WRITE];
  expect(await moduleOf(cells, 2)).not.toContain("from __future__");
  expect(await moduleOf(["r = [1]", WRITE], 1)).toContain("from __future__ import annotations");
});

test("the main module is still called main", async () => {
  const cells = ["r = 0\nif __name__ == '__main__':\n    r = 1", WRITE];
  expect(await moduleOf(cells, 1)).toContain('    __name__ = "__main__"\n');
});

test("figures are closed between the cells of one step", async () => {
  const cells = [
    "import matplotlib.pyplot as plt",
    "plt.plot([1])\nplt.savefig('a.png')",
    "plt.plot([2])\nplt.savefig('b.png')",
  ];
  const text = await moduleOf(cells, 2);
  if (!text.includes("b.png")) throw new Error("the two cells are not in one step");
  expect(text).toContain(
    "plt.savefig('a.png')\n    close_figures()\n\n    # story.ipynb, cell 3, line 1\n    plt.plot([2])",
  );
});

test("a score inside an f-string is wrapped with the quotes that are free", async () => {
  const imports = "from sklearn.metrics import accuracy_score";
  const data = "y = [1, 0]";
  expect(await moduleOf([imports, data, 'print(f"{accuracy_score(y, y)}")'], 3)).toContain(
    "{metric('accuracy', accuracy_score(y, y))}",
  );
  expect(await moduleOf([imports, data, "print(f'{accuracy_score(y, y)}')"], 3)).toContain(
    '{metric("accuracy", accuracy_score(y, y))}',
  );
});

test("a pipeline without artifacts imports none", async () => {
  const { plan } = await contextOf(["r = [1]", WRITE]);
  expect(plan.artifacts).toEqual([]);
  expect(buildPipelineModule(plan)).toContain("from ._runtime import Pipeline, Step\n");
});

test.each<readonly [string, readonly string[]]>([
  ["f(^)", []],
  ["'a' + ^x", []],
  ["f'{^x}'", ["'"]],
  ['rf"""{a["k"]} {^x}"""', ['"']],
  ["f\"{f'{^x}'}\"", ['"', "'"]],
  ["f'{{no}} {x:{^w}}'", ["'"]],
  ["# it's\n^x", []],
  ["'it\\'s' + f\"{^x}\"", ['"']],
  ["buf'{x}' + ^y", []],
])("the f-strings around ^ in %j are %j", (text, quotes) => {
  expect(openQuotes(text.replace("^", ""), text.indexOf("^"))).toEqual(quotes);
});

test("what a function declares global is a variable of its step, unless the module has it", async () => {
  const cells = [
    "import math\nn = [1]",
    "def f():\n    global n, math, m\n    n = n + [math.pi]\n    m = 2",
    "f()\nr = (n, m)",
    WRITE,
  ];
  const text = await moduleOf(cells, 3, "cell");
  expect(text).toContain("        nonlocal n, m; global math\n");
  expect(text).toContain("    m: Any  # bound by the functions of this step\n");
  expect(text).not.toContain("    n: Any");
  expect(text).toMatch(/^from typing import Any$/m);
});

test("global at the top of a cell says nothing in a step", async () => {
  const text = await moduleOf(["r = [1]\nif r:\n    global r\n    r = [2]", WRITE], 1);
  expect(text).not.toContain("global");
  expect(text).toContain("    pass\n");
});

test("a builtin that a function of the step hides is still the builtin before", async () => {
  const cells = ["def f():\n    global max\n    max = 3", "r = max([1, 2])\nf()\nr += max", WRITE];
  expect(await moduleOf(cells, 2, "cell")).toContain("    max = builtins.max\n");
});
