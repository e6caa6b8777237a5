"""What a live value holds.

For the observer only: digests here are compared with each other during one run or between
two runs of the same notebook; they are not digests of anything that is stored.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import pickle
import re
import sys
import types
from typing import Any

from .buffer_digest import LARGE, buffer_digest

# ------------------------------------------------------------------------------- digests


class _Sink:
    """A file that only counts and, when asked to, hashes.

    Large buffers come past the pickle, so that nobody copies them.
    """

    def __init__(self, hashes: bool = True) -> None:
        self.size = 0
        self.buffered = 0
        self.limit = sys.maxsize
        self.hash = hashlib.sha256() if hashes else None

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        self.size += size
        if self.size > self.limit:
            raise _NeedsMemory
        if self.hash is not None:
            self.hash.update(data)
        return size

    def take_buffer(self, buffer: pickle.PickleBuffer) -> bool:
        """Whether the buffer must go into the pickle after all."""
        try:
            view = buffer.raw()
        except BufferError:
            return True
        if self.hash is not None:
            # Said first, so that where one buffer ends is part of what is hashed.
            self.hash.update(b"%d:" % view.nbytes)
            self.hash.update(buffer_digest(view) if view.nbytes >= LARGE else view)
        self.buffered += view.nbytes
        return False

    def digest(self) -> str | None:
        return None if self.hash is None else f"sha256:{self.hash.hexdigest()}"


def content_digest(value: Any) -> str | None:
    """Digest of what a value holds; ``None`` when it holds something that cannot be taken apart.

    Unlike a pickle it does not depend on how a table keeps its columns in memory, and it
    sees into the notebook's own functions and classes.
    """
    return measured_digest(value)[0]


def measured_digest(value: Any) -> tuple[str | None, int]:
    """The same, with the number of bytes that were looked at."""
    # Without a memory of what was met before, plain lists and dictionaries go several times
    # faster. What refers to itself, or mostly consists of objects, needs that memory.
    for fast in (True, False):
        sink = _Sink()
        # A user's object may raise anything when it is pickled.
        with contextlib.suppress(Exception):
            _ContentPickler(sink, fast).dump(value)
            return sink.digest(), sink.size + sink.buffered
    return None, 0


def pickled(value: Any, digest: str | None) -> dict[str, Any]:
    """Whether a value can travel between processes: its digest and about its size, or why not.

    The size of a large one is without what a pickle saves where a part of it is met again.
    """
    # As for digests: the fast way first, where that is possible.
    for fast in (True, False):
        sink = _Sink(hashes=digest is None)
        pickler = _NamingPickler(sink, fast)
        try:
            pickler.dump(value)
        except Exception as error:  # noqa: BLE001 - as above
            if fast:
                continue
            reason = re.sub(r" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")
            return {"digest": None, "bytes": None, "pickleError": reason[:1000], "definedHere": []}
        if fast and sink.size < SMALL:
            continue
        break
    return {
        "digest": digest or sink.digest(),
        "bytes": sink.size + sink.buffered,
        "pickleError": None,
        "definedHere": sorted(pickler.named),
    }


class _NamingPickler(pickle.Pickler):
    """Notes which of the notebook's own definitions it refers to by name."""

    def __init__(self, sink: _Sink, fast: bool) -> None:
        super().__init__(sink, protocol=5, buffer_callback=sink.take_buffer)  # type: ignore[arg-type]
        self.named: set[str] = set()
        self.fast = fast
        self.left = MAX_FAST_OBJECTS if fast else -1
        sink.limit = MAX_FAST_BYTES if fast else sys.maxsize

    def reducer_override(self, value: Any) -> Any:
        if self.left == 0:
            raise _NeedsMemory
        self.left -= 1
        if isinstance(value, (type, types.FunctionType)) and value.__module__ == "__main__":
            self.named.add(value.__qualname__.partition(".")[0])
        return NotImplemented


def is_value(name: str, value: Any) -> bool:
    """Whether what a name of a module holds is looked at."""
    return not (name.startswith("__") and name.endswith("__")) and not isinstance(
        value, types.ModuleType
    )


def shape(value: Any) -> str | None:
    """Size of a value for people: ``1000 × 21``, ``len 7``."""
    for kind in _SIZED:
        if issubclass(type(value), kind):
            # Not what a class of the notebook's own says of its length.
            return f"len {kind.__len__(value)}"
    if type(value).__module__ == "__main__":
        return None
    size = None
    # Libraries compute it, and may fail.
    with contextlib.suppress(Exception):
        size = value.shape
    if isinstance(size, tuple) and size and all(isinstance(part, int) for part in size):
        return " × ".join(str(part) for part in size)
    return None


MANY_COLUMNS = 200


def columns(value: Any) -> list[str] | None:
    """Names of a table's columns in their order; ``None`` for anything else, very wide tables and names that are no text."""
    if type(value).__name__ != "DataFrame" or type(value).__module__.partition(".")[0] != "pandas":
        return None
    names = value.columns.tolist()
    if len(names) > MANY_COLUMNS or not all(type(name) is str for name in names):
        return None
    return names


_SIZED: tuple[Any, ...] = (list, tuple, dict, set, frozenset, str, bytes)


class _Content:
    """Stands for something that is described rather than pickled."""


class _NeedsMemory(Exception):
    """The fast way of taking a value apart would go in circles, or be the slower one."""


SMALL = 1 << 16
"""Bytes up to which the size of a pickle is found exactly."""

MAX_FAST_BYTES = 256 << 20
MAX_FAST_OBJECTS = 1000


class _ContentPickler(pickle.Pickler):
    def __init__(self, sink: _Sink, fast: bool) -> None:
        super().__init__(sink, protocol=5, buffer_callback=sink.take_buffer)  # type: ignore[arg-type]
        self.fast = fast
        self.left = MAX_FAST_OBJECTS if fast else -1
        sink.limit = MAX_FAST_BYTES if fast else sys.maxsize

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind.__module__.partition(".")[0] in _WITHOUT_MEMORY:
            return _table_parts(value)
        if kind in _NAMED and value.__module__ != "__main__":
            return NotImplemented
        if self.left == 0:
            raise _NeedsMemory
        self.left -= 1
        if isinstance(value, types.FunctionType):
            return _function_parts(value)
        if isinstance(value, type):
            return _class_parts(value)
        if isinstance(value, types.ModuleType):
            return _Content, (), ("module", value.__name__)
        if isinstance(value, types.MappingProxyType):
            # Of a dataclass; what it stands before may be anything, and is not asked.
            return _Content, (), ("mappingproxy", gc.get_referents(value))
        if type(value).__module__.startswith("matplotlib."):
            # Drawing changes figures all the time, and no step hands one on.
            return _Content, (), ("plot", type(value).__name__)
        return _table_parts(value)


_WITHOUT_MEMORY = frozenset(("numpy", "pandas"))
"""Modules. Of what they bring, arrays and tables above all, no memory would make many faster."""

_NAMED = frozenset((type, types.FunctionType, types.BuiltinFunctionType))


def _table_parts(value: Any) -> Any:
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return NotImplemented
    if isinstance(value, pandas.DataFrame):
        columns = _columns(value)
        labels = (type(value).__name__, value.columns, value.index, value.attrs)
        return _Content, (), (*labels, columns)
    if isinstance(value, pandas.Series):
        labels = (type(value).__name__, value.name, value.index, value.attrs)
        return _Content, (), (*labels, _column(value))
    if isinstance(value, pandas.RangeIndex):
        return _Content, (), ("range", value.start, value.stop, value.step, list(value.names))
    if isinstance(value, pandas.MultiIndex):
        parts = [value.get_level_values(level).array for level in range(value.nlevels)]
        return _Content, (), ("MultiIndex", list(value.names), parts)
    if isinstance(value, pandas.Index):
        freq = getattr(value, "freqstr", None)
        return _Content, (), (type(value).__name__, list(value.names), freq, _column(value))
    return NotImplemented


def _columns(table: Any) -> list[Any]:
    try:
        # A column of its own is made for each otherwise, which takes ten times as long.
        return list(map(_of_array, table._iter_column_arrays()))
    except AttributeError:
        return [_column(table.iloc[:, at]) for at in range(table.shape[1])]


def _column(column: Any) -> Any:
    return _of_array(column.array if _is_extended(column.dtype) else column.to_numpy())


def _of_array(array: Any) -> Any:
    import numpy as np

    extended = _is_extended(array.dtype)
    return str(array.dtype), array if extended else np.ascontiguousarray(array)


def _is_extended(dtype: Any) -> bool:
    import numpy as np

    return not isinstance(dtype, np.dtype) or dtype.kind in "mM"


def _function_parts(function: types.FunctionType) -> Any:
    if function.__module__ != "__main__":
        return NotImplemented
    code = function.__code__
    closure = []
    for cell in function.__closure__ or ():
        try:
            closure.append(cell.cell_contents)
        except ValueError:
            closure.append("empty")
    held = (function.__defaults__, function.__kwdefaults__, closure, vars(function))
    return _Content, (), (function.__qualname__, _code_parts(code), held)


def _code_parts(code: types.CodeType) -> Any:
    constants = [
        _code_parts(item) if isinstance(item, types.CodeType) else repr(item)
        for item in code.co_consts
    ]
    return code.co_code, constants, code.co_names, code.co_varnames


def _class_parts(kind: type) -> Any:
    if kind.__module__ != "__main__":
        return NotImplemented
    skipped = ("__dict__", "__weakref__", "__doc__", "__slotnames__", "_abc_impl")
    skipped += ("__annotate_func__", "__annotations_cache__")
    members = {
        name: member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
        for name, member in vars(kind).items()
        if name not in skipped
        and not isinstance(member, (types.GetSetDescriptorType, types.MemberDescriptorType))
        and not isinstance(member, property)
    }
    bases = [base.__qualname__ for base in kind.__bases__]
    return _Content, (), (kind.__qualname__, bases, members)
