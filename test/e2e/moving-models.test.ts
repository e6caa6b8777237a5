/** A model trained in one project answers the same in another that knows nothing but the exported folder. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const CELLS = [
  "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
  "#: ## Load",
  "df = pd.read_csv('buyers.csv')",
  "#: ## Features",
  "df['age'] = df['age'].fillna(df['age'].median())\nX = df[['age', 'visits']]\ny = df['bought']",
  "#: ## Train",
  "model = LogisticRegression(max_iter=500).fit(X, y)",
];

const ROWS = "age,visits\n31,2\n44,8\n,5\n";

test("an exported model answers the same where it is imported, and not where it was changed", {
  timeout: 600_000,
}, async () => {
  const python = await pythonForTests();
  await using project = await storyProject(python, async (folder) => {
    const rows = Array.from({ length: 60 }, (_, at) =>
      [at % 7 === 0 ? "" : 20 + (at % 41), at % 9, at % 9 > 3 ? 1 : 0].join(","),
    );
    await writeFile(join(folder, "buyers.csv"), ["age,visits,bought", ...rows].join("\n"));
    await writeFile(join(folder, "buyers.ipynb"), notebookText(CELLS));
    await writeFile(join(folder, "new.csv"), ROWS);
  });
  checkExit(await project.mlops("promote", "buyers.ipynb", "--no-verify"), 0);
  checkExit(await project.mlops("run", "buyers"), 0);
  checkExit(await project.mlops("predict", "buyers", "--input", "new.csv", "--out", "here.csv"), 0);

  await using other = await storyProject(python, async (folder) => {
    await writeFile(join(folder, "new.csv"), ROWS);
    await mkdir(join(folder, "models"));
  });
  const folder = join(other.folder, "models/buyers-v1");
  checkExit(await project.mlops("models", "export", "buyers@v1", "--out", folder), 0);
  checkExit(await project.mlops("models", "export", "buyers@v1", "--out", folder), 2);
  const bring = ["models", "import", "models/buyers-v1"];
  const dry = await other.mlops(...bring, "--dry-run");
  checkExit(dry, 0);
  expect(dry.stdout).toContain("Nothing was stored or registered");
  const imported = await other.mlops(...bring);
  checkExit(imported, 0);
  expect(imported.stdout).toMatch(/buyers@v1 imported\n[^]*Serve it: mlops serve buyers@v1/);
  checkExit(await other.mlops("predict", "buyers", "--input", "new.csv", "--out", "there.csv"), 0);
  const answers = await readFile(join(other.folder, "there.csv"), "utf8");
  expect(answers.split("\n")).toHaveLength(5);
  expect(answers).toBe(await readFile(join(project.folder, "here.csv"), "utf8"));

  await writeFile(join(folder, "contract.json"), "{}");
  const changed = await other.mlops(...bring);
  checkExit(changed, 2);
  expect(changed.stderr).toContain("[import-digest-mismatch]");
});
