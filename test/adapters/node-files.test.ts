import { chmodSync, lstatSync, statSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import { checkFilesContract } from "../support/files-contract.ts";
import { tempProject } from "../support/temp-project.ts";

checkFilesContract(async () => {
  const project = await tempProject();
  return { files: createFiles(project.root), release: async () => project[Symbol.asyncDispose]() };
});

test("gives a file the permissions it was asked for", async () => {
  await using project = await tempProject();
  const files = createFiles(project.root);
  await files.writeAtomic("run", "#!/bin/sh\n", 0o755);
  await files.writeAtomic("plain", "x");
  expect(statSync(project.path("run")).mode & 0o777).toBe(0o755);
  expect(statSync(project.path("plain")).mode & 0o777).toBe(0o644);
});

test("keeps the permissions of copied files", async () => {
  await using project = await tempProject({ "from/run": "x" });
  chmodSync(project.path("from/run"), 0o755);
  await createFiles(project.root).copyTree("from", "to");
  expect(statSync(project.path("to/run")).mode & 0o777).toBe(0o755);
});

test("does not follow symlinks out of a tree", async () => {
  await using project = await tempProject({ "outside/secret": "x", "tree/a": "y" });
  symlinkSync(project.path("outside"), project.path("tree/link"));
  const files = createFiles(project.root);
  expect(await files.list("tree")).toEqual(["a"]);
  await files.copyTree("tree", "copy");
  expect(() => lstatSync(project.path("copy/link"))).toThrow("ENOENT");
});
