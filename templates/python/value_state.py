"""What a live value holds, and which parts it shares with others.

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
from collections.abc import Iterable, Mapping
from typing import Any

MAX_PARTS = 1_000_000
"""Parts of one value that are looked at for sharing."""


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
            self.hash.update(view)
        self.buffered += view.nbytes
        return False

    def digest(self) -> str | None:
        return None if self.hash is None else f"sha256:{self.hash.hexdigest()}"


def content_digest(value: Any) -> str | None:
    """Digest of what a value holds; ``None`` when it holds something that cannot be taken apart.

    Unlike a pickle it does not depend on how a table keeps its columns in memory, and it
    sees into the notebook's own functions and classes.
    """
    # Without a memory of what was met before, plain lists and dictionaries go several times
    # faster. What refers to itself, or mostly consists of objects, needs that memory.
    for fast in (True, False):
        sink = _Sink()
        # A user's object may raise anything when it is pickled.
        with contextlib.suppress(Exception):
            _ContentPickler(sink, fast).dump(value)
            return sink.digest()
    return None


def pickled(value: Any, digest: str | None) -> dict[str, Any]:
    """Whether a value can travel between processes: its digest and size, or why not."""
    sink = _Sink(hashes=digest is None)
    pickler = _NamingPickler(sink)
    try:
        pickler.dump(value)
    except Exception as error:  # noqa: BLE001 - as above
        reason = re.sub(r" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")
        return {"digest": None, "bytes": None, "pickleError": reason[:1000], "definedHere": []}
    digest = digest or sink.digest()
    named = sorted(pickler.named)
    return {
        "digest": digest,
        "bytes": sink.size + sink.buffered,
        "pickleError": None,
        "definedHere": named,
    }


class _NamingPickler(pickle.Pickler):
    """Notes which of the notebook's own definitions it refers to by name."""

    def __init__(self, sink: _Sink) -> None:
        super().__init__(sink, protocol=5, buffer_callback=sink.take_buffer)  # type: ignore[arg-type]
        self.named: set[str] = set()

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, (type, types.FunctionType)) and value.__module__ == "__main__":
            self.named.add(value.__qualname__.partition(".")[0])
        return NotImplemented


def shape(value: Any) -> str | None:
    """Size of a value for people: ``1000 × 21``, ``len 7``."""
    size = getattr(value, "shape", None)
    if isinstance(size, tuple) and size and all(isinstance(part, int) for part in size):
        return " × ".join(str(part) for part in size)
    if isinstance(value, (list, tuple, dict, set, frozenset, str, bytes)):
        return f"len {len(value)}"
    return None


class _Content:
    """Stands for something that is described rather than pickled."""


class _NeedsMemory(Exception):
    """The fast way of taking a value apart would go in circles, or be the slower one."""


MAX_FAST_BYTES = 256 << 20
MAX_FAST_OBJECTS = 1000


class _ContentPickler(pickle.Pickler):
    def __init__(self, sink: _Sink, fast: bool) -> None:
        super().__init__(sink, protocol=5, buffer_callback=sink.take_buffer)  # type: ignore[arg-type]
        self.fast = fast
        self.left = MAX_FAST_OBJECTS if fast else -1
        sink.limit = MAX_FAST_BYTES if fast else sys.maxsize

    def reducer_override(self, value: Any) -> Any:
        if self.left == 0:
            raise _NeedsMemory
        self.left -= 1
        if isinstance(value, types.FunctionType):
            return _function_parts(value)
        if isinstance(value, type):
            return _class_parts(value)
        if isinstance(value, types.ModuleType):
            return _Content, (), ("module", value.__name__)
        if type(value).__module__.startswith("matplotlib."):
            # Drawing changes figures all the time, and no step hands one on.
            return _Content, (), ("plot", type(value).__name__)
        pandas = sys.modules.get("pandas")
        if pandas is None or not hasattr(pandas, "DataFrame"):
            return NotImplemented
        if isinstance(value, pandas.DataFrame):
            columns = [_column(value.iloc[:, at]) for at in range(value.shape[1])]
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


def _column(column: Any) -> Any:
    import numpy as np

    if isinstance(column.dtype, np.dtype) and column.dtype.kind not in "mM":
        return str(column.dtype), np.ascontiguousarray(column.to_numpy())
    return str(column.dtype), column.array


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


# ------------------------------------------------------------------------------- sharing


class Sharing:
    """Which live names share a mutable part.

    Parts are mutable objects within reach and the memory of arrays. Two tables that are views
    of each other under pandas' copy-on-write do not share: a write to one copies first.
    """

    def __init__(self) -> None:
        self.known: dict[str, set[int]] = {}

    def shared_names(
        self, live: Mapping[str, Any], names: Iterable[str], untouched: Iterable[str] = ()
    ) -> dict[str, list[str]]:
        """For each of ``names``, the other live names that share a part with it.

        ``untouched`` are names that still hold what they held and that nothing written may have
        changed since the last call; what is known of their objects still holds.
        """
        still = set(untouched)
        self.known = {name: parts for name, parts in self.known.items() if name in still}
        kinds = _Kinds()
        found: dict[str, list[str]] = {name: [] for name in names}
        wanted = {}
        for name in found:
            if not kinds.is_plain(live[name]):
                own = self.parts_of(name, live[name], kinds)
                if own.objects or own.arrays:
                    wanted[name] = own
        if not wanted:
            return found
        for other, value in live.items():
            if kinds.is_plain(value):
                continue
            others = wanted[other] if other in wanted else self.parts_of(other, value, kinds)
            for name, own in wanted.items():
                if name != other and own.shares_with(others):
                    found[name].append(other)
        return {name: sorted(others) for name, others in found.items()}

    def parts_of(self, name: str, value: Any, kinds: _Kinds) -> _Parts:
        known = self.known.get(name)
        if known is not None:
            return _Parts(known, {})
        parts = _collect(value, kinds)
        # An array that is held here would outlive its name, and could not be resized.
        if not parts.arrays:
            self.known[name] = parts.objects
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
        special: tuple[type, ...] = (types.FunctionType, tuple, frozenset)
        if self.numpy is not None:
            special += (self.numpy.ndarray, self.numpy.random.mtrand.RandomState)
        if self.pandas is not None:
            tables = (self.pandas.DataFrame, self.pandas.Series, self.pandas.Index)
            special += (*tables, self.pandas.api.extensions.ExtensionArray)
        return issubclass(kind, special) or kind.__module__.startswith("matplotlib.")


class _Parts:
    """Mutable objects and array memory within reach of one value."""

    def __init__(self, objects: set[int], arrays: dict[int, list[tuple[Any, bool]]]) -> None:
        self.objects = objects
        self.arrays = arrays

    def shares_with(self, other: _Parts) -> bool:
        if not self.objects.isdisjoint(other.objects):
            return True
        for owner, arrays in self.arrays.items():
            for array, of_table in arrays:
                for other_array, other_of_table in other.arrays.get(owner, []):
                    if of_table and other_of_table and _copies_on_write():
                        continue
                    if _overlap(array, other_array):
                        return True
        return False


def _collect(value: Any, kinds: _Kinds) -> _Parts:
    found = _Search(kinds)
    found.collect(value)
    return _Parts(found.objects, found.arrays)


class _Search:
    """The way to the parts of a value."""

    def __init__(self, kinds: _Kinds) -> None:
        self.kinds = kinds
        self.objects: set[int] = set()
        self.arrays: dict[int, list[tuple[Any, bool]]] = {}
        self.kept: list[Any] = []

    def collect(self, value: Any) -> None:
        """Everything within reach, in rounds: many objects at once are looked at much faster."""
        kinds = self.kinds
        seen: set[int] = set()
        waiting: list[Any] = [value]
        while waiting and len(seen) < MAX_PARTS:
            kinds.learn(set(map(type, waiting)))
            plain, special = kinds.plain, kinds.special
            found = {id(part): part for part in waiting if type(part) not in plain}
            for key in found.keys() & seen:
                del found[key]
            seen.update(found)
            # What is made on the way must live on: nothing else may get its identity.
            self.kept += found.values()
            closer = [part for part in found.values() if type(part) in special]
            if len(closer) < len(found):
                ordinary = {key: part for key, part in found.items() if type(part) not in special}
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
        if type(part).__module__.startswith("matplotlib."):
            self.objects.add(-1)
            return []
        if numpy is not None and isinstance(part, numpy.ndarray):
            self.add_array(part, of_table)
            holds = part.dtype.hasobject and part.dtype.names is None
            return part.ravel().tolist() if holds else []
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
        import numpy as np

        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        # Memory that belongs to something else (a buffer, a mapped file) goes by that thing.
        key = id(owner) if owner.base is None else id(owner.base)
        self.kept.append(owner)
        self.arrays.setdefault(key, []).append((array, of_table))


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
    types.BuiltinFunctionType,
    types.CodeType,
    types.FrameType,
    range,
    slice,
)
