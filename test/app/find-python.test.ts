import { expect, test } from "vitest";
import { findPython, findPythons } from "../../src/app/find-python.ts";
import type { ProcessEnd, ProcessRequest } from "../../src/ports/processes.ts";
import { fakeProcesses } from "../support/fake-processes.ts";
import { memoryFiles } from "../support/memory-files.ts";

interface Case {
  readonly name: string;
  /** Version by command; the executable is the command below /bin. */
  readonly pythons: Readonly<Record<string, string>>;
  readonly named?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Version and how it was found, or the code of the error and a part of its message. */
  readonly expected: readonly [string, string];
}

async function find({ pythons, named, files, environment }: Case): Promise<readonly string[]> {
  const programs = Object.fromEntries(
    Object.entries(pythons).map(([command, version]) => [
      command,
      () => ({ stdout: `${version}\n/bin/${command}\n` }),
    ]),
  );
  const found = await findPython(
    { named, environment: environment ?? {}, signal: new AbortController().signal },
    { files: memoryFiles(files), processes: fakeProcesses(programs) },
  );
  return [found.version, found.foundBy];
}

const venv = { ".venv/bin/python": "" };
/** What poetry calls the environment of a package `Churn Model` in /project. */
const POETRY = "/home/ada/.cache/pypoetry/virtualenvs/churn_model-6gE1vKXj";
const HOME = { HOME: "/home/ada" };
const poetryProject = {
  "pyproject.toml": '[tool.poetry]\nname = "Churn Model"\n',
  "poetry.lock": "",
};

test("Python 2, which cannot be asked in the same way, is too old", async () => {
  const python = (request: ProcessRequest): Partial<ProcessEnd> =>
    request.command.includes("-I")
      ? { kind: "exited", exit: 2, stderr: "Unknown option: -I\nusage: python\n" }
      : { stdout: "2.7.18\n/bin/python\n" };
  const found = findPython(
    { named: "python", environment: {}, signal: new AbortController().signal },
    { files: memoryFiles(), processes: fakeProcesses({ python }) },
  );
  await expect(found).rejects.toMatchObject({
    code: "python-too-old",
    message: expect.stringMatching(/Python 2\.7\.18/) as string,
  });
});

test.each<Case>([
  {
    name: "python3 first",
    pythons: { python3: "3.11.7", python: "3.12.0" },
    expected: ["3.11.7", "path"],
  },
  {
    name: "python where python3 is missing",
    pythons: { python: "3.12.0" },
    expected: ["3.12.0", "path"],
  },
  {
    name: "a newer python where python3 is too old",
    pythons: { python3: "3.9.1", python: "3.10.0" },
    expected: ["3.10.0", "path"],
  },
  {
    name: "the project's environment before the path",
    pythons: { python3: "3.11.7", "/project/.venv/bin/python": "3.13.1" },
    files: venv,
    expected: ["3.13.1", "project-environment"],
  },
  {
    name: "the active environment before the project's",
    pythons: { "/envs/x/bin/python": "3.10.4", "/project/.venv/bin/python": "3.13.1" },
    files: { ...venv, "/envs/x/bin/python": "" },
    environment: { VIRTUAL_ENV: "/envs/x" },
    expected: ["3.10.4", "virtual-environment"],
  },
  {
    name: "an environment as Windows lays it out",
    pythons: { "/project/.venv/Scripts/python.exe": "3.12.0" },
    files: { ".venv/Scripts/python.exe": "" },
    expected: ["3.12.0", "project-environment"],
  },
  {
    name: "what was named, relative to the project",
    pythons: { python3: "3.11.7", "/project/env/bin/python": "3.12.0" },
    named: "env/bin/python",
    expected: ["3.12.0", "named"],
  },
  {
    name: "what was named as a command",
    pythons: { python3: "3.11.7", "python3.13": "3.13.0" },
    named: "python3.13",
    expected: ["3.13.0", "named"],
  },
  {
    name: "an environment without the dot",
    pythons: { "/project/venv/bin/python": "3.12.0" },
    files: { "venv/bin/python": "" },
    expected: ["3.12.0", "project-environment"],
  },
  {
    name: "the active conda environment",
    pythons: { "/conda/envs/x/bin/python": "3.12.0", "/project/.venv/bin/python": "3.13.1" },
    files: { ...venv, "/conda/envs/x/bin/python": "" },
    environment: { CONDA_PREFIX: "/conda/envs/x", CONDA_DEFAULT_ENV: "x" },
    expected: ["3.12.0", "conda"],
  },
  {
    name: "the project's environment before conda's base, which is always active",
    pythons: { "/conda/bin/python": "3.12.0", "/project/.venv/bin/python": "3.13.1" },
    files: { ...venv, "/conda/bin/python": "" },
    environment: { CONDA_PREFIX: "/conda", CONDA_DEFAULT_ENV: "base" },
    expected: ["3.13.1", "project-environment"],
  },
  {
    name: "conda's base before the path",
    pythons: { "/conda/bin/python": "3.12.0", python3: "3.13.1" },
    files: { "/conda/bin/python": "" },
    environment: { CONDA_PREFIX: "/conda", CONDA_DEFAULT_ENV: "base" },
    expected: ["3.12.0", "conda"],
  },
  {
    name: "the conda environment that environment.yml names",
    pythons: { "/conda/envs/churn/bin/python": "3.12.0", python3: "3.13.1" },
    files: { "environment.yml": "name: churn\n", "/conda/envs/churn/bin/python": "" },
    environment: { CONDA_EXE: "/conda/bin/conda" },
    expected: ["3.12.0", "conda-file"],
  },
  {
    name: "poetry's only environment of the project",
    pythons: { [`${POETRY}-py3.12/bin/python`]: "3.12.0", python3: "3.13.1" },
    files: { ...poetryProject, [`${POETRY}-py3.12/bin/python`]: "" },
    environment: HOME,
    expected: ["3.12.0", "poetry"],
  },
  {
    name: "poetry's environment of a project with no table of poetry's, as poetry init writes it since 2.0",
    files: {
      "pyproject.toml":
        '[project]\nname = "Churn Model"\n[build-system]\nbuild-backend = "poetry.core.masonry.api"\n',
      [`${POETRY}-py3.12/bin/python`]: "",
    },
    pythons: { [`${POETRY}-py3.12/bin/python`]: "3.12.0", python3: "3.13.1" },
    environment: HOME,
    expected: ["3.12.0", "poetry"],
  },
  {
    name: "the environment that poetry env use chose",
    pythons: {
      [`${POETRY}-py3.11/bin/python`]: "3.11.0",
      [`${POETRY}-py3.12/bin/python`]: "3.12.0",
    },
    files: {
      ...poetryProject,
      "/home/ada/.cache/pypoetry/virtualenvs/envs.toml": `[churn_model-6gE1vKXj]\nminor = "3.11"\n`,
      [`${POETRY}-py3.11/bin/python`]: "",
      [`${POETRY}-py3.12/bin/python`]: "",
    },
    environment: HOME,
    expected: ["3.11.0", "poetry"],
  },
])("finds $name", async (given) => {
  expect(await find(given)).toEqual(given.expected);
});

test.each<Case>([
  {
    name: "nothing runs",
    pythons: {},
    expected: ["python-missing", "no Python found; tried python3, python"],
  },
  {
    name: "only old ones run",
    pythons: { python3: "3.9.18" },
    expected: ["python-too-old", "python3 is Python 3.9.18; 3.10 or newer is needed"],
  },
  {
    name: "the named one does not run, although others do",
    pythons: { python3: "3.11.7" },
    named: "nope",
    expected: ["python-missing", "nope does not start, does not answer, or is no Python"],
  },
  {
    name: "the named one is too old, although others are not",
    pythons: { python3: "3.11.7", python2: "2.7.18" },
    named: "python2",
    expected: ["python-too-old", "python2 is Python 2.7.18"],
  },
  {
    name: "the project's environment is too old, although the path's Python is not",
    pythons: { python3: "3.11.7", "/project/.venv/bin/python": "3.9.2" },
    files: venv,
    expected: ["python-too-old", "is Python 3.9.2 (the project's own .venv)"],
  },
  {
    name: "the named one is no Python",
    pythons: { cat: "hello" },
    named: "cat",
    expected: ["python-missing", "cat does not start"],
  },
])("says so when $name", async (given) => {
  const [code, message] = given.expected;
  await expect(find(given)).rejects.toThrow(
    expect.objectContaining({
      code,
      exitCode: 3,
      message: expect.stringContaining(message) as unknown,
    }),
  );
});

test("asks in a way that runs nothing of the project", async () => {
  const asked: (readonly string[])[] = [];
  const processes = fakeProcesses({
    python3: ({ command }) => {
      asked.push(command);
      return { stdout: "3.11.7\n/usr/bin/python3\n" };
    },
  });
  const search = { named: undefined, environment: {}, signal: new AbortController().signal };
  await findPython(search, { files: memoryFiles(), processes });
  expect(asked[0]?.slice(1, 4)).toEqual(["-I", "-S", "-c"]);
});

test.each([
  {
    files: { "uv.lock": "" },
    note: "the project uses uv, and its .venv is missing: uv sync makes it",
  },
  { files: { "pyproject.toml": "[tool.uv.sources]\n" }, note: "uv sync makes it" },
  {
    files: { "pyproject.toml": '[build-system]\nbuild-backend = "uv_build"\n' },
    note: "uv sync makes it",
  },
  { files: poetryProject, note: "poetry install makes it" },
  { files: { "environment.yml": "name: churn\n" }, note: "conda env create -f environment.yml" },
  { files: { "venv/pyvenv.cfg": "" }, note: "venv has no interpreter that can be started" },
])("says what is missing where the path is taken beside $files", async ({ files, note }) => {
  const search = { named: undefined, environment: {}, signal: new AbortController().signal };
  const processes = fakeProcesses({ python3: () => ({ stdout: "3.11.7\n/usr/bin/python3\n" }) });
  const found = await findPython(search, { files: memoryFiles(files), processes });
  expect(found.because).toBe("python3 on the PATH");
  expect(found.notes.join("\n")).toContain(note);
});

test("offers each interpreter that could be meant once, the recommended one first", async () => {
  const answer = (version: string, executable: string) => () => ({
    stdout: `${version}\n${executable}\n`,
  });
  const found = await findPythons(
    {
      named: undefined,
      environment: { VIRTUAL_ENV: "/envs/shared" },
      signal: new AbortController().signal,
    },
    {
      files: memoryFiles({
        "/envs/shared/bin/python": "",
        ".venv/bin/python": "",
        "venv/bin/python": "",
      }),
      processes: fakeProcesses({
        "/envs/shared/bin/python": answer("3.12.1", "/envs/shared/bin/python"),
        "/project/.venv/bin/python": answer("3.11.7", "/project/.venv/bin/python"),
        "/project/venv/bin/python": answer("3.8.1", "/project/venv/bin/python"),
        python3: answer("3.12.1", "/envs/shared/bin/python"),
        python: answer("3.12.1", "/envs/shared/bin/python"),
      }),
    },
  );
  expect(found.map(({ executable, because }) => [executable, because])).toEqual([
    ["/envs/shared/bin/python", "the active virtual environment (VIRTUAL_ENV)"],
    ["/project/.venv/bin/python", "the project's own .venv"],
  ]);
});
