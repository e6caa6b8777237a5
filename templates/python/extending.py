"""Newer rows for a loaded model whose features look at earlier ones.

They are in the model of this process only: nothing is written, and another worker knows nothing of them.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


class HistoryError(Exception):
    """Rows that cannot go into a history: which, and why."""

    def __init__(self, message: str, column: str | None = None, row: int | None = None) -> None:
        super().__init__(message)
        self.column = column
        self.row = row


def described(predictor: Any, tables: Any) -> dict[str, Any] | None:
    """Whose history is kept, and the columns that newer rows must bring; ``None`` for a model that keeps none."""
    features = _features_of(predictor)
    if features is None:
        return None
    state, series = predictor.state, features.SERIES
    dropped = _dropped(features)
    names = [name for name in state.raw_types if name not in dropped]
    kinds = tables.kinds_of(state.history.rows[names])
    columns = [{"name": name, **kind} for name, kind in zip(names, kinds, strict=True)]
    return {
        "entity": list(series.entity),
        "time": series.time,
        "columns": columns,
        "known": list(state.raw_types),
    }


def extend(predictor: Any, frame: Any) -> dict[str, Any]:
    """Put rows into the history: places of those that stand for one it had, and of those that it does not keep."""
    features = _features_of(predictor)
    if features is None:
        raise HistoryError("the model keeps no history")
    held = importlib.import_module(features.append_history.__module__).rows_held
    state = predictor.state
    told = (frame, features.SERIES, state.raw_types, _dropped(features))
    try:
        extended = features.extend_history(state, frame)
        replaced = held(state.history, *told)
        kept = held(extended.history, *told)
    except sys.modules[type(predictor).__module__].FeatureError as error:
        raise HistoryError(str(error), error.column, error.row) from error
    predictor.state = extended
    return {
        "replaced": [row for row, is_known in enumerate(replaced) if is_known],
        "unused": [row for row, is_kept in enumerate(kept) if not is_kept],
    }


def _features_of(predictor: Any) -> Any:
    """The package's ``features.py``, where it has a history."""
    module = sys.modules.get(type(predictor).__module__)
    features = getattr(module, "features", None)
    return features if hasattr(features, "extend_history") else None


def _dropped(features: Any) -> list[str]:
    """Columns that nothing reads; the predicted one is read in earlier rows."""
    return [name for name in features.UNSERVED if name != features.LABEL]
