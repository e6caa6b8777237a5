"""The comparison that a corpus is held against finds what differs, on its own."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ordinary_values import arrays, containers, pipelines, tables, values_of
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin/dev/corpus"))
from same_value import NotComparable, same_value


class Own:
    def __init__(self, **held: Any) -> None:
        self.__dict__.update(held)


class Bunch(dict):
    """Its items are its attributes, until it was pickled."""

    def __init__(self, **items: Any) -> None:
        super().__init__(items)
        self.__dict__ = self


def _same(a: Any, b: Any) -> bool | None:
    try:
        return same_value(a, b)
    except NotComparable:
        return None


@pytest.mark.parametrize("group", [arrays, tables, containers, pipelines])
def test_a_value_is_the_same_after_a_trip(
    group: Callable[[], Iterator[tuple[str, Any]]],
) -> None:
    for name, value in values_of(group):
        try:
            back = pickle.loads(pickle.dumps(value))
        except Exception:  # noqa: BLE001, S112 - what does not travel is not compared
            continue
        assert _same(value, back) is not False, name


def _trained(rows: int) -> RandomForestClassifier:
    data = np.random.default_rng(0).random((rows, 3))
    return RandomForestClassifier(3, random_state=0).fit(data, data[:, 0] > 0.5)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 2),
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        (float("nan"), 1.0),
        ("a", "b"),
        ([1, 2], [1, 2, 3]),
        ([1, 2], (1, 2)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, {1, 3}),
        (np.arange(3), np.arange(3.0)),
        (np.arange(3), np.array([0, 1, 3])),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.array([1, None], dtype=object), np.array([1, 2], dtype=object)),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]}, index=[5])),
        (pd.Series([1, 2]), pd.Series([1, 2], name="x")),
        (Own(a=[1]), Own(a=[2])),
        (Own(a=[1]), Own(b=[1])),
        (LinearRegression().fit([[0], [1]], [0, 1]), LinearRegression().fit([[0], [1]], [0, 2])),
        (LinearRegression(), LinearRegression(positive=True)),
        (_trained(40), _trained(41)),
    ],
)
def test_what_differs_is_seen_also_deep_inside(a: Any, b: Any) -> None:
    assert _same(a, b) is False
    assert _same(Own(parts=[{"x": a}]), Own(parts=[{"x": b}])) is False


def test_a_mapping_that_is_its_own_attributes_is_compared_by_what_it_holds() -> None:
    bunch = Bunch(a=[1])
    assert _same(bunch, pickle.loads(pickle.dumps(bunch))) is True
    assert _same(bunch, Bunch(a=[2])) is False


def test_what_only_one_was_asked_for_and_keeps_in_a_cache_is_no_difference() -> None:
    fresh, asked = Own(x=1, _cache={"a": 2}), Own(x=1, _cache={"a": 2, "b": 3}, _summary_cache=4)
    assert _same(fresh, asked) is True
    assert _same(fresh, Own(x=2, _cache={"a": 2})) is False
    assert _same(fresh, Own(x=1, _cache={"a": 3})) is False


def test_a_value_that_was_asked_for_more_may_have_it_as_an_attribute() -> None:
    fresh, asked = Own(x=1), Own(x=1, told="summary")
    assert same_value(asked, fresh) is False
    assert same_value(asked, fresh, asked=True) is True
    assert same_value(Own(x=2, told="summary"), fresh, asked=True) is False
    assert same_value(fresh, asked, asked=True) is False


def test_of_code_nothing_is_said() -> None:
    assert _same([lambda: 1], [lambda: 2]) is None
    assert _same((n for n in ()), (n for n in ())) is None
