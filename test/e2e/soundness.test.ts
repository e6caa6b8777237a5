/** Never silently wrong: what verification and the decision to run a step have to notice, each promoted and run for real. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

/** A project with a notebook of these cells. */
async function storyOf(
  cells: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<StoryProject> {
  return storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "story.ipynb"), notebookText(cells));
    for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  });
}

async function editModule(
  project: StoryProject,
  module: string,
  from: string,
  to: string,
): Promise<void> {
  const path = join(project.folder, "pipelines", "story", "story", `${module}.py`);
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

interface Verified {
  readonly result: {
    readonly certificate: {
      readonly verdict: string;
      readonly comparisons: readonly {
        readonly kind: string;
        readonly step: string;
        readonly name: string;
        readonly same: boolean;
        readonly difference?: string;
      }[];
    };
  };
}

test("a seed that a step no longer sets is a difference, also where the notebook's is the commonest", async () => {
  await using project = await storyOf([
    "import numpy as np",
    "np.random.seed(0)\ndraws = np.random.rand(4)\nnp.save('draws.npy', draws)",
  ]);
  checkExit(await project.mlops("promote", "story.ipynb"), 0);
  checkExit(await project.mlops("verify"), 0);
  const plan = await readFile(join(project.folder, "pipelines/story/pipeline.yaml"), "utf8");
  const step = /name: (?!story)([a-z-]+)/.exec(plan)?.[1]?.replaceAll("-", "_") ?? "";
  await editModule(project, step, "np.random.seed(", "abs(");
  checkExit(await project.mlops("verify"), 1);
});

test("settings of the notebook that a step no longer works under are a difference, although nothing printed shows it", async () => {
  await using project = await storyOf([
    "import warnings\nimport pandas as pd",
    "pd.set_option('display.precision', 3)\nwarnings.filterwarnings('ignore', message='old')",
    "#: # Load",
    "table = pd.DataFrame({'a': [1.23456, 2.5]})\ntable.to_csv('table.csv')",
  ]);
  checkExit(await project.mlops("promote", "story.ipynb"), 0);
  const verify = async (exit: number): Promise<Verified["result"]["certificate"]> => {
    const finished = await project.mlops("verify", "--json");
    checkExit(finished, exit);
    return (JSON.parse(finished.stdout) as Verified).result.certificate;
  };
  const before = await verify(0);
  const step = before.comparisons[0]?.step ?? "";
  const ofStep = ({ comparisons }: typeof before): typeof comparisons =>
    comparisons.filter((one) => one.kind === "setting" && one.step === step);
  expect(ofStep(before).map(({ name, same }) => [name.slice(0, 24), same])).toEqual([
    ["pandas:display.precision", true],
    ["warnings:['ignore', re.c", true],
  ]);
  await editModule(project, "settings", "'display.precision', 3", "'display.precision', 4");
  const edited = ofStep(await verify(1)).filter(({ same }) => !same);
  expect(edited.map(({ difference }) => difference)).toEqual([
    "3 in the notebook, 4 in the pipeline",
  ]);
  await editModule(project, step, "    apply_settings()\n", "");
  expect(ofStep(await verify(1)).map(({ same }) => same)).toEqual([false, false]);
});

test("a notebook that only binds and shows is verified by what it binds, not by nothing", async () => {
  await using project = await storyOf([
    "import pandas as pd\nimport matplotlib.pyplot as plt",
    "table = pd.DataFrame({'kind': ['a', 'b', 'a'], 'height': [1.5, 2.0, 4.0]})",
    "def mean(by):\n    return table.groupby(by)['height'].mean()\nways = {'mean': mean}",
    "by_kind = ways['mean']('kind')\nby_kind",
    "tall = table[table['height'] > 1.8]\nfigure, axes = plt.subplots(2, 2)\nrow = axes[0]\ntall.plot(ax=row[0])",
  ]);
  const finished = await project.mlops("promote", "story.ipynb", "--json");
  checkExit(finished, 0);
  const { certificate } = (JSON.parse(finished.stdout) as Verified).result;
  expect(certificate.verdict).toBe("verified");
  const values = certificate.comparisons.filter(({ kind }) => kind === "value");
  // Figures and functions are not stored: an array of axes is none of the data.
  expect(values.map(({ name }) => name).toSorted()).toEqual(["by-kind", "table", "tall"]);
});
