"""Values as notebooks keep them: tables, arrays, containers and every estimator that fits on a few rows."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import uuid
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils import all_estimators

SPECIAL = {
    "GridSearchCV": {"param_grid": {"C": [0.1, 1.0]}},
    "HalvingGridSearchCV": {"param_grid": {"C": [0.1, 1.0]}},
    "RandomizedSearchCV": {"param_distributions": {"C": [0.1, 1.0]}, "n_iter": 2},
    "HalvingRandomSearchCV": {"param_distributions": {"C": [0.1, 1.0]}},
}


def arrays() -> Iterator[tuple[str, Any]]:
    """NumPy's arrays, scalars and generators."""
    for code in [*"?bBhHiIlLqQefdgFDG", "S5", "U7", "M8[D]", "m8[s]", "V6"]:
        yield f"array of {code}", np.zeros(5, dtype=code)
    yield "empty", np.zeros((0, 3))
    yield "no dimensions", np.array(3.5)
    yield "fortran", np.asfortranarray(np.arange(12.0).reshape(3, 4))
    yield "foreign byte order", np.arange(4, dtype=">f8")
    yield "matrix", np.zeros((2, 2)).view(np.matrix)
    yield "records", np.zeros(3, dtype=[("a", "f8"), ("b", "U3", (2,)), ("c", [("d", "i2")])])
    yield "aligned records", np.zeros(3, dtype=np.dtype([("a", "i1"), ("b", "f8")], align=True))
    yield "records of objects", np.array([(1, {2: 3})], dtype=[("a", "f8"), ("b", "O")])
    yield "objects", np.array([{"a": np.arange(3)}, np.float32(3), "x", None], dtype=object)
    yield "objects in objects", [np.array([np.array([1, "x"], dtype=object), 2], dtype=object)] * 2
    yield "scalars", [np.float64(1), np.int8(2), np.bool_(True), np.str_("x"), np.datetime64("2020")]
    yield "dtypes", [np.dtype("f8"), np.dtype("U3"), np.dtype([("a", "f8")]), np.float32]
    yield "large", np.arange(50_000)
    yield "generators", [np.random.default_rng(1), np.random.RandomState(1)]
    yield "masked", np.ma.array([1, 2], mask=[True, False])


def tables() -> Iterator[tuple[str, Any]]:
    """Tables and columns of pandas."""
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, np.nan]})
    yield "frame", frame
    yield "categories", pd.DataFrame({"c": pd.Categorical(["u", "v"], ordered=True)})
    yield "times", pd.DataFrame({"d": pd.date_range("2020", periods=2, tz="UTC")})
    yield "nullable", pd.DataFrame({"i": pd.array([1, None], dtype="Int64")})
    yield "levels", frame.set_index(["a", "b"])
    yield "series", frame["c"]
    yield "periods", pd.Series(pd.period_range("2020-01", periods=3, freq="M"))
    yield "intervals", pd.Series(pd.interval_range(0, 3))
    yield "moments", [pd.Timestamp("2020"), pd.Timedelta("1D"), pd.NaT, pd.NA, pd.Interval(0, 1)]


def containers() -> Iterator[tuple[str, Any]]:
    """Plain values, nested and shared."""
    shared: list[Any] = [1, 2.5, "text", b"bytes", None, True, 2**70, -(2**40), 3j]
    yield "nested", {"a": shared, "b": (shared, {"c": {1, 2}, "d": frozenset([3])})}
    yield "long", ["x" * 70_000, b"y" * 70_000, bytearray(b"z" * 70_000), list(range(3000))]
    yield "standard library", [
        collections.OrderedDict(a=1),
        collections.Counter("aab"),
        collections.deque([1]),
        collections.defaultdict(list, a=[1]),
        datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
        datetime.date(2020, 1, 2),
        datetime.timedelta(1),
        decimal.Decimal("1.5"),
        fractions.Fraction(1, 3),
        uuid.UUID(int=7),
        range(3),
        slice(1, 2),
    ]
    itself: list[Any] = []
    itself.append(itself)
    yield "itself", itself
    deep: list[Any] = []
    for _ in range(200):
        deep = [deep]
    yield "deep", deep
    yield "sparse", [
        scipy.sparse.random(4, 4, 0.5, format=kind, random_state=1)
        for kind in ("csr", "csc", "coo", "lil", "dok")
    ]
    yield "sparse arrays", [scipy.sparse.csr_array(np.eye(3)), scipy.sparse.csc_array(np.eye(3))]


def pipelines() -> Iterator[tuple[str, Any]]:
    """Estimators put together from others."""
    frame = pd.DataFrame({"n": np.arange(20.0), "c": list("ab") * 10})
    label = np.array([0, 1] * 10)
    columns = ColumnTransformer(
        [
            ("n", StandardScaler(), ["n"]),
            ("c", OneHotEncoder(handle_unknown="ignore", dtype=np.float32), ["c"]),
        ]
    )
    whole = Pipeline([("columns", columns), ("model", RandomForestClassifier(3))])
    yield "pipeline", whole.fit(frame, label)
    yield "search", GridSearchCV(whole, {"model__max_depth": [1, 2]}, cv=KFold(2)).fit(frame, label)
    logarithm = FunctionTransformer(np.log1p)
    union = FeatureUnion([("log", logarithm), ("scaled", StandardScaler())])
    target = TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1)
    numbers = frame[["n"]]
    yield "target", Pipeline([("union", union), ("model", target)]).fit(numbers, label)


def estimators() -> Iterator[tuple[str, Any]]:
    """Each of scikit-learn's own, fitted where a few rows are enough for it."""
    rows, label = make_classification(60, 6, random_state=1)
    rows = np.abs(rows)
    for name, kind in all_estimators():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator = estimator_of(name, kind)
            if estimator is None:
                continue
            try:
                estimator.fit(rows, label)
            except Exception:  # noqa: BLE001 - it needs other data; unfitted it is a value all the same
                try:
                    estimator.fit(["some words", "other words"], ["a", "b"])
                except Exception:  # noqa: BLE001
                    estimator = estimator_of(name, kind)
            yield name, estimator


def estimator_of(name: str, kind: type[BaseEstimator]) -> Any:
    """One with its defaults; around a logistic regression where it needs an estimator."""
    special = SPECIAL.get(name, {})
    inner = LogisticRegression()
    for arguments in (
        {},
        {"estimator": inner},
        {"estimators": [("one", inner), ("two", LogisticRegression(C=2))]},
        {"transformers": [("one", StandardScaler(), [0])]},
        {"transformer_list": [("one", StandardScaler())]},
        {"steps": [("one", inner)]},
        {"n_components": 2, "dictionary": np.ones((2, 6))},
    ):
        try:
            made = kind(**arguments, **special)
        except TypeError:
            continue
        if "max_iter" in made.get_params(deep=False):
            made.set_params(max_iter=20)
        return made
    return None


@functools.cache
def values_of(group: Callable[[], Iterator[tuple[str, Any]]]) -> list[tuple[str, Any]]:
    """All values of a group, made once."""
    return list(group())
