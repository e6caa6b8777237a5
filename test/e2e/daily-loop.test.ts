/**
 * A week with one pipeline: promoted, run, edited by hand, promoted again from a notebook that went on, a conflict that is
 * resolved, and the way back to the first revision.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

/** What the data scientist changes from day to day. */
interface Notebook {
  readonly limit: number;
  readonly strength: number;
  /** Cells before everything else. */
  readonly first?: readonly string[];
}

function cells({ limit, strength, first = [] }: Notebook): string {
  return notebookText([
    ...first,
    "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split",
    'df = pd.read_csv("people.csv")\ndf.head()',
    `df = df[df["age"] < ${String(limit)}].reset_index(drop=True)\nprint(df.shape)`,
    'df["share"] = df["income"] / df["age"]',
    'X = df[["age", "income", "share"]]\ny = df["bought"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)',
    `model = LogisticRegression(C=${String(strength)})\nmodel.fit(X_train, y_train)`,
    'accuracy = accuracy_score(y_test, model.predict(X_test))\nprint(f"accuracy {accuracy:.3f}")',
  ]);
}

interface Week extends StoryProject {
  readonly saveNotebook: (notebook: Notebook) => Promise<void>;
  readonly file: (path: string) => Promise<string>;
  /** Replaces one text of a file of the pipeline, which must be there. */
  readonly edit: (path: string, before: string | RegExp, after: string) => Promise<void>;
  /** The steps that a run executed. */
  readonly executed: () => Promise<readonly string[]>;
}

async function week(): Promise<Week> {
  const rows = Array.from({ length: 60 }, (_, at) => {
    const [age, income] = [18 + ((at * 7) % 62), 10 + ((at * 13) % 90)];
    return `${String(age)},${String(income)},${String(Number(age + income > 100 !== (at % 9 === 0)))}`;
  });
  const project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "people.csv"), `age,income,bought\n${rows.join("\n")}\n`);
  });
  const at = (path: string): string => join(project.folder, "pipelines", "buyers", path);
  const file = (path: string): Promise<string> => readFile(at(path), "utf8");
  return {
    ...project,
    file,
    saveNotebook: (notebook) => writeFile(join(project.folder, "buyers.ipynb"), cells(notebook)),
    edit: async (path, before, after) => {
      const text = await file(path);
      expect(text).toMatch(before);
      await writeFile(at(path), text.replace(before, after));
    },
    executed: async () => {
      const finished = await project.mlops("run", "buyers", "--no-register", "--json");
      checkExit(finished, 0);
      const document = JSON.parse(finished.stdout) as {
        result: { run: { steps: readonly { step: string; decision: string }[] } };
      };
      return document.result.run.steps
        .filter((step) => step.decision === "execute")
        .map((step) => step.step);
    },
  };
}

const ALL = ["load", "prepare", "split", "train", "evaluate"];

test("edits by hand and a notebook that goes on end in one pipeline, and nothing of either is lost", async () => {
  await using project = await week();
  const { mlops, saveNotebook, edit, file, executed } = project;
  await saveNotebook({ limit: 75, strength: 0.5 });
  checkExit(await mlops("promote", "buyers.ipynb"), 0);
  expect(await executed()).toEqual(ALL);

  // By hand: a check in one step, another share of test rows. In the notebook: another filter, in another step.
  await edit("buyers/train.py", "    model.fit(", "    assert len(X_train) > 10\n    model.fit(");
  await edit("params.yaml", "test-size: 0.25", "test-size: 0.4");
  expect(await executed()).toEqual(["split", "train", "evaluate"]);
  await saveNotebook({ limit: 70, strength: 0.7 });
  const seen = await project.snapshot();
  const shown = await mlops("promote", "buyers.ipynb", "--diff");
  checkExit(shown, 0);
  expect(shown.stdout).toMatch(/^-.*df\["age"\] < 75/m);
  expect(await project.snapshot()).toEqual(seen);
  const merged = await mlops("promote", "buyers.ipynb");
  checkExit(merged, 0);
  expect(merged.stdout).toContain(
    "pipelines/buyers/buyers/train.py: your edits and the new text, merged",
  );
  expect(await file("buyers/train.py")).toContain("assert len(X_train) > 10");
  expect(await file("buyers/prepare.py")).toContain('df["age"] < 70');
  expect(await file("params.yaml")).toContain("test-size: 0.4");
  expect(await executed()).toEqual(["prepare", "split", "train", "evaluate"]);
  checkExit(await mlops("verify", "buyers"), 0);

  // The same line in both: marks, and nothing runs until somebody has decided.
  await edit("buyers/prepare.py", 'df["age"] < 70', 'df["age"] <= 70');
  await saveNotebook({ limit: 65, strength: 0.7, first: ["#: # Buyers", "print('today')"] });
  const conflict = await mlops("promote", "buyers.ipynb");
  checkExit(conflict, 1);
  const marked = await file("buyers/prepare.py");
  expect(marked).toMatch(/<{7}[^]*df\["age"\] <= 70[^]*={7}[^]*df\["age"\] < 65[^]*>{7}/);
  for (const command of ["run", "verify"]) {
    const refused = await mlops(command, "buyers");
    checkExit(refused, 2);
    expect(refused.stderr).toMatch(/buyers\/prepare\.py, line \d+: .*\[conflict-unresolved\]/);
  }
  await edit("buyers/prepare.py", /<{7}.*\n[^]*={7}.*\n([^]*)>{7}.*\n/, "$1");
  checkExit(await mlops("verify", "buyers"), 0);
  // Cells that were put in above change where the steps come from, not what they are.
  expect(await file("buyers/train.py")).toContain("# buyers.ipynb, cell 8, line 1");
  expect(await executed()).toEqual(["prepare", "split", "train", "evaluate"]);

  // Back to where the week began, hand edits and all: the first revision, byte for byte.
  checkExit(await mlops("pipelines", "restore", "buyers:r1", "--yes"), 0);
  expect(await file("buyers/prepare.py")).toContain('df["age"] < 75');
  expect(await file("buyers/train.py")).not.toContain("assert");
  expect(await executed()).toEqual([]);
}, 600_000);
