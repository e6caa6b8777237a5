"""Features of the __PIPELINE__ model: one entity gives what it gives among others, from all of its rows. Only made-up rows are used here.

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
ENTITIES = 12


def contract() -> dict[str, Any]:
    """contract.json, where the package or the model version keeps it."""
    for folder in Path(features.__file__).resolve().parents[:3]:
        if (folder / "contract.json").is_file():
            return json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    pytest.skip("contract.json is not here: rows cannot be made up")


def made_up(column: dict[str, Any], rng: np.random.Generator) -> list[Any]:
    """Values of one column within its contract; a few entities, with several rows each."""
    kind = column["type"]
    low, high = column.get("min", 0), column.get("max", 100)
    if column["name"] == features.ENTITY:
        names = rng.permutation(ROWS) % ENTITIES
        return names.tolist() if kind in ("int64", "float64") else [f"made-up {name}" for name in names]
    if kind == "bool":
        return rng.integers(0, 2, ROWS).astype(bool).tolist()
    if kind == "int64":
        return rng.integers(int(low), int(high) + 1, ROWS).tolist()
    if kind == "float64":
        return rng.uniform(float(low), float(high), ROWS).round(2).tolist()
    if kind == "timestamp":
        days = pd.to_timedelta(rng.permutation(ROWS), unit="D")
        return [time.isoformat() for time in pd.Timestamp(column.get("min", "2024-01-01")) + days]
    return rng.choice(column.get("categories") or ["1", "2.5", "a", "b"], ROWS).tolist()


@pytest.fixture(name="table")
def made_up_table() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame({column["name"]: made_up(column, rng) for column in contract()["columns"]})


@pytest.fixture(name="state")
def learned(table: pd.DataFrame) -> features.FeatureState:
    """State learned from made-up rows, with a made-up value in the columns that requests do not bring."""
    whole = table.copy()
    for name in features.UNSERVED:
        whole[name] = (__LABELS__ * ROWS)[:ROWS] if name == features.LABEL else [f"made-up {row}" for row in range(ROWS)]
    try:
        return features.fit(whole)
    except (ValueError, TypeError) as error:
        pytest.skip(f"the features need rows that cannot be made up: {error}")


@pytest.fixture(name="rows")
def usable_rows(table: pd.DataFrame, state: features.FeatureState) -> pd.DataFrame:
    """Rows of the entities of which the notebook leaves some."""
    usable = []
    for name, rows in table.groupby(features.ENTITY):
        try:
            features.transform(rows, state)
        except FeatureError:
            continue
        usable.append(name)
    if len(usable) < 2:
        pytest.skip("the notebook leaves no made-up rows of most entities")
    return table[table[features.ENTITY].isin(usable)].reset_index(drop=True)


def assert_same(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), np.asarray(expected, dtype=float), rtol=1e-9)


def test_one_entity_gives_what_the_batch_gives(rows: pd.DataFrame, state: features.FeatureState) -> None:
    batch = np.asarray(features.transform(rows, state))
    for places in rows.groupby(features.ENTITY).indices.values():
        assert_same(features.transform(rows.iloc[places], state), batch[places])


def test_every_row_of_an_entity_gets_the_same(rows: pd.DataFrame, state: features.FeatureState) -> None:
    batch = np.asarray(features.transform(rows, state), dtype=float)
    assert len(batch) == len(rows)
    for places in rows.groupby(features.ENTITY).indices.values():
        assert_same(batch[places], batch[places[:1]].repeat(len(places), axis=0))


def test_the_order_of_rows_does_not_matter(rows: pd.DataFrame, state: features.FeatureState) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    assert_same(features.transform(rows.iloc[order], state), np.asarray(features.transform(rows, state))[order])


def test_a_saved_state_gives_the_same_features(rows: pd.DataFrame, state: features.FeatureState, tmp_path: Path) -> None:
    features.save_state(state, tmp_path)
    assert_same(features.transform(rows, features.load_state(tmp_path)), features.transform(rows, state))


def test_the_rows_given_are_not_changed(rows: pd.DataFrame, state: features.FeatureState) -> None:
    before = rows.copy(deep=True)
    features.transform(rows, state)
    pd.testing.assert_frame_equal(rows, before)


def test_a_missing_column_is_named(rows: pd.DataFrame, state: features.FeatureState) -> None:
    for name in rows.columns:
        with pytest.raises(FeatureError, match=name):
            features.transform(rows.drop(columns=[name]), state)


def test_a_row_of_nobody_is_refused_by_its_place(rows: pd.DataFrame, state: features.FeatureState) -> None:
    keys = rows[features.ENTITY].astype(object).copy()
    keys.iloc[3] = None
    with pytest.raises(FeatureError) as refused:
        features.transform(rows.assign(**{features.ENTITY: keys}), state)
    assert (refused.value.column, refused.value.row) == (features.ENTITY, 3)
