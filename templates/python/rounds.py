"""One round of a plain value: containers equally far from it, and what they hold.

Hundreds of thousands of them are looked at in a few calls that loop in C. Nothing is asked of
the objects within that a class could answer.
"""

from __future__ import annotations

import collections
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from gc import get_referents
from itertools import chain
from typing import Any

from .identities import same_objects
from .part_kinds import Kinds

MAPPINGS = frozenset((dict, collections.Counter, collections.defaultdict))
FROZEN = frozenset((tuple, frozenset))
FACTORIES = (None, list, dict, set, tuple, int, float, str, bool)
"""What may be called on a missing key; whatever else could hold something itself."""

_INNER = bytearray()
"""Stands for a container among atoms, as which it cannot occur itself."""

_ARRAY = bytearray(b"array")
"""Stands for an array."""


class NotPlain(Exception):
    """A part that cannot be looked at in rounds."""


def only_mutable(parts: list[Any], kinds: Iterable[type]) -> list[Any]:
    """Of containers of these kinds the ones that can be changed."""
    if FROZEN.isdisjoint(kinds):
        return parts
    return [part for part in parts if type(part) not in FROZEN]


class Round:
    """Containers equally far from the value, and what they hold."""

    def __init__(self, opened: list[Any], kinds: Kinds, limit: int) -> None:
        self.opened = opened
        self.kinds: list[type] = []
        self.traits: list[Any] = []
        self.lengths: list[int] = []
        self.children: list[Any] = []
        # The keys of one, where all dictionaries have the same ones: records of a table.
        self.keys: list[Any] = []
        self.one_for_all = type(opened[0]) in MAPPINGS
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
                raise NotPlain
            only_atoms = only_atoms and (tuple not in here or _hold_only(look.children, plain))
        if not key_kinds <= plain and not (
            key_kinds <= plain | FROZEN and _hold_only(self.keys, plain)
        ):
            raise NotPlain
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

    def is_unchanged(self, kinds: Kinds, arrays: list[Any]) -> bool:
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

    def are_objects_unchanged(self, kinds: Kinds) -> bool:
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
        raise NotPlain
    return None


@_trait(collections.defaultdict)
def _factory(part: Any) -> Any:
    # By identity, so that it is not asked.
    for at, factory in enumerate(FACTORIES):
        if part.default_factory is factory:
            return at
    raise NotPlain


class _Look:
    """What some containers are and hold right now."""

    __slots__ = ("arrays", "child_kinds", "children", "keys", "kinds", "lengths", "traits")

    def __init__(self, part: list[Any], looked_at: Kinds, has_arrays: bool = True) -> None:
        self.kinds = list(map(type, part))
        kinds = set(self.kinds)
        objects: list[Any] = []
        if not kinds <= looked_at.containers:
            if not kinds <= looked_at.containers | looked_at.classes.keys():
                raise NotPlain
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
        if not kinds <= MAPPINGS:
            mappings = [one for one in part if type(one) in MAPPINGS]
            rest = [one for one in part if type(one) not in MAPPINGS] if mappings else part
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


def _attributes_of(objects: list[Any], kinds: Kinds) -> Iterable[Any]:
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
    if not set(map(type, parts)) <= FROZEN:
        frozen = [part for part in parts if type(part) in FROZEN]
    return set(map(type, chain.from_iterable(frozen))) <= plain
