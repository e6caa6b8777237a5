"""What features of entities need besides the notebook's own lines: answers are for entities, requests bring all of their rows.

Identical in every pipeline; made by mlops, edits are overwritten.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ._feature_support import FeatureError, Unseen


class EntityMatrix(NamedTuple):
    """A matrix the notebook gives its model, and the entities of its rows, where they are known."""

    values: Any
    entities: pd.Index | None
    rows: None = None
    """No row of it is one row of the raw table."""


class NoRowsLeft(FeatureError):
    """Entities of a request that the features cannot be made for."""

    def __init__(self, message: str, column: str, rows: list[int]) -> None:
        super().__init__(message, column, rows[0])
        self.rows = rows
        """All of their rows in the request."""


def rows_left(entities: pd.Series, asked: pd.Series) -> pd.Series:
    """The entity of each row that the features are made of; refuses a request with an entity that has no such row."""
    _places(pd.Index(entities.dropna().unique()), asked, [entities])
    return entities


def entity_places(table: pd.DataFrame | pd.Series, asked: pd.Series, *entities: pd.Series) -> np.ndarray:
    """For each row of the request the place of its entity in the table, which has one row for each entity.

    `entities` are the entities of the rows that the table was made of, by their place in the request.
    """
    names = _entities_of(table, str(asked.name))
    if names is None or not names.is_unique or names.hasnans:
        raise FeatureError(f"the features are not one row for each {asked.name!r}", str(asked.name))
    return _places(names, asked, list(entities))


def of_each_row(matrix: Any, places: np.ndarray) -> Any:
    """The features of each row's entity."""
    if isinstance(matrix, (pd.DataFrame, pd.Series)):
        return matrix.iloc[places].reset_index(drop=True)
    return matrix[places]


def entity_labels(entity: str, *candidates: Any) -> pd.Index | None:
    """Entities of the rows of the first candidate, from the first one that names them and is as long."""
    rows = np.shape(candidates[0])[0]
    for candidate in candidates:
        names = _entities_of(candidate, entity)
        if names is not None and len(names) == rows:
            return names
    return None


def same_columns(table: pd.DataFrame, columns: list[Any], unseen: Unseen, fill: Any = np.nan) -> pd.DataFrame:
    """The table in the columns of training, one for each value of some raw column."""
    if unseen == "reject":
        for name in table.columns:
            if name not in columns:
                raise FeatureError(f"a row has the value {name!r}, for which training has no column")
    several = isinstance(table.columns, pd.MultiIndex)
    wanted = pd.MultiIndex.from_tuples(columns, names=table.columns.names) if several else pd.Index(columns, name=table.columns.name)
    return table.reindex(columns=wanted, fill_value=fill)


def _entities_of(table: Any, entity: str) -> pd.Index | None:
    if isinstance(table, pd.DataFrame) and entity in table.columns:
        return pd.Index(table[entity])
    return table.index if isinstance(table, (pd.DataFrame, pd.Series)) and table.index.name == entity else None


def _places(names: pd.Index, asked: pd.Series, entities: list[pd.Series]) -> np.ndarray:
    column = str(asked.name)
    asked = asked.reset_index(drop=True)
    nulls = asked.isna().to_numpy()
    if nulls.any():
        row = int(nulls.argmax())
        raise FeatureError(f"column {column!r} is null in row {row}: whose row it is, is not known", column, row)
    # The notebook may have changed how entities are written; rows that it left out are found by those that are left.
    known = pd.concat(entities)
    known = known[known.notna()]
    written = asked.loc[known.index]
    if (written == known).all():
        return _found(names, asked, asked)
    pairs = pd.DataFrame({"asked": written.to_numpy(), "entity": known.to_numpy()}).drop_duplicates()
    if pairs["asked"].duplicated().any():
        value = pairs["asked"][pairs["asked"].duplicated()].iloc[0]
        raise FeatureError(f"the rows of {column!r} {value!r} were taken for several entities", column)
    return _found(names, asked.map(pairs.set_index("asked")["entity"]), asked)


def _found(names: pd.Index, wanted: pd.Series, asked: pd.Series) -> np.ndarray:
    places = names.get_indexer(wanted)
    lost = np.flatnonzero(places < 0).tolist()
    if lost:
        row = lost[0]
        column = str(asked.name)
        raise NoRowsLeft(f"column {column!r}, row {row}: of {asked[row]!r} no row is left that the features are made of", column, lost)
    return places
