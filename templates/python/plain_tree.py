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
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from gc import get_referents, is_tracked
from itertools import chain, islice
from typing import Any

MAX_ROUNDS = 500
"""A value nested deeper than this is no plain tree."""

MAX_REFERENCES = 2_000_000
"""Nor is one with more references than this: they are kept, which takes eight bytes each."""

_MAPPINGS = frozenset((dict, collections.Counter, collections.defaultdict))
_FROZEN = frozenset((tuple, frozenset))
_FACTORIES = (None, list, dict, set, tuple, int, float, str, bool)
DEEP = 100
"""Levels of containers from which on pickling one inside another could run out of stack."""

MANY = 1000
"""Containers from which on it pays to leave them to another tree."""

_INNER = bytearray()
"""Stands for a container among atoms, as which it cannot occur itself."""

_ARRAY = bytearray(b"array")
"""Stands for an array."""


def plain_tree(value: Any, kinds: Any, known: Iterable[PlainTree] = ()) -> PlainTree | None:
    """What ``value`` consists of; ``None`` where that is more than plain parts.

    ``kinds`` tells how parts of each type are looked at. Containers that are parts of a ``known``
    tree too are left to that one.
    """
    kind = type(value)
    if kind not in kinds.containers and (kind in kinds.plain or kinds.digest_of(kind) is None):
        return None
    try:
        return PlainTree(value, kinds, known)
    except _NotPlain:
        return None


class _NotPlain(Exception):
    """A part that cannot be looked at in rounds."""


class _HoldsArray(_NotPlain):
    """An array where only atoms were expected."""


class PlainTree:
    """The parts of a plain value, as they were when it was looked at."""

    def __init__(self, value: Any, kinds: Any, known: Iterable[PlainTree] = ()) -> None:
        self.value = value
        # Where one container is in several places, which ones they are is part of the value.
        self.repeats = False
        self.grow(kinds, open_all=False, known=known)
        try:
            by_rounds = self.needs_rounds()
            if not by_rounds:
                self.digest, self.size = self.hashed(kinds)
        except _HoldsArray:
            by_rounds = True
        if by_rounds:
            if self.closed:
                self.grow(kinds, open_all=True)
            self.digest, self.size = self.hashed_by_rounds(kinds)

    def needs_rounds(self) -> bool:
        """Whether a pickle in one call would miss something, or take objects one by one."""
        return self.repeats or self.depth > DEEP or bool(self.classes or self.arrays)

    def grow(self, kinds: Any, open_all: bool, known: Iterable[PlainTree] = ()) -> None:
        """Find all containers; those that for sure hold no others stay closed."""
        self.rounds: list[_Round] = []
        self.closed: list[Any] = []
        # Another tree that answers for all closed containers itself.
        self.leans_on: PlainTree | None = None
        # What the classes of objects within hold themselves, in the order in which they are met.
        self.classes: dict[type, str] = {}
        # Never kept from cell to cell: they could not be resized.
        self.arrays: list[Any] = []
        self.depth = 0
        left, opened = MAX_REFERENCES, [self.value]
        met = [_Met([self.value], frozenset((type(self.value),)), 1)]
        while opened:
            self.depth += 1
            each = _Round(opened, kinds, left)
            left -= each.size()
            if len(self.rounds) == MAX_ROUNDS:
                raise _NotPlain
            self.rounds.append(each)
            self.arrays += each.take_arrays()
            for kind in dict.fromkeys(each.kinds):
                if kind in kinds.classes:
                    self.classes.setdefault(kind, kinds.classes[kind])
            opened = each.inner()
            mutable = _mutable(opened, each.opens)
            lists = 1 + (opened is not each.children) + (mutable is not opened)
            # Nothing can tell whether a tuple is met again; what can change is opened once.
            found = _Met(mutable, each.opens - _FROZEN, lists)
            each.inner_is_only_here = found.is_only_here()
            if found.has_twins() or any(map(found.meets, met)):
                self.repeats = True
                opened = _unmet(opened, set().union(*(one.ids() for one in met)))
            met.append(found)
            if dict in each.opens and not (open_all or self.classes):
                # Another tree answers for records; of a tuple it may not have what is inside.
                others = known if _FROZEN.isdisjoint(each.opens) else ()
                opened = self.close(opened, mutable, others)
        self.met_closed: set[int] | None = None
        self.arrays_elsewhere = _elsewhere(self.arrays)
        self.array_places = _places(self.arrays, self.arrays_elsewhere)
        self.arrays_digest = kinds.arrays_digest(self.arrays) if self.arrays else ""
        if self.arrays_digest is None:
            raise _NotPlain

    def close(self, opened: list[Any], mutable: list[Any], known: Iterable[PlainTree]) -> list[Any]:
        """Note which of these need not be opened; the others."""
        leans_on = None if self.closed else _covering(mutable, known)
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

    def is_unchanged(self, kinds: Any) -> bool:
        """Whether every container holds the very objects that it held, in the same places.

        Arrays are compared by what they hold. Where it leans on another tree, that one answers
        for the closed containers.
        """
        try:
            if any(kinds.digest_of(kind) != digest for kind, digest in self.classes.items()):
                return False
            arrays: list[Any] = []
            if not all(each.is_unchanged(kinds, arrays) for each in self.rounds):
                return False
            self.arrays_elsewhere = _elsewhere(arrays)
            if arrays and (
                _places(arrays, self.arrays_elsewhere) != self.array_places
                or kinds.arrays_digest(arrays) != self.arrays_digest
            ):
                return False
            if not self.closed or self.leans_on is not None:
                return True
            return self.hashed(kinds)[0] == self.digest
        except _NotPlain:
            return False

    def closed_ids(self) -> set[int]:
        if self.met_closed is None:
            self.met_closed = set(identities(self.closed))
        return self.met_closed

    def forget_ids(self) -> None:
        """What is only of use to others that are looked at now."""
        self.met_closed, self.arrays, self.arrays_elsewhere = None, [], []
        for each in self.rounds:
            each.inner_is_only_here = False

    def forget_parts(self) -> None:
        """All but what it was; it is not asked again."""
        self.rounds, self.closed = [], []
        self.forget_ids()

    def mutable_ids(self) -> Iterator[Collection[int]]:
        """Identities of the containers that can be changed, and that others may refer to."""
        only_here = False
        for each in self.rounds:
            if not only_here:
                yield identities(_mutable(each.opened, each.kinds))
            only_here = each.inner_is_only_here
        yield identities(self.closed)

    def hashed(self, kinds: Any) -> tuple[str, int]:
        """Digest of the content, and about the size of a pickle."""
        sink = _Hash()
        pickler = _PlainPickler(sink, kinds)
        # No memory of what was met before: equal text is the same whether one object or two.
        pickler.fast = True
        try:
            pickler.dump(self.value)
        except (ValueError, RecursionError):
            # A container that was closed holds others now, perhaps itself.
            raise _NotPlain from None
        # What a memory takes in a pickle, one byte a part.
        return f"sha256:{sink.hash.hexdigest()}", sink.size + self.count()

    def hashed_by_rounds(self, kinds: Any) -> tuple[str, int]:
        """The same where one call is not enough, with what is shared within."""
        sink = _Hash()
        pickler = pickle.Pickler(sink, protocol=5)
        pickler.fast = True
        names = {kind: f"#{at}" for at, kind in enumerate(self.classes)}
        numbers = {id(self.value): 0}
        for each in self.rounds:
            pickler.dump(each.content(names))
            if self.repeats:
                inner = identities(_mutable(each.inner(), each.opens))
                pickler.dump([numbers.setdefault(key, len(numbers)) for key in inner])
        held = [*self.classes.values()], self.array_places, self.arrays_digest
        pickler.dump((self.repeats, *held))
        size = sink.size + self.count() + sum(array.nbytes for array in self.arrays)
        return f"sha256:{sink.hash.hexdigest()}", size

    def count(self) -> int:
        """How many parts were looked at."""
        return sum(each.size() for each in self.rounds) + len(self.closed)


class _Met:
    """Containers that can be changed, of one round, to find out which are met again."""

    def __init__(self, parts: list[Any], kinds: frozenset[type], lists: int) -> None:
        self.parts = parts
        self.kinds = kinds
        # Each part is in so many lists of ours.
        self.referred = _referred_to(parts, more_than=lists + 1)
        self.known: set[int] | None = None

    def ids(self) -> set[int]:
        if self.known is None:
            self.known = set(identities(self.parts))
        return self.known

    def is_only_here(self) -> bool:
        """Whether nothing refers to any of these but the one container that holds it."""
        return not self.referred

    def has_twins(self) -> bool:
        """Whether a part is among these twice."""
        if len(self.referred) == len(self.parts):
            return len(self.ids()) < len(self.parts)
        return len(set(map(id, self.referred))) < len(self.referred)

    def meets(self, other: _Met) -> bool:
        """Whether both have a part in common."""
        if self.kinds.isdisjoint(other.kinds) or not self.parts:
            return False
        few, many = sorted((self, other), key=lambda one: len(one.parts))
        return not few.ids().isdisjoint(many.known or identities(many.parts))


def _referred_to(parts: list[Any], more_than: int) -> list[Any]:
    """Those of the parts that more references lead to."""
    if _ALONE is None or not parts:
        return parts
    # All counted before the first is taken out, which would be one more reference.
    counts = list(map(sys.getrefcount, parts))
    most = _ALONE - 1 + more_than
    if max(counts) <= most:
        return []
    return [part for part, count in zip(parts, counts, strict=True) if count > most]


def _references_when_alone() -> int | None:
    """What is told of an object in one list alone, where references are counted at all."""
    if sys.implementation.name != "cpython":
        return None
    return next(map(sys.getrefcount, [object()]))


_ALONE = _references_when_alone()


def _elsewhere(arrays: list[Any]) -> list[Any]:
    """Those that something else may refer to, or whose memory is not their own."""
    referred = _referred_to(arrays, more_than=2)
    if len(referred) == len(arrays):
        return arrays
    views = [array for array in arrays if array.base is not None]
    return referred + views if views else referred


def _places(arrays: list[Any], elsewhere: list[Any]) -> list[int] | None:
    """Which arrays are the same one; ``None`` where none are."""
    if len(set(identities(elsewhere))) == len(elsewhere):
        return None
    numbers: dict[int, int] = {}
    places = [numbers.setdefault(key, len(numbers)) for key in identities(arrays)]
    return places if len(numbers) < len(arrays) else None


class _PlainPickler(pickle.Pickler):
    """Refuses what no plain tree has, as closed containers may hold it."""

    def __init__(self, sink: _Hash, kinds: Any) -> None:
        # With this protocol everything but text, numbers and plain containers is asked about.
        super().__init__(sink, protocol=4)  # type: ignore[arg-type]
        self.plain, self.array, self.containers = kinds.plain, kinds.array, kinds.containers

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if value is bytes or kind in self.containers:
            return NotImplemented
        if kind not in self.plain:
            # What a container of the standard library is made with, which has been looked at.
            if kind is type and (value in self.containers or value in _FACTORIES):
                return NotImplemented
            raise _HoldsArray if kind is self.array else _NotPlain
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


def _covering(parts: list[Any], known: Iterable[PlainTree]) -> PlainTree | None:
    """A tree among whose own closed containers are all of these."""
    if len(parts) < MANY:
        return None
    for tree in known:
        if tree.leans_on is None and len(tree.closed) >= len(parts):
            closed = tree.closed_ids()
            if all(map(closed.__contains__, identities(parts))):
                return tree
    return None


class _Round:
    """Containers equally far from the value, and what they hold."""

    def __init__(self, opened: list[Any], kinds: Any, limit: int) -> None:
        self.opened = opened
        self.kinds: list[type] = []
        self.traits: list[Any] = []
        self.lengths: list[int] = []
        self.children: list[Any] = []
        # The keys of one, where all dictionaries have the same ones: records of a table.
        self.keys: list[Any] = []
        self.one_for_all = type(opened[0]) in _MAPPINGS
        if self.one_for_all:
            self.keys = list(opened[0])
        self.arrays: list[Any] = []
        plain = kinds.plain
        key_kinds = set(map(type, self.keys))
        inner: set[type] = set()
        child_kinds: set[type] = set()
        only_atoms, at, measured = True, 0, 0
        for part in _batches(opened):
            look = _Look(part, kinds)
            _extend(self.kinds, look.kinds, at)
            _extend(self.lengths, look.lengths, measured)
            self.traits += look.traits
            self.add_keys(look.keys, at, len(part))
            self.children += look.children
            self.arrays += look.arrays
            at += len(part)
            measured += len(look.lengths)
            if not self.one_for_all:
                key_kinds.update(map(type, look.keys))
            child_kinds |= look.child_kinds
            here = look.child_kinds - plain
            inner |= here
            if not kinds.may_hold(here) or self.size() > limit:
                raise _NotPlain
            only_atoms = only_atoms and (tuple not in here or _hold_only(look.children, plain))
        if not key_kinds <= plain and not (
            key_kinds <= plain | _FROZEN and _hold_only(self.keys, plain)
        ):
            raise _NotPlain
        if only_atoms:
            # Nothing in these tuples can change, and they are seen where they are referred to.
            inner.discard(tuple)
        inner.discard(kinds.array)
        self.opens = frozenset(inner)
        self.opens_all = child_kinds <= self.opens
        self.has_arrays = bool(self.arrays)
        # Whether nothing else refers to the containers of the next round, during this look.
        self.inner_is_only_here = False
        # Whether the garbage collector is told of the children, in their order; not known yet.
        self.is_told: bool | None = None

    def add_keys(self, found: list[Any], at: int, count: int) -> None:
        """Take the keys of the next ``count`` containers, where ``at`` of them were before."""
        if self.one_for_all:
            # No dictionary has a key twice, so that none can be short of what another has.
            if len(found) == len(self.keys) * count and same_objects(self.keys * count, found):
                return
            self.one_for_all = False
            self.keys *= at
        self.keys += found

    def take_arrays(self) -> list[Any]:
        """The arrays among what is held; only markers of them are kept."""
        arrays, self.arrays = self.arrays, []
        return arrays

    def size(self) -> int:
        return len(self.opened) + len(self.keys) + len(self.children)

    def inner(self) -> list[Any]:
        """The containers of the next round, as often as they are met."""
        opens = self.opens
        if not opens or self.opens_all:
            return self.children if opens else []
        return [part for part in self.children if type(part) in opens]

    def is_unchanged(self, kinds: Any, arrays: list[Any]) -> bool:
        """Whether all is as it was; adds the arrays met, whose content is another question."""
        if not self.has_arrays:
            if self.kinds == [tuple]:
                return True
            if self.kinds == [list] and len(self.opened) == 1:
                return len(self.children) == len(self.opened[0]) and same_objects(
                    self.children, self.opened[0]
                )
            if self.kinds == [dict] and self.one_for_all:
                return self.are_records_unchanged()
            if len(self.kinds) == 1 and self.kinds[0] in kinds.classes:
                return self.are_objects_unchanged(kinds)
        keys, children, traits, at, measured = 0, 0, 0, 0, 0
        for part in _batches(self.opened):
            look = _Look(part, kinds, self.has_arrays)
            if not (
                _goes_on(self.kinds, at, look.kinds)
                and _goes_on(self.lengths, measured, look.lengths)
                and self.traits[traits : traits + len(look.traits)] == look.traits
                and self.same_keys(look.keys, keys, len(part))
                and same_objects(self.children, look.children, children)
            ):
                return False
            arrays += look.arrays
            at += len(part)
            measured += len(look.lengths)
            keys += len(look.keys)
            traits += len(look.traits)
            children += len(look.children)
        return True

    def are_objects_unchanged(self, kinds: Any) -> bool:
        """The same for objects of one class, of which each has the dictionary that it had."""
        kind, at = self.kinds[0], 0
        gives = kinds.attributes[kind]
        for part in _batches(self.opened):
            if list(map(type, part)).count(kind) < len(part):
                return False
            if not same_objects(self.children, list(map(gives, part)), at):
                return False
            at += len(part)
        return True

    def are_records_unchanged(self) -> bool:
        """The same for dictionaries that all have the same keys, and so are equally long.

        What the garbage collector is told of them comes much faster than their values. Where it
        is the same in the same order, it shows every change as well: Python may stop sharing the
        places of keys between dictionaries, but never begins to.
        """
        at, is_told = 0, True
        for part in _batches(self.opened):
            if not self.same_keys(list(chain.from_iterable(part)), 0, len(part)):
                return False
            told = get_referents(*part) if self.is_told is not False else []
            if self.is_told is None:
                is_told = is_told and same_objects(self.children, told, at)
            if self.is_told is not True:
                told = list(chain.from_iterable(map(dict.values, part)))
            if len(told) != len(self.keys) * len(part) or not same_objects(self.children, told, at):
                return False
            at += len(told)
        if self.is_told is None:
            self.is_told = is_told
        return True

    def same_keys(self, found: list[Any], at: int, count: int) -> bool:
        if self.one_for_all:
            return len(found) == len(self.keys) * count and same_objects(self.keys * count, found)
        return same_objects(self.keys, found, at)

    def content(self, names: Mapping[type, str]) -> tuple[Any, ...]:
        """What to pickle for a digest; places of the containers within are marked."""
        children, opens = self.children, self.opens
        if opens:
            children = [_INNER if type(part) in opens else part for part in children]
        kinds = [names.get(kind) or kind.__name__ for kind in self.kinds]
        return kinds, len(self.opened), self.traits, self.lengths, self.all_keys(), children

    def all_keys(self) -> list[Any]:
        """The same list for equal keys, whichever objects they are."""
        keys, count = self.keys, len(self.opened)
        if set(map(type, keys)) != {str}:
            return keys * count if self.one_for_all else keys
        first = self.lengths[0]
        if self.one_for_all or len(self.lengths) > 1 or len(keys) != count * first:
            return keys
        return keys[:first] if all(map(operator.eq, keys[:first] * count, keys)) else keys


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

    __slots__ = ("arrays", "child_kinds", "children", "keys", "kinds", "lengths", "traits")

    def __init__(self, part: list[Any], looked_at: Any, has_arrays: bool = True) -> None:
        self.kinds = list(map(type, part))
        kinds = set(self.kinds)
        objects: list[Any] = []
        if not kinds <= looked_at.containers:
            if not kinds <= looked_at.containers | looked_at.classes.keys():
                raise _NotPlain
            # These are never asked for anything that their class could answer.
            objects, classes = part, looked_at.classes
            part = [one for one in part if type(one) not in classes]
            if part:
                objects = [one for one in objects if type(one) in classes]
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
        self.children += _attributes_of(objects, looked_at)
        self.arrays: list[Any] = []
        if not has_arrays:
            return
        self.child_kinds = set(map(type, self.children))
        array = looked_at.array
        if array in self.child_kinds:
            self.arrays = [one for one in self.children if type(one) is array]
            self.children = [_ARRAY if type(one) is array else one for one in self.children]


def _attributes_of(objects: list[Any], kinds: Any) -> Iterable[Any]:
    """The dictionary of each object, of which its class has no say."""
    gives = kinds.attributes
    classes = set(map(type, objects))
    if len(classes) == 1:
        return map(gives[classes.pop()], objects)
    return [gives[type(one)](one) for one in objects]


BATCH = 512
"""Containers that are looked at together: few enough to stay in the processor's cache meanwhile."""


def _batches(opened: list[Any]) -> Iterator[list[Any]]:
    return (opened[at : at + BATCH] for at in range(0, len(opened), BATCH))


def _extend(items: list[Any], found: list[Any], at: int) -> None:
    """Append to what stands for ``at`` items: one for all, as long as they are the same."""
    if not found:
        return
    if not at:
        items += found[:1]
        at = 1
        found = found[1:]
    if len(items) == 1 and found.count(items[0]) == len(found):
        return
    if len(items) == 1:
        items *= at
    items += found


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


def identities(held: list[Any]) -> Collection[int]:
    """The identity of each item. Read from the list alone, which need not touch the items."""
    if _compare_memory is None or not held:
        return list(map(id, held))
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
