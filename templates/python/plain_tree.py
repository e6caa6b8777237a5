"""Lists, dictionaries, sets, objects and what they hold, looked at in rounds rather than one by one.

Values of a notebook are often made of hundreds of thousands of plain parts. Each round takes all
containers that are equally far from the value at once, in a few calls that loop in C. What was
found is kept: the very same parts in the same places prove next time that nothing changed, and
only where they are not the same is content compared. A value that holds anything else than plain
containers, objects of plain classes, arrays and immutable atoms is no plain tree.
"""

from __future__ import annotations

import decimal
import hashlib
import pickle
import struct
from collections.abc import Collection, Iterable, Iterator
from gc import is_tracked
from typing import Any

from .array_content import arrays_digest
from .identities import identities, referred_to
from .part_kinds import Kinds
from .rounds import FACTORIES, FROZEN, NotPlain, Round, only_mutable

MAX_ROUNDS = 500
"""A value nested deeper than this is no plain tree."""

MAX_REFERENCES = 2_000_000
"""Nor is one with more references than this: they are kept, which takes eight bytes each."""

DEEP = 100
"""Levels of containers from which on pickling one inside another could run out of stack."""

MANY = 1000
"""Containers from which on it pays to leave them to another tree."""


def plain_tree(value: Any, kinds: Kinds, known: Iterable[PlainTree] = ()) -> PlainTree | None:
    """What ``value`` consists of; ``None`` where that is more than plain parts.

    ``kinds`` tells how parts of each type are looked at. Containers that are parts of a ``known``
    tree too are left to that one.
    """
    kind = type(value)
    if kind not in kinds.containers and (kind in kinds.plain or kinds.digest_of(kind) is None):
        return None
    try:
        return PlainTree(value, kinds, known)
    except NotPlain:
        return None


class _HoldsArray(NotPlain):
    """An array where only atoms were expected."""


class PlainTree:
    """The parts of a plain value, as they were when it was looked at."""

    def __init__(self, value: Any, kinds: Kinds, known: Iterable[PlainTree] = ()) -> None:
        self.value = value
        # Whether its digest is another than at the last look.
        self.is_renewed = False
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
        return self.repeats or self.depth > DEEP or bool(self.classes) or self.has_arrays

    def grow(self, kinds: Kinds, open_all: bool, known: Iterable[PlainTree] = ()) -> None:
        """Find all containers; those that for sure hold no others stay closed."""
        self.rounds: list[Round] = []
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
            each = Round(opened, kinds, left)
            left -= each.size()
            if len(self.rounds) == MAX_ROUNDS:
                raise NotPlain
            self.rounds.append(each)
            self.arrays += each.take_arrays()
            for kind in dict.fromkeys(each.kinds):
                if kind in kinds.classes:
                    self.classes.setdefault(kind, kinds.classes[kind])
            opened = each.inner()
            mutable = only_mutable(opened, each.opens)
            lists = 1 + (opened is not each.children) + (mutable is not opened)
            # Nothing can tell whether a tuple is met again; what can change is opened once.
            found = _Met(mutable, each.opens - FROZEN, lists)
            each.inner_is_only_here = found.is_only_here()
            if found.has_twins() or any(map(found.meets, met)):
                self.repeats = True
                opened = _unmet(opened, set().union(*(one.ids() for one in met)))
            met.append(found)
            if dict in each.opens and not (open_all or self.classes):
                # Another tree answers for records; of a tuple it may not have what is inside.
                others = known if FROZEN.isdisjoint(each.opens) else ()
                opened = self.close(opened, mutable, others)
        self.met_closed: set[int] | None = None
        self.has_arrays = bool(self.arrays)
        self.arrays_elsewhere = _elsewhere(self.arrays)
        self.array_places = _places(self.arrays, self.arrays_elsewhere)
        self.arrays_digest = arrays_digest(self.arrays) if self.arrays else ""
        if self.arrays_digest is None:
            raise NotPlain

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

    def stands(self, kinds: Kinds) -> bool:
        """Whether it still consists of the same containers, and its digest is that of now.

        Every container holds the very objects that it held, in the same places; only of those
        that hold no others the content may be another, which is noted. Arrays are compared by
        what they hold. Where it leans on another tree, that one answers for the closed containers.
        """
        try:
            if any(kinds.digest_of(kind) != digest for kind, digest in self.classes.items()):
                return False
            arrays: list[Any] = []
            for at, each in enumerate(self.rounds):
                if not each.is_unchanged(kinds, arrays):
                    return at + 1 == len(self.rounds) and self.renew_last_round(kinds)
            self.arrays_elsewhere = _elsewhere(arrays)
            if arrays and (
                _places(arrays, self.arrays_elsewhere) != self.array_places
                or arrays_digest(arrays) != self.arrays_digest
            ):
                return False
            if not self.closed or self.leans_on is not None:
                return True
            digest, size = self.hashed(kinds)
            if digest != self.digest:
                if any(map(is_tracked, self.closed)):
                    return False
                self.digest, self.size, self.is_renewed = digest, size, True
            return True
        except NotPlain:
            return False

    def renew_last_round(self, kinds: Kinds) -> bool:
        """Look at the last containers again, where all that changed is what these hold."""
        if self.repeats or self.closed or self.has_arrays:
            return False
        last = self.rounds.pop()
        left = MAX_REFERENCES - sum(each.size() for each in self.rounds)
        again = Round(last.opened, kinds, left)
        if again.opens or again.has_arrays or again.kinds != last.kinds:
            return False
        self.rounds.append(again)
        self.renew(kinds)
        return True

    def renew(self, kinds: Kinds) -> None:
        """Take the digest of what the same containers hold now."""
        by_rounds = self.needs_rounds()
        self.digest, self.size = (self.hashed_by_rounds if by_rounds else self.hashed)(kinds)
        self.is_renewed = True

    def closed_ids(self) -> set[int]:
        if self.met_closed is None:
            self.met_closed = set(identities(self.closed))
        return self.met_closed

    def forget_ids(self) -> None:
        """What is only of use to others that are looked at now."""
        self.met_closed, self.arrays, self.arrays_elsewhere = None, [], []
        self.is_renewed = False
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
                yield identities(only_mutable(each.opened, each.kinds))
            only_here = each.inner_is_only_here
        yield identities(self.closed)

    def hashed(self, kinds: Kinds) -> tuple[str, int]:
        """Digest of the content, and about the size of a pickle."""
        sink = _Hash()
        pickler = _PlainPickler(sink, kinds)
        # No memory of what was met before: equal text is the same whether one object or two.
        pickler.fast = True
        try:
            pickler.dump(self.value)
        except (ValueError, RecursionError):
            # A container that was closed holds others now, perhaps itself.
            raise NotPlain from None
        # What a memory takes in a pickle, one byte a part.
        return f"sha256:{sink.hash.hexdigest()}", sink.size + self.count()

    def hashed_by_rounds(self, kinds: Kinds) -> tuple[str, int]:
        """The same where one call is not enough, with what is shared within."""
        sink = _Hash()
        pickler = pickle.Pickler(sink, protocol=5)
        pickler.fast = True
        names = {kind: f"#{at}" for at, kind in enumerate(self.classes)}
        numbers = {id(self.value): 0}
        for each in self.rounds:
            pickler.dump(each.content(names))
            if self.repeats:
                inner = identities(only_mutable(each.inner(), each.opens))
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
        self.referred = referred_to(parts, more_than=lists + 1)
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


def _elsewhere(arrays: list[Any]) -> list[Any]:
    """Those that something else may refer to, or whose memory is not their own."""
    referred = referred_to(arrays, more_than=2)
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

    def __init__(self, sink: _Hash, kinds: Kinds) -> None:
        # With this protocol everything but text, numbers and plain containers is asked about.
        super().__init__(sink, protocol=4)  # type: ignore[arg-type]
        self.plain, self.array, self.containers = kinds.plain, kinds.array, kinds.containers

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if value is bytes or kind in self.containers:
            return NotImplemented
        if kind not in self.plain:
            # What a container of the standard library is made with, which has been looked at.
            if kind is type and (value in self.containers or value in FACTORIES):
                return NotImplemented
            raise _HoldsArray if kind is self.array else NotPlain
        if kind is complex:
            return bytes, (struct.pack("<dd", value.real, value.imag),)
        if kind is decimal.Decimal:
            return bytes, (repr(value.as_tuple()).encode(),)
        return bytes, (value.dtype.str.encode() + value.tobytes(),)


def _unmet(parts: list[Any], met: set[int]) -> list[Any]:
    """The same without what was met before or is here twice."""
    unmet = []
    for part in parts:
        if type(part) in FROZEN:
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
