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
NULLS = 0.1


def contract() -> dict[str, Any]:
    """contract.json, where the package or the model version keeps it."""
    for folder in Path(features.__file__).resolve().parents[:3]:
        if (folder / "contract.json").is_file():
            return json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    pytest.skip("contract.json is not here: rows cannot be made up")


def made_up(column: dict[str, Any], rng: np.random.Generator) -> list[Any]:
    """Values of one column within its contract; some are null where that is allowed."""
    values = made_up_values(column, rng)
    if not column["nullable"]:
        return values
    return [None if rng.random() < NULLS else value for value in values]


def made_up_values(column: dict[str, Any], rng: np.random.Generator) -> list[Any]:
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


@pytest.fixture(name="table")
def training_table() -> pd.DataFrame:
    """Made-up rows, with a made-up value in the columns that requests do not bring."""
    rng = np.random.default_rng(7)
    table = pd.DataFrame({column["name"]: made_up(column, rng) for column in contract()["columns"]})
    for name in features.UNSERVED:
        table[name] = (__LABELS__ * ROWS)[:ROWS] if name == features.LABEL else [f"made-up {row}" for row in range(ROWS)]
    return table


@pytest.fixture(name="state")
def learned(table: pd.DataFrame) -> features.FeatureState:
    return features.fit(table)


@pytest.fixture(name="rows")
def served_rows(table: pd.DataFrame, state: features.FeatureState) -> pd.DataFrame:
    """Rows as requests bring them; those that training would leave out are refused, and not among them."""
    rows = table[[column["name"] for column in contract()["columns"]]]
    if not is_refused(rows, state):
        return rows
    return rows[[not is_refused(rows.iloc[[row]], state) for row in range(ROWS)]]


def is_refused(rows: pd.DataFrame, state: features.FeatureState) -> bool:
    try:
        features.transform(rows, state)
    except FeatureError as error:
        assert error.column is not None
        return True
    return False


def assert_same(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), np.asarray(expected, dtype=float), rtol=1e-9)


def test_one_row_gives_what_the_batch_gives(rows: pd.DataFrame, state: features.FeatureState) -> None:
    batch = np.asarray(features.transform(rows, state))
    for row in range(0, len(rows), 10):
        assert_same(features.transform(rows.iloc[[row]], state), batch[[row]])


def test_the_order_of_rows_does_not_matter(rows: pd.DataFrame, state: features.FeatureState) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    assert_same(features.transform(rows.iloc[order], state), np.asarray(features.transform(rows, state))[order])


def test_other_rows_do_not_matter(rows: pd.DataFrame, state: features.FeatureState) -> None:
    half = np.arange(0, len(rows), 2)
    assert_same(features.transform(rows.iloc[half], state), np.asarray(features.transform(rows, state))[half])


def test_labels_do_not_matter(table: pd.DataFrame, rows: pd.DataFrame, state: features.FeatureState) -> None:
    if features.LABEL not in table.columns:
        pytest.skip("no column of the table is predicted")
    wanted, labels = features.transform(rows, state), table.loc[rows.index, features.LABEL].to_numpy()
    assert_same(features.transform(rows.assign(**{features.LABEL: labels}), state), wanted)
    assert_same(features.transform(rows.assign(**{features.LABEL: labels[::-1]}), state), wanted)


def test_training_computes_what_serving_computes(table: pd.DataFrame) -> None:
    state, matrices = features.learn(table)
    for matrix in matrices.values():
        if matrix.rows is not None and matrix.rows.isin(table.index).all():
            assert_same(features.transform(table.loc[matrix.rows], state), matrix.values)


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
        changed = rows.iloc[:3].copy()
        changed.loc[changed.index[1], column["name"]] = "never seen before"
        try:
            got = features.transform(changed, state)
        except FeatureError as error:
            assert features.UNSEEN == "reject"
            assert (error.column, error.row) == (column["name"], 1)
            continue
        assert len(got) == 3
        assert_same(np.asarray(got, dtype=float)[[0, 2]], features.transform(rows.iloc[[0, 2]], state))


def test_nulls_are_transformed_or_refused_by_name(rows: pd.DataFrame, state: features.FeatureState) -> None:
    for column in contract()["columns"]:
        changed = rows.iloc[[0]].astype(object).assign(**{column["name"]: None})
        try:
            assert len(features.transform(changed, state)) == 1
        except ValueError as error:
            assert not isinstance(error, FeatureError) or error.column == column["name"]


def test_a_row_of_nulls_changes_nothing_for_the_rows_beside_it(rows: pd.DataFrame, state: features.FeatureState) -> None:
    three = rows.iloc[:3].astype(object)
    for column in contract()["columns"]:
        if column["nullable"]:
            three.loc[three.index[1], column["name"]] = None
    try:
        got = features.transform(three, state)
    except FeatureError as error:
        assert error.row == 1
        return
    assert_same(np.asarray(got, dtype=float)[[0, 2]], features.transform(rows.iloc[[0, 2]], state))
