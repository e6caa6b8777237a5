"""Proofs about rows that training never showed: a value it never had, and nothing but nulls.

Such a row is answered, or refused with its column and row named; it changes nothing for the rows beside it. An exception of
the notebook's own lines (a text that is no number) is a refusal by the notebook, which the predictor puts down to the row.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

ODD = 1
"""Position of the odd row among the three that are asked about."""
NEVER_SEEN = "\N{WHITE SQUARE} never seen"
MOST_CODES = 50
"""A column of whole numbers with more values than this is no category."""


def category_proofs(subject: Any) -> Iterator[dict[str, Any]]:
    """One proof for all columns that may hold categories: a value that training never showed follows the policy."""
    proof = "unseen-category-follows-policy"
    odd = {name: value for name in _served_names(subject) if (value := _unseen_value(subject.raw[name])) is not None}
    rows = _three_rows(subject)
    if not odd or rows is None:
        yield _record(proof, applies=False, how="no served column holds categories")
        return
    policy = subject.features.UNSEEN
    for name, value in odd.items():
        found = _difference(subject, rows, {name: value}, policy)
        if found is not None:
            yield _record(proof, f"{name} = {value!r} under {policy!r}: {found}", how=policy)
            return
    yield _record(proof, how=policy)


def null_proofs(subject: Any) -> Iterator[dict[str, Any]]:
    """A row of nothing but nulls, where the raw table has nulls and everywhere."""
    proof = "all-null-row-follows-policy"
    rows = _three_rows(subject)
    if rows is None:
        yield _record(proof, applies=False, how="there are no rows")
        return
    # A whole number or a flag cannot be null without changing the type of its column, for the rows beside it too.
    nullable = [name for name in _served_names(subject) if rows[name].dtype.kind not in "iub"]
    beside = _difference(subject, rows, dict.fromkeys(nullable), subject.features.UNSEEN)
    alone = _difference(subject, rows.iloc[[ODD]], dict.fromkeys(_served_names(subject)), subject.features.UNSEEN)
    yield _record(proof, beside or alone)


def _difference(subject: Any, rows: pd.DataFrame, values: dict[str, Any], policy: str) -> str | None:
    """What is wrong with how the row with these values is served; `None` when nothing is."""
    at = ODD if len(rows) > 1 else 0
    changed = _with_values(rows, values, at)
    others = [row for row in range(len(rows)) if row != at]
    try:
        got = subject.features_of(changed)
    except Exception as error:
        return _wrong_refusal(subject, changed, error, at, policy) or _spoiled(subject, changed, others)
    found = None
    if others:
        beside, alone = subject.compare.taken(got, others), subject.features_of(rows.iloc[others])
        # A null in the odd row makes its column one of floats, for all.
        _, found = subject.compare.closeness(_values(beside), _values(alone))
    if found is not None:
        return f"the rows beside it have other features ({found})"
    wanted = subject.features_of(rows)
    if np.shape(got) != np.shape(wanted):
        return f"shape {np.shape(got)} ≠ {np.shape(wanted)}"
    return _wrong_answer(subject, changed, at)


def _values(matrix: Any) -> Any:
    """Values without the types of columns."""
    if not isinstance(matrix, pd.DataFrame):
        return matrix
    numeric = all(pd.api.types.is_numeric_dtype(kind) for kind in matrix.dtypes)
    return matrix.to_numpy(dtype=np.float64, na_value=np.nan) if numeric else matrix.to_numpy(dtype=object)


def _wrong_refusal(subject: Any, rows: pd.DataFrame, error: Exception, at: int, policy: str) -> str | None:
    said = f"{type(error).__name__}: {error}"
    if not _is_feature_error(error):
        if _raised_in_support(error):
            return f"{said} (in the features' own support, not in the notebook's lines)"
        return _wrong_answer(subject, rows, at)
    if getattr(error, "row", None) != at or getattr(error, "column", None) is None:
        return f"{said} (it names column {error.column!r} and row {error.row!r}; the row is {at})"  # type: ignore[attr-defined]
    if policy != "reject" and "training never showed" in str(error):
        return f"{said} (although the policy answers such rows)"
    return None


def _wrong_answer(subject: Any, rows: pd.DataFrame, at: int) -> str | None:
    """The predictor answers every row, or refuses the odd one by name."""
    if subject.predictor is None:
        return None
    try:
        answers = subject.predictor(rows)
    except Exception as error:
        if not _is_feature_error(error) or getattr(error, "row", None) != at:
            return f"predicting: {type(error).__name__}: {error}"
        return None
    return None if len(answers) == len(rows) else f"{len(answers)} answers for {len(rows)} rows"


def _spoiled(subject: Any, rows: pd.DataFrame, others: list[int]) -> str | None:
    """The other rows are still served when the odd one is left out."""
    if not others:
        return None
    try:
        subject.features_of(rows.iloc[others])
    except Exception as error:
        return f"without it the other rows fail: {type(error).__name__}: {error}"
    return None


def _with_values(rows: pd.DataFrame, values: dict[str, Any], at: int) -> pd.DataFrame:
    changed = rows.copy()
    for name, value in values.items():
        column = changed[name].astype(object) if changed[name].dtype.kind in "iub" else changed[name].copy()
        column.iloc[at] = value
        changed[name] = column
    return changed


def _three_rows(subject: Any) -> pd.DataFrame | None:
    """Three rows that are served; they are the notebook's own, so that each is answered as it is."""
    rows = subject.served
    if len(rows) < 3:
        return None
    chosen = rows.iloc[[0, len(rows) // 2, len(rows) - 1]]
    return chosen.drop(columns=[name for name in subject.features.UNSERVED if name in chosen.columns])


def _served_names(subject: Any) -> list[str]:
    return [name for name in subject.raw.columns if name not in subject.features.UNSERVED and name != subject.features.LABEL]


def _unseen_value(column: pd.Series) -> Any:
    """A value the column never has, of its type; `None` where it holds no categories."""
    values = column.dropna()
    if len(values) == 0:
        return None
    if column.dtype.kind in "iu":
        return int(values.max()) + 1 if values.nunique() <= MOST_CODES else None
    is_text = isinstance(column.dtype, (pd.StringDtype, np.dtype)) and values.map(type).eq(str).all()
    return NEVER_SEEN if is_text else None


def _is_feature_error(error: Exception) -> bool:
    return type(error).__name__ == "FeatureError"


def _raised_in_support(error: Exception) -> bool:
    """Whether the last of the package's frames is our support code."""
    own = [
        frame.filename
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(("features.py", "_feature_support.py"))
    ]
    return bool(own) and own[-1].endswith("_feature_support.py")


def _record(proof: str, found: str | None = None, *, applies: bool = True, how: str = "exact") -> dict[str, Any]:
    return {"proof": proof, "matrix": None, "applies": applies, "same": found is None, "how": how, "difference": found}
