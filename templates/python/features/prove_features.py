"""Proves that a generated package computes the features the notebook computed, by running it.

Runs in the user's interpreter, in a child process. Uses the package's own `learn` and `transform`, and compares with matrices that the
notebook itself made. Numbers must be equal; only where the same rows in another batch give another last digit (matrix products) a
relative tolerance is used, and then the proof says so.
"""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RTOL = 1e-9
ONE_ROW_SAMPLES = 40


def prove_features(package: str, raw: pd.DataFrame, expected: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One record `{proof, matrix, same, how, difference}` for each proof; `difference` is `None` when it holds.

    `package` must be importable. `raw` is the raw table of the notebook, `expected` its own matrices by variable name.
    """
    features = importlib.import_module(f"{package}.features")
    before = raw.copy(deep=True)
    state, matrices = features.learn(raw)
    compared = [name for name in matrices if name in expected]
    proofs: list[dict[str, Any]] = []
    if not compared:
        proofs.append(_record("same-as-notebook", None, "nothing to compare: none of the notebook's matrices was given"))
    for name in compared:
        proofs.append(_record("fit-same-as-notebook", name, difference(matrices[name].values, expected[name])))
        proofs.append(_transform_proof(features, state, raw, name, matrices[name].rows, expected[name]))
    served = _rows_of(raw, next((matrix.rows for matrix in matrices.values() if matrix.rows is not None), None))
    proofs.extend(_metamorphic_proofs(features, state, served))
    proofs.append(_record("input-unchanged", None, None if raw.equals(before) else "the raw table was changed"))
    return proofs


def _transform_proof(features: Any, state: Any, raw: pd.DataFrame, name: str, rows: Any, expected: Any) -> dict[str, Any]:
    proof = "transform-same-as-notebook"
    if rows is not None and raw.index.is_unique and rows.isin(raw.index).all():
        return _close(proof, name, lambda: features.transform(raw.loc[rows], state), expected)
    try:
        got = features.transform(raw, state)
    except Exception as error:
        return _record(proof, name, f"row labels were lost on the way, and not every raw row can be transformed: {error}")
    return _record(proof, name, _missing_rows(got, expected), how="rows matched by value")


def _metamorphic_proofs(features: Any, state: Any, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    whole = features.transform(rows, state)
    picked = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), ONE_ROW_SAMPLES)).astype(int))

    def one_by_one() -> Any:
        return _stacked([features.transform(rows.iloc[[row]], state) for row in picked])

    yield _close("one-row-same-as-batch", None, one_by_one, _taken(whole, picked))
    order = np.random.default_rng(0).permutation(len(rows))
    yield _close("order-does-not-matter", None, lambda: features.transform(rows.iloc[order], state), _taken(whole, order))
    half = np.arange(0, len(rows), 2)
    yield _close("other-rows-do-not-matter", None, lambda: features.transform(rows.iloc[half], state), _taken(whole, half))
    unserved = [name for name in features.UNSERVED if name in rows.columns]
    yield _close("unserved-columns-do-not-matter", None, lambda: features.transform(rows.drop(columns=unserved), state), whole)

    def reloaded() -> Any:
        with tempfile.TemporaryDirectory() as directory:
            features.save_state(state, Path(directory))
            return features.transform(rows, features.load_state(Path(directory)))

    yield _close("state-saved-and-loaded", None, reloaded, whole)


def difference(got: Any, expected: Any, rtol: float = 0.0) -> str | None:
    """Where two matrices differ, types and column names included; `None` when they are equal."""
    if isinstance(got, pd.DataFrame) != isinstance(expected, pd.DataFrame):
        return f"{type(got).__name__} ≠ {type(expected).__name__}"
    if isinstance(got, pd.DataFrame) and list(got.columns) != list(expected.columns):
        return f"columns {list(got.columns)} ≠ {list(expected.columns)}"
    if isinstance(got, pd.DataFrame) and list(got.dtypes) != list(expected.dtypes):
        return f"types {[str(kind) for kind in got.dtypes]} ≠ {[str(kind) for kind in expected.dtypes]}"
    names = list(got.columns) if isinstance(got, pd.DataFrame) else None
    left, right = _dense(got), _dense(expected)
    if left.shape != right.shape:
        return f"shape {left.shape} ≠ {right.shape}"
    same = _equal(left, right, rtol)
    if same.all():
        return None
    place = tuple(int(at) for at in np.argwhere(~same)[0])
    column = "" if len(place) < 2 else f"column {names[place[1]]!r}, " if names else f"column {place[1]}, "
    return f"{column}row {place[0]}: {left[place]!r} ≠ {right[place]!r} ({int((~same).sum())} of {same.size} values)"


def _close(proof: str, name: str | None, make: Callable[[], Any], expected: Any) -> dict[str, Any]:
    try:
        got = make()
    except Exception as error:
        return _record(proof, name, f"{type(error).__name__}: {error}")
    exact = difference(got, expected)
    if exact is None:
        return _record(proof, name, None)
    if difference(got, expected, RTOL) is None:
        return _record(proof, name, None, how=f"float, rtol {RTOL}")
    return _record(proof, name, exact)


def _record(proof: str, matrix: str | None, found: str | None, how: str = "exact") -> dict[str, Any]:
    return {"proof": proof, "matrix": matrix, "same": found is None, "how": how, "difference": found}


def _equal(left: np.ndarray, right: np.ndarray, rtol: float) -> np.ndarray:
    if left.dtype.kind in "fiub" and right.dtype.kind in "fiub":
        if rtol > 0:
            return np.isclose(left.astype(float), right.astype(float), rtol=rtol, atol=rtol, equal_nan=True)
        return (left == right) | ((left != left) & (right != right))
    nulls = pd.isna(left) & pd.isna(right)
    return np.asarray(nulls | (left == right), dtype=bool)


def _dense(matrix: Any) -> np.ndarray:
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)


def _taken(matrix: Any, rows: np.ndarray) -> Any:
    return matrix.iloc[rows] if isinstance(matrix, (pd.DataFrame, pd.Series)) else matrix[rows]


def _stacked(parts: list[Any]) -> Any:
    return pd.concat(parts) if isinstance(parts[0], (pd.DataFrame, pd.Series)) else np.concatenate([_dense(part) for part in parts])


def _rows_of(raw: pd.DataFrame, labels: Any) -> pd.DataFrame:
    return raw.loc[labels] if labels is not None and raw.index.is_unique and labels.isin(raw.index).all() else raw


def _missing_rows(got: Any, expected: Any) -> str | None:
    have: dict[bytes, int] = {}
    for row in _dense(got).astype(float):
        key = (row + 0.0).tobytes()
        have[key] = have.get(key, 0) + 1
    for at, row in enumerate(_dense(expected).astype(float)):
        key = (row + 0.0).tobytes()
        if have.get(key, 0) == 0:
            return f"row {at} of the notebook's matrix is not among the transformed rows"
        have[key] -= 1
    return None
