import { describe, expect, test } from "vitest";
import { copyScratch, leftOut } from "../../src/app/copy-scratch.ts";
import {
  levelsInProject,
  topOf,
  workFolderAlso,
  workFolderOfNotebook,
  workFolderOfPlan,
} from "../../src/app/work-folder.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const stepOf = (...reads: string[]): { steps: { reads: string[]; writes: string[] }[] } => ({
  steps: [{ reads, writes: [] }],
});

test.each([
  ["notebooks", 1, 1],
  ["notebooks/eda", 3, 2],
  [".", 1, 0],
  ["", 2, 0],
  ["/elsewhere/notebooks", 1, 0],
  ["../elsewhere", 1, 0],
])("from %s, %i levels up are %i inside the project", (root, levels, expected) => {
  expect(levelsInProject(root, levels)).toBe(expected);
});

describe("how far up a notebook's work folder goes", () => {
  const known = async (): Promise<{ parser: Awaited<ReturnType<typeof pythonParser>> }> => ({
    parser: await pythonParser(),
  });

  test("as its cells say", async () => {
    const { program } = await programOf(['DATA = "../data"', "open(DATA)"]);
    expect(workFolderOfNotebook(program, "notebooks", await known())).toEqual({
      root: "notebooks",
      above: 1,
    });
  });

  test("as the project's modules say that it imports", async () => {
    const { program } = await programOf(["import reading"]);
    const module = {
      path: "reading.py",
      source: "a/b/reading.py",
      text: 'def read():\n    return open("../../data.csv")\n',
      sha256: `sha256:${"0".repeat(64)}` as const,
      clock: false,
    };
    const found = workFolderOfNotebook(
      { ...program, modules: [module as (typeof program.modules)[number]] },
      "a/b",
      await known(),
    );
    expect(found.above).toBe(2);
  });

  test("as its pipeline was known to reach before", async () => {
    const { program } = await programOf(["x = 1"]);
    const found = workFolderOfNotebook(program, "a/b", { ...(await known()), levelsBefore: 1 });
    expect(found.above).toBe(1);
  });

  test("as its steps read and write, and never above the project", () => {
    expect(workFolderOfPlan(stepOf("x.csv"), "a/b").above).toBe(0);
    expect(workFolderOfPlan(stepOf("../x.csv", "../../y.csv"), "a/b").above).toBe(2);
    expect(workFolderOfPlan(stepOf("../../../x.csv"), "a").above).toBe(1);
    expect(workFolderAlso({ root: "a/b", above: 1 }, stepOf("x.csv")).above).toBe(1);
    expect(workFolderAlso({ root: "a/b", above: 1 }, stepOf("../../x.csv")).above).toBe(2);
  });
});

test("a copy has the places that the project has, and what belongs to no notebook is left out", async () => {
  const files = memoryFiles({
    "a/notebooks/n.ipynb": "{}",
    "a/data/raw.csv": "1",
    "a/pipelines/n/pipeline.yaml": "",
    "a/.venv/python": "",
    "b/other.csv": "2",
  });
  const work = { root: "a/notebooks", above: 1 };
  expect(topOf(work)).toBe("a");
  const copy = await copyScratch(work, "a/pipelines", files);
  expect(copy.root).toBe(`${copy.project}/a/notebooks`);
  expect(await files.list(copy.project)).toEqual(["a/data/raw.csv", "a/notebooks/n.ipynb"]);
  await copy.remove();
  expect(await files.kind(copy.folder)).toBe("missing");
});

test("pipelines that stand above what is copied leave nothing out", () => {
  const isLeftOut = leftOut({ root: "a/notebooks", above: 0 }, "pipelines");
  expect(["pipelines/x", "data.csv", "__pycache__"].map(isLeftOut)).toEqual([false, false, true]);
});
