"""What the proofs say of labels: features that learn from them are caught, whichever way the rows are split."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from project import _runtime as runtime
from workside.worker import sibling

proofs = sibling("features/prove_features")
learning = sibling("features/learn_as_run")
compare = sibling("features/compare_matrices")

ROWS = 60
DRAWS = np.random.default_rng(0)
RAW = pd.DataFrame({"age": DRAWS.normal(40, 9, ROWS).round(3), "bought": DRAWS.permutation(ROWS)})


class Matrix(NamedTuple):
    values: Any
    rows: pd.Index | None


Split = Callable[[pd.DataFrame], np.ndarray]


def drawn(raw: pd.DataFrame) -> np.ndarray:
    return np.random.permutation(len(raw))


def seeded(raw: pd.DataFrame) -> np.ndarray:
    return np.random.default_rng(3).permutation(len(raw))


def by_label(raw: pd.DataFrame) -> np.ndarray:
    return np.argsort(raw["bought"].to_numpy(), kind="stable")


def features(split: Split, *, learns: str | None, labelled: bool) -> types.SimpleNamespace:
    """A notebook that takes a mean of its training rows off the ages: of the ages, of the labels, or none."""

    def learn(raw: pd.DataFrame) -> tuple[Any, dict[str, Matrix]]:
        order = split(raw)
        train, test = raw.iloc[order[:40]], raw.iloc[order[40:]]
        state = types.SimpleNamespace(mean=0.0 if learns is None else float(train[learns].mean()))
        parts = {"X_train": train, "X_test": test}
        return state, {name: Matrix(transform(part, state), part.index if labelled else None) for name, part in parts.items()}

    def transform(rows: pd.DataFrame, state: Any) -> Any:
        table = rows[["age"]] - state.mean
        return table if labelled else table.to_numpy()

    return types.SimpleNamespace(learn=learn, transform=transform, LABEL="bought")


def judged(notebook: Any) -> dict[str, Any]:
    np.random.seed(7)
    states = [runtime.random_state()]
    _, matrices = notebook.learn(RAW)
    np.random.seed(1)
    expected = {name: matrix.values for name, matrix in matrices.items()}
    learned = learning.learn_as_run(notebook, RAW, expected, states, runtime=runtime, compare=compare)
    subject = proofs.Subject(notebook, RAW, learned, RAW, None, compare, None)
    before = runtime.random_state()
    records = {record["proof"]: record for record in proofs._label_proofs(subject, runtime)}
    assert runtime.random_state() == before
    return records["labels-are-not-learned"]


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("split", [seeded, drawn])
@pytest.mark.parametrize("learns", [None, "age"])
def test_features_that_learn_nothing_of_the_labels_are_proven(split: Split, learns: str | None, labelled: bool) -> None:
    record = judged(features(split, learns=learns, labelled=labelled))
    assert (record["applies"], record["same"]) == (True, True)


@pytest.mark.parametrize("split", [seeded, drawn])
def test_features_that_learn_from_the_labels_are_caught(split: Split) -> None:
    record = judged(features(split, learns="bought", labelled=True))
    assert (record["applies"], record["same"]) == (True, False)


def test_nothing_is_claimed_where_labels_choose_the_training_rows() -> None:
    record = judged(features(by_label, learns="age", labelled=True))
    assert (record["applies"], record["how"]) == (False, "the labels say which rows are trained with")
    record = judged(features(by_label, learns="age", labelled=False))
    assert (record["applies"], record["how"]) == (False, "it is not known which rows are trained with")


def test_rows_chosen_by_labels_prove_what_learns_nothing() -> None:
    assert judged(features(by_label, learns=None, labelled=False))["same"]
