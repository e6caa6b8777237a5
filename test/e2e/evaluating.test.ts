/** A version beside a constant and the champion: by the pipeline's own metrics, on the same rows, or with the reason why not. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelShowReport } from "../../src/app/models-schema.ts";
import type { RunCommandResult } from "../../src/cli/run-schema.ts";
import {
  checkExit,
  runProcess,
  type StoryProject,
  storyProject,
} from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

let python: string;

beforeAll(async () => {
  python = await pythonForTests();
});

async function resultOf<T>(project: StoryProject, ...words: readonly string[]): Promise<T> {
  const finished = await project.mlops(...words, "--json");
  checkExit(finished, 0);
  return (JSON.parse(finished.stdout) as { readonly result: T }).result;
}

const run = async (project: StoryProject, ...words: readonly string[]): Promise<RunCommandResult> =>
  resultOf(project, "run", ...words);

async function evaluationOf(
  project: StoryProject,
  model: string,
): Promise<NonNullable<ModelShowReport["evaluation"]>> {
  const { evaluation } = await resultOf<ModelShowReport>(project, "models", "show", model);
  if (evaluation === null) throw new Error(`${model} was not evaluated`);
  return evaluation;
}

test("churn is told from a constant, and a second version from the first", {
  timeout: 900_000,
}, async () => {
  await using project = await storyProject(python);
  checkExit(await project.mlops("promote", "churn.ipynb", "--no-verify"), 0);
  const files = await project.snapshot();
  const { run: first } = await run(project);
  const alone = await evaluationOf(project, "churn@v1");
  const metric = (of: typeof alone, name: string): (typeof alone.metrics)[number] | undefined =>
    of.metrics.find((one) => one.name === name);
  expect(alone.champion).toBeNull();
  expect(alone.baseline).toEqual({
    of: "always the most frequent class of the training target",
    because: null,
    caveat: null,
  });
  expect(metric(alone, "roc-auc")?.baseline).toEqual({ value: 0.5, standing: "better" });
  // Of another model, which is fitted and scored in steps of its own.
  expect(metric(alone, "score")?.baseline).toBeNull();
  expect(alone.leakage.findings).toEqual([]);
  expect([...(await project.snapshot()).keys()].filter((path) => !files.has(path))).toEqual([
    "churn_model.joblib",
  ]);

  checkExit(await project.mlops("models", "alias", "churn@v1", "champion"), 0);
  await run(project, "--param", "n-estimators=20");
  const second = await evaluationOf(project, "churn@v2");
  for (const name of ["accuracy", "roc-auc", "f1"])
    expect(metric(second, name)?.champion?.value).toBe(
      first.metrics.find((one) => one.name === name)?.value,
    );

  // New rows: another split, another scaler, and rows that the champion has seen.
  const data = join(project.folder, "data/churn.csv");
  const [, ...rows] = (await readFile(data, "utf8")).trimEnd().split("\n");
  await appendFile(
    data,
    rows
      .slice(0, 90)
      .map((row) => `N${row}\n`)
      .join(""),
  );
  await run(project);
  const third = await evaluationOf(project, "churn@v3");
  expect(third.champion?.caveat).toMatch(/^it was trained on \d+ of these 378 rows$/);
  expect(third.leakage.findings.join()).toMatch(
    /of 378 hold-out rows have the same features and target as a training row/,
  );
  const alike = await runProcess(python, ["-c", ALIKE], { cwd: project.folder });
  checkExit(alike, 0);
  expect(metric(third, "roc-auc")?.champion?.value).toBe(Number(alike.stdout));

  // A model that is worse becomes no version, and says so.
  await writeFile(join(project.folder, ".mlopsrc.yaml"), "models:\n  register: better\n");
  const worse = await run(project, "--param", "n-estimators=1", "--param", "max-depth=1");
  expect(worse.registered).toBeUndefined();
  expect(worse.notRegistered?.because.join()).toMatch(
    /roc-auc is 0\.\d+, of the champion churn@v1 0\./,
  );
  await writeFile(join(project.folder, ".mlopsrc.yaml"), "models:\n  register: manual\n");
  const manual = await run(project);
  expect(manual).toMatchObject({
    notRegistered: { model: "churn", because: ["models.register in .mlopsrc.yaml is manual"] },
  });
  const shown = await project.mlops("models", "show", "churn@v3");
  expect(shown.stdout).toMatch(/metric +this +baseline +champion/);
});

/** The champion's answers on the raw rows that the candidate holds out, without anything of ours in between. */
const ALIKE = `
import importlib, sys
import pandas as pd
from sklearn.metrics import roc_auc_score
folder = ".mlops/models/churn/v1"
sys.path.insert(0, folder + "/code")
predictor = importlib.import_module("churn.predict").load(folder)
for name in [name for name in sys.modules if name.partition(".")[0] == "churn"]:
    del sys.modules[name]
sys.path[0] = "pipelines/churn"
raw = pd.read_csv("data/churn.csv")
_state, matrices = importlib.import_module("churn.features").learn(raw)
rows = raw.loc[matrices["X_test_scaled"].rows]
chances = [answer["probabilities"]["Yes"] for answer in predictor(rows)]
print(repr(float(roc_auc_score(rows["churn"] == "Yes", chances))))
`;

/** Who buys: from age and visits, and after a change of the notebook from visits alone. */
const cells = (columns: readonly string[]): readonly string[] => [
  "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split",
  "#: ## Load",
  "df = pd.read_csv('buyers.csv')",
  "#: ## Split",
  `X = df[[${columns.map((name) => `'${name}'`).join(", ")}]]\ny = df['bought']`,
  "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=1)",
  "#: ## Train",
  "model = LogisticRegression(max_iter=500).fit(X_train, y_train)",
  "#: ## Evaluate",
  "predictions = model.predict(X_test)\naccuracy = accuracy_score(y_test, predictions)\nwith open('accuracy.txt', 'w') as file:\n    file.write(str(accuracy))\nprint(accuracy)",
];

let buyers: StoryProject;

beforeAll(async () => {
  buyers = await storyProject(python, async (folder) => {
    const rows = Array.from({ length: 60 }, (_, at) =>
      [20 + ((at * 7) % 41), at % 9, (at * 5) % 9 > 3 ? 1 : 0].join(","),
    );
    await writeFile(join(folder, "buyers.csv"), ["age,visits,bought", ...rows, ""].join("\n"));
  });
});

afterAll(async () => {
  await buyers[Symbol.asyncDispose]();
});

test("a champion whose columns are gone is no number but a reason, and nothing that a measuring step writes stays", {
  timeout: 900_000,
}, async () => {
  const promote = async (text: string): Promise<void> => {
    await writeFile(join(buyers.folder, "buyers.ipynb"), text);
    checkExit(await buyers.mlops("promote", "buyers.ipynb", "--no-verify", "--yes"), 0);
  };
  await promote(notebookText(cells(["age", "visits"])));
  await run(buyers);
  checkExit(await buyers.mlops("models", "alias", "buyers@v1", "champion"), 0);
  const written = await readFile(join(buyers.folder, "accuracy.txt"), "utf8");
  const first = await evaluationOf(buyers, "buyers@v1");
  expect(first.baseline.because).toBeNull();
  // What the measuring of others would have written went into a folder that is gone.
  expect(Number(written)).toBe(first.metrics[0]?.value);

  const data = join(buyers.folder, "buyers.csv");
  const text = await readFile(data, "utf8");
  await writeFile(data, text.replaceAll(/^[^,]*,/gm, ""));
  await promote(notebookText(cells(["visits"])));
  await run(buyers);
  const second = await evaluationOf(buyers, "buyers@v2");
  expect(second.champion).toMatchObject({ of: "buyers@v1" });
  expect(second.champion?.because).toMatch(
    /its features cannot be computed from these rows: .*age/,
  );
  expect(second.baseline.because).toBeNull();
});
