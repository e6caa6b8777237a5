/** A8 to A15: for each check a repository that earns it and at least one that only looks like it. */
import { test } from "vitest";
import { inPackage } from "../support/assessments.ts";
import { churnProject } from "../support/churn-package.ts";
import { checkMaturity, type MaturityCase, secondTime } from "../support/maturity-cases.ts";

const PLAIN = churnProject();

function original(name: string): string {
  return PLAIN[inPackage(name)] ?? "";
}

const cases: readonly MaturityCase[] = [
  {
    id: "A8",
    name: "a literal seed",
    is: "partial E2",
    files: {
      "churn/prepare.py": original("churn/prepare.py").replace(
        "random_state=SEED",
        "random_state=42",
      ),
    },
  },
  {
    id: "A8",
    name: "a seed that is only printed",
    is: "fail E0",
    files: {
      "churn/prepare.py": original("churn/prepare.py")
        .replace(", random_state=SEED", "")
        .replace("    # churn", '    print("seed", SEED)\n    # churn'),
    },
  },
  {
    id: "A8",
    name: "random_state=None",
    is: "fail E0",
    files: {
      "churn/train.py": original("churn/train.py").replace(
        "random_state=SEED",
        "random_state=None",
      ),
    },
  },
  {
    id: "A8",
    name: "a global draw without a seed",
    is: "fail E0",
    files: {
      "churn/train.py": original("churn/train.py").replace(
        "    auc",
        "    import numpy as np\n    np.random.shuffle(x_train)\n    auc",
      ),
    },
  },

  {
    id: "A9",
    name: "a split with nothing fitted before it",
    is: "partial E2",
    reason: "L04 to L12 are not examined",
  },
  {
    id: "A9",
    name: "a scaler fitted before the split",
    is: "partial E1",
    files: {
      "churn/load.py": original("churn/load.py")
        .replace(
          "    return df",
          "    scaler = StandardScaler()\n    df = scaler.fit_transform(df)\n    return df",
        )
        .replace(
          "import pandas as pd",
          "import pandas as pd\nfrom sklearn.preprocessing import StandardScaler",
        ),
    },
    reason: "L01",
  },
  {
    id: "A9",
    name: "a median of all rows before the split",
    is: "partial E1",
    files: {
      "churn/load.py": original("churn/load.py").replace(
        "    return df",
        '    df["tenure"] = df["tenure"].fillna(df["tenure"].median())\n    return df',
      ),
    },
    reason: "L01",
  },
  {
    id: "A9",
    name: "an encoder fitted before the split",
    is: "partial E2",
    files: {
      "churn/load.py": original("churn/load.py")
        .replace(
          "    return df",
          "    encoder = LabelEncoder()\n    df = encoder.fit_transform(df)\n    return df",
        )
        .replace(
          "import pandas as pd",
          "import pandas as pd\nfrom sklearn.preprocessing import LabelEncoder",
        ),
    },
    reason: "L02",
  },
  {
    id: "A9",
    name: "a model fitted on test rows",
    is: "partial E1",
    files: {
      "churn/train.py": original("churn/train.py").replace(
        "model.fit(x_train, y_train)",
        "model.fit(x_test, y_test)",
      ),
    },
    reason: "L03",
  },
  {
    id: "A9",
    name: "no split",
    is: "fail E0",
    files: {
      "churn/prepare.py": original("churn/prepare.py").replaceAll("train_test_split", "halve"),
    },
  },

  { id: "A10", name: "a run with everything that leads back", is: "pass E4", story: {} },
  { id: "A10", name: "a runtime that records, without a registry", is: "pass E3" },
  {
    id: "A10",
    name: "a run with a commit nobody knows",
    is: "pass E3",
    story: { run: { gitCommit: "dead".repeat(10) } },
    reason: "not in this repository",
  },
  {
    id: "A10",
    name: "a run from uncommitted changes",
    is: "pass E3",
    story: { run: { gitDirty: true } },
    reason: "uncommitted",
  },
  {
    id: "A10",
    name: "a run that ended before it began",
    is: "pass E3",
    story: { endedAtMs: 5 },
    reason: "times make no sense",
  },
  {
    id: "A10",
    name: "a runtime that records nothing",
    is: "fail E0",
    files: { "churn/_runtime.py": undefined },
  },
  {
    id: "A10",
    name: "a runtime that only mentions manifests",
    is: "partial E1",
    files: {
      "churn/_runtime.py": 'def run_step(*_):\n    path = "manifest.json"\n    print(path)\n',
    },
  },

  { id: "A11", name: "a registered version with signature and metrics", is: "pass E4", story: {} },
  {
    id: "A11",
    name: "a version whose files are placeholders",
    is: "fail E0",
    story: { corrupt: (content) => content === "model/model.joblib" },
  },
  {
    id: "A11",
    name: "a version without signature",
    is: "partial E2",
    story: { model: { files: {} } },
  },
  {
    id: "A11",
    name: "a version without metrics",
    is: "partial E2",
    story: { model: { metrics: [] } },
  },
  { id: "A11", name: "nothing registered", is: "partial E2" },

  { id: "A12", name: "a weekly schedule", is: "pass E3", deployed: true },
  {
    id: "A12",
    name: "a yearly schedule",
    is: "partial E2",
    deployed: true,
    workflow: (text) => text.replace("0 3 * * 1", "0 3 1 1 *"),
    reason: "366 days",
  },
  {
    id: "A12",
    name: "a schedule that never fires",
    is: "partial E2",
    deployed: true,
    workflow: (text) => text.replace("0 3 * * 1", "0 3 30 2 *"),
    reason: "never fires",
  },
  {
    id: "A12",
    name: "a schedule of a job that is switched off",
    is: "fail E0",
    deployed: true,
    workflow: (text) => text.replace("    runs-on:", "    if: false\n    runs-on:"),
  },
  {
    id: "A12",
    name: "a schedule of a job that does not train",
    is: "fail E0",
    deployed: true,
    workflow: (text) => text.replace("python -m churn run", "python -m churn describe"),
  },

  {
    id: "A13",
    name: "cached steps and a timeout",
    is: "partial E3",
    deployed: true,
    story: { runs: 2, step: secondTime((step) => ({ ...step, decision: "fresh" })) },
  },
  { id: "A13", name: "a timeout only", is: "partial E2", deployed: true },
  { id: "A13", name: "neither", is: "fail E0" },

  { id: "A14", name: "clean steps with tests in CI", is: "pass E3", deployed: true },
  { id: "A14", name: "tests that CI does not run", is: "partial E2" },
  {
    id: "A14",
    name: "tests whose failure is swallowed",
    is: "partial E2",
    deployed: true,
    workflow: (text) => text.replace("-m pytest tests", "-m pytest tests || true"),
  },
  {
    id: "A14",
    name: "tests that assert nothing",
    is: "partial E2",
    deployed: true,
    files: {
      "tests/test_pipeline.py": "from churn import load\n\n\ndef test_load():\n    assert True\n",
    },
    reason: "no test with an assertion",
  },
  {
    id: "A14",
    name: "tests that are skipped",
    is: "partial E2",
    deployed: true,
    files: {
      "tests/test_pipeline.py":
        "import pytest\nfrom churn import load\n\n\n@pytest.mark.skip\ndef test_load():\n    assert load.load() == 1\n",
    },
  },
  {
    id: "A14",
    name: "a step that shows a table",
    is: "partial E2",
    deployed: true,
    files: {
      "churn/load.py": original("churn/load.py").replace(
        "    return df",
        "    df.head()\n    return df",
      ),
    },
  },
  {
    id: "A14",
    name: "a step that runs on import",
    is: "partial E1",
    deployed: true,
    files: { "churn/load.py": `${original("churn/load.py")}\n\nprint(load())\n` },
  },
  {
    id: "A14",
    name: "a notebook in one function",
    is: "partial E2",
    deployed: true,
    files: {
      "churn/load.py": original("churn/load.py").replace(
        "    return df",
        `${"    df = df.copy()\n".repeat(130)}    return df`,
      ),
    },
  },

  { id: "A15", name: "a README whose commands CI runs", is: "pass E3", deployed: true },
  { id: "A15", name: "a README that nobody follows", is: "partial E2" },
  {
    id: "A15",
    name: "a README with the command in a sentence",
    is: "fail E0",
    deployed: true,
    files: { "README.md": "Run python -m churn run and all is well.\n" },
  },
  {
    id: "A15",
    name: "a README that forgets the install",
    is: "partial E1",
    deployed: true,
    files: { "README.md": "```sh\npython -m churn run\n```\n" },
  },
];

test.each(cases)("$id: $name is $is", async (given) => {
  await checkMaturity(given);
});
