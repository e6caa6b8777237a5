import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { createGit } from "../../src/adapters/git.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";

function git(project: TempProject, ...parameters: readonly string[]): string {
  return execFileSync("git", parameters, { cwd: project.root, encoding: "utf8" }).trim();
}

async function repository(): Promise<TempProject> {
  const project = await tempProject();
  git(project, "init", "--quiet");
  git(project, "config", "user.name", "Ada Lovelace");
  git(project, "config", "user.email", "ada@example.org");
  return project;
}

async function commit(project: TempProject, path: string, text: string): Promise<string> {
  await project.write(path, text);
  git(project, "add", "--all");
  git(project, "commit", "--quiet", "--message", `write ${path}`);
  return git(project, "rev-parse", "HEAD");
}

test("reads what a file was in every commit, newest first, byte by byte", async () => {
  await using project = await repository();
  const texts = ["one\ntwo\n", "one\n-- two\n++ three\n@@ four\n", " \n\n", "last\n"];
  const commits: string[] = [];
  for (const text of texts) commits.push(await commit(project, "sub/a.yaml", text));
  await commit(project, "other.yaml", "x\n");
  const history = await createGit().fileHistory(project.path("sub"), "a.yaml");
  expect(history?.map(({ commit: id, text }) => ({ id, text }))).toEqual(
    texts.map((text, at) => ({ id: commits[at], text })).reverse(),
  );
  expect(history?.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
});

test("reads a file that one side of a merge has, or that the merge itself changed", async () => {
  await using project = await repository();
  await commit(project, "a.yaml", "base\n");
  git(project, "checkout", "--quiet", "-b", "side");
  await commit(project, "a.yaml", "side\n");
  git(project, "checkout", "--quiet", "-");
  await commit(project, "a.yaml", "main\n");
  expect(() => git(project, "merge", "--quiet", "side")).toThrow();
  await commit(project, "a.yaml", "merged\n");
  const history = await createGit().fileHistory(project.root, "a.yaml");
  expect(history?.map(({ text }) => text).toSorted()).toEqual([
    "base\n",
    "main\n",
    "merged\n",
    "side\n",
  ]);
});

test("reads a file whatever the repository says of how to show it, and starts nothing of it", async () => {
  await using project = await repository();
  await project.write("show.sh", `#!/bin/sh\ntouch ${project.path("started")}\n`);
  execFileSync("chmod", ["+x", project.path("show.sh")]);
  for (const name of ["diff.mine.textconv", "diff.mine.command", "diff.external"])
    git(project, "config", name, project.path("show.sh"));
  git(project, "config", "color.ui", "always");
  git(project, "config", "log.showSignature", "true");
  await project.write(".gitattributes", "*.yaml diff=mine\n*.yml binary\n");
  await commit(project, "a.yaml", "one\n");
  await commit(project, "b.yml", "two\n");
  const { fileHistory } = createGit();
  expect((await fileHistory(project.root, "a.yaml"))?.map(({ text }) => text)).toEqual(["one\n"]);
  expect((await fileHistory(project.root, "b.yml"))?.map(({ text }) => text)).toEqual(["two\n"]);
  expect(await project.list()).not.toContain("started");
});

test("has no history and no tags before the first commit and outside a work tree", async () => {
  await using outside = await tempProject();
  await using empty = await repository();
  for (const { root } of [outside, empty]) {
    expect(await createGit().fileHistory(root, "a.yaml")).toEqual([]);
    expect(await createGit().tags(root, "mlops-audit/")).toEqual([]);
  }
});

test("tags the commit with a message, reads it back, and leaves out what is no such tag", async () => {
  await using project = await repository();
  await commit(project, "a.yaml", "one\n");
  const { tag, tags } = createGit();
  const message = "Head\n\nsequence: 12\nhash: sha256:0\n";
  expect(await tag(project.root, "mlops-audit/12", message)).toEqual({ kind: "made" });
  git(project, "tag", "mlops-audit/13");
  git(project, "tag", "--annotate", "--message", "another", "other/1");
  expect(await tags(project.root, "mlops-audit/")).toEqual([
    { name: "mlops-audit/12", at: expect.stringMatching(/^\d{4}-/) as string, message },
  ]);
  expect(await tag(project.root, "mlops-audit/12", "other")).toMatchObject({
    kind: "failed",
    because: expect.stringContaining("already exists") as string,
  });
});

test("signs the tag where git is configured to, and says what is in the way of it", async () => {
  await using project = await repository();
  await commit(project, "a.yaml", "one\n");
  git(project, "config", "tag.gpgSign", "true");
  git(project, "config", "gpg.program", "/no/such/program");
  const made = await createGit().tag(project.root, "mlops-audit/1", "x");
  expect(made).toMatchObject({ kind: "failed" });
  expect(await createGit().tags(project.root, "mlops-audit/")).toEqual([]);
});

test("says that a tag needs a commit", async () => {
  await using project = await repository();
  expect(await createGit().tag(project.root, "mlops-audit/1", "x")).toMatchObject({
    kind: "failed",
  });
});
