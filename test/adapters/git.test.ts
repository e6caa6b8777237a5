import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { createGit } from "../../src/adapters/git.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

function git(project: TempProject, ...parameters: readonly string[]): string {
  return execFileSync("git", parameters, { cwd: project.root, encoding: "utf8" }).trim();
}

function startRepository(project: TempProject): void {
  git(project, "init", "--quiet");
  git(project, "config", "user.name", "Ada Lovelace");
  git(project, "config", "user.email", "ada@example.org");
}

test("knows nothing outside a work tree and before the first commit", async () => {
  await using project = await tempProject();
  expect(await createGit().state(project.root)).toBeUndefined();
  startRepository(project);
  expect(await createGit().state(project.root)).toBeUndefined();
});

test("knows the commit, and whether anything is not committed", async () => {
  await using project = await tempProject({ "a/b.txt": "x" });
  startRepository(project);
  git(project, "add", ".");
  git(project, "commit", "--quiet", "-m", "first");
  const commit = git(project, "rev-parse", "HEAD");
  expect(await createGit().state(project.path("a"))).toEqual({
    commit,
    dirty: false,
  });
  await project.write("new.txt", "y");
  expect(await createGit().state(project.root)).toMatchObject({ commit, dirty: true });
});

test.each([
  ["edited", "a.txt", "y"],
  ["a file named like a line about the branch", "# branch.txt", "y"],
])("sees what is not committed: %s", async (_, path, text) => {
  await using project = await tempProject({ "a.txt": "x" });
  startRepository(project);
  git(project, "add", ".");
  git(project, "commit", "--quiet", "-m", "first");
  await project.write(path, text);
  expect(await createGit().state(project.root)).toMatchObject({ dirty: true });
});

test("reads a file as a commit has it, and tells a missing file from a missing commit", async () => {
  await using project = await tempProject({ "a/b.txt": "first\n" });
  startRepository(project);
  git(project, "add", ".");
  git(project, "commit", "--quiet", "-m", "first");
  git(project, "tag", "v1");
  await project.write("a/b.txt", "second\n");
  const at = async (revision: string, path: string): Promise<unknown> =>
    createGit().fileAt(project.path("a"), revision, path);
  expect(await at("v1", "b.txt")).toEqual({ kind: "text", text: "first" });
  expect(await at("HEAD", "c.txt")).toEqual({ kind: "absent" });
  for (const revision of ["v2", "--output=x", ""])
    expect(await at(revision, "b.txt")).toEqual({ kind: "revision-unknown" });
  const blob = git(project, "rev-parse", "v1:a/b.txt").trim();
  await rm(project.path(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`));
  expect(await at("v1", "b.txt")).toEqual({ kind: "unreadable" });
});

test("names the author as git would", async () => {
  await using project = await tempProject();
  startRepository(project);
  expect(await createGit().author(project.root)).toBe("Ada Lovelace <ada@example.org>");
});

test("starts no program that a repository names", async () => {
  await using project = await tempProject({ "a.txt": "x" });
  startRepository(project);
  git(project, "add", ".");
  git(project, "commit", "--quiet", "-m", "first");
  await project.write("monitor.sh", `#!/bin/sh\ntouch ${project.path("started")}\n`);
  execFileSync("chmod", ["+x", project.path("monitor.sh")]);
  git(project, "config", "core.fsmonitor", project.path("monitor.sh"));
  expect(await createGit().state(project.root)).toBeDefined();
  expect(await project.list()).not.toContain("started");
});

test("names the key that commits are signed with, where that is an SSH key", async () => {
  await using project = await tempProject();
  startRepository(project);
  const key = async (): Promise<unknown> => createGit().signingKey(project.root);
  git(project, "config", "user.signingkey", "~/.ssh/id_ed25519.pub");
  git(project, "config", "gpg.format", "openpgp");
  expect(await key()).toBeUndefined();
  git(project, "config", "gpg.format", "ssh");
  expect(await key()).toMatch(/^\/.*\/\.ssh\/id_ed25519\.pub$/);
  git(project, "config", "user.signingkey", "key::ssh-ed25519 AAAA");
  expect(await key()).toBe("key::ssh-ed25519 AAAA");
});

test("names where it was cloned from", async () => {
  await using project = await tempProject();
  startRepository(project);
  expect(await createGit().origin(project.root)).toBeUndefined();
  git(project, "remote", "add", "origin", "git@github.com:acme/churn.git");
  expect(await createGit().origin(project.root)).toBe("git@github.com:acme/churn.git");
});

test("lists the commits that changed a file, newest first, each whole", async () => {
  await using project = await tempProject({ "a/b.txt": "1" });
  startRepository(project);
  const commit = (message: string): string => {
    git(project, "add", ".");
    git(project, "commit", "--quiet", "-m", message);
    return git(project, "rev-parse", "HEAD");
  };
  const first = commit("first");
  await project.write("other.txt", "x");
  const second = commit("second");
  await project.write("a/b.txt", "2");
  const third = commit("Änderung \n\nmore");
  expect(await createGit().changes(project.path("a"), "b.txt")).toEqual([
    { commit: third, parents: [second] },
    { commit: first, parents: [] },
  ]);
  const text = await createGit().commitText(project.root, third);
  expect(text).toContain(`parent ${second}\n`);
  expect(text).toMatch(/\n\nÄnderung\n\nmore\n$/);
  for (const none of ["HEAD", "--help", "0".repeat(40)])
    expect(await createGit().commitText(project.root, none)).toBeUndefined();
  expect(await createGit().changes(project.path("a"), "gone.txt")).toEqual([]);
});
