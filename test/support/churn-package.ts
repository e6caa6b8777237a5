/**
 * A promoted pipeline as texts, small enough to read and as promotion writes it: the runtime files are the shipped ones, the steps are three.
 * Cases change a text or two and see what is said.
 */
import { readFileSync } from "node:fs";
import { sha256, sha256OfJson } from "../../src/base/hash.ts";
import { RUNTIME_MODULES } from "../../src/pipeline/runtime-modules.ts";

/** Texts by path relative to the project root. */
export type Texts = Readonly<Record<string, string>>;

/** Folder of the package. */
export const CHURN = "pipelines/churn";

const DATA = "customer_id,tenure,plan,churn\n1,3,basic,1\n2,40,plus,0\n3,12,basic,0\n";

/** A template that ships with the program. */
export function template(name: string): string {
  return readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8");
}

/** The project: notebook data and the package, with `changes` on top; a change to `undefined` removes the file. The certificate fits the package after the changes. */
export function churnProject(changes: Readonly<Record<string, string | undefined>> = {}): Texts {
  const texts: Record<string, string | undefined> = {
    "data/churn.csv": DATA,
    ...under(CHURN, {
      "pipeline.yaml": PIPELINE,
      "params.yaml":
        "# Parameters of churn.\ndata-path: data/churn.csv\ntest-size: 0.2\nseed: 42\n",
      "requirements.txt": "pandas==3.0.0\nscikit-learn==1.8.0\n",
      "README.md": README,
      "conftest.py": template("project/conftest.py"),
      "churn/__init__.py": '"""Training pipeline churn."""\n',
      ...Object.fromEntries(
        ["__main__.py", ...RUNTIME_MODULES].map((name) => [
          `churn/${name}`,
          template(`project/${name}`),
        ]),
      ),
      "churn/_pipeline.py": TABLE,
      "churn/load.py": LOAD,
      "churn/prepare.py": PREPARE,
      "churn/train.py": TRAIN,
      "tests/test_pipeline.py": template("project/test_pipeline.py").replaceAll(
        "__PACKAGE__",
        "churn",
      ),
    }),
    ...changes,
  };
  const present = Object.fromEntries(
    Object.entries(texts).flatMap(([path, text]) =>
      text === undefined ? [] : [[path, text] as const],
    ),
  );
  if (`${CHURN}/certificate.json` in changes) return present;
  return { ...present, [`${CHURN}/certificate.json`]: certificateFor(present) };
}

/** A certificate of a verification that found everything the same. */
export function certificateFor(
  texts: Texts,
  changes: Readonly<Record<string, unknown>> = {},
): string {
  const code = Object.entries(texts).filter(
    ([path]) => path.startsWith(`${CHURN}/churn/`) && path.endsWith(".py"),
  );
  const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const certificate = {
    version: 1,
    pipeline: "churn",
    digests: {
      notebook: digest("a"),
      plan: digest("b"),
      package: sha256OfJson(
        Object.fromEntries(
          code.map(([path, text]) => [path.slice(CHURN.length + 1), sha256(text)]),
        ),
      ),
      data: { "data/churn.csv": sha256(texts["data/churn.csv"] ?? "") },
      environment: digest("c"),
    },
    seeds: { hash: 0, random: 0, numpy: 0 },
    comparisons: [
      {
        kind: "value",
        step: "load",
        name: "df",
        how: "exact",
        expected: digest("d"),
        got: digest("d"),
        same: true,
      },
      {
        kind: "metric",
        step: "train",
        name: "roc-auc",
        how: "exact",
        expected: 0.83,
        got: 0.83,
        same: true,
      },
    ],
    excluded: [],
    coverage: {
      values: { compared: 1, total: 1 },
      metrics: { compared: 1, total: 1 },
      files: { compared: 0, total: 0 },
      text: { compared: 0, total: 0 },
    },
    steps: 3,
    "notebook-seeded": true,
    verdict: "verified",
    ...changes,
  };
  return `${JSON.stringify(certificate, undefined, 2)}\n`;
}

function under(folder: string, texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [`${folder}/${path}`, text]),
  );
}

const PIPELINE = `version: 1
name: churn
notebook: { path: churn.ipynb, sha256: "sha256:${"a".repeat(64)}" }
root: ../..
python: "3.11"
steps:
  - { name: load, cells: [3], params: [data-path], reads: [data/churn.csv], outputs: [df] }
  - { name: prepare, cells: [5, 6], inputs: [df], params: [test-size, seed], outputs: [x-train, x-test, y-train, y-test] }
  - { name: train, cells: [8, 9], inputs: [x-train, x-test, y-train, y-test], params: [seed], outputs: [model], writes: [churn_model.joblib], metrics: [roc-auc] }
artifacts:
  df: { codec: json }
  x-train: { codec: pickle }
  x-test: { codec: pickle }
  y-train: { codec: pickle }
  y-test: { codec: pickle }
  model: { codec: joblib }
serve: { model: model, raw: df, entity: null, time: null, unseen: other }
decisions: []
`;

const TABLE = `"""The steps of churn and what passes between them."""

from __future__ import annotations

from . import load, prepare, train
from ._runtime import Artifact, Pipeline, Step

PIPELINE = Pipeline(
    name="churn",
    root="../..",
    steps=(
        Step(
            name="load",
            function=load.load,
            module="load",
            inputs=(),
            params=("data-path",),
            outputs=("df",),
            metrics=(),
            reads=("data/churn.csv",),
            writes=(),
            random="none",
        ),
        Step(
            name="prepare",
            function=prepare.prepare,
            module="prepare",
            inputs=("df",),
            params=("test-size", "seed"),
            outputs=("x-train", "x-test", "y-train", "y-test"),
            metrics=(),
            reads=(),
            writes=(),
            random="none",
            param_variables={"seed": "SEED"},
        ),
        Step(
            name="train",
            function=train.train,
            module="train",
            inputs=("x-train", "x-test", "y-train", "y-test"),
            params=("seed",),
            outputs=("model",),
            metrics=("roc-auc",),
            reads=(),
            writes=("churn_model.joblib",),
            random="none",
            param_variables={"seed": "SEED"},
        ),
    ),
    artifacts={
        "df": Artifact(codec="json", variables=("df",)),
        "x-train": Artifact(codec="pickle", variables=("x_train",)),
        "x-test": Artifact(codec="pickle", variables=("x_test",)),
        "y-train": Artifact(codec="pickle", variables=("y_train",)),
        "y-test": Artifact(codec="pickle", variables=("y_test",)),
        "model": Artifact(codec="joblib", variables=("model",)),
    },
)
`;

const LOAD = `"""Load the customers."""

from __future__ import annotations

import pandas as pd


def load(data_path: str = "data/churn.csv") -> pd.DataFrame:
    """Load the customers."""
    # churn.ipynb, cell 3
    df = pd.read_csv(data_path)
    return df
`;

const PREPARE = `"""Prepare and split."""

from __future__ import annotations

import pandas as pd
from sklearn.model_selection import train_test_split


def prepare(df: pd.DataFrame, test_size: float = 0.2, SEED: int = 42) -> tuple:
    """Prepare and split."""
    # churn.ipynb, cell 5
    df["plan"] = df["plan"].map({"basic": 0, "plus": 1})
    x_train, x_test, y_train, y_test = train_test_split(
        df.drop(columns=["churn"]), df["churn"], test_size=test_size, random_state=SEED
    )
    return x_train, x_test, y_train, y_test
`;

const TRAIN = `"""Train and evaluate."""

from __future__ import annotations

import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from ._runtime import metric


def train(
    x_train: pd.DataFrame,
    x_test: pd.DataFrame,
    y_train: pd.Series,
    y_test: pd.Series,
    SEED: int = 42,
) -> RandomForestClassifier:
    """Train and evaluate."""
    # churn.ipynb, cell 8
    model = RandomForestClassifier(n_estimators=60, random_state=SEED)
    model.fit(x_train, y_train)
    auc = metric("roc-auc", roc_auc_score(y_test, model.predict_proba(x_test)[:, 1]))
    print(auc)
    return model
`;

const README = `# churn

A training pipeline made by \`mlops\` from \`churn.ipynb\`.

\`\`\`sh
pip install -r requirements.txt
python -m churn run                # every step, artifacts in .store/
python -m pytest tests
\`\`\`
`;
