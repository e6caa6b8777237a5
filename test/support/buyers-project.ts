/** A small story for models that are shared: Ada trains a model, a team's store is beside it, and clones see what is committed. */
import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkExit, type StoryProject, storyProject } from "./churn-project.ts";
import { notebookText } from "./notebooks.ts";
import { pythonForTests } from "./python-environment.ts";

const run = promisify(execFile);

const CELLS = [
  "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score",
  "#: ## Load",
  "df = pd.read_csv('buyers.csv')",
  "#: ## Features",
  "df['age'] = df['age'].fillna(df['age'].median())\nX = df[['age', 'visits']]\ny = df['bought']",
  "#: ## Train",
  "model = LogisticRegression(max_iter=500).fit(X, y)",
  "#: ## Evaluate",
  "accuracy = accuracy_score(y, model.predict(X))\nprint(accuracy)",
];

const SETTINGS = `version: 1
store: shared
approval: { identities: asserted, require: [certificate, thresholds] }
deploy: { gates: { buyers: [{ metric: accuracy, min: 0.5 }] } }
`;

async function git(folder: string, ...words: readonly string[]): Promise<void> {
  await run("git", ["-C", folder, "-c", "commit.gpgsign=false", ...words]);
}

/** Whom git takes for the author from now on. */
export async function become(folder: string, name: string): Promise<void> {
  await git(folder, "config", "user.name", name);
  await git(folder, "config", "user.email", `${name.toLowerCase()}@example.org`);
}

/** Ada has trained buyers@v1; `shared` is the team's store, which git does not see. */
export async function buyersProject(): Promise<StoryProject> {
  const project = await storyProject(await pythonForTests(), async (folder) => {
    const rows = Array.from({ length: 60 }, (_, at) =>
      [at % 7 === 0 ? "" : 20 + (at % 41), at % 9, at % 9 > 3 ? 1 : 0].join(","),
    );
    await writeFile(join(folder, "buyers.csv"), ["age,visits,bought", ...rows].join("\n"));
    await writeFile(join(folder, "buyers.ipynb"), notebookText(CELLS));
    await writeFile(join(folder, ".mlopsrc.yaml"), SETTINGS);
    await writeFile(join(folder, ".gitignore"), "shared/\n.mlops/\n");
    await mkdir(join(folder, "shared"));
  });
  await git(project.folder, "init", "-q");
  await become(project.folder, "Ada");
  checkExit(await project.mlops("promote", "buyers.ipynb"), 0);
  checkExit(await project.mlops("run", "buyers"), 0);
  return project;
}

/** As CI sees it: what is committed, and the store. */
export async function cloneOf(project: StoryProject): Promise<StoryProject> {
  await git(project.folder, "add", "-A");
  await git(project.folder, "commit", "-qm", "what runs in production");
  const clone = await storyProject(await pythonForTests(), async (folder) => {
    await run("git", ["clone", "-q", project.folder, folder]);
    await cp(join(project.folder, "shared"), join(folder, "shared"), { recursive: true });
  });
  await become(clone.folder, "Robot");
  return clone;
}
