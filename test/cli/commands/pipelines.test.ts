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
    /<<<<<<< yours \(edited since penguins:r1\)\n.*ffill.*\n=======\n.*how="all".*\n>>>>>>> penguins:r2/,
  );

  for (const words of [["promote", "penguins.ipynb", "--no-observe"], ["run"], ["verify"]]) {
    const refused = await runMlops([...words, "--json"], { directory: project.root });
    expect(refused.exit).toBe(2);
    expect(refused.json()).toMatchObject({
      error: { code: "conflict-unresolved", where: { path } },
    });
  }
  expect(await project.read(path)).toBe(marked);

  const undone = await runMlops(["pipelines", "restore", "penguins:r2", "--before", "--yes"], {
    directory: project.root,
  });
  expect(undone.exit).toBe(0);
  expect(await project.read(path)).toBe(mine);
});

test("a deleted file that nothing needs stays deleted, and a needed one comes back", async () => {
  await using project = await promoted();
  const { rm } = await import("node:fs/promises");
  await rm(project.path(`${folder}/README.md`));
  await rm(project.path(`${folder}/penguins/load.py`));
  const again = await promote(project);
  expect(again.stdout).toMatch(/README\.md: deleted by you, stays deleted/);
  const files = await project.list();
  expect(files).not.toContain(`${folder}/README.md`);
  expect(files).toContain(`${folder}/penguins/load.py`);
});

test("an edit that makes pipeline.yaml and the code disagree is refused, and nothing is written", async () => {
  await using project = await promoted();
  await edit(
    project,
    `${folder}/pipeline.yaml`,
    "- name: load",
    "- name: load\n    metrics: [speed]",
  );
  const before = await project.read(`${folder}/penguins/load.py`);
  await project.write("penguins.ipynb", changed(1, "raw.dropna()", "raw.ffill()"));
  const refused = await promote(project, "--json");
  expect(refused.exit).toBe(2);
  expect(refused.json()).toMatchObject({ error: { code: "steps-disagree" } });
  expect(await project.read(`${folder}/penguins/load.py`)).toBe(before);
});

test("a dry run names every file, shows the difference on request and writes nothing", async () => {
  await using project = await promoted();
  await project.write("penguins.ipynb", changed(1, "raw.dropna()", 'raw.dropna(how="all")'));
  const before = await project.read(`${folder}/penguins/load.py`);
  const dry = await promote(project, "--dry-run");
  expect(dry.stdout).toMatch(/Would write\n(.*\n)*.*penguins\/prepare\.py +changed/);
  const diff = await promote(project, "--diff");
  expect(diff.stdout).toMatch(/-.*dropna\(\).*\n\+.*dropna\(how="all"\)/);
  expect(await project.read(`${folder}/penguins/load.py`)).toBe(before);
  const list = await runMlops(["pipelines", "list", "penguins", "--json"], {
    directory: project.root,
  });
  expect(list.json()).toMatchObject({ result: { pipelines: [{ revision: 1 }] } });
});

test("list, show and diff tell revisions apart by step and parameter", async () => {
  await using project = await promoted();
  await project.write("penguins.ipynb", changed(3, "C=1.0", "C=3.0"));
  await promote(project);
  await edit(project, `${folder}/penguins/prepare.py`, "dropna", "ffill");
  const say = async (...words: readonly string[]): Promise<string> => {
    const run = await runMlops(["pipelines", ...words], { directory: project.root });
    expect(run.exit).toBe(0);
    return run.stdout;
  };
  expect(await say("list")).toMatch(/penguins:r2 +unverified +\d +penguins\.ipynb/);
  expect(await say("list", "penguins")).toMatch(/penguins:r2.*\n.*penguins:r1/);
  expect(await say("show", "penguins")).toMatch(
    /the disk differs\n +penguins\/prepare\.py +changed/,
  );
  const between = await say("diff", "penguins:r1", "penguins:r2");
  expect(between).toMatch(/parameters\n +c +1 → 3/);
  expect(between).toMatch(/train +code/);
  expect(between).not.toMatch(/prepare +code/);
  expect(await say("diff", "penguins")).toMatch(/prepare +code/);
  const unknown = await runMlops(["pipelines", "show", "penguins:r9"], { directory: project.root });
  expect(unknown.exit).toBe(2);
  expect(unknown.stderr).toMatch(/the newest is penguins:r2/);
});

test("an earlier revision comes back as a new one, with edits stored and asked about first", async () => {
  await using project = await promoted();
  const first = await project.read(`${folder}/penguins/train.py`);
  await project.write("penguins.ipynb", changed(3, "C=1.0", "C=3.0"));
  await promote(project);
  await edit(
    project,
    `${folder}/penguins/train.py`,
    "model.fit",
    "model.fit  # ours\n    model.fit",
  );
  const mine = await project.read(`${folder}/penguins/train.py`);
  const restore = (...words: readonly string[]) =>
    runMlops(["pipelines", "restore", ...words], { directory: project.root });
  expect((await restore("penguins:r1")).stderr).toMatch(/pass --yes/);
  expect((await restore("penguins:r1", "--dry-run")).stdout).toMatch(
    /your edits in\n +penguins\/train/,
  );
  expect(await project.read(`${folder}/penguins/train.py`)).toBe(mine);
  expect((await restore("penguins:r1", "--yes")).stdout).toMatch(/is back, as penguins:r3/);
  expect(await project.read(`${folder}/penguins/train.py`)).toBe(first);
  await restore("penguins:r3", "--before", "--yes");
  expect(await project.read(`${folder}/penguins/train.py`)).toBe(mine);
  expect((await restore("penguins")).stdout).toMatch(/holds penguins:r4 already/);
});

test("decisions of pipeline.yaml are replayed, with the edits of a renamed step and wishes of a person", async () => {
  await using project = await promoted();
  await edit(project, `${folder}/penguins/train.py`, "    return", "    # ours\n    return");
  await edit(
    project,
    `${folder}/pipeline.yaml`,
    "decisions: []",
    "decisions:\n  - { kind: rename, step: train, as: fit-model }",
  );
  await edit(
    project,
    `${folder}/pipeline.yaml`,
    "- name: train\n",
    "- name: train # the slow one\n    resources: { cpu: 4, memory: 8Gi }\n",
  );
  await edit(
    project,
    `${folder}/pipeline.yaml`,
    "steps:",
    'description: Species of penguins\nschedule: "0 3 * * 1"\nsteps:',
  );
  const again = await promote(project);
  expect(again.exit).toBe(0);
  const files = await project.list();
  expect(files).toContain(`${folder}/penguins/fit_model.py`);
  expect(files).not.toContain(`${folder}/penguins/train.py`);
  expect(await project.read(`${folder}/penguins/fit_model.py`)).toMatch(
    /def fit_model(.*\n)*.*# ours/,
  );
  const yaml = await project.read(`${folder}/pipeline.yaml`);
  expect(yaml).toMatch(
    /- name: fit-model # the slow one\n(.*\n)*? {4}resources: \{ cpu: 4, memory: 8Gi \}/,
  );
  expect(yaml).toContain("description: Species of penguins");
  expect((await promote(project)).stdout).toMatch(/penguins:r2.*as it was/);
});

test("a step renamed in pipeline.yaml itself becomes a decision", async () => {
  await using project = await promoted();
  await edit(project, `${folder}/pipeline.yaml`, "- name: train", "- name: fit-model");
  const again = await promote(project);
  expect(again.exit).toBe(0);
  expect(await project.list()).toContain(`${folder}/penguins/fit_model.py`);
  expect(await project.read(`${folder}/pipeline.yaml`)).toMatch(
    /decisions:\n +- kind: rename\n +step: train\n +as: fit-model/,
  );
});

test("a decision that is unsound, and an edit of what is derived, are refused with their place", async () => {
  await using project = await promoted();
  const yaml = await project.read(`${folder}/pipeline.yaml`);
  const refusal = async (from: string, to: string): Promise<unknown> => {
    await project.write(`${folder}/pipeline.yaml`, yaml.replace(from, to));
    const refused = await promote(project, "--json");
    expect(refused.exit).toBe(2);
    return (refused.json() as { readonly error: unknown }).error;
  };
  expect(await refusal("decisions: []", "decisions:\n  - { kind: drop, cell: 3 }")).toMatchObject({
    code: "decision-unsound",
    where: { path: `${folder}/pipeline.yaml`, line: yaml.split("\n").indexOf("decisions: []") + 2 },
  });
  expect(await refusal("python:", 'python: "3.9" #')).toMatchObject({
    code: "edit-not-keepable",
    where: { path: `${folder}/pipeline.yaml` },
  });
  expect(await refusal("decisions: []", "decisions: [oops]")).toMatchObject({
    code: "pipeline-file-invalid",
  });
});

test("shows each cell of several notebooks under its own notebook", async () => {
  await using project = await tempProject({
    "clean.ipynb": notebookText([
      'import pandas as pd\nraw = pd.read_csv("penguins.csv")',
      'raw.dropna().to_csv("clean.csv", index=False)',
    ]),
    "train.ipynb": notebookText([
      'import pandas as pd\nclean = pd.read_csv("clean.csv")',
      'X = clean[["bill", "flipper"]]\ny = clean["species"]',
      "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression().fit(X, y)",
      "accuracy = model.score(X, y)\nprint(accuracy)",
    ]),
  });
  const here = { directory: project.root };
  const words = ["promote", "clean.ipynb", "train.ipynb", "--name", "penguins", "--no-observe"];
  expect((await runMlops(words, here)).exit).toBe(0);
  const { stdout } = await runMlops(["pipelines", "show", "penguins"], here);
  const shown = [...stdout.matchAll(/(clean|train)\.ipynb cells? ([\d, -]*\d)/g)];
  const numbers = (name: string): readonly number[] =>
    shown
      .filter(([, notebook]) => notebook === name)
      .flatMap(([, , list = ""]) => list.split(/\D+/).map(Number));
  expect(Math.max(...numbers("clean"))).toBe(2);
  expect(Math.max(...numbers("train"))).toBe(4);
});

test("shows what %run brought in under the file it stands in", async () => {
  await using project = await tempProject({
    "prepare.py": 'import pandas as pd\n\nraw = pd.read_csv("penguins.csv")\n',
    "features.ipynb": notebookText(['X = raw[["bill", "flipper"]]\ny = raw["species"]']),
    "story.ipynb": notebookText([
      "%run prepare.py",
      "%run features.ipynb",
      "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression().fit(X, y)",
      "accuracy = model.score(X, y)\nprint(accuracy)",
    ]),
  });
  const here = { directory: project.root };
  expect((await runMlops(["promote", "story.ipynb", "--no-observe"], here)).exit).toBe(0);
  const { stdout } = await runMlops(["pipelines", "show", "story"], here);
  const steps = (stdout.split("\nsteps\n")[1]?.split("\n\n")[0] ?? "").split("\n");
  expect(steps.map((line) => line.trim().split(/ {2,}/).slice(0, 2))).toEqual([
    ["load", "prepare.py"],
    ["prepare", "features.ipynb cell 1"],
    ["train", "story.ipynb cell 3"],
    ["evaluate", "story.ipynb cell 4"],
  ]);
});
