import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { pythonParser } from "../support/python-parser.ts";

interface Refused {
  readonly text: string;
  readonly line: number;
  readonly because: RegExp;
}

const REFUSED: readonly Refused[] = [
  { text: "x = 1\n  y = 2\n", line: 2, because: /indentation/ },
  { text: "if x:\n    a()\n   b()\n", line: 3, because: /indentation/ },
  { text: "if x:\n    a()\n  else:\n    b()\n", line: 3, because: /indentation|unexpected/ },
  { text: "@once\n  def f():\n    pass\n", line: 2, because: /indentation/ },
  { text: "def f():\nx = 1\n", line: 2, because: /block is missing/ },
  { text: "try:\n    a()\nexcept ValueError:\nb()\n", line: 4, because: /block is missing/ },
  { text: "a = 1 b = 2\n", line: 1, because: /two statements|unexpected/ },
  { text: "import u'' as x\n", line: 1, because: /./ },
  { text: "from a import b,\n", line: 1, because: /comma/ },
  { text: "x = 1\nx = y not z\n", line: 2, because: /`in` is missing/ },
  { text: "x = 1\nreturn x\n", line: 2, because: /outside of a function/ },
  { text: "class A:\n    yield 1\n", line: 2, because: /outside of a function/ },
  { text: "for x in y:\n    def f():\n        break\n", line: 3, because: /outside of a loop/ },
  { text: "if x:\n    continue\n", line: 2, because: /outside of a loop/ },
  { text: "nonlocal x\n", line: 1, because: /top level/ },
  { text: "def f():\n    await g()\n", line: 2, because: /not `async`/ },
  { text: "def f():\n    from os import *\n", line: 2, because: /top level/ },
  { text: "def f(a, b, a):\n    pass\n", line: 1, because: /twice/ },
  { text: "f = lambda a, *a: 1\n", line: 1, because: /twice/ },
  { text: "def f(a=1, b):\n    pass\n", line: 1, because: /without a default/ },
  { text: "f(a=1, a=2)\n", line: 1, because: /twice/ },
  { text: "f(a=1, 2)\n", line: 1, because: /by position/ },
  { text: "f() = 1\n", line: 1, because: /assign to|unexpected/ },
  { text: "x, 1 = y\n", line: 1, because: /assign to|unexpected/ },
  { text: "for f() in y:\n    pass\n", line: 1, because: /./ },
  { text: "del f()\n", line: 1, because: /delete/ },
  { text: "a, b += 1\n", line: 1, because: /operator|unexpected/ },
  { text: "x = 007\n", line: 1, because: /number/ },
  { text: "x = b'a' 'b'\n", line: 1, because: /bytes and text/ },
  { text: "x = *y\n", line: 1, because: /star/ },
];

test.each(REFUSED)("refuses $text", async ({ text, line, because }) => {
  const { diagnostics } = analyzeProgram([{ id: "a", text }], await pythonParser());
  expect(diagnostics.map((found) => [found.code, found.where?.line])).toEqual([
    ["python-syntax-error", line],
  ]);
  expect(diagnostics[0]?.message).toMatch(because);
});

test.each([
  "x = 1; y = 2\n",
  "def f():\n    return (i async for i in x if await g(i))\n",
  "if x: a(); b()\nelse: c()\n",
  "if x:\n\ta()\nelse:\n\tb()\n",
  "x = 1  # one\ny = 2\n",
  "x = \\\n  1\ny = 2\n",
  "await f()\nasync for x in y:\n    pass\n",
  "def f(a, *, b=1, c):\n    pass\n",
  "def f(a, b=1, /, c=2, *args, d, **rest):\n    pass\n",
  "f(*a, b, *c, d=1, *e, **g)\n",
  "class A:\n    x = [i for i in y]\n    def f(self):\n        return lambda: (yield)\n",
  "for x in y:\n    if x:\n        break\nelse:\n    pass\n",
  "(a) = [b, (c.d)] = e[0], *f = g\n",
  "x = 0_0, 1_000, 0xF_F, 1e-3_0, 1_0.5j, 00\n",
  "x = (*y,)\nx = *y,\n",
  "from a import (b,)\n",
  "x = y not   in z, y is  not z\n",
  "def f():\n    pass\n\n# end\n",
  "if x:\n    pass\n    # in\n  # between\nelse:\n    pass\n",
])("accepts %s", async (text) => {
  expect((await pythonParser()).parse(text).problems).toEqual([]);
});

test("reads a call of type that something is assigned into as a call", async () => {
  const text = "x = 1\ntype(x).y = x\ntype[x] = 2\ntype X = int\ntype(x).z: int = 3\n";
  const { statements } = analyzeProgram([{ id: "a", text }], await pythonParser());
  expect(statements.map(({ reads, mayWrite }) => [reads, mayWrite])).toEqual([
    [[], ["x"]],
    [["x"], []],
    [["x"], []],
    [[], ["X"]],
    [["x"], []],
  ]);
});
