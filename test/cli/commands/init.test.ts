import { chmodSync, mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { parseYaml } from "../../../src/base/yaml.ts";
import { configKeys } from "../../../src/config/schema.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const FAKE_PYTHON = "#!/bin/sh\necho 3.12.1\necho /opt/python/bin/python3\n";

/** A folder with a `python3` that answers; PATH leads to it and to the shell it needs. */
async function projectWithPython(
  files: Readonly<Record<string, string>> = {},
): Promise<TempProject> {
  const project = await tempProject({ "tools/python3": FAKE_PYTHON, ...files });
  chmodSync(project.path("tools/python3"), 0o755);
  mkdirSync(project.path("work"), { recursive: true });
  return project;
}

async function init(
  project: TempProject,
  ...flags: readonly string[]
): ReturnType<typeof runMlops> {
  return runMlops(["init", ...flags], {
    directory: project.path("work"),
    environment: { PATH: `${project.path("tools")}:/bin:/usr/bin` },
  });
}

test("writes commented settings and a state folder that git ignores", async () => {
  await using project = await projectWithPython({ "work/churn.ipynb": "{}" });
  const run = await init(project);
  expect(run).toMatchObject({ exit: 0, stderr: "" });
  expect(run.stdout).toContain("Python 3.12.1 /opt/python/bin/python3");
  expect(run.stdout).toContain("next: mlops promote churn.ipynb");
  const settings = await project.read("work/.mlopsrc.yaml");
  expect(settings).toMatch(/^# /);
  expect(parseYaml(settings, "x").value).toEqual({ version: 1, pipelines: "pipelines" });
  expect(await project.read("work/.mlops/.gitignore")).toContain("\n*\n");
});

test.each([[[]], [["--python", "python3"]]])(
  "names every key in comments after %j",
  async (flags) => {
    await using project = await projectWithPython();
    await init(project, ...flags);
    const settings = await project.read("work/.mlopsrc.yaml");
    const named = new Set(
      [...settings.matchAll(/^[# ]*([a-z-]+):(?: |$)/gm)].map(([, key]) => key),
    );
    const absent = configKeys().filter(({ path }) => path.some((name) => !named.has(name)));
    expect(absent).toEqual([]);
  },
);

test("changes nothing the second time, not even what was edited", async () => {
  await using project = await projectWithPython();
  await init(project);
  await project.write("work/.mlopsrc.yaml", "# mine\nversion: 1\n");
  const run = await init(project, "--json", "--pipelines", "other");
  expect(run.json()).toMatchObject({
    ok: true,
    result: {
      files: [
        { path: ".mlopsrc.yaml", status: "unchanged" },
        { path: ".mlops/.gitignore", status: "unchanged" },
      ],
    },
  });
  expect(await project.read("work/.mlopsrc.yaml")).toBe("# mine\nversion: 1\n");
});

test("writes down what flags say", async () => {
  await using project = await projectWithPython();
  await init(project, "--pipelines", "ml/pipelines", "--python", "python3");
  expect(parseYaml(await project.read("work/.mlopsrc.yaml"), "x").value).toEqual({
    version: 1,
    pipelines: "ml/pipelines",
    python: "python3",
  });
});

test.each([".venv/bin/python", "venv/bin/python", "venv/bin/python3"])(
  "writes down the project's own %s as it is",
  async (path) => {
    await using project = await projectWithPython({ [`work/${path}`]: FAKE_PYTHON });
    chmodSync(project.path(`work/${path}`), 0o755);
    await init(project);
    const settings = parseYaml(await project.read("work/.mlopsrc.yaml"), "x").value;
    expect(settings).toMatchObject({ python: path });
    expect((await init(project)).exit).toBe(0);
  },
);

test.each([
  { flags: ["--python", "no-such-python"], exit: 3, code: "python-missing" },
  { flags: ["--pipelines", "../up"], exit: 2, code: "usage-wrong-value" },
])("leaves the folder as it was after $code", async ({ flags, exit, code }) => {
  await using project = await projectWithPython({ "work/a": "" });
  const run = await init(project, ...flags);
  expect(run.exit).toBe(exit);
  expect(run.stderr).toContain(`[${code}]`);
  expect((await project.list()).filter((path) => path.startsWith("work/"))).toEqual(["work/a"]);
});
