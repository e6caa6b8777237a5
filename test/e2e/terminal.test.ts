/** What only a person at a terminal sees: questions, and progress that paints over itself. */
import { chmod, readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseYaml } from "../../src/base/yaml.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";
import { runMlops } from "../support/run-mlops.ts";
import { seededProject } from "../support/seeded-registry.ts";
import { makeSshKey } from "../support/ssh-keys.ts";
import { type TempProject, tempProject } from "../support/temp-project.ts";
import {
  BACKSPACE,
  CTRL_C,
  CTRL_D,
  DOWN,
  ENTER,
  onTerminal,
  type Session,
  UP,
} from "../support/terminal.ts";

const fakePython = (version: string): string => `#!/bin/sh\necho ${version}\necho "$0"\n`;

/** A project beside two interpreters, one active in the shell and one on PATH. */
async function twoPythons(): Promise<TempProject> {
  const project = await tempProject({
    "active/bin/python": fakePython("3.12.1"),
    "tools/python3": fakePython("3.11.9"),
    "work/churn.ipynb": notebookText(["rows = [1, 2, 3]", "print(sum(rows))"]),
  });
  await chmod(project.path("active/bin/python"), 0o755);
  await chmod(project.path("tools/python3"), 0o755);
  return project;
}

async function init(project: TempProject, ...typed: [string, string][]): Promise<Session> {
  return onTerminal(["init"], typed, {
    folder: project.path("work"),
    environment: {
      VIRTUAL_ENV: project.path("active"),
      CONDA_PREFIX: undefined,
      MLOPS_PYTHON: undefined,
      PATH: `${project.path("tools")}:/usr/bin:/bin`,
    },
  });
}

test("init asks which Python and where to, and every later command takes what was chosen", async () => {
  await using project = await twoPythons();
  const { exit, text } = await init(
    project,
    ["Which Python runs the notebooks?", DOWN + ENTER],
    ["Where should pipelines go?", `flows${ENTER}`],
  );
  expect([exit, text]).toEqual([0, expect.stringContaining("next: mlops promote churn.ipynb")]);
  expect(text).toContain("active/bin/python");
  expect(text).toContain("(recommended)");
  expect(await project.read("work/.mlopsrc.yaml")).toMatch(/^pipelines: flows$/m);
  // Of this machine: not in the settings, which are committed.
  expect(await project.read("work/.mlopsrc.yaml")).not.toMatch(/^python:/m);
  expect(JSON.parse(await project.read("work/.mlops/pythons.json"))).toEqual({
    "*": { python: project.path("tools/python3"), setting: null },
  });
});

test("Ctrl-C at a question leaves the folder as it was", async () => {
  await using project = await twoPythons();
  const { exit, text } = await init(project, ["Which Python runs the notebooks?", CTRL_C]);
  expect([exit, text]).toEqual([130, expect.stringContaining("interrupted")]);
  expect(await readdir(project.path("work"))).toEqual(["churn.ipynb"]);
});

const CELLS = [
  "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import r2_score",
  'df = pd.read_csv("rows.csv")\ndf.head()',
  'df["double"] = df["a"] * 2',
  'X = df[["a", "double"]]\ny = df["b"]',
  "model = LinearRegression()\nmodel.fit(X, y)",
  'score = r2_score(y, model.predict(X))\nprint(f"r2 {score:.3f}")',
];

async function promote(
  project: TempProject,
  words: readonly string[],
  typed: readonly (readonly [string, string])[],
): Promise<Session> {
  return onTerminal(["promote", "story.ipynb", "--no-lock", ...words], typed, {
    folder: project.root,
    environment: { MLOPS_PYTHON: await pythonForTests() },
  });
}

const QUESTION = "What should change about the steps?";

test("promote --interactive renames and merges, and remembers it", async () => {
  await using project = await tempProject({
    "story.ipynb": notebookText(CELLS),
    "rows.csv": "a,b\n1,3\n2,5\n3,6\n4,9\n",
  });
  const asked = await promote(
    project,
    ["--interactive"],
    [
      [QUESTION, `${DOWN.repeat(3)}${ENTER}`],
      ["Which step?", `${DOWN.repeat(2)}${ENTER}`],
      ["What is train called?", `No Name${ENTER}`],
      ["lower-case letters", `${BACKSPACE.repeat(7)}fit-model${ENTER}`],
      [QUESTION, `${DOWN}${ENTER}`],
      ["Which step takes in the one after it?", ENTER],
      [QUESTION, `${DOWN.repeat(4)}${ENTER}`],
      ["Which cell stays out of the pipeline?", `${DOWN}${ENTER}`],
      ["This cannot be done", ""],
      [QUESTION, ENTER],
    ],
  );
  expect([asked.exit, asked.text]).toEqual([
    0,
    expect.stringContaining("verified: the pipeline computes what the notebook computed"),
  ]);
  expect(asked.text).toContain("This cannot be done: cannot drop cell 3: cell 4 needs df.");
  // Progress paints over itself, and ends below with the cursor shown.
  expect(asked.sent.lastIndexOf("\u001b[?25h")).toBeGreaterThan(
    asked.sent.lastIndexOf("\u001b[?25l"),
  );
  const again = await runMlops(["promote", "story.ipynb", "--no-observe", "--dry-run", "--json"], {
    directory: project.root,
  });
  expect(again.json()).toMatchObject({
    result: { plan: { steps: [{ name: "prepare" }, { name: "fit-model" }, { name: "evaluate" }] } },
  });
  const { decisions } = parseYaml(await project.read("pipelines/story/pipeline.yaml"), "x")
    .value as {
    decisions: unknown;
  };
  expect(decisions).toEqual([
    { kind: "rename", step: "train", as: "fit-model" },
    { kind: "merge", steps: ["load", "prepare"] },
  ]);
});

test("giving up in the dialog writes nothing", async () => {
  await using project = await tempProject({
    "story.ipynb": notebookText([
      'total = sum([1, 2, 3])\nopen("total.txt", "w").write(str(total))',
    ]),
  });
  const asked = await promote(project, ["--interactive"], [[QUESTION, `${UP}${ENTER}`]]);
  expect([asked.exit, asked.text]).toEqual([130, expect.stringMatching(/interrupted/)]);
  expect(await readdir(project.root)).not.toContain("pipelines");
});

test("asks for the passphrase of the key that an approval is signed with", async () => {
  await using keys = await tempProject();
  const ada = makeSshKey(keys, "ada", "a passphrase");
  await using project = await seededProject();
  await project.write(".mlopsrc.yaml", "version: 1\napproval:\n  signers: .mlops-signers\n");
  await project.write(".mlops-signers", `ada@example.org ${ada.publicText}\n`);
  const words = ["models", "request", "churn@v1", "--no-tests", "--sign-with", ada.path];
  const environment = { SSH_AUTH_SOCK: undefined, DISPLAY: undefined };
  const folder = project.root;
  const typed: [string, string][] = [["Enter passphrase", `a passphrase${ENTER}`]];
  const session = await onTerminal(words, typed, { folder, environment });
  expect(session.exit).toBe(0);
  expect(session.text).toContain("ada@example.org");
  const wrong: [string, string][] = [["Enter passphrase", `another${ENTER}`]];
  const again = await onTerminal([...words, "--env", "staging"], wrong, { folder, environment });
  expect(again.exit).toBe(2);
  expect(again.text).toContain("incorrect passphrase");
});

const SALES = [
  "import pandas as pd\nfrom sklearn.linear_model import LinearRegression",
  'df = pd.read_csv("sales.csv", parse_dates=["date"])\ndf = df.sort_values(["shop", "date"])',
  'df["before"] = df.groupby("shop")["sold"].shift(1)\ndf = df.dropna(subset=["before"])',
  'X = df[["before", "price"]]\ny = df["sold"]\nmodel = LinearRegression()\nmodel.fit(X, y)',
];
const SOLD = Array.from({ length: 24 }, (_, day) =>
  ["north", "south"].map((shop, at) => {
    const price = 3 + ((day * 7 + at) % 5);
    const sold = 20 + ((day * 5 + at * 3) % 11);
    return `2024-03-${String(day + 1).padStart(2, "0")},${shop},${String(price)},${String(sold)}`;
  }),
).flat();
const TIME = "Which column says when a row was?";
const WHOSE = "Which column says whose a row is?";

test("promote --interactive asks whose a row is and when, and serves from a history then", async () => {
  await using project = await tempProject({
    "story.ipynb": notebookText(SALES),
    "sales.csv": `${["date,shop,price,sold", ...SOLD].join("\n")}\n`,
  });
  // Ctrl-D: nobody answers any more.
  const left = await promote(
    project,
    ["--interactive"],
    [
      [QUESTION, ENTER],
      [TIME, CTRL_D],
    ],
  );
  expect([left.exit, left.text]).toEqual([
    0,
    expect.stringMatching(/Serving needs a decision: story\.ipynb, cell 3, line 1/),
  ]);
  expect(left.text).toMatch(/under serve in pipelines\/story\/pipeline\.yaml write `entity: shop`/);
  const settings = "pipelines/story/pipeline.yaml";
  expect(await project.read(settings)).toContain("  entity: null\n  time: null\n");

  const asked = await promote(
    project,
    ["--interactive"],
    [
      [QUESTION, ENTER],
      [TIME, `${DOWN.repeat(2)}${ENTER}`],
      ["What is the column with the time called?", `dates${ENTER}`],
      [`the raw table has no column dates (did you mean "date"?)`, ""],
      [TIME, `${DOWN}${ENTER}`],
      [WHOSE, `${DOWN}${ENTER}`],
      ["What should happen with this decision?", `${DOWN}${ENTER}`],
      [TIME, `${DOWN}${ENTER}`],
      [WHOSE, `${DOWN}${ENTER}`],
      ["What should happen with this decision?", ENTER],
    ],
  );
  expect([asked.exit, asked.text]).toEqual([0, expect.stringMatching(/ready: the features are/)]);
  expect(asked.text).toContain("Take back: entity: shop, time: date");
  expect(await project.read(settings)).toContain("  entity: shop\n  time: date\n");

  // Taken back as any other line of the file.
  const text = await project.read(settings);
  await project.write(
    settings,
    text.replace("entity: shop", "entity: null").replace(/ +time: date\n/, ""),
  );
  const back = await promote(project, [], []);
  expect([back.exit, back.text]).toEqual([0, expect.stringMatching(/not available/)]);
  expect(await project.read(settings)).toContain("  entity: null\n  time: null\n");
});
