/** Skew planted into serving, systematically: every change of an operator, constant, statistic, line or order that changes features fails a proof. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { churnScript, featureFiles, readFixture, stageScript } from "../support/feature-cases.ts";
import { runFeatureScript } from "../support/feature-python.ts";

const STORIES = [
  {
    name: "churn",
    table: "data/churn.csv",
    matrices: ["X_test_scaled", "X_train_scaled"],
    /** Kinds of changes that its serving path has a place for. */
    kinds: [
      "operator",
      "constant",
      "refitted statistic",
      "refitted object",
      "dropped line",
      "column order",
    ],
  },
  {
    name: "houses",
    table: "houses.csv",
    matrices: ["test_matrix", "train_matrix"],
    kinds: ["operator", "constant", "refitted statistic", "dropped line", "column order"],
  },
  {
    name: "loans",
    table: "loans.csv",
    matrices: ["X_test", "X_train"],
    kinds: ["constant", "refitted statistic", "dropped line", "column order"],
  },
] as const;

interface Judged {
  readonly mutants: Readonly<Record<string, number>>;
  readonly caught: Readonly<Record<string, number>>;
  /** Neither caught nor different, on the raw rows and on a grid of others. */
  readonly equivalent: readonly string[];
  readonly missed: readonly string[];
}

let folder = "";
let judged: readonly Judged[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-planted-"));
  const cases: object[] = [];
  for (const story of STORIES) {
    const script =
      story.name === "churn" ? await churnScript() : await readFixture(`${story.name}.py`);
    const notebook = join(folder, `${story.name}.py`);
    await writeFile(notebook, script.replaceAll(/^# %%$/gmu, ""));
    const staged = await stageScript(script);
    if (!staged.ok) throw new Error(`${story.name}: ${staged.error.message}`);
    const packageName = `planted_${story.name}`;
    for (const [path, text] of Object.entries(await featureFiles(staged.value, packageName))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const data = fileURLToPath(new URL("../../examples/churn/data/churn.csv", import.meta.url));
    cases.push({ ...story, notebook, package: packageName, folder, data });
  }
  judged = await runFeatureScript<Judged>("run_mutants.py", cases);
}, 900_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(STORIES.map((story, at) => ({ ...story, at })))(
  "$name: whatever changes the served features is caught",
  ({ at, kinds }) => {
    const found = judged[at];
    expect(found?.missed).toEqual([]);
    for (const kind of kinds) expect([kind, found?.caught[kind] ?? 0]).not.toEqual([kind, 0]);
  },
);
