"""Whether rows that a model was measured on, or its target, are in what it was fitted on.

Findings are sentences with counts and names of columns; no value of a row is in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FEW_CLASSES = 50
"""A target of at most so many values is one that a column can repeat under other names."""


def look_for_leakage(
    raw: Any,
    matrices: Mapping[str, Any],
    held_out: Any,
    label: str | None,
    unserved: tuple[str, ...],
) -> dict[str, Any]:
    """``checked`` and ``findings``, or ``because`` when nothing could be looked at.

    ``held_out`` is a pattern of the names that notebooks give to the rows they measure on.
    """
    checked: list[str] = []
    findings: list[str] = []
    kept = [name for name in raw.columns if name == label or name not in unserved]
    rows = _rows_of(raw, matrices, held_out)
    if rows is not None:
        train, test = rows
        checked.append("rows of the hold-out among the training rows")
        both = int(test.isin(train).sum())
        if both > 0:
            findings.append(f"{both} of {len(test)} hold-out rows are also training rows")
        same = _equal_rows(raw.loc[train, kept], raw.loc[test[~test.isin(train)], kept])
        checked.append("rows of the hold-out with the content of a training row")
        if same is not None and same > 0:
            what = "features and target" if label in kept else "features"
            findings.append(
                f"{same} of {len(test)} hold-out rows have the same {what} as a training row"
            )
    if label is not None and label in raw.columns:
        checked.append("columns that repeat the target")
        findings += [
            f"the column {name} tells the target of every row"
            for name in kept
            if name != label and _repeats(raw[name], raw[label])
        ]
        if rows is not None:
            findings += _matrix_findings(raw, matrices, label)
    if not checked:
        return {
            "because": "neither the rows of the hold-out nor the target of the raw table are known"
        }
    return {"checked": checked, "findings": list(dict.fromkeys(findings))}


def seen_rows(raw: Any, matrices: Mapping[str, Any], held_out: Any, rows: Any) -> int | None:
    """How many rows another model was trained on, by their content; ``None`` where that cannot be told.

    ``raw`` and ``matrices`` are the other model's.
    """
    known = _rows_of(raw, matrices, held_out)
    columns = [name for name in raw.columns if name in rows.columns]
    if known is None or not columns:
        return None
    return _equal_rows(raw.loc[known[0], columns], rows[columns])


def _rows_of(raw: Any, matrices: Mapping[str, Any], held_out: Any) -> tuple[Any, Any] | None:
    """Labels of the training rows and of the hold-out, where both are known."""
    if not raw.index.is_unique:
        return None
    known = {
        name: matrix.rows
        for name, matrix in matrices.items()
        if matrix.rows is not None and len(matrix.rows) > 0 and matrix.rows.isin(raw.index).all()
    }
    tests = [rows for name, rows in known.items() if held_out.search(name)]
    trains = [rows for name, rows in known.items() if not held_out.search(name)]
    if not tests or not trains:
        return None
    return trains[-1], tests[-1]


def _equal_rows(train: Any, test: Any) -> int | None:
    """How many rows of one table are in the other; ``None`` for values that cannot be compared."""
    import pandas as pd

    try:
        hashes = pd.util.hash_pandas_object(train, index=False)
        return int(pd.util.hash_pandas_object(test, index=False).isin(hashes).sum())
    except TypeError:
        return None


def _repeats(column: Any, target: Any) -> bool:
    """Whether each value of the column goes with one value of the target, and the other way round."""
    import pandas as pd

    try:
        codes, values = pd.factorize(target)
        if not 2 <= len(values):
            return False
        # Values that hardly repeat go with the values of any column that hardly repeats.
        if len(values) <= min(FEW_CLASSES, len(target) // 2):
            return bool((pd.factorize(column)[0] == codes).all())
        return bool(column.equals(target))
    except TypeError:
        return False


def _matrix_findings(raw: Any, matrices: Mapping[str, Any], label: str) -> list[str]:
    import pandas as pd

    found = []
    for matrix in matrices.values():
        if matrix.rows is None or getattr(matrix.values, "ndim", 0) != 2:
            continue
        if hasattr(matrix.values, "tocsr") or not matrix.rows.isin(raw.index).all():
            continue
        target = raw.loc[matrix.rows, label].reset_index(drop=True)
        frame = matrix.values
        if not isinstance(frame, pd.DataFrame):
            names = [f"feature {at + 1}" for at in range(frame.shape[1])]
            frame = pd.DataFrame(frame, columns=names)
        frame = frame.reset_index(drop=True)
        found += [
            f"the model is given {frame.columns[at]}, which tells the target of every row"
            for at in range(frame.shape[1])
            if _repeats(frame.iloc[:, at], target)
        ]
    return found
