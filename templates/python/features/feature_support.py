"""What generated features need besides the notebook's own lines.

Identical in every pipeline; made by mlops, edits are overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import joblib
import numpy as np
import pandas as pd
from sklearn.utils import Bunch

Unseen = Literal["reject", "null", "other"]
STATE_FILE = "state.json"
OBJECTS_FILE = "objects.joblib"
# What the column of the answers is called in the table of a data set of scikit-learn.
TARGET = "target"
# Up to so many rows, filling in dummies directly takes less time than pandas' own machinery.
FEW_ROWS = 32


class FeatureError(ValueError):
    """Rows the features cannot be computed for; says which column and row."""

    def __init__(self, message: str, column: str | None = None, row: int | None = None) -> None:
        super().__init__(message)
        self.column = column
        self.row = row


class TrainingMatrix(NamedTuple):
    """A matrix the notebook gives its model, and the labels of its rows in the raw table."""

    values: Any
    rows: pd.Index | None


def column_types(table: pd.DataFrame) -> dict[str, str]:
    """Names and types of the raw table's columns, in its order."""
    for name in table.columns:
        if not isinstance(name, str):
            raise FeatureError(f"column {name!r} has no text as its name")
        if isinstance(table[name].dtype, pd.CategoricalDtype):
            raise FeatureError(f"column {name!r} is a categorical of the raw table, which requests cannot bring", name)
    return {name: str(table[name].dtype) for name in table.columns}


def raw_rows(table: pd.DataFrame, types: Mapping[str, str], unserved: Sequence[str], absent: Sequence[str] = ()) -> pd.DataFrame:
    """A copy of the rows in the raw table's columns and types; columns that serving does not look at are null, or absent."""
    missing = [name for name in types if name not in unserved and name not in table.columns]
    if missing:
        raise FeatureError(f"column {missing[0]!r} is missing", missing[0])
    if _is_typed(table, types, unserved):
        rows = table.reset_index(drop=True)
        made = [name for name in types if name not in absent]
        for at, name in enumerate([*made, *(name for name in unserved if name not in types and name not in absent)]):
            if name not in rows.columns:
                rows.insert(at, name, _nulls(types.get(name, "object"), len(rows)))
        return rows
    columns = {
        name: _nulls(kind, len(table)) if name in unserved else _typed(table[name], kind)
        for name, kind in types.items()
        if name not in absent
    }
    for name in unserved:
        if name not in columns and name not in absent:
            columns[name] = _nulls("object", len(table))
    return pd.DataFrame(columns, index=pd.RangeIndex(len(table)), copy=True)


def _is_typed(table: pd.DataFrame, types: Mapping[str, str], unserved: Sequence[str]) -> bool:
    """Whether the rows have what serving looks at, in the raw table's order and types, and nothing besides."""
    served = [(name, kind) for name, kind in types.items() if name not in unserved]
    return served == [(name, type_name(kind)) for name, kind in zip(table.columns, table.dtypes, strict=True)]


def type_name(kind: Any) -> str:
    """Name of a column's type. Those of NumPy are remembered: working one out costs more than a number's arithmetic."""
    return _numpy_name(kind) if isinstance(kind, np.dtype) else str(kind)


@cache
def _numpy_name(kind: np.dtype) -> str:
    return str(kind)


def dataset_of(loaded: Any, table: pd.DataFrame) -> Any:
    """The loaded data set of scikit-learn with the rows of `table`: its columns by name, and `target` where the table has it."""
    names = [name for name in table.columns if name != TARGET]
    made = type(loaded)(**loaded)
    frame = isinstance(loaded["data"], pd.DataFrame)
    made["data"] = table[names].copy() if frame else table[names].to_numpy()
    if TARGET in table.columns:
        made["target"] = table[TARGET].copy() if frame else table[TARGET].to_numpy()
    if frame:
        made["frame"] = table.copy()
    return made


def matrix_of(table: pd.DataFrame) -> np.ndarray:
    """The rows of a matrix that the notebook makes itself: its columns by their places, without the answers beside them."""
    return table[[name for name in table.columns if name != TARGET]].to_numpy()


def served_dataset(table: pd.DataFrame, as_frame: bool) -> Any:
    """What requests have of a data set of scikit-learn: the rows and their columns' names."""
    names = [name for name in table.columns if name != TARGET]
    rows = table[names]
    return Bunch(data=rows if as_frame else rows.to_numpy(), frame=table, feature_names=names)


def label_codes(encoder: Any, column: Any, unseen: Unseen) -> np.ndarray:
    """What a fitted LabelEncoder gives; a value it never saw is refused, null or -1."""
    classes = encoder.classes_.tolist()
    codes = {value: code for code, value in enumerate(classes) if not _is_null(value)}
    null_code = next((code for code, value in enumerate(classes) if _is_null(value)), None)
    values = np.asarray(column, dtype=object).ravel().tolist()
    found = [null_code if _is_null(value) else codes.get(value) for value in values]
    for row, code in enumerate(found):
        if code is None and unseen == "reject":
            raise _unseen_value(getattr(column, "name", None), row, values[row])
    stand_in = -1 if unseen == "other" else np.nan
    return np.array([stand_in if code is None else code for code in found], dtype=None if found else np.int64)


def dummy_categories(table: pd.DataFrame | pd.Series, columns: Iterable[str] | None = None) -> dict[str, list[Any]]:
    """The categories that `get_dummies` finds in each column it encodes, in its order."""
    if isinstance(table, pd.Series):
        return {"": pd.Categorical(table).categories.tolist()}
    names = [name for name in table.columns if _is_text(table[name])] if columns is None else list(columns)
    return {name: pd.Categorical(table[name]).categories.tolist() for name in names}


def as_categories(table: Any, categories: Mapping[str, list[Any]], unseen: Unseen) -> Any:
    """The table with the categories of training, so that `get_dummies` makes the columns of training."""
    if isinstance(table, pd.Series):
        return _categorical(table, categories[""], unseen)
    return table.assign(**{name: _categorical(table[name], values, unseen) for name, values in categories.items()})


def known_dummies(table: Any, categories: Mapping[str, list[Any]], unseen: Unseen, *parameters: Any, **options: Any) -> Any:
    """What `get_dummies` makes of the rows, with the categories and so the columns of training.

    The few rows of a request are filled in directly: most of what they cost is what pandas spends on a call, however few they are.
    """
    if isinstance(table, pd.DataFrame) and len(table) <= FEW_ROWS and not parameters and options.keys() <= {"columns", "drop_first"}:
        made = _few_dummies(table, categories, unseen, **options)
        if made is not None:
            return made
    return pd.get_dummies(as_categories(table, categories, unseen), *parameters, **options)


def served_names(names: Iterable[Any], unserved: Sequence[str]) -> list[Any]:
    """The names, alone or beside others, without the columns that serving does not look at."""
    return [name for name in names if not any(part in unserved for part in _strings_in(name))]


def _strings_in(name: Any) -> list[str]:
    if isinstance(name, tuple):
        return [part for item in name for part in _strings_in(item)]
    return [name] if isinstance(name, str) else []


def reject_nulls(table: pd.DataFrame, columns: Sequence[str] | None = None, unserved: Sequence[str] = ()) -> pd.DataFrame:
    """Refuses rows with a null where training left such rows out."""
    names = served_names(table.columns if columns is None else columns, unserved)
    nulls = table[names].isna().to_numpy()
    if nulls.any():
        at = int(nulls.any(axis=0).argmax())
        row, name = int(nulls[:, at].argmax()), names[at]
        raise FeatureError(f"column {name!r} is null in row {row}; training left such rows out", name, row)
    return table


def layout(matrix: Any) -> dict[str, str] | None:
    """Columns and types of a table; `None` for anything else."""
    if not isinstance(matrix, pd.DataFrame):
        return None
    return {str(name): str(kind) for name, kind in zip(matrix.columns, matrix.dtypes, strict=True)}


def pinned(matrix: Any, expected: Mapping[str, str] | None) -> Any:
    """The matrix in the columns, order and types of training, whatever the rows at hand look like."""
    if expected is None or not isinstance(matrix, pd.DataFrame):
        return matrix
    present = {str(name): name for name in matrix.columns}
    if list(present) != list(expected):
        missing = [name for name in expected if name not in present]
        if missing:
            raise FeatureError(f"feature {missing[0]!r} could not be computed", missing[0])
        matrix = matrix[[present[name] for name in expected]]
    kinds = zip(matrix.columns, expected.values(), matrix.dtypes, strict=True)
    changed = {name: kind for name, kind, now in kinds if type_name(now) != kind and _fits(matrix[name], kind)}
    return matrix.astype(changed) if changed else matrix


def target_terms(raw: pd.DataFrame, column: str, target: Any, *labelled: Any) -> dict[str, Any]:
    """What the values a model is fitted with stand for in a raw column, as far as the rows show it.

    ``same`` when they are the column's own values; ``labels`` when each of them stands for one value of the column: pairs of both.
    Rows are found by the labels of the target or of tables beside it. Wrong ones would not pair off, and then nothing is claimed.
    """
    nothing: dict[str, Any] = {"same": False, "labels": None}
    values = np.asarray(target).ravel()
    rows = _rows_of(raw, len(values), (target, *labelled))
    if column not in raw.columns or rows is None:
        return nothing
    own = raw.loc[rows, column]
    if _is_same(values, own):
        return {"same": True, "labels": None}
    pairs = pd.DataFrame({"model": values, "raw": own.to_numpy(dtype=object)}).drop_duplicates()
    known = pairs[~pairs["raw"].map(_is_null)]
    if len(known) > 1000 or not known["model"].is_unique or not set(pairs["model"]) <= set(known["model"]):
        return nothing
    return {"same": False, "labels": [[_bare(value) for value in pair] for pair in known.itertuples(index=False)]}


def row_labels(*candidates: Any) -> pd.Index | None:
    """Row labels of the first candidate that has any."""
    for candidate in candidates:
        if isinstance(candidate, (pd.DataFrame, pd.Series)):
            return candidate.index
    return None


def save_fields(fields: Mapping[str, Any], directory: Path) -> None:
    """Writes plain values as JSON, fitted objects beside them."""
    directory.mkdir(parents=True, exist_ok=True)
    plain = {name: _encoded(value) for name, value in fields.items() if _is_plain(value)}
    objects = {name: value for name, value in fields.items() if name not in plain}
    text = json.dumps({"version": 1, "fields": plain, "objects": sorted(objects)}, indent=2, allow_nan=False)
    (directory / STATE_FILE).write_text(text + "\n", encoding="utf-8")
    joblib.dump(objects, directory / OBJECTS_FILE)


def load_fields(directory: Path) -> dict[str, Any]:
    """Reads what `save_fields` wrote. Loading runs code that is in the bytes: check their digests first."""
    stored = json.loads((directory / STATE_FILE).read_text(encoding="utf-8"))
    if stored["version"] != 1:
        raise ValueError(f"feature state of version {stored['version']} cannot be read")
    fields = {name: _decoded(value) for name, value in stored["fields"].items()}
    return {**fields, **joblib.load(directory / OBJECTS_FILE)}


def _rows_of(raw: pd.DataFrame, length: int, candidates: Iterable[Any]) -> pd.Index | None:
    if not raw.index.is_unique:
        return None
    for candidate in candidates:
        if not isinstance(candidate, (pd.DataFrame, pd.Series)) or len(candidate) != length:
            continue
        if candidate.index.is_unique and candidate.index.isin(raw.index).all():
            return candidate.index
    return raw.index if len(raw) == length else None


def _is_same(values: np.ndarray, own: pd.Series) -> bool:
    if values.dtype.kind in "iuf" and pd.api.types.is_numeric_dtype(own.dtype) and not pd.api.types.is_bool_dtype(own.dtype):
        numbers = own.to_numpy(dtype=np.float64, na_value=np.nan)
        return bool((np.isclose(values, numbers, rtol=1e-9, atol=0.0) | np.isnan(numbers)).all())
    return bool((values.astype(object) == own.to_numpy(dtype=object)).all())


def _bare(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _typed(column: pd.Series, kind: str) -> Any:
    """The column as reading a file with these rows would have typed it; nulls make whole numbers floats."""
    if type_name(column.dtype) == kind:
        # Of bare objects a table would infer another type.
        return column.reset_index(drop=True) if kind == "object" else column.array
    if kind.startswith(("int", "uint", "float")):
        numbers = _numbers(column)
        whole = not kind.startswith("float") and bool(np.isfinite(numbers).all()) and bool((numbers == np.floor(numbers)).all())
        return numbers.astype(kind) if whole or kind.startswith("float") else numbers
    if kind == "bool":
        return _flags(column)
    if kind.startswith("datetime64"):
        return _times(column, kind)
    values = [np.nan if _is_null(value) else value for value in column.tolist()]
    if kind == "object":
        return pd.Series(values, dtype=object)
    for row, value in enumerate(values):
        if not isinstance(value, str) and not _is_null(value):
            raise _wrong_value(column, row, "text")
    return pd.array(values, dtype=kind)


def _numbers(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    for row, value in enumerate(column.tolist()):
        if not _is_null(value) and (isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number))):
            raise _wrong_value(column, row, "a number")
    return np.array([np.nan if _is_null(value) else value for value in column.tolist()], dtype=np.float64)


def _flags(column: pd.Series) -> np.ndarray:
    values = [np.nan if _is_null(value) else value for value in column.tolist()]
    for row, value in enumerate(values):
        if not isinstance(value, (bool, np.bool_)) and not _is_null(value):
            raise _wrong_value(column, row, "true or false")
    return np.array(values, dtype=object if any(_is_null(value) for value in values) else np.bool_)


def _times(column: pd.Series, kind: str) -> Any:
    for row, value in enumerate(column.tolist()):
        try:
            pd.to_datetime(value)
        except (ValueError, TypeError) as error:
            raise _wrong_value(column, row, "a time") from error
    return pd.to_datetime(column).astype(kind).array


def _nulls(kind: str, rows: int) -> Any:
    if kind.startswith("datetime64"):
        return np.full(rows, "NaT", dtype="datetime64[ns]")
    return pd.Series(np.full(rows, np.nan), dtype=np.float64 if kind.startswith(("int", "uint", "float")) else object)


def _categorical(column: pd.Series, values: list[Any], unseen: Unseen) -> pd.Series:
    codes = pd.Index(values).get_indexer(column) if values else np.full(len(column), -1)
    if unseen == "reject":
        strange = (codes < 0) & column.notna().to_numpy()
        if strange.any():
            row = int(strange.argmax())
            raise _unseen_value(column.name, row, column.iloc[row])
    return pd.Series(pd.Categorical.from_codes(codes, categories=values), index=column.index, name=column.name)


def _few_dummies(
    table: pd.DataFrame, categories: Mapping[str, list[Any]], unseen: Unseen, columns: Any = None, drop_first: bool = False
) -> pd.DataFrame | None:
    """As `get_dummies` of text columns; `None` for whatever it might read in another way."""
    if columns is None:
        columns = [name for name in table.columns if name in categories]
        others = (kind for name, kind in zip(table.columns, table.dtypes, strict=True) if name not in categories)
        if any(_is_text_type(kind) for kind in others):
            return None
    texts = all(isinstance(value, str) for values in categories.values() for value in values)
    if not isinstance(columns, list) or sorted(columns) != sorted(categories) or not texts or not table.columns.is_unique:
        return None
    codes = {name: _category_codes(table[name], values, unseen) for name, values in categories.items()}
    names: list[str] = []
    blocks = []
    for name in columns:
        levels = categories[name]
        block = np.equal.outer(codes[name], np.arange(len(levels)))
        names += [f"{name}_{level}" for level in levels[1 if drop_first else 0 :]]
        blocks.append(block[:, 1:] if drop_first else block)
    dummies = pd.DataFrame(np.hstack(blocks).astype(_dummy_type(), copy=False), columns=names, index=table.index, copy=False)
    if len(columns) == table.shape[1]:
        return dummies
    return pd.concat([table.drop(columns=columns), dummies], axis=1)


def _category_codes(column: pd.Series, levels: list[Any], unseen: Unseen) -> np.ndarray:
    places = {level: at for at, level in enumerate(levels)}
    values = column.tolist()
    codes = np.array([places.get(value, -1) for value in values], dtype=np.int64)
    if unseen == "reject":
        for row in np.flatnonzero(codes < 0):
            if not _is_null(values[row]):
                raise _unseen_value(column.name, int(row), values[row])
    return codes


@cache
def _dummy_type() -> np.dtype:
    """The type of dummies, which differs between versions of pandas."""
    return np.dtype(pd.get_dummies(pd.Series(["a"], dtype="category")).dtypes.iloc[0])


def _fits(column: pd.Series, kind: str) -> bool:
    """Whether a cast keeps every value."""
    if kind.startswith("float"):
        return pd.api.types.is_numeric_dtype(column.dtype)
    if not pd.api.types.is_numeric_dtype(column.dtype) or column.isna().any():
        return False
    return bool((column.astype(kind) == column).all()) if kind.startswith(("int", "uint", "bool")) else False


def _is_text(column: pd.Series) -> bool:
    return _is_text_type(column.dtype)


def _is_text_type(kind: Any) -> bool:
    return isinstance(kind, (pd.StringDtype, pd.CategoricalDtype)) or str(kind) == "object"


def _is_null(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, (float, np.floating)) and bool(np.isnan(value)))


def _unseen_value(column: Any, row: int, value: Any) -> FeatureError:
    return FeatureError(f"column {column!r} has a value in row {row} that training never showed: {value!r}", column, row)


def _wrong_value(column: pd.Series, row: int, expected: str) -> FeatureError:
    value = column.iloc[row]
    return FeatureError(f"column {column.name!r}, row {row}: expected {expected}, got {value!r}", str(column.name), row)


def _is_plain(value: Any) -> bool:
    if type(value) in (np.float64, float):
        return bool(np.isfinite(value))
    if type(value) is list:
        return all(_is_plain(item) and not isinstance(item, np.generic) for item in value)
    if type(value) is dict:
        return all(type(key) is str for key in value) and _is_plain(list(value.values()))
    return value is None or type(value) in (bool, int, str, np.int64, np.bool_)


def _encoded(value: Any) -> Any:
    return {"value": value.item(), "numpy": value.dtype.name} if isinstance(value, np.generic) else {"value": value}


def _decoded(stored: Mapping[str, Any]) -> Any:
    return np.dtype(stored["numpy"]).type(stored["value"]) if "numpy" in stored else stored["value"]
