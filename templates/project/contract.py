"""The raw schema of the served model: which columns it takes, and what may be in them.

``contract.json`` is the single source; the gateway reads the same file and finds the same
problems. ``check`` takes a pandas table or a list of rows (dictionaries) and converts
nothing to make it fit: ``"12"`` is no number, ``1`` is no bool, ``1.5`` no whole number.

Errors: missing-column, unknown-column, wrong-type, null-not-allowed, and unseen-category
where the policy is ``reject``. Warnings: out-of-range, and unseen-category otherwise.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LARGEST_EXACT = 2**53 - 1
"""Whole numbers above it cannot be carried exactly between programs."""


@dataclass(frozen=True)
class Problem:
    """One place where rows and contract disagree."""

    code: str
    severity: str
    column: str
    row: int | None
    message: str


class ContractError(ValueError):
    """The rows break the contract. ``problems`` holds every disagreement."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = [problem for problem in problems if problem.severity == "error"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0].message}{more}")
        self.problems = tuple(problems)


def load_contract(path: str | Path) -> dict[str, Any]:
    """Read contract.json."""
    contract: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    if contract.get("version") != 1:
        raise ValueError(f"{path} has version {contract.get('version')}; this file reads version 1")
    return contract


def require(rows: Any, contract: Mapping[str, Any]) -> None:
    """Raise :class:`ContractError` when the rows break the contract; warnings do not."""
    problems = check(rows, contract)
    if any(problem.severity == "error" for problem in problems):
        raise ContractError(problems)


def check(rows: Any, contract: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with the rows: by column of the contract, then by row."""
    count, columns = _columns_of(rows)
    problems: list[Problem] = []
    for column in contract["columns"]:
        name = column["name"]
        if name not in columns:
            message = f"column {_quote(name)} ({column['type']}) is missing"
            problems.append(Problem("missing-column", "error", name, None, message))
            continue
        for row, value in enumerate(columns[name][:count]):
            problem = _check_value(column, value, row)
            if problem is not None:
                problems.append(problem)
    known = {column["name"] for column in contract["columns"]}
    entity = contract.get("entity")
    known |= {*(entity if isinstance(entity, list) else [entity]), contract.get("time")}
    for name in columns:
        if name not in known:
            message = f"column {_quote(name)} is not in the contract"
            problems.append(Problem("unknown-column", "error", str(name), None, message))
    return problems


_ABSENT = object()


def _columns_of(rows: Any) -> tuple[int, dict[Any, list[Any]]]:
    """Values by column; ``None`` where there is none, ``_ABSENT`` where a row lacks the key."""
    if hasattr(rows, "columns") and hasattr(rows, "iloc"):
        columns: dict[Any, list[Any]] = {}
        for position, name in enumerate(rows.columns):
            series = rows.iloc[:, position]
            missing = series.isna().tolist()
            values = series.astype(object).tolist()
            columns[name] = [
                None if gone else value for gone, value in zip(missing, values, strict=True)
            ]
        return len(rows), columns
    columns = {}
    for at, row in enumerate(rows):
        for name, value in row.items():
            columns.setdefault(name, [_ABSENT] * len(rows))[at] = value
    return len(rows), columns


def _check_value(column: Mapping[str, Any], value: Any, row: int) -> Problem | None:
    name, kind = column["name"], column["type"]
    place = f"rows[{row}]: column {_quote(name)}"
    if value is _ABSENT:
        return Problem("missing-column", "error", name, row, f"{place} ({kind}) is missing")
    if value is None or (isinstance(value, float) and math.isnan(value)):
        if column["nullable"]:
            return None
        return Problem("null-not-allowed", "error", name, row, f"{place} must not be null")
    read = _read(kind, value)
    if read is None:
        message = f"{place} must be {_WANTED[kind]}, got {_describe(value)}"
        return Problem("wrong-type", "error", name, row, message)
    if kind == "string":
        return _check_category(column, read, row, place)
    low, high = _bound(kind, column.get("min")), _bound(kind, column.get("max"))
    if (low is not None and read < low) or (high is not None and read > high):
        span = f"{column.get('min', '…')} to {column.get('max', '…')}"
        message = f"{place} is {_describe(value)}, outside the {span} seen in training"
        return Problem("out-of-range", "warning", name, row, message)
    return None


def _check_category(column: Mapping[str, Any], value: str, row: int, place: str) -> Problem | None:
    categories = column.get("categories")
    if categories is None or value in categories:
        return None
    policy = column["unseen"]
    effect = {
        "reject": "and the contract refuses it",
        "null": "and is read as null",
        "other": "and is passed on as it is",
    }[policy]
    message = (
        f"{place} is {_describe(value)}, which is not among its "
        f"{len(categories)} categories, {effect}"
    )
    severity = "error" if policy == "reject" else "warning"
    return Problem("unseen-category", severity, column["name"], row, message)


def _read(kind: str, value: Any) -> Any:
    """The value as its type has it, or ``None`` when it is of another type."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if kind == "bool":
        return value if isinstance(value, bool) else None
    if kind == "string":
        return value if isinstance(value, str) and _is_well_formed(value) else None
    if kind == "timestamp":
        return _milliseconds(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not math.isfinite(value):
        return None
    if kind == "int64" and (int(value) != value or abs(value) > LARGEST_EXACT):
        return None
    return value


def _is_well_formed(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


def _milliseconds(value: Any) -> float | None:
    """A moment in milliseconds since 1970; times without an offset are read as UTC."""
    if isinstance(value, datetime.datetime):
        utc = datetime.timezone.utc
        moment = value if value.tzinfo else value.replace(tzinfo=utc)
        fine = moment.microsecond % 1000 or getattr(moment, "nanosecond", 0)
        return None if fine else moment.timestamp() * 1000
    match = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = (match[7] or "").ljust(9, "0")
    offset = match[8] or "Z"
    if not fraction.endswith("000000"):
        return None
    try:
        # Years 0 to 9999 have no common type, but the day count of the Gregorian calendar.
        days = datetime.date(year or 4, month, day).toordinal() - (0 if year else 1461)
        datetime.time(hour, minute, second)
    except ValueError:
        return None
    shift = 0
    if offset != "Z":
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if hours > 23 or minutes > 59:
            return None
        shift = (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)
    seconds = (days - 719163) * 86400 + ((hour * 60 + minute - shift) * 60) + second
    return seconds * 1000 + int(fraction[:3])


def _bound(kind: str, bound: Any) -> float | None:
    return _milliseconds(bound) if kind == "timestamp" else bound


_WANTED = {
    "bool": "true or false",
    "int64": "a whole number (at most 2^53 − 1)",
    "float64": "a finite number",
    "string": "a string",
    "timestamp": "an ISO 8601 time such as 2024-05-01T12:00:00Z (not finer than milliseconds)",
}


def _describe(value: Any) -> str:
    if isinstance(value, str):
        return f"the string {_quote(value)}"
    if isinstance(value, (list, tuple)):
        return "an array"
    if isinstance(value, dict):
        return "an object"
    return json.dumps(value) if isinstance(value, (bool, int, float)) else str(value)


def _quote(text: Any) -> str:
    text = str(text)
    return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
