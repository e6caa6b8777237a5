"""contract.py finds what the gateway finds, on tables and on rows."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from project import contract

CASES = json.loads((ROOT / "test/fixtures/contract/cases.json").read_text(encoding="utf-8"))


def found(problems: list[contract.Problem]) -> list[tuple[str, str, int]]:
    return sorted((p.code, p.column, -1 if p.row is None else p.row) for p in problems)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_rows_are_checked_as_the_gateway_does(case: dict[str, Any]) -> None:
    problems = contract.check(case["rows"], case["contract"])
    expected = [(p["code"], p["column"], p["row"]) for p in case["problems"]]
    assert found(problems) == sorted((c, n, -1 if r is None else r) for c, n, r in expected)
    for problem in problems:
        assert f"column {json.dumps(problem.column, ensure_ascii=False)}" in problem.message
        assert problem.row is None or problem.message.startswith(f"rows[{problem.row}]: ")


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "nullable": False, "unseen": "reject", **more}


RAW = {
    "version": 1,
    "columns": [
        column("n", "int64", min=0, max=9),
        column("x", "float64", nullable=True),
        column("b", "bool"),
        column("s", "string", categories=["u", "v"]),
        column("t", "timestamp"),
    ],
}


def table(**changes: Any) -> pd.DataFrame:
    values: dict[str, Any] = {
        "n": [1, 2],
        "x": [0.5, np.nan],
        "b": [True, False],
        "s": ["u", "v"],
        "t": pd.to_datetime(["2024-01-01", "2024-01-02T03:04:05Z"], utc=True, format="ISO8601"),
    }
    return pd.DataFrame({**values, **changes})


def test_a_table_that_fulfils_the_contract_has_no_problems() -> None:
    assert contract.check(table(), RAW) == []
    assert contract.check(table(n=[1.0, 2.0]), RAW) == []


def test_problems_of_a_table_name_the_row() -> None:
    broken = table(n=[1.5, 20], s=pd.Categorical(["u", "w"]), b=[1, 0]).drop(columns="t")
    assert found(contract.check(broken, RAW)) == [
        ("missing-column", "t", -1),
        ("out-of-range", "n", 1),
        ("unseen-category", "s", 1),
        ("wrong-type", "b", 0),
        ("wrong-type", "b", 1),
        ("wrong-type", "n", 0),
    ]


def test_require_raises_on_errors_and_not_on_warnings() -> None:
    contract.require(table(n=[1, 20]), RAW)
    with pytest.raises(contract.ContractError, match=r'rows\[0\]: column "n" must not be null'):
        contract.require(table(n=[None, 2]), RAW)
