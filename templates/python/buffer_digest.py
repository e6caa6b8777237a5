"""Digest of a large buffer, which is mostly one that was taken before.

Between two cells few of a notebook's columns change. What a buffer's digest was is known by a
hash of 64 bits, the one that Python hashes bytes with, which takes less than half the time.
"""

from __future__ import annotations

import ctypes
import hashlib
import sys
from collections.abc import Callable

LARGE = 1 << 14
"""Bytes from which on it pays."""

MOST = 10_000
"""Digests that are kept."""

_known: dict[tuple[int, int], bytes] = {}


def buffer_digest(view: memoryview) -> bytes:
    """SHA-256 of a contiguous buffer."""
    address = None if _quick_hash is None else _address(view)
    if _quick_hash is None or address is None:
        return hashlib.sha256(view).digest()
    key = _quick_hash(address, view.nbytes), view.nbytes
    digest = _known.get(key)
    if digest is None:
        if len(_known) >= MOST:
            _known.clear()
        digest = _known[key] = hashlib.sha256(view).digest()
    return digest


def _address(view: memoryview) -> int | None:
    numpy = sys.modules.get("numpy")
    if not hasattr(numpy, "frombuffer"):
        return None
    address: int = numpy.frombuffer(view, "u1").ctypes.data
    return address


def _hash_of_bytes() -> Callable[[int, int], int] | None:
    """Python's own hash of memory, where it is a good one and found to work as expected."""
    info = sys.hash_info
    if sys.implementation.name != "cpython" or info.width != 64 or info.hash_bits != 64:
        return None
    if not info.algorithm.startswith("siphash"):
        return None
    for name in ("Py_HashBuffer", "_Py_HashBytes"):
        function = getattr(ctypes.pythonapi, name, None)
        if function is not None:
            function.argtypes, function.restype = (ctypes.c_void_p, ctypes.c_ssize_t), ctypes.c_ssize_t
            sample = b"the same for the same bytes"
            held = ctypes.create_string_buffer(sample, len(sample))
            found: Callable[[int, int], int] = function
            return found if found(ctypes.addressof(held), len(sample)) == hash(sample) else None
    return None


_quick_hash = _hash_of_bytes()
