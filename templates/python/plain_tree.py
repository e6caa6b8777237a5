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
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from gc import is_tracked
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
DEEP = 100
"""Levels of containers from which on pickling one inside another could run out of stack."""

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
        # Where one container is in several places, which ones they are is part of the value.
        self.repeats = False
        self.grow(open_all=False, known=known)
        by_rounds = self.repeats or self.depth > DEEP
        if by_rounds and self.closed:
            self.grow(open_all=True)
        self.digest, self.size = self.hashed_by_rounds() if by_rounds else self.hashed()

    def grow(self, open_all: bool, known: Iterable[PlainTree] = ()) -> None:
        """Find all containers; those that for sure hold no others stay closed."""
        self.rounds: list[_Round] = []
        self.closed: list[Any] = []
        # Another tree that answers for all closed containers itself.
        self.leans_on: PlainTree | None = None
        self.depth = 0
        plain, left, opened = atoms(), MAX_REFERENCES, [self.value]
        met = [{id(self.value)}]
        while opened:
            self.depth += 1
            each = _Round(opened, plain, left)
            left -= each.size()
            if len(self.rounds) == MAX_ROUNDS:
                raise _NotPlain
            self.rounds.append(each)
            opened = each.inner()
            mutable = _mutable(opened, each.opens)
            found = set(identities(mutable))
            # Nothing can tell whether a tuple is met again; what can change is opened once.
            if len(found) < len(mutable) or not all(map(found.isdisjoint, met)):
                self.repeats = True
                opened = _unmet(opened, set().union(*met))
            met.append(found)
            if dict in each.opens and not open_all:
                # Another tree answers for records; of a tuple it may not have what is inside.
                others = known if _FROZEN.isdisjoint(each.opens) else ()
                opened = self.close(opened, found, others)
        self.met: list[set[int]] = met
        self.met_closed: set[int] | None = None

    def close(self, opened: list[Any], found: set[int], known: Iterable[PlainTree]) -> list[Any]:
        """Note which of these need not be opened; the others."""
        leans_on = None if self.closed else _covering(found, known)
        closed, rest = opened, []
        if leans_on is None:
            closed = [part for part in opened if type(part) is dict and not is_tracked(part)]
            if len(closed) < len(opened):
                rest = [part for part in opened if type(part) is not dict or is_tracked(part)]
        if closed:
            self.leans_on = leans_on
            self.closed += closed
            self.depth += not rest
        return rest

    def is_unchanged(self) -> bool:
        """Whether every container holds the very objects that it held, in the same places.

        Where it leans on another tree, that one answers for the closed containers.
        """
        try:
            if not all(each.is_unchanged() for each in self.rounds):
                return False
            if not self.closed or self.leans_on is not None:
                return True
            return self.hashed()[0] == self.digest
        except _NotPlain:
            return False

    def ids(self) -> list[set[int]]:
        """Identities of all containers."""
        if not self.met:
            self.met = [set(identities(each.opened)) for each in self.rounds]
            self.met.append(set(identities(self.closed)))
        return self.met

    def closed_ids(self) -> set[int]:
        if self.met_closed is None:
            self.met_closed = set(identities(self.closed))
        return self.met_closed

    def forget_ids(self) -> None:
        """What is only of use to others that are looked at now."""
        self.met, self.met_closed = [], None

    def mutable_ids(self) -> Iterator[int]:
        """Identity of each container that can be changed, once."""
        opened = chain.from_iterable(
            identities(_mutable(each.opened, each.kinds)) for each in self.rounds
        )
        return chain(opened, identities(self.closed))

    def hashed(self) -> tuple[str, int]:
        """Digest of the content, and about the size of a pickle."""
        sink = _Hash()
        pickler = _PlainPickler(sink)
        # No memory of what was met before: equal text is the same whether one object or two.
        pickler.fast = True
        try:
            pickler.dump(self.value)
        except (ValueError, RecursionError):
            # A container that was closed holds others now, perhaps itself.
            raise _NotPlain from None
        # What a memory takes in a pickle, one byte a part.
        return f"sha256:{sink.hash.hexdigest()}", sink.size + self.count()

    def hashed_by_rounds(self) -> tuple[str, int]:
        """The same where containers are met more than once, with what is shared within."""
        sink = _Hash()
        pickler = pickle.Pickler(sink, protocol=5)
        pickler.fast = True
        numbers = {id(self.value): 0}
        for each in self.rounds:
            pickler.dump(each.content())
            inner = identities(_mutable(each.inner(), each.opens))
            pickler.dump([numbers.setdefault(key, len(numbers)) for key in inner])
        return f"sha256:{sink.hash.hexdigest()}", sink.size + self.count()

    def count(self) -> int:
        """How many parts were looked at."""
        return sum(each.size() for each in self.rounds) + len(self.closed)


class _PlainPickler(pickle.Pickler):
    """Refuses what no plain tree has, as closed containers may hold it."""

    def __init__(self, sink: _Hash) -> None:
        # With this protocol everything but text, numbers and plain containers is asked about.
        super().__init__(sink, protocol=4)  # type: ignore[arg-type]
        self.plain = atoms()

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if value is bytes or kind in _CONTAINERS:
            return NotImplemented
        if kind not in self.plain:
            # What a container of the standard library is made with, which has been looked at.
            if kind is type and (value in _CONTAINERS or value in _FACTORIES):
                return NotImplemented
            raise _NotPlain
        if kind is complex:
            return bytes, (struct.pack("<dd", value.real, value.imag),)
        if kind is decimal.Decimal:
            return bytes, (repr(value.as_tuple()).encode(),)
        return bytes, (value.dtype.str.encode() + value.tobytes(),)


def _mutable(parts: list[Any], kinds: Iterable[type]) -> list[Any]:
    """Of containers of these kinds the ones that can be changed."""
    if _FROZEN.isdisjoint(kinds):
        return parts
    return [part for part in parts if type(part) not in _FROZEN]


def _unmet(parts: list[Any], met: set[int]) -> list[Any]:
    """The same without what was met before or is here twice."""
    unmet = []
    for part in parts:
        if type(part) in _FROZEN:
            unmet.append(part)
        elif id(part) not in met:
            met.add(id(part))
            unmet.append(part)
    return unmet


def _covering(found: set[int], known: Iterable[PlainTree]) -> PlainTree | None:
    """A tree among whose own closed containers are all of these."""
    if len(found) < MANY:
        return None
    for tree in known:
        if tree.leans_on is None and len(tree.closed) >= len(found) and found <= tree.closed_ids():
            return tree
    return None


class _Round:
    """Containers equally far from the value, and what they hold."""

    def __init__(self, opened: list[Any], plain: frozenset[type], limit: int) -> None:
        self.opened = opened
        self.kinds: list[type] = []
        self.traits: list[Any] = []
        self.lengths: list[int] = []
        self.keys: list[Any] = []
        self.children: list[Any] = []
        key_kinds: set[type] = set()
        inner: set[type] = set()
        child_kinds: set[type] = set()
        only_atoms = True
        for part in _batches(opened):
            look = _Look(part)
            self.kinds += look.kinds
            self.traits += look.traits
            self.lengths += look.lengths
            self.keys += look.keys
            self.children += look.children
            key_kinds.update(map(type, look.keys))
            here = set(map(type, look.children))
            child_kinds |= here
            here -= plain
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
        self.opens_all = child_kinds <= self.opens
        self.kinds = _one_for_all(self.kinds)
        self.lengths = _one_for_all(self.lengths)
        keys, self.keys = self.keys, self.for_each(self.keys, same_objects)
        self.one_for_all = len(self.keys) < len(keys)

    def size(self) -> int:
        return len(self.opened) + len(self.keys) + len(self.children)

    def inner(self) -> list[Any]:
        """The containers of the next round, as often as they are met."""
        opens = self.opens
        if not opens or self.opens_all:
            return self.children if opens else []
        return [part for part in self.children if type(part) in opens]

    def is_unchanged(self) -> bool:
        if self.kinds == [tuple]:
            return True
        if self.kinds == [list] and len(self.opened) == 1:
            return len(self.children) == len(self.opened[0]) and same_objects(
                self.children, self.opened[0]
            )
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
    frozen = parts
    if not set(map(type, parts)) <= _FROZEN:
        frozen = [part for part in parts if type(part) in _FROZEN]
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


def identities(held: list[Any]) -> Iterable[int]:
    """The identity of each item. Read from the list alone, which need not touch the items."""
    if _compare_memory is None or not held:
        return map(id, held)
    # A copy: the list may be gone before the last of them is asked for.
    return memoryview(ctypes.string_at(_items(held), len(held) * _POINTER)).cast("N")


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
