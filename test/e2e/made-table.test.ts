/** A matrix that the notebook makes itself: proven, packed, measured against its champion and served by the places of its columns. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunCommandResult } from "../../src/cli/run-schema.ts";
import type { Certificate } from "../../src/verification/schema.ts";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const CELLS = [
  "import numpy as np\nfrom sklearn.datasets import make_classification\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler",
  "#: ## Load",
  "X, y = make_classification(n_samples=120, n_features=3, n_redundant=0, n_informative=3, random_state=1)\nrng = np.random.RandomState(2)\nX += 2 * rng.uniform(size=X.shape)",
  "#: ## Split",
  "X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)\nscaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
  "#: ## Train",
  "model = LogisticRegression(C=1.0).fit(X_train, y_train)\nprint(model.score(X_test, y_test))",
];

test("a matrix that the notebook makes itself is served by its columns' places", {
  timeout: 600_000,
}, async () => {
  await using project = await storyProject(await pythonForTests(), (folder) =>
    writeFile(join(folder, "clouds.ipynb"), notebookText(CELLS)),
  );
  checkExit(await project.mlops("promote", "clouds.ipynb"), 0);
  const read = (name: string): Promise<string> =>
    readFile(join(project.folder, "pipelines/clouds", name), "utf8");
  const { features } = JSON.parse(await read("certificate.json")) as Certificate;
  const proofs = (features?.proofs ?? []).map(({ proof, result }) => `${proof} ${result}`);
  expect(proofs.filter((each) => each.endsWith("fails"))).toEqual([]);
  expect(proofs).toEqual(
    expect.arrayContaining([
      "transform-same-as-notebook holds",
      "labels-do-not-matter holds",
      "made-up-rows-same-as-training holds",
    ]),
  );
  const contract = JSON.parse(await read("contract.json")) as {
    readonly columns: readonly { readonly name: string }[];
  };
  expect(contract.columns.map(({ name }) => name)).toEqual(["0", "1", "2"]);
  const run = async (...words: readonly string[]): Promise<RunCommandResult> => {
    const finished = await project.mlops("run", "clouds", "--json", ...words);
    checkExit(finished, 0);
    return (JSON.parse(finished.stdout) as { readonly result: RunCommandResult }).result;
  };
  expect((await run()).registered).toMatchObject({ version: 1, serving: { ready: true } });
  const other = await run("--param", "c=0.5");
  expect(other.registered).toMatchObject({ version: 2, serving: { ready: true } });
});
