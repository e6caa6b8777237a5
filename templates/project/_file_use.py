"""Which files a step uses, as Python's audit events tell: read, written, listed, looked for in vain.

The same file is in every pipeline. What a library reads without Python is not seen; what it
writes is found by size and time. Reading a module's source in order to import it, to show a
line of it in a traceback, or to inspect it is no use of data; opening a ``.py`` file is.
Only the standard library is imported here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from . import _secrets


def digest_of_open_file(file: IO[bytes]) -> str:
    """``sha256:…`` of what is left to read."""
    state = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        state.update(block)
    return f"sha256:{state.hexdigest()}"


def digest_file(path: str | os.PathLike[str]) -> str | None:
    """``sha256:…`` of a file; ``None`` when it is no readable file."""
    try:
        with open(path, "rb") as file:
            return digest_of_open_file(file)
    except OSError:
        return None


class FileUse:
    """Files that were opened, listed and looked for; those below a folder under their names there.

    ``beside`` names folders above the root (``../data``) that belong to it as well.
    """

    def __init__(
        self,
        root: Path,
        skip: Sequence[Path] = (),
        *,
        outside: bool = True,
        beside: Sequence[str] = (),
    ) -> None:
        self.root = os.path.realpath(root)
        above = [os.path.normpath(os.path.join(self.root, folder)) for folder in beside]
        self.places = _outermost([self.root, *above])
        self.skip = tuple(os.path.realpath(path) for path in skip)
        self.read: dict[str, str | None] = {}
        self.written: set[str] = set()
        self.emptied: set[str] = set()
        self.outside_written: set[str] = set()
        self._is_outside_told = outside
        self._looked: dict[str, str | list[str]] = {}
        self._asked: set[str | bytes] = set()
        self._before: dict[str, tuple[int, int]] = {}

    def __enter__(self) -> FileUse:  # noqa: PYI034 - Self needs Python 3.11
        other_peoples_places()
        self._before = self.stamps()
        _hooks().listeners.append(self.listen)
        _hooks().look(self)
        return self

    def __exit__(self, *_: object) -> None:
        _hooks().look_away(self)
        _hooks().listeners.remove(self.listen)
        self.compare_stamps(self._before, self.stamps())

    def compare_stamps(
        self, before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]
    ) -> None:
        """Find what libraries wrote without Python (HDF5, model files) by size and time."""
        for name, stamp in after.items():
            if before.get(name) != stamp:
                self.written.add(name)

    def relative(self, path: Any, *, sources: bool = False) -> str | None:
        """The path from the root with ``/``; ``None`` for files that are not the project's data."""
        full = self._full(path)
        if full is None or not self._is_within(full) or full in (self.root, *self.places):
            return None
        if any(full == skip or full.startswith(skip + os.sep) for skip in self.skip):
            return None
        name = self._name(full)
        parts = name.split("/")
        if name.endswith(".pyc") or any(part in _NOT_DATA for part in parts[:-1]):
            return None
        return None if name.endswith(".py") and not sources else name

    def _name(self, full: str) -> str:
        if full.startswith(self.root + os.sep):
            return full[len(self.root) + 1 :].replace(os.sep, "/")
        return os.path.relpath(full, self.root).replace(os.sep, "/")

    def _is_within(self, full: str) -> bool:
        return any(full == place or full.startswith(place + os.sep) for place in self.places)

    def _full(self, path: Any) -> str | None:
        if isinstance(path, int) or path is None:
            return None
        try:
            said = os.fsdecode(path)
            full = os.path.realpath(said)
            if not self._is_within(full) and os.pardir not in _after_leading(said):
                # A link to data elsewhere: its place here is what everybody knows it by.
                linked = os.path.normpath(os.path.join(os.path.realpath(os.getcwd()), said))
                if self._is_within(linked):
                    return linked
        except (OSError, TypeError, ValueError):
            return None
        return full

    def listen(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Receive one audit event."""
        if event == "open":
            self._opened(arguments[0], arguments[2])
        elif event == "os.rename":
            for path in arguments[:2]:
                name = self.relative(path, sources=True)
                if name is not None:
                    self.written.add(name)
                    self.emptied.discard(name)
        elif event == "sqlite3.connect":
            name = self.relative(arguments[0])
            if name is not None:
                self.saw(name, os.path.join(self.root, name))
        elif event == "os.chdir":
            # The same words lead elsewhere from now on.
            self._asked.clear()
        elif event in ("os.listdir", "os.scandir") and not _asked_by(_FINDERS):
            self._listed("." if arguments[0] is None else arguments[0])

    def _opened(self, path: Any, flags: int) -> None:
        writes = flags & (os.O_WRONLY | os.O_RDWR)
        name = self.relative(path)
        if name is None and not _asked_by(_READERS_OF_CODE):
            name = self.relative(path, sources=True)
            if name is None:
                self._opened_outside(path, bool(writes))
        if name is None:
            return
        full = os.path.join(self.root, name)
        if not (writes and flags & os.O_TRUNC) and name not in self.written:
            self.saw(name, full)
            if not writes:
                self.looked(path, "absent" if not os.path.lexists(full) else "")
        if writes:
            if flags & os.O_TRUNC and name not in self.written:
                self.emptied.add(name)
            self.written.add(name)

    def _opened_outside(self, path: Any, writes: bool) -> None:
        full = self._full(path) if self._is_outside_told else None
        if full is None or self._is_within(full):
            return
        if not is_somebodys_data(full, writes=writes):
            return
        if writes:
            self.outside_written.add(full)
        elif full not in self.outside_written:
            self.saw(full, full)

    def saw(self, name: str, full: str) -> None:
        """Note that a file is read, with its content before anything writes to it."""
        if name not in self.read and os.path.isfile(full):
            self.read[name] = digest_file(full)
            _secrets.learn_file(full)

    def looked(self, path: Any, found: str) -> None:
        """Note that somebody asked what is at a path, and the answer: a kind, or ``absent``."""
        if not found:
            return
        if isinstance(path, (str, bytes)):
            if path in self._asked:
                return
            self._asked.add(path)
        name = self._place(path)
        if name is not None and name not in self.written:
            self._looked.setdefault(name, found)

    def _place(self, path: Any) -> str | None:
        """As ``relative``, the root itself and the folders above it included."""
        full = self._full(path)
        if full == self.root or full in self.places:
            return self._name(full)
        return self.relative(path, sources=True)

    def _listed(self, path: Any) -> None:
        name = self._place(path)
        if name is None or isinstance(self._looked.get(name), list):
            return
        with contextlib.suppress(OSError):
            self._looked[name] = sorted(os.listdir(os.path.join(self.root, name)))

    def listed(self) -> list[str]:
        """Folders whose names somebody asked for."""
        return sorted(name for name, seen in self._looked.items() if isinstance(seen, list))

    def looked_for(self, made: Sequence[str]) -> dict[str, str]:
        """What was found where the step looked, without what it and later steps make themselves.

        By path: ``absent``, ``file``, ``directory``, or the digest over the names in a folder that was
        listed. An answer that the step itself has changed since says nothing of what it depends on.
        """
        found: dict[str, str] = {}
        for name, seen in sorted(self._looked.items()):
            full = os.path.join(self.root, name)
            if isinstance(seen, list):
                found[name] = names_digest(set(seen) - names_within(name, made))
            elif name in self.read or name in made or names_within(name, made):
                continue
            elif kind_of(full) == seen:
                found[name] = seen
        return found

    def left_behind(self) -> str:
        """What a step that raised had written: ``nothing``, ``whole-files`` or ``something``.

        Whole files were made or emptied by the step and not read by it: written again from
        their beginning they are the same. What a library wrote without Python, what was
        renamed, and what was there before and is changed in place are ``something``.
        """
        if self.outside_written:
            return "something"
        if not self.written:
            return "nothing"
        return "whole-files" if self.written <= self.emptied - set(self.read) else "something"

    def stamps(self) -> dict[str, tuple[int, int]]:
        """Size and time of change of every data file below the root and the folders that belong to it."""
        found: dict[str, tuple[int, int]] = {}
        folders = list(self.places)
        while folders and len(found) < 50_000:
            with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _NOT_DATA and entry.path not in self.skip:
                            folders.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        name = self.relative(entry.path)
                        if name is not None:
                            stat = entry.stat()
                            found[name] = (stat.st_size, stat.st_mtime_ns)
        return found


def folders_above(root: Path, paths: Sequence[str]) -> list[str]:
    """The folders above the root that hold these files (``../data/raw.csv`` → ``../data``), from the root."""
    found: dict[str, None] = {}
    for path in paths:
        plain = os.path.normpath(path)
        if plain.split(os.sep)[0] != os.pardir:
            continue
        while any(sign in plain for sign in "*?[") or not (root / plain).is_dir():
            if os.path.basename(plain) == os.pardir:
                break
            plain = os.path.dirname(plain)
        found[plain] = None
    return list(found)


def levels_above(paths: Sequence[str]) -> int:
    """How many folders above the root the highest of these paths starts from."""
    plain = [os.path.normpath(path).split(os.sep) for path in paths]
    return max((parts.count(os.pardir) for parts in plain), default=0)


def _outermost(places: Sequence[str]) -> tuple[str, ...]:
    """Each of these folders that is in none of the others."""
    return tuple(
        place
        for place in dict.fromkeys(places)
        if not any(place.startswith(other.rstrip(os.sep) + os.sep) for other in places)
    )


def _after_leading(said: str) -> list[str]:
    """The parts of a path behind the ``..`` that it starts with: those lead where they say from a real folder."""
    parts = said.split(os.sep)
    while parts and parts[0] == os.pardir:
        del parts[0]
    return parts


def names_digest(names: set[str]) -> str:
    """Digest over the names in a folder; what Python and this program leave there is not among them."""
    # Sorted by digests, whose order is the same in every language.
    digests = sorted(
        hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
        for name in names
        if name not in _NOT_DATA
    )
    return f"sha256:{hashlib.sha256(''.join(digests).encode()).hexdigest()}"


def names_within(folder: str, paths: Sequence[str]) -> set[str]:
    """The first name below the folder of every path that is in it."""
    start = "" if folder == "." else f"{folder}/"
    return {path[len(start) :].partition("/")[0] for path in paths if path.startswith(start)}


def kind_of(path: str) -> str:
    """``file``, ``directory`` or ``absent``, as ``Path.exists`` sees it."""
    return "directory" if os.path.isdir(path) else "file" if os.path.exists(path) else "absent"


_NOT_DATA = {
    ".git",
    ".mlops",
    ".venv",
    "venv",
    "node_modules",
    "site-packages",
    "__pycache__",
    ".ipynb_checkpoints",
}

# ---------------------------------------------------------------- who opened it, and whose it is

_READERS_OF_CODE = ("tokenize.py", "linecache.py", "inspect.py", "runpy.py", "pkgutil.py")
_FINDERS = ("pkgutil.py", "zipimport.py", os.path.join("importlib", "metadata", "__init__.py"))


def _asked_by(files: Sequence[str]) -> bool:
    """Whether the import system or one of these modules is what raised the event that is handled now."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename in (__file__, *_OWN_FILES):
        frame = frame.f_back  # type: ignore[assignment]
    for _ in range(3):
        if frame is None:
            return False
        name = frame.f_code.co_filename
        if name.startswith(("<frozen importlib", "<frozen zipimport")) or name.endswith(files):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


_OWN_FILES: set[str] = set()
"""Files whose frames stand between an event and ``FileUse``: hooks of others who pass events on."""


def passes_events_on(file: str) -> None:
    """Say that a file's own frames are not those of whoever opened something."""
    _OWN_FILES.add(file)


def is_somebodys_data(full: str, *, writes: bool) -> bool:
    """Whether a file outside the root is data, and no part of Python, the system or a cache."""
    if full.endswith((".pyc", ".so", ".pth", ".ttf", ".afm", ".dll", ".dylib")):
        return False
    if not writes and not os.path.isfile(full):
        return False
    system, temporary = other_peoples_places()
    places = (*system, *temporary) if writes else system
    return not any(full == place or full.startswith(place + os.sep) for place in places)


@functools.cache
def other_peoples_places() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Folders of Python, the system and caches; and those that only writing may be ignored in."""
    home = os.path.expanduser("~")
    cache = os.environ.get("XDG_CACHE_HOME", os.path.join(home, ".cache"))
    config = os.environ.get("XDG_CONFIG_HOME", os.path.join(home, ".config"))
    # Data that libraries download is kept in caches, too.
    caches = [os.path.join(cache, name) for name in ("matplotlib", "fontconfig", "joblib")]
    own = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}
    system = ["/usr", "/etc", "/proc", "/sys", "/dev", "/lib", "/opt/homebrew", "/System"]
    caches.append(os.path.join(config, "matplotlib"))
    if os.environ.get("MPLCONFIGDIR"):
        caches.append(os.environ["MPLCONFIGDIR"])
    places = tuple(os.path.realpath(place) for place in (*own, *system, *caches))
    return places, (os.path.realpath(tempfile.gettempdir()), os.path.realpath(cache))


# ------------------------------------------------------------------------------------- hooks

_Listener = Callable[[str, tuple[Any, ...]], None]
_HEARD = frozenset(("open", "os.rename", "sqlite3.connect", "os.listdir", "os.scandir", "os.chdir"))
_ASKING = ("stat", "lstat", "access")
"""Functions of ``os`` that tell what is at a path, and of which no audit event tells."""
_SUPPORTS: tuple[set[Any], ...] = (
    os.supports_follow_symlinks,
    os.supports_dir_fd,
    os.supports_fd,
    os.supports_effective_ids,
)


def tell_of_looking(looker: Any) -> None:
    """From now on call ``looker.looked(path, found)`` when somebody asks what is at a path."""
    _hooks().look(looker)


def tell_no_more(looker: Any) -> None:
    """End what ``tell_of_looking`` began."""
    _hooks().look_away(looker)


class _Hooks:
    """What hears of files in this process, whatever copy of this module asks for it."""

    def __init__(self) -> None:
        self.listeners: list[_Listener] = []
        self.lookers: list[Any] = []
        self.busy = threading.local()
        self.asking = {name: getattr(os, name) for name in _ASKING}

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody is being told of something already: what that does is not the user's doing."""
        is_first = not getattr(self.busy, "now", False)
        self.busy.now = True
        try:
            yield is_first
        finally:
            if is_first:
                self.busy.now = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook, which can never be removed."""
        if not self.listeners or event not in _HEARD or getattr(self.busy, "now", False):
            return
        with self.alone():
            for listener in tuple(self.listeners):
                listener(event, arguments)

    def look(self, looker: Any) -> None:
        """From now on tell of ``os.stat`` and the like."""
        self.lookers.append(looker)
        for name, ask in self.asking.items():
            if getattr(os, name) is ask:
                setattr(os, name, self.telling(ask))
                for group in _SUPPORTS:
                    if ask in group:
                        group.add(getattr(os, name))

    def look_away(self, looker: Any) -> None:
        """Put things back when nobody wants to hear of it any more."""
        self.lookers.remove(looker)
        if self.lookers:
            return
        for name, ask in self.asking.items():
            for group in _SUPPORTS:
                if getattr(os, name) is not ask:
                    group.discard(getattr(os, name))
            setattr(os, name, ask)

    def telling(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, telling what it answers."""

        @functools.wraps(ask)
        def asked(path: Any, *arguments: Any, **named: Any) -> Any:
            if isinstance(path, int) or named.get("dir_fd") is not None:
                return ask(path, *arguments, **named)
            try:
                answer = ask(path, *arguments, **named)
            except (FileNotFoundError, NotADirectoryError):
                self.tell(path, "absent")
                raise
            self.tell(path, _kind_in(answer))
            return answer

        return asked

    def tell(self, path: Any, found: str) -> None:
        if getattr(self.busy, "now", False):
            return
        with self.alone():
            for looker in tuple(self.lookers):
                looker.looked(path, found)


def _kind_in(answer: Any) -> str:
    """What an answer says: a kind, ``absent``, or nothing certain."""
    mode = getattr(answer, "st_mode", None)
    if mode is None:
        return "" if answer else "absent"
    return "directory" if mode & 0o170000 == 0o040000 else "file"


def _hooks() -> _Hooks:
    """One for the process, however often this module is loaded."""
    known: _Hooks | None = getattr(sys, "_mlops_file_hooks", None)
    if known is None:
        known = _Hooks()
        sys._mlops_file_hooks = known  # type: ignore[attr-defined]
        sys.addaudithook(known.hear)
    return known
