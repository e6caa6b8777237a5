"""Whether two values hold the same, found out without any part of mlops.

What pipelines are verified by has a comparison of its own; this one shares no line with it, so that a mistake in
that one shows.
"""

from __future__ import annotations

import math
import types
from typing import Any

#: Values of the standard library whose own equality is the whole truth.
PLAIN = (str, bytes, bytearray, int, bool, type(None), type(Ellipsis), range, slice)
#: What a figure holds is drawn again, and what code does is not in its value.
BEYOND = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType)
#: How NumPy writes scalars that are no value.
MISSING = ("nan", "NaT", "(nan+nanj)")
#: Deeper than this, nothing is compared.
DEPTH = 60


class NotComparable(Exception):
    """Nothing can be said about these values."""


def same_value(a: Any, b: Any, *, asked: bool = False) -> bool:
    """Whether `a` and `b` hold the same, to the last bit.

    Args:
        a: a value of the notebook.
        b: the same of a pipeline.
        asked: `a` may have been asked for what it then keeps as attributes of its own, and `b` was not.

    Raises:
        NotComparable: for functions, generators, figures and what has neither state nor equality.
    """
    try:
        return _same(a, b, _Seen(asked), 0)
    except RecursionError:
        raise NotComparable("too deep") from None


class _Seen(set[tuple[int, int]]):
    """Pairs that are being compared, and how."""

    def __init__(self, asked: bool) -> None:
        super().__init__()
        self.asked = asked


def _same(a: Any, b: Any, seen: _Seen, depth: int) -> bool:
    if a is b:
        return True
    if depth > DEPTH:
        raise NotComparable("too deep")
    if (id(a), id(b)) in seen:
        return True
    if isinstance(a, type) and isinstance(b, type):
        return a.__qualname__ == b.__qualname__
    if type(a).__qualname__ != type(b).__qualname__:
        return False
    if isinstance(a, PLAIN):
        return bool(a == b)
    if isinstance(a, (float, complex)):
        return _same_number(a, b)
    if isinstance(a, types.ModuleType):
        return a.__name__ == b.__name__
    if isinstance(a, BEYOND) or type(a).__module__.startswith("matplotlib"):
        raise NotComparable(type(a).__qualname__)
    seen.add((id(a), id(b)))
    for compare in (_numpy, _pandas, _sparse, _container):
        found = compare(a, b, seen, depth)
        if found is not None:
            return found
    return _same_state(a, b, seen, depth)


def _same_number(a: Any, b: Any) -> bool:
    if isinstance(a, complex):
        return _same_number(a.real, b.real) and _same_number(a.imag, b.imag)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return bool(a == b) and math.copysign(1, a) == math.copysign(1, b)


def _numpy(a: Any, b: Any, seen: _Seen, depth: int) -> bool | None:
    try:
        import numpy as np
    except ImportError:
        return None
    if isinstance(a, np.generic) and not isinstance(a, np.void):
        return bool(a.dtype == b.dtype) and (bool(a == b) or (_is_missing(a) and _is_missing(b)))
    if not isinstance(a, np.ndarray):
        return None
    # Pickling may turn the order of bytes to the machine's own, which no computation shows.
    if a.dtype.newbyteorder("=") != b.dtype.newbyteorder("=") or a.shape != b.shape:
        return False
    if isinstance(a, np.ma.MaskedArray):
        masks = np.array_equal(np.ma.getmaskarray(a), np.ma.getmaskarray(b))
        return masks and _same(a.compressed(), b.compressed(), seen, depth + 1)
    if a.dtype.kind in "fcmM":
        return bool(np.array_equal(a, b, equal_nan=True))
    if a.dtype.kind in "OV":
        return _same(a.tolist(), b.tolist(), seen, depth + 1)
    return bool(np.array_equal(a, b))


def _is_missing(scalar: Any) -> bool:
    return scalar.dtype.kind in "fcmM" and str(scalar) in MISSING


def _pandas(a: Any, b: Any, _seen: _Seen, _depth: int) -> bool | None:
    try:
        import pandas as pd
    except ImportError:
        return None
    checks = {
        pd.DataFrame: pd.testing.assert_frame_equal,
        pd.Series: pd.testing.assert_series_equal,
        pd.Index: pd.testing.assert_index_equal,
    }
    for kind, check in checks.items():
        if isinstance(a, kind):
            exact = {"exact": True} if kind is pd.Index else {"check_index_type": True}
            try:
                check(a, b, check_exact=True, **exact)
            except AssertionError:
                return False
            return True
    if isinstance(a, pd.api.extensions.ExtensionArray):
        return bool(a.equals(b))
    return None


def _sparse(a: Any, b: Any, seen: _Seen, depth: int) -> bool | None:
    if not type(a).__module__.startswith("scipy.sparse") or not hasattr(a, "tocoo"):
        return None
    if a.shape != b.shape:
        return False
    left, right = a.tocsr(), b.tocsr()
    parts = ("data", "indices", "indptr")
    return all(_same(getattr(left, part), getattr(right, part), seen, depth + 1) for part in parts)


def _container(a: Any, b: Any, seen: _Seen, depth: int) -> bool | None:
    if isinstance(a, dict) and not _same(list(a), list(b), seen, depth + 1):
        return False
    if isinstance(a, dict):
        left, right = list(a.values()), list(b.values())
    elif isinstance(a, (list, tuple)):
        left, right = list(a), list(b)
    elif isinstance(a, (set, frozenset)):
        return sorted(map(repr, a)) == sorted(map(repr, b))
    else:
        return None
    if len(left) != len(right):
        return False
    if not all(_same(x, y, seen, depth + 1) for x, y in zip(left, right, strict=True)):
        return False
    # A class that takes its state back itself may leave some of it behind, as a bunch of scikit-learn does.
    if hasattr(type(a), "__setstate__"):
        return True
    # Some are their own attributes, which is lost on the way: what they hold counts.
    own = [dict(getattr(one, "__dict__", {})) for one in (a, b)]
    return not any(own) or _same(own[0], own[1], seen, depth + 1)


def _same_state(a: Any, b: Any, seen: _Seen, depth: int) -> bool:
    """What pickling would keep of an object, part by part."""
    try:
        left, right = a.__reduce_ex__(4), b.__reduce_ex__(4)
    except Exception as error:  # noqa: BLE001 - a class may raise anything
        raise NotComparable(str(error)) from None
    if isinstance(left, str) or isinstance(right, str):
        return bool(left == right)
    if callable(left[0]) and getattr(left[0], "__qualname__", "") != getattr(
        right[0], "__qualname__", ""
    ):
        return False
    # What makes it, its state, and what it lists and maps, in the order of `object.__reduce__`.
    parts = [list(half[1:3]) + [list(part or ()) for part in half[3:5]] for half in (left, right)]
    if len(left) > 2 and len(right) > 2:
        parts[0][1], parts[1][1] = _asked_of_both(left[2], right[2], seen.asked)
    return _same(parts[0], parts[1], seen, depth + 1)


def _asked_of_both(left: Any, right: Any, asked: bool) -> tuple[Any, Any]:
    """Two states without what only one of them keeps in a cache: it was asked for that, and the other would answer the same."""
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return left, right
    left = {name: value for name, value in left.items() if name in right or not asked}
    left, right = dict(left), dict(right)
    for name in {name for name in (*left, *right) if isinstance(name, str) and "cache" in name}:
        kept = left.pop(name, None), right.pop(name, None)
        if all(isinstance(cache, dict) for cache in kept):
            both = kept[0].keys() & kept[1].keys()
            left[name], right[name] = ({key: cache[key] for key in both} for cache in kept)
    return left, right
