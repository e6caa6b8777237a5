"""Features of the __PIPELINE__ model: a request gives what a whole table gives. Only made-up rows are used here.

Made by mlops; edits are kept when the notebook is promoted again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from __PACKAGE__ import features
from __PACKAGE__._feature_support import FeatureError

ROWS = 120


def contract() -> dict[str, Any]:
    """contract.json, where the package or the model version keeps it."""
    for folder in Path(features.__file__).resolve().parents[:3]:
        if (folder / "contract.json").is_file():
            return json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    pytest.skip("contract.json is not here: rows cannot be made up")


def made_up(column: dict[str, Any], rng: np.random.Generator) -> list[Any]:
    """Values of one column within its contract."""
    kind = column["type"]
    low, high = column.get("min", 0), column.get("max", 100)
    if kind == "bool":
        return rng.integers(0, 2, ROWS).astype(bool).tolist()
    if kind == "int64":
        return rng.integers(int(low), int(high) + 1, ROWS).tolist()
    if kind == "float64":
        return rng.uniform(float(low), float(high), ROWS).round(2).tolist()
    if kind == "timestamp":
        return [pd.Timestamp(column.get("min", "2024-01-01")).isoformat()] * ROWS
    return rng.choice(column.get("categories") or ["1", "2.5", "a", "b"], ROWS).tolist()


@pytest.fixture(name="rows")
def made_up_rows() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame({column["name"]: made_up(column, rng) for column in contract()["columns"]})


@pytest.fixture(name="state")
def learned(rows: pd.DataFrame) -> features.FeatureState:
    """State learned from made-up rows, with a made-up value in the columns that requests do not bring."""
    table = rows.copy()
    for name in features.UNSERVED:
        table[name] = (__LABELS__ * ROWS)[:ROWS] if name == features.LABEL else [f"made-up {row}" for row in range(ROWS)]
    return features.fit(table)


def assert_same(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), np.asarray(expected, dtype=float), rtol=1e-9)


def test_one_row_gives_what_the_batch_gives(rows: pd.DataFrame, state: features.FeatureState) -> None:
    batch = np.asarray(features.transform(rows, state))
    for row in range(0, ROWS, 10):
        assert_same(features.transform(rows.iloc[[row]], state), batch[[row]])


def test_the_order_of_rows_does_not_matter(rows: pd.DataFrame, state: features.FeatureState) -> None:
    order = np.random.default_rng(1).permutation(ROWS)
    assert_same(features.transform(rows.iloc[order], state), np.asarray(features.transform(rows, state))[order])


def test_a_saved_state_gives_the_same_features(rows: pd.DataFrame, state: features.FeatureState, tmp_path: Path) -> None:
    features.save_state(state, tmp_path)
    assert_same(features.transform(rows, features.load_state(tmp_path)), features.transform(rows, state))


def test_the_rows_given_are_not_changed(rows: pd.DataFrame, state: features.FeatureState) -> None:
    before = rows.copy(deep=True)
    features.transform(rows, state)
    pd.testing.assert_frame_equal(rows, before)


def test_a_missing_column_is_named(rows: pd.DataFrame, state: features.FeatureState) -> None:
    name = rows.columns[0]
    with pytest.raises(FeatureError, match=name):
        features.transform(rows.drop(columns=[name]), state)


def test_a_category_training_never_showed_follows_the_policy(rows: pd.DataFrame, state: features.FeatureState) -> None:
    for column in contract()["columns"]:
        if not column.get("categories"):
            continue
        changed = rows.iloc[[0]].assign(**{column["name"]: "never seen before"})
        try:
            assert len(features.transform(changed, state)) == 1
        except FeatureError as error:
            assert features.UNSEEN == "reject"
            assert error.column == column["name"]


def test_nulls_are_transformed_or_refused_by_name(rows: pd.DataFrame, state: features.FeatureState) -> None:
    for column in contract()["columns"]:
        changed = rows.iloc[[0]].astype(object).assign(**{column["name"]: None})
        try:
            assert len(features.transform(changed, state)) == 1
        except ValueError as error:
            assert not isinstance(error, FeatureError) or error.column == column["name"]
