"""What arrays hold, many at once: a digest of their types, shapes and bytes."""

from __future__ import annotations

import hashlib
from operator import attrgetter
from typing import Any

from .buffer_digest import LARGE, buffer_digest

BATCH = 512
"""Arrays that are described and, where they are small, copied together."""

TOGETHER = 1 << 20
"""Bytes up to which they are; of larger ones the digests of each are."""

_LOOKS = attrgetter("dtype", "shape", "nbytes")


def arrays_digest(arrays: list[Any]) -> str | None:
    """Digest of arrays of exactly NumPy's class; ``None`` where one holds more than numbers and text.

    As in a pickle, arrays are the same if their type, shape, order of axes and items are.
    """
    digest = hashlib.sha256()
    for at in range(0, len(arrays), BATCH):
        batch = arrays[at : at + BATCH]
        looks = list(map(_LOOKS, batch))
        if looks.count(looks[0]) == len(looks):
            # One for all.
            del looks[1:]
        described = [(_name(dtype), shape) for dtype, shape, _ in looks]
        if any(name is None for name, _ in described):
            return None
        length = sum(length for _, _, length in looks) * (len(batch) // len(looks))
        joined = _joined(batch) if length <= TOGETHER else None
        orders = "" if joined is not None else "".join(map(_order, batch))
        digest.update(repr((len(batch), described, orders.strip("C") and orders)).encode())
        if joined is not None:
            digest.update(joined)
        else:
            for array, order in zip(batch, orders, strict=True):
                digest.update(_digest_of(array.T if order == "F" else array))
    return digest.hexdigest()


def _name(dtype: Any) -> str | None:
    """Tells one type of items from all others."""
    if dtype.kind not in "biufcSUmM" or dtype.metadata:
        return None
    name: str = dtype.str
    return name


def _joined(arrays: list[Any]) -> bytes | None:
    """The memory of all; ``None`` where one cannot be read from end to end as it is."""
    try:
        return b"".join(arrays)
    except (BufferError, TypeError, ValueError):
        return None


def _order(array: Any) -> str:
    flags = array.flags
    return "F" if flags.f_contiguous and not flags.c_contiguous else "C"


def _digest_of(array: Any) -> Any:
    """Digest of the items; they are copied only where they do not lie side by side."""
    flat = array.ravel()
    data = memoryview(flat.view("u1") if flat.nbytes else b"")
    return buffer_digest(data) if data.nbytes >= LARGE else data
