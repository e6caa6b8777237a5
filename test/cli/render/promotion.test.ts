import { expect, test } from "vitest";
import { sha256FromHex } from "../../../src/base/hash.ts";
import { renderPlan } from "../../../src/cli/render/plan.ts";
import { renderVerdict } from "../../../src/cli/render/verdict.ts";
import type { Certificate } from "../../../src/verification/schema.ts";
import { planOf } from "../../support/notebooks.ts";

const DIGEST = sha256FromHex("a".repeat(64));

const CERTIFICATE: Certificate = {
  version: 1,
  pipeline: "churn",
  digests: { notebook: DIGEST, plan: DIGEST, package: DIGEST, data: {}, environment: DIGEST },
  seeds: { hash: 0, random: 0, numpy: 0 },
  comparisons: [
    {
      kind: "value",
      step: "clean",
      name: "df-2",
      how: "exact",
      expected: DIGEST,
      got: DIGEST,
      same: false,
      difference: 'column "monthly_charges", row 3: 12 is not 13, and a long tail that has to wrap',
    },
  ],
  excluded: [
    {
      name: "started",
      cell: 4,
      reason: "the notebook itself does not repeat it",
      evidence: "two runs of the notebook gave started different bytes after cell 4",
    },
    ...[3, 9].map((cell) => ({
      name: `cell ${String(cell)}`,
      cell,
      reason: "left out of the pipeline: only prints",
      evidence: "it printed 1 line in the notebook",
      exploration: true as const,
    })),
  ],
  coverage: {
    values: { compared: 1, total: 2 },
    metrics: { compared: 0, total: 0 },
    files: { compared: 1, total: 1 },
    text: { compared: 2, total: 4 },
  },
  steps: 2,
  "notebook-seeded": true,
  verdict: "differs",
};

function checkWidth(text: string): void {
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
}

test("shows the graph with what each step reads, takes, makes and writes, within 80 columns", async () => {
  const names = Array.from({ length: 12 }, (_, at) => `column_number_${String(at)}`);
  const { plan } = await planOf([
    "import pandas as pd\nimport matplotlib.pyplot as plt",
    "df = pd.read_csv('data/churn.csv')",
    ...names.map((name, at) => `${name} = df.iloc[:, ${String(at)}].fillna(0) * 2`),
    "df.head()",
    "from sklearn.linear_model import LinearRegression\nmodel = LinearRegression().fit(df[['a']], column_number_0)",
    `pd.DataFrame([${names.join(", ")}]).to_csv('out.csv')`,
  ]);
  if (plan === undefined) throw new Error("there is no plan");
  const text = renderPlan(plan);
  checkWidth(text);
  expect(text).toMatch(/● load +cell 2\n {2}│ {3}reads {2}data\/churn.csv/);
  expect(text).toMatch(/writes out\.csv/);
  expect(text).toMatch(/1 {2}only shows something {2}cell 15/);
});

test("shows verdict, coverage as n of total, each difference and each exclusion with its evidence", () => {
  const text = renderVerdict(CERTIFICATE, {
    step: "train",
    message: "ValueError: no rows",
    cell: 7,
    line: 2,
  });
  checkWidth(text);
  const oneLine = text.replaceAll(/\s+/g, " ");
  for (const said of [
    "DIFFERS",
    "values 1 of 2 compared",
    "metrics none",
    "printed text 2 of 4 compared",
    "failed: step train (cell 7, line 2): ValueError: no rows",
    'differs: step clean, value df-2: column "monthly_charges", row 3',
    "left out: what exploration printed in cells 3, 9, which stays in the notebook",
    "excluded: started (cell 4): the notebook itself does not repeat it; two runs",
  ])
    expect(oneLine).toContain(said);
});

test("names the notebook of each cell whose exploration was left out where there are several", () => {
  const excluded = ["clean.ipynb, cell 3", "model.ipynb, cell 2"].map((name, at) => ({
    name,
    cell: 3 + at,
    reason: "left out of the pipeline: only prints",
    evidence: "it printed 1 line in the notebook",
    exploration: true as const,
  }));
  const text = renderVerdict({ ...CERTIFICATE, excluded }, undefined);
  expect(text.replaceAll(/\s+/g, " ")).toContain(
    "left out: what exploration printed in clean.ipynb, cell 3; model.ipynb, cell 2, which stays",
  );
});

test("says that nothing is proven where nothing was run", () => {
  expect(renderVerdict(undefined, undefined)).toMatch(/unverified: .* nothing is proven/);
});

test("says of a fixed pipeline that it is another one than the notebook, on purpose", () => {
  const places = [{ cell: 3, line: 1, was: "df.mean()", now: "df.iloc[training_rows].mean()" }];
  const text = renderVerdict(
    { ...CERTIFICATE, fixed: { kind: "leakage", places }, verdict: "verified" },
    undefined,
  );
  checkWidth(text);
  expect(text).toContain("the pipeline computes what the notebook computes as it was fixed");
  expect(text.replace(/\s+/gu, " ")).toContain(
    "on purpose: compared with the notebook as it was fixed (leakage, 1 place), not as it stands",
  );
});
