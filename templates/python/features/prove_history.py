"""Proves features that look at earlier rows, point in time: each row of the training table is asked as a request would ask it.

A request sees the rows of its entity before its time, whatever else the history holds. Runs beside `prove_features.py`, whose comparisons
it is given as `compare`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SAMPLES = 24


def prove_history(features: Any, raw: pd.DataFrame, learned: Any, compare: Any) -> Iterator[dict[str, Any]]:
    """One record a proof, as `prove_features` gives them; `learned` is what `learn_as_run` gave."""
    state, matrices = learned.state, learned.matrices
    if not learned.compared:
        yield _record("same-as-notebook", None, "nothing to compare: none of the notebook's matrices was given")
    for name, how, found in learned.compared:
        yield _record("fit-same-as-notebook", name, found, how)
    yield from transform_proofs(features, raw, learned, compare)
    rows = next(iter(matrices.values())).rows
    if rows is not None:
        yield from _history_proofs(features, state, raw.loc[rows[_picked(len(rows))]], raw, compare)


def transform_proofs(features: Any, raw: pd.DataFrame, learned: Any, compare: Any) -> Iterator[dict[str, Any]]:
    """Whether serving gives what was learned with, each row asked about with its own history; a record for each matrix."""
    matrices = learned.matrices
    served = next(iter(matrices))
    width = _columns(matrices[served].values)
    for name, matrix in matrices.items():
        # Other tables of the notebook are compared as they are learned; only matrices are what `transform` gives.
        if name == served or _columns(matrix.values) == width:
            yield _point_in_time(features, learned.state, (raw, name, matrix), compare)


def _point_in_time(features: Any, state: Any, of: tuple[pd.DataFrame, str, Any], compare: Any) -> dict[str, Any]:
    """Rows spread over the table and the last ones, each with its own history, against the notebook's own feature rows."""
    raw, name, matrix = of
    proof = "transform-same-as-notebook"
    if matrix.rows is None:
        return _record(proof, name, "which rows of the raw table it is made of is lost on the way: keep entity and time in the table")
    picked = _picked(len(matrix.rows))
    asked = raw.loc[matrix.rows[picked]]
    wanted = compare.taken(matrix.values, picked)
    if isinstance(wanted, (pd.DataFrame, pd.Series)):
        wanted = wanted.reset_index(drop=True)
    return _close(compare, proof, name, lambda: features.transform(asked, state), wanted)


def _history_proofs(features: Any, state: Any, asked: pd.DataFrame, raw: pd.DataFrame, compare: Any) -> Iterator[dict[str, Any]]:
    series = features.SERIES
    whole = features.transform(asked, state)

    def one_by_one() -> Any:
        return compare.stacked([features.transform(asked.iloc[[row]], state) for row in range(len(asked))])

    yield _close(compare, "one-row-same-as-batch", None, one_by_one, whole)
    order = np.random.default_rng(0).permutation(len(asked))
    yield _close(compare, "order-does-not-matter", None, lambda: features.transform(asked.iloc[order], state), compare.taken(whole, order))
    half = np.arange(0, len(asked), 2)
    yield _close(compare, "other-rows-do-not-matter", None, lambda: features.transform(asked.iloc[half], state), compare.taken(whole, half))
    unserved = [name for name in features.UNSERVED if name in asked.columns]
    yield _close(compare, "unserved-columns-do-not-matter", None, lambda: features.transform(asked.drop(columns=unserved), state), whole)

    def with_rows(rows: pd.DataFrame) -> Any:
        return _with_history(features, state, features.learn_history(rows, series))

    shuffled = raw.iloc[np.random.default_rng(1).permutation(len(raw))]
    yield _close(compare, "order-of-history-does-not-matter", None, lambda: features.transform(asked, with_rows(shuffled)), whole)
    times = _times(raw, series)
    cut = times.loc[asked.index].sort_values().iloc[len(asked) // 2]
    early = (times.loc[asked.index] <= cut).to_numpy()
    changed = _with_history(features, state, state.history._replace(rows=_changed_from(state.history.rows, series, cut)))
    yield _close(
        compare,
        "later-rows-change-nothing",
        None,
        lambda: features.transform(asked[early], changed),
        compare.taken(whole, np.flatnonzero(early)),
    )
    last = _last_rows(raw, series, times)
    kept = _outcome(features, last, state)

    def reloaded() -> Any:
        with tempfile.TemporaryDirectory() as directory:
            features.save_state(state, Path(directory))
            return features.load_state(Path(directory))

    yield _same_outcome("state-saved-and-loaded", _outcome(features, last, reloaded()), kept, compare)
    trimmed = _with_history(features, state, features.trim_history(state.history, series))
    yield _same_outcome("trimmed-history-is-enough", _outcome(features, last, trimmed), kept, compare)

    def brought_later() -> Any:
        start = _with_history(features, state, features.trim_history(features.learn_history(raw[times <= cut], series), series))
        return features.extend_history(start, raw[times >= cut])

    yield _same_outcome("history-brought-later-is-the-same", _outcome(features, last, brought_later()), kept, compare)


def _close(compare: Any, proof: str, name: str | None, make: Callable[[], Any], expected: Any) -> dict[str, Any]:
    try:
        got = make()
    except Exception as error:
        return _record(proof, name, f"{type(error).__name__}: {error}")
    how, found = compare.closeness(got, expected)
    return _record(proof, name, found, how)


def _record(proof: str, matrix: str | None, found: str | None, how: str = "exact") -> dict[str, Any]:
    return {"proof": proof, "matrix": matrix, "applies": True, "same": found is None, "how": how, "difference": found}


def _with_history(features: Any, state: Any, history: Any) -> Any:
    return features.FeatureState(**{**vars(state), "history": history})


def _changed_from(rows: pd.DataFrame, series: Any, cut: Any) -> pd.DataFrame:
    """The history with the values of all rows from a time on turned upside down; whose and when they are stays."""
    later = np.flatnonzero((_times(rows, series) >= cut).to_numpy())
    changed = rows.copy()
    for name in rows.columns:
        if name not in (*series.entity, series.time):
            values = rows[name].to_numpy(copy=True)
            values[later] = values[later[::-1]]
            changed[name] = pd.Series(values, index=rows.index).astype(rows[name].dtype)
    return changed


def _last_rows(raw: pd.DataFrame, series: Any, times: pd.Series) -> pd.DataFrame:
    """The newest row of each entity, of at most as many as are sampled."""
    ordered = raw.loc[times.sort_values(kind="stable").index]
    newest = ordered.groupby(list(series.entity)).tail(1) if series.entity else ordered.tail(1)
    return newest.iloc[-SAMPLES:]


def _times(rows: pd.DataFrame, series: Any) -> pd.Series:
    column = rows[series.time]
    return column if pd.api.types.is_numeric_dtype(column.dtype) else pd.to_datetime(column)


def _outcome(features: Any, rows: pd.DataFrame, state: Any) -> list[Any]:
    """Each row's features, or why it has none."""
    made: list[Any] = []
    for row in range(len(rows)):
        try:
            made.append(features.transform(rows.iloc[[row]], state))
        except Exception as error:
            made.append(f"{type(error).__name__}: {error}")
    return made


def _same_outcome(proof: str, got: list[Any], expected: list[Any], compare: Any) -> dict[str, Any]:
    how = "exact"
    for row, (one, other) in enumerate(zip(got, expected, strict=True)):
        if isinstance(one, str) or isinstance(other, str):
            if isinstance(one, str) and isinstance(other, str) and one == other:
                continue
            return _record(proof, None, f"row {row}: {one} ≠ {other}")
        if compare.difference(one, other) is None:
            continue
        found = compare.difference(one, other, compare.RTOL)
        if found is not None:
            return _record(proof, None, f"row {row}: {found}")
        how = f"float, rtol {compare.RTOL}"
    return _record(proof, None, None, how=how)


def _picked(count: int) -> np.ndarray:
    """Places spread over a table, its first and last row among them."""
    return np.unique(np.linspace(0, count - 1, min(count, SAMPLES)).astype(int))


def _columns(matrix: Any) -> Any:
    if isinstance(matrix, pd.DataFrame):
        return list(matrix.columns)
    return np.shape(matrix)[1:]
