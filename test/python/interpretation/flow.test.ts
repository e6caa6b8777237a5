import { expect, test } from "vitest";
import { analyzeProgram } from "../../../src/python/analyze-program.ts";
import type { StatementFacts } from "../../../src/python/facts.ts";
import { pythonParser } from "../../support/python-parser.ts";

async function factsOf(text: string): Promise<StatementFacts | undefined> {
  const { statements } = analyzeProgram([{ id: "1", text }], await pythonParser());
  return statements.at(-1);
}

interface StateCase {
  readonly name: string;
  readonly text: string;
  /** What `x` surely is after it; open when absent. */
  readonly is?: "bound" | "deleted";
}

test.each<StateCase>([
  { name: "every branch binds it", text: "if c:\n    x = 1\nelse:\n    x = 2", is: "bound" },
  { name: "every branch deletes it", text: "if c:\n    del x\nelse:\n    del x", is: "deleted" },
  { name: "one branch binds it, the other deletes it", text: "if c:\n    x = 1\nelse:\n    del x" },
  {
    name: "an error may come before it is deleted",
    text: "if c:\n    x = 1\n    try:\n        f()\n        del x\n    except ValueError:\n        pass\nelse:\n    del x",
  },
  {
    name: "a later round may find it deleted",
    text: "if True:\n    x = 1\n    for i in c:\n        if i:\n            break\n        del x",
  },
  {
    name: "a loop over something written out",
    text: "for i in [1, 2]:\n    x = i",
    is: "bound",
  },
  { name: "a loop over a fixed range", text: "for i in range(2):\n    x = i", is: "bound" },
  {
    name: "pairs of a fixed range",
    text: "for n, i in enumerate(range(1, 4)):\n    x = i",
    is: "bound",
  },
  { name: "an empty range", text: "for i in range(3, 1):\n    x = i" },
  { name: "a range of a variable", text: "for i in range(n):\n    x = i" },
  {
    name: "a range that the notebook defines",
    text: "range = list\nfor i in range(2):\n    x = i",
  },
  {
    name: "a round that goes on before it binds",
    text: "for i in [1, 2]:\n    if i > 1:\n        continue\n    x = i",
  },
  { name: "a list written out", text: "y = [x := i for i in (1, 2)]", is: "bound" },
  { name: "a list with a condition", text: "y = [x := i for i in (1, 2) if c]" },
  { name: "a generator runs later", text: "y = ((x := i) for i in (1, 2))" },
  { name: "the last of a chain of comparisons", text: "y = 1 < c < (x := 3)" },
  { name: "the second of a chain of comparisons", text: "y = 1 < (x := 3) < c", is: "bound" },
])("knows what a name surely is: $name", async ({ text, is }) => {
  const facts = await factsOf(text);
  expect(facts?.surelyWrites.includes("x")).toBe(is === "bound");
  expect(facts?.surelyDeletes.includes("x")).toBe(is === "deleted");
});

test.each<{ readonly text: string; readonly when: string; readonly line: number }>([
  { text: "if n > 3:\n    x = 1", when: "is not bound where `n > 3` does not hold", line: 1 },
  {
    text: "if a:\n    x = 1\nelif b:\n    y = 1\nelse:\n    x = 2",
    when: "is not bound where `b` holds",
    line: 3,
  },
  {
    text: "if a:\n    x = 1\nelif b:\n    x = 2",
    when: "is not bound where none of `a`, `b` holds",
    line: 1,
  },
  {
    text: "for i in xs:\n    x = i",
    when: "is not bound where `for i in xs` has no round",
    line: 1,
  },
  {
    text: "for i in xs:\n    if i > 2:\n        x = i",
    when: "is not bound where `i > 2` does not hold",
    line: 2,
  },
  {
    text: "for i in range(9):\n    if i:\n        break\n    x = i",
    when: "is not bound where `for i in range(9)` is left by `break`",
    line: 1,
  },
  {
    text: "try:\n    x = f()\nexcept ValueError:\n    print(1)",
    when: "is not bound where `except ValueError` is taken",
    line: 3,
  },
  {
    text: "try:\n    f()\nexcept ValueError as x:\n    print(x)",
    when: "is deleted where `except ValueError as x` is taken",
    line: 3,
  },
  {
    text: "with manager():\n    x = f()",
    when: "is not bound where `with manager()` swallows an error",
    line: 1,
  },
  {
    text: "match p:\n    case [a, b]:\n        x = a",
    when: "is not bound where no case of `match p` fits",
    line: 1,
  },
  { text: "if n:\n    del x", when: "is deleted where `n` holds", line: 1 },
  { text: "y = n and (x := 2)", when: "is not bound where `(x := 2)` is not needed", line: 1 },
  {
    text: "y = [x := i for i in xs]",
    when: "is not bound where `[x := i for i in xs]` has no element",
    line: 1,
  },
])("says where a name is unbound: $when", async ({ text, when, line }) => {
  const found = (await factsOf(text))?.unboundWhen.get("x");
  expect(found && `is ${found.deletes ? "deleted" : "not bound"} where ${found.when}`).toBe(when);
  expect(found?.line).toBe(line);
});

test.each<readonly [string, readonly string[]]>([
  ["y = x + 1", ["x"]],
  ["x += 1", ["x"]],
  ["x[k] = v", ["x", "k", "v"]],
  ["x.a = v", ["x", "v"]],
  ["print(f'{x:>{w}}')", ["x", "w"]],
  ["y = x if c else d", ["c"]],
  ["y = c and x", ["c"]],
  ["y = a < b < x", ["a", "b"]],
  ["y = [x for i in xs if x]", ["xs"]],
  ["y = lambda: x", []],
  ["def f():\n    return x", []],
  ["try:\n    x\nexcept NameError:\n    x = 1", []],
  ["if c:\n    print(x)", ["c"]],
  ["for i in xs:\n    print(x)", ["xs"]],
  ["with open(p) as x:\n    print(y)", ["p"]],
  ["y = (x := 1) + x", []],
  ["f(x=v)", ["f", "v"]],
  ["assert c, x", ["c"]],
  ["sum = 1\ny = x", ["x"]],
  ["y = sum(x)", ["x"]],
])("knows what a statement fails without: %s", async (text, names) => {
  const before = "sum = a = b = c = d = f = k = p = v = w = x = xs = 1\n";
  expect(new Set((await factsOf(`${before}${text}`))?.surelyReads)).toEqual(new Set(names));
});
