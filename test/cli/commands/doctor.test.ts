import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { expect, test } from "vitest";
import type { DoctorResult } from "../../../src/app/doctor-schema.ts";
import { sha256 } from "../../../src/base/hash.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const FAKE_PYTHON = "#!/bin/sh\necho 3.12.1\necho /opt/python/bin/python3\n";

async function doctor(files: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  await using project = await projectWith(files);
  const run = await runMlops(["doctor", "--json", ...flags], {
    directory: project.path("work"),
    environment: { PATH: `${project.path("tools")}:/bin:/usr/bin` },
  });
  const { result } = run.json() as { readonly result: DoctorResult };
  const checks = Object.fromEntries(result.checks.map((check) => [check.name, check]));
  return { exit: run.exit, checks };
}

async function projectWith(files: Readonly<Record<string, string>>): Promise<TempProject> {
  const project = await tempProject({ "tools/python3": FAKE_PYTHON, ...files });
  for (const path of Object.keys({ "tools/python3": "", ...files }))
    if (path.includes("python")) chmodSync(project.path(path), 0o755);
  return project;
}

test("finds nothing missing in a fresh folder", async () => {
  const { exit, checks } = await doctor({ "work/.mlopsrc.yaml": "version: 1\n" });
  expect(exit).toBe(0);
  expect(checks["python"]).toMatchObject({
    status: "ok",
    found: "Python 3.12.1, /opt/python/bin/python3: python3 on the PATH",
  });
  expect(checks["registry"]?.found).toContain("none yet");
});

test("does not start an interpreter that lies in the repository", async () => {
  const { checks } = await doctor({
    "work/.mlopsrc.yaml": "version: 1\n",
    "work/.venv/bin/python": "#!/bin/sh\necho started > started\necho 3.12.1\n",
    "work/.venv/pyvenv.cfg": "version = 3.11.4\n",
  });
  expect(checks["python"]?.found).toMatch(/^Python 3\.11\.4, \.venv\/bin\/python: .*not started/);
  expect(checks["packages"]).toBeUndefined();
});

test("examines the Python that init was told to take", async () => {
  await using project = await projectWith({
    "work/.mlopsrc.yaml": "version: 1\n",
    "other/python": "#!/bin/sh\necho 3.13.2\necho /opt/other/bin/python\n",
  });
  const entry = { python: project.path("other/python"), setting: null };
  await project.write("work/.mlops/pythons.json", JSON.stringify({ "*": entry }));
  const run = await runMlops(["doctor"], {
    directory: project.path("work"),
    environment: { PATH: `${project.path("tools")}:/bin:/usr/bin` },
  });
  expect(run.stdout).toContain("Python 3.13.2, /opt/other/bin/python");
});

test("does not start a remembered interpreter that lies in the repository", async () => {
  await using project = await projectWith({
    "work/.mlopsrc.yaml": "version: 1\n",
    "work/env/bin/python": "#!/bin/sh\necho started > started\necho 3.12.1\n",
  });
  const entry = { python: project.path("work/env/bin/python"), setting: null };
  await project.write("work/.mlops/pythons.json", JSON.stringify({ "*": entry }));
  const run = await runMlops(["doctor"], { directory: project.path("work") });
  expect(run.stdout).toMatch(/env\/bin\/python: .*not started/);
  expect(await project.list()).not.toContain("work/started");
});

test.each([
  { name: "settings", files: { "work/.mlopsrc.yaml": "serve: 3\n" } },
  {
    name: "python",
    files: {
      "work/.mlopsrc.yaml": "version: 1\n",
      "work/.venv/bin/python": "",
      "work/.venv/pyvenv.cfg": "version = 3.9.2\n",
    },
  },
  {
    name: "registry",
    files: {
      "work/.mlopsrc.yaml": "version: 1\n",
      "work/.mlops/registry.db": "no database at all",
    },
  },
  {
    name: "packages",
    files: {
      "work/.mlopsrc.yaml": "version: 1\n",
      "work/pipelines/churn/requirements.txt": "pandas==2.2.3\n",
    },
  },
])("exits 1 and says what to type when $name must be mended", async ({ name, files }) => {
  const { exit, checks } = await doctor(files);
  expect(exit).toBe(1);
  expect(checks[name]?.status).toBe("missing");
  expect(checks[name]?.hint).not.toBeNull();
});

const SERVICE_TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";
const MACHINES = `approval:\n  machines:\n    retrain-bot: ${sha256(SERVICE_TOKEN)}\n`;

test.each<{
  name: string;
  settings?: string;
  environment?: Readonly<Record<string, string>>;
  status: string;
  found: string;
}>([
  {
    name: "the author that git names",
    status: "ok",
    found: "Grace <grace@example.org>, which nobody has checked",
  },
  {
    name: "a machine",
    settings: MACHINES,
    environment: { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN },
    status: "ok",
    found: "the machine retrain-bot, by its token",
  },
  {
    name: "a machine that nobody named",
    environment: { MLOPS_SERVICE_TOKEN: SERVICE_TOKEN },
    status: "missing",
    found: "MLOPS_SERVICE_TOKEN is not the token of any machine that approval.machines names.",
  },
  {
    name: "a job of GitLab",
    environment: { MLOPS_ID_TOKEN: "a.b.c" },
    status: "ok",
    found: "whoever MLOPS_ID_TOKEN names, once it has been checked",
  },
  {
    name: "a job of GitHub",
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://ci.test",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x",
    },
    status: "ok",
    found: "whoever the ID token of this job names, once it has been checked",
  },
])("says who would act: $name", async ({ settings = "", environment = {}, status, found }) => {
  await using project = await projectWith({ "work/.mlopsrc.yaml": `version: 1\n${settings}` });
  const config = ["init", "config user.name Grace", "config user.email grace@example.org"];
  for (const words of config)
    execFileSync("git", words.split(" "), { cwd: project.path("work"), stdio: "ignore" });
  const run = await runMlops(["doctor", "--json"], {
    directory: project.path("work"),
    environment: { PATH: `${project.path("tools")}:/bin:/usr/bin`, ...environment },
  });
  const { result } = run.json() as { readonly result: DoctorResult };
  expect(result.checks.find((check) => check.name === "identity")).toMatchObject({ status, found });
  expect(run.stdout + run.stderr).not.toContain(SERVICE_TOKEN);
});
