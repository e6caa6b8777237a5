"""Tables on the worker's wire: typed columns with null bitmaps, and answers row by row.

Header ``rows`` and ``columns: [{name, type}]``; two payloads a column: values (float64,
little-endian; strings as a JSON array) and nulls (bit ``i & 7`` of byte ``i >> 3``). A bool
is 0 or 1, a timestamp milliseconds since 1970 in UTC. Needs pandas, which whoever has a
table to send or a model to ask has.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LARGEST_EXACT = 2**53 - 1

Columns = tuple[dict[str, Any], list[bytes]]


def encode_table(value: Any, limit: int | None = None) -> Columns:
    """A value as columns: a table as it is, a series or array as one or several columns."""
    frame = _as_frame(raw_table(value))
    total = len(frame)
    if limit is not None:
        frame = frame.iloc[:limit]
    columns, payloads = [], []
    for position in range(frame.shape[1]):
        series = frame.iloc[:, position]
        column, values, nulls = _encode_column(series)
        columns.append({"name": str(frame.columns[position]), **column})
        payloads += [values, nulls]
    return {"columns": columns, "rows": len(frame), "totalRows": total}, payloads


def kinds_of(frame: Any) -> list[dict[str, Any]]:
    """Of each column the type that it has on the wire, and whether rows like these may be null there."""
    kinds = []
    for position in range(frame.shape[1]):
        series = frame.iloc[:, position]
        kind = _kind_of(series)
        nullable = kind not in ("bool", "int64") or bool(series.isna().any())
        kinds.append({"type": kind, "nullable": nullable})
    return kinds


def raw_table(value: Any, target: Any = None) -> Any:
    """The table of a data set of scikit-learn (its columns by name, and ``target``) or of a matrix; anything else as it is.

    ``target`` holds the answers of a matrix whose rows have none of their own.
    """
    import pandas as pd

    if target is not None:
        return _with_answers(value, target)
    if type(value).__name__ == "ndarray" and value.ndim == 2:
        # A matrix that is written out in a notebook: its columns have places only.
        return pd.DataFrame(value, columns=[str(at) for at in range(value.shape[1])])
    if not isinstance(value, dict) or "data" not in value or "target" not in value:
        return value
    if isinstance(value.get("frame"), pd.DataFrame):
        return value["frame"]
    rows = pd.DataFrame(value["data"])
    named = value.get("feature_names")
    rows.columns = (
        [f"feature_{at + 1}" for at in rows.columns]
        if named is None
        else [str(name) for name in named]
    )
    return rows.assign(target=value["target"])


def _with_answers(matrix: Any, target: Any) -> Any:
    for value, wanted in ((matrix, 2), (target, 1)):
        if type(value).__name__ != "ndarray" or value.ndim != wanted:
            kind = type(value).__name__
            raise ValueError(
                f"the notebook's own matrix or its answers are no array of {wanted} dimensions: {kind}"
            )
    if len(matrix) != len(target):
        raise ValueError(f"{len(matrix)} rows of the notebook's own matrix, {len(target)} answers")
    table = raw_table(matrix)
    for name in table.columns:
        if table[name].nunique() > 1 and table[name].eq(target).all():
            raise ValueError(f"column {name} of the notebook's own matrix is what is predicted")
    return table.assign(target=target)


def decode_table(header: Mapping[str, Any], payloads: Sequence[bytes]) -> Any:
    """The table of a header and its payloads."""
    import pandas as pd

    rows = header["rows"]
    data = []
    for at, column in enumerate(header["columns"]):
        values, nulls = payloads[2 * at], payloads[2 * at + 1]
        data.append(_decode_column(column["type"], rows, values, nulls))
    frame = pd.concat(data, axis=1) if data else pd.DataFrame(index=range(rows))
    frame.columns = [column["name"] for column in header["columns"]]
    return frame


def answers_of(predictor: Callable[[Any], Any], frame: Any) -> list[dict[str, Any]]:
    """``{label, probabilities?}`` or ``{error}`` for each row; one bad row spoils no other."""
    try:
        return _as_answers(predictor(frame), len(frame))
    except Exception as error:  # noqa: BLE001 - a model may raise anything
        if len(frame) <= 1:
            return [{"error": _failure(error)} for _ in range(len(frame))]
        lost = set(getattr(error, "rows", None) or ())
    found: list[dict[str, Any]] = []
    entity = getattr(predictor, "entity", None)
    if entity is not None and entity in frame.columns:
        return _answers_by_entity(predictor, frame, entity, lost)
    for at in range(len(frame)):
        found += answers_of(predictor, frame.iloc[at : at + 1].reset_index(drop=True))
    return found


def _answers_by_entity(
    predictor: Callable[[Any], Any], frame: Any, entity: str, lost: set[int]
) -> list[dict[str, Any]]:
    """All rows of an entity together: fewer of them would be answered, and wrongly.

    ``lost`` are the rows of entities that cannot be answered, where that much is known.
    """
    answers: list[dict[str, Any]] = [{}] * len(frame)
    kept = [at for at in range(len(frame)) if at not in lost]
    if lost:
        rest = answers_of(predictor, frame.iloc[kept].reset_index(drop=True))
        for at, answer in zip(kept, rest, strict=True):
            answers[at] = answer
    for rows in frame.groupby(entity, sort=False, dropna=False).indices.values():
        if lost and rows[0] not in lost:
            continue
        part = frame.iloc[rows].reset_index(drop=True)
        try:
            found = _as_answers(predictor(part), len(part))
        except Exception as error:  # noqa: BLE001 - a model may raise anything
            found = [{"error": _failure(error)} for _ in rows]
        for at, answer in zip(rows, found, strict=True):
            answers[at] = answer
    return answers


def _failure(error: Exception) -> dict[str, Any]:
    failure = {"code": "predict-failed", "message": f"{type(error).__name__}: {error}"}
    column = getattr(error, "column", None)
    if column is not None:
        failure["column"] = str(column)
    return failure


def _as_answers(answers: Any, rows: int) -> list[dict[str, Any]]:
    if hasattr(answers, "to_dict") and hasattr(answers, "columns"):
        answers = answers.to_dict(orient="records")
    elif hasattr(answers, "tolist"):
        answers = answers.tolist()
    found = [_as_answer(_plain(answer)) for answer in answers]
    if len(found) != rows:
        raise ValueError(f"the predictor gave {len(found)} answers for {rows} rows")
    return found


def _as_answer(answer: Any) -> dict[str, Any]:
    """What a predictor calls ``value`` or ``cluster``, or gives bare, is a label on the wire."""
    if not isinstance(answer, dict):
        return {"label": answer}
    probabilities = answer.get("probabilities") or {}
    unusable = [name for name, chance in probabilities.items() if isinstance(chance, str)]
    if unusable:
        message = f"the probability of {unusable[0]} is {probabilities[unusable[0]]}"
        return {"error": {"code": "predict-failed", "message": message}}
    for name in ("value", "cluster"):
        if name in answer:
            answer = {"label": answer[name], **answer}
            del answer[name]
    return answer


def _plain(value: Any) -> Any:
    """An answer as JSON can carry it; numbers JSON has no word for travel as text."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def _as_frame(value: Any) -> Any:
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, pd.Series):
        return value.to_frame(name="0" if value.name is None else value.name)
    if type(value).__module__.startswith("scipy.sparse"):
        value = value.toarray()
    if type(value).__name__ == "ndarray" and value.ndim > 2:
        raise ValueError(f"an array of {value.ndim} dimensions is no table")
    return pd.DataFrame(value)


def _encode_column(series: Any) -> tuple[dict[str, Any], bytes, bytes]:
    import numpy as np

    missing = series.isna().to_numpy(dtype=bool)
    kind = _kind_of(series)
    column: dict[str, Any] = {
        "type": kind,
        "nullable": bool(missing.any()),
        "dtype": str(series.dtype),
    }
    nulls = np.packbits(missing, bitorder="little").tobytes()
    if kind == "string":
        texts = [
            None if gone else (value if isinstance(value, str) else str(value))
            for value, gone in zip(series.astype(object).tolist(), missing.tolist(), strict=True)
        ]
        # Lone surrogates cannot be sent as UTF-8; they are rare and become question marks.
        data = json.dumps(texts, ensure_ascii=False).encode("utf-8", "replace")
        return column, data, nulls
    if kind == "timestamp":
        moments = series.dt.tz_convert("UTC").dt.tz_localize(None) if _has_zone(series) else series
        numbers = moments.to_numpy(dtype="datetime64[us]").astype(np.int64) / 1000.0
    else:
        held = series[~missing]
        numbers = np.full(len(series), np.nan)
        numbers[~missing] = held.to_numpy(dtype=object).astype(np.float64)
        if kind == "int64" and len(held) and int(abs(held.astype(object)).max()) > LARGEST_EXACT:
            column["lossy"] = True
    numbers = np.where(missing, np.nan, numbers)
    return column, numbers.astype("<f8").tobytes(), nulls


def _kind_of(series: Any) -> str:
    import pandas as pd

    if isinstance(series.dtype, pd.CategoricalDtype):
        return _kind_of(series.cat.categories.to_series())
    types = pd.api.types
    if types.is_bool_dtype(series.dtype):
        return "bool"
    if types.is_integer_dtype(series.dtype):
        return "int64"
    if types.is_float_dtype(series.dtype):
        return "float64"
    if types.is_datetime64_any_dtype(series.dtype):
        return "timestamp"
    if series.dtype == object:
        inferred = types.infer_dtype(series, skipna=True)
        return {"boolean": "bool", "integer": "int64", "floating": "float64"}.get(
            inferred, "string"
        )
    return "string"


def _has_zone(series: Any) -> bool:
    return getattr(series.dtype, "tz", None) is not None


def _decode_column(kind: str, rows: int, values: bytes, nulls: bytes) -> Any:
    import numpy as np
    import pandas as pd

    missing = np.unpackbits(np.frombuffer(nulls, np.uint8), bitorder="little", count=rows)
    missing = missing.astype(bool)
    if kind == "string":
        texts = json.loads(values)
        if len(texts) != rows:
            raise ValueError(f"{len(texts)} strings for {rows} rows")
        # An empty or all-null column is text too, as it was in training.
        held = pd.Series(texts) if any(text is not None for text in texts) else None
        return pd.Series(texts, dtype=pd.Series(["a"]).dtype) if held is None else held
    numbers = np.frombuffer(values, "<f8")
    if len(numbers) != rows:
        raise ValueError(f"{len(numbers)} numbers for {rows} rows")
    if kind == "float64":
        return pd.Series(np.where(missing, np.nan, numbers))
    if kind == "timestamp":
        whole = np.where(missing, 0, numbers).astype("int64")
        moments = pd.Series(whole.astype("datetime64[ms]")).mask(missing)
        # The unit that this pandas reads times with, as it did for training.
        return moments.astype(pd.to_datetime(pd.Series(["2024-01-01"])).dtype)
    if kind == "bool":
        flags = pd.Series(np.where(missing, 0, numbers) != 0)
        return flags.astype(object).mask(missing, None) if missing.any() else flags
    if missing.any():
        # As pandas reads whole numbers with gaps from a file.
        return pd.Series(np.where(missing, np.nan, numbers))
    return pd.Series(numbers.astype("int64"))
