import { chmodSync, rmSync, statSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import { checkFilesContract } from "../support/files-contract.ts";
import { tempProject } from "../support/temp-project.ts";
import { withoutPrivileges } from "../support/without-privileges.ts";

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

test("lists no links, but copies what they lead to", async () => {
  await using project = await tempProject({
    "outside/data.csv": "x",
    "outside/more/b.csv": "y",
    "tree/a": "z",
  });
  symlinkSync(project.path("outside"), project.path("tree/folder"));
  symlinkSync("../outside/data.csv", project.path("tree/data.csv"));
  symlinkSync("../nowhere", project.path("tree/broken"));
  const files = createFiles(project.root);
  const all = ["a", "data.csv", "folder/data.csv", "folder/more/b.csv"];
  expect(await files.list("tree")).toEqual(["a"]);
  expect(await files.list("tree", undefined, "follow")).toEqual(all);
  await files.copyTree("tree", "copy");
  expect(await files.list("copy")).toEqual(all);
  await files.writeAtomic("copy/folder/data.csv", "changed");
  expect(await files.readText("outside/data.csv")).toBe("x");
});

test("ends where links lead in circles, to the folder itself, above it or to its own copy", async () => {
  await using project = await tempProject({ "tree/a/x": "x", "tree/b/y": "y", "tree/out/z": "z" });
  symlinkSync("..", project.path("tree/a/up"));
  symlinkSync("/", project.path("tree/a/everything"));
  symlinkSync("../b", project.path("tree/a/b"));
  symlinkSync("../a", project.path("tree/b/a"));
  symlinkSync("loop", project.path("tree/loop"));
  symlinkSync("../out", project.path("tree/a/out"));
  const files = createFiles(project.root);
  await files.copyTree("tree", "tree/out/copy", (path) => path === "out");
  expect(await files.list("tree/out/copy")).toEqual([
    "a/b/a/x",
    "a/b/y",
    "a/x",
    "b/a/b/y",
    "b/a/x",
    "b/y",
  ]);
});

test("copies the rest of a folder whose files vanish meanwhile", async () => {
  await using project = await tempProject({ "tree/a": "1", "tree/b": "2", "tree/c/d": "3" });
  const files = createFiles(project.root);
  await files.copyTree("tree", "copy", (path) => {
    // Asked about just before it is copied.
    if (path === "b" || path === "c/d") rmSync(project.path(`tree/${path}`));
    return false;
  });
  expect(await files.list("copy")).toEqual(["a"]);
});

test("names a file that may not be read", async () => {
  await using project = await tempProject({ "tree/a": "1" });
  chmodSync(project.root, 0o777);
  chmodSync(project.path("tree/a"), 0);
  const files = createFiles(project.root);
  await expect(withoutPrivileges(() => files.copyTree("tree", "copy"))).rejects.toMatchObject({
    code: "file-unreadable",
    where: { path: project.path("tree/a") },
  });
});

test("names a folder that may not be written", async () => {
  await using project = await tempProject({ "tree/a": "1" });
  chmodSync(project.root, 0o755);
  const files = createFiles(project.root);
  chmodSync(project.path("tree"), 0o555);
  await expect(withoutPrivileges(() => files.writeAtomic("tree/b", "2"))).rejects.toMatchObject({
    code: "folder-unwritable",
    message: `${project.path("tree")} cannot be written.`,
  });
});
