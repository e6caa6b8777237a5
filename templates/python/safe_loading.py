"""What must hold before and while the files of a model version are loaded.

Before: every pickle of the version is walked, and each name that it looks up is known to be harmless,
on record for this file of this version, or defined in the version's own code. While: whatever reader
is used, a name that no walk has listed is refused as it is looked up.
"""

from __future__ import annotations

import _compat_pickle
import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SHIPPED = frozenset(
    [
        "__init__.py",
        "__main__.py",
        "_code.py",
        "_entity_support.py",
        "_feature_history.py",
        "_feature_statistics.py",
        "_feature_support.py",
        "_file_use.py",
        "_pipeline.py",
        "_runtime.py",
        "_secrets.py",
        "_shared_memory.py",
        "_values.py",
        "contract.py",
        "predict.py",
    ]
)
"""Files of every package that hold nothing of the notebook: no value is made of their classes."""


class Unlisted(Exception):
    """A name is looked up that no walk has listed. It did not happen."""


def check_names(
    folder: Path, files: list[str], allowed: dict[str, Any], modules: Any
) -> tuple[frozenset[str], dict[str, Any] | None]:
    """Every name that loading looks up, and the first thing that forbids it.

    ``allowed`` has ``known`` (names that are harmless anywhere) and ``recorded`` (path → names, or
    ``None`` where nothing is on record). ``modules`` gives ``pickle_walk`` and ``pickle_files``.
    """
    pickle_files = modules("pickle_files")
    paths = {name: folder / name for name in files}
    walked = pickle_files.walk_files(paths, modules("pickle_walk"))
    known = frozenset(allowed["known"])
    recorded = allowed.get("recorded") or {}
    listed = frozenset(name for found in walked.values() for name in found["names"])
    listed = listed.union(*recorded.values())
    own: frozenset[str] | None = None
    for path, found in walked.items():
        if found["refused"] is not None:
            return listed, {"file": path, **found["refused"]}
        rest = found["names"].keys() - known - frozenset(recorded.get(path, ()))
        if rest and own is None:
            own = frozenset(pickle_files.defined_names(paths, SHIPPED))
        for name in sorted(rest - (own or frozenset()), key=found["names"].__getitem__):
            return listed, {"file": path, "name": name, "offset": found["names"][name]}
    return listed, None


Look = Callable[[str, str], None]
_look: Look | None = None
_is_installed = False


@contextlib.contextmanager
def only(listed: frozenset[str]) -> Iterator[None]:
    """Refuses every other name, in whatever way it is unpickled."""

    def look(module: str, name: str) -> None:
        if f"{module}:{name}" not in listed and today(module, name) not in listed:
            raise Unlisted(f"{module}:{name} is looked up, which the file did not show before")

    with _looking(look):
        yield


@contextlib.contextmanager
def heard() -> Iterator[set[str]]:
    """The names that are looked up meanwhile, also those of a pickle that lies in another as bytes."""
    names: set[str] = set()
    with _looking(lambda module, name: names.add(today(module, name))):
        yield names


def today(module: str, name: str) -> str:
    """The name in Python 3 of what is written with Python 2's, as up to protocol 2."""
    if (module, name) in _compat_pickle.NAME_MAPPING:
        module, name = _compat_pickle.NAME_MAPPING[(module, name)]
    elif module in _compat_pickle.IMPORT_MAPPING:
        module = _compat_pickle.IMPORT_MAPPING[module]
    return f"{module}:{name}"


@contextlib.contextmanager
def _looking(look: Look) -> Iterator[None]:
    global _look, _is_installed
    if not _is_installed:
        # A hook cannot be taken away again, so there is one, which does nothing most of the time.
        sys.addaudithook(_hook)
        _is_installed = True
    _look = look
    try:
        yield
    finally:
        _look = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "pickle.find_class" and _look is not None:
        _look(*arguments)
