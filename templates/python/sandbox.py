"""User code of which nothing may stay: it runs in an empty folder and is refused what it would change elsewhere.

The folder holds copies of the files that the code read in its run, never links, because code
that writes through a link writes the original. An audit hook refuses to write, move or remove
anything else, and to reach other processes and the network. Native libraries that open files
without Python are not seen by it; relative paths of theirs end in the folder, too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

MOST_COPIED_BYTES = 256 << 20
"""Of the files that the code reads. What reads more is not worth a second reading."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

PATHS_OF = {
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.link": (0, 1),
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.utime": (0,),
    "shutil.rmtree": (0,),
    "sqlite3.connect": (0,),
}
"""Audit events that change what is at a path, and which of their arguments are paths."""

REACHING_OUT = {
    "os.exec": "start a process",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
    "os.kill": "signal a process",
    "os.killpg": "signal a process",
    "os.posix_spawn": "start a process",
    "os.spawn": "start a process",
    "os.startfile": "start a process",
    "os.system": "start a process",
    "pty.spawn": "start a process",
    "socket.connect": "use the network",
    "socket.sendto": "use the network",
    "subprocess.Popen": "start a process",
}

_folders: list[str] = []
"""Where the code may write; the last one counts. Empty while no such code runs: a hook stays for good."""
_is_hooked: list[bool] = []


class Refused(PermissionError):
    """The code would have changed something that stays."""


class CannotRepeat(Exception):
    """The code cannot be run like this, with the reason."""


@contextlib.contextmanager
def sandbox(root: Path, reads: Mapping[str, str], writes: Sequence[str]) -> Iterator[None]:
    """Run what is inside in a folder that is thrown away.

    ``reads`` are the files of ``root`` that the code read, with the digests it found; ``writes``
    those it wrote, whose folders it may expect. What is printed goes nowhere.
    """
    here = os.getcwd()
    variables, before = dict(os.environ), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="mlops-aside-", ignore_cleanup_errors=True) as base:
        top = os.path.realpath(base)
        above = ["above"] * _levels_above([*reads, *writes])
        folder, temporary = os.path.join(top, *above, "root"), os.path.join(top, "tmp")
        os.makedirs(folder)
        os.mkdir(temporary)
        _copy_files(root, Path(folder), reads)
        for path in writes:
            if not os.path.isabs(path):
                os.makedirs(os.path.join(folder, os.path.dirname(path)), exist_ok=True)
        if not _is_hooked:
            sys.addaudithook(_refuse)
            _is_hooked.append(True)
        os.environ["TMPDIR"] = tempfile.tempdir = temporary
        os.chdir(folder)
        _folders.append(top)
        try:
            with _unheard():
                yield
        finally:
            _folders.pop()
            os.chdir(here)
            tempfile.tempdir = before
            os.environ.clear()
            os.environ.update(variables)


def _levels_above(paths: Sequence[str]) -> int:
    """How many folders above the root the highest of these paths starts from."""
    plain = [os.path.normpath(path).split(os.sep) for path in paths]
    return max((parts.count(os.pardir) for parts in plain), default=0)


def _copy_files(root: Path, folder: Path, reads: Mapping[str, str]) -> None:
    left = MOST_COPIED_BYTES
    for path, digest in sorted(reads.items()):
        if os.path.isabs(path):
            continue
        source, target = root / path, folder / path
        try:
            left -= source.stat().st_size
            if left < 0:
                raise CannotRepeat("the files it reads are too large to be copied")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            found = f"sha256:{hashlib.sha256(target.read_bytes()).hexdigest()}"
        except OSError as error:
            raise CannotRepeat(f"{path}, which it read, cannot be read any more") from error
        if found != digest:
            raise CannotRepeat(f"{path}, which it read, has changed since")


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """What is written to stdout and stderr goes nowhere, whoever writes it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        with (
            open(nowhere, "w", encoding="utf-8", closefd=False) as text,
            contextlib.redirect_stdout(text),
            contextlib.redirect_stderr(text),
        ):
            yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        for number, copy in zip((1, 2), kept, strict=True):
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook."""
    if not _folders:
        return
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(path, int) and _is_writing(mode, flags):
            _check(path, "write")
    elif event in PATHS_OF:
        for at in PATHS_OF[event]:
            if at < len(arguments) and not isinstance(arguments[at], int):
                _check(arguments[at], "change")
    elif event in REACHING_OUT:
        raise Refused(f"it would {REACHING_OUT[event]}")


def _is_writing(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & WRITING)


def _check(path: Any, what: str) -> None:
    try:
        found = os.path.realpath(os.fsdecode(path))
    except (TypeError, ValueError):
        return
    if found.startswith((_folders[-1] + os.sep, "/dev/")) or found == ":memory:":
        return
    raise Refused(f"it would {what} {os.fsdecode(path)}")
