import { expect, test } from "vitest";
import { findProject } from "../../src/app/find-project.ts";
import { memoryFiles } from "../support/memory-files.ts";

test.each([
  {
    name: "nothing at all",
    files: {},
    start: "a/b",
    expected: ["/project/a/b", "working-directory"],
  },
  {
    name: "settings above",
    files: { ".mlopsrc.yaml": "" },
    start: "a/b",
    expected: ["/project", "config"],
  },
  {
    name: "the nearest settings",
    files: { ".mlopsrc.yaml": "", "a/.mlopsrc.yaml": "" },
    start: "a/b",
    expected: ["/project/a", "config"],
  },
  {
    name: "settings above rather than state below",
    files: { ".mlopsrc.yaml": "", "a/.mlops/x": "" },
    start: "a/b",
    expected: ["/project", "config"],
  },
  {
    name: "state rather than a repository",
    files: { ".mlops/x": "", "a/.git/HEAD": "" },
    start: "a/b",
    expected: ["/project", "state"],
  },
  { name: "a repository", files: { ".git/HEAD": "" }, start: "a/b", expected: ["/project", "git"] },
  {
    name: "a worktree, whose .git is a file",
    files: { "a/.git": "gitdir: x" },
    start: "a/b",
    expected: ["/project/a", "git"],
  },
])("finds the project by $name", async ({ files, start, expected }) => {
  const { root, foundBy } = await findProject(start, memoryFiles(files));
  expect([root, foundBy]).toEqual(expected);
});
