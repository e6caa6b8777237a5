"""Which values count as equal, where two first differ, and which codec keeps what."""

from __future__ import annotations

import collections
import datetime
import decimal
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from project import _values as values
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class Point:
    """A class of the user's own."""

    def __init__(self, x: float, tags: list[str]) -> None:
        self.x = x
        self.tags = tags


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x: float) -> None:
        self.x = x


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


def fitted(seed: int = 0) -> Any:
    generator = np.random.default_rng(seed)
    data = generator.normal(size=(60, 3))
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(data, data[:, 0] > 0)


def forest(seed: int = 0) -> Any:
    data = np.random.default_rng(1).normal(size=(60, 3))
    return RandomForestClassifier(n_estimators=3, random_state=seed).fit(data, data[:, 0] > 0)


def shared() -> list[Any]:
    part = [1, 2]
    return [part, part]


def cyclic() -> list[Any]:
    value: list[Any] = [1]
    value.append(value)
    return value


days = pd.date_range("2024-01-01", periods=3)

EQUAL: dict[str, Any] = {
    "scalars": lambda: [1, 1.5, True, None, "a", b"b", 2j, decimal.Decimal("1.0")],
    "not a number": lambda: [float("nan"), np.float64("nan"), np.array([np.nan, 1.0])],
    "dates": lambda: [datetime.date(2024, 1, 1), datetime.timedelta(1), datetime.timezone.utc],
    "nested dictionaries": lambda: {"a": {"b": [1, {"c": (2, 3)}]}},
    "sets": lambda: [{"a", "b", 3}, frozenset((1, 2))],
    "counters and deques": lambda: [collections.Counter("abca"), collections.deque([1], 5)],
    "shared parts": shared,
    "cycles": cyclic,
    "own classes": lambda: [Point(1.5, ["a"]), Slotted(2.5)],
    "arrays of objects": lambda: np.array([None, np.nan, "a", [1]], dtype=object),
    "records": lambda: np.array([(1, 2.5, "a")], dtype=[("x", "i4"), ("y", "f8"), ("z", "U3")]),
    "moments": lambda: np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"),
    "masked arrays": lambda: np.ma.array([1, 2], mask=[True, False]),
    "generators": lambda: [np.random.default_rng(3), np.random.RandomState(3)],
    "frames": lambda: frame(a=[1, 2], b=[0.5, np.nan], c=["x", None]),
    "None beside NaN": lambda: frame(a=pd.Series([None, np.nan, "x"], dtype=object)),
    "intervals": lambda: frame(a=pd.cut([1, 5, 9], [0, 3, 6, 10])),
    "integer categories": lambda: frame(a=pd.Categorical([3, 1], categories=[1, 2, 3])),
    "zones": lambda: frame(a=pd.date_range("2024-01-01", periods=2, tz="Europe/Berlin")),
    "periods": lambda: frame(a=pd.period_range("2024-01", periods=2, freq="M")),
    "nullable integers": lambda: frame(a=pd.array([1, None], dtype="Int64")),
    "sparse columns": lambda: frame(a=pd.arrays.SparseArray([0, 0, 1])),
    "an index with a frequency": lambda: pd.DataFrame({"a": [1, 2, 3]}, index=days),
    "an index of two levels": lambda: frame(a=[1, 2], b=[1, 1], c=[3, 4]).set_index(["a", "b"]),
    "columns of the same name": lambda: pd.DataFrame([[1, "x"]], columns=["a", "a"]),
    "columns that are no text": lambda: pd.DataFrame([[1, 2]], columns=[0, 1]),
    "lists in cells": lambda: frame(a=[[1, 2], [3]]),
    "an empty frame": lambda: pd.DataFrame(),
    "a frame with attributes": lambda: _with_attrs(frame(a=[1])),
    "a named series": lambda: pd.Series([1, 2], name="n", index=["x", "y"]),
    "an estimator": fitted,
    "a forest": forest,
}


def _with_attrs(table: pd.DataFrame) -> pd.DataFrame:
    table.attrs["source"] = "web"
    return table


DIFFERENT: list[tuple[Any, Any, str]] = [
    (1, 2, "1 != 2"),
    (1, True, "type: int != bool"),
    (1, 1.0, "type: int != float"),
    (None, float("nan"), "type: NoneType != float"),
    ([1, 2], [1, 2, 3], "length: 2 != 3"),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "order of keys: 'a' != 'b'"),
    ({"a": 1}, {"c": 1}, "keys: 'a' != 'c'"),
    ({"a": {"b": [1]}}, {"a": {"b": [2]}}, '["a"]["b"][0]: 1 != 2'),
    ({1, 2}, {1, 3}, "members: 2 != 3"),
    (Point(1.0, ["a"]), Point(1.0, ["b"]), ".tags[0]: 'a' != 'b'"),
    (Slotted(1), Slotted(2), ".x: 1 != 2"),
    (np.array([1, 2]), np.array([1, 3]), "item 1: 2 != 3"),
    (np.array([1, 2]), np.array([1.0, 2.0]), "dtype: int64 != float64"),
    (np.zeros((2, 2)), np.eye(2), "item (0, 0): 0.0 != 1.0"),
    (np.zeros(2), np.zeros(3), "shape: (2,) != (3,)"),
    (frame(tenure=[1, 2, 3, 12]), frame(tenure=[1, 2, 3, 13]), 'column "tenure", row 3: 12 != 13'),
    (frame(a=[1]), frame(b=[1]), "columns, row 0: 'a' != 'b'"),
    (frame(a=[1]), frame(a=[1.0]), 'column "a", dtype: int64 != float64'),
    (frame(a=[1]), frame(a=[1, 2]), "shape: 1 × 1 != 2 × 1"),
    (
        frame(a=pd.Series([None], dtype=object)),
        frame(a=pd.Series([np.nan], dtype=object)),
        'column "a", row 0, type: NoneType != float',
    ),
    (pd.Series([1], name="a"), pd.Series([1], name="b"), "name: 'a' != 'b'"),
    (
        pd.Series([1, 2, 3], index=days),
        pd.Series([1, 2, 3], index=pd.DatetimeIndex(list(days))),
        "index, freq: <Day> != None",
    ),
    (
        frame(a=pd.Categorical(["x"], categories=["x", "y"])),
        frame(a=pd.Categorical(["x"], categories=["x"])),
        'column "a", dtype: category != category',
    ),
    (_with_attrs(frame(a=[1])), frame(a=[1]), "attrs, keys: 'source' != nothing in their place"),
    (LogisticRegression(C=1), LogisticRegression(C=2), ".C: 1 != 2"),
    (forest(0), forest(1), ".random_state: 0 != 1"),
    (collections.deque([1], 2), collections.deque([1], 3), "maxlen: 2 != 3"),
]


@pytest.mark.parametrize("make", EQUAL.values(), ids=EQUAL)
def test_two_values_made_alike_are_equal(make: Any) -> None:
    assert values.values_equal(make(), make()) is None
    assert values.values_equal(make(), make(), strict=True) is None


@pytest.mark.parametrize(("a", "b", "text"), DIFFERENT, ids=[text for _, _, text in DIFFERENT])
def test_the_first_difference_is_named_with_its_place(a: Any, b: Any, text: str) -> None:
    assert str(values.values_equal(a, b)) == text
    assert values.values_equal(b, a) is not None


def test_floats_differ_exactly_unless_a_tolerance_is_given() -> None:
    a, b = {"x": np.array([1.0, np.nan])}, {"x": np.array([1.0 + 1e-12, np.nan])}
    assert values.values_equal(a, b) is not None
    assert values.values_equal(a, b, 1e-9) is None
    assert values.values_equal(frame(a=[1.0]), frame(a=[1.0 + 1e-12]), 1e-9) is None
    assert values.values_equal(1.0, 1.1, 1e-9) is not None
    assert values.values_equal(0, 1, 0.9) is not None


def test_sharing_counts_only_when_asked_for() -> None:
    assert values.values_equal(shared(), [[1, 2], [1, 2]]) is None
    assert values.values_equal(shared(), [[1, 2], [1, 2]], strict=True) is not None
    base = np.arange(4.0)
    assert values.values_equal((base, base[:2]), (base.copy(), base[:2].copy())) is None
    found = values.values_equal((base, base[:2]), (base.copy(), base[:2].copy()), strict=True)
    assert found is not None and "share memory" in str(found)


def test_a_class_of_the_notebook_is_the_same_class_in_the_package() -> None:
    notebook = type("Point", (), {"__module__": "__main__", "__qualname__": "Point"})
    package = type("Point", (), {"__module__": "churn.helpers", "__qualname__": "Point"})
    other = type("Point", (), {"__module__": "other", "__qualname__": "Point"})
    assert values.values_equal(notebook(), package()) is None
    assert values.values_equal(package(), other()) is not None


@pytest.mark.parametrize("make", EQUAL.values(), ids=EQUAL)
def test_the_chosen_codec_gives_the_value_back(make: Any) -> None:
    value = make()
    codec = values.choose_codec(value)
    buffer = io.BytesIO()
    values.dump_value(codec, value, buffer)
    buffer.seek(0)
    assert values.values_equal(value, values.load_value(codec, buffer), strict=True) is None


CHOSEN = [
    ({"a": [1, 2.5, None, "x", True]}, "json"),
    ([float("inf")], "pickle"),
    ({1: "a"}, "pickle"),
    ((1, 2), "pickle"),
    (shared(), "pickle"),
    (np.arange(3), "npy"),
    (np.array(["a"], dtype=object), "pickle"),
    (frame(a=pd.cut([1, 5], [0, 3, 6])), "pickle"),
    ([np.zeros(1 << 18)], "joblib"),
]


@pytest.mark.parametrize(("value", "codec"), CHOSEN, ids=[f"{v!r:.30}" for v, _ in CHOSEN])
def test_the_first_codec_that_loses_nothing_is_chosen(value: Any, codec: str) -> None:
    assert values.choose_codec(value) == codec


def test_a_group_is_one_pickle_and_keeps_what_it_shares() -> None:
    part = [1]
    assert values.choose_codec((part, {"k": part}), group=True) == "pickle"
    base = np.arange(4.0)
    assert values.choose_codec((base, base[:2]), group=True) == "pickle"
    table = pd.DataFrame({"a": [1.0, 2.0]})
    with pytest.raises(values.NotStorable, match="share memory"):
        values.choose_codec((table, table["a"].to_numpy()), group=True)
    assert values.choose_codec((table, table["a"].to_numpy().copy()), group=True) == "pickle"


def test_an_array_that_writes_somewhere_else_is_not_stored(tmp_path: Path) -> None:
    seen = bytearray(8)
    with pytest.raises(values.NotStorable, match="share memory"):
        values.choose_codec((seen, np.frombuffer(seen, "u1")), group=True)
    np.save(tmp_path / "x.npy", np.arange(4.0))
    with pytest.raises(values.NotStorable, match="a part of a file"):
        values.choose_codec(np.load(tmp_path / "x.npy", mmap_mode="r+")[1:])
    # Nobody can write through these, or what is written stays in memory.
    values.choose_codec(np.frombuffer(bytes(8), "u1"))
    values.choose_codec(np.load(tmp_path / "x.npy", mmap_mode="r"))
    values.choose_codec(np.load(tmp_path / "x.npy", mmap_mode="c"))


@pytest.mark.parametrize("value", [(n for n in [1]), lambda: 0, sys.stdout], ids=str)
def test_what_no_codec_keeps_is_refused_with_the_reason(value: Any) -> None:
    with pytest.raises(values.NotStorable, match="pickle"):
        values.choose_codec(value)


def test_equal_values_have_equal_bytes_in_two_processes() -> None:
    script = """
import hashlib, io, sys, types
import numpy as np, pandas as pd
package = types.ModuleType("project"); package.__path__ = [sys.argv[1]]
sys.modules["project"] = package
from project import _values as values
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
data = np.random.default_rng(0).normal(size=(80, 3))
frame = pd.DataFrame(data, columns=list("abc")); frame["d"] = ["x", None] * 40
made = [frame, data, LogisticRegression().fit(data, data[:, 0] > 0),
        RandomForestClassifier(5, random_state=0).fit(data, data[:, 0] > 0), {"a": {"x", "y"}}]
for value in made:
    for codec in [c for c in values.CODECS if values._may_use(c, value)]:
        if values.round_trip_problem(codec, value): continue
        buffer = io.BytesIO(); values.dump_value(codec, value, buffer)
        print(codec, hashlib.sha256(buffer.getvalue()).hexdigest())
"""
    command = [sys.executable, "-c", script, str(next(iter(sys.modules["project"].__path__)))]
    environment = {"PYTHONHASHSEED": "0", "PATH": ""}
    runs = [subprocess.check_output(command, env=environment, text=True) for _ in range(2)]
    assert runs[0] == runs[1]
    assert "pickle" in runs[0]


def _loaded(value: Any, codec: str = "pickle") -> Any:
    buffer = io.BytesIO()
    values.dump_value(codec, value, buffer)
    buffer.seek(0)
    return values.load_value(codec, buffer)


@pytest.mark.parametrize(
    "make",
    [
        lambda array: {"whole": array, "part": array[2:5]},
        lambda array: (array, array[::-1]),
        lambda array: [array[1:], array[:-1]],
        lambda array: {
            "flat": array,
            "square": array.reshape(5, 2),
            "turned": array.reshape(5, 2).T,
        },
        lambda array: {"real": array.view("i4")[1::2], "whole": [array]},
    ],
)
def test_a_view_stored_with_its_array_still_shows_what_the_array_is_given(make: Any) -> None:
    value = make(np.arange(10.0))
    assert values.choose_codec(value, group=isinstance(value, tuple)) == "pickle"
    first, *others = _parts(_loaded(value))
    first[...] = 7
    assert any(np.may_share_memory(first, other) for other in others)
    expected_first, *expected_others = _parts(value)
    expected_first[...] = 7
    for other, expected in zip(others, expected_others, strict=True):
        assert np.array_equal(other, expected)


def test_views_that_were_loaded_are_stored_as_views_again() -> None:
    array = np.arange(10.0)
    value = (array, array[2:5], array[::-1])
    for _ in range(3):
        assert values.choose_codec(value, group=True) == "pickle"
        value = _loaded(value)
    value[1][:] = 7
    assert value[0].tolist() == value[2][::-1].tolist() == [0, 1, 7, 7, 7, 5, 6, 7, 8, 9]


def test_a_model_fitted_on_a_loaded_array_holds_it_as_one_fitted_before() -> None:
    made = np.random.default_rng(0).normal(size=(60, 3))
    file = io.BytesIO()
    values.dump_value("pickle", [made, np.asfortranarray(made)], file)
    file.seek(0)
    for before, loaded in zip(
        [made, np.asfortranarray(made)], values.load_value("pickle", file), strict=True
    ):
        assert loaded.dtype is before.dtype
        pair = [
            [KNeighborsClassifier().fit(array, made[:, 0] > 0), array] for array in (before, loaded)
        ]
        assert values.values_equal(*pair, sharing=True) is None


def test_an_array_of_somebody_elses_bytes_is_no_owner() -> None:
    buffer = bytearray(8)
    array = np.frombuffer(buffer, "u1")
    with pytest.raises(values.NotStorable, match="share memory"):
        values.choose_codec((buffer, array, array[2:]), group=True)


def _parts(value: Any) -> list[Any]:
    members = list(value.values()) if isinstance(value, dict) else list(value)
    return [array for member in members for array in (member if type(member) is list else [member])]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda: _ends(np.zeros(100_000)), id="two small windows on much memory"),
        pytest.param(lambda: _ends(np.asfortranarray(np.ones((3, 4)))), id="stored by columns"),
        pytest.param(lambda: _ends(np.array([{}, {}, {}], dtype=object)), id="of objects"),
        pytest.param(lambda: _read_only(np.ones(4)), id="one of them read-only"),
    ],
)
def test_views_that_cannot_be_stored_as_views_are_not_stored_as_copies(value: Any) -> None:
    with pytest.raises(values.NotStorable, match="share memory"):
        values.choose_codec(value(), group=True)


def _ends(array: Any) -> tuple[Any, Any]:
    return array[:2], array[1:3]


def _read_only(array: Any) -> tuple[Any, Any]:
    view = array[1:]
    view.flags.writeable = False
    return array, view


def test_what_a_library_class_does_not_take_back_from_a_pickle_is_not_missed() -> None:
    from sklearn.datasets import load_iris

    assert values.choose_codec(load_iris()) == "pickle"
