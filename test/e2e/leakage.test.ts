/** `--fix leakage`: the pipeline learns from the training rows only, both metrics are shown, and the notebook stays. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Certificate } from "../../src/verification/schema.ts";
import {
  checkExit,
  type Finished,
  type StoryProject,
  storyProject,
} from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const IMPORTS = `import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler`;
const END = [
  "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=7)",
  "model = LogisticRegression()\nmodel.fit(X_train, y_train)",
  'print("loss", log_loss(y_test, model.predict_proba(X_test)))',
];
const LEAKY = [
  IMPORTS,
  'df = pd.read_csv("loans.csv")',
  'df["income"] = df["income"].fillna(df["income"].mean())',
  'X = df[["income", "age"]]\ny = df["repaid"]',
  "scaler = StandardScaler()\nX = scaler.fit_transform(X)",
  ...END,
];
const FILTERED = [...LEAKY.slice(0, 3), "df = df.drop_duplicates()", ...LEAKY.slice(3)];

let project: StoryProject;
let fixed: Finished;
/** As they were written with the fix; a later test undoes it. */
let written: { readonly certificate: Certificate; readonly readme: string };

/** Incomes of a few are very high, so that a mean of all rows is another one than a mean of some. */
function loans(): string {
  const lines = ["income,age,repaid"];
  for (let at = 0; at < 80; at += 1) {
    const income = at % 7 === 0 ? "" : String(20 + ((at * 37) % 60) + (at % 11 === 3 ? 900 : 0));
    const age = 20 + ((at * 13) % 50);
    lines.push(`${income},${String(age)},${String((at * 13) % 50 > 22 + (at % 5) ? 1 : 0)}`);
  }
  return `${lines.join("\n")}\n`;
}

beforeAll(async () => {
  project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "loans.csv"), loans());
    await writeFile(join(folder, "loans.ipynb"), notebookText(LEAKY));
    await writeFile(join(folder, "filtered.ipynb"), notebookText(FILTERED));
  });
  fixed = await project.mlops("promote", "loans.ipynb", "--fix", "leakage", "--no-lock", "--json");
  checkExit(fixed, 0);
  written = {
    certificate: await certificateOf("loans"),
    readme: await read("pipelines/loans/README.md"),
  };
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const read = (path: string): Promise<string> => readFile(join(project.folder, path), "utf8");

async function certificateOf(name: string): Promise<Certificate> {
  return Certificate.parse(JSON.parse(await read(`pipelines/${name}/certificate.json`)));
}

interface Promoted {
  readonly result: {
    readonly revision: number;
    readonly serving: { readonly ready: boolean };
    readonly fixed?: {
      readonly metrics: readonly {
        readonly name: string;
        readonly notebook: number;
        readonly fixed: number;
      }[];
    };
  };
  readonly diagnostics: readonly { readonly code: string }[];
}

const documentOf = ({ stdout }: Finished): Promoted => JSON.parse(stdout) as Promoted;

test("the metric of the notebook and the honest one stand side by side", async () => {
  const { result, diagnostics } = documentOf(fixed);
  const [loss] = result.fixed?.metrics ?? [];
  expect(loss?.name).toBe("log-loss");
  expect(loss?.notebook).not.toBe(loss?.fixed);
  expect(result.serving.ready).toBe(true);
  const codes = diagnostics.map(({ code }) => code);
  expect(codes.filter((code) => code.startsWith("leakage"))).toEqual([]);
  const plain = await project.mlops(
    "promote",
    "loans.ipynb",
    "--name",
    "as-it-stands",
    "--no-lock",
    "--json",
  );
  checkExit(plain, 0);
  expect(documentOf(plain).diagnostics.map(({ code }) => code)).toContain(
    "leakage-fitted-before-split",
  );
  const certificate = await certificateOf("as-it-stands");
  const metric = certificate.comparisons.find(({ name }) => name === "log-loss");
  expect(metric?.got).toBe(loss?.notebook);
});

test("the certificate says where the pipeline is another one than the notebook, on purpose", async () => {
  const { certificate, readme } = written;
  expect(certificate.verdict).toBe("verified");
  expect(certificate.fixed?.places).toContainEqual({
    cell: 3,
    line: 1,
    was: 'df["income"].mean()',
    now: 'df["income"].iloc[training_rows].mean()',
  });
  const metric = certificate.comparisons.find(({ name }) => name === "log-loss");
  expect(metric?.got).toBe(documentOf(fixed).result.fixed?.metrics[0]?.fixed);
  expect(await read("loans.ipynb")).toBe(notebookText(LEAKY));
  expect(readme).toContain("## Not as in the notebook");
});

test("the decision is kept, and taking it out undoes it", async () => {
  const yaml = await read("pipelines/loans/pipeline.yaml");
  const again = await project.mlops("promote", "loans.ipynb", "--no-lock", "--json");
  checkExit(again, 0);
  expect(documentOf(again).result.fixed?.metrics).toEqual(documentOf(fixed).result.fixed?.metrics);
  expect(await read("pipelines/loans/pipeline.yaml")).toBe(yaml);
  const without = yaml.replace(/decisions:\n(?: .*\n)+/u, "decisions: []\n");
  expect(without).not.toBe(yaml);
  await writeFile(join(project.folder, "pipelines/loans/pipeline.yaml"), without);
  const undone = await project.mlops("promote", "loans.ipynb", "--no-lock", "--json");
  checkExit(undone, 0);
  expect(documentOf(undone).result.fixed).toBeUndefined();
  expect(await read("pipelines/loans/loans/prepare.py")).toContain('df["income"].mean()');
});

test("what cannot be fixed soundly is refused with its place, and nothing is written", async () => {
  const before = await project.snapshot();
  const refused = await project.mlops("promote", "filtered.ipynb", "--fix", "leakage", "--no-lock");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("filtered.ipynb, cell 3, line 1");
  expect(refused.stderr).toContain("rows are left out");
  expect(refused.stderr).toContain("leakage-not-fixed");
  expect(await project.snapshot()).toEqual(before);
});
