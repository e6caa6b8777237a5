"""Which objects a list holds, told by comparing memory, and whether others refer to them."""

from __future__ import annotations

import ctypes
import operator
import sys
from collections.abc import Collection
from itertools import islice
from typing import Any

SOME = 16
"""Objects that are taken to be a fair sample of more."""


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
    sample: list[Any] = ["a", bytearray(), 1.5]
    try:
        compare = ctypes.PyDLL(None).memcmp
        compare.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
        held = (ctypes.c_void_p * len(sample)).from_address(_items(sample))
    except (AttributeError, OSError, TypeError, ValueError):
        return None
    return compare if list(held) == list(map(id, sample)) else None


_compare_memory = _memory_comparison()


def referred_to(parts: list[Any], more_than: int) -> list[Any]:
    """Those of the parts that more references lead to, and perhaps others."""
    if _ALONE is None or not parts:
        return parts
    most = _ALONE - 1 + more_than
    if min(map(sys.getrefcount, islice(parts, SOME))) > most:
        # Likely records that others hold as well; to count is to touch every single one.
        return parts
    # All counted before the first is taken out, which would be one more reference.
    counts = list(map(sys.getrefcount, parts))
    if max(counts) <= most:
        return []
    return [part for part, count in zip(parts, counts, strict=True) if count > most]


def _references_when_alone() -> int | None:
    """What is told of an object in one list alone, where references are counted at all."""
    if sys.implementation.name != "cpython":
        return None
    return next(map(sys.getrefcount, [object()]))


_ALONE = _references_when_alone()
