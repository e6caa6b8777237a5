/** The generated files as files: they are clean, and the tests among them pass on made-up rows. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  churnScript,
  featureFiles,
  featureFixtureFolder,
  readFixture,
  stageScript,
} from "../support/feature-cases.ts";
import { pythonForTests } from "../support/python-environment.ts";

const run = promisify(execFile);
let folder = "";
let python = "";

beforeAll(async () => {
  python = await pythonForTests();
  folder = await mkdtemp(join(tmpdir(), "mlops-feature-files-"));
  const scripts: Readonly<Record<string, string>> = {
    churn: await churnScript(),
    houses: await readFixture("houses.py"),
    shoppers: await readFixture("shoppers.py"),
    loans: await readFixture("loans.py"),
    buyers: await readFixture("buyers.py"),
  };
  // Every generated folder says itself how it is checked.
  const ruffSettings = await readFile(
    new URL("../../templates/project/ruff.toml", import.meta.url),
    "utf8",
  );
  for (const [name, script] of Object.entries(scripts)) {
    const staged = await stageScript(script);
    if (!staged.ok) throw new Error(staged.error.message);
    const files = {
      ...(await featureFiles(staged.value, name)),
      [`${name}/__init__.py`]: "",
      "ruff.toml": ruffSettings,
    };
    for (const [path, text] of Object.entries(files)) {
      const target = join(folder, name, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
  await writeFile(join(folder, "churn", "churn", "contract.json"), JSON.stringify(CONTRACT));
  await writeFile(join(folder, "buyers", "buyers", "contract.json"), JSON.stringify(SALES));
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("all generated Python is clean", async () => {
  const checks = ["churn", "houses", "shoppers", "loans", "buyers"].map((name) =>
    run(python, ["-m", "ruff", "check", "--no-cache", "--extend-select", "I,UP,B", "."], {
      cwd: join(folder, name),
    }),
  );
  for (const { stdout } of await Promise.all(checks))
    expect(stdout).toContain("All checks passed!");
}, 60_000);

test.each([
  { name: "churn", passed: "11 passed" },
  { name: "buyers", passed: "7 passed" },
])(
  "the generated tests of $name pass on made-up rows",
  async ({ name, passed }) => {
    const { stdout } = await run(
      python,
      ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
      {
        cwd: join(folder, name),
        env: {
          PATH: process.env["PATH"],
          PYTHONPATH: join(folder, name),
          PYTHONDONTWRITEBYTECODE: "1",
        },
      },
    );
    expect(stdout).toContain(passed);
  },
  120_000,
);

test("the generated tests fail when a line of transform is wrong", async () => {
  const broken = join(folder, "broken");
  const staged = await stageScript(await churnScript());
  if (!staged.ok) throw new Error(staged.error.message);
  const files = {
    ...(await featureFiles(staged.value, "churn")),
    "churn/__init__.py": "",
    "churn/contract.json": JSON.stringify(CONTRACT),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(broken, path)), { recursive: true });
    await writeFile(
      join(broken, path),
      text.replace("fillna(state.monthly_charges_median)", `sub(df["monthly_charges"].mean())`),
    );
  }
  const failing = run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], {
    cwd: broken,
    env: { PATH: process.env["PATH"], PYTHONPATH: broken, PYTHONDONTWRITEBYTECODE: "1" },
  });
  await expect(failing).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining("test_one_row_gives_what_the_batch_gives") as unknown,
  });
}, 120_000);

test("support and predictor keep types, policies and places", async () => {
  const { stdout } = await run(python, [
    join(featureFixtureFolder, "check_support.py"),
    join(folder, "churn"),
  ]);
  expect(stdout.trim()).toBe("ok");
}, 120_000);

const TEXT = { type: "string", nullable: false, unseen: "other", personal: false };
const NUMBER = { nullable: true, unseen: "other", personal: false };
const CONTRACT = {
  version: 1,
  columns: [
    { ...TEXT, name: "gender", categories: ["Female", "Male"] },
    { ...NUMBER, name: "senior", type: "int64", min: 0, max: 1 },
    { ...NUMBER, name: "tenure", type: "int64", min: 0, max: 72 },
    { ...TEXT, name: "contract", categories: ["Month-to-month", "One year", "Two year"] },
    {
      ...TEXT,
      name: "payment_method",
      categories: ["Credit card", "Electronic check", "Mailed check"],
    },
    { ...TEXT, name: "paperless", categories: ["No", "Yes"] },
    { ...NUMBER, name: "monthly_charges", type: "float64", min: 18.2, max: 119 },
    { ...TEXT, name: "total_charges" },
  ],
  answer: { kind: "label", classes: ["No", "Yes"] },
};

interface Broken {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly fails: string;
}

const BROKEN: readonly Broken[] = [
  {
    name: "churn",
    from: "fillna(state.monthly_charges_median)",
    to: `sub(df["monthly_charges"].mean())`,
    fails: "test_one_row_gives_what_the_batch_gives",
  },
  {
    name: "buyers",
    from: "(state.last_day - days.max())",
    to: `(sales["day"].max() - days.max())`,
    fails: "test_one_entity_gives_what_the_batch_gives",
  },
];

test.each(BROKEN)(
  "the generated tests of $name fail when a line of transform is wrong",
  async ({ name, from, to, fails }) => {
    const broken = join(folder, `broken-${name}`);
    const script = name === "churn" ? await churnScript() : await readFixture(`${name}.py`);
    const staged = await stageScript(script);
    if (!staged.ok) throw new Error(staged.error.message);
    const files = {
      ...(await featureFiles(staged.value, name)),
      [`${name}/__init__.py`]: "",
      [`${name}/contract.json`]: JSON.stringify(name === "churn" ? CONTRACT : SALES),
    };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(broken, path)), { recursive: true });
      await writeFile(join(broken, path), text.replace(from, to));
    }
    const failing = run(python, ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], {
      cwd: broken,
      env: { PATH: process.env["PATH"], PYTHONPATH: broken, PYTHONDONTWRITEBYTECODE: "1" },
    });
    await expect(failing).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(fails) as unknown,
    });
  },
  120_000,
);

const SALES = {
  version: 1,
  columns: [
    { ...NUMBER, name: "receipt", type: "int64", min: 1000, max: 1400 },
    { ...TEXT, name: "buyer" },
    { ...NUMBER, name: "day", type: "timestamp", min: "2023-01-01T00:00:00Z" },
    { ...TEXT, name: "kind", categories: ["books", "food", "tools"] },
    { ...NUMBER, name: "pieces", type: "int64", min: -1, max: 5 },
    { ...NUMBER, name: "price", type: "float64", min: 1, max: 90 },
  ],
  entity: "buyer",
  answer: { kind: "cluster", per: "entity" },
};
