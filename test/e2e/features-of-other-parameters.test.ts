/** A run with other parameters learns other features, and its version serves those. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunCommandResult } from "../../src/cli/run-schema.ts";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const CELLS = [
  "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler",
  "MOST_AGE = 60",
  "#: ## Load",
  "df = pd.read_csv('spending.csv')",
  "#: ## Features",
  "df['age'] = df['age'].clip(upper=MOST_AGE)\nX = df[['age', 'visits']]\ny = df['spent']",
  "#: ## Split",
  "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)\nscaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
  "#: ## Train",
  "model = LinearRegression().fit(X_train, y_train)\nprint(model.score(X_test, y_test))",
];

test("a run with another split and another cap registers a version that serves what it was trained with", {
  timeout: 900_000,
}, async () => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    const rows = Array.from({ length: 80 }, (_, at) =>
      [20 + (at % 51), at % 9, 3 * (at % 51) + (at % 9) ** 2].join(","),
    );
    await writeFile(join(folder, "spending.csv"), ["age,visits,spent", ...rows].join("\n"));
    await writeFile(join(folder, "spending.ipynb"), notebookText(CELLS));
    await writeFile(join(folder, "asked.csv"), "age,visits\n50,2\n60,2\n70,2\n30,2\n");
  });
  checkExit(await project.mlops("promote", "spending.ipynb"), 0);
  const answers = async (...words: readonly string[]): Promise<readonly (string | undefined)[]> => {
    const ran = await project.mlops("run", "spending", ...words, "--json");
    checkExit(ran, 0);
    const { registered } = (JSON.parse(ran.stdout) as { readonly result: RunCommandResult }).result;
    expect(registered).toMatchObject({ serving: { ready: true } });
    const version = registered !== undefined && "version" in registered ? registered.version : 0;
    const out = `answers-${String(version)}.csv`;
    checkExit(
      await project.mlops(
        "predict",
        `spending@v${String(version)}`,
        "--input",
        "asked.csv",
        "--out",
        out,
      ),
      0,
    );
    const [head = "", ...lines] = (await readFile(join(project.folder, out), "utf8"))
      .trim()
      .split("\n");
    const at = head.split(",").indexOf("label");
    return lines.map((line) => line.split(",")[at]);
  };
  const [fifty, sixty, seventy] = await answers();
  expect(sixty).toBe(seventy);
  expect(fifty).not.toBe(sixty);

  const [older, old, oldest, young] = await answers(
    "--param",
    "most-age=40",
    "--param",
    "test-size=0.4",
    "--param",
    "seed=11",
  );
  expect([old, oldest]).toEqual([older, older]);
  expect(young).not.toBe(older);
});
