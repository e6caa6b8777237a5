/** A folder stands in for an interpreter's packages; the times that decide are the file system's own. */
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openInterpreterMemory } from "../../src/adapters/interpreter-memory.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Interpreters } from "../../src/ports/interpreters.ts";

const ENVIRONMENT = sha256("packages");
/** Long after anything the test makes. */
const LATER_MS = Date.now() + 3_600_000;

let folder: string;
let packages: string;
let python: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-interpreters-"));
  packages = join(folder, "site-packages");
  python = join(folder, "bin", "python");
  await mkdir(join(folder, "bin"));
  await writeFile(python, "#!", { mode: 0o755 });
  await writeFile(join(folder, "worker.py"), "");
  await install("pandas-2.0.0");
});
afterEach(() => rm(folder, { recursive: true }));

async function install(name: string): Promise<void> {
  await mkdir(join(packages, `${name}.dist-info`), { recursive: true });
  await writeFile(join(packages, `${name}.dist-info`, "METADATA"), `Version: ${name}\n`);
}

/** As another command would: what it knows is in the file. */
function reopened(): Interpreters {
  return openInterpreterMemory({
    file: join(folder, "memory.json"),
    workerFile: join(folder, "worker.py"),
    environment: { PATH: join(folder, "bin") },
  });
}

async function remember(askedAtMs = LATER_MS): Promise<void> {
  const said = { environment: ENVIRONMENT, searched: [packages, join(folder, "python.zip")] };
  await reopened().keepEnvironment(python, said, askedAtMs);
}

describe("the packages of an interpreter", () => {
  test("are remembered while nothing changes", async () => {
    await remember();
    expect(await reopened().environment(python)).toBe(ENVIRONMENT);
  });

  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a package is installed", () => install("numpy-2.1.0")],
    [
      "a package is removed",
      () => rm(join(packages, "pandas-2.0.0.dist-info"), { recursive: true }),
    ],
    [
      "a package is installed again, with its old times put back",
      async () => {
        const metadata = join(packages, "pandas-2.0.0.dist-info", "METADATA");
        await writeFile(metadata, "Version: pandas-2.0.1\n");
        await utimes(metadata, 1, 1);
      },
    ],
    [
      "a link to a project elsewhere appears",
      () => writeFile(join(packages, "mine.pth"), "/src\n"),
    ],
    ["start-up code appears", () => writeFile(join(packages, "sitecustomize.py"), "")],
    ["a place that was searched in vain is there", () => writeFile(join(folder, "python.zip"), "")],
    ["the interpreter is another file", () => writeFile(python, "#!!", { mode: 0o755 })],
    [
      "it became an environment of its own",
      () => writeFile(join(folder, "pyvenv.cfg"), "home = /"),
    ],
    ["the program that asks is another one", () => writeFile(join(folder, "worker.py"), "# newer")],
  ];
  test.each(changes)("are asked for again when %s", async (_name, change) => {
    await remember();
    await change();
    expect(await reopened().environment(python)).toBeUndefined();
  });

  test("are not remembered when they changed just before they were asked for", async () => {
    await remember(Date.now());
    expect(await reopened().environment(python)).toBeUndefined();
  });

  test("are asked for when the file is damaged", async () => {
    await remember();
    await writeFile(join(folder, "memory.json"), '{"packages":{"');
    expect(await reopened().environment(python)).toBeUndefined();
  });
});

describe("which interpreter a command starts", () => {
  const answer = (executable: string) => ({ version: "3.11.7", executable });

  test("is remembered for a link to it", async () => {
    await symlink(python, join(folder, "bin", "python3"));
    await reopened().keepAnswer("python3", answer(join(folder, "bin", "python3")));
    expect(await reopened().answer("python3")).toEqual(answer(join(folder, "bin", "python3")));
  });

  test("is never remembered for a script that decides at each start", async () => {
    await writeFile(join(folder, "bin", "shim"), "#!", { mode: 0o755 });
    await reopened().keepAnswer("shim", answer(python));
    expect(await reopened().answer("shim")).toBeUndefined();
  });
});
