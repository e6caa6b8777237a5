import { expect, test } from "vitest";
import { findPython } from "../../src/app/find-python.ts";
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
    expected: ["python-missing", "nope does not run, or is no Python"],
  },
  {
    name: "the named one is too old, although others are not",
    pythons: { python3: "3.11.7", python2: "2.7.18" },
    named: "python2",
    expected: ["python-too-old", "python2 is Python 2.7.18"],
  },
  {
    name: "the named one is no Python",
    pythons: { cat: "hello" },
    named: "cat",
    expected: ["python-missing", "cat does not run"],
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
