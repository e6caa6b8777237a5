/** A1 to A7: for each check a repository that earns it and at least one that only looks like it. */
import { test } from "vitest";
import type { Sha256 } from "../../src/base/brand.ts";
import { sha256, sha256FromHex } from "../../src/base/hash.ts";
import { inPackage, type Story } from "../support/assessments.ts";
import { certificateFor, churnProject } from "../support/churn-package.ts";
import { checkMaturity, type MaturityCase, secondTime } from "../support/maturity-cases.ts";

const PLAIN = churnProject();

function original(name: string): string {
  return PLAIN[inPackage(name)] ?? "";
}

const digest = (letter: string): Sha256 => sha256FromHex(letter.repeat(64));
const hashed = `pandas==3.0.0 --hash=${digest("1")}\nscikit-learn==1.8.0 --hash=${digest("2")}\n`;
const stub = (name: string): string =>
  `def ${name}(df=None, data_path=None, test_size=None, SEED=None, x_train=None, x_test=None, y_train=None, y_test=None):\n    """Nothing."""\n    pass\n`;

function varying(): NonNullable<Story["step"]> {
  return secondTime((step) =>
    step.step === "train" && step.manifest !== undefined
      ? { ...step, manifest: { ...step.manifest, metrics: [{ name: "roc-auc", value: 0.7 }] } }
      : step,
  );
}

const cases: readonly MaturityCase[] = [
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
          ? { ...step, manifest: { ...step.manifest, inputs: { "x-train": sha256("other") } } }
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
];

test.each(cases)("$id: $name is $is", async (given) => {
  await checkMaturity(given);
});
