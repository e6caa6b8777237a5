"""Arrays that share memory, stored so that they still share it when they are loaded.

pickle keeps which objects are one and the same, but writes an array and a view of it as two
arrays: a change through one of them would then no longer show in the other. Here a view is
written as what it is, a window on the array that owns the memory.

Only arrays in containers are looked at: what lies in memory inside a table or an estimator is
that object's own business. Only the standard library is imported at the top.
"""

from __future__ import annotations

import collections
import functools
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any

Window = tuple[Any, tuple[Any, ...]]
"""How to make a view: ``numpy.ndarray`` and its arguments (shape, dtype, owner, offset, strides)."""

_MOST_ARRAYS = 1000
"""Of more arrays in one value none is looked at."""
_MOST_UNUSED = 2
"""An owner is stored for its views when it holds at most this many times their bytes."""


def dump(value: Any, file: IO[bytes]) -> None:
    """Pickle ``value``; arrays of it that share memory share it again when it is loaded."""
    windows = _windows(value)
    if not windows:
        pickle.dump(value, file, protocol=5)
        return
    _Pickler(file, windows).dump(value)


def load(file: IO[bytes]) -> Any:
    """Read what :func:`dump` wrote. Plain numbers have NumPy's own data type, as arrays that were made have it.

    pickle gives arrays a data type that is equal to it and another object; code that asks for
    such an array with that type then gets a view, no longer the array itself.
    """
    return _Unpickler(file).load()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        is_array = name == "_frombuffer" and module.partition(".")[0] == "numpy"
        return functools.partial(_made, found) if is_array else found


def _made(make: Callable[..., Any], buffer: Any, dtype: Any, *arguments: Any) -> Any:
    return make(buffer, _own_type(dtype), *arguments)


def _own_type(dtype: Any) -> Any:
    """The one object that NumPy has for a type of plain numbers in this machine's byte order."""
    plain = dtype.kind in "biufc" and dtype.isnative and dtype.metadata is None
    return sys.modules["numpy"].dtype(dtype.str) if plain else dtype


class _Pickler(pickle.Pickler):
    def __init__(self, file: IO[bytes], windows: dict[int, Window]) -> None:
        super().__init__(file, protocol=5)
        self.windows = windows

    def reducer_override(self, value: Any) -> Any:
        return self.windows.get(id(value), NotImplemented)


def _windows(value: Any) -> dict[int, Window]:
    """By identity, the views among the arrays of ``value`` whose memory another of them uses, too."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return {}
    users: dict[int, list[Any]] = {}
    for array in _arrays_in(value):
        users.setdefault(id(_owner(array)), []).append(array)
    windows: dict[int, Window] = {}
    for arrays in users.values():
        owner = _owner(arrays[0])
        if len(arrays) > 1 and _may_own(owner, arrays):
            for array in arrays:
                if array is not owner:
                    windows[id(array)] = _window(array, owner)
    return windows


def _arrays_in(value: Any) -> list[Any]:
    """Plain arrays in nested containers, each once; none where there are too many."""
    numpy = sys.modules["numpy"]
    seen: set[int] = set()
    found: list[Any] = []
    open_values: list[Any] = [value]
    while open_values:
        one = open_values.pop()
        if id(one) in seen:
            continue
        if type(one) is numpy.ndarray:
            seen.add(id(one))
            found.append(one)
        elif isinstance(one, (dict, list, tuple, set, frozenset, collections.deque)):
            seen.add(id(one))
            open_values.extend(_members(one))
        if len(found) > _MOST_ARRAYS:
            return []
    return found


def _members(container: Any) -> Iterator[Any]:
    yield from container.values() if isinstance(container, dict) else container


def _owner(array: Any) -> Any:
    """The array at the end of the chain of bases; another kind of object where that owns the memory.

    Memory that pickle has filled is a bytearray that nobody else knows: the array made of it all owns it.
    """
    numpy = sys.modules["numpy"]
    owner = array
    while type(owner) is numpy.ndarray and owner.base is not None:
        base = owner.base
        memory = base.obj if type(base) is memoryview else base
        if type(memory) in (bytearray, bytes) and owner.nbytes == len(memory):
            break
        owner = base
    return owner


def _may_own(owner: Any, arrays: list[Any]) -> bool:
    """Whether every one of ``arrays`` can be made from the bytes of ``owner``, and that is worth it."""
    numpy = sys.modules["numpy"]
    if type(owner) is not numpy.ndarray or not owner.flags.c_contiguous:
        return False
    used = sum(array.nbytes for array in arrays)
    return owner.nbytes <= _MOST_UNUSED * used and all(
        not array.dtype.hasobject and array.flags.writeable == owner.flags.writeable
        for array in (owner, *arrays)
    )


def _window(array: Any, owner: Any) -> Window:
    numpy = sys.modules["numpy"]
    offset = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    # A text is read as NumPy's own data type.
    dtype = array.dtype.str if _own_type(array.dtype) is array.dtype else array.dtype
    return numpy.ndarray, (array.shape, dtype, owner, offset, array.strides)
