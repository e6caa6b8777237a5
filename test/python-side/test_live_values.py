"""A change to a live value is found exactly when its content, or what is shared in it, changed."""

from __future__ import annotations

import collections
import copy
import dataclasses
import decimal
import math
import os
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import TEMPLATES
from workside import live_values, plain_tree, sharing, value_state

SEED = int(os.environ.get("SEED", "20261130"))
"""Printed with every failure; give another one as environment variable."""


def description(value: Any) -> Any:
    """All that the digest must tell apart, the slow and plain way."""
    numbers: dict[int, int] = {}

    def describe(part: Any) -> Any:
        kind = type(part).__name__
        if isinstance(part, float):
            return kind, struct.pack("<d", part)
        if isinstance(part, complex):
            return kind, struct.pack("<dd", part.real, part.imag)
        if not isinstance(part, (list, dict, tuple, set, frozenset, collections.deque)):
            return kind, repr(part)
        if not isinstance(part, (tuple, frozenset)):
            if id(part) in numbers:
                return "again", numbers[id(part)]
            numbers[id(part)] = len(numbers)
        more = getattr(part, "maxlen", None), getattr(part, "default_factory", None)
        if isinstance(part, dict):
            return kind, more, [(describe(key), describe(item)) for key, item in part.items()]
        return kind, more, [describe(item) for item in part]

    return describe(value)


PAYLOADS = [struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 + at))[0] for at in range(3)]
ALIKE = [
    [0, False, 0.0, -0.0, decimal.Decimal(0), 0j, np.int64(0), np.float64(0.0)],
    [
        1,
        True,
        1.0,
        decimal.Decimal(1),
        decimal.Decimal("1.0"),
        1 + 0j,
        np.float32(1),
        np.bool_(True),
    ],
    [*PAYLOADS, float("inf"), None],
    ["a", b"a", "ab", "", b"", 1 << 70, -(1 << 70), 300, 2.5],
]
"""Atoms; those of a row are equal or look alike."""


class Maker:
    """Random values and random changes of them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made: list[Any] = []

    def atom(self) -> Any:
        return self.random.choice(self.random.choice(ALIKE))

    def key(self) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: self.random.choice("abcde"),
            lambda: (self.random.randrange(3), self.random.choice("ab")),
            lambda: self.random.choice([0, 1, 2.5, None, b"k"]),
            lambda: frozenset((self.random.randrange(4), "x")),
        ]
        return kinds[0]() if self.random.random() < 0.7 else self.random.choice(kinds)()

    def value(self, depth: int) -> Any:
        choose = self.random.random()
        if depth == 0 or choose < 0.25:
            return self.atom()
        if self.made and choose < 0.4:
            return self.random.choice(self.made)
        items = [self.value(depth - 1) for _ in range(self.random.randrange(5))]
        kind = self.random.choice(
            [list, list, dict, dict, tuple, set, collections.deque, collections.Counter, "factory"]
        )
        made: Any
        if kind is dict or kind is collections.Counter:
            made = kind({self.key(): item for item in items})
        elif kind == "factory":
            made = collections.defaultdict(self.random.choice([list, int, None]))
            made.update({self.key(): item for item in items})
        elif kind is set:
            made = {self.key() for _ in items}
        elif kind is collections.deque:
            made = collections.deque(items, self.random.choice([None, 7]))
        else:
            made = kind(items)
        if kind is not tuple:
            self.made.append(made)
        return made

    def change(self, value: Any) -> None:
        """Changes something within reach, or only seems to."""
        parts = containers(value)
        if not parts:
            return
        part = self.random.choice(parts)
        if isinstance(part, set):
            member = self.key()
            (part.discard if member in part else part.add)(member)
        elif isinstance(part, dict):
            self.change_mapping(part)
        else:
            self.change_sequence(part)

    def other(self, item: Any) -> Any:
        """Something for the place of ``item``: alike, a copy, another container, or the very same."""
        choose = self.random.randrange(5)
        if choose == 0:
            return copy.copy(item)
        if choose == 1 and self.made:
            return self.random.choice(self.made)
        if choose == 2:
            return item
        if choose == 3 and type(item) in (str, float):
            # Another object that is the same value.
            again = struct.unpack("<d", struct.pack("<d", item))[0] if type(item) is float else None
            return item[:1] + item[1:] if again is None else again
        row = next((row for row in ALIKE if any(item is one for one in row)), None)
        return self.random.choice(row) if row else self.atom()

    def change_mapping(self, part: dict[Any, Any]) -> None:
        choose = self.random.randrange(5)
        if choose == 0 or not part:
            part[self.key()] = self.value(1)
        elif choose == 1:
            part.pop(self.random.choice(list(part)))
        elif choose == 2:
            # Only the order, where there is more than one.
            key = self.random.choice(list(part))
            part[key] = part.pop(key)
        elif choose == 3:
            # Another key with the same value in the same place.
            items = [(k if at else self.key(), item) for at, (k, item) in enumerate(part.items())]
            part.clear()
            dict.update(part, items)
        else:
            key = self.random.choice(list(part))
            part[key] = self.other(part[key])
        if isinstance(part, collections.defaultdict) and self.random.random() < 0.2:
            part.default_factory = self.random.choice([list, int, None])

    def change_sequence(self, part: Any) -> None:
        choose = self.random.randrange(4)
        if choose == 0 or not part:
            part.append(self.value(1))
        elif choose == 1:
            part.rotate(1) if isinstance(part, collections.deque) else part.reverse()
        elif choose == 2 and len(part) > 1:
            # From one end to another place, perhaps into another container.
            part.append(part[0])
            del part[0]
        else:
            at = self.random.randrange(len(part))
            part[at] = self.other(part[at])


def containers(value: Any) -> list[Any]:
    """Those within reach that can be changed."""
    found: dict[int, Any] = {}
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (list, dict, tuple, set, collections.deque)) and id(part) not in found:
            found[id(part)] = part
            waiting += [*part.values()] if isinstance(part, dict) else [*part]
    return [part for part in found.values() if not isinstance(part, tuple)]


def watching() -> Callable[..., set[str]]:
    """Called with the live values by name; gives the names of those that changed since."""
    live = live_values.LiveValues(value_state, plain_tree, sharing)

    def changed(**values: Any) -> set[str]:
        return set(live.look(values, set(), set())[1])

    return changed


WAYS = {
    "as it is": {},
    "in small batches": {"BATCH": 2},
    "each leans on others": {"MANY": 1},
    "by rounds": {"DEEP": 1},
    "without reading memory": {"_compare_memory": None},
}


@pytest.mark.parametrize("way", WAYS)
def test_random_changes_are_found_exactly(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, setting in WAYS[way].items():
        monkeypatch.setattr(plain_tree, name, setting)
    told = 0
    for number in range(SEED, SEED + 60):
        maker = Maker(number)
        values = {name: maker.value(4) for name in ("one", "two", "three")}
        changed = watching()
        changed(**values)
        for step in range(12):
            before = {name: description(value) for name, value in values.items()}
            maker.change(values[maker.random.choice(list(values))])
            after = {name: description(value) for name, value in values.items()}
            expected = {name for name in values if before[name] != after[name]}
            assert changed(**values) == expected, f"seed {number}, change {step}: {values}"
            told += len(expected)
    assert told > 200


@pytest.mark.parametrize("way", WAYS)
def test_equal_content_has_one_digest_whatever_it_went_through(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, setting in WAYS[way].items():
        monkeypatch.setattr(plain_tree, name, setting)
    for number in range(SEED, SEED + 100):
        value = Maker(number).value(4)
        tree, again = plain_tree.plain_tree(value), plain_tree.plain_tree(copy.deepcopy(value))
        # A copied set may be in another order, which is another content to a pickle too.
        if tree is not None and description(value) == description(again.value):
            assert tree.digest == again.digest, f"seed {number}: {value}"


class Slotted:
    __slots__ = ("one", "two")


@dataclasses.dataclass
class Point:
    x: float
    held: Any = None


class OwnCounter(collections.Counter):  # type: ignore[type-arg]
    pass


def _rename(point: Point) -> None:
    del point.x
    point.y = 1.0  # type: ignore[attr-defined]


def _fill(slotted: Slotted) -> Slotted:
    slotted.one = 1
    return slotted


def _move(slotted: Slotted) -> None:
    slotted.two = slotted.one
    del slotted.one


def _with_view() -> list[Any]:
    array = np.zeros(3)
    return [array, array[1:]]


def _looping() -> list[Any]:
    value: list[Any] = [1]
    value.append(value)
    return value


def _nested(depth: int) -> list[Any]:
    value: list[Any] = [0]
    for _ in range(depth):
        value = [value]
    return value


def _innermost(value: Any) -> Any:
    while isinstance(value[0], list):
        value = value[0]
    return value


def _set(part: Any, key: Any, item: Any) -> None:
    part[key] = item


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "1 becomes True": (lambda: [{"a": 1}], lambda v: _set(v[0], "a", True)),
    "0.0 becomes -0.0": (lambda: [0.0], lambda v: _set(v, 0, -0.0)),
    "another NaN": (lambda: [PAYLOADS[0]], lambda v: _set(v, 0, PAYLOADS[1])),
    "two that were one": (lambda: [[1]] * 2, lambda v: _set(v, 1, [1])),
    "one that was two": (lambda: [[1], [1]], lambda v: _set(v, 1, v[0])),
    "two records that were one": (lambda: [{"a": 1}] * 2, lambda v: _set(v, 1, {"a": 1})),
    "a list goes from one to the next": (lambda: [[1], [2, 3]], lambda v: v[0].append(v[1].pop(0))),
    "in a value that holds itself": (_looping, lambda v: _set(v, 0, 2)),
    "far down": (lambda: _nested(450), lambda v: _set(_innermost(v), 0, 1)),
    "in an array of a list": (lambda: [np.zeros(3)], lambda v: _set(v[0], 1, 1.0)),
    "in a view": (_with_view, lambda v: _set(v[1], 0, 1.0)),
    "type of an array": (lambda: {"a": np.zeros(2)}, lambda v: _set(v, "a", np.zeros(2, "f4"))),
    "NaN of an array": (
        lambda: np.array([PAYLOADS[0]]),
        lambda v: _set(v.view("u8"), 0, v.view("u8")[0] + 1),
    ),
    "in an object array": (lambda: np.array([[1], [2]], object), lambda v: _set(v, (0, 0), True)),
    "in a list in a column": (
        lambda: pd.DataFrame({"a": [[1], [2]]}),
        lambda v: v["a"].iloc[0].append(3),
    ),
    "a missing text": (
        lambda: pd.DataFrame({"a": pd.Series(["x", None], dtype=object)}),
        lambda v: v.isetitem(0, pd.Series(["x", math.nan], dtype=object)),
    ),
    "a label of a column": (
        lambda: pd.DataFrame({"a": [1]}),
        lambda v: setattr(v, "columns", ["b"]),
    ),
    "an attribute": (lambda: [Point(1.0)], lambda v: setattr(v[0], "x", -1.0)),
    "deep in an attribute": (lambda: Point(1.0, {"a": [1]}), lambda v: v.held["a"].append(2)),
    "name of an attribute": (lambda: [Point(1.0)], lambda v: _rename(v[0])),
    "a slot": (lambda: [_fill(Slotted())], lambda v: _move(v[0])),
    "a bytearray in a record": (lambda: [{"a": bytearray(b"x")}], lambda v: v[0]["a"].append(1)),
    "order of an ordered dictionary": (
        lambda: collections.OrderedDict(a=1, b=2),
        lambda v: v.move_to_end("a"),
    ),
    "class of a counter": (
        lambda: [collections.Counter("ab")],
        lambda v: setattr(v[0], "__class__", OwnCounter),
    ),
    "an attribute of a counter": (
        lambda: [collections.Counter("ab")],
        lambda v: setattr(v[0], "k", 1),
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_found(case: str) -> None:
    make, change = CHANGES[case]
    value, other = make(), make()
    changed = watching()
    changed(value=value, other=other)
    assert changed(value=value, other=other) == set()
    change(value)
    assert changed(value=value, other=other) == {"value"}
    assert changed(value=value, other=other) == set()


def test_records_behind_two_names_change_behind_both(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [{"id": at, "word": f"w{at % 7}"} for at in range(3000)]
    by_word: dict[str, list[Any]] = {}
    for record in records[:2500]:
        by_word.setdefault(record["word"], []).append(record)
    values: dict[str, Any] = {"records": records, "by_word": by_word, "apart": [[1]]}
    live = live_values.LiveValues(value_state, plain_tree, sharing)
    first, _ = live.look(values, set(), set())
    assert {one["name"]: one["sharesWith"] for one in first} == {
        "records": ["by_word"],
        "by_word": ["records"],
        "apart": [],
    }
    assert live.trees["by_word"].leans_on is live.trees["records"]
    records[7]["word"] = "other"
    assert live.look(values, set(), set())[1] == ["by_word", "records"]
    records[2700]["word"] = "other"
    assert live.look(values, set(), set())[1] == ["records"]
    records.reverse()
    assert live.look(values, set(), set())[1] == ["records"]
    del values["records"]
    records[9]["id"] = -1
    live.look(values, set(), set())
    by_word["w1"][0]["id"] = -2
    assert live.look(values, set(), set())[1] == ["by_word"]


def test_a_list_in_a_tuple_beside_records_of_another_name_is_looked_into() -> None:
    rows = [{"id": at} for at in range(1500)]
    report: list[Any] = [*rows, ([1, 2],)]
    changed = watching()
    changed(rows=rows, report=report)
    report[-1][0].append(3)
    assert changed(rows=rows, report=report) == {"report"}


def test_numpy_is_seeded_before_anything_can_draw_and_only_loaded_when_asked_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "drawing.py").write_text("import numpy as np\n\ndrawn = np.random.rand()\n")
    program = """
import sys, types
from conftest import TEMPLATES
from project import _runtime, _values
from workside import observer
records = []
def cell(number, *codes):
    statements = [{"index": at, "line": at + 1, "code": code} for at, code in enumerate(codes)]
    return {"cell": number, "statements": statements, "expectedChanges": []}
request = {"notebook": "n.ipynb", "root": sys.argv[1], "captures": [], "seed": 5,
    "allowNetwork": False, "allowWrite": False, "cells": [
    cell(1, "import sys; print('numpy' in sys.modules)"),
    cell(2, "import drawing", "print(drawing.drawn, drawing.np.random.rand())")]}
observer.observe(request, records.append, _runtime, _values)
statements = [r for r in records if r["kind"] == "statement"]
print([(s["text"].strip(), s["randomNumpy"]) for s in statements], records[-1]["imported"] != [])
"""
    with_tests = os.pathsep.join([str(TEMPLATES.parent / "test/python-side"), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "PYTHONPATH": with_tests},
    )
    generator = np.random.RandomState(5)
    drawn = f"{generator.rand()} {generator.rand()}"
    assert done.stdout == f"[('False', False), ('', True), ('{drawn}', True)] True\n", done.stderr
