/** Promoting again, and looking at and bringing back revisions: everything that needs no Python. */
import { expect, test } from "vitest";
import { notebookText } from "../../support/notebooks.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const cells = [
  "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
  'raw = pd.read_csv("penguins.csv")\nraw = raw.dropna()',
  'X = raw[["bill", "flipper"]]\ny = raw["species"]',
  "model = LogisticRegression(C=1.0)\nmodel.fit(X, y)",
  "accuracy = model.score(X, y)\nprint(accuracy)",
];

const folder = "pipelines/penguins";

async function promoted(): Promise<TempProject> {
  const project = await tempProject({ "penguins.ipynb": notebookText(cells) });
  expect((await promote(project)).exit).toBe(0);
  return project;
}

function promote(project: TempProject, ...words: readonly string[]) {
  return runMlops(["promote", "penguins.ipynb", "--no-observe", ...words], {
    directory: project.root,
  });
}

async function edit(project: TempProject, path: string, from: string, to: string): Promise<void> {
  const text = await project.read(path);
  expect(text).toContain(from);
  await project.write(path, text.replace(from, to));
}

/** The notebook with another text in one of its cells. */
function changed(cell: number, from: string, to: string): string {
  return notebookText(cells.map((text, at) => (at === cell ? text.replace(from, to) : text)));
}

test("promoting the same notebook again changes nothing and says so", async () => {
  await using project = await promoted();
  const again = await promote(project);
  expect(again.stdout).toMatch(/penguins:r1.*as it was/);
  expect(again.exit).toBe(0);
});

test("an edit and a change of the notebook in different places are merged", async () => {
  await using project = await promoted();
  await edit(project, `${folder}/penguins/prepare.py`, "    return", "    # ours\n    return");
  await edit(project, `${folder}/params.yaml`, "c: 1.0", "c: 2.5 # tuned by hand");
  await project.write("penguins.ipynb", changed(1, "raw.dropna()", "raw.dropna()  # rows"));
  const again = await promote(project);
  expect(again.exit).toBe(0);
  expect(again.stdout).toMatch(/penguins:r2/);
  const prepare = await project.read(`${folder}/penguins/prepare.py`);
  expect(prepare).toContain("# ours");
  expect(prepare).toContain("raw.dropna()  # rows");
  expect(await project.read(`${folder}/params.yaml`)).toContain("c: 2.5 # tuned by hand");
});

test("a value changed on both sides stays the person's, and is told with its line", async () => {
  await using project = await promoted();
  await edit(project, `${folder}/params.yaml`, "c: 1.0", "c: 2.5");
  await project.write("penguins.ipynb", changed(3, "C=1.0", "C=3.0"));
  const again = await promote(project);
  expect(again.stderr).toMatch(
    /params\.yaml.*c was changed by you to 2\.5 and by the notebook to 3/s,
  );
  expect(await project.read(`${folder}/params.yaml`)).toContain("c: 2.5");
});

test("a conflict is marked, reported with file and line, stops run and promote, and can be undone", async () => {
  await using project = await promoted();
  const path = `${folder}/penguins/prepare.py`;
  await edit(project, path, "raw = raw.dropna()", "raw = raw.ffill()");
  const mine = await project.read(path);
  await project.write("penguins.ipynb", changed(1, "raw.dropna()", 'raw.dropna(how="all")'));
  const again = await promote(project);
  expect(again.exit).toBe(1);
  expect(again.stdout).toMatch(
    /Conflicts\n {2}pipelines\/penguins\/penguins\/prepare\.py, line \d+/,
  );
  const marked = await project.read(path);
  expect(marked).toMatch(
    /      .flatMap(([, , numbered = ""]) => numbered.split(/\D+/).map(Number));
  expect(Math.max(...numbers("clean"))).toBe(2);
  expect(Math.max(...numbers("train"))).toBe(4);
});
