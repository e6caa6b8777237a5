import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import { runMlops } from "../../support/run-mlops.ts";
import { tempProject } from "../../support/temp-project.ts";

const files = { ".mlopsrc.yaml": "version: 1\n", "pipelines/churn/pipeline.yaml": "" };

test.each<{ readonly typed: readonly string[]; readonly answer: readonly string[] }>([
  { typed: ["ini"], answer: ["init"] },
  { typed: ["promote", "--no-ve"], answer: ["--no-verify"] },
  { typed: ["run", ""], answer: ["churn"] },
  { typed: ["run", "x"], answer: [] },
  { typed: ["completion", ""], answer: ["bash", "fish", "zsh"] },
  { typed: ["promote", ""], answer: [] },
  { typed: ["nonsense", ""], answer: [] },
])("completes $typed", async ({ typed, answer }) => {
  await using project = await tempProject(files);
  const run = await runMlops(["complete-words", "--", ...typed], { directory: project.root });
  expect(run.exit).toBe(0);
  const words = run.stdout.split("\n").filter((word) => word !== "");
  expect(words).toEqual(answer);
});

test("is not shown in help, and refuses a shell it does not know", async () => {
  const here = { directory: process.cwd() };
  expect((await runMlops(["--help"], here)).stdout).not.toContain("complete-words");
  expect((await runMlops(["completion", "csh"], here)).exit).toBe(2);
});

test("works in a real bash: what was typed goes to mlops, its answers come back", async () => {
  await using project = await tempProject({ "bin/mlops": "#!/bin/sh\nprintf '%s\\n' \"$@\"\n" });
  chmodSync(project.path("bin/mlops"), 0o755);
  const { stdout } = await runMlops(["completion", "bash"], { directory: project.root });
  const use =
    'COMP_WORDS=(mlops run "a b" chu); COMP_CWORD=3; _mlops; printf "%s\\n" "${COMPREPLY[@]}"';
  const bash = spawnSync("bash", ["--norc", "--noprofile", "-c", `${stdout}\n${use}`], {
    encoding: "utf8",
    env: { PATH: `${project.path("bin")}:/usr/bin:/bin` },
  });
  expect(bash.stderr).toBe("");
  expect(bash.stdout).toBe("complete-words\n--\nrun\na b\nchu\n");
});
