"""Tables as typed columns, and answers row by row."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from workside import tables

KINDS: list[tuple[str, Any, str, list[Any]]] = [
    ("whole", [1, 2], "int64", [1.0, 2.0]),
    ("share", [0.5, None], "float64", [0.5, None]),
    ("flag", [True, False], "bool", [1.0, 0.0]),
    ("flag with gaps", [True, None], "bool", [1.0, None]),
    ("text", ["a", None], "string", ["a", None]),
    ("category", pd.Categorical(["a", "b"]), "string", ["a", "b"]),
    ("number category", pd.Categorical([3, 1]), "int64", [3.0, 1.0]),
    ("nullable", pd.array([1, None], dtype="Int64"), "int64", [1.0, None]),
    ("moment", pd.to_datetime(["1970-01-01T00:00:01.5", None]), "timestamp", [1500.0, None]),
    (
        "zone",
        pd.to_datetime(["1970-01-01T01:00:00"]).tz_localize("Europe/Paris").repeat(2),
        "timestamp",
        [0.0, 0.0],
    ),
    ("span", pd.to_timedelta([1, 2], unit="D"), "string", ["1 days 00:00:00", "2 days 00:00:00"]),
    ("mixed", pd.Series(["a", 1], dtype=object), "string", ["a", "1"]),
]


@pytest.mark.parametrize(("name", "values", "kind", "sent"), KINDS, ids=[k[0] for k in KINDS])
def test_a_column_is_sent_by_its_type(name: str, values: Any, kind: str, sent: list[Any]) -> None:
    header, payloads = tables.encode_table(pd.DataFrame({name: values}))
    (column,) = header["columns"]
    assert (column["name"], column["type"], header["rows"]) == (name, kind, 2)
    assert column["nullable"] == (None in sent)
    nulls = np.unpackbits(np.frombuffer(payloads[1], np.uint8), bitorder="little")[:2]
    assert nulls.tolist() == [int(value is None) for value in sent]
    if kind == "string":
        assert json.loads(payloads[0]) == sent
    else:
        numbers = np.frombuffer(payloads[0], "<f8").tolist()
        assert [None if np.isnan(number) else number for number in numbers] == sent


def test_whole_numbers_that_a_float_would_change_are_marked() -> None:
    header, _ = tables.encode_table(pd.DataFrame({"id": [2**53 + 1, 1], "n": [1, 2]}))
    assert [column.get("lossy", False) for column in header["columns"]] == [True, False]


def test_arrays_series_and_the_first_rows_are_tables_too() -> None:
    header, payloads = tables.encode_table(np.arange(6).reshape(3, 2), limit=2)
    assert [column["name"] for column in header["columns"]] == ["0", "1"]
    assert (header["rows"], header["totalRows"], len(payloads)) == (2, 3, 4)
    assert tables.encode_table(pd.Series([1.0], name="p"))[0]["columns"][0]["name"] == "p"
    with pytest.raises(ValueError, match="3 dimensions"):
        tables.encode_table(np.zeros((1, 1, 1)))


def test_what_is_sent_comes_back_as_training_saw_it() -> None:
    made = pd.DataFrame(
        {
            "n": [1, 2],
            "x": [0.5, np.nan],
            "b": [True, False],
            "s": ["a", None],
            "t": pd.to_datetime(["2024-01-01", None]),
        }
    )
    header, payloads = tables.encode_table(made)
    back = tables.decode_table(header, payloads)
    pd.testing.assert_frame_equal(back, made, check_dtype=False)
    assert [str(kind) for kind in back.dtypes[["n", "x", "b"]]] == ["int64", "float64", "bool"]
    assert back["s"].dtype == made["s"].dtype


def predictor(frame: pd.DataFrame) -> list[Any]:
    if (frame["x"] < 0).any():
        raise ValueError("x is below zero")
    return [{"label": "yes", "probabilities": {"yes": value}} for value in frame["x"]]


def test_one_bad_row_does_not_spoil_the_others() -> None:
    answers = tables.answers_of(predictor, pd.DataFrame({"x": [0.25, -1.0, np.nan]}))
    assert answers[0] == {"label": "yes", "probabilities": {"yes": 0.25}}
    assert answers[1]["error"]["message"] == "ValueError: x is below zero"
    assert answers[2]["error"]["message"] == "the probability of yes is NaN"


class Buyers:
    """Answers how much each buyer spent; who spent nothing is refused."""

    entity = "buyer"

    def __init__(self, tells_rows: bool) -> None:
        self.tells_rows = tells_rows

    def __call__(self, frame: pd.DataFrame) -> list[float]:
        spent = frame.groupby("buyer")["spent"].transform("sum")
        lost = np.flatnonzero(spent == 0).tolist()
        if lost:
            error = ValueError(f"{frame['buyer'][lost[0]]} spent nothing")
            if self.tells_rows:
                error.rows = lost  # type: ignore[attr-defined]
            raise error
        return spent.tolist()


@pytest.mark.parametrize("tells_rows", [True, False])
def test_rows_of_an_entity_are_never_asked_about_apart(tells_rows: bool) -> None:
    frame = pd.DataFrame(
        {"buyer": ["a", "b", "c", "a", "b", "d"], "spent": [1.0, 0.0, 5.0, 2.0, 0.0, 0.0]}
    )
    answers = tables.answers_of(Buyers(tells_rows), frame)
    assert [answer.get("label") for answer in answers] == [3.0, None, 5.0, 3.0, None, None]
    refused = [answers[row]["error"]["message"] for row in (1, 4, 5)]
    assert refused == ["ValueError: b spent nothing"] * 2 + ["ValueError: d spent nothing"]


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        (np.array([1, 2]), [{"label": 1}, {"label": 2}]),
        ([{"value": 1.5}, {"cluster": 3}], [{"label": 1.5}, {"label": 3}]),
        ([np.float64("nan"), None], [{"label": "NaN"}, {"label": None}]),
    ],
)
def test_bare_answers_become_labels(given: Any, answers: list[Any]) -> None:
    assert tables.answers_of(lambda _frame: given, pd.DataFrame({"x": [1, 2]})) == answers


def test_a_wrong_number_of_answers_is_an_error_of_every_row() -> None:
    answers = tables.answers_of(lambda _frame: [1, 2, 3], pd.DataFrame({"x": [1, 2]}))
    assert ["3 answers" in answer["error"]["message"] for answer in answers] == [True, True]


def test_a_matrix_of_the_notebook_has_its_answers_beside_it() -> None:
    table = tables.raw_table(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1]))
    assert table.columns.tolist() == ["0", "1", "target"]
    assert table["target"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("matrix", "target", "because"),
    [
        (np.array([1.0, 2.0]), np.array([0, 1]), "no array"),
        (pd.DataFrame({"a": [1.0]}), np.array([0]), "no array"),
        (np.array([[1.0], [2.0]]), np.array([[0], [1]]), "no array"),
        (np.array([[1.0], [2.0]]), np.array([0]), "2 rows of the notebook's own matrix, 1 answers"),
        (np.array([[5.0, 0.0], [5.0, 1.0]]), np.array([0, 1]), "column 1 .* is what is predicted"),
    ],
)
def test_what_is_no_matrix_with_answers_is_refused(matrix: Any, target: Any, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        tables.raw_table(matrix, target)
