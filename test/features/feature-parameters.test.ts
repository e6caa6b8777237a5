/** What a run may give another value, `fit` takes as a keyword, and `transform` finds in the state. */
import { expect, test } from "vitest";
import type { PlacedParameter } from "../../src/features/placed-parameter.ts";
import type { FeatureStaging } from "../../src/features/staging.ts";
import { featureFiles, stageScript } from "../support/feature-cases.ts";

const HEAD = `import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
# %%
`;
const READ = `df = pd.read_csv("people.csv")\n`;
const TAIL = `
X = df.drop(columns=["left"])
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=7)
model = LogisticRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test))
`;

/** `literal` of the second cell, wherever it stands behind `before`. */
function placed(cell: string, variable: string, before: string, literal: string): PlacedParameter {
  const places = [...cell.matchAll(new RegExp(`${before}(?=${literal}\\b)`, "gu"))].map((match) => {
    const start = match.index + match[0].length;
    return { cell: 2, span: { start, end: start + literal.length } };
  });
  if (places.length === 0) throw new Error(`${before}${literal} does not stand in the cell`);
  return { name: variable.replace("_", "-"), variable, type: "float", literal, places };
}

function constant(variable: string, literal: string): PlacedParameter {
  const name = variable.toLowerCase().replace("_", "-");
  return { name, variable, type: "int", literal, places: [] };
}

async function staged(
  cell: string,
  parameters: readonly PlacedParameter[],
): Promise<FeatureStaging> {
  const result = await stageScript(HEAD + cell, undefined, undefined, { parameters });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

test("the size of a split is a keyword of fit, in the place of the literal", async () => {
  const cell = READ + TAIL;
  const staging = await staged(cell, [placed(cell, "test_size", "test_size=", "0.25")]);
  expect(staging.fit.map(({ text }) => text).join("\n")).toContain(
    "train_test_split(X, y, test_size=test_size, random_state=7)",
  );
  expect(staging.state[0]).toEqual({
    name: "test_size",
    type: "float",
    source: "parameter test-size",
  });
  const files = await featureFiles(staging, "people");
  const features = files["people/features.py"] ?? "";
  expect(features).toContain("    test_size: float = 0.25,\n) -> FeatureState:");
  expect(features).toContain("return learn(frame, test_size=test_size)[0]");
});

test("a constant that transform reads is read from the state there, and stands at the head of the module no more", async () => {
  const cell = `CAP = 90\n${READ}df["age"] = df["age"].clip(upper=CAP)\ndf["CAP"] = df["age"] > CAP${TAIL}`;
  const staging = await staged(cell, [constant("CAP", "90")]);
  expect(staging.shared).toEqual([]);
  expect(staging.parameters).toMatchObject([{ variable: "CAP", literal: "90" }]);
  const moved = staging.transform.map(({ text }) => text);
  expect(moved).toContain(`df["age"] = df["age"].clip(upper=state.CAP)`);
  expect(moved).toContain(`df["CAP"] = df["age"] > state.CAP`);
  expect(staging.fit.map(({ text }) => text)).toContain(`df["age"] = df["age"].clip(upper=CAP)`);
});

const KEPT: readonly {
  readonly name: string;
  readonly cell: string;
  readonly parameter: PlacedParameter;
}[] = [
  {
    name: "another constant is computed from",
    cell: `CAP = 90\nTWICE = CAP * 2\n${READ}df["age"] = df["age"].clip(upper=CAP).clip(upper=TWICE)${TAIL}`,
    parameter: constant("CAP", "90"),
  },
  {
    name: "a helper reads",
    cell: `CAP = 90\ndef capped(v):\n    return min(v, CAP)\n${READ}df["age"] = df["age"].apply(capped).clip(upper=CAP)${TAIL}`,
    parameter: constant("CAP", "90"),
  },
];

test.each(KEPT)(
  "a constant that $name stays as the notebook has it",
  async ({ cell, parameter }) => {
    const staging = await staged(cell, [parameter]);
    expect(staging.parameters).toEqual([]);
    expect(staging.shared.map(({ text }) => text)).toContain("CAP = 90");
    expect(staging.transform.map(({ text }) => text).join("\n")).not.toContain("state.CAP");
  },
);

test("what the features do not use is no keyword of fit", async () => {
  const cell = `EPOCHS = 5\n${READ}${TAIL}print(EPOCHS)\n`;
  const staging = await staged(cell, [constant("EPOCHS", "5")]);
  expect(staging.parameters).toEqual([]);
});

test("what is learned inside an expression is learned with the parameter", async () => {
  const cell = `${READ}df["group"] = KMeans(n_clusters=3, random_state=7).fit_predict(df[["age", "size"]])${TAIL}`;
  const staging = await staged(cell, [
    placed(cell, "n_clusters", "n_clusters=", "3"),
    placed(cell, "seed", "random_state=", "7"),
  ]);
  const fit = staging.fit.map(({ text }) => text).join("\n");
  expect(fit).toContain("KMeans(n_clusters=n_clusters, random_state=seed)");
  expect(fit).toContain("test_size=0.25, random_state=seed)");
  expect(fit).not.toMatch(/n_clusters=3|random_state=7/u);
});
