/** A notebook that brings in a script that computes and another notebook with %run: promoted, run, changed, promoted again. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { checkEverythingCompared } from "../support/coverage.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const STORY = [
  "#: # Buyers",
  "%run prepare.py --oldest 75",
  "print(len(df))",
  "#: ## Train",
  "%run features.ipynb\nmodel = LogisticRegression(C=0.5)\nmodel.fit(X, y)",
  "print(accuracy_score(y, model.predict(X)))",
  'import joblib\njoblib.dump(model, "model.joblib")',
];
const PREPARE = `"""Reads and cleans the customers."""
import argparse

import pandas as pd


def young(frame: pd.DataFrame, oldest: int) -> pd.DataFrame:
    return frame[frame["age"] < oldest].reset_index(drop=True)


parser = argparse.ArgumentParser()
parser.add_argument("--oldest", type=int, default=99)
options = parser.parse_args()
if __name__ == "__main__":
    raw = pd.read_csv("raw.csv")
    df = young(raw, options.oldest)
    print("cleaned", len(df))
    df.to_csv("clean.csv", index=False)
`;
const FEATURES = [
  "#: # Features",
  "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score",
  'X = df[["age", "income"]]',
  'y = df["bought"]',
];

async function project(): Promise<StoryProject> {
  const rows = Array.from({ length: 60 }, (_, at) => {
    const [age, income] = [18 + ((at * 7) % 62), 10 + ((at * 13) % 90)];
    return `${String(age)},${String(income)},${String(Number(age + income > 100 !== (at % 9 === 0)))}`;
  });
  return storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "raw.csv"), `age,income,bought\n${rows.join("\n")}\n`);
    await writeFile(join(folder, "story.ipynb"), notebookText(STORY));
    await writeFile(join(folder, "features.ipynb"), notebookText(FEATURES));
    await writeFile(join(folder, "prepare.py"), PREPARE);
  });
}

interface Promoted {
  readonly result: {
    readonly revision: number;
    readonly certificate: {
      readonly verdict: string;
      readonly coverage: Record<string, { compared: number; total: number }>;
      readonly excluded: readonly { readonly exploration?: boolean }[];
    };
    readonly plan: { readonly origins: readonly { readonly path: string }[] };
  };
}

async function promote({ mlops }: StoryProject): Promise<Promoted["result"]> {
  const promoted = await mlops("promote", "story.ipynb", "--no-lock", "--json");
  checkExit(promoted, 0);
  return (JSON.parse(promoted.stdout) as Promoted).result;
}

/** Steps by what a run did with them. */
async function run({ mlops }: StoryProject): Promise<Readonly<Record<string, string>>> {
  const ran = await mlops("run", "story", "--json");
  checkExit(ran, 0);
  const { result } = JSON.parse(ran.stdout) as {
    readonly result: {
      readonly run: {
        readonly steps: readonly { readonly step: string; readonly decision: string }[];
      };
    };
  };
  return Object.fromEntries(result.run.steps.map(({ step, decision }) => [step, decision]));
}

test("a script and another notebook that %run brings in become steps, and follow their files", async () => {
  await using story = await project();
  const { mlops, folder } = story;
  const first = await promote(story);
  checkEverythingCompared(first.certificate);
  expect(first.plan.origins.map(({ path }) => path)).toEqual([
    "story.ipynb",
    "prepare.py",
    "story.ipynb",
    "features.ipynb",
    "story.ipynb",
  ]);
  const readme = await readFile(join(folder, "pipelines/story/README.md"), "utf8");
  expect(readme).toContain("prepare.py");
  expect(readme).toContain("features.ipynb cell");
  const load = await readFile(join(folder, "pipelines/story/story/load.py"), "utf8");
  expect(load).toContain("# prepare.py, line 11");
  expect(load).toContain('parser.parse_args(["--oldest", "75"])');

  await run(story);
  const again = await run(story);
  expect(Object.values(again).filter((decision) => decision === "execute")).toEqual([]);

  // One line of the script: the run warns, promoting takes it, and what depends on it is executed.
  await writeFile(join(folder, "prepare.py"), PREPARE.replace("index=False", "index=True"));
  const warned = await mlops("run", "story");
  checkExit(warned, 0);
  expect(warned.stderr).toContain("prepare.py: was changed since pipeline story was made");
  const second = await promote(story);
  expect(second.revision).toBe(first.revision + 1);
  const after = await run(story);
  expect(Object.entries(after).filter(([, decision]) => decision === "execute")).toEqual([
    ["save", "execute"],
  ]);
  checkExit(await mlops("verify", "story"), 0);

  // An error names the script and its line, and changes nothing.
  await writeFile(join(folder, "prepare.py"), `${PREPARE}1 / 0\n`);
  const before = await story.snapshot();
  const raised = await mlops("promote", "story.ipynb", "--no-lock");
  checkExit(raised, 2);
  expect(raised.stderr).toContain("prepare.py:19: ZeroDivisionError");
  expect(await story.snapshot()).toEqual(before);
});
