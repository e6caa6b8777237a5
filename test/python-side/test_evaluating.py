"""Measuring others in the place of a model: by the same steps, on the same rows, and nothing of it stays."""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from workside import worker

ROOT = Path(__file__).resolve().parents[2]

SPLIT = """
rng = np.random.default_rng(3)
X = rng.normal(size=(120, 3))
y = (X[:, 0] + rng.normal(size=120) > 0.4).astype(int)
X_train, X_test, y_train, y_test = X[:80], X[80:], y[:80], y[80:]
"""
TRAIN = "model = LogisticRegression().fit(X_train, y_train)"
EVALUATE = """
metric("accuracy", accuracy_score(y_test, model.predict(X_test)))
metric("roc-auc", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
"""
HEAD = """
import os
import subprocess
from pathlib import Path
import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import *
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from ._runtime import metric
from .helpers import *
"""
PIPELINE = """
from . import evaluate, split, train
from ._runtime import Artifact, Pipeline, Step

PIPELINE = Pipeline(
    name="story", root="../..",
    steps=(
        Step(name="split", function=split.split, module="split",
             outputs=("x-train", "x-test", "y-train", "y-test")),
        Step(name="train", function=train.train, module="train", random={random!r},
             inputs=("x-train", "y-train"), outputs=("{made}",)),
        Step(name="evaluate", function=evaluate.evaluate, module="evaluate", random={random!r},
             inputs=("{made}", "x-test", "y-test"), reads={reads!r}, writes={writes!r}),
    ),
    artifacts={{
        "x-train": Artifact("pickle", ("X_train",)), "x-test": Artifact("pickle", ("X_test",)),
        "y-train": Artifact("pickle", ("y_train",)), "y-test": Artifact("pickle", ("y_test",)),
        "{made}": Artifact("pickle", {variables!r}),
    }},
    serves="{made}",
)
"""


class Story:
    """A pipeline of three steps that has run."""

    def __init__(
        self,
        folder: Path,
        *,
        split: str = SPLIT,
        train: str = TRAIN,
        evaluate: str = EVALUATE,
        helpers: str = "",
        variables: tuple[str, ...] = ("model",),
        random: str = "none",
        reads: tuple[str, ...] = (),
        writes: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        package = folder / "pipelines/story/story"
        package.mkdir(parents=True)
        for path in (ROOT / "templates/project").glob("_*.py"):
            shutil.copy(path, package / path.name)
        (package / "__init__.py").write_text("")
        (package / "helpers.py").write_text(HEAD.replace("from .helpers import *\n", "") + helpers)
        table = {"random": random, "reads": reads, "writes": writes, "variables": variables}
        (package / "_pipeline.py").write_text(PIPELINE.format(made="-".join(variables), **table))
        made = ", ".join(variables)
        self.write(package / "split.py", "split", "", split, "X_train, X_test, y_train, y_test")
        self.write(package / "train.py", "train", "X_train, y_train", train, made)
        self.write(package / "evaluate.py", "evaluate", f"{made}, X_test, y_test", evaluate, "None")
        self.loaded = worker.load_package(package.parent, None, None)
        self.store = self.loaded.runtime.Store(folder / "store")
        self.manifests = {
            step: self.loaded.runtime.run_step(self.loaded.pipeline, step, self.store, "one")
            for step in ("split", "train", "evaluate")
        }
        self.header = {
            "model": {"artifact": "-".join(variables), "variable": "model"},
            "params": {},
            "outputs": {n: e for m in self.manifests.values() for n, e in m["outputs"].items()},
            "steps": [self.asked("evaluate", writes)],
            "trainer": self.asked("train", ()),
        }

    def write(self, path: Path, name: str, arguments: str, body: str, result: str) -> None:
        lines = textwrap.indent(f"# story.ipynb, cell 4\n{body.strip()}\nreturn {result}", "    ")
        path.write_text(f"{HEAD}\n\ndef {name}({arguments}):\n{lines}\n")

    def asked(self, step: str, writes: tuple[str, ...]) -> dict[str, Any]:
        manifest = self.manifests[step]
        return {
            "name": step,
            "randomBefore": manifest["random"]["before"],
            "reads": manifest["filesRead"],
            "writes": list(writes),
        }

    @property
    def recorded(self) -> list[dict[str, Any]]:
        return self.manifests["evaluate"]["metrics"]

    def measured(self) -> dict[str, Any]:
        """As the worker does it: in copies."""
        evaluating = worker.sibling("evaluating")
        evaluation = evaluating.Evaluation(self.header, self.loaded, self.store, worker)
        works = evaluating.peers_of(evaluation).items()
        evaluation.copies = {name: worker.Copy(work) for name, work in works}
        return evaluating.measured_peers(evaluation)


def values(measured: dict[str, Any]) -> dict[str, Any]:
    return {entry["name"]: entry["value"] for entry in measured["metrics"]}


@pytest.fixture(autouse=True)
def _as_before():
    modules, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] == "story":
            del sys.modules[name]
    sys.path[:] = path


FOLD = "model = GridSearchCV(LogisticRegression(), {'C': [0.1, 1.0]}, cv=2)\nmodel.fit(X_train, y_train)"
WRAPPER = """
class Named(ClassifierMixin, BaseEstimator):
    def fit(self, X, labels):
        self.inner_ = LogisticRegression().fit(X, labels)
        self.classes_ = self.inner_.classes_
        return self
    def predict(self, X):
        return self.inner_.predict(X)
    def predict_proba(self, X):
        return self.inner_.predict_proba(X)
"""
CLASSIFIERS = [
    ("a plain model", {}),
    ("a search", {"train": FOLD}),
    ("the best of a search", {"train": f"{FOLD}\nmodel = model.best_estimator_"}),
    ("a pipeline", {"train": "model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)"}),
    ("a class of the user's own", {"helpers": WRAPPER, "train": "model = Named().fit(X_train, y_train)"}),
    ("a forest, which inherits its fit", {"train": "model = RandomForestClassifier(n_estimators=5, random_state=0)\nmodel.fit(X_train, y=y_train)"}),
    ("a step that asks the fitted model", {"train": f"{TRAIN}\nprint(model.coef_)"}),
    ("a model that a function makes", {"helpers": "def made(X, y):\n    return LogisticRegression().fit(X, y)", "train": "model = made(X_train, y_train)"}),
    ("several models, of which one is served", {"train": "other = LogisticRegression(C=9.0).fit(X_train, 1 - y_train)\n" + TRAIN}),
    ("one of two values that are stored together", {"variables": ("model", "extra"), "train": TRAIN + "\nextra = [1]"}),
    ("a target that is changed in place afterwards", {"train": TRAIN + "\ny_train[:] = 7"}),
    ("a step that prints and plots", {"evaluate": "import matplotlib.pyplot as plt\nprint('loud')\nos.write(1, b'raw')\nplt.plot([1])\n" + EVALUATE}),
    ("a step that changes what it is given", {"evaluate": EVALUATE + "\nX_test[:] = 0\nmodel.coef_ = None"}),
    ("a step that asks for more when its metrics are recorded", {"evaluate": EVALUATE + "\nmodel.coef_"}),
    ("a step that writes files", {"evaluate": EVALUATE + "\nPath('plots').mkdir(exist_ok=True)\nPath('plots/scores.txt').write_text('x')", "writes": ("plots/scores.txt",)}),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "parts"), CLASSIFIERS, ids=[name for name, _ in CLASSIFIERS])
def test_a_constant_is_measured_beside(
    _name: str, parts: dict[str, Any], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    story = Story(tmp_path, **parts)
    before = files_in(tmp_path)
    capfd.readouterr()
    found = story.measured()
    assert found["candidate"]["metrics"] == story.recorded
    # Of the 40 customers of the hold-out 21 do what most of the others do.
    assert values(found["baseline"]) == {"accuracy": 21 / 40, "roc-auc": 0.5}
    assert found["baseline"]["of"] == "always the most frequent class of the training target"
    assert capfd.readouterr() == ("", "")
    assert files_in(tmp_path) == before


def test_a_regressor_is_compared_with_the_mean_in_the_space_it_predicts_in(tmp_path: Path) -> None:
    split = "X = np.arange(120.0).reshape(-1, 1)\ny = np.exp(X[:, 0] / 40)\nX_train, X_test, y_train, y_test = X[:80], X[80:], y[:80], y[80:]"
    story = Story(
        tmp_path,
        split=split,
        train="model = LinearRegression().fit(X_train, np.log1p(y_train))",
        evaluate="metric('mae', mean_absolute_error(y_test, np.expm1(model.predict(X_test))))",
    )
    import numpy as np

    y = np.exp(np.arange(120.0) / 40)
    expected = np.abs(y[80:] - np.expm1(np.log1p(y[:80]).mean())).mean()
    found = story.measured()
    assert found["candidate"]["metrics"] == story.recorded
    assert values(found["baseline"]) == {"mae": pytest.approx(expected)}
    assert found["baseline"]["of"] == "always the mean of the training target"


def test_a_transformed_target_is_learned_as_it_was_given(tmp_path: Path) -> None:
    split = "X = np.arange(120.0).reshape(-1, 1)\ny = np.exp(X[:, 0] / 40)\nX_train, X_test, y_train, y_test = X[:80], X[80:], y[:80], y[80:]"
    story = Story(
        tmp_path,
        split=split,
        train="model = TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1).fit(X_train, y_train)",
        evaluate="metric('score', model.score(X_test, y_test))\nmetric('mae', mean_absolute_error(y_test, model.predict(X_test)))",
    )
    import numpy as np

    y = np.exp(np.arange(120.0) / 40)
    assert values(story.measured()["baseline"])["mae"] == pytest.approx(
        np.abs(y[80:] - y[:80].mean()).mean()
    )


def test_several_classes_and_scores_of_decisions(tmp_path: Path) -> None:
    story = Story(
        tmp_path,
        split=SPLIT.replace("astype(int)", "astype(int) + (X[:, 1] > 1)"),
        train="model = LinearSVC().fit(X_train, y_train)",
        evaluate="assert not hasattr(model, 'predict_proba')\nmetric('top', top_k_accuracy_score(y_test, model.decision_function(X_test), k=2))",
    )
    found = story.measured()
    assert found["candidate"]["metrics"] == story.recorded
    assert 0 < values(found["baseline"])["top"] <= 1


def test_a_search_scores_a_constant_as_it_scores_its_own(tmp_path: Path) -> None:
    train = "model = GridSearchCV(LogisticRegression(), {'C': [1.0]}, cv=2, scoring='roc_auc').fit(X_train, y_train)"
    story = Story(tmp_path, train=train, evaluate="metric('score', model.score(X_test, y_test))")
    assert values(story.measured()["baseline"]) == {"score": 0.5}


REASONS = [
    ("a model that finds groups", {"train": "model = KMeans(2, n_init=1, random_state=0).fit(X_train)", "evaluate": "metric('s', silhouette_score(X_test, model.predict(X_test)))"}, "KMeans was fitted without a target"),
    ("an attribute that a constant lacks", {"evaluate": "metric('first', float(model.coef_[0, 0]))"}, r"no attribute 'coef_' \(evaluate.py, line \d+\), story.ipynb, cell 4"),
    ("a way of scoring of its own", {"helpers": WRAPPER.replace("    def predict(", "    def score(self, X, y):\n        return 0.25\n    def predict("), "train": "model = Named().fit(X_train, y_train)", "evaluate": "metric('score', model.score(X_test, y_test))"}, "'Named' has no score of the usual kind"),
    ("a file elsewhere", {"evaluate": "{write}\n" + EVALUATE}, "it would write"),
    ("another process", {"evaluate": "subprocess.run(['true'])\n" + EVALUATE}, "it would start a process"),
    ("a fit inside a method of another name", {"helpers": "class Kept:\n    def train(self, X, y):\n        self.inner = LogisticRegression().fit(X, y)\n        return self\n    def predict(self, X):\n        return self.inner.predict(X)", "train": "model = Kept().train(X_train, y_train)", "evaluate": "metric('a', accuracy_score(y_test, model.predict(X_test)))"}, "does not call fit of the Kept it returns"),
    ("folds, of which the first says little of the last", {"train": "for at in range(2):\n    model = LogisticRegression().fit(X_train[at::2], y_train[at::2])\n    print(model.score(X_train, y_train))"}, "fits several, or fits it several times"),
    ("another model below", {"train": "model = LogisticRegression().fit(X_train, 1 - y_train)\nprint(model.coef_)\nmodel = LogisticRegression().fit(X_train, y_train)"}, "fits several, or fits it several times"),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "parts", "because"), REASONS, ids=[row[0] for row in REASONS])
def test_what_is_not_certain_is_a_reason(
    _name: str, parts: dict[str, Any], because: str, tmp_path: Path
) -> None:
    out = tmp_path / "elsewhere.txt"
    write = f"Path({str(out)!r}).write_text('x')"
    parts = {key: value.replace("{write}", write) for key, value in parts.items()}
    story = Story(tmp_path, **parts)
    out.unlink(missing_ok=True)
    found = story.measured()["baseline"]
    import re

    assert re.search(because, found.get("because") or found["failure"])
    assert not out.exists()


def test_a_metric_that_does_not_ask_the_model_is_told_by_a_second_constant(tmp_path: Path) -> None:
    evaluate = (
        EVALUATE
        + "\nmetric('other', LogisticRegression().fit(X_test, y_test).score(X_test, y_test))"
    )
    story = Story(tmp_path, evaluate=evaluate)
    found = story.measured()
    same = values(found["baseline"])["other"]
    assert same == values(found["candidate"])["other"] == values(found["other"])["other"]
    assert values(found["other"])["accuracy"] != values(found["baseline"])["accuracy"]


def test_random_numbers_are_those_of_the_run(tmp_path: Path) -> None:
    noisy = "y_noisy = np.where(np.random.random(len(y_test)) < 0.2, 1 - y_test, y_test)\n"
    evaluate = noisy + EVALUATE.replace("y_test", "y_noisy")
    story = Story(tmp_path, evaluate=evaluate, random="global", train="np.random.seed(5)\n" + TRAIN)
    assert story.measured()["candidate"]["metrics"] == story.recorded


def test_a_file_that_the_step_reads_is_there_as_a_copy(tmp_path: Path) -> None:
    (tmp_path / "limits.csv").write_text("0.5")
    evaluate = "metric('a', accuracy_score(y_test, model.predict(X_test)) * float(open('limits.csv').read()))"
    story = Story(tmp_path, evaluate=evaluate, reads=("limits.csv",))
    assert story.measured()["candidate"]["metrics"] == story.recorded
    (tmp_path / "limits.csv").write_text("0.7")
    found = story.measured()["candidate"]
    assert "limits.csv, which it read, has changed since" in found["because"]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


LEARNS = """
def fit(frame):
    return learn(frame)[0]


def learn(frame):
    from .clean import learn_clean

    return learn_clean(frame), {}


def transform(frame, state):
    return frame
"""


@pytest.mark.parametrize(
    ("features", "found"),
    [
        (LEARNS, None),
        (LEARNS.replace("return frame", "return learn(frame)"), "features.py, line 7"),
        (LEARNS.replace("return frame", "return fit(frame)"), "features.py, line 7"),
        (LEARNS.replace("def learn(", "def other("), "features.py, line 7"),
        (LEARNS.replace("    return frame", "    import clean"), "features.py, line 13"),
    ],
)
def test_a_version_may_import_its_own_modules_late_where_it_learns_and_nowhere_else(
    tmp_path: Path, features: str, found: str | None
) -> None:
    package = tmp_path / "churn"
    package.mkdir()
    (package / "clean.py").write_text("def learn_clean(frame):\n    return frame\n")
    (package / "features.py").write_text(features)
    assert worker.sibling("evaluating").lazy_imports(tmp_path) == found
