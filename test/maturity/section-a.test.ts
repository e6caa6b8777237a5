/** Section A: for each check a repository that earns it and at least one that only looks like it. */
import { expect, test } from "vitest";
import {
  assessRepository,
  deployedProject,
  inPackage,
  type Repository,
  type Story,
  withHistory,
} from "../support/assessments.ts";
import { certificateFor, churnProject } from "../support/churn-package.ts";

const WORKFLOW = ".github/workflows/churn-train.yml";
const PLAIN = churnProject();

function original(name: string): string {
  return PLAIN[inPackage(name)] ?? "";
}

interface Case {
  readonly id: string;
  readonly name: string;
  /** Outcome and strength: `pass E4`. */
  readonly is: string;
  /** Package files by path in its folder. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** Files of the project by path. */
  readonly project?: Readonly<Record<string, string | undefined>>;
  /** With the files of level-1 deployment; changed by `workflow`. */
  readonly deployed?: boolean;
  readonly workflow?: (text: string) => string;
  /** With a registry. */
  readonly story?: Story;
  readonly reason?: string;
}

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const hashed = `pandas==3.0.0 --hash=${digest("1")}\nscikit-learn==1.8.0 --hash=${digest("2")}\n`;
const stub = (name: string): string =>
  `def ${name}(df=None, data_path=None, test_size=None, SEED=None, x_train=None, x_test=None, y_train=None, y_test=None):\n    """Nothing."""\n    pass\n`;

const cases: readonly Case[] = [
  { id: "A1", name: "a recorded run with an intact model", is: "pass E4", story: {} },
  { id: "A1", name: "a CI job that runs the pipeline", is: "pass E3", deployed: true },
  { id: "A1", name: "a command that nothing uses", is: "partial E2" },
  {
    id: "A1",
    name: "a recorded run whose model was replaced in the store",
    is: "partial E2",
    story: { corrupt: (content) => content === "model" },
  },
  {
    id: "A1",
    name: "an entry that only prints",
    is: "partial E2",
    files: { "churn/__main__.py": 'print("training done")\n' },
    reason: "does not reach",
  },
  {
    id: "A1",
    name: "a job with if: false",
    is: "partial E2",
    deployed: true,
    workflow: (text) => text.replace("    runs-on:", "    if: false\n    runs-on:"),
  },
  {
    id: "A1",
    name: "a job that echoes the command",
    is: "partial E2",
    deployed: true,
    workflow: (text) => text.replace("python -m churn run", "echo python -m churn run"),
  },

  { id: "A2", name: "three steps that do something", is: "pass E3" },
  { id: "A2", name: "a recorded run that passed artifacts on", is: "pass E4", story: {} },
  {
    id: "A2",
    name: "one step and two no-ops",
    is: "partial E2",
    files: { "churn/load.py": stub("load"), "churn/prepare.py": stub("prepare") },
    reason: "1 of 3",
  },
  {
    id: "A2",
    name: "a step that reads what nobody makes",
    is: "fail E0",
    files: { "pipeline.yaml": original("pipeline.yaml").replace("inputs: [df]", "inputs: [raw]") },
  },
  {
    id: "A2",
    name: "a recorded run whose digests do not link",
    is: "pass E3",
    story: {
      step: (step) =>
        step.step === "train" && step.manifest !== undefined
          ? { ...step, manifest: { ...step.manifest, inputs: { "x-train": digest("9") } } }
          : step,
    },
  },

  { id: "A3", name: "a certificate that fits the code", is: "pass E3" },
  { id: "A3", name: "two executions with equal results", is: "pass E4", story: { runs: 2 } },
  {
    id: "A3",
    name: "two executions with different results",
    is: "fail E0",
    story: { runs: 2, step: varying() },
  },
  {
    id: "A3",
    name: "a cached result returned the second time",
    is: "pass E3",
    story: { runs: 2, step: secondTime((step) => ({ ...step, decision: "fresh" })) },
  },
  {
    id: "A3",
    name: "no certificate and no runs",
    is: "unknown E0",
    files: { "certificate.json": undefined },
  },
  {
    id: "A3",
    name: "a certificate of other code",
    is: "partial E2",
    files: {
      "certificate.json": certificateFor(PLAIN),
      "churn/train.py": original("churn/train.py").replace("60", "61"),
    },
  },
  {
    id: "A3",
    name: "a certificate that compared nothing",
    is: "partial E1",
    files: {
      "certificate.json": certificateFor(PLAIN, {
        comparisons: [],
        coverage: {
          values: { compared: 0, total: 1 },
          metrics: { compared: 0, total: 1 },
          files: { compared: 0, total: 0 },
          text: { compared: 0, total: 0 },
        },
      }),
    },
  },
  {
    id: "A3",
    name: "a certificate that counts more than it lists",
    is: "partial E1",
    files: { "certificate.json": certificateFor(PLAIN, { comparisons: [] }) },
  },

  {
    id: "A4",
    name: "hashes, a pinned image and an install from the lock",
    is: "pass E3",
    files: { "requirements.lock": hashed },
    deployed: true,
  },
  { id: "A4", name: "versions without hashes", is: "partial E2", deployed: true },
  {
    id: "A4",
    name: "a floating requirement",
    is: "partial E1",
    files: { "requirements.txt": "pandas>=3\nscikit-learn==1.8.0\n" },
  },
  {
    id: "A4",
    name: "a lock that belongs to other code",
    is: "partial E1",
    files: { "requirements.lock": `numpy==2.4.0 --hash=${digest("3")}\n` },
    deployed: true,
    reason: "pandas is imported",
  },
  {
    id: "A4",
    name: "a lock that nothing installs",
    is: "partial E2",
    files: {
      "requirements.lock": hashed,
      Dockerfile: `FROM python:3.11.16@${digest("0")}\nUSER 1\n`,
    },
  },
  {
    id: "A4",
    name: "a floating base image",
    is: "partial E2",
    files: {
      "requirements.lock": hashed,
      Dockerfile: "FROM python:3.11\nRUN pip install --require-hashes -r requirements.lock\n",
    },
    reason: "not pinned by digest",
  },

  { id: "A5", name: "imports that are declared and installed", is: "pass E3", deployed: true },
  {
    id: "A5",
    name: "an import that is not declared",
    is: "fail E0",
    files: { "requirements.txt": "pandas==3.0.0\n" },
    reason: "sklearn",
  },
  {
    id: "A5",
    name: "a giant list of things nobody imports",
    is: "partial E2",
    files: { "requirements.txt": "pandas==3.0.0\nscikit-learn==1.8.0\ndjango==6.0\n" },
    deployed: true,
    reason: "django",
  },
  {
    id: "A5",
    name: "a commented import",
    is: "pass E3",
    files: {
      "churn/load.py": original("churn/load.py").replace(
        "import pandas as pd",
        "import pandas as pd\n\n# import torch",
      ),
    },
    deployed: true,
  },

  { id: "A6", name: "a run that recorded what it read", is: "pass E4", story: {} },
  { id: "A6", name: "a certificate with the digest of the data", is: "pass E3" },
  {
    id: "A6",
    name: "data that changed since",
    is: "partial E2",
    files: { "certificate.json": certificateFor(PLAIN) },
    project: { "data/churn.csv": "other\n" },
  },
  {
    id: "A6",
    name: "a digest of another file",
    is: "partial E1",
    files: {
      "certificate.json": certificateFor(PLAIN, {
        digests: {
          notebook: digest("a"),
          plan: digest("b"),
          package: digest("c"),
          data: { "data/other.csv": digest("d") },
          environment: digest("e"),
        },
      }),
    },
  },
  {
    id: "A6",
    name: "steps that declare no data",
    is: "fail E0",
    files: { "pipeline.yaml": original("pipeline.yaml").replace("reads: [data/churn.csv], ", "") },
  },

  { id: "A7", name: "parameters that are used", is: "pass E3" },
  {
    id: "A7",
    name: "a parameter that is never read",
    is: "partial E2",
    files: { "params.yaml": `${original("params.yaml")}depth: 7\n` },
    reason: "depth",
  },
  {
    id: "A7",
    name: "a parameter that is taken and ignored",
    is: "partial E2",
    files: {
      "churn/load.py": original("churn/load.py").replace(
        "read_csv(data_path)",
        'read_csv("data/churn.csv")',
      ),
    },
    reason: "data-path",
  },
  { id: "A7", name: "no parameters", is: "fail E0", files: { "params.yaml": "{}\n" } },

  { id: "A8", name: "seeds from parameters", is: "pass E3" },
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

test.each(cases)("$id: $name is $is", async ({ id, is, reason, ...rest }) => {
  const assessment = await assessRepository(await repositoryOf(rest));
  const check = assessment.checks.find((one) => one.id === id);
  expect(`${check?.outcome ?? "missing"} E${String(check?.strength)}`, check?.reason).toBe(is);
  if (reason !== undefined) expect(check?.reason).toContain(reason);
});

async function repositoryOf(
  given: Pick<Case, "files" | "project" | "deployed" | "workflow" | "story">,
): Promise<Repository> {
  const changes = Object.fromEntries(
    Object.entries(given.files ?? {}).map(([name, text]) => [inPackage(name), text]),
  );
  const texts: Record<string, string> = { ...churnProject({ ...changes, ...given.project }) };
  if (given.deployed === true) {
    // Deploying refuses what is broken, so the files are those of the sound project.
    const lock = texts[inPackage("requirements.lock")];
    const sound = await deployedProject(
      churnProject(lock === undefined ? {} : { [inPackage("requirements.lock")]: lock }),
    );
    for (const path of [WORKFLOW, inPackage("Dockerfile"), inPackage("ci/check_metrics.py")])
      texts[path] ??= sound[path] ?? "";
  }
  if (given.workflow !== undefined) texts[WORKFLOW] = given.workflow(texts[WORKFLOW] ?? "");
  return given.story === undefined
    ? { texts, registry: undefined }
    : withHistory(texts, given.story);
}

/** Changes only what the second run records. */
function secondTime(change: NonNullable<Story["step"]>): NonNullable<Story["step"]> {
  const seen = new Set<string>();
  return (step) => {
    if (seen.has(step.step)) return change(step);
    seen.add(step.step);
    return step;
  };
}

function varying(): NonNullable<Story["step"]> {
  return secondTime((step) =>
    step.step === "train" && step.manifest !== undefined
      ? { ...step, manifest: { ...step.manifest, metrics: [{ name: "roc-auc", value: 0.7 }] } }
      : step,
  );
}
