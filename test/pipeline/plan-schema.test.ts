import { expect, test } from "vitest";
import { StoredPlan } from "../../src/pipeline/plan-schema.ts";
import { planOf } from "../support/notebooks.ts";

const STORY = [
  "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import accuracy_score",
  "DEPTH = 3\npd.set_option('display.width', 80)\nnp.random.seed(1)",
  "def clip(frame):\n    return frame.clip(upper=5)",
  'df = clip(pd.read_csv("data.csv"))',
  "df.head()",
  'df["x"] = df["x"] * DEPTH + np.random.rand(len(df))',
  'model = LogisticRegression(C=0.5)\nmodel.fit(df[["x"]], df["label"])',
  'accuracy = accuracy_score(df["label"], model.predict(df[["x"]]))',
];

test("a plan comes back from JSON as it was", async () => {
  const { plan } = await planOf(STORY);
  expect(plan?.serve).toBeDefined();
  expect(plan?.parameters.length).toBeGreaterThan(1);
  expect(plan?.metrics.length).toBe(1);
  expect(StoredPlan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
});

test("a plan of another version is refused", async () => {
  const { plan } = await planOf(STORY);
  expect(StoredPlan.safeParse({ ...plan, version: 2 }).success).toBe(false);
  expect(StoredPlan.safeParse({ ...plan, order: [] }).success).toBe(false);
});
