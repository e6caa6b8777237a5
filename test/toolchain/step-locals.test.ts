/** What the second run of a surviving mutant notices, and that it notices nothing where nothing changed. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { moduleText, writeHandPackage } from "../support/hand-package.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { tempProject } from "../support/temp-project.ts";

const SCRIPT = fileURLToPath(new URL("../../bin/dev/step_locals.py", import.meta.url));
const STEP = {
  name: "count",
  outputs: ["total"],
  lines: [
    "import os, random, warnings",
    "import pandas as pd",
    "from matplotlib import pyplot as plt",
    "limit = 5",
    "total = 3 if limit > 4 else 2",
    "pd.set_option('display.max_rows', 7)",
    "plt.rcParams['figure.dpi'] = 80",
    "os.environ['SHOP_MODE'] = 'fast'",
    "warnings.filterwarnings('ignore', message='slow')",
    "random.random()",
    "os.makedirs('out', exist_ok=True)",
    "open('out/total.txt', 'w').write(str(total))",
    "open('out/more.txt', 'w').close()",
    "print('total', total)",
    "os.chdir('out')",
    "return total",
  ],
};
const ORIGINAL = moduleText("shop", STEP, 1);

test("a change that does nothing is told to do nothing", async () => {
  expect(await differences((text) => text.replace("limit > 4", "limit >= 5"))).toEqual({});
});

test("each thing that a step can leave behind is told", async () => {
  const changes: readonly (readonly [string, string])[] = [
    ["limit = 5", "limit = 6"],
    ["pd.set_option('display.max_rows', 7)", "pass"],
    ["plt.rcParams['figure.dpi'] = 80", "pass"],
    ["os.environ['SHOP_MODE'] = 'fast'", "pass"],
    ["warnings.filterwarnings('ignore', message='slow')", "pass"],
    ["random.random()", "pass"],
    ["str(total)", "str(total + 1)"],
    ["more.txt", "other.txt"],
    ["print('total', total)", "print('sum', total)"],
    ["os.chdir('out')", "pass"],
  ];
  const found = await differences((text) => {
    let changed = text;
    for (const [from, to] of changes) changed = changed.replace(from, to);
    return changed;
  });
  const { limit, ...left } = found;
  expect(limit).toMatch(/5.*6/);
  const filter = Object.keys(left).find((name) => name.startsWith("warnings:")) ?? "";
  expect(filter).toContain("slow");
  const names = [
    "environ:SHOP_MODE",
    "matplotlib:figure.dpi",
    "pandas:display",
    "the file out/more.txt",
    "the file out/other.txt",
    "the file out/total.txt",
    "the random state",
    "the working directory",
    filter,
    "what it prints",
  ];
  expect(left).toEqual(Object.fromEntries(names.map((name) => [name, "is another"])));
});

async function differences(
  change: (text: string) => string,
): Promise<Readonly<Record<string, string>>> {
  await using project = await tempProject();
  await writeHandPackage(project.root, "shop", { steps: [STEP] });
  const mutated = change(ORIGINAL);
  expect(mutated).not.toBe(ORIGINAL);
  const roots = [project.path("before"), project.path("after")];
  for (const root of roots) await mkdir(root);
  const request = {
    folder: project.path("pipelines/shop"),
    package: "shop",
    step: STEP.name,
    store: project.path("store"),
    run: "run-1",
    params: {},
    inputs: {},
    roots,
    randomBefore: null,
    path: project.path("pipelines/shop/shop/count.py"),
    original: ORIGINAL,
    mutated,
  };
  const python = await pythonForTests();
  return await new Promise((resolve, reject) => {
    const child = execFile(python, [SCRIPT], (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as Readonly<Record<string, string>>);
      else reject(new Error(stderr));
    });
    child.stdin?.end(JSON.stringify(request));
  });
}
