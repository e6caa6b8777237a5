"""Where two matrices of features differ, and how rows are picked from one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

RTOL = 1e-9
"""Where the same rows in another batch give another last digit (matrix products)."""
MAX_REFUSALS = 200


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


def closeness(got: Any, expected: Any) -> tuple[str, str | None]:
    """How two matrices were compared, and where they differ: exactly if they are equal, else within the tolerance."""
    exact = difference(got, expected)
    if exact is None:
        return "exact", None
    if difference(got, expected, RTOL) is None:
        return f"float, rtol {RTOL}", None
    return "exact", exact


def taken(matrix: Any, rows: Sequence[int] | np.ndarray) -> Any:
    """The rows at these positions."""
    return matrix.iloc[rows] if isinstance(matrix, (pd.DataFrame, pd.Series)) else matrix[rows]


def stacked(parts: list[Any]) -> Any:
    """Matrices under one another."""
    return pd.concat(parts) if isinstance(parts[0], (pd.DataFrame, pd.Series)) else np.concatenate([_dense(part) for part in parts])


def rows_with_labels(raw: pd.DataFrame, labels: pd.Index | None) -> pd.DataFrame | None:
    """The raw rows of these labels; `None` where the labels do not tell which they are."""
    if labels is None or len(labels) == 0 or not raw.index.is_unique or not labels.isin(raw.index).all():
        return None
    return raw.loc[labels]


def transformable(features: Any, state: Any, raw: pd.DataFrame) -> pd.DataFrame:
    """The rows that features can be computed for: training may have left others out."""
    rows = raw
    for _ in range(MAX_REFUSALS):
        try:
            features.transform(rows, state)
        except ValueError as error:
            at = getattr(error, "row", None)
            if at is None:
                raise
            rows = rows[_differs_from(rows, getattr(error, "column", None), at)]
            continue
        break
    return rows


def missing_row(got: Any, expected: Any) -> str | None:
    """The first row of `expected` that is not among those of `got`; each counts once."""
    have: dict[bytes, int] = {}
    for row in _dense(got).astype(float):
        key = _row_key(row)
        have[key] = have.get(key, 0) + 1
    for at, row in enumerate(_dense(expected).astype(float)):
        key = _row_key(row)
        if have.get(key, 0) == 0:
            return f"row {at} of the notebook's matrix is not among the transformed rows"
        have[key] -= 1
    return None


def _differs_from(rows: pd.DataFrame, column: str | None, at: int) -> np.ndarray:
    """Rows that have another value there than the refused row: those with the same are refused as well."""
    if column not in rows.columns:
        return np.arange(len(rows)) != at
    values = rows[column]
    refused = values.iloc[at]
    return (values.notna() if pd.isna(refused) else values != refused).to_numpy()


def _row_key(row: np.ndarray) -> bytes:
    # One bit pattern for zero and for null.
    return np.where(np.isnan(row), np.nan, row + 0.0).tobytes()


def _equal(left: np.ndarray, right: np.ndarray, rtol: float) -> np.ndarray:
    if left.dtype.kind in "fiub" and right.dtype.kind in "fiub":
        if rtol > 0:
            return np.isclose(left.astype(float), right.astype(float), rtol=rtol, atol=rtol, equal_nan=True)
        return (left == right) | ((left != left) & (right != right))
    nulls = pd.isna(left) & pd.isna(right)
    return np.asarray(nulls | (left == right), dtype=bool)


def _dense(matrix: Any) -> np.ndarray:
    return np.asarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix)
