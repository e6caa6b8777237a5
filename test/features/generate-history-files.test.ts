/** The generated files of features that look at earlier rows: they are clean, and the tests among them pass and fail as they should. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { featureFiles, readFixture, stageScript } from "../support/feature-cases.ts";
import { pythonForTests } from "../support/python-environment.ts";

const run = promisify(execFile);
const PLAIN = { nullable: false, unseen: "other", personal: false };
const STORIES = [
  {
    name: "shops",
    declared: { entity: ["shop", "product"], time: "day" },
    contract: [
      { ...PLAIN, name: "day", type: "timestamp" },
      { ...PLAIN, name: "shop", type: "string", categories: ["North", "South"] },
      { ...PLAIN, name: "product", type: "string", categories: ["bread", "rolls"] },
      { ...PLAIN, name: "price", type: "float64", min: 1, max: 5 },
      { ...PLAIN, name: "open", type: "int64", min: 1, max: 1 },
    ],
  },
  {
    name: "meter",
    declared: { entity: [], time: "at" },
    contract: [
      { ...PLAIN, name: "at", type: "string" },
      { ...PLAIN, name: "warmth", type: "float64", min: -5, max: 30 },
    ],
  },
] as const;
let folder = "";
let python = "";

beforeAll(async () => {
  python = await pythonForTests();
  folder = await mkdtemp(join(tmpdir(), "mlops-history-files-"));
  // Every generated folder says itself how it is checked.
  const ruffSettings = await readFile(
    new URL("../../templates/project/ruff.toml", import.meta.url),
    "utf8",
  );
  for (const { name, declared, contract } of STORIES) {
    const staged = await stageScript(
      await readFixture(`${name}.py`),
      undefined,
      undefined,
      declared,
    );
    if (!staged.ok) throw new Error(staged.error.message);
    const files = {
      ...(await featureFiles(staged.value, name)),
      [`${name}/__init__.py`]: "",
      [`${name}/contract.json`]: JSON.stringify({ version: 1, columns: contract }),
      "ruff.toml": ruffSettings,
    };
    for (const [path, text] of Object.entries(files)) {
      const target = join(folder, name, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(STORIES)("$name: all generated Python is clean", async ({ name }) => {
  const { stdout } = await run(
    python,
    ["-m", "ruff", "check", "--no-cache", "--extend-select", "I,UP,B", "."],
    { cwd: join(folder, name) },
  );
  expect(stdout).toContain("All checks passed!");
});

test.each(STORIES)(
  "$name: the generated tests pass on made-up rows",
  async ({ name }) => {
    const { stdout } = await runTests(name);
    expect(stdout).toMatch(/[1-9]\d* passed/u);
    expect(stdout).not.toMatch(/failed|skipped/u);
  },
  120_000,
);

test("the generated tests fail when a row sees its own time in the history", async () => {
  const path = join(folder, "broken", "shops", "_feature_history.py");
  await cp(join(folder, "shops"), join(folder, "broken"), { recursive: true });
  const text = await readFile(path, "utf8");
  expect(text).toContain(`side="left"`);
  await writeFile(path, text.replace(`side="left"`, `side="right"`));
  await expect(runTests("broken")).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("test_a_row_sees_nothing_of_its_own_time_or_later") as unknown,
  });
}, 120_000);

function runTests(name: string): Promise<{ readonly stdout: string }> {
  return run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], {
    cwd: join(folder, name),
    env: {
      PATH: process.env["PATH"],
      PYTHONPATH: join(folder, name),
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
}
