"""Comparing values and turning them into bytes and back.

Two things every pipeline needs and nobody wants to think about: whether two values are
the same (``values_equal``, which says where they first differ), and how a value is stored
so that loading it gives the same value again (``choose_codec``, ``dump_value``,
``load_value``). Nothing here knows about steps or runs.

Only the standard library is imported at the top; pandas, NumPy, joblib, skops and pyarrow
are used when the value at hand needs them and they are installed.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import importlib.util
import io
import json
import math
import pathlib
import re
import struct
import sys
import types
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from . import _shared_memory

CODECS = ("parquet", "npy", "json", "skops", "joblib", "pickle")
"""Every codec, in the order in which they are tried."""

BIG_ARRAY_BYTES = 1 << 20
"""Values that hold an array of at least this size are stored by joblib, not pickle."""


class NotStorable(Exception):
    """No codec gives the value back as it was. The message says why."""


# --------------------------------------------------------------------------- comparing


@dataclass(frozen=True)
class Difference:
    """The first place at which two values differ, in words."""

    place: str
    expected: str
    got: str

    def __str__(self) -> str:
        text = f"{self.expected} != {self.got}"
        return f"{self.place}: {text}" if self.place else text


def values_equal(
    expected: Any,
    got: Any,
    rtol: float | None = None,
    *,
    strict: bool = False,
    sharing: bool = False,
) -> Difference | None:
    """Return ``None`` when the two values are the same, else their first difference.

    Types, dtypes, indexes, missing values (``None`` is not NaN), the order of dictionaries
    and every attribute of objects count. Floats are the same when their bits are (so -0.0 is
    not 0.0), or when they are close where ``rtol`` is given. ``sharing`` adds which mutable
    parts are one and the same object; ``strict`` adds that and how arrays lie in memory, which
    a reader of the values cannot see but later code can.
    """
    comparison = _Comparison(rtol, strict, sharing or strict)
    try:
        return comparison.compare(expected, got, "")
    except RecursionError:
        return Difference("", "a value nested too deeply to compare", "the same")


class _Comparison:
    def __init__(self, rtol: float | None, strict: bool, sharing: bool) -> None:
        self.rtol = rtol
        self.strict = strict
        self.sharing = sharing
        self.partner: dict[int, int] = {}
        self.partner_back: dict[int, int] = {}
        self.kept: list[Any] = []
        self.arrays: list[tuple[Any, Any, str]] = []
        self.tables: list[tuple[Any, Any, str]] = []
        self.buffers: list[tuple[Any, Any, str]] = []
        self.inside = 0

    def compare(self, a: Any, b: Any, place: str) -> Difference | None:
        if a is b and not self.sharing:
            return None
        if not _same_type(a, b):
            return Difference(_join(place, "type"), _type_label(type(a)), _type_label(type(b)))
        if isinstance(a, _ATOMS):
            return self._atom(a, b, place)
        if id(a) in self.partner or id(b) in self.partner_back:
            # Seen before: the two graphs must meet themselves at the same places.
            if self.partner.get(id(a)) == id(b):
                return None
            if self.sharing and _is_mutable(a):
                return Difference(place, "shared with another part", "not shared the same way")
        self.partner[id(a)] = id(b)
        self.partner_back[id(b)] = id(a)
        self.kept.append((a, b))
        if isinstance(a, _CONTAINERS) or _is_array(a):
            return self._structure(a, b, place)
        # What lies in memory inside a table or an estimator is that object's own business.
        self.inside += 1
        try:
            return self._structure(a, b, place)
        finally:
            self.inside -= 1

    def _atom(self, a: Any, b: Any, place: str) -> Difference | None:
        if isinstance(a, float):
            same = self._float(a, b)
        elif isinstance(a, complex):
            same = self._float(a.real, b.real) and self._float(a.imag, b.imag)
        elif isinstance(a, (datetime.datetime, datetime.time)):
            same = _clock_parts(a) == _clock_parts(b)
        elif isinstance(a, decimal.Decimal):
            same = a.as_tuple() == b.as_tuple()
        else:
            same = a == b and getattr(a, "unit", None) == getattr(b, "unit", None)
        return None if same else Difference(place, _short(a), _short(b))

    def _float(self, a: float, b: float) -> bool:
        if self.rtol is None:
            return struct.pack("<d", a) == struct.pack("<d", b)
        if a == b or (math.isnan(a) and math.isnan(b)):
            return True
        return (
            math.isfinite(a) and math.isfinite(b) and abs(a - b) <= self.rtol * max(abs(a), abs(b))
        )

    def _structure(self, a: Any, b: Any, place: str) -> Difference | None:
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            if isinstance(a, numpy.ndarray):
                return self._array(a, b, place)
            if isinstance(a, numpy.generic):
                return self._array(numpy.asarray(a), numpy.asarray(b), place)
            if isinstance(a, numpy.dtype):
                return None if a == b else Difference(place, str(a), str(b))
        pandas = sys.modules.get("pandas")
        if pandas is not None and hasattr(pandas, "DataFrame"):
            if isinstance(a, pandas.DataFrame):
                return self._frame(a, b, place)
            if isinstance(a, pandas.Series):
                return self._series(a, b, place)
            if isinstance(a, pandas.Index):
                return self._index(a, b, place)
            if isinstance(a, pandas.api.extensions.ExtensionArray):
                return self._extension(a, b, place, "item")
            if isinstance(a, pandas.api.extensions.ExtensionDtype):
                return None if a == b else Difference(place, str(a), str(b))
        if _is_sparse(a):
            return self._sparse(a, b, place)
        if isinstance(a, dict):
            return self._mapping(a, b, place) or self._rest_of_subclass(a, b, place, dict)
        if isinstance(a, (list, tuple, collections.deque)):
            difference = self._sequence(a, b, place)
            return difference or self._rest_of_subclass(a, b, place, list, tuple, collections.deque)
        if isinstance(a, (set, frozenset)):
            return self._set(a, b, place)
        if isinstance(a, types.FunctionType):
            return self._function(a, b, place)
        if isinstance(a, (type, types.BuiltinFunctionType, types.ModuleType)):
            same = a is b or _same_name(a, b)
            return None if same else Difference(place, _short(a), _short(b))
        if isinstance(a, functools.partial):
            return self.compare((a.func, a.args, a.keywords), (b.func, b.args, b.keywords), place)
        if isinstance(a, bytearray):
            return self._buffer(a, b, place)
        if isinstance(a, (memoryview, range, slice, re.Pattern)):
            return None if a == b else Difference(place, _short(a), _short(b))
        return self._object(a, b, place)

    # Arrays.

    def _array(self, a: Any, b: Any, place: str, row: str = "item") -> Difference | None:
        import numpy as np

        if a.dtype != b.dtype:
            return Difference(_join(place, "dtype"), *map(_dtype_label, (a.dtype, b.dtype)))
        if a.shape != b.shape:
            return Difference(_join(place, "shape"), str(a.shape), str(b.shape))
        if isinstance(a, np.ma.MaskedArray):
            return self._array(
                np.ma.getmaskarray(a), np.ma.getmaskarray(b), _join(place, "mask")
            ) or self._array(np.asarray(a.filled()), np.asarray(b.filled()), place)
        if self.strict:
            layout = _array_layout(a)
            if layout != "strided" and layout != _array_layout(b):
                return Difference(_join(place, "memory order"), layout, _array_layout(b))
            if _is_part_of_file(a) and not _is_part_of_file(b):
                return Difference(_join(place, "memory"), "a part of a file", "its own")
            difference = self._shared_memory(a, b, place)
            if difference is not None:
                return difference
        if a.dtype.hasobject and a.dtype.names is None:
            for at, (x, y) in enumerate(zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)):
                if x is y:
                    continue
                if type(x) is type(y) and type(x) in _PLAIN and x == y:
                    continue
                # The missing cells of a text column; every other float takes the long way.
                if type(x) is float and type(y) is float and math.isnan(x) and math.isnan(y):
                    continue
                difference = self.compare(x, y, _join(place, _at(a.shape, at, row)))
                if difference is not None:
                    return difference
            return None
        if a.dtype.names is not None:
            for name in a.dtype.names:
                difference = self._array(
                    np.ascontiguousarray(a[name]),
                    np.ascontiguousarray(b[name]),
                    _join(place, f"field {json.dumps(name)}"),
                    row,
                )
                if difference is not None:
                    return difference
            return None
        same = self._same_items(a, b)
        if same.all():
            return None
        at = int(np.argmin(same.ravel()))
        return Difference(
            _join(place, _at(a.shape, at, row)),
            _short(np.asarray(a).ravel()[at]),
            _short(np.asarray(b).ravel()[at]),
        )

    def _same_items(self, a: Any, b: Any) -> Any:
        """For each item of two plain arrays whether it is the same."""
        import numpy as np

        kind = a.dtype.kind
        if self.rtol is None and a.dtype.itemsize <= _FLOAT_BYTES.get(kind, 0):
            bits = np.asarray(_bits(a) == _bits(b))
            return bits.all(axis=-1) if kind == "c" else bits
        same = np.asarray(a == b)
        if kind in "fc":
            if self.rtol is not None:
                with np.errstate(all="ignore"):
                    same = same | np.isclose(a, b, rtol=self.rtol, atol=0.0)
            else:
                same = same & (np.signbit(a.real) == np.signbit(b.real))
            same = same | (np.isnan(a) & np.isnan(b))
        elif kind in "mM":
            same = same | (np.isnat(a) & np.isnat(b))
        return np.asarray(same)

    def _shared_memory(self, a: Any, b: Any, place: str) -> Difference | None:
        """Array parts of containers that overlap in memory must still do so after loading."""
        import numpy as np

        if self.inside or a.size == 0:
            return None
        for other_a, other_b, other_place in self.arrays:
            before = np.may_share_memory(a, other_a) and _shares_memory(a, other_a)
            after = np.may_share_memory(b, other_b) and _shares_memory(b, other_b)
            if before != after:
                where = f"{place or 'the value'} and {other_place or 'the value'}"
                return Difference(
                    where,
                    "share memory" if before else "separate memory",
                    "share memory" if after else "separate memory",
                )
        if len(self.arrays) < 1000:
            self.arrays.append((a, b, place))
        return self._shared_with(self.buffers, [(a, b, place)], _belongs_to) or self._shared_with(
            self.tables, [(a, b, place)], _looks_into
        )

    def _buffer(self, a: Any, b: Any, place: str) -> Difference | None:
        if a != b:
            return Difference(place, _short(a), _short(b))
        if not self.strict:
            return None
        self.buffers.append((a, b, place))
        return self._shared_with([(a, b, place)], self.arrays, _belongs_to)

    def _shared_with(
        self,
        owners: list[tuple[Any, Any, str]],
        arrays: list[tuple[Any, Any, str]],
        looks: Callable[[Any, Any], bool],
    ) -> Difference | None:
        """An array that looks into a table or a bytearray must still do so.

        ``looks`` tells whether an array looks into an owner. Tables copy when they are written.
        """
        for owner_a, owner_b, owner_place in owners:
            for array_a, array_b, place in arrays:
                before, after = looks(array_a, owner_a), looks(array_b, owner_b)
                if before != after:
                    where = f"{place or 'the value'} and {owner_place or 'the value'}"
                    words = ("separate memory", "share memory")
                    return Difference(where, words[before], words[after])
        return None

    def _table_memory(self, a: Any, b: Any, place: str) -> Difference | None:
        # One level inside is the table itself; further in it is a part of some other object.
        if not self.strict or self.inside > 1:
            return None
        table = (a, b, place)
        if len(self.tables) < 100:
            self.tables.append(table)
        return self._shared_with([table], self.arrays, _looks_into)

    def _sparse(self, a: Any, b: Any, place: str) -> Difference | None:
        for name in ("format", "shape"):
            if getattr(a, name) != getattr(b, name):
                return Difference(_join(place, name), str(getattr(a, name)), str(getattr(b, name)))
        parts = ("data", "indices", "indptr", "row", "col", "offsets")
        held = [name for name in parts if hasattr(a, name)]
        if not held:
            return self.compare(a.tocoo(), b.tocoo(), place)
        for name in held:
            difference = self.compare(getattr(a, name), getattr(b, name), _join(place, f".{name}"))
            if difference is not None:
                return difference
        return None

    # Tables.

    def _frame(self, a: Any, b: Any, place: str) -> Difference | None:
        if a.shape != b.shape:
            return Difference(_join(place, "shape"), _table_shape(a.shape), _table_shape(b.shape))
        difference = (
            self._index(a.columns, b.columns, _join(place, "columns"))
            or self._index(a.index, b.index, _join(place, "index"))
            or self.compare(a.attrs, b.attrs, _join(place, "attrs"))
        )
        if difference is not None:
            return difference
        for position, label in enumerate(a.columns):
            where = _join(place, f"column {_quote(label)}")
            difference = self._column(a.iloc[:, position], b.iloc[:, position], where)
            if difference is not None:
                return difference
        if self.strict:
            before, after = _frame_layout(a), _frame_layout(b)
            if before is not None and before != after:
                return Difference(_join(place, "memory layout"), str(before), str(after))
        return self._table_memory(a, b, place) or self._flags_and_rest(a, b, place)

    def _series(self, a: Any, b: Any, place: str) -> Difference | None:
        if len(a) != len(b):
            return Difference(_join(place, "length"), str(len(a)), str(len(b)))
        return (
            self.compare(a.name, b.name, _join(place, "name"))
            or self._index(a.index, b.index, _join(place, "index"))
            or self.compare(a.attrs, b.attrs, _join(place, "attrs"))
            or self._column(a, b, place)
            or self._table_memory(a, b, place)
            or self._flags_and_rest(a, b, place)
        )

    def _flags_and_rest(self, a: Any, b: Any, place: str) -> Difference | None:
        before, after = a.flags.allows_duplicate_labels, b.flags.allows_duplicate_labels
        if before != after:
            return Difference(_join(place, "allows_duplicate_labels"), str(before), str(after))
        for name in getattr(a, "_metadata", []):
            if name in ("_name", "name"):
                continue
            difference = self.compare(
                getattr(a, name, None), getattr(b, name, None), _join(place, f".{name}")
            )
            if difference is not None:
                return difference
        return None

    def _column(self, a: Any, b: Any, place: str) -> Difference | None:
        if a.dtype != b.dtype or str(a.dtype) != str(b.dtype):
            return Difference(_join(place, "dtype"), *map(_dtype_label, (a.dtype, b.dtype)))
        return self._pandas_values(a.array, b.array, place)

    def _pandas_values(self, a: Any, b: Any, place: str) -> Difference | None:
        import numpy as np

        if isinstance(a.dtype, np.dtype) and a.dtype.kind not in "mM":
            return self._array(np.asarray(a), np.asarray(b), place, "row")
        return self._extension(a, b, place, "row")

    def _extension(self, a: Any, b: Any, place: str, row: str) -> Difference | None:
        import numpy as np
        import pandas as pd

        if a.dtype != b.dtype:
            return Difference(_join(place, "dtype"), *map(_dtype_label, (a.dtype, b.dtype)))
        if len(a) != len(b):
            return Difference(_join(place, "length"), str(len(a)), str(len(b)))
        if isinstance(a, pd.Categorical):
            difference = self._index(a.categories, b.categories, _join(place, "categories"))
            if difference is not None:
                return difference
            return self._array(np.asarray(a.codes), np.asarray(b.codes), place, f"code in {row}")
        if isinstance(a, pd.arrays.IntervalArray):
            return self._index(a.left, b.left, _join(place, "left ends")) or self._index(
                a.right, b.right, _join(place, "right ends")
            )
        difference = self._array(
            np.asarray(pd.isna(a)), np.asarray(pd.isna(b)), _join(place, "missing"), row
        )
        if difference is not None:
            return difference
        if hasattr(a, "asi8") and np.array_equal(a.asi8, b.asi8):
            return self.compare(
                getattr(a, "freq", None), getattr(b, "freq", None), _join(place, "freq")
            )
        return self._array(np.asarray(a.astype(object)), np.asarray(b.astype(object)), place, row)

    def _index(self, a: Any, b: Any, place: str) -> Difference | None:
        import pandas as pd

        if type(a) is not type(b):
            return Difference(_join(place, "type"), _type_label(type(a)), _type_label(type(b)))
        difference = self.compare(list(a.names), list(b.names), _join(place, "names"))
        if difference is not None:
            return difference
        if len(a) != len(b):
            return Difference(_join(place, "length"), str(len(a)), str(len(b)))
        if isinstance(a, pd.MultiIndex):
            for level, (x, y) in enumerate(zip(a.levels, b.levels, strict=True)):
                difference = self._index(x, y, _join(place, f"level {level}"))
                if difference is not None:
                    return difference
            for level in range(a.nlevels):
                difference = self._index(
                    a.get_level_values(level),
                    b.get_level_values(level),
                    _join(place, f"level {level}"),
                )
                if difference is not None:
                    return difference
            return None
        if isinstance(a, pd.RangeIndex):
            same = (a.start, a.stop, a.step) == (b.start, b.stop, b.step)
            return None if same else Difference(place, repr(a), repr(b))
        if a.dtype != b.dtype or str(a.dtype) != str(b.dtype):
            return Difference(_join(place, "dtype"), *map(_dtype_label, (a.dtype, b.dtype)))
        if getattr(a, "freq", None) != getattr(b, "freq", None):
            return Difference(_join(place, "freq"), str(a.freq), str(b.freq))
        return self._pandas_values(a.array, b.array, place)

    # Containers and objects.

    def _mapping(self, a: Any, b: Any, place: str) -> Difference | None:
        if len(a) != len(b):
            return _missing_member(a, b, place, "keys")
        for x, y in zip(a, b, strict=True):
            difference = self.compare(x, y, _join(place, "order of keys"))
            if difference is not None:
                gone = _missing_member(a, b, place, "keys")
                return gone if set(map(repr, a)) != set(map(repr, b)) else difference
        for x, y in zip(a, b, strict=True):
            difference = self.compare(a[x], b[y], place + f"[{_quote(x)}]")
            if difference is not None:
                return difference
        return None

    def _sequence(self, a: Any, b: Any, place: str) -> Difference | None:
        if len(a) != len(b):
            return Difference(_join(place, "length"), str(len(a)), str(len(b)))
        for at, (x, y) in enumerate(zip(a, b, strict=True)):
            difference = self.compare(x, y, place + f"[{at}]")
            if difference is not None:
                return difference
        return None

    def _set(self, a: Any, b: Any, place: str) -> Difference | None:
        shown_a, shown_b = sorted(map(_typed_repr, a)), sorted(map(_typed_repr, b))
        if shown_a != shown_b:
            return _missing_member(a, b, place, "members")
        if len(set(shown_a)) == len(shown_a):
            ordered = sorted(a, key=_typed_repr), sorted(b, key=_typed_repr)
            return self._sequence(*ordered, _join(place, "member"))
        # Members that look alike are told apart by what they hold.
        left = list(b)
        for member in a:
            found = [x for x in left if values_equal(member, x, self.rtol) is None]
            if not found:
                return _missing_member(a, b, place, "members")
            left = [x for x in left if x is not found[0]]
        return None

    def _function(self, a: Any, b: Any, place: str) -> Difference | None:
        if a.__qualname__ != b.__qualname__:
            return Difference(place, a.__qualname__, b.__qualname__)
        if _code_parts(a.__code__) != _code_parts(b.__code__):
            label = f"function {a.__qualname__}"
            return Difference(place, label, f"{label} with another body")
        cells_a = [cell.cell_contents for cell in a.__closure__ or ()]
        cells_b = [cell.cell_contents for cell in b.__closure__ or ()]
        return self.compare(
            (a.__defaults__, a.__kwdefaults__, cells_a),
            (b.__defaults__, b.__kwdefaults__, cells_b),
            _join(place, f"defaults of {a.__qualname__}"),
        )

    def _rest_of_subclass(self, a: Any, b: Any, place: str, *base: type) -> Difference | None:
        """What a subclass of a container holds besides its members."""
        if isinstance(a, collections.deque) and a.maxlen != b.maxlen:
            return Difference(_join(place, "maxlen"), str(a.maxlen), str(b.maxlen))
        if type(a) in base:
            return None
        if isinstance(a, collections.defaultdict):
            difference = self.compare(
                a.default_factory, b.default_factory, _join(place, "default_factory")
            )
            if difference is not None:
                return difference
        own, others = getattr(a, "__dict__", {}), getattr(b, "__dict__", {})
        if _takes_its_own_state(type(a)):
            # What its class does not take back from a pickle, its class can do without.
            own = {name: value for name, value in own.items() if name in others or name[:1] != "_"}
        return self._attributes(own, others, place)

    def _object(self, a: Any, b: Any, place: str) -> Difference | None:
        parts_a, parts_b = _object_parts(a), _object_parts(b)
        if parts_a is None or parts_b is None:
            label = _type_label(type(a))
            return Difference(place, f"{label}, which cannot be compared", "the same")
        self.kept.append((parts_a, parts_b))
        if isinstance(parts_a, str) or isinstance(parts_b, str):
            return None if parts_a == parts_b else Difference(place, str(parts_a), str(parts_b))
        made_a, state_a, items_a = parts_a
        made_b, state_b, items_b = parts_b
        difference = self.compare(made_a, made_b, place)
        if difference is not None:
            return difference
        if isinstance(state_a, dict) and isinstance(state_b, dict):
            difference = self._attributes(state_a, state_b, place)
        else:
            difference = self.compare(state_a, state_b, _join(place, "state"))
        return difference or self.compare(items_a, items_b, _join(place, "items"))

    def _attributes(self, a: dict[Any, Any], b: dict[Any, Any], place: str) -> Difference | None:
        if a.keys() != b.keys():
            return _missing_member(a, b, place, "attributes")
        for name, value in a.items():
            label = f".{name}" if isinstance(name, str) else f"[{_quote(name)}]"
            difference = self.compare(value, b[name], _join(place, label))
            if difference is not None:
                return difference
        return None


_PLAIN = {str, int, bool, bytes, type(None)}
_ATOMS = (
    str,
    int,
    float,
    complex,
    bytes,
    type(None),
    type(Ellipsis),
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
    decimal.Decimal,
    fractions.Fraction,
    uuid.UUID,
    pathlib.PurePath,
)


_CONTAINERS = (dict, list, tuple, set, frozenset, collections.deque)


_FLOAT_BYTES = {"f": 8, "c": 16}
"""Longer floats hold bytes that mean nothing."""


def _bits(array: Any) -> Any:
    """A float array as integers of the same size; a complex number gives two, in one more dimension."""
    import numpy as np

    plain = np.ascontiguousarray(array)
    if plain.dtype.kind == "f":
        return plain.view(f"u{plain.dtype.itemsize}").reshape(array.shape)
    return plain.view(f"u{plain.dtype.itemsize // 2}").reshape((*array.shape, 2))


def _clock_parts(value: Any) -> Any:
    """A date with time, or a time: what is on the clock, where, and which of two equal hours."""
    zone = value.tzinfo
    unit = getattr(value, "unit", None)
    return value.replace(tzinfo=None), value.fold, type(zone), str(zone), unit, value.utcoffset()


def _code_parts(code: types.CodeType) -> Any:
    """What a function does; not where it is written."""
    constants = [
        _code_parts(item) if isinstance(item, types.CodeType) else _typed_repr(item)
        for item in code.co_consts
    ]
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def _same_type(a: Any, b: Any) -> bool:
    return type(a) is type(b) or _same_name(type(a), type(b))


def _same_name(a: Any, b: Any) -> bool:
    """A notebook's own class lives in ``__main__`` there and in a module of the package here."""
    name = getattr(a, "__qualname__", None)
    if name is None or name != getattr(b, "__qualname__", None):
        return False
    modules = {getattr(a, "__module__", None), getattr(b, "__module__", None)}
    return len(modules) == 1 or "__main__" in modules


def _is_mutable(value: Any) -> bool:
    if isinstance(value, (tuple, frozenset, type, range, slice, re.Pattern)):
        return False
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.ModuleType)):
        return False
    pandas = sys.modules.get("pandas")
    if pandas is not None and hasattr(pandas, "Index") and isinstance(value, pandas.Index):
        return False
    numpy = sys.modules.get("numpy")
    return numpy is None or not isinstance(value, (numpy.generic, numpy.dtype))


def _object_parts(value: Any) -> tuple[Any, Any, Any] | str | None:
    """How pickle takes an object apart: its maker, its state, its items. Not recursive."""
    try:
        reduced = value.__reduce_ex__(4)
    except Exception:  # noqa: BLE001 - a user's object may raise anything
        state = getattr(value, "__dict__", None)
        return None if state is None else ((), state, None)
    if isinstance(reduced, str):
        return reduced
    maker, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
        state = {**(state[0] or {}), **state[1]}
    inner = (list(items) if items is not None else None, list(pairs) if pairs else None)
    return ((_maker_name(maker), arguments), state, inner)


def _takes_its_own_state(kind: type) -> bool:
    """Whether a class of an installed library says what it takes back from a pickle."""
    if not hasattr(kind, "__setstate__"):
        return False
    module = sys.modules.get(kind.__module__)
    return "site-packages" in (getattr(module, "__file__", None) or "")


def _maker_name(maker: Any) -> str:
    return getattr(maker, "__qualname__", type(maker).__qualname__)


def _is_sparse(value: Any) -> bool:
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and hasattr(sparse, "issparse") and sparse.issparse(value)


def _array_layout(array: Any) -> str:
    if array.ndim < 2 or (array.flags.c_contiguous and array.flags.f_contiguous):
        return "any"
    if array.flags.c_contiguous:
        return "by rows"
    return "by columns" if array.flags.f_contiguous else "strided"


def _shares_memory(a: Any, b: Any) -> bool:
    import numpy as np

    try:
        return bool(np.shares_memory(a, b, max_work=100_000))
    except Exception:  # noqa: BLE001 - a user's object may raise anything
        return True


def _is_part_of_file(array: Any) -> bool:
    """Whether writing to an array writes to a file that is mapped into memory."""
    numpy = sys.modules["numpy"]
    part = array if array.flags.writeable else None
    while isinstance(part, numpy.ndarray):
        if isinstance(part, numpy.memmap) and part.mode in ("r+", "w+"):
            return True
        part = part.base
    return False


def _belongs_to(array: Any, buffer: Any) -> bool:
    """Whether an array looks into a bytearray."""
    part = array
    while hasattr(part, "base"):
        part = part.base
        part = part.obj if isinstance(part, memoryview) else part
    return part is buffer


def _looks_into(array: Any, table: Any) -> bool:
    """Whether an array shares memory with a column of a table or series."""
    try:
        parts = [getattr(block.values, "_ndarray", block.values) for block in table._mgr.blocks]
    except AttributeError:
        return False
    return any(hasattr(part, "flags") and _shares_memory(array, part) for part in parts)


def _frame_layout(frame: Any) -> list[Any] | None:
    """Blocks of a table: float results depend on them in the last digit."""
    try:
        blocks = frame._mgr.blocks
        layout: list[Any] = []
        for block in blocks:
            values = block.values
            order = _array_layout(values) if hasattr(values, "flags") else "any"
            layout.append((str(values.dtype), list(block.mgr_locs), order))
    except (AttributeError, TypeError):
        return None
    return None if any(order == "strided" for _, _, order in layout) else sorted(layout, key=str)


def _missing_member(a: Any, b: Any, place: str, what: str) -> Difference:
    shown_a, shown_b = {_typed_repr(x): x for x in a}, {_typed_repr(x): x for x in b}
    gone = [_short(shown_a[x]) for x in shown_a if x not in shown_b]
    new = [_short(shown_b[x]) for x in shown_b if x not in shown_a]
    if not gone and not new:
        return Difference(_join(place, f"number of {what}"), str(len(a)), str(len(b)))
    text = ", ".join(gone[:3]) if gone else "nothing more"
    return Difference(
        _join(place, what), text, ", ".join(new[:3]) if new else "nothing in their place"
    )


def _typed_repr(value: Any) -> str:
    shown = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    return f"{type(value).__qualname__}:{shown}"


def _type_label(kind: type) -> str:
    return (
        f"{kind.__module__}.{kind.__qualname__}" if kind.__module__ != "builtins" else kind.__name__
    )


def _quote(label: Any) -> str:
    return json.dumps(label, ensure_ascii=False) if isinstance(label, str) else _short(label)


def _dtype_label(dtype: Any) -> str:
    """Text columns are kept by pyarrow or by Python, and the name of the type does not say so."""
    storage = getattr(dtype, "storage", None)
    return str(dtype) if storage is None else f"{dtype} (in {storage})"


def _short(value: Any) -> str:
    try:
        text = value.item().__repr__() if type(value).__module__ == "numpy" else repr(value)
    except Exception:  # noqa: BLE001 - a user's object may raise anything
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 120 else text[:117] + "..."


def _table_shape(shape: tuple[int, ...]) -> str:
    return " × ".join(str(size) for size in shape)


def _at(shape: tuple[int, ...], flat: int, row: str) -> str:
    if len(shape) == 0:
        return ""
    if len(shape) == 1:
        return f"{row} {flat}"
    position = []
    for size in reversed(shape):
        position.append(flat % size)
        flat //= size
    return f"{row} ({', '.join(str(p) for p in reversed(position))})"


def _join(place: str, part: str) -> str:
    if not part or part.startswith((".", "[")):
        return place + part
    return f"{place}, {part}" if place else part


# ----------------------------------------------------------------------------- storing


def choose_codec(value: Any, *, group: bool = False) -> str:
    """The first codec whose load gives ``value`` back exactly as it was.

    ``group`` says that ``value`` is a tuple of variables that share references; such a group
    is always one pickle. Raises :class:`NotStorable` with the reason when there is none.
    """
    reason = "nothing could store it"
    for codec in ("pickle",) if group else CODECS:
        if not _may_use(codec, value):
            continue
        found = round_trip_problem(codec, value)
        if found is None:
            return codec
        reason = found
    raise NotStorable(reason)


@dataclass(frozen=True)
class RoundTrip:
    """A value written and read again: its bytes, and why what they gave is another value."""

    problem: str | None
    data: memoryview


def round_trip(codec: str, value: Any) -> RoundTrip:
    """Write ``value`` with this codec, read it back, and compare."""
    buffer = io.BytesIO()
    try:
        dump_value(codec, value, buffer)
        buffer.seek(0)
        loaded = load_value(codec, buffer)
    except Exception as error:  # noqa: BLE001 - a user's object may raise anything
        return RoundTrip(f"{codec}: {type(error).__name__}: {error}", memoryview(b""))
    difference = values_equal(value, loaded, strict=True)
    problem = None if difference is None else f"{codec} would change it: {difference}"
    return RoundTrip(problem, buffer.getbuffer())


def round_trip_problem(codec: str, value: Any) -> str | None:
    """Why ``value`` does not survive this codec; ``None`` when it does."""
    return round_trip(codec, value).problem


def dump_value(codec: str, value: Any, file: IO[bytes]) -> None:
    """Write ``value`` to an open binary file. Equal values written twice give equal bytes."""
    if codec == "parquet":
        value.to_parquet(file, engine="pyarrow")
    elif codec == "npy":
        import numpy as np

        np.save(file, value, allow_pickle=False)
    elif codec == "json":
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        file.write(text.encode("ascii"))
    elif codec == "skops":
        import skops.io

        file.write(_without_addresses(skops.io.dumps(value)))
    elif codec == "joblib":
        import joblib

        joblib.dump(value, file, compress=0, protocol=4)
    elif codec == "pickle":
        _shared_memory.dump(value, file)
    else:
        raise NotStorable(f"unknown codec {codec!r}; one of {', '.join(CODECS)}")


def load_value(codec: str, file: IO[bytes]) -> Any:
    """Read what :func:`dump_value` wrote. The caller has verified the bytes before."""
    if codec == "parquet":
        import pandas as pd

        return pd.read_parquet(file, engine="pyarrow")
    if codec == "npy":
        import numpy as np

        return np.load(file, allow_pickle=False)
    if codec == "json":
        return json.loads(file.read())
    if codec == "skops":
        import skops.io

        return skops.io.loads(file.read())
    if codec == "joblib":
        import joblib

        return joblib.load(file)
    if codec == "pickle":
        return _shared_memory.load(file)
    raise NotStorable(f"unknown codec {codec!r}; one of {', '.join(CODECS)}")


def is_available(codec: str) -> bool:
    """Whether what this codec needs is installed."""
    needs = {"parquet": "pyarrow", "skops": "skops", "joblib": "joblib", "npy": "numpy"}
    return codec not in needs or importlib.util.find_spec(needs[codec]) is not None


def is_estimator(value: Any) -> bool:
    """Whether ``value`` follows scikit-learn's conventions."""
    kind = type(value)
    return hasattr(kind, "get_params") and hasattr(kind, "fit") and not isinstance(value, type)


def type_name(value: Any) -> str:
    """Qualified type, as manifests and certificates name it."""
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


def _may_use(codec: str, value: Any) -> bool:
    """Cheap reasons not to try a codec at all."""
    if not is_available(codec):
        return False
    if codec == "parquet":
        pandas = sys.modules.get("pandas")
        return pandas is not None and type(value) is getattr(pandas, "DataFrame", None)
    if codec == "npy":
        return _is_array(value) and type(value).__name__ == "ndarray" and not value.dtype.hasobject
    if codec == "json":
        return type(value) in (*_JSON, list, dict) and _is_json(value, [100_000])
    if codec == "skops":
        # Importing it loads every module of scikit-learn, a second for each process: only where
        # the code at hand pays for that anyway.
        return is_estimator(value) and "skops" in sys.modules
    if codec == "joblib":
        return is_estimator(value) or _largest_array(value) >= BIG_ARRAY_BYTES
    return True


_JSON = (str, int, float, bool, type(None))


def _is_json(value: Any, budget: list[int], depth: int = 50) -> bool:
    budget[0] -= 1
    if budget[0] < 0 or depth == 0:
        return False
    if type(value) is list:
        return all(_is_json(item, budget, depth - 1) for item in value)
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(
            _is_json(item, budget, depth - 1) for item in value.values()
        )
    return type(value) in _JSON


def _largest_array(value: Any, depth: int = 3) -> int:
    """Size of the largest NumPy array within reach, in bytes."""
    if _is_array(value):
        return int(value.nbytes)
    if depth == 0:
        return 0
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, (list, tuple)):
        parts = list(value)
    elif is_estimator(value):
        parts = list(vars(value).values())
    else:
        return 0
    return max((_largest_array(part, depth - 1) for part in parts[:1000]), default=0)


def _without_addresses(archive: bytes) -> bytes:
    """A skops file names its parts by memory address and time; numbers them instead."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        schema = json.loads(source.read("schema.json"))
        names: dict[str, str] = {}
        numbers: dict[int, int] = {}
        _number(schema, numbers, names)
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as result:
            for name in sorted(source.namelist(), key=lambda old: names.get(old, old)):
                data = source.read(name)
                if name == "schema.json":
                    data = json.dumps(schema).encode()
                result.writestr(zipfile.ZipInfo(names.get(name, name)), data)
    return target.getvalue()


def _number(node: Any, numbers: dict[int, int], names: dict[str, str]) -> None:
    if isinstance(node, list):
        for item in node:
            _number(item, numbers, names)
    if not isinstance(node, dict):
        return
    if isinstance(node.get("__id__"), int):
        node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
    file = node.get("file")
    if isinstance(file, str):
        suffix = pathlib.PurePosixPath(file).suffix
        node["file"] = names.setdefault(file, f"part-{len(names) + 1}{suffix}")
    for key, item in node.items():
        if key not in ("__id__", "file"):
            _number(item, numbers, names)
