"""Features that look at earlier rows of the same entity: where those rows are kept, and what a request sees of them.

A served row sees the rows of its own entity with an earlier time, and itself; never another row of the request. Rows of the history have
negative labels, served rows count from 0, so that the notebook's own lines can sort and filter both together.

Identical in every pipeline; made by mlops, edits are overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ._feature_support import FeatureError, raw_rows, reject_nulls


class TimeSeries(NamedTuple):
    """What tells the rows of a table apart, and how far back features look."""

    # Columns that say whose row it is; none when the table is one series.
    entity: tuple[str, ...]
    # Column that says when.
    time: str
    # How many earlier rows of an entity its features look at; `None` for all of them.
    window: int | None


class Earlier(NamedTuple):
    """Raw rows by the time of their entity, oldest first."""

    rows: pd.DataFrame
    # The longest time between two rows of one entity in training; `None` when no entity has two.
    gap: Any


def learn_history(table: pd.DataFrame, series: TimeSeries) -> Earlier:
    """Every row of the training table; refuses a table in which entity and time do not tell rows apart."""
    rows = _ordered(table.reset_index(drop=True), series)
    times = _times(rows, series.time)
    gaps = times.groupby(_keys(rows, series)).diff().dropna()
    return Earlier(rows, None if gaps.empty else gaps.max())


def trim_history(history: Earlier, series: TimeSeries) -> Earlier:
    """The rows that serving can need: of each entity the last ones. One more than the window, which tells that older rows existed."""
    if series.window is None:
        return history
    kept = history.rows.groupby(_keys(history.rows, series)).tail(series.window + 1)
    return history._replace(rows=kept.reset_index(drop=True))


def append_history(history: Earlier, newer: pd.DataFrame, series: TimeSeries, types: Mapping[str, str], dropped: Sequence[str]) -> Earlier:
    """The history with more rows; of a row that is in both, entity and time being equal, the newer version stays.

    `newer` brings the columns of the training table, the predicted one included; `dropped` are those that nothing reads.
    """
    added = _ordered(raw_rows(newer, types, dropped), series)
    rows = pd.concat([history.rows, _in_types_of(added, history.rows)], ignore_index=True)
    order = pd.DataFrame({"entity": _keys(rows, series), "time": _times(rows, series.time)})
    rows = rows[~order.duplicated(keep="last")].reset_index(drop=True)
    return trim_history(history._replace(rows=_ordered(rows, series)), series)


def rows_held(history: Earlier, newer: pd.DataFrame, series: TimeSeries, types: Mapping[str, str], dropped: Sequence[str]) -> list[bool]:
    """Of each row of `newer`, columns as for `append_history`, whether the history has one of the same entity and time."""
    rows = raw_rows(newer, types, dropped)
    return _names_of_rows(rows, series).isin(_names_of_rows(history.rows, series)).tolist()


def with_history(
    rows: pd.DataFrame,
    history: Earlier,
    series: TimeSeries,
    compute: Callable[[pd.DataFrame], Any],
) -> Any:
    """What `compute` gives for each of the rows with its history above it, in the order of the rows.

    `rows` are raw rows labelled from 0; rows that could see each other are computed one after the other.
    """
    if len(rows) == 0:
        return compute(rows)
    times = _times(rows, series.time)
    keys = _keys(rows, series)
    past = _Past(history, series)
    made: list[Any] = []
    picked: list[int] = []
    for turn in _turns(keys, bool(series.entity)):
        seen = past.seen_by(rows, times, turn)
        try:
            made.append(compute(_stacked_table(seen, rows.iloc[turn].reset_index(drop=True))))
        except FeatureError as error:
            raise _put_down_to(error, turn) from error
        picked.extend(turn)
    return _joined(made, np.argsort(np.array(picked), kind="stable"))


def rows_by_time(table: pd.DataFrame, series: TimeSeries, matrix: Any, *tables: Any) -> pd.Index | None:
    """Which rows of the raw table those of a matrix are, by entity and time; `None` where no table of the notebook tells.

    The first of `matrix` and `tables` with row labels says which labels, the first with the columns of the series whose they are.
    """
    labelled = next((one for one in (matrix, *tables) if isinstance(one, (pd.DataFrame, pd.Series))), None)
    if labelled is None or not table.index.is_unique:
        return None
    wanted = [*series.entity, series.time]
    for one in (matrix, *tables):
        if not isinstance(one, pd.DataFrame) or not set(wanted) <= set(one.columns) or not one.index.is_unique:
            continue
        if labelled.index.isin(one.index).all():
            known = _names_of_rows(one.loc[labelled.index], series)
            places = pd.Series(table.index, index=_names_of_rows(table, series)).reindex(known)
            return None if places.isna().any() else pd.Index(places)
    return None


def require_time_order(table: pd.DataFrame, series: TimeSeries) -> pd.DataFrame:
    """Refuses a table whose rows do not stand in the order of time, each entity by itself: the row above would not be the one before."""
    for name in (*series.entity, series.time):
        if name not in table.columns:
            raise FeatureError(f"column {name!r} is gone where earlier rows are looked at", name)
    times = _times(table, series.time)
    steps = times.groupby(_keys(table, series)).diff().dropna()
    zero = steps.dtype.type(0) if steps.dtype.kind in "iuf" else pd.Timedelta(0)
    if not (steps > zero).all():
        whose = f" of each {' and '.join(series.entity)}" if series.entity else ""
        raise FeatureError(
            f"the rows{whose} do not stand in the order of {series.time!r} where earlier rows are looked at; "
            f"sort them first: .sort_values({[*series.entity, series.time]!r})",
            series.time,
        )
    return table


def kept_rows(mask: Any) -> Any:
    """A filter of training rows, which leaves served rows alone."""
    return mask | (mask.index >= 0)


def kept_without_nulls(table: pd.DataFrame, columns: Sequence[str] | None = None, unserved: Sequence[str] = ()) -> pd.DataFrame:
    """Leaves rows of the history out that training left out for a null; refuses such a row when it is served."""
    names = list(table.columns if columns is None else columns)
    kept = table[(table.index >= 0) | table[names].notna().all(axis=1)]
    served = kept[kept.index >= 0].sort_index()
    reject_nulls(served, columns, unserved)
    return kept


def served_rows(table: Any) -> Any:
    """The rows that are served, in their order; history has done its work."""
    return table[table.index >= 0].sort_index()


class _Past:
    """The history, looked up by entity."""

    def __init__(self, history: Earlier, series: TimeSeries) -> None:
        self.rows = history.rows
        self.series = series
        self.gap = history.gap
        self.times = _times(history.rows, series.time)
        keys = _keys(history.rows, series)
        self.positions: dict[Any, np.ndarray] = {key: np.asarray(at) for key, at in keys.groupby(keys).indices.items()}

    def seen_by(self, rows: pd.DataFrame, times: pd.Series, turn: list[int]) -> pd.DataFrame:
        """The rows of the history that the rows of one turn, all of different entities, may look at."""
        keys = _keys(rows.iloc[turn], self.series)
        found = [self._before(key, times.iloc[row], row) for key, row in zip(keys.tolist(), turn, strict=True)]
        at = np.sort(np.concatenate(found))
        return self.rows.iloc[at]

    def _before(self, key: Any, time: Any, row: int) -> np.ndarray:
        self._require_recent(row, time)
        all_of_it = self.positions.get(key)
        if all_of_it is None:
            return np.empty(0, dtype=np.int64)
        count = int(self.times.iloc[all_of_it].searchsorted(time, side="left"))
        self._require_reach(key, row, (all_of_it, count), time)
        window = self.series.window
        return all_of_it[(0 if window is None else max(0, count - window)) : count]

    def _require_reach(self, key: Any, row: int, found: tuple[np.ndarray, int], time: Any) -> None:
        """A row from before what is kept would miss rows that training saw."""
        all_of_it, count = found
        window, name = self.series.window, self.series.time
        whose = f" of {_described(key, self.series)}" if self.series.entity else ""
        if window is not None and count < window < len(all_of_it):
            oldest = self.rows[name].iloc[all_of_it[window - 1]]
            raise FeatureError(
                f"column {name!r}, in row {row}: the history{whose} begins too late for this time; rows after {oldest} can be served",
                name,
                row,
            )

    def _require_recent(self, row: int, time: Any) -> None:
        """A history that ends long before the row would pass old rows off as the last ones."""
        if self.gap is None or time - self.times.iloc[-1] <= self.gap:
            return
        name = self.series.time
        raise FeatureError(
            f"column {name!r}, in row {row}: the history ends at {self.rows[name].iloc[-1]}, which is longer before this time "
            f"than any two rows of training are apart ({self.gap}); bring the rows since then (mlops predict --history, or extend_history)",
            name,
            row,
        )


def _ordered(table: pd.DataFrame, series: TimeSeries) -> pd.DataFrame:
    """The rows by time, those of one time as they were; refuses two rows of one entity and time."""
    times = _times(table, series.time)
    keys = _keys(table, series)
    twice = pd.DataFrame({"entity": keys, "time": times}).duplicated()
    if twice.any():
        row = int(twice.to_numpy().argmax())
        whose = f"{_described(keys.iloc[row], series)} and " if series.entity else ""
        raise FeatureError(
            f"{whose}{series.time} {table[series.time].iloc[row]} stand in two rows of the table: entity and time must tell rows apart",
            series.time,
            row,
        )
    return table.iloc[np.argsort(times.to_numpy(), kind="stable")].reset_index(drop=True)


def _times(table: pd.DataFrame, name: str) -> pd.Series:
    """Numbers and times as they are; text as ISO 8601, whose order is beyond doubt."""
    column = table[name]
    nulls = column.isna().to_numpy()
    if nulls.any():
        row = int(nulls.argmax())
        raise FeatureError(f"column {name!r} is null in row {row}; without a time its history is not known", name, row)
    if pd.api.types.is_bool_dtype(column.dtype):
        raise FeatureError(f"column {name!r} is no time", name)
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    try:
        return pd.to_datetime(column, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise FeatureError(
            f"column {name!r} holds times that are not in ISO 8601 (2024-12-31), so that their order is not known", name
        ) from error


def _keys(table: pd.DataFrame, series: TimeSeries) -> pd.Series:
    """Whose row each one is; one and the same when the table is one series."""
    for name in series.entity:
        nulls = table[name].isna().to_numpy()
        if nulls.any():
            row = int(nulls.argmax())
            raise FeatureError(f"column {name!r} is null in row {row}; whose history to look at is not known", name, row)
    if not series.entity:
        return pd.Series(0, index=table.index)
    if len(series.entity) == 1:
        return table[series.entity[0]]
    columns = [table[name].tolist() for name in series.entity]
    return pd.Series(list(zip(*columns, strict=True)), index=table.index, dtype=object)


def _names_of_rows(table: pd.DataFrame, series: TimeSeries) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([pd.Index(_keys(table, series).tolist(), tupleize_cols=False), _times(table, series.time)])


def _described(key: Any, series: TimeSeries) -> str:
    values = key if len(series.entity) > 1 else (key,)
    return ", ".join(f"{name} {value!r}" for name, value in zip(series.entity, values, strict=True))


def _turns(keys: pd.Series, is_apart: bool) -> Iterator[list[int]]:
    """Rows that cannot see each other: at most one of each entity."""
    number = keys.groupby(keys).cumcount().to_numpy() if is_apart else np.arange(len(keys))
    for turn in range(int(number.max()) + 1):
        yield np.flatnonzero(number == turn).tolist()


def _stacked_table(seen: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """History above, the served rows below."""
    seen = seen.set_axis(pd.RangeIndex(-len(seen), 0))
    return pd.concat([seen, _in_types_of(rows, seen)]) if len(seen) else rows


def _in_types_of(rows: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Columns without any value have no type of their own: theirs is the history's, as far as it can hold nulls."""
    empty = {name: like[name].dtype for name in like.columns if rows[name].isna().all() and like[name].dtype.kind not in "iub"}
    return rows[list(like.columns)].astype(empty)


def _joined(made: list[Any], order: np.ndarray) -> Any:
    if isinstance(made[0], (pd.DataFrame, pd.Series)):
        return pd.concat(made).iloc[order].reset_index(drop=True)
    if hasattr(made[0], "toarray"):
        import scipy.sparse

        return scipy.sparse.vstack(made).tocsr()[order]
    return np.concatenate(made)[order]


def _put_down_to(error: FeatureError, turn: list[int]) -> FeatureError:
    """The error of a row of one turn, with the row's number in the request."""
    if error.row is None or not 0 <= error.row < len(turn):
        return error
    row = turn[error.row]
    return FeatureError(str(error).replace(f"in row {error.row}", f"in row {row}"), error.column, row)
