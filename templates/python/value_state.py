"""What a live value holds, and which parts it shares with others.

For the observer only: digests here are compared with each other during one run or between
two runs of the same notebook; they are not digests of anything that is stored.
"""

from __future__ import annotations

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
    """A file that only counts and hashes."""

    def __init__(self) -> None:
        self.size = 0
        self.hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self.size += view.nbytes
        self.hash.update(view)
        return view.nbytes


def content_digest(value: Any) -> str | None:
    """Digest of what a value holds; ``None`` when it holds something that cannot be taken apart.

    Unlike a pickle it does not depend on how a table keeps its columns in memory, and it
    sees into the notebook's own functions and classes.
    """
    sink = _Sink()
    try:
        _ContentPickler(sink).dump(value)
    except Exception:  # noqa: BLE001 - a user's object may raise anything when it is pickled
        return None
    return f"sha256:{sink.hash.hexdigest()}"


def pickled(value: Any, digest: str | None) -> dict[str, Any]:
    """Whether a value can travel between processes: its digest and size, or why not."""
    sink = _Sink()
    pickler = _NamingPickler(sink)
    try:
        pickler.dump(value)
    except Exception as error:  # noqa: BLE001 - as above
        reason = re.sub(r" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")
        return {"digest": None, "bytes": None, "pickleError": reason[:1000], "definedHere": []}
    digest = digest or f"sha256:{sink.hash.hexdigest()}"
    named = sorted(pickler.named)
    return {"digest": digest, "bytes": sink.size, "pickleError": None, "definedHere": named}


class _NamingPickler(pickle.Pickler):
    """An ordinary pickler that notes which of the notebook's own definitions it refers to by name."""

    def __init__(self, sink: _Sink) -> None:
        super().__init__(sink, protocol=5)  # type: ignore[arg-type]
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


class _ContentPickler(pickle.Pickler):
    def __init__(self, sink: _Sink) -> None:
        super().__init__(sink, protocol=5)  # type: ignore[arg-type]

    def reducer_override(self, value: Any) -> Any:
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


def shared_names(live: Mapping[str, Any], names: Iterable[str]) -> dict[str, list[str]]:
    """For each of ``names``, the other live names that share a mutable part with it.

    Parts are mutable objects within reach and the memory of arrays. Two tables that are views
    of each other under pandas' copy-on-write do not share: a write to one copies first.
    """
    wanted = list(names)
    if not wanted:
        return {}
    parts = {name: _Parts(value) for name, value in live.items() if not _is_plain(value)}
    found = {}
    for name in wanted:
        own = parts.get(name)
        found[name] = sorted(
            other
            for other, others in parts.items()
            if own is not None and other != name and own.shares_with(others)
        )
    return found


class _Parts:
    """Mutable objects and array memory within reach of one value."""

    def __init__(self, value: Any) -> None:
        self.objects: set[int] = set()
        self.arrays: dict[int, list[tuple[Any, bool]]] = {}
        self.kept: list[Any] = []
        self.collect(value)

    def shares_with(self, other: _Parts) -> bool:
        if self.objects & other.objects:
            return True
        for owner, arrays in self.arrays.items():
            for array, of_table in arrays:
                for other_array, other_of_table in other.arrays.get(owner, []):
                    if of_table and other_of_table and _copies_on_write():
                        continue
                    if _overlap(array, other_array):
                        return True
        return False

    def collect(self, value: Any) -> None:
        numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
        has_pandas = pandas is not None and hasattr(pandas, "DataFrame")
        waiting: list[tuple[Any, bool]] = [(value, False)]
        seen: set[int] = set()
        while waiting and len(seen) < MAX_PARTS:
            part, of_table = waiting.pop()
            if _is_plain(part) or id(part) in seen:
                continue
            seen.add(id(part))
            if isinstance(part, types.FunctionType):
                if part.__module__ == "__main__":
                    self.objects.add(id(part))
                    cells = [cell for cell in part.__closure__ or () if _is_full(cell)]
                    waiting += [(cell.cell_contents, False) for cell in cells]
                    waiting.append((part.__defaults__, False))
            elif type(part).__module__.startswith("matplotlib."):
                self.objects.add(-1)
            elif numpy is not None and isinstance(part, numpy.ndarray):
                self.add_array(part, of_table)
                if part.dtype.hasobject and part.dtype.names is None:
                    waiting += [(item, False) for item in part.ravel().tolist()]
            elif numpy is not None and part is getattr(numpy.random.mtrand, "_rand", None):
                continue
            elif has_pandas and isinstance(part, (pandas.DataFrame, pandas.Series)):
                self.objects.add(id(part))
                waiting += [(block, True) for block in _blocks(part)]
            elif has_pandas and isinstance(part, pandas.Index):
                continue
            elif has_pandas and isinstance(part, pandas.api.extensions.ExtensionArray):
                held = (
                    getattr(part, name, None) for name in ("_ndarray", "_codes", "_data", "_mask")
                )
                waiting += [(item, of_table) for item in held if item is not None]
            else:
                if not isinstance(part, (tuple, frozenset)):
                    self.objects.add(id(part))
                self.kept.append(part)
                waiting += [(item, False) for item in gc.get_referents(part)]

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


def _is_plain(value: Any) -> bool:
    if isinstance(value, _PLAIN):
        return True
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, (numpy.generic, numpy.dtype, numpy.ufunc))
