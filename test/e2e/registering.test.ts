/** The model of a run is packed in a twin of its first worker: the same version as from a process of its own, whatever happens to the twin. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunCommandResult } from "../../src/cli/run-schema.ts";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { expectNoProcessIn } from "../support/process-tree.ts";
import { pythonForTests } from "../support/python-environment.ts";

/** Who buys. The last step says how many processes are in its group, and dies or waits where a file says so. */
const CELLS = [
  "import os\nimport subprocess\nimport time\n\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
  "#: ## Load",
  "df = pd.read_csv('buyers.csv')",
  "#: ## Features",
  "df['age'] = df['age'].fillna(df['age'].median())\nX = df[['age', 'visits']]\ny = df['bought']",
  "#: ## Train",
  "model = LogisticRegression(max_iter=500).fit(X, y)",
  "#: ## Report",
  `listed = subprocess.run(['ps', '-eo', 'pgid='], capture_output=True, text=True).stdout
with open('group.txt', 'w') as file:
    file.write(str(listed.split().count(str(os.getpgrp()))))
if os.path.exists('dies'):
    with open('begun', 'w') as file:
        file.write('yes')
    os.kill(os.getpid(), 9)
if os.path.exists('waits'):
    with open('begun', 'w') as file:
        file.write('yes')
    time.sleep(600)
print(model.predict(X).sum())`,
];

async function buyersProject(): Promise<StoryProject> {
  const project = await storyProject(await pythonForTests(), async (folder) => {
    const rows = Array.from({ length: 60 }, (_, at) =>
      [at % 7 === 0 ? "" : 20 + (at % 41), at % 9, at % 9 > 3 ? 1 : 0].join(","),
    );
    await writeFile(join(folder, "buyers.csv"), ["age,visits,bought", ...rows].join("\n"));
    await writeFile(join(folder, "buyers.ipynb"), notebookText(CELLS));
  });
  checkExit(await project.mlops("promote", "buyers.ipynb", "--no-verify"), 0);
  return project;
}

async function run(project: StoryProject, ...words: readonly string[]): Promise<RunCommandResult> {
  const finished = await project.mlops("run", "buyers", "--json", ...words);
  checkExit(finished, 0);
  return (JSON.parse(finished.stdout) as { readonly result: RunCommandResult }).result;
}

test("a model packed in a twin is the version that a process of its own makes", async () => {
  await using project = await buyersProject();
  const { registered } = await run(project);
  expect(registered).toMatchObject({ version: 1, created: true, serving: { ready: true } });
  const again = await project.mlops("models", "register", "buyers", "--json");
  checkExit(again, 0);
  expect(JSON.parse(again.stdout)).toMatchObject({ result: { version: 1, created: false } });
  const groupOf = async (): Promise<number> =>
    Number(await readFile(join(project.folder, "group.txt"), "utf8"));
  const withTwin = await groupOf();
  await run(project, "--force", "--no-register");
  // Worker, guard and `ps`; nobody pays for a twin that nothing is packed in.
  expect([withTwin, await groupOf()]).toEqual([process.platform === "linux" ? 4 : 3, 3]);
  await expectNoProcessIn(project.folder, "a run");
});

test("a run whose worker dies after the model was stored registers it all the same", async () => {
  await using project = await buyersProject();
  await writeFile(join(project.folder, "dies"), "");
  const failed = await project.mlops("run", "buyers", "--json");
  expect(failed.code).toBe(1);
  await expectNoProcessIn(project.folder, "a run that failed");
  await rm(join(project.folder, "dies"));
  const { registered } = await run(project);
  expect(registered).toMatchObject({ version: 1, created: true, serving: { ready: true } });
});

test("kill -9 and Ctrl-C while a model is packed beside a step leave no process and no version", async () => {
  await using project = await buyersProject();
  await writeFile(join(project.folder, "waits"), "");
  for (const signal of ["SIGKILL", "SIGINT"] as const) {
    const child = project.start("run", "buyers");
    child.stdout?.resume();
    child.stderr?.resume();
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    await expect
      .poll(() => readFile(join(project.folder, "begun")).catch(() => undefined), {
        timeout: 60_000,
      })
      .toBeDefined();
    child.kill(signal);
    await ended;
    await expectNoProcessIn(project.folder, signal);
    await rm(join(project.folder, "begun"));
    const list = await project.mlops("models", "list", "--json");
    expect(list.stdout).not.toContain("buyers@");
  }
  await rm(join(project.folder, "waits"));
  expect((await run(project)).registered).toMatchObject({ version: 1, created: true });
});

test("two runs at once end with one version", async () => {
  await using project = await buyersProject();
  const both = await Promise.all([run(project, "--force"), run(project, "--force")]);
  const registered = both.map((result) => result.registered);
  expect(registered.map((model) => model?.version)).toEqual([1, 1]);
  expect(registered.filter((model) => model?.created === true).length).toBeGreaterThan(0);
});
