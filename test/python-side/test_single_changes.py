"""One changed thing in a value of any kind is a difference; the same value after a trip is not.

Each row is a value and the same value with one thing changed that some later code could see:
bits of a float, an index, a category, a time zone, a constant inside a function. Both orders
are tried, alone and deep inside other containers.
"""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import fractions
import functools
import pickle
import re
import struct
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from project import _values as values
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

OTHER_NAN = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]
BERLIN = ZoneInfo("Europe/Berlin")
LATE = dt.datetime(2020, 10, 25, 2, 30, tzinfo=BERLIN)


class Own:
    def __init__(self, **held: Any) -> None:
        self.__dict__.update(held)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


def _closure(number: int) -> Callable[[], int]:
    return lambda: number


def _table(**changes: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2], "b": [0.5, 0.0], "c": ["x", "y"], **changes})


def _days(**options: Any) -> pd.Series:
    return pd.Series([1, 2], index=pd.date_range("2020", periods=2, **options))


def _categories(*names: str, ordered: bool = False) -> pd.Series:
    return pd.Series(["x", "y"], dtype=pd.CategoricalDtype(list(names), ordered=ordered))


def _rows(nudge: float = 0.0) -> np.ndarray:
    data = np.random.default_rng(0).random((40, 3))
    data[0, 0] += nudge
    return data


LABELS = (_rows()[:, 0] > 0.5).astype(int)


def _fitted(model: Any, nudge: float = 0.0) -> Any:
    return model.fit(_rows(nudge), LABELS)


def _with_attrs(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs["unit"] = "m"
    return table


def _search(grid: list[float]) -> Any:
    return GridSearchCV(LogisticRegression(), {"C": grid}, cv=2).fit(_rows(), LABELS)


def _columns(threshold: float) -> Any:
    steps = [("n", StandardScaler(), [0, 1]), ("c", OneHotEncoder(), [2])]
    data = _rows()
    data[:, 2] = data[:, 2] > threshold
    return ColumnTransformer(steps).fit(data)


CHANGES: dict[str, tuple[Any, Any]] = {
    "sign of zero": (0.0, -0.0),
    "bits of a missing number": (float("nan"), OTHER_NAN),
    "last bit": (1.0, np.nextafter(1.0, 2.0).item()),
    "sign of an imaginary zero": (complex(0, 0.0), complex(0, -0.0)),
    "truth for one": (1, True),
    "text": ("a", "b"),
    "bytes": (bytearray(b"a"), bytearray(b"b")),
    "exponent of a decimal": (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
    "fraction": (fractions.Fraction(1, 2), fractions.Fraction(1, 3)),
    "day": (dt.date(2020, 1, 1), dt.date(2020, 1, 2)),
    "second of two equal hours": (LATE, LATE.replace(fold=1)),
    "zone of one moment": (
        dt.datetime(2020, 1, 1, 12, tzinfo=dt.timezone.utc),
        dt.datetime(2020, 1, 1, 13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ),
    "fold of a time": (dt.time(1), dt.time(1, fold=1)),
    "nanosecond": (pd.Timestamp(0), pd.Timestamp(1)),
    "unit of a moment": (pd.Timestamp("2020").as_unit("s"), pd.Timestamp("2020").as_unit("ns")),
    "offset": (pd.offsets.Day(1), pd.offsets.Day(2)),
    "member of a set": ({1, 2}, {1, 3}),
    "zero in a set": ({0.0}, {-0.0}),
    "truth in a set": ({1}, {True}),
    "own object in a set": ({Own(a=1), Own(a=2)}, {Own(a=1), Own(a=3)}),
    "order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "type of a key": ({1: 0}, {True: 0}),
    "default of a dictionary": (collections.defaultdict(int), collections.defaultdict(list)),
    "length of a deque": (collections.deque([1], 3), collections.deque([1], 4)),
    "attribute": (Own(a=1), Own(a=2)),
    "member of an enumeration": (Color.RED, Color.BLUE),
    "flag of a pattern": (re.compile("a"), re.compile("a", re.IGNORECASE)),
    "argument of a partial": (functools.partial(max, 1), functools.partial(max, 2)),
    "constant in a function": (lambda x: x + 1, lambda x: x + 2),
    "name in a function": (lambda x: min(x), lambda x: max(x)),
    "constant in a function in a function": (lambda: lambda: 1, lambda: lambda: 2),
    "what a function closes over": (_closure(1), _closure(2)),
    "array item": (np.array([1, 2]), np.array([1, 3])),
    "array zero": (np.array([0.0, 1]), np.array([-0.0, 1])),
    "array missing number": (np.array([np.nan]), np.array([OTHER_NAN])),
    "short float": (np.array([0.0], "f2"), np.array([-0.0], "f2")),
    "long float": (np.array([0.0], "g"), np.array([-0.0], "g")),
    "complex zero": (np.array([0j]), np.array([complex(-0.0, 0)])),
    "array dtype": (np.array([1], "i4"), np.array([1], "i8")),
    "array shape": (np.zeros((2, 1)), np.zeros((1, 2))),
    "array of objects": (np.array([0.0, None], object), np.array([-0.0, None], object)),
    "record": (
        np.array([(1, 0.0)], [("a", int), ("b", float)]),
        np.array([(1, -0.0)], [("a", int), ("b", float)]),
    ),
    "mask": (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 0])),
    "not a moment": (np.array(["NaT"], "M8[D]"), np.array(["2020"], "M8[D]")),
    "generator": (np.random.default_rng(0), np.random.default_rng(1)),
    "cell": (_table(), _table(a=[1, 3])),
    "cell that is zero": (_table(), _table(b=[0.5, -0.0])),
    "column dtype": (_table(), _table(a=pd.Series([1, 2], dtype="int32"))),
    "nullable dtype": (_table(), _table(a=pd.array([1, 2], dtype="Int64"))),
    "missing cell": (
        _table(c=pd.Series(["x", None], dtype=object)),
        _table(c=pd.Series(["x", np.nan], dtype=object)),
    ),
    "list in a cell": (_table(c=[[1], [2]]), _table(c=[[1], [3]])),
    "order of columns": (_table(), _table()[["b", "a", "c"]]),
    "row label": (_table(), _table().set_axis([0, 2])),
    "kind of row labels": (_table(), _table().set_axis(pd.Index([0, 1]))),
    "name of the index": (_table(), _table().rename_axis("i")),
    "name of the columns": (_table(), _table().rename_axis(columns="i")),
    "attributes of a frame": (_table(), _with_attrs(_table())),
    "column of the same name": (
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame([[1, 3]], columns=["a", "a"]),
    ),
    "unused category": (_categories("x", "y"), _categories("x", "y", "z")),
    "order of categories": (_categories("x", "y"), _categories("y", "x")),
    "ordered categories": (_categories("x", "y"), _categories("x", "y", ordered=True)),
    "frequency": (_days(), pd.Series([1, 2], index=pd.DatetimeIndex(list(_days().index)))),
    "zone of an index": (_days(tz="UTC"), _days(tz="Europe/London")),
    "unit of an index": (_days(unit="s"), _days(unit="ns")),
    "nullable zero": (pd.Series([0.0], dtype="Float64"), pd.Series([-0.0], dtype="Float64")),
    "missing nullable": (pd.Series([1, None], dtype="Int64"), pd.Series([1, 2], dtype="Int64")),
    "side of intervals": (
        pd.Series(pd.interval_range(0, 2)),
        pd.Series(pd.interval_range(0, 2, closed="left")),
    ),
    "period": (
        pd.Series(pd.period_range("2020-01", periods=1, freq="M")),
        pd.Series(pd.period_range("2020-02", periods=1, freq="M")),
    ),
    "fill of a sparse column": (
        pd.Series(pd.arrays.SparseArray([0, 1], fill_value=0)),
        pd.Series(pd.arrays.SparseArray([0, 1], fill_value=1)),
    ),
    "second level": (
        pd.MultiIndex.from_tuples([("a", 1)]),
        pd.MultiIndex.from_tuples([("a", 2)]),
    ),
    "sparse item": (sparse.csr_matrix([[1.0, 0]]), sparse.csr_matrix([[-1.0, 0]])),
    "stored zero": (
        sparse.csr_matrix(([1, 0], ([0, 0], [0, 1])), shape=(1, 2)),
        sparse.csr_matrix([[1, 0]]),
    ),
    "sparse format": (sparse.csr_matrix([[1, 0]]), sparse.csc_matrix([[1, 0]])),
    "sparse dictionary": (sparse.dok_matrix([[1, 0]]), sparse.dok_matrix([[2, 0]])),
    "sparse array": (sparse.coo_array([[1, 0]]), sparse.coo_array([[0, 1]])),
    "setting of a model": (LogisticRegression(C=1), LogisticRegression(C=2)),
    "whether it is fitted": (LogisticRegression(), _fitted(LogisticRegression())),
    "data of a linear model": (_fitted(LinearRegression()), _fitted(LinearRegression(), 1e-6)),
    "seed of a forest": (
        _fitted(RandomForestClassifier(3, random_state=0)),
        _fitted(RandomForestClassifier(3, random_state=1)),
    ),
    "labels of boosted trees": (
        _fitted(GradientBoostingRegressor(n_estimators=3, random_state=0)),
        GradientBoostingRegressor(n_estimators=3, random_state=0).fit(_rows(), 1 - LABELS),
    ),
    "data of clusters": (
        _fitted(KMeans(2, n_init=1, random_state=0)),
        _fitted(KMeans(2, n_init=1, random_state=0), 1e-3),
    ),
    "step of a pipeline": (
        _fitted(Pipeline([("s", StandardScaler()), ("m", LogisticRegression())])),
        _fitted(Pipeline([("s", StandardScaler(with_mean=False)), ("m", LogisticRegression())])),
    ),
    "grid of a search": (_search([0.1, 1.0]), _search([0.1, 2.0])),
    "categories an encoder saw": (_columns(0.5), _columns(2.0)),
}

AROUND: dict[str, Callable[[Any], Any]] = {
    "alone": lambda value: value,
    "deep inside": lambda value: {"k": [1, (value, {"x": Own(held=[value])})]},
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize(("one", "two"), CHANGES.values(), ids=CHANGES)
def test_one_change_is_a_difference(one: Any, two: Any, around: Callable[[Any], Any]) -> None:
    assert values.values_equal(around(one), around(two)) is not None
    assert values.values_equal(around(two), around(one)) is not None


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("pair", CHANGES.values(), ids=CHANGES)
def test_what_was_stored_and_loaded_is_no_difference(
    pair: tuple[Any, Any], around: Callable[[Any], Any]
) -> None:
    for value in map(around, pair):
        try:
            stored = pickle.dumps(value)
        except (pickle.PicklingError, AttributeError):
            assert values.values_equal(value, value) is None
            continue
        assert values.values_equal(pickle.loads(stored), pickle.loads(stored)) is None


SHARED = [1]
BASE = np.ones(2)
GROUPS: dict[str, tuple[Any, Any]] = {
    "two names of one list": ((SHARED, SHARED), ([1], [1])),
    "a list and what holds it": (({"k": SHARED}, SHARED), ({"k": [1]}, [1])),
    "two names of one array": ((BASE, BASE), (np.ones(2), np.ones(2))),
    "an object in two others": ((Own(a=SHARED), Own(a=SHARED)), (Own(a=[1]), Own(a=[1]))),
}


@pytest.mark.parametrize(("one", "two"), GROUPS.values(), ids=GROUPS)
def test_groups_that_share_other_parts_differ(one: Any, two: Any) -> None:
    assert values.values_equal(one, two, sharing=True) is not None
    assert values.values_equal(two, one, sharing=True) is not None
    assert values.values_equal(one, pickle.loads(pickle.dumps(one)), sharing=True) is None
