/** What reading alone says of a notebook's features: a class and what is learned for each statement, and what stands in the way. */
import { expect, test } from "vitest";
import { type Features, InspectResult } from "../../../src/cli/inspect-schema.ts";
import { notebookText } from "../../support/notebooks.ts";
import { runMlops } from "../../support/run-mlops.ts";
import { tempProject } from "../../support/temp-project.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler`;
const READ = 'df = pd.read_csv("sales.csv", parse_dates=["date"])\ndf.head()';
const FIT = "model = LinearRegression()\nmodel.fit(X, y)\nprint(model.score(X, y))";

interface Seen {
  readonly features: Features;
  readonly stdout: string;
  readonly exit: number;
}

async function inspect(
  notebooks: Readonly<Record<string, readonly string[]>>,
  files: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const texts = Object.entries(notebooks).map(([path, cells]) => [path, notebookText(cells)]);
  await using project = await tempProject({
    ...(Object.fromEntries(texts) as Record<string, string>),
    ...files,
  });
  const words = ["inspect", ...Object.keys(notebooks), "--phase", "features"];
  const plain = await runMlops(words, { directory: project.root });
  const asked = await runMlops([...words, "--json"], { directory: project.root });
  const { result } = asked.json() as { readonly result: unknown };
  const found = InspectResult.parse(result);
  if (found.phase !== "features") throw new Error(`showed ${found.phase}`);
  return { features: found, stdout: plain.stdout, exit: plain.exit };
}

const ROWS = `df["price"] = df["price"].fillna(df["price"].median())
df["double"] = df["price"] * 2
df = df.dropna(subset=["sold"])
y = df["sold"]
X = df[["price", "double"]]`;

test("shows each statement from the raw table to the matrix with its class and what is learned in it", async () => {
  const scaled = "scaler = StandardScaler()\nX = scaler.fit_transform(X)";
  const { features, stdout, exit } = await inspect({
    "story.ipynb": [HEAD, READ, ROWS, scaled, FIT],
  });
  expect(exit).toBe(0);
  expect(
    features.statements.map(({ cell, line, class: of, fields, state }) => [
      `${String(cell)}:${String(line)}`,
      of,
      fields.join(),
      state,
    ]),
  ).toEqual([
    ["2:1", "schema", "", "read"],
    ["3:1", "fitted", "price_median", "read"],
    ["3:2", "row", "", "read"],
    ["3:3", "row-filter", "", "read"],
    ["3:4", "label", "", "read"],
    ["3:5", "row", "", "read"],
    ["4:1", "fitted", "", "read"],
    ["4:2", "fitted", "scaler", "read"],
  ]);
  expect(features.statements[2]?.text).toBe('df["double"] = df["price"] * 2');
  expect(features.fields).toContainEqual({
    name: "price_median",
    type: "float",
    source: 'df["price"].median()',
  });
  expect(features).toMatchObject({ model: "model" });
  expect(features.refusal).toBeUndefined();
  expect(stdout).toContain("model: the features split into fit and transform\n");
  expect(stdout).toMatch(/^cell 3 line 1 {2}fitted, row +df\["price"\] = .*\n +→ price_median$/mu);
  expect(stdout).toMatch(/^ {2}row-filter +which rows there are, in training alone$/mu);
  expect(stdout).toMatch(/^ {2}price_median +float +df\["price"\]\.median\(\)$/mu);
});

const LAG = `df["before"] = df.groupby("shop")["sold"].shift(1)
df["double"] = df["price"] * 2
y = df["sold"]
X = df[["before", "double"]]`;

test("shows what is refused, what it needs, and which statements were not looked at for it", async () => {
  const { features, stdout, exit } = await inspect({ "story.ipynb": [HEAD, READ, LAG, FIT] });
  expect(exit).toBe(0);
  expect(features.statements.map(({ line, class: of, state }) => [line, of, state])).toEqual([
    [1, "schema", "read"],
    [1, null, "refused"],
    [2, null, "not-read"],
    [3, null, "not-read"],
    [4, null, "not-read"],
  ]);
  expect(features.fields).toEqual([]);
  expect(features.refusal).toMatchObject({
    code: "feature-needs-history",
    cell: 3,
    line: 1,
    hint: expect.stringContaining(
      "under serve in pipelines/story/pipeline.yaml write `entity: shop` and `time: date`",
    ) as unknown,
    candidates: { entity: ["shop"], time: ["date"] },
  });
  expect(stdout).toMatch(/^model: the features are refused, as they stand$/mu);
  expect(stdout).toMatch(/^cell 3 line 1 {2}refused +df\["before"\]/mu);
  expect(stdout).toMatch(/^cell 3 line 2 {2}not read +df\["double"\]/mu);
  expect(stdout).toMatch(
    /^ {2}cell 3 line 1: `df\.groupby\("shop"\)\["sold"\]\.shift\(1\)` looks at/mu,
  );
  expect(stdout).toMatch(/^ {2}entity {2}shop$/mu);
});

const pipelineOf = (path: string): string => `version: 1
name: story
notebook: { path: ${path}, sha256: "0" }
root: ../..
python: "3.11"
steps: [{ name: train, cells: [4] }]
artifacts: { model: { codec: joblib } }
serve: { model: model, entity: shop, time: date }
`;

test("takes what the notebook's own pipeline declares, and that of no other", async () => {
  const cells = { "story.ipynb": [HEAD, READ, LAG, FIT] };
  const settings = "pipelines/story/pipeline.yaml";
  const own = await inspect(cells, { [settings]: pipelineOf("story.ipynb") });
  expect(own.features).toMatchObject({
    declared: { path: settings, entity: ["shop"], time: "date" },
    history: { entity: ["shop"], time: "date", window: 1 },
  });
  expect(own.features.statements.map((each) => each.class)).toContain("table");
  expect(own.stdout).toContain(
    `features look at 1 earlier rows of the same shop, in the order of date\nentity and time as ${settings} declares them\n`,
  );
  const others = await inspect(cells, { [settings]: pipelineOf("other/story.ipynb") });
  expect(others.features.declared).toBeUndefined();
  expect(others.features.refusal).toMatchObject({ code: "feature-needs-history" });
});

test("names the class where no declaration helps", async () => {
  const drawn = `df["noise"] = np.random.rand(len(df))
y = df["sold"]
X = df[["noise", "price"]]`;
  const { features } = await inspect({ "story.ipynb": [HEAD, READ, drawn, FIT] });
  expect(features.statements[1]).toMatchObject({ line: 1, state: "refused" });
  expect(features.refusal?.code).toBe("feature-random");
  expect(features.refusal?.candidates).toBeUndefined();
});

test("shows a loop over models as the notebook has it", async () => {
  const loop = `models = {}
y = df["sold"]
for days in [1, 7]:
    data = df.copy()
    data["later"] = data["sold"] + days
    tree = LinearRegression()
    tree.fit(data[["price"]], data["later"])
    models[days] = tree
import joblib
joblib.dump(models, "models.joblib")`;
  const { features } = await inspect({ "story.ipynb": [HEAD, READ, loop] });
  expect(features.model).toBe("models");
  expect(features.statements.map(({ text }) => text)).toContain("for days in [1, 7]:");
  expect(features.statements.map(({ text }) => text).join("\n")).not.toContain("list([1, 7])[-1]");
});

test("says that there is no model", async () => {
  const { features, stdout } = await inspect({ "story.ipynb": [HEAD, READ, "print(df.shape)"] });
  expect(features).toMatchObject({ statements: [], refusal: { code: "feature-model-unknown" } });
  expect(stdout).toMatch(/^no model that could be served$/mu);
});

test("numbers the cells of several notebooks as each does", async () => {
  const { features, stdout } = await inspect({
    "clean.ipynb": ["import pandas as pd", 'pd.read_csv("raw.csv").to_csv("sales.csv")'],
    "train.ipynb": [HEAD, READ, ROWS, FIT],
  });
  expect(features.statements[0]).toMatchObject({ path: "train.ipynb", cell: 2, line: 1 });
  expect(stdout).toMatch(/^train\.ipynb cell 3 line 2 {2}row +df/mu);
});
