"""Lists, dictionaries, sets and what they hold, looked at in rounds rather than one by one.

Values of a notebook are often made of hundreds of thousands of plain parts. Each round takes all
containers that are equally far from the value at once, in a few calls that loop in C. What was
found is kept: the very same parts in the same places prove next time that nothing changed, and
only where they are not the same is content compared. A value that holds anything else than plain
containers and immutable atoms is no plain tree; subclasses are never plain.
"""

from __future__ import annotations

import collections
import ctypes
import decimal
import hashlib
import operator
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

MAX_ROUNDS = 500
"""A value nested deeper than this is no plain tree."""

MAX_REFERENCES = 2_000_000
"""Nor is one with more references than this: they are kept, which takes eight bytes each."""

_MAPPINGS = frozenset((dict, collections.Counter, collections.defaultdict))
_CONTAINERS = _MAPPINGS | {list, tuple, set, frozenset, collections.deque}
_FROZEN = frozenset((tuple, frozenset))
_ATOMS = frozenset((str, bytes, int, float, bool, complex, type(None), decimal.Decimal))
_OF_NUMPY = (
    *("bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
_FACTORIES = (None, list, dict, set, tuple, int, float, str, bool)
MANY = 1000
"""Containers from which on it pays to leave them to another tree."""

_INNER = bytearray()
"""Stands for a container among atoms, as which it cannot occur itself."""


def atoms() -> frozenset[type]:
    """Types whose values never change and refer to nothing that does."""
    numpy = sys.modules.get("numpy")
    if not hasattr(numpy, "float64"):
        return _ATOMS
    return _ATOMS.union(getattr(numpy, name) for name in _OF_NUMPY)


def plain_tree(value: Any, known: Iterable[PlainTree] = ()) -> PlainTree | None:
    """What ``value`` consists of; ``None`` where that is more than plain parts.

    Containers that are parts of a ``known`` tree too are left to that one.
    """
    if type(value) not in _CONTAINERS:
        return None
    try:
        return PlainTree(value, known)
    except _NotPlain:
        return None


class _NotPlain(Exception):
    """A part that cannot be looked at in rounds."""


class PlainTree:
    """The parts of a plain value, as they were when it was looked at."""

    def __init__(self, value: Any, known: Iterable[PlainTree] = ()) -> None:
        self.value = value
        self.rounds: list[_Round] = []
        # Where one container is in several places, which ones they are is part of the value.
        self.repeats = False
        self.leans_on: PlainTree | None = None
        own = 0
        plain, left, opened = atoms(), MAX_REFERENCES, [value]
        met = {id(value)}
        found = met
        while opened:
            if self.leans_on is None and len(found) >= MANY:
                self.leans_on = _covering(found, known)
            own += self.leans_on is None
            each = _Round(opened, plain, left)
            left -= each.size()
            if len(self.rounds) == MAX_ROUNDS:
                raise _NotPlain
            self.rounds.append(each)
            opened = each.inner()
            found = set(map(id, opened))
            if len(found) < len(opened) or not met.isdisjoint(found):
                self.repeats = True
                unmet = {id(part): part for part in opened if id(part) not in met}
                opened = list(unmet.values())
                found = set(unmet)
            met |= found
        self.met: set[int] | None = met
        self.digest, self.size = self.hashed()
        for each in self.rounds[own:]:
            each.forget()
        self.own = self.rounds[:own]

    def is_unchanged(self) -> bool:
        """Whether every container holds the very objects that it held, in the same places.

        Of a tree that leans on another, what that one does not know.
        """
        return all(each.is_unchanged() for each in self.own)

    def ids(self) -> set[int]:
        """Identities of all containers."""
        if self.met is None:
            self.met = set(map(id, chain.from_iterable(each.opened for each in self.rounds)))
        return self.met

    def mutable(self) -> Iterator[Any]:
        """Each container that can be changed, once."""
        return chain.from_iterable(each.mutable() for each in self.rounds)

    def count(self) -> int:
        return sum(len(each.opened) for each in self.rounds)

    def hashed(self) -> tuple[str, int]:
        """Digest of the content and of what is shared within, and about the size of a pickle."""
        sink = _Hash()
        pickler = pickle.Pickler(sink, protocol=5)
        # No memory of what was met before: equal text is the same whether one object or two.
        pickler.fast = True
        numbers = {id(self.value): 0}
        for each in self.rounds:
            pickler.dump(each.content())
            if self.repeats:
                inner = map(id, each.inner())
                pickler.dump([numbers.setdefault(key, len(numbers)) for key in inner])
        # What a memory takes in a pickle, one byte a part.
        parts = sum(len(each.children) + len(each.opened) for each in self.rounds)
        return f"sha256:{sink.hash.hexdigest()}", sink.size + parts


def _covering(found: set[int], known: Iterable[PlainTree]) -> PlainTree | None:
    """A tree that has all of these containers among its own."""
    for tree in known:
        if tree.leans_on is None and tree.count() >= len(found) and found <= tree.ids():
            return tree
    return None


class _Round:
    """Containers equally far from the value, and what they hold."""

    __slots__ = ("children", "keys", "kinds", "lengths", "one_for_all", "opened", "opens", "traits")

    def __init__(self, opened: list[Any], plain: frozenset[type], limit: int) -> None:
        self.opened = opened
        self.kinds: list[type] = []
        self.traits: list[Any] = []
        self.lengths: list[int] = []
        self.keys: list[Any] = []
        self.children: list[Any] = []
        key_kinds: set[type] = set()
        inner: set[type] = set()
        only_atoms = True
        for part in _batches(opened):
            look = _Look(part)
            self.kinds += look.kinds
            self.traits += look.traits
            self.lengths += look.lengths
            self.keys += look.keys
            self.children += look.children
            key_kinds.update(map(type, look.keys))
            here = set(map(type, look.children)) - plain
            inner |= here
            if not inner <= _CONTAINERS or self.size() > limit:
                raise _NotPlain
            only_atoms = only_atoms and (tuple not in here or _hold_only(look.children, plain))
        if not key_kinds <= plain and not (
            key_kinds <= plain | _FROZEN and _hold_only(self.keys, plain)
        ):
            raise _NotPlain
        if only_atoms:
            # Nothing in these tuples can change, and they are seen where they are referred to.
            inner.discard(tuple)
        self.opens = frozenset(inner)
        self.kinds = _one_for_all(self.kinds)
        self.lengths = _one_for_all(self.lengths)
        keys, self.keys = self.keys, self.for_each(self.keys, same_objects)
        self.one_for_all = len(self.keys) < len(keys)

    def forget(self) -> None:
        """Keep the containers only: another tree knows what they hold."""
        self.keys, self.children = [], []

    def size(self) -> int:
        return len(self.opened) + len(self.keys) + len(self.children)

    def inner(self) -> list[Any]:
        """The containers of the next round, as often as they are met."""
        opens = self.opens
        if not opens:
            return []
        return [part for part in self.children if type(part) in opens]

    def mutable(self) -> list[Any]:
        if _FROZEN.isdisjoint(self.kinds):
            return self.opened
        return [part for part in self.opened if type(part) not in _FROZEN]

    def is_unchanged(self) -> bool:
        keys, children, traits, at = 0, 0, 0, 0
        for part in _batches(self.opened):
            look = _Look(part)
            if not (
                _goes_on(self.kinds, at, look.kinds)
                and _goes_on(self.lengths, at, look.lengths)
                and self.traits[traits : traits + len(look.traits)] == look.traits
                and self.same_keys(look.keys, keys, len(part))
                and same_objects(self.children, look.children, children)
            ):
                return False
            at += len(part)
            keys += len(look.keys)
            traits += len(look.traits)
            children += len(look.children)
        return True

    def same_keys(self, found: list[Any], at: int, count: int) -> bool:
        if self.one_for_all:
            return same_objects(self.keys * count, found)
        return same_objects(self.keys, found, at)

    def content(self) -> tuple[Any, ...]:
        """What to pickle for a digest; places of the containers within are marked."""
        children, opens = self.children, self.opens
        if opens:
            children = [_INNER if type(part) in opens else part for part in children]
        keys = self.keys
        if set(map(type, keys)) == {str}:
            keys = self.for_each(keys, operator.eq)
        kinds = [kind.__name__ for kind in self.kinds]
        return kinds, len(self.opened), self.traits, self.lengths, keys, children

    def for_each(self, keys: list[Any], same: Callable[[list[Any], list[Any]], bool]) -> list[Any]:
        """The keys of one, where all dictionaries have the same ones: records of a table."""
        count = len(self.opened)
        if len(self.kinds) > 1 or len(self.lengths) > 1 or len(keys) != count * self.lengths[0]:
            return keys
        first = keys[: self.lengths[0]]
        return first if same(first * count, keys) else keys


_TRAITS: dict[type, Callable[[Any], Any]] = {}


def _trait(kind: type) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    def add(look: Callable[[Any], Any]) -> Callable[[Any], Any]:
        _TRAITS[kind] = look
        return look

    return add


@_trait(collections.deque)
def _bound(part: Any) -> Any:
    return part.maxlen


@_trait(collections.Counter)
def _attributes(part: Any) -> Any:
    if vars(part):
        raise _NotPlain
    return None


@_trait(collections.defaultdict)
def _factory(part: Any) -> Any:
    # By identity: whatever else is called on a missing key may hold something itself.
    for at, factory in enumerate(_FACTORIES):
        if part.default_factory is factory:
            return at
    raise _NotPlain


class _Look:
    """What some containers are and hold right now."""

    __slots__ = ("children", "keys", "kinds", "lengths", "traits")

    def __init__(self, part: list[Any]) -> None:
        self.kinds = list(map(type, part))
        kinds = set(self.kinds)
        self.lengths = list(map(len, part))
        self.traits: list[Any] = []
        if not _TRAITS.keys().isdisjoint(kinds):
            self.traits = [_TRAITS[type(one)](one) for one in part if type(one) in _TRAITS]
        mappings, rest = part, part
        if not kinds <= _MAPPINGS:
            mappings = [one for one in part if type(one) in _MAPPINGS]
            rest = [one for one in part if type(one) not in _MAPPINGS] if mappings else part
        else:
            rest = []
        self.keys = list(chain.from_iterable(mappings))
        self.children = list(chain.from_iterable(rest))
        self.children += chain.from_iterable(map(dict.values, mappings))


BATCH = 512
"""Containers that are looked at together: few enough to stay in the processor's cache meanwhile."""


def _batches(opened: list[Any]) -> Iterator[list[Any]]:
    return (opened[at : at + BATCH] for at in range(0, len(opened), BATCH))


def _one_for_all(items: list[Any]) -> list[Any]:
    return items[:1] if items.count(items[0]) == len(items) else items


def _goes_on(known: list[Any], at: int, found: list[Any]) -> bool:
    """Whether a list, or one item that stands for all, has these items at this place."""
    if len(known) == 1:
        return known * len(found) == found
    return known[at : at + len(found)] == found


def _hold_only(parts: list[Any], plain: frozenset[type]) -> bool:
    """Whether all tuples and frozen sets among these parts hold nothing but atoms."""
    frozen = [part for part in parts if type(part) is tuple or type(part) is frozenset]
    return set(map(type, chain.from_iterable(frozen))) <= plain


class _Hash:
    """A file that hashes and counts what is written to it."""

    def __init__(self) -> None:
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self.size += size
        self.hash.update(data)
        return size


# ----------------------------------------------------------------------- the same objects


def same_objects(known: list[Any], found: list[Any], at: int = 0) -> bool:
    """Whether a list has at this place the very objects of another, in the same order."""
    if at + len(found) > len(known):
        return False
    if _compare_memory is None:
        return all(map(operator.is_, islice(known, at, None), found))
    return _compare_memory(_items(known, at), _items(found), len(found) * _POINTER) == 0


_POINTER = ctypes.sizeof(ctypes.c_void_p)
# A list is its header, the address of its items and the room there is for them.
_ITEMS = list.__basicsize__ - 2 * _POINTER


def _items(held: list[Any], at: int = 0) -> int:
    return (ctypes.c_void_p.from_address(id(held) + _ITEMS).value or 0) + at * _POINTER


def _memory_comparison() -> Any:
    """Compares memory, where lists are laid out as expected; that is a fifth of the time or less."""
    if sys.implementation.name != "cpython":
        return None
    sample: list[Any] = ["a", _INNER, 1.5]
    try:
        compare = ctypes.PyDLL(None).memcmp
        compare.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
        held = (ctypes.c_void_p * len(sample)).from_address(_items(sample))
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    return compare if list(held) == list(map(id, sample)) else None


_compare_memory = _memory_comparison()
