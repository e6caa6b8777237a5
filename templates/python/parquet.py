"""Parquet files for scoring in batch, piece by piece: rows in, answers out.

Needs pyarrow, which is used only where the user's environment has it.
"""

from __future__ import annotations

import datetime
import decimal
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

BATCH = 10_000
LARGEST_INT64 = 2**63 - 1


class ParquetFault(Exception):
    """What the other side should say, by code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Rows:
    """The rows of a file. Only the columns that somebody wants are read."""

    def __init__(self, path: str, wanted: Sequence[str], keep: Sequence[str], batch: int) -> None:
        parquet = _parquet()
        try:
            self.file = parquet.ParquetFile(path)
        except Exception as error:
            raise ParquetFault("parquet-malformed", f"{type(error).__name__}: {error}") from error
        self.names = [str(name) for name in self.file.schema_arrow.names]
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise ParquetFault("parquet-malformed", f"it has the column {twice[0]!r} twice")
        self.total = self.file.metadata.num_rows
        self.wanted = [name for name in wanted if name in self.names]
        self.keep = [name for name in keep if name in self.names]
        columns = [name for name in self.names if name in self.wanted or name in self.keep]
        self.batches = self.file.iter_batches(batch_size=batch, columns=columns)

    def next(self) -> tuple[Any, list[list[Any]]] | None:
        """A table of the wanted columns and the values of the kept ones; ``None`` at the end."""
        import pyarrow

        try:
            batch = next(self.batches, None)
            if batch is None:
                return None
            table = pyarrow.Table.from_batches([batch])
            # What pandas noted about an index would take columns away.
            frame = table.select(self.wanted).to_pandas(ignore_metadata=True)
            kept = [[_plain(value) for value in table.column(name).to_pylist()] for name in self.keep]
        except ParquetFault:
            raise
        except Exception as error:
            raise ParquetFault("parquet-malformed", f"{type(error).__name__}: {error}") from error
        return frame, kept


def write_answers(source: str, target: str, like: str | None) -> None:
    """The Parquet file of JSON Lines: names and types in the first line, then one array a row.

    A type that is not given there is decided by all rows, before the first is written. ``like``
    is a Parquet file whose types columns of the same name keep.
    """
    parquet = _parquet()
    import pyarrow

    header = _header(source)
    names = [name for name, _ in header]
    kinds: list[set[str]] = [set() for _ in names]
    for row in _rows(source):
        for found, value in zip(kinds, row, strict=True):
            found.add(_kind(value))
    known = dict(_types_of(like)) if like is not None else {}
    types = [
        pyarrow.float64() if given == "float64" else known.get(name) or _type(found)
        for (name, given), found in zip(header, kinds, strict=True)
    ]
    schema = pyarrow.schema(list(zip(names, types, strict=True)))
    with parquet.ParquetWriter(target, schema) as writer:
        for rows in _batches(_rows(source)):
            columns = [[row[at] for row in rows] for at in range(len(names))]
            pairs = zip(columns, types, strict=True)
            writer.write_table(pyarrow.table([_array(*pair) for pair in pairs], schema=schema))


def _parquet() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise ParquetFault("parquet-unavailable", str(error)) from error
    return pyarrow.parquet


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    raise ParquetFault("parquet-malformed", f"a value of type {type(value).__name__} cannot be kept")


def _types_of(path: str) -> Iterator[tuple[str, Any]]:
    """The types that can be written back exactly from what ``_plain`` made of them."""
    import pyarrow

    kinds = pyarrow.types
    exact: tuple[Callable[[Any], bool], ...] = (
        kinds.is_integer,
        kinds.is_boolean,
        kinds.is_string,
        kinds.is_large_string,
        kinds.is_timestamp,
        kinds.is_date,
    )
    for field in _parquet().ParquetFile(path).schema_arrow:
        if any(is_kind(field.type) for is_kind in exact):
            yield field.name, field.type


def _array(values: list[Any], kind: Any) -> Any:
    import pyarrow

    if pyarrow.types.is_timestamp(kind) or pyarrow.types.is_date(kind):
        return pyarrow.array(values, pyarrow.string()).cast(kind)
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
        values = [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
    return pyarrow.array(values, kind)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if abs(value) <= LARGEST_INT64 else "text"
    if isinstance(value, float):
        return "float"
    return "null" if value is None else "text"


def _type(kinds: set[str]) -> Any:
    """Numbers stay numbers where all are; anything mixed becomes text."""
    import pyarrow

    kinds = kinds - {"null"}
    if kinds == {"bool"}:
        return pyarrow.bool_()
    if kinds == {"int"}:
        return pyarrow.int64()
    if kinds and kinds <= {"int", "float"}:
        return pyarrow.float64()
    return pyarrow.string()


def _header(source: str) -> list[tuple[str, str | None]]:
    with Path(source).open(encoding="utf-8") as lines:
        return [(name, given) for name, given in json.loads(lines.readline())]


def _rows(source: str) -> Iterator[list[Any]]:
    with Path(source).open(encoding="utf-8") as lines:
        lines.readline()
        for line in lines:
            yield json.loads(line)


def _batches(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
