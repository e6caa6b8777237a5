/** Promotion, `verify` and every registration hold the served features to what the model was given; a split without a seed included. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunCommandResult } from "../../src/cli/run-schema.ts";
import type { Certificate } from "../../src/verification/schema.ts";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

/** Who buys; what is learned of the ages depends on the split, which depends on what was drawn before. */
const CELLS = [
  "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler",
  "#: ## Load",
  "df = pd.read_csv('buyers.csv')\nprint(df.sample(2))",
  "#: ## Features",
  "df['age'] = df['age'].fillna(40)\ndf['eager'] = df['visits'] > 4\nX = df[['age', 'visits', 'eager']]\ny = df['bought']",
  "#: ## Split",
  "X_train, X_test, y_train, y_test = train_test_split(X, y)\nscaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
  "#: ## Train",
  "model = LogisticRegression(max_iter=500).fit(X_train, y_train)\nprint(model.score(X_test, y_test))",
];
const FEATURES = "pipelines/buyers/buyers/features.py";

interface Verified {
  readonly certificate: Certificate;
}

async function json<T>(
  project: StoryProject,
  code: number,
  ...words: readonly string[]
): Promise<T> {
  const finished = await project.mlops(...words, "--json");
  checkExit(finished, code);
  return (JSON.parse(finished.stdout) as { readonly result: T }).result;
}

test("features are proven at promotion, at each verification and for each version", {
  timeout: 900_000,
}, async () => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    const rows = Array.from({ length: 80 }, (_, at) =>
      [at % 7 === 0 ? "" : 20 + (at % 41), at % 9, at % 9 > 3 ? 1 : 0].join(","),
    );
    await writeFile(join(folder, "buyers.csv"), ["age,visits,bought", ...rows].join("\n"));
    await writeFile(join(folder, "buyers.ipynb"), notebookText(CELLS));
  });
  checkExit(await project.mlops("promote", "buyers.ipynb"), 0);
  const certificate = JSON.parse(
    await readFile(join(project.folder, "pipelines/buyers/certificate.json"), "utf8"),
  ) as Certificate;
  const results = (certificate.features?.proofs ?? []).map(({ proof, matrix, result }) =>
    [proof, matrix, result].filter((part) => part !== undefined).join(" "),
  );
  expect(results).toEqual(
    expect.arrayContaining([
      "fit-same-as-notebook X_train holds",
      "transform-same-as-notebook X_test holds",
      "one-row-same-as-batch holds",
      "labels-do-not-matter holds",
      "as-json-same holds",
      "unseen-category-follows-policy holds",
      "labels-are-not-learned holds",
    ]),
  );
  expect(results.filter((each) => each.endsWith("fails"))).toEqual([]);

  const { registered } = await json<RunCommandResult>(project, 0, "run", "buyers");
  expect(registered).toMatchObject({ version: 1, serving: { ready: true } });
  const same = await json<Verified>(project, 0, "verify", "buyers");
  expect(same.certificate.features).toEqual(certificate.features);

  const features = join(project.folder, FEATURES);
  const text = await readFile(features, "utf8");
  const [before, after] = text.split("def transform(");
  expect(after).toContain("> 4");
  await writeFile(
    features,
    `${String(before)}def transform(${String(after).replace("> 4", ">= 4")}`,
  );
  const differs = await project.mlops("verify", "buyers");
  checkExit(differs, 1);
  expect(differs.stdout).toContain("DIFFERS");
  expect(differs.stdout).toMatch(
    /features, transform-same-as-notebook of X_\w+: column 2, row \d+/u,
  );
  const version = await json<Verified>(project, 1, "verify", "buyers");
  expect(version.certificate.verdict).toBe("differs");

  await writeFile(features, text.replaceAll("fillna(40)", "fillna(41)"));
  const drifted = await json<RunCommandResult>(project, 0, "run", "buyers");
  const because: unknown = expect.stringMatching(
    /other features than the run gave its model: X_\w+, column 0, row \d+/u,
  );
  expect(drifted.registered).toMatchObject({ version: 2, serving: { ready: false, because } });

  // What training runs stands once: in the step, which `learn` calls.
  expect(String(before)).not.toContain("fillna(40)");
  const step = join(project.folder, "pipelines/buyers/buyers/build_features.py");
  const lines = await readFile(step, "utf8");
  expect(lines.split("fillna(40)")).toHaveLength(2);
  await writeFile(features, text);
  await writeFile(step, lines.replace("fillna(40)", "fillna(41)"));
  const trained = await json<RunCommandResult>(project, 0, "run", "buyers");
  expect(trained.registered).toMatchObject({ version: 3, serving: { ready: false, because } });
  await writeFile(features, text.replaceAll("fillna(40)", "fillna(41)"));
  const both = await json<RunCommandResult>(project, 0, "run", "buyers");
  expect(both.registered).toMatchObject({ version: 4, serving: { ready: true } });
});
