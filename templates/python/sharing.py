"""Which live names share a mutable part, for the observer.

Parts are mutable objects within reach and the memory of arrays. Two tables that are views of
each other under pandas' copy-on-write do not share: a write to one copies first.
"""

from __future__ import annotations

import gc
import sys
import types
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

MAX_PARTS = 1_000_000
"""Parts of one value that are looked at."""

FEW = 1000
"""Names with fewer parts than this are looked for all at once."""


_Arrays = dict[int, list[tuple[Any, bool]]]
"""By memory, the arrays in it and whether each belongs to a table."""


class Sharing:
    """Which live names share a mutable part."""

    def __init__(self) -> None:
        self.known: dict[str, set[int]] = {}

    def shared_names(
        self,
        live: Mapping[str, Any],
        names: Iterable[str],
        trees: Mapping[str, Any],
        untouched: Iterable[str] = (),
    ) -> dict[str, list[str]]:
        """For each of ``names``, the other live names that share a part with it.

        ``trees`` are the parts of plain values, by name. ``untouched`` are names that still hold
        what they held and that nothing written may have changed since the last call; what is
        known of their objects still holds.
        """
        still = set(untouched)
        self.known = {name: parts for name, parts in self.known.items() if name in still}
        kinds = _Kinds()
        found: dict[str, list[str]] = {name: [] for name in names}
        wanted = {name for name in found if not kinds.is_plain(live[name])}
        if not wanted:
            return found
        parts = {
            name: self.parts_of(name, value, kinds, trees)
            for name, value in live.items()
            if not kinds.is_plain(value)
        }
        # Names of few parts are looked for, and looked into, all at once.
        few = {name for name, own in parts.items() if own.count < FEW}
        of_few: set[int] = set().union(*(ids for name in few for ids in parts[name].objects))
        of_wanted: set[int] = set().union(
            *(ids for name in few & wanted for ids in parts[name].objects)
        )
        many = parts.keys() - few
        beside_wanted = few | {name for name in many if parts[name].may_share(of_wanted)}
        for name in wanted:
            others = beside_wanted
            if name in many:
                others = parts.keys() if parts[name].may_share(of_few) else many
            found[name] = sorted(
                other
                for other in others
                if other != name and parts[name].shares_with(parts[other])
            )
        return found

    def parts_of(
        self, name: str, value: Any, kinds: _Kinds, trees: Mapping[str, Any]
    ) -> _Parts:
        tree = trees.get(name)
        if tree is not None:
            return _of_tree(tree)
        known = self.known.get(name)
        if known is not None:
            return _Parts([known], {})
        found = _Search(kinds)
        found.collect(value)
        parts = _Parts([found.objects], found.arrays)
        # An array that is held here would outlive its name, and could not be resized.
        if not parts.arrays:
            self.known[name] = found.objects
        return parts


class _Kinds:
    """How the objects of a type are looked at; found out once a type."""

    def __init__(self) -> None:
        self.numpy = sys.modules.get("numpy")
        pandas = sys.modules.get("pandas")
        self.pandas = pandas if hasattr(pandas, "DataFrame") else None
        self.plain: set[type] = set()
        self.special: set[type] = set()
        self.ordinary: set[type] = set()

    def learn(self, kinds: Iterable[type]) -> None:
        """Sorts types into those that hold nothing, those that need a closer look, and the rest."""
        for kind in kinds:
            if kind in self.plain or kind in self.special or kind in self.ordinary:
                continue
            if issubclass(kind, _PLAIN) or self.is_number(kind):
                self.plain.add(kind)
            elif self.is_special(kind):
                self.special.add(kind)
            else:
                # All there is to know are the objects that it refers to.
                self.ordinary.add(kind)

    def is_plain(self, value: Any) -> bool:
        self.learn([type(value)])
        return type(value) in self.plain

    def is_number(self, kind: type) -> bool:
        numpy = self.numpy
        return numpy is not None and issubclass(kind, (numpy.generic, numpy.dtype, numpy.ufunc))

    def is_special(self, kind: type) -> bool:
        special: tuple[type, ...] = (types.FunctionType, types.BuiltinFunctionType, tuple, frozenset)
        if self.numpy is not None:
            special += (self.numpy.ndarray, self.numpy.random.mtrand.RandomState)
        if self.pandas is not None:
            tables = (self.pandas.DataFrame, self.pandas.Series, self.pandas.Index)
            special += (*tables, self.pandas.api.extensions.ExtensionArray)
        return issubclass(kind, special) or kind.__module__.startswith("matplotlib.")


class _Parts:
    """Mutable objects within reach of one value, and arrays by what owns their memory."""

    def __init__(self, objects: list[Collection[int]], arrays: _Arrays) -> None:
        # Identities, in some groups.
        self.objects = objects
        self.count = sum(map(len, objects))
        self.arrays = arrays

    def has_any_of(self, objects: set[int]) -> bool:
        return not all(map(objects.isdisjoint, self.objects))

    def may_share(self, objects: set[int]) -> bool:
        """Whether one of these objects is within reach, or memory that none of them tells of."""
        return bool(self.arrays) or self.has_any_of(objects)

    def shares_with(self, other: _Parts) -> bool:
        few, many = (self, other) if self.count < other.count else (other, self)
        if few.count >= FEW and any(many.has_any_of(set(islice(ids, 8))) for ids in few.objects):
            # Those that share much are told from a few; a set of many takes long to make.
            return True
        groups = (ids if isinstance(ids, set) else set(ids) for ids in few.objects)
        if any(map(many.has_any_of, groups)) or _share_memory(self, other):
            return True
        # What an array looks into may be no array: a bytearray, or a part of a fitted tree.
        return self.has_any_of(set(other.arrays)) or other.has_any_of(set(self.arrays))


def _of_tree(tree: Any) -> _Parts:
    """The same of a plain value, whose containers are known already."""
    arrays: _Arrays = {}
    for array in tree.arrays_elsewhere:
        arrays.setdefault(_memory_of(_owner(array)), []).append((array, False))
    return _Parts([ids for ids in tree.mutable_ids() if ids], arrays)


def _owner(array: Any) -> Any:
    """The array that the memory of this one belongs to."""
    kind = sys.modules["numpy"].ndarray
    while array.base is not None:
        base = array.base
        if type(base) is memoryview:
            base = base.obj
        if not isinstance(base, kind):
            # What `as_strided` puts between a window and the array that it looks into.
            base = getattr(base, "base", None)
        if not isinstance(base, kind):
            break
        array = base
    return array


def _memory_of(owner: Any) -> int:
    """Memory that belongs to something else (a buffer, a mapped file) goes by that thing."""
    base = owner if owner.base is None else owner.base
    return id(base.obj) if type(base) is memoryview else id(base)


def _share_memory(one: _Parts, other: _Parts) -> bool:
    for owner in one.arrays.keys() & other.arrays.keys():
        for array, of_table in one.arrays[owner]:
            for other_array, other_of_table in other.arrays[owner]:
                if of_table and other_of_table and _copies_on_write():
                    continue
                if _overlap(array, other_array):
                    return True
    return False


class _Search:
    """The way to the parts of a value."""

    def __init__(self, kinds: _Kinds) -> None:
        self.kinds = kinds
        self.objects: set[int] = set()
        self.arrays: _Arrays = {}
        self.kept: list[Any] = []

    def collect(self, value: Any) -> None:
        """Everything within reach, in rounds: many objects at once are looked at much faster."""
        kinds = self.kinds
        seen: set[int] = set()
        waiting: list[Any] = [value]
        while waiting and len(seen) < MAX_PARTS:
            types_met = set(map(type, waiting))
            kinds.learn(types_met)
            plain, special = kinds.plain, kinds.special
            if not types_met.isdisjoint(plain):
                waiting = [part for part in waiting if type(part) not in plain]
            found = dict(zip(map(id, waiting), waiting, strict=True))
            for key in found.keys() & seen:
                del found[key]
            seen.update(found)
            # What is made on the way must live on: nothing else may get its identity.
            self.kept += found.values()
            closer = [part for part in found.values() if type(part) in special]
            if len(closer) < len(found):
                ordinary = found
                if closer:
                    ordinary = {k: part for k, part in found.items() if type(part) not in special}
                self.objects.update(ordinary)
                waiting = gc.get_referents(*ordinary.values())
            else:
                waiting = []
            tuples = [part for part in closer if type(part) is tuple]
            waiting += gc.get_referents(*tuples)
            for part in closer:
                if type(part) is not tuple:
                    waiting += self.look_into(part, of_table=False)

    def look_into(self, part: Any, of_table: bool) -> list[Any]:
        """Notes an object that is more than what it refers to; gives what to look at next."""
        numpy, pandas = self.kinds.numpy, self.kinds.pandas
        if isinstance(part, types.FunctionType):
            if part.__module__ != "__main__":
                return []
            self.objects.add(id(part))
            cells = [cell for cell in part.__closure__ or () if _is_full(cell)]
            return [*(cell.cell_contents for cell in cells), part.__defaults__]
        if isinstance(part, types.BuiltinFunctionType):
            # A method of a list that somebody kept; functions belong to their module.
            owner = part.__self__
            return [] if owner is None or isinstance(owner, types.ModuleType) else [owner]
        if type(part).__module__.startswith("matplotlib."):
            self.objects.add(-1)
            return []
        if numpy is not None and isinstance(part, numpy.ndarray):
            self.add_array(part, of_table)
            holds = part.dtype.hasobject and part.dtype.names is None
            return _without_atoms(part.ravel().tolist(), self.kinds.plain) if holds else []
        if numpy is not None and part is getattr(numpy.random.mtrand, "_rand", None):
            return []
        if pandas is not None and isinstance(part, (pandas.DataFrame, pandas.Series)):
            self.objects.add(id(part))
            blocks = _blocks(part)
            self.kept += blocks
            return [item for block in blocks for item in self.look_into_block(block)]
        if pandas is not None and isinstance(part, pandas.Index):
            return []
        if pandas is not None and isinstance(part, pandas.api.extensions.ExtensionArray):
            names = ("_ndarray", "_codes", "_data", "_mask")
            if isinstance(part.dtype, pandas.StringDtype):
                # Text and what stands for missing text; only their places can be shared.
                inner = getattr(part, "_ndarray", None)
                if isinstance(inner, numpy.ndarray):
                    self.add_array(inner, of_table)
                    return []
            held = [item for name in names if (item := getattr(part, name, None)) is not None]
            self.kept += held
            return [item for one in held for item in self.look_into_block(one, of_table)]
        if not isinstance(part, (tuple, frozenset)):
            self.objects.add(id(part))
        return gc.get_referents(part)

    def look_into_block(self, block: Any, of_table: bool = True) -> list[Any]:
        """The memory of a table's columns belongs to the table, however deep it is wrapped."""
        if self.kinds.is_plain(block):
            return []
        return self.look_into(block, of_table) if type(block) in self.kinds.special else [block]

    def add_array(self, array: Any, of_table: bool) -> None:
        owner = _owner(array)
        self.kept.append(owner)
        self.arrays.setdefault(_memory_of(owner), []).append((array, of_table))


def _without_atoms(items: list[Any], plain: set[type]) -> list[Any]:
    return [] if set(map(type, items)) <= plain else items


def _blocks(table: Any) -> list[Any]:
    try:
        return [block.values for block in table._mgr.blocks]
    except AttributeError:
        return [table.to_numpy()]


def _copies_on_write() -> bool:
    pandas = sys.modules["pandas"]
    if int(pandas.__version__.partition(".")[0]) >= 3:
        return True
    return pandas.get_option("mode.copy_on_write") is True


def _overlap(a: Any, b: Any) -> bool:
    import numpy as np

    try:
        return bool(np.shares_memory(a, b, max_work=100_000))
    except Exception:  # noqa: BLE001 - too hard to say counts as sharing
        return True


def _is_full(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


_PLAIN = (
    str,
    bytes,
    int,
    float,
    complex,
    type(None),
    type(Ellipsis),
    type,
    types.ModuleType,
    types.CodeType,
    types.FrameType,
    range,
    slice,
)
