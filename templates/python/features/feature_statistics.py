"""What generated features learn from whole columns, and how one row is looked up in it.

Each statistic has a function that learns it (`..._of`) and one that applies it to any rows. Identical in every pipeline; made by
mlops, edits are overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn import preprocessing

from ._feature_support import FeatureError, Unseen


class GroupStatistic(NamedTuple):
    """One value for each group of training rows, and the value over all of them."""

    by_key: dict[Any, Any]
    overall: Any


def group_statistic_of(grouped: Any, column: Any, statistic: str | Callable[[Any], Any]) -> GroupStatistic:
    """The statistic of a grouped column by key, and over the whole `column`; keys of several columns are tuples."""
    together = column.groupby(np.zeros(len(column))).agg(statistic)
    return GroupStatistic(grouped.agg(statistic).to_dict(), together.iloc[0] if len(together) else np.nan)


def group_values(table: pd.DataFrame, keys: Sequence[str], learned: GroupStatistic, unseen: Unseen) -> pd.Series:
    """Each row's value of its group. A null key has none; of a key that training never showed the policy decides: overall, null or refused."""
    columns = [table[key].tolist() for key in keys]
    known = columns[0] if len(keys) == 1 else list(zip(*columns, strict=True))
    values = [_of_key(key, row, keys, learned, unseen) for row, key in enumerate(known)]
    kind = None if values else np.float64
    return pd.Series(np.array(values, dtype=kind) if _is_numeric(values) else values, index=table.index)


def where_keyed(values: pd.Series, table: pd.DataFrame, keys: Sequence[str]) -> pd.Series:
    """The values, null where a key is null: grouping leaves such rows out."""
    unkeyed = table[list(keys)].isna().any(axis=1)
    return values.mask(unkeyed) if unkeyed.any() else values


def categories_of(column: Any) -> list[Any]:
    """The categories that `astype("category")` finds, in its order."""
    return pd.Categorical(column).categories.tolist()


def category_lists(table: Any) -> dict[Any, list[Any]]:
    """The categories of each column; those of a single column stand under the empty name."""
    if isinstance(table, pd.DataFrame):
        return {name: categories_of(table[name]) for name in table.columns}
    return {"": categories_of(table)}


def with_categories(table: Any, categories: dict[Any, list[Any]], unseen: Unseen) -> Any:
    """The column or columns as categoricals of training's categories; any other value is null, or refused."""
    if isinstance(table, pd.DataFrame):
        return pd.DataFrame({name: _as_category(table[name], categories[name], unseen) for name in table.columns}, index=table.index)
    return _as_category(pd.Series(table), categories[""], unseen)


def appearances_of(values: Any) -> list[Any]:
    """The distinct values in the order in which `factorize` numbers them."""
    return list(pd.factorize(values)[1])


def codes_of_appearance(values: Any, known: list[Any], unseen: Unseen) -> np.ndarray:
    """The number of each value; -1 for null and, unless the policy refuses it, for a value that training never showed."""
    column = pd.Series(values)
    codes = pd.Index(known).get_indexer(pd.Index(column.to_numpy(dtype=object))) if known else np.full(len(column), -1)
    if unseen == "reject":
        _refuse_first((codes == -1) & ~column.isna().to_numpy(), column)
    return np.asarray(codes, dtype=np.int64)


def within_edges(values: Any, edges: Any, unseen: Unseen) -> pd.Series:
    """The values inside the outermost edges of training: those beyond go into the first or last bin, are null, or are refused."""
    column = pd.Series(values)
    low, high = edges[0], edges[-1]
    outside = ((column < low) | (column > high)).to_numpy()
    if unseen == "reject":
        _refuse_first(outside, column)
    return column.clip(low, high) if unseen == "other" else column.mask(outside)


def ranked_values_of(column: Any) -> np.ndarray:
    """The values that ranks are counted in, in order, nulls left out."""
    return np.sort(pd.Series(column).dropna().to_numpy())


def rank_among(column: pd.Series, known: np.ndarray, pct: bool) -> pd.Series:
    """The rank each value has, or would have, among those of training: ties get their mean rank, as with `Series.rank()`."""
    values = column.to_numpy()
    below = np.searchsorted(known, values, side="left")
    upto = np.searchsorted(known, values, side="right")
    ranks = (below + 1 + np.maximum(upto, below)) / 2
    ranks = np.where(column.isna().to_numpy(), np.nan, ranks)
    return pd.Series(ranks / len(known) if pct else ranks, index=column.index, name=column.name)


def scaler_of(name: str, table: Any) -> Any:
    """The fitted scaler of scikit-learn that does what the function of the same formula does."""
    values = np.asarray(table)
    return getattr(preprocessing, name)().fit(values.reshape(len(values), -1))


def scaled_values(table: Any, scaler: Any) -> Any:
    """The scaled values in the form of `table`: a column stays a column."""
    values = np.asarray(table)
    result = scaler.transform(values.reshape(len(values), -1)).reshape(values.shape)
    return pd.Series(result, index=table.index, name=table.name) if isinstance(table, pd.Series) else result


def one_each(joined: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A join that gives each row one partner at most; refused when it made more rows of one."""
    if len(joined) != len(table):
        raise FeatureError(f"a join made {len(joined)} rows of {len(table)}: its keys are not unique")
    return joined


def tolerant_encoder(encoder: Any, unseen: Unseen) -> Any:
    """The fitted encoder, which gives a value that training never showed no column or the code -1, unless the policy refuses it."""
    kind = type(encoder).__name__
    if unseen == "reject" or getattr(encoder, "handle_unknown", None) != "error":
        return encoder
    if kind == "OneHotEncoder":
        return encoder.set_params(handle_unknown="ignore")
    unknown = -1 if unseen == "other" else np.nan
    return encoder.set_params(handle_unknown="use_encoded_value", unknown_value=unknown)


def _of_key(key: Any, row: int, keys: Sequence[str], learned: GroupStatistic, unseen: Unseen) -> Any:
    if key in learned.by_key:
        return learned.by_key[key]
    if any(pd.isna(part) for part in (key if isinstance(key, tuple) else (key,))) or unseen == "null":
        return np.nan
    if unseen == "reject":
        raise FeatureError(f"column {keys[0]!r}: row {row} has a group that training never showed", keys[0], row)
    return learned.overall


def _is_numeric(values: list[Any]) -> bool:
    return all(isinstance(value, (bool, int, float, np.number)) for value in values)


def _as_category(column: pd.Series, categories: list[Any], unseen: Unseen) -> pd.Series:
    known = column.isin(categories) | column.isna()
    if unseen == "reject":
        _refuse_first(~known.to_numpy(), column)
    return pd.Series(pd.Categorical(column, categories=categories), index=column.index, name=column.name)


def _refuse_first(wrong: np.ndarray, column: pd.Series) -> None:
    if wrong.any():
        row = int(wrong.argmax())
        name = str(column.name)
        raise FeatureError(f"column {name!r}: row {row} has a value that training never showed", name, row)
