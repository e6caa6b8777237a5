// A step that reads a folder of daily files must run again when a day arrives.
import { expect, test } from "vitest";
import { declaredReads } from "../../src/app/declared-reads.ts";
import { memoryFiles } from "../support/memory-files.ts";

type Disk = Readonly<Record<string, string>>;

const DAYS: Disk = {
  "work/data/monday.csv": "x\n1\n",
  "work/data/old/sunday.csv": "x\n0\n",
  "work/data/notes.txt": "none",
};

async function reads(path: string, disk: Disk, writes: readonly string[] = []): Promise<unknown> {
  const files = memoryFiles(disk);
  return declaredReads({ reads: [path], writes: [...writes] }, "work", files);
}

test.each([
  { path: "data/*.csv", added: "work/data/tuesday.csv", counts: true },
  { path: "data/*.csv", added: "work/data/more.txt", counts: false },
  { path: "data/*.csv", added: "work/data/old/saturday.csv", counts: false },
  { path: "data/**/*.csv", added: "work/data/old/saturday.csv", counts: true },
  { path: "data/**/*.csv", added: "work/data/tuesday.csv", counts: true },
  { path: "data/[mt]*.csv", added: "work/data/tuesday.csv", counts: true },
  { path: "data/[!t]*.csv", added: "work/data/tuesday.csv", counts: false },
  { path: "data", added: "work/data/more.txt", counts: true },
  { path: "data", added: "work/data/.mlops/registry.db", counts: false },
  { path: "data/override.csv", added: "work/data/override.csv", counts: true },
  { path: "lake/*.csv", added: "work/lake/monday.csv", counts: true },
  { path: "/shared/rates.csv", added: "/shared/rates.csv", counts: true },
])("a step that reads $path: $added counts is $counts", async ({ path, added, counts }) => {
  const before = await reads(path, DAYS);
  const after = await reads(path, { ...DAYS, [added]: "x\n2\n" });
  expect(JSON.stringify(before) !== JSON.stringify(after)).toBe(counts);
});

test("sees other content behind the same names", async () => {
  const changed = { ...DAYS, "work/data/monday.csv": "x\n9\n" };
  expect(await reads("data/*.csv", changed)).not.toEqual(await reads("data/*.csv", DAYS));
});

test("leaves single files to the manifest, and what the step writes to its outputs", async () => {
  expect(await reads("data/monday.csv", DAYS)).toEqual({});
  expect(await reads("data/log.csv", DAYS, ["data/log.csv"])).toEqual({});
});
