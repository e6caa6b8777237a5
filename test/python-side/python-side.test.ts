/** The Python that is shipped, tested in Python: each file of pytest tests is one test here, with its report when it fails. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { RUNTIME_MODULES } from "../../src/pipeline/runtime-modules.ts";
import { pythonForTests } from "../support/python-environment.ts";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const run = promisify(execFile);

const files = readdirSync(here).filter((name) => /^test_.*\.py$/.test(name));

test.each(files)(
  "%s passes",
  async (file) => {
    const command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", join(here, file)];
    // A report that also counts failures is no pass.
    expect(await outputOf(command)).toMatch(
      /^\d+ passed(?:, \d+ (?:skipped|warnings?))* in .*\n$/m,
    );
  },
  300_000,
);

test("the Python we write around the user's lines is clean", async () => {
  const rules = ["--extend-select", "I,UP,B", "--line-length", "100", "--target-version", "py310"];
  const ours = [
    "python/worker.py",
    "python/observer.py",
    "python/ambient.py",
    "python/tables.py",
    "python/parquet.py",
    "python/settings_in_force.py",
    "python/value_state.py",
    "python/plain_tree.py",
    "python/rounds.py",
    "python/identities.py",
    "python/buffer_digest.py",
    "python/part_kinds.py",
    "python/array_content.py",
    "python/live_values.py",
    "python/sharing.py",
    "python/distributions.py",
    "python/star_exports.py",
    "python/evaluating.py",
    "python/training_target.py",
    "python/constant_model.py",
    "python/sandbox.py",
    "python/leakage.py",
    "python/converting.py",
    "python/packing.py",
    "python/pickle_walk.py",
    "python/pickle_files.py",
    "python/safe_loading.py",
  ];
  const copied = ["__main__.py", ...RUNTIME_MODULES, "contract.py"];
  const paths = [...ours, ...copied.map((name) => `project/${name}`)].map((path) =>
    join(root, "templates", path),
  );
  paths.push(join(root, "bin/dev/corpus"));
  expect(
    await outputOf(["-m", "ruff", "check", "--isolated", "--no-cache", ...rules, here, ...paths]),
  ).toBe("All checks passed!\n");
});

async function outputOf(command: readonly string[]): Promise<string> {
  const python = await pythonForTests();
  const env = { PATH: process.env["PATH"], PYTHONDONTWRITEBYTECODE: "1" };
  try {
    const { stdout } = await run(python, command, { cwd: root, env, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as {
      readonly stdout?: string;
      readonly stderr?: string;
    };
    return `${stdout}${stderr}`;
  }
}
