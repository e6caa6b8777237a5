"""Parquet in batch scoring, as far as it goes without pyarrow: the complaint, and what values become on the way."""

from __future__ import annotations

import datetime
import decimal
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from workside import parquet


def test_says_that_pyarrow_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(parquet.ParquetFault) as caught:
        parquet.Rows("new.parquet", ["a"], [], 10)
    assert caught.value.code == "parquet-unavailable"


@pytest.mark.parametrize(
    ("value", "carried"),
    [
        (2**60 + 1, 2**60 + 1),
        (float("nan"), None),
        (decimal.Decimal("1.50"), "1.50"),
        (datetime.datetime(2024, 5, 1, 12, 0, 0, 250), "2024-05-01T12:00:00.000250"),
        (None, None),
    ],
)
def test_kept_values_lose_nothing(value: Any, carried: Any) -> None:
    assert parquet._plain(value) == carried


def test_a_value_that_cannot_be_kept_is_named() -> None:
    with pytest.raises(parquet.ParquetFault, match="bytes"):
        parquet._plain(b"\0")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(True, "bool"), (1, "int"), (2**63, "text"), (1.0, "float"), (None, "null"), ("a", "text")],
)
def test_kinds_of_values(value: Any, kind: str) -> None:
    assert parquet._kind(value) == kind


def test_reads_back_the_lines_that_were_written(tmp_path: Path) -> None:
    lines = tmp_path / "answers.jsonl"
    header = json.dumps([["id", None], ["label", "float64"]])
    lines.write_text(f'{header}\n["a",1]\n["b",2.5]\n', encoding="utf-8")
    assert parquet._header(str(lines)) == [("id", None), ("label", "float64")]
    assert list(parquet._batches(parquet._rows(str(lines)))) == [[["a", 1], ["b", 2.5]]]
