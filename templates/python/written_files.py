"""Files that a notebook wrote, as values: what was pickled may have other bytes and the same content."""

from __future__ import annotations

import importlib.util
import pickle
from typing import IO, Any

_STARTS = (b"\x80", b"\x1f\x8b", b"BZ", b"\xfd7zXZ", b"\x5d\x00", b"\x78")
"""A pickle, and the compressions that joblib writes, by their first bytes."""


def is_pickled(file: IO[bytes]) -> bool:
    """Whether the content looks like what pickle or joblib writes, whatever the file's name says."""
    head = file.read(6)
    file.seek(0)
    return head.startswith(_STARTS)


def load_pickled(file: IO[bytes]) -> Any:
    """The value. joblib reads what pickle wrote, too, and only it knows where it put its arrays.

    Raises what unpickling raises.
    """
    if importlib.util.find_spec("joblib") is None:
        return pickle.load(file)
    import joblib

    return joblib.load(file)
