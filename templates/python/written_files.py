"""Files that a notebook wrote, as values: what was pickled may have other bytes and the same content."""

from __future__ import annotations

import importlib.util
import pickle
from typing import IO, Any


def is_pickled(file: IO[bytes], files: Any, walk: Any) -> bool:
    """Whether the content is what pickle or joblib writes, whatever the file's name says.

    ``files`` is the module ``pickle_files``, and ``walk`` ``pickle_walk``.
    """
    head = file.read(files.CHUNK)
    file.seek(0)
    compression = next((name for start, name in files.COMPRESSIONS if head.startswith(start)), None)
    if compression is not None:
        try:
            head = files.expander(compression, walk).decompress(head, 6)
        except Exception:  # noqa: BLE001 - a text may begin as what is compressed does
            return False
    return files.PICKLE_START.match(head) is not None


def load_pickled(file: IO[bytes]) -> Any:
    """The value. joblib reads what pickle wrote, too, and only it knows where it put its arrays.

    Raises what unpickling raises.
    """
    if importlib.util.find_spec("joblib") is None:
        return pickle.load(file)
    import joblib

    return joblib.load(file)
