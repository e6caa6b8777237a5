/** The checks fail when they should: a lint that is silently off is worse than none. */
import { spawnSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tempProject } from "../support/temp-project.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const CONFIGURATION = [
  ".dependency-cruiser.mjs",
  ".oxlintrc.json",
  "tsconfig.json",
  "package.json",
];

type Files = Readonly<Record<string, string>>;

/** One mistake: the rule that must notice it, the file that makes it (the first), and what that file needs. */
interface Plant {
  readonly rule: string;
  readonly files: Files;
}

/** Output of a tool over a small tree that has our configuration and the given files. */
async function check(
  program: "depcruise" | "oxlint",
  files: Files,
): Promise<{ readonly passed: boolean; readonly output: string }> {
  await using project = await tempProject(files);
  for (const name of CONFIGURATION) cpSync(join(root, name), project.path(name));
  symlinkSync(join(root, "node_modules"), project.path("node_modules"), "dir");
  const parameters = program === "depcruise" ? ["src", "--no-cache"] : ["src", "--format=unix"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules", ".bin", program), ...parameters],
    { cwd: project.root, encoding: "utf8" },
  );
  return { passed: status === 0, output: stdout + stderr };
}

/** All mistakes in one tree, because starting a tool for each would take a minute. */
async function checkAll(
  program: "depcruise" | "oxlint",
  plants: readonly Plant[],
): Promise<readonly string[]> {
  const planted = plants.flatMap((plant) => Object.entries(plant.files));
  const files: Files = Object.fromEntries([[MAIN, ""], ...planted]);
  const { passed, output } = await check(program, files);
  expect(passed).toBe(false);
  return output.split("\n");
}

const MAIN = "src/cli/main.ts";

const FORBIDDEN_IMPORTS: readonly Plant[] = [
  { rule: "core-does-no-io", files: { "src/base/io.ts": 'import "node:fs";\n' } },
  { rule: "core-does-no-io", files: { "src/app/io.ts": 'import "node:child_process";\n' } },
  {
    rule: "only-wire-constructs-adapters",
    files: {
      "src/pipeline/outside.ts": 'import "../adapters/empty.ts";\n',
      "src/adapters/empty.ts": "",
    },
  },
  {
    rule: "pipeline-imports-only-its-neighbors",
    files: { "src/pipeline/far.ts": 'import "../deploy/empty.ts";\n', "src/deploy/empty.ts": "" },
  },
  {
    rule: "notebook-imports-only-its-neighbors",
    files: { "src/notebook/far.ts": 'import "../python/empty.ts";\n', "src/python/empty.ts": "" },
  },
  {
    rule: "one-door-for-yaml",
    files: { "src/deploy/door.ts": 'import { parse } from "yaml";\nparse("");\n' },
  },
  {
    rule: "one-door-for-simple-git",
    files: { "src/adapters/door.ts": 'import { simpleGit } from "simple-git";\nsimpleGit();\n' },
  },
  {
    rule: "zod-at-the-boundaries",
    files: { "src/run/zod.ts": 'import { z } from "zod";\nz.string();\n' },
  },
  {
    rule: "src-never-imports-test",
    files: { "src/base/test.ts": 'import "../../test/empty.ts";\n', "test/empty.ts": "" },
  },
  {
    rule: "no-cycles",
    files: { "src/base/a.ts": 'import "./b.ts";\n', "src/base/b.ts": 'import "./a.ts";\n' },
  },
  { rule: "every-folder-is-in-the-table", files: { "src/utils/a.ts": 'import "../base/b.ts";\n' } },
  {
    rule: "src-needs-no-dev-dependencies",
    files: { "src/base/dev.ts": 'import { test } from "vitest";\ntest("");\n' },
  },
  { rule: "no-unresolvable-imports", files: { "src/base/gone.ts": 'import "./nowhere.ts";\n' } },
  { rule: "no-unlisted-dependencies", files: { "src/base/unlisted.ts": 'import "picomatch";\n' } },
];

test("planted imports fail, each by its rule", async () => {
  const lines = await checkAll("depcruise", FORBIDDEN_IMPORTS);
  for (const { rule, files } of FORBIDDEN_IMPORTS) {
    const [file = ""] = Object.keys(files);
    expect(lines.map((line) => line.trim())).toContainEqual(
      expect.stringMatching(`^error ${rule}: ${file}`),
    );
  }
  // Nothing leads from main.ts to any of them.
  expect(lines.join("\n")).toMatch(/error no-dead-modules: .*src\/python\/empty\.ts/);
});

test("allowed imports pass", async () => {
  const { output, passed } = await check("depcruise", {
    [MAIN]: 'import "../pipeline/a.ts";\n',
    "src/pipeline/a.ts":
      'import "../python/b.ts";\nimport { createHash } from "node:crypto";\ncreateHash("md5");\n',
    "src/python/b.ts": "",
  });
  expect([passed, output]).toEqual([true, expect.stringContaining("no dependency violations")]);
});

const FORBIDDEN_CODE: readonly Plant[] = [
  { rule: "no-explicit-any", files: { "src/base/any.ts": "export const a: any = 1;\n" } },
  {
    rule: "no-floating-promises",
    files: { "src/base/floating.ts": "async function f(): Promise<void> {}\nf();\n" },
  },
  {
    rule: "switch-exhaustiveness-check",
    files: {
      "src/base/switch.ts":
        'export function f(kind: "a" | "b"): void {\n  switch (kind) {\n    case "a":\n      return;\n  }\n}\n',
    },
  },
  { rule: "no-console", files: { "src/cli/console.ts": 'console.log("x");\n' } },
  {
    rule: "no-restricted-globals",
    files: { "src/app/process.ts": "export const a = process.cwd();\n" },
  },
  {
    rule: "no-restricted-properties",
    files: { "src/run/clock.ts": "export const a = Date.now();\n" },
  },
  { rule: "no-default-export", files: { "src/base/default.ts": "export default 1;\n" } },
  {
    rule: "max-params",
    files: {
      "src/base/params.ts":
        "export function f(a: 1, b: 1, c: 1, d: 1, e: 1): number {\n  return a + b + c + d + e;\n}\n",
    },
  },
  { rule: "filename-case", files: { "src/base/camelCase.ts": "export const a = 1;\n" } },
];

test("planted code fails, each by its rule, and the clock is free in adapters", async () => {
  const free = { "src/adapters/clock.ts": "export const now = (): number => Date.now();\n" };
  const lines = await checkAll("oxlint", [...FORBIDDEN_CODE, { rule: "", files: free }]);
  for (const { rule, files } of FORBIDDEN_CODE) {
    const [file = ""] = Object.keys(files);
    expect(lines).toContainEqual(expect.stringMatching(`${file}:.*\\(${rule}\\)`));
  }
  expect(lines.filter((line) => line.includes("adapters/clock.ts"))).toEqual([]);
});
