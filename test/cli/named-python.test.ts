/** An interpreter named when promoting is the one of every later command, of this machine only. */
import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { notebookText } from "../support/notebooks.ts";
import { runMlops } from "../support/run-mlops.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

/** Answers which Python it is, and starts nothing else. */
const FAKE = '#!/bin/sh\ncase "$*" in *version_info*) echo 3.12.1; echo "$0";; *) exit 9;; esac\n';

async function promotedWith(settings: string): Promise<TempProject> {
  const project = await tempProject({
    ".mlopsrc.yaml": settings,
    "env/bin/python": FAKE,
    "tiny.ipynb": notebookText(["rows = [1, 2, 3]", "print(sum(rows))"]),
  });
  chmodSync(project.path("env/bin/python"), 0o755);
  const words = ["promote", "tiny.ipynb", "--no-observe", "--python", "env/bin/python"];
  const promoted = await runMlops(words, { directory: project.root });
  expect([promoted.exit, promoted.stderr]).toEqual([0, expect.any(String)]);
  return project;
}

const TAKEN = "env/bin/python, which tiny was promoted with";

test("mlops run takes it and says so", async () => {
  await using project = await promotedWith("version: 1\n");
  const run = await runMlops(["run", "tiny"], { directory: project.root });
  expect(run.stderr).toContain(TAKEN);
});

test("a flag and changed settings are stronger", async () => {
  await using project = await promotedWith("version: 1\n");
  const here = { directory: project.root };
  const flag = await runMlops(["run", "tiny", "--python", "no-such-python"], here);
  expect(flag.stderr).not.toContain(TAKEN);
  expect(flag.stderr).toContain("[python-missing]");
  await project.write(".mlopsrc.yaml", "version: 1\npython: no-such-python\n");
  const settings = await runMlops(["run", "tiny"], here);
  expect(settings.stderr).not.toContain(TAKEN);
  expect(settings.stderr).toContain("[python-missing]");
});

test("what init was told holds for every pipeline that was promoted with nothing else", async () => {
  await using project = await promotedWith("version: 1\n");
  const here = { directory: project.root };
  // On a terminal only; test/e2e/terminal.test.ts has init write it.
  const entry = { python: project.path("env/bin/python"), setting: null };
  await project.write(".mlops/pythons.json", JSON.stringify({ "*": entry }));
  const run = await runMlops(["run", "tiny"], here);
  expect(run.stderr).toContain("env/bin/python, which init was told to take");
  const again = await runMlops(["init", "--json"], here);
  expect(again.json()).toMatchObject({
    result: { python: { executable: project.path("env/bin/python") } },
  });
  const flag = await runMlops(["init", "--python", "no-such-python"], here);
  expect(flag.stderr).toContain("[python-missing]");
});

test("says when what init was told to take is gone", async () => {
  await using project = await promotedWith("version: 1\n");
  const entry = { python: project.path("gone/bin/python"), setting: null };
  await project.write(".mlops/pythons.json", JSON.stringify({ "*": entry }));
  const run = await runMlops(["run", "tiny"], { directory: project.root });
  const notes = run.stderr.split("\n").filter((line) => line.includes("is gone"));
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain("gone/bin/python, which init was told to take");
});
