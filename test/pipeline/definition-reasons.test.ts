/** The reason that a person reads where steps were joined because of a function or class. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const WRITE = "open('out.txt', 'w').write(repr(r))";

test.each<{ readonly name: string; readonly cells: readonly string[]; readonly why: string }>([
  {
    name: "a default that is filled",
    cells: ["def f(x, into=[]):\n    into.append(x)\n    return into", "r = f(1)", "r = f(2)"],
    why: "f has state of its own (`default of f(…)` in cell 2 may change it)",
  },
  {
    name: "an attribute of a class",
    cells: ["k = [1]\nclass C:\n    n = 0", "C.n = 2", "r = C.n"],
    why: "C has state of its own (`C.n = …` in cell 2 may change it)",
  },
  {
    name: "a default that is taken before its variable changes",
    cells: ["k = 2", "def f(x, k=k):\n    return x * k", "k = 3", "r = [f(1), k]"],
    why: "f is a function that takes k when it is defined",
  },
  {
    name: "another definition on some paths",
    cells: [
      "k = [1]",
      "def f():\n    return k",
      "if k.pop():\n    def f():\n        return 0",
      "r = f()",
    ],
    why: "f is bound to something else in cell 3",
  },
  {
    name: "a class with an attribute of its own",
    cells: ["k = [1]", "class C:\n    xs = []\n    def v(self):\n        return k", "r = C().v()"],
    why: "C is a class that reads the notebook's k",
  },
  {
    name: "a decorator that takes data",
    cells: [
      "k = len([1])",
      "def times(n):\n    def wrap(f):\n        return f\n    return wrap",
      "@times(k)\ndef f():\n    return 1",
      "r = f()",
    ],
    why: "f is a function that takes k when it is defined",
  },
])("names what keeps a definition in one process: $name", async ({ cells, why }) => {
  const { diagnostics } = await planOf([...cells, WRITE], { cut: "cell" });
  expect(
    diagnostics.filter(({ code }) => code === "steps-merged").map(({ message }) => message),
  ).toContain(`${why}, so it cannot pass from step to step`);
});
