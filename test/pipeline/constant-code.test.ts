/** Code whose text says all is written as what it means; everything else stays as it is. */
import { expect, test } from "vitest";
import { writeOutConstantCode } from "../../src/pipeline/constant-code.ts";
import { pythonParser } from "../support/python-parser.ts";

interface CodeCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** The same cells when absent. */
  readonly written?: readonly string[];
}

const WORK = "async def work(x):\n    return x";

const cases: readonly CodeCase[] = [
  {
    name: "statements in a text of one line",
    cells: ['exec("x = 1\\ny = x")\nz = y'],
    written: ["x = 1; y = x\nz = y"],
  },
  {
    name: "statements in a text of several lines, each in its place",
    cells: ['exec("""\nif a:\n    x = 1\n""")\nz = x'],
    written: ["\nif a:\n    x = 1\n\nz = x"],
  },
  { name: "a text with more lines than there are", cells: ['exec("if a:\\n    x = 1")'] },
  { name: "a text that is made when it runs", cells: ["exec(f'x = {a}')\nexec(text)"] },
  { name: "a text whose value nobody shows", cells: ['exec("x")'] },
  { name: "a text in a function", cells: ['def f():\n    exec("x = 1")\n    return eval("x")'] },
  { name: "a text with variables of its own", cells: ['exec("x = 1", {})\neval("x", space)'] },
  {
    name: "a text that is no Python",
    cells: ['exec("x =")\ny = eval("1) + (2")\nz = eval("x = 1")'],
  },
  { name: "another function of the name", cells: ["exec = print", 'exec("x = 1")'] },
  {
    name: "an expression, whatever stands around it",
    cells: ['y = 2 * eval(" x + 1 ")\nt = eval("1, x")'],
    written: ["y = 2 * (x + 1)\nt = (1, x)"],
  },
  {
    name: "variables by their names, bound and read",
    cells: [
      "globals()['x'] = 5\nlocals()['y'] = 1",
      "z = vars()['x'] + globals()[\"y\"]\ndel globals()['x']",
    ],
    written: ["x = 5\ny = 1", "z = x + y\ndel x"],
  },
  {
    name: "names that nobody binds, builtins, computed names, and where an error is waited for",
    cells: [
      "x = 1\nlen = 2",
      "globals()['w'], globals()['len'], globals()['x' + s]",
      "try:\n    globals()['x']\nexcept KeyError:\n    pass",
      "def f():\n    return globals()['x']",
    ],
  },
  {
    name: "coroutines of the notebook that are waited for",
    cells: [`import asyncio\n${WORK}`, "a = await work(await work(1)) + 1"],
    written: [`import asyncio\n${WORK}`, "a = asyncio.run(work(asyncio.run(work(1)))) + 1"],
  },
  {
    name: "without the import that this needs",
    cells: [WORK, "a = await work(1)"],
    written: [WORK, "import asyncio; a = asyncio.run(work(1))"],
  },
  {
    name: "what others make, what is no coroutine, and what needs one loop",
    cells: [
      "import asyncio\nasync def some():\n    yield 1",
      "a = await asyncio.gather(b())\nc = await some()",
    ],
  },
  {
    name: "tasks that live on",
    cells: [`import asyncio\n${WORK}\nt = asyncio.create_task(work(1))`, "a = await work(1)"],
  },
];

test.each(cases)("writes out or leaves alone $name", async ({ cells, written }) => {
  const found = writeOutConstantCode(
    cells.map((python) => ({ python })),
    await pythonParser(),
  );
  expect(found.map(({ python }) => python)).toEqual(written ?? cells);
});
