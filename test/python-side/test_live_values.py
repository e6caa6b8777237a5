"""A change to a live value is found exactly when its content, or what is shared in it, changed."""

from __future__ import annotations

import collections
import copy
import dataclasses
import decimal
import hashlib
import math
import os
import random
import struct
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import TEMPLATES
from workside import (
    array_content,
    buffer_digest,
    identities,
    live_values,
    part_kinds,
    plain_tree,
    rounds,
    value_state,
)

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
        if isinstance(part, (np.ndarray, Thing)):
            if id(part) in numbers:
                return "again", numbers[id(part)]
            numbers[id(part)] = len(numbers)
            if isinstance(part, Thing):
                return kind, describe(vars(part))
            return kind, part.dtype.str, part.shape, part.tobytes()
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


class Thing:
    """Says the wrong thing wherever it is asked."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("asked whether it is equal")

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        raise AssertionError("asked for its length")

    def __getattribute__(self, name: str) -> Any:
        # As pickling in the slow way does; copies are made by it, too.
        if name in ("__dict__", "__class__") or name.startswith("__"):
            return object.__getattribute__(self, name)
        raise AssertionError(f"asked for {name}")


class OtherThing(Thing):
    @property
    def a(self) -> Any:
        raise AssertionError("asked for a property")


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
            [
                *(list, list, dict, dict, tuple, set, collections.deque, collections.Counter),
                *("factory", Thing, Thing, OtherThing, np.ndarray, np.ndarray),
            ]
        )
        made: Any
        if kind is dict or kind is collections.Counter:
            made = kind({self.key(): item for item in items})
        elif kind is Thing or kind is OtherThing:
            made = kind()
            vars(made).update({self.random.choice("abc"): item for item in items})
        elif kind is np.ndarray:
            made = self.array()
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

    def array(self) -> Any:
        """A new one, or a part of one that was made before."""
        arrays = [one for one in self.made if isinstance(one, np.ndarray) and one.ndim]
        if arrays and self.random.random() < 0.4:
            return self.random.choice(arrays)[self.random.randrange(2) :]
        shape = self.random.choice([(), (3,), (2, 2), (0,)])
        order = self.random.choice(["C", "F"])
        return np.ones(shape, self.random.choice(["f8", "i4", "M8[s]", "U2", ">i4"]), order)

    def change(self, value: Any) -> None:
        """Changes something within reach, or only seems to."""
        parts = containers(value)
        if not parts:
            return
        part = self.random.choice(parts)
        if isinstance(part, Thing):
            if self.random.random() < 0.7:
                self.change_mapping(vars(part))
            else:
                # Its own again, one like it, or that of another object.
                things = [one for one in self.made if isinstance(one, Thing)]
                taken = vars(self.random.choice(things))
                part.__dict__ = taken if self.random.random() < 0.5 else dict(vars(part))
        elif isinstance(part, np.ndarray):
            if part.size:
                part[(0,) * part.ndim] = self.random.randrange(2)
        elif isinstance(part, set):
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
        mutable = (list, dict, tuple, set, collections.deque, Thing, np.ndarray)
        if isinstance(part, mutable) and id(part) not in found:
            found[id(part)] = part
            if isinstance(part, np.ndarray):
                continue
            if isinstance(part, Thing):
                part = vars(part)
            waiting += [*part.values()] if isinstance(part, dict) else [*part]
    return [part for part in found.values() if not isinstance(part, tuple)]


def tree_of(value: Any) -> Any:
    """What a value consists of, where all of it is plain."""
    kinds = part_kinds.Kinds(value_state.content_digest)
    return plain_tree.plain_tree(value, kinds)


class Watching:
    """Called with the live values by name; gives the names of those that changed since."""

    def __init__(self) -> None:
        self.live = live_values.LiveValues()

    def __call__(self, **values: Any) -> set[str]:
        return set(self.live.look(values, set(), set())[1])


WAYS: dict[str, tuple[Any, str, Any]] = {
    "as it is": (rounds, "BATCH", rounds.BATCH),
    "in small batches": (rounds, "BATCH", 2),
    "each leans on others": (plain_tree, "MANY", 1),
    "by rounds": (plain_tree, "DEEP", 1),
    "without reading memory": (identities, "_compare_memory", None),
    "without counting references": (identities, "_ALONE", None),
}


@pytest.mark.parametrize("way", WAYS)
def test_random_changes_are_found_exactly(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*WAYS[way])
    told = 0
    for number in range(SEED, SEED + 60):
        maker = Maker(number)
        values = {name: maker.value(4) for name in ("one", "two", "three")}
        changed = Watching()
        changed(**values)
        for step in range(12):
            before = {name: description(value) for name, value in values.items()}
            maker.change(values[maker.random.choice(list(values))])
            after = {name: description(value) for name, value in values.items()}
            expected = {name for name in values if before[name] != after[name]}
            where = f"seed {number}, change {step}"
            assert changed(**values) == expected, where
            for name, value in values.items():
                # What was kept and looked at again has the digest of what is looked at first.
                fresh, kept = tree_of(value), changed.live.trees.get(name)
                assert (fresh and fresh.digest) == (kept and kept.digest), where
            told += len(expected)
    assert told > 200


@pytest.mark.parametrize("way", WAYS)
def test_equal_content_has_one_digest_whatever_it_went_through(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*WAYS[way])
    for number in range(SEED, SEED + 100):
        value = Maker(number).value(4)
        tree, again = tree_of(value), tree_of(copy.deepcopy(value))
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


class OwnList(list):  # type: ignore[type-arg]
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Hiding:
    """Shows another dictionary than the one that its attributes are in."""

    def __init__(self) -> None:
        object.__setattr__(self, "x", 1.0)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return {}


class Failing:
    def __init__(self) -> None:
        self.x = 1.0

    @property
    def y(self) -> float:
        raise ValueError("no answer")


class Counting:
    seen = (1, 2)


def _family() -> Any:
    parent, child = Point(1.0), Point(2.0)
    parent.held, child.held = [child], parent
    return parent


def _sharing_attributes() -> list[Any]:
    one, other = Point(1.0), Point(2.0)
    other.__dict__ = one.__dict__
    return [one, other]


def _swap_order(point: Point) -> None:
    point.x = vars(point).pop("x")


def _add_and_swap(point: Point) -> None:
    """The attributes change places in memory, and values between them too."""
    vars(point)[""] = vars(point).pop("x")
    del vars(point)[""]
    x = point.held
    del point.held
    point.held, point.x = 1.0, x


def _views() -> list[Any]:
    base = np.zeros(6)
    return [base[:3], base[3:]]


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
    "in the second view of one array": (_views, lambda v: _set(v[1], 0, 1.0)),
    "in an array of an attribute": (
        lambda: [Point(1.0, np.zeros(3)), Point(2.0)],
        lambda v: _set(v[0].held, 1, 1.0),
    ),
    "in an array of a tuple": (lambda: [(1, np.zeros(3))], lambda v: _set(v[0][1], 1, 1.0)),
    "in an array of a record": (
        lambda: [{"a": np.zeros(3)}, {"a": np.zeros(3)}],
        lambda v: _set(v[1]["a"], 1, 1.0),
    ),
    "in every other item of an array": (
        lambda: [np.zeros(8)[::2]],
        lambda v: _set(v[0], 3, 1.0),
    ),
    "a moment in an array": (
        lambda: [np.zeros(3, "M8[D]")],
        lambda v: _set(v[0], 1, np.datetime64("2020-01-01")),
    ),
    "shape of an array": (lambda: [np.zeros(4)], lambda v: _set(v, 0, np.zeros((2, 2)))),
    "order of the axes": (
        lambda: [np.zeros((2, 3))],
        lambda v: _set(v, 0, np.asfortranarray(v[0])),
    ),
    "two arrays that were one": (
        lambda: [np.zeros(3)] * 2,
        lambda v: _set(v, 1, np.zeros(3)),
    ),
    "in a list of an object array in a list": (
        lambda: [np.array([[1], None], object)],
        lambda v: v[0][0].append(2),
    ),
    "in an array of records in a list": (
        lambda: [np.zeros(2, [("a", int), ("b", float)])],
        lambda v: _set(v[0]["b"], 1, 1.0),
    ),
    "in a masked array in a list": (
        lambda: [np.ma.array([1, 2], mask=[0, 1])],
        lambda v: _set(v[0].mask, 0, True),
    ),
    "in a list that is always equal": (lambda: [OwnList([1])], lambda v: v[0].append(2)),
    "an object that hides its attributes": (
        lambda: [Hiding()],
        lambda v: _set(v, 0, None),
    ),
    "beside a property that fails": (lambda: [Failing()], lambda v: setattr(v[0], "x", 2.0)),
    "far in a circle of objects": (_family, lambda v: setattr(v.held[0].held, "x", 3.0)),
    "attributes that two share": (_sharing_attributes, lambda v: setattr(v[1], "x", 3.0)),
    "no longer the same attributes": (
        _sharing_attributes,
        lambda v: setattr(v[1], "__dict__", dict(vars(v[1]))),
    ),
    "order of attributes": (lambda: [Point(1.0)], lambda v: _swap_order(v[0])),
    "attributes that change places": (lambda: [Point(1.0, 2.0)], lambda v: _add_and_swap(v[0])),
    "class of an object": (
        lambda: [Failing()],
        lambda v: setattr(v[0], "__class__", Counting),
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
    changed = Watching()
    changed(value=value, other=other)
    assert changed(value=value, other=other) == set()
    change(value)
    assert changed(value=value, other=other) == {"value"}
    assert changed(value=value, other=other) == set()


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_among_many_is_found(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "BATCH", 2)
    monkeypatch.setattr(array_content, "BATCH", 2)
    make, change = CHANGES[case]
    value = [make() for _ in range(7)]
    changed = Watching()
    changed(value=value)
    assert changed(value=value) == set()
    assert changed(value=value) == set()
    change(value[-2])
    assert changed(value=value) == {"value"}


def _of_notebook(**members: Any) -> Any:
    """An object of a class that the notebook defines."""
    return type("Own", (), {"__module__": "__main__", **members})()


def _function(made: Any) -> Any:
    """The same as one that the notebook defines."""
    made.__module__ = "__main__"
    return made


def test_a_change_of_a_class_is_seen_in_its_objects() -> None:
    own = _of_notebook(limits=[1], scale=_function(lambda self: 2))
    value, other = [own, 1], [Point(1.0)]
    changed = Watching()
    changed(value=value, other=other)
    type(own).limits.append(2)
    assert changed(value=value, other=other) == {"value"}
    type(own).scale = _function(lambda self: 3)
    assert changed(value=value, other=other) == {"value"}
    # What a class keeps of its fields cannot be pickled.
    kind = dataclasses.make_dataclass("Own", [("x", float)], namespace={"__module__": "__main__"})
    kind.__module__ = "__main__"
    value[:] = [kind(1.0)]
    changed(value=value, other=other)
    value[0].x = 2.0
    assert changed(value=value, other=other) == {"value"}


def test_no_code_of_the_notebook_runs() -> None:
    asked: list[str] = []

    def asks(name: str) -> Callable[..., Any]:
        def answer(*_: Any) -> Any:
            asked.append(name)
            raise ValueError(name)

        answer.__module__ = "__main__"
        return answer

    names = "eq hash len iter bool repr str contains getitem getattr sizeof del format dir instancecheck"
    hooks = {f"__{name}__": asks(name) for name in names.split()}
    value = [_of_notebook(**hooks, shape=property(asks("shape"))) for _ in range(3)]
    vars(value[0])["held"] = value[1]
    del type(value[0]).__del__, type(value[1]).__del__, type(value[2]).__del__
    live = live_values.LiveValues()
    look = lambda: live.look({"value": value, "one": value[0]}, set(), set())
    assert look()[1] == ["one", "value"]
    vars(value[1])["held"] = 2
    found, hidden = look()
    assert hidden == ["one", "value"]
    assert [one["sharesWith"] for one in found] == [["value"], ["one"]]
    # What only pickling can tell is asked of the class.
    assert set(asked) <= {"getattr"}


SHARED = {
    "an object in two lists": lambda o, a: ([o], [1, o]),
    "an object and what it holds": lambda o, a: ([o], o.held),
    "an object's attributes": lambda o, a: ([o, Point(1.0)], [vars(o)]),
    "an object and a function": lambda o, a: ([o], lambda: o),
    "an array in two objects": lambda o, a: ([Point(1.0, a)], Point(2.0, a)),
    "views of one array": lambda o, a: ([a[:2]], [Point(1.0, a[1:])]),
    "an array and its list": lambda o, a: ([a], a),
    "an array and a table's": lambda o, a: ([a], pd.Series(a, copy=False)),
    "a list and a method of it": lambda o, a: (held := [1], held.append),
    "a table of bytes and what looks into it": lambda o, a: (
        (held := bytearray(8)),
        np.frombuffer(held),
    ),
    "an array and its bytes": lambda o, a: ([a], [np.frombuffer(memoryview(a))]),
    "a list of many and one of it": lambda o, a: ([Point(1.0) for _ in range(2000)] + [o], o),
    "objects of many": lambda o, a: (
        (many := [Point(1.0) for _ in range(2000)]),
        many[::-1],
    ),
}
APART = {
    "equal objects": lambda o, a: ([Point(1.0)], [Point(1.0)]),
    "parts of one array": lambda o, a: ([a[:2]], [a[2:]]),
    "arrays alike": lambda o, a: ([a], [a.copy()]),
    "functions of one module": lambda o, a: (math.sin, math.cos),
    "a tuple of atoms": lambda o, a: ([(one := (1, 2))], [one]),
}


def _defined(make: Callable[..., Any]) -> Any:
    one, other = make(Point(1.0, [2]), np.arange(4.0))
    return one, _function(other) if callable(other) else other


@pytest.mark.parametrize("case", [*SHARED, *APART])
def test_what_two_names_share_is_told(case: str) -> None:
    one, other = _defined({**SHARED, **APART}[case])
    live = live_values.LiveValues()
    values = {"one": one, "other": other, "third": [Point(0.0)]}
    expected = ["other"] if case in SHARED else []
    assert live.look(values, set(), {"one"})[0][0]["sharesWith"] == expected
    # What is known from the look before may not hide it.
    assert live.look(values, set(), {"one"})[0][0]["sharesWith"] == expected
    assert live.look(values, set(), {"other"})[0][0]["sharesWith"] == ["one"][: len(expected)]


def test_arrays_in_values_can_be_resized_and_go_with_their_last_name() -> None:
    array = np.zeros(3)
    value = [array]
    changed = Watching()
    changed(value=value)
    changed(value=value)
    value.clear()
    array.resize(5, refcheck=True)
    gone = weakref.ref(array)
    del array
    assert gone() is None
    assert changed(value=value) == {"value"}


LARGE: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "an array": (lambda: np.arange(9000.0), lambda v: _set(v, 8999, -8999.0)),
    "signs of an array": (lambda: np.arange(9000.0), lambda v: np.negative(v, out=v)),
    "two items that change places": (lambda: np.arange(9000.0), lambda v: _set(v, [5, 6], [6, 5])),
    "an array in a list": (lambda: [np.arange(9000.0)], lambda v: _set(v[0], 7, np.nan)),
    "columns of an array": (
        lambda: [np.asfortranarray(np.ones((90, 100)))],
        lambda v: _set(v[0], (0, 1), 2.0),
    ),
    "a column of a table": (
        lambda: pd.DataFrame({"a": np.arange(9000.0), "b": np.arange(9000)}),
        lambda v: v.isetitem(1, v["b"].replace(8000, -8000)),
    ),
    "bytes of an array that cannot be written": (
        lambda: [np.frombuffer(bytes(90_000), "u1")],
        lambda v: _set(v, 0, np.frombuffer(bytes(89_999) + b"x", "u1")),
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_a_change_in_a_large_buffer_is_found(case: str) -> None:
    make, change = LARGE[case]
    value = make()
    changed = Watching()
    changed(value=value)
    assert changed(value=value) == set()
    change(value)
    assert changed(value=value) == {"value"}
    assert changed(value=value) == set()


def test_a_digest_is_the_same_whether_its_buffer_was_met_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    array = np.arange(90_000.0)
    hashed = []

    class Counted:
        @staticmethod
        def sha256(view: memoryview) -> Any:
            hashed.append(view.nbytes)
            return hashlib.sha256(view)

    monkeypatch.setattr(buffer_digest, "hashlib", Counted)
    monkeypatch.setattr(buffer_digest, "MOST", 2)
    buffer_digest._known.clear()
    digests = {value_state.content_digest(array + at) for at in range(3)}
    assert len(digests) == len(hashed) == 3
    # Only the last two are kept at most.
    assert len(buffer_digest._known) <= 2
    assert value_state.content_digest(array + 2) in digests
    assert len(hashed) == 3
    monkeypatch.setattr(buffer_digest, "_quick_hash", None)
    assert value_state.content_digest(array + 2) in digests
    assert value_state.content_digest(array + 3) not in digests
    assert len(hashed) == 5


def test_each_column_of_many_tables_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []
    take = buffer_digest.buffer_digest

    def counted(view: memoryview) -> bytes:
        hashed.append(view.nbytes)
        return take(view)

    monkeypatch.setattr(value_state, "buffer_digest", counted)
    monkeypatch.setattr(value_state, "MAX_FAST_OBJECTS", 150)
    tables = {at: pd.DataFrame({"a": np.arange(3000.0), "b": 1}) for at in range(100)}
    first = value_state.content_digest(tables)
    assert len(hashed) == 200
    tables[99].isetitem(1, 2)
    assert value_state.content_digest(tables) != first


def test_records_behind_two_names_change_behind_both(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [{"id": at, "word": f"w{at % 7}"} for at in range(3000)]
    by_word: dict[str, list[Any]] = {}
    for record in records[:2500]:
        by_word.setdefault(record["word"], []).append(record)
    values: dict[str, Any] = {"records": records, "by_word": by_word, "apart": [[1]]}
    live = live_values.LiveValues()
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
    changed = Watching()
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
