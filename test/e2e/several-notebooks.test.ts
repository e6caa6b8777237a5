/** Three notebooks that hand files on, as one pipeline: promoted, run, run again with another parameter, verified. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { checkEverythingCompared } from "../support/coverage.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const CLEAN = [
  "#: # Cleaning",
  'import pandas as pd\npd.set_option("display.max_rows", 4)',
  'df = pd.read_csv("raw.csv")\ndf.head()',
  'df = df[df["age"] < 75].reset_index(drop=True)\nprint(df)',
  'df.to_csv("clean.csv", index=False)',
];
const TRAIN = [
  "#: # Training",
  "import joblib\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score",
  'df = pd.read_csv("clean.csv")\nprint(df)',
  'X = df[["age", "income"]]\ny = df["bought"]',
  "model = LogisticRegression(C=0.5)\nmodel.fit(X, y)",
  "print(accuracy_score(y, model.predict(X)))",
  'joblib.dump(model, "model.joblib")',
];
const REPORT = [
  "import joblib\nimport pandas as pd",
  'model = joblib.load("model.joblib")\nshown = pd.Series(model.coef_[0], index=["age", "income"])',
  'shown.to_csv("coefficients.csv")',
];

async function threeNotebooks(): Promise<StoryProject> {
  const rows = Array.from({ length: 60 }, (_, at) => {
    const [age, income] = [18 + ((at * 7) % 62), 10 + ((at * 13) % 90)];
    return `${String(age)},${String(income)},${String(Number(age + income > 100 !== (at % 9 === 0)))}`;
  });
  return storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "raw.csv"), `age,income,bought\n${rows.join("\n")}\n`);
    for (const [name, cells] of Object.entries({ clean: CLEAN, train: TRAIN, report: REPORT }))
      await writeFile(join(folder, `${name}.ipynb`), notebookText(cells));
  });
}

interface Promoted {
  readonly result: {
    readonly certificate: {
      readonly verdict: string;
      readonly coverage: Record<string, { compared: number; total: number }>;
      readonly excluded: readonly { readonly exploration?: boolean }[];
    };
    readonly plan: {
      readonly notebooks: readonly { readonly path: string; readonly firstCell: number }[];
      readonly steps: readonly { readonly name: string; readonly cells: readonly number[] }[];
    };
    readonly serving: { readonly ready: boolean };
  };
}

interface Ran {
  readonly steps: readonly {
    readonly step: string;
    readonly decision: string;
    readonly because: string;
  }[];
}

test("three notebooks become one pipeline, joined by the files they hand on", async () => {
  await using project = await threeNotebooks();
  const { mlops, folder } = project;
  const promoted = await mlops(
    "promote",
    "clean.ipynb",
    "train.ipynb",
    "report.ipynb",
    "--name",
    "buyers",
    "--no-lock",
    "--json",
  );
  checkExit(promoted, 0);
  const { result } = JSON.parse(promoted.stdout) as Promoted;
  checkEverythingCompared(result.certificate);
  expect(result.certificate.coverage["text"]?.compared).toBe(result.plan.steps.length);
  expect(result.plan.notebooks.map(({ path, firstCell }) => [path, firstCell])).toEqual([
    ["clean.ipynb", 1],
    ["train.ipynb", 6],
    ["report.ipynb", 13],
  ]);
  // No step has cells of two notebooks.
  for (const { cells } of result.plan.steps)
    expect(new Set(cells.map((cell) => (cell >= 13 ? 3 : cell >= 6 ? 2 : 1))).size).toBe(1);
  expect(result.serving.ready).toBe(true);
  const yaml = await readFile(join(folder, "pipelines/buyers/pipeline.yaml"), "utf8");
  expect(yaml).toContain("first-cell: 6");
  const train = await readFile(join(folder, "pipelines/buyers/buyers/train.py"), "utf8");
  expect(train).toContain("# train.ipynb, cell 5, line 1");
  // The first notebook's display option is not the second's.
  const load = await readFile(join(folder, "pipelines/buyers/buyers/load_2.py"), "utf8");
  expect(load).not.toContain("set_option");

  checkExit(await mlops("run", "buyers"), 0);
  const again = await mlops("run", "buyers", "--param", "c=0.01", "--json");
  checkExit(again, 0);
  const { steps } = (JSON.parse(again.stdout) as { readonly result: { readonly run: Ran } }).result
    .run;
  const executed = steps.filter(({ decision }) => decision === "execute");
  expect(executed[0]?.step).toBe("train");
  expect(executed.map(({ because }) => because).join("\n")).toContain("model.joblib changed");
  expect(steps.find(({ step }) => step === "load")?.decision).not.toBe("execute");
  checkExit(await mlops("verify", "buyers"), 0);

  // A change of either notebook is noticed, and the place of an error is that of its own notebook.
  await writeFile(join(folder, "train.ipynb"), notebookText([...TRAIN, "1 / 0"]));
  const warned = await mlops("run", "buyers");
  checkExit(warned, 0);
  expect(warned.stderr).toContain("train.ipynb: was saved since pipeline buyers was made from it");
  const before = await project.snapshot();
  const raised = await mlops(
    "promote",
    "clean.ipynb",
    "train.ipynb",
    "--name",
    "buyers",
    "--no-lock",
  );
  checkExit(raised, 2);
  expect(raised.stderr).toContain("train.ipynb, cell 8, line 1: ZeroDivisionError");
  expect(await project.snapshot()).toEqual(before);
});

test.each([
  ["without a name", ["clean.ipynb", "train.ipynb"], "usage-missing-answer"],
  ["with a notebook named twice", ["clean.ipynb", "clean.ipynb", "--name", "x"], "notebook-twice"],
  ["of which one is missing", ["clean.ipynb", "other.ipynb", "--name", "x"], "notebook-missing"],
])("several notebooks %s are refused before anything runs", async (_, words, code) => {
  await using project = await threeNotebooks();
  const before = await project.snapshot();
  const refused = await project.mlops("promote", ...words);
  checkExit(refused, 2);
  expect(refused.stderr).toContain(`[${code}]`);
  expect(await project.snapshot()).toEqual(before);
});
