"""What of the hold-out and of the target is in what a model was fitted on: counts and names, never a value."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from workside.leakage import look_for_leakage, seen_rows

PATTERN = re.compile("test")


class Matrix(NamedTuple):
    values: Any
    rows: Any


def table() -> pd.DataFrame:
    at = np.arange(20)
    return pd.DataFrame(
        {
            "id": [f"N{one}" for one in at],
            "age": 20 + at * 3 % 17,
            "visits": at * 7 % 20,
            "bought": np.where(at % 3 == 0, "yes", "no"),
        }
    )


def matrices(raw: pd.DataFrame, train: list[int], test: list[int]) -> dict[str, Matrix]:
    part = {"X_test": raw.index[test], "X_train": raw.index[train]}
    return {name: Matrix(raw.loc[rows, ["age", "visits"]], rows) for name, rows in part.items()}


def found(raw: pd.DataFrame, parts: dict[str, Matrix], label: str | None = "bought") -> Any:
    return look_for_leakage(raw, parts, PATTERN, label, ("bought", "id"))


TRAIN, TEST = list(range(12)), list(range(12, 20))


def test_clean_rows_have_no_finding() -> None:
    raw = table()
    result = found(raw, matrices(raw, TRAIN, TEST))
    assert result["findings"] == []
    assert len(result["checked"]) == 3


def test_rows_on_both_sides_are_counted_by_index() -> None:
    raw = table()
    result = found(raw, matrices(raw, TRAIN, [10, 11, *TEST]))
    assert result["findings"] == ["2 of 10 hold-out rows are also training rows"]


def test_rows_of_equal_content_are_counted_without_their_ids() -> None:
    raw = table()
    raw.loc[13, ["age", "visits", "bought"]] = raw.loc[2, ["age", "visits", "bought"]]
    # The same features, and another answer: no copy of the row.
    raw.loc[14, ["age", "visits"]] = raw.loc[3, ["age", "visits"]]
    raw.loc[14, "bought"] = "no"
    result = found(raw, matrices(raw, TRAIN, TEST))
    assert result["findings"] == [
        "1 of 8 hold-out rows have the same features and target as a training row"
    ]


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(lambda target: target, id="as it is"),
        pytest.param(lambda target: target.map({"yes": 1.0, "no": 0.0}), id="as numbers"),
        pytest.param(lambda target: target.map({"yes": "b", "no": "a"}), id="in other words"),
    ],
)
def test_a_column_that_repeats_the_target_is_named(copy: Any) -> None:
    raw = table()
    raw["paid"] = copy(raw["bought"])
    result = found(raw, matrices(raw, TRAIN, TEST))
    assert result["findings"] == ["the column paid tells the target of every row"]


def test_a_feature_that_repeats_the_target_is_named_or_numbered() -> None:
    raw = table()
    parts = matrices(raw, TRAIN, TEST)
    rows = parts["X_train"].rows
    values = np.column_stack([raw.loc[rows, "age"], raw.loc[rows, "bought"] == "yes"])
    result = found(raw, {**parts, "X_train": Matrix(values, rows)})
    assert result["findings"] == [
        "the model is given feature 2, which tells the target of every row"
    ]


def test_a_target_of_numbers_is_not_repeated_by_a_column_that_only_differs_everywhere() -> None:
    raw = table()
    raw["price"] = np.linspace(1.0, 2.0, 20)
    assert found(raw, matrices(raw, TRAIN, TEST), "price")["findings"] == []


def test_what_cannot_be_looked_at_is_a_reason() -> None:
    raw = table()
    parts = {"X_test": Matrix(raw[["age"]], None)}
    assert "because" in found(raw, parts, None)
    # Without an index that tells rows apart, the target is still looked for.
    doubled = pd.concat([raw, raw])
    assert found(doubled, parts)["checked"] == ["columns that repeat the target"]


def test_rows_that_another_model_was_trained_on_are_counted_by_their_content() -> None:
    raw = table()
    parts = matrices(raw, TRAIN, TEST)
    moved = raw.loc[[3, 4, 15]].reset_index(drop=True)
    assert seen_rows(raw, parts, PATTERN, moved) == 2
    assert seen_rows(raw, {}, PATTERN, moved) is None
