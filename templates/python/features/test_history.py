"""Features of the __PIPELINE__ model look at earlier rows: a request sees its own history and nothing else. Only made-up rows are used here.

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

ENTITIES = 3
TIMES = 90


def contract() -> dict[str, Any]:
    """contract.json, where the package or the model version keeps it."""
    for folder in Path(features.__file__).resolve().parents[:3]:
        if (folder / "contract.json").is_file():
            return json.loads((folder / "contract.json").read_text(encoding="utf-8"))
    pytest.skip("contract.json is not here: rows cannot be made up")


def made_up(column: dict[str, Any], rng: np.random.Generator, count: int) -> list[Any]:
    """Values of one column within its contract."""
    kind = column["type"]
    low, high = column.get("min", 0), column.get("max", 100)
    if kind == "bool":
        return rng.integers(0, 2, count).astype(bool).tolist()
    if kind == "int64":
        return rng.integers(int(low), int(high) + 1, count).tolist()
    if kind == "float64":
        return rng.uniform(float(low), float(high), count).round(2).tolist()
    if kind == "timestamp":
        return [pd.Timestamp(column.get("min", "2024-01-01")).isoformat()] * count
    return rng.choice(column.get("categories") or ["1", "2.5", "a", "b"], count).tolist()


def time_of(column: dict[str, Any], step: int) -> Any:
    """Times one step apart, in the column's own kind."""
    if column["type"] in ("int64", "float64"):
        return step
    time = pd.Timestamp("2024-01-01") + pd.Timedelta(days=step)
    return time if column["type"] == "timestamp" else time.strftime("%Y-%m-%d")


@pytest.fixture(name="table")
def made_up_table() -> pd.DataFrame:
    """A training table: a few entities, each with a row at every time, ordered by time."""
    rng = np.random.default_rng(7)
    columns = {column["name"]: column for column in contract()["columns"]}
    count = ENTITIES * TIMES
    table = pd.DataFrame({name: made_up(column, rng, count) for name, column in columns.items()})
    for name in features.SERIES.entity:
        numbers = columns[name]["type"] in ("int64", "float64")
        known = columns[name].get("categories") or []
        whose = [known[at] if at < len(known) else at if numbers else f"entity {at}" for at in range(ENTITIES)]
        table[name] = [whose[row % ENTITIES] for row in range(count)]
    steps = range(count) if not features.SERIES.entity else [row // ENTITIES for row in range(count)]
    table[features.SERIES.time] = [time_of(columns[features.SERIES.time], step) for step in steps]
    for name in features.UNSERVED:
        table[name] = (__LABELS__ * count)[:count] if name == features.LABEL else [f"made-up {row}" for row in range(count)]
    return table


@pytest.fixture(name="state")
def learned(table: pd.DataFrame) -> features.FeatureState:
    return features.fit(table)


def asked_of(table: pd.DataFrame) -> pd.DataFrame:
    """The newest rows, without what requests do not bring."""
    return table.iloc[-ENTITIES:].drop(columns=[name for name in features.UNSERVED if name in table.columns])


def assert_same(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(got, dtype=float), np.asarray(expected, dtype=float), rtol=1e-9)


def test_one_row_gives_what_the_batch_gives(table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table)
    batch = np.asarray(features.transform(rows, state))
    for row in range(len(rows)):
        assert_same(features.transform(rows.iloc[[row]], state), batch[[row]])


def test_the_order_of_rows_does_not_matter(table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table)
    assert_same(features.transform(rows.iloc[::-1], state), np.asarray(features.transform(rows, state))[::-1])


def test_a_saved_state_gives_the_same_features(table: pd.DataFrame, state: features.FeatureState, tmp_path: Path) -> None:
    features.save_state(state, tmp_path)
    rows = asked_of(table)
    assert_same(features.transform(rows, features.load_state(tmp_path)), features.transform(rows, state))


def test_a_row_sees_nothing_of_its_own_time_or_later(table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table)
    before = table.iloc[:-ENTITIES]
    earlier = features.FeatureState(**{**vars(state), "history": features.learn_history(before, features.SERIES)})
    first = rows.iloc[[0]]
    assert_same(features.transform(first, earlier), features.transform(first, state))


def test_rows_brought_later_are_history_like_those_of_training(table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table)
    history = features.learn_history(table.iloc[: -2 * ENTITIES], features.SERIES)
    behind = features.FeatureState(**{**vars(state), "history": history})
    extended = features.extend_history(behind, table.iloc[-2 * ENTITIES :])
    assert_same(features.transform(rows, extended), features.transform(rows, state))


def test_the_rows_given_are_not_changed(table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table)
    before = rows.copy(deep=True)
    features.transform(rows, state)
    pd.testing.assert_frame_equal(rows, before)


def test_a_missing_column_is_named(table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table)
    with pytest.raises(FeatureError, match=rows.columns[0]):
        features.transform(rows.drop(columns=[rows.columns[0]]), state)


@pytest.mark.parametrize("name", [*features.SERIES.entity, features.SERIES.time])
def test_a_row_without_entity_or_time_is_refused_by_name(name: str, table: pd.DataFrame, state: features.FeatureState) -> None:
    rows = asked_of(table).astype(object)
    rows.iloc[1, list(rows.columns).index(name)] = None
    with pytest.raises(FeatureError) as caught:
        features.transform(rows, state)
    assert (caught.value.column, caught.value.row) == (name, 1)


def test_two_training_rows_of_one_entity_and_time_are_refused(table: pd.DataFrame) -> None:
    with pytest.raises(FeatureError, match="two rows of the table"):
        features.fit(pd.concat([table, table.iloc[[-1]]], ignore_index=True))
