"""Proof on rows that the notebook never had: what training computes of a made-up table is what serving computes of its rows.

The notebook's own rows show no difference between `> 115` and `> 116` unless one of them lies there. Here columns are drawn
independently of each other, and half of the numbers and times from anywhere between the lowest and the highest. Training runs the
notebook's own lines, serving those that were split off from them, so that each checks the other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

ROWS = 1500


def made_up_proofs(subject: Any, runtime: Any) -> Iterator[dict[str, Any]]:
    """One record for each matrix of the notebook, and one for rows with nulls."""
    proof = "made-up-rows-same-as-training"
    table = made_up_table(subject.raw, np.random.default_rng(5))
    outside = runtime.random_state()
    try:
        with _watching_dropna() as dropped:
            state, matrices = subject.features.learn(table)
    except Exception as error:
        yield _record(proof, None, applies=False, how=f"made-up rows cannot be learned from ({type(error).__name__}: {error})")
        return
    finally:
        runtime.restore_random_state(outside)
    for name, matrix in matrices.items():
        yield _compared(subject, proof, name, table, state, matrix)
    yield _refused_nulls(subject, table, state, matrices, dropped)


def made_up_table(raw: pd.DataFrame, rng: np.random.Generator, rows: int = ROWS) -> pd.DataFrame:
    """A table of the raw table's columns and types."""
    if len(raw) == 0:
        return raw
    return pd.DataFrame({name: _made_up(raw[name], rng, rows) for name in raw.columns}).astype(dict(raw.dtypes))


def _made_up(column: pd.Series, rng: np.random.Generator, rows: int) -> pd.Series:
    drawn = column.iloc[rng.integers(0, len(column), rows)].reset_index(drop=True)
    known = column.dropna()
    anywhere = (rng.random(rows) < 0.5) & drawn.notna().to_numpy()
    if len(known) == 0 or not anywhere.any() or column.dtype.kind not in "iufM":
        return drawn
    low, high = known.min(), known.max()
    if column.dtype.kind in "iu":
        drawn[anywhere] = rng.integers(int(low), int(high) + 1, int(anywhere.sum()))
    elif column.dtype.kind == "f":
        drawn[anywhere] = rng.uniform(low, high, int(anywhere.sum())).round(2).clip(low, high)
    else:
        days = rng.integers(0, (high - low).days + 1, int(anywhere.sum()))
        drawn[anywhere] = low + pd.to_timedelta(days, unit="D")
    return drawn


def _compared(subject: Any, proof: str, name: str, table: pd.DataFrame, state: Any, matrix: Any) -> dict[str, Any]:
    transform, compare = subject.features.transform, subject.compare
    try:
        rows = compare.rows_with_labels(table, matrix.rows)
        if rows is not None:
            how, found = compare.closeness(transform(rows, state), matrix.values)
        else:
            got = transform(compare.transformable(subject.features, state, table), state)
            how, found = "rows matched by value", compare.missing_row(got, matrix.values)
    except Exception as error:
        how, found = "exact", f"{type(error).__name__}: {error}"
    return _record(proof, name, found, how=how)


@contextlib.contextmanager
def _watching_dropna() -> Iterator[set[str]]:
    """Collects the columns that had nulls where `dropna` was called on a table."""
    found: set[str] = set()
    original = pd.DataFrame.dropna

    def watched(table: pd.DataFrame, *arguments: Any, **keywords: Any) -> Any:
        subset = keywords.get("subset")
        names = table.columns if subset is None else [subset] if isinstance(subset, str) else subset
        found.update(str(name) for name in names if name in table.columns and table[name].isna().any())
        return original(table, *arguments, **keywords)

    pd.DataFrame.dropna = watched  # type: ignore[method-assign]
    try:
        yield found
    finally:
        pd.DataFrame.dropna = original  # type: ignore[method-assign]


def _refused_nulls(subject: Any, table: pd.DataFrame, state: Any, matrices: dict[str, Any], dropped: set[str]) -> dict[str, Any]:
    """Where training drops each row with a null in a column, the model knows no such row: serving refuses it by name."""
    proof = "nulls-left-out-of-training-are-refused"
    rows = [matrix.rows for matrix in matrices.values()]
    served = [name for name in table.columns if name in dropped and name not in subject.features.UNSERVED]
    if not any(table[name].isna().any() for name in served):
        return _record(proof, None, applies=False, how="training drops no row because of a null")
    if not rows or any(labels is None or not labels.isin(table.index).all() for labels in rows):
        return _record(proof, None, applies=False, how="it is not known which rows are trained with")
    kept = table.index.isin(np.concatenate([labels.to_numpy() for labels in rows]))
    columns = [name for name in served if table[name].isna().any() and not table[name][kept].isna().any()]
    if not columns or not kept.any():
        return _record(proof, None, applies=False, how="training drops no row because of a null")
    for name in columns:
        row = table[kept].iloc[[0]].copy()
        row[name] = row[name].where([False])
        try:
            subject.features.transform(row, state)
        except ValueError as error:
            if getattr(error, "column", None) == name:
                continue
            return _record(proof, None, f"a null in {name!r} is refused without naming it: {error}")
        return _record(proof, None, f"a row with a null in {name!r} is served, although training drops such rows")
    return _record(proof, None)


def _record(proof: str, matrix: str | None, found: str | None = None, *, applies: bool = True, how: str = "exact") -> dict[str, Any]:
    return {"proof": proof, "matrix": matrix, "applies": applies, "same": found is None, "how": how, "difference": found}
