/** Sections B and G: for each check a repository that earns it and at least one that only looks like it. */
import { expect, test } from "vitest";
import type { Registry } from "../../src/ports/registry.ts";
import { assessRepository, inPackage, withHistory } from "../support/assessments.ts";
import { churnFeatures } from "../support/churn-features.ts";
import { churnProject } from "../support/churn-package.ts";
import { checkMaturity, type MaturityCase } from "../support/maturity-cases.ts";

function original(name: string): string {
  return churnFeatures[inPackage(name)] ?? churnProject()[inPackage(name)] ?? "";
}

const usingFeatures = original("churn/prepare.py").replace(
  "import pandas as pd",
  "import pandas as pd\n\nfrom .features import transform",
);
const learningWithSteps = {
  "churn/prepare.py": original("churn/prepare.py").replace(
    /def prepare\([^)]*\)[^:]*:\n/u,
    (head) =>
      `def learn_prepare(df):\n    return df.dropna()\n\n\n${head}    df = learn_prepare(df)\n`,
  ),
  "churn/features.py": original("churn/features.py").replace(
    "    limit =",
    "    from .prepare import learn_prepare\n\n    table = learn_prepare(table)\n    limit =",
  ),
};
const checkingContract = {
  "churn/load.py": original("churn/load.py")
    .replace("import pandas as pd", "import pandas as pd\n\nfrom . import contract")
    .replace("    return df", "    contract.check(df)\n    return df"),
};
const servingContract = {
  "churn/predict.py": original("churn/predict.py")
    .replace("from .features", "from . import contract\nfrom .features")
    .replace("    matrix =", "    contract.check(rows)\n    matrix ="),
};
const everything = JSON.stringify({
  version: 1,
  columns: [{ name: "a", type: "string", nullable: true, unseen: "other", personal: false }],
  answer: { kind: "label" },
});

const cases: readonly MaturityCase[] = [
  {
    id: "B1",
    name: "features that training and serving import",
    is: "pass E3",
    files: { "churn/prepare.py": usingFeatures },
  },
  {
    id: "B1",
    name: "features that learn with a function which the step calls",
    is: "pass E3",
    files: learningWithSteps,
  },
  {
    id: "B1",
    name: "features that import a function which no step calls",
    is: "partial E2",
    files: { ...learningWithSteps, "churn/prepare.py": original("churn/prepare.py") },
    reason: "their own lines",
  },
  {
    id: "B1",
    name: "features that only serving uses",
    is: "partial E2",
    reason: "their own lines",
  },
  {
    id: "B1",
    name: "a predictor with its own version",
    is: "partial E2",
    files: {
      "churn/prepare.py": usingFeatures,
      "churn/predict.py": original("churn/predict.py").replace(
        "    matrix =",
        "    rows = rows.fillna(0)\n    matrix =",
      ),
    },
    reason: "itself",
  },
  {
    id: "B1",
    name: "a transform that does nothing",
    is: "fail E0",
    files: { "churn/features.py": "def transform(rows, state):\n    return rows\n" },
  },
  { id: "B1", name: "no features", is: "fail E0", serving: false },

  { id: "B2", name: "state registered with the model", is: "pass E4", story: {} },
  { id: "B2", name: "state given to transform", is: "pass E3" },
  {
    id: "B2",
    name: "get_dummies of the request",
    is: "partial E1",
    files: {
      "churn/features.py": original("churn/features.py").replace(
        "    return rows[",
        "    rows = pd.get_dummies(rows)\n    return rows[",
      ),
    },
  },
  {
    id: "B2",
    name: "get_dummies of given categories",
    is: "pass E3",
    files: {
      "churn/features.py": original("churn/features.py").replace(
        "    return rows[",
        '    rows = pd.get_dummies(as_categories(rows, state, "other"))\n    return rows[',
      ),
    },
  },
  {
    id: "B2",
    name: "a predictor that fits",
    is: "partial E1",
    files: {
      "churn/predict.py": original("churn/predict.py").replace(
        "    matrix =",
        "    model.fit(rows)\n    matrix =",
      ),
    },
  },
  {
    id: "B2",
    name: "a model version without state",
    is: "partial E2",
    story: { model: { files: {} } },
  },
  {
    id: "B2",
    name: "a state that was changed in the store",
    is: "fail E0",
    story: { corrupt: (content) => content === "state/state.json" },
  },

  { id: "B3", name: "a parity test that CI runs", is: "pass E3" },
  { id: "B3", name: "a parity test that CI does not run", is: "partial E2", deployed: false },
  {
    id: "B3",
    name: "a parity test without an assertion",
    is: "fail E0",
    files: {
      "tests/test_features.py": original("tests/test_features.py").replaceAll("assert ", ""),
    },
  },
  {
    id: "B3",
    name: "a parity test that skips itself",
    is: "partial E1",
    files: {
      "contract.json": undefined,
      "tests/test_features.py": `import pytest\n\n\ndef contract():\n    pytest.skip("no contract")\n\n\n${original("tests/test_features.py")}`,
    },
  },

  {
    id: "B4",
    name: "entity and time",
    is: "partial E1",
    files: {
      "pipeline.yaml": original("pipeline.yaml").replace(
        "entity: null, time: null",
        "entity: customer_id, time: at",
      ),
    },
  },
  { id: "B4", name: "neither", is: "fail E0" },

  { id: "B5", name: "tests with nulls, unseen categories and no rows", is: "pass E3" },
  {
    id: "B5",
    name: "the words in a comment",
    is: "partial E2",
    files: {
      "tests/test_features.py": `${original("tests/test_features.py").split("def test_nulls")[0] ?? ""}# None unseen empty\n`,
    },
    reason: "nulls, unseen categories, empty input",
  },
  {
    id: "B5",
    name: "tests of something else",
    is: "fail E0",
    files: { "tests/test_features.py": "def test_sum():\n    assert sum([1]) == 1\n" },
  },

  {
    id: "B6",
    name: "a contract checked in training and serving",
    is: "pass E3",
    files: { ...checkingContract, ...servingContract },
  },
  {
    id: "B6",
    name: "a contract checked in serving only",
    is: "partial E3",
    files: servingContract,
    reason: "training data is not",
  },
  { id: "B6", name: "a contract that nobody calls", is: "partial E2" },
  {
    id: "B6",
    name: "a contract that accepts everything",
    is: "partial E1",
    files: { ...checkingContract, "contract.json": everything },
  },
  {
    id: "B6",
    name: "a contract that cannot be read",
    is: "fail E0",
    files: { "contract.json": "{}" },
  },

  { id: "G1", name: "a version that leads back", is: "pass E4", story: {} },
  { id: "G1", name: "a runtime that records, without a registry", is: "pass E3" },
  { id: "G1", name: "a version of a run nobody recorded", is: "partial E2", story: { runs: 0 } },
  {
    id: "G1",
    name: "a run outside git",
    is: "pass E3",
    story: { run: { gitCommit: undefined } },
    reason: "outside git",
  },
  {
    id: "G1",
    name: "a version of an unknown revision",
    is: "pass E3",
    story: { model: { pipelineRevision: 7 } },
    reason: "churn:r7 is not on record",
  },

  { id: "G2", name: "a deployment of a known revision", is: "pass E4", story: {} },
  {
    id: "G2",
    name: "a deployment of nothing",
    is: "fail E0",
    story: {},
    registry: (registry) => deployAs(registry, "churn:r9"),
  },
  { id: "G2", name: "nothing deployed", is: "unknown E0", story: { withoutDeployment: true } },

  { id: "G3", name: "a chain that holds", is: "partial E4", story: {}, reason: "not anchored" },
  { id: "G3", name: "an empty trail", is: "fail E0", story: { withoutDeployment: true } },
  { id: "G3", name: "no registry", is: "unknown E0" },

  {
    id: "G4",
    name: "a card that somebody wrote",
    is: "partial E1",
    project: { "MODEL_CARD.md": "# Churn\n" },
  },
  { id: "G4", name: "no card", is: "fail E0" },

  {
    id: "G5",
    name: "owners and least privilege",
    is: "partial E3",
    project: { ".github/CODEOWNERS": "pipelines/ @ann\n" },
  },
  {
    id: "G5",
    name: "owners in a comment",
    is: "partial E2",
    project: { ".github/CODEOWNERS": "# pipelines/ @ann\n" },
  },
  {
    id: "G5",
    name: "a workflow that may write everything",
    is: "partial E1",
    project: {
      ".github/workflows/other.yml":
        "on: push\npermissions: write-all\njobs: { a: { steps: [] } }\n",
    },
  },
  { id: "G5", name: "nothing", is: "fail E0", deployed: false },
];

test.each(cases)("$id: $name is $is", async (given) => {
  await checkMaturity({ serving: true, deployed: true, ...given });
});

function deployAs(registry: Registry, subject: string): void {
  registry.deployments.add({
    subject,
    environment: "ci",
    level: 1,
    target: "github",
    state: "pending",
    gitCommit: undefined,
    createdAtMs: 7000,
  });
}

test("a trail that was changed in the middle is named", async () => {
  const repository = withHistory(churnProject());
  const { registry } = repository;
  if (registry === undefined) throw new Error("no registry");
  const broken: Registry = { ...registry, audit: { ...registry.audit, firstBroken: () => 1 } };
  const check = (await assessRepository({ texts: repository.texts, registry: broken })).checks.find(
    (one) => one.id === "G3",
  );
  expect(check).toMatchObject({ outcome: "fail", strength: 0 });
  expect(check?.reason).toContain("event 1");
});
