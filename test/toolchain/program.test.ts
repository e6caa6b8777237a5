/** `bin/mlops.js` as it is shipped: what needs the built program is in test/e2e. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type TempProject, tempProject } from "../support/temp-project.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An installed package whose main program is a few lines of a test; `version` is what its Node claims to be. */
async function installed(main: string, version: string): Promise<TempProject> {
  const project = await tempProject({
    "package.json": '{ "type": "module" }',
    "dist/cli/main.js": main,
    // Loaded before the program, in the first Node only: the one handed over to is as it is.
    "pretend.cjs": `if (!process.env.MLOPS_HANDED_OVER) Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`,
  });
  mkdirSync(project.path("bin"));
  cpSync(join(root, "bin", "mlops.js"), project.path("bin/mlops.js"));
  return project;
}

function run(project: TempProject, ...words: readonly string[]): SpawnSyncReturns<string> {
  const start = ["--require", project.path("pretend.cjs"), project.path("bin/mlops.js")];
  return spawnSync(process.execPath, [...start, ...words], { encoding: "utf8" });
}

function endOf({ status, stderr }: SpawnSyncReturns<string>): readonly unknown[] {
  return [status, stderr];
}

async function withPinnedNode(project: TempProject): Promise<void> {
  const pinned = "node_modules/node/bin/node";
  await project.write(pinned, `#!/bin/sh\nexec "${process.execPath}" "$@"\n`);
  chmodSync(project.path(pinned), 0o755);
}

test.each(["22.22.2", "22.23.0", "24.15.0", "26.0.0", "27.1.0"])(
  "starts on Node %s",
  async (version) => {
    await using project = await installed("console.log(process.argv.slice(2).join())", version);
    expect(run(project, "a", "--b")).toMatchObject({ status: 0, stdout: "a,--b\n" });
  },
);

test.each(["12.22.0", "20.20.2", "22.22.1", "23.9.0", "24.14.9", "25.0.0"])(
  "says what is needed on Node %s",
  async (version) => {
    await using project = await installed("", version);
    const { status, stderr } = run(project);
    expect(status).toBe(3);
    expect(stderr).toContain(`this is ${version}`);
    expect(stderr).toContain("hint: install a current Node");
  },
);

test("hands over to the pinned Node: words, exit code and streams", async () => {
  const main = "console.log(process.argv.slice(2).join()); process.exitCode = 7;";
  await using project = await installed(main, "20.20.2");
  await withPinnedNode(project);
  expect(run(project, "a", "b c")).toMatchObject({ status: 7, stdout: "a,b c\n" });
});

test("passes on the signal that ended the program", async () => {
  await using project = await installed(
    "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);",
    "20.20.2",
  );
  await withPinnedNode(project);
  expect(run(project, "serve")).toMatchObject({ status: null, signal: "SIGTERM" });
});

test("starts the file of mlops run for that command, and says what went wrong in it", async () => {
  await using project = await installed("console.log('main')", "24.15.0");
  expect(endOf(run(project, "run"))).toEqual([
    3,
    expect.stringContaining("mlops is not built yet"),
  ]);
  await project.write("dist/cli/run.cjs", "exports.ended = Promise.resolve(console.log('run'));");
  expect(run(project, "run")).toMatchObject({ status: 0, stdout: "run\n" });
  expect(run(project, "runs")).toMatchObject({ status: 0, stdout: "main\n" });
  const failing = [
    'require("./not-installed.cjs");',
    'throw new Error("gone");',
    'exports.ended = Promise.reject(new Error("gone"));',
  ];
  for (const text of failing) {
    await project.write("dist/cli/run.cjs", text);
    expect(endOf(run(project, "run"))).toEqual([
      70,
      expect.stringContaining("mlops could not start"),
    ]);
  }
});

test.each([[], ["--help"], ["-h"]])(
  "starts the file of the list of commands for %j",
  async (...words) => {
    await using project = await installed("console.log('main')", "24.15.0");
    await project.write("dist/cli/help.cjs", "console.log('help');");
    expect(run(project, ...words)).toMatchObject({ status: 0, stdout: "help\n" });
    expect(run(project, ...words, "--json")).toMatchObject({ status: 0, stdout: "main\n" });
  },
);

test("says that a checkout is not built", async () => {
  await using project = await tempProject({ "package.json": '{ "type": "module" }' });
  mkdirSync(project.path("bin"));
  cpSync(join(root, "bin", "mlops.js"), project.path("bin/mlops.js"));
  const { status, stderr } = spawnSync(process.execPath, [project.path("bin/mlops.js")], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([3, expect.stringContaining("npm ci")]);
});
