"""What the files of a model version would look up when they are loaded; nothing is loaded here.

Tells by name and content which files are pickles or hold some (joblib files and their compressed
forms, ``.npy`` of objects, zip archives, skops) and walks them; see ``pickle_walk.py``. Every such
file gets an answer or a refusal with the place; expanding is bounded.
"""

from __future__ import annotations

import ast
import bz2
import contextlib
import json
import lzma
import mmap
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

MOST_EXPANDED = 4 << 30
"""Bytes of a file without its compression."""
MOST_SCHEMA = 64 << 20
MOST_HEADER = 10_000
"""Bytes of the header of a ``.npy`` file, as in NumPy."""
MOST_MEMBERS = 10_000
CHUNK = 1 << 20

PICKLES = (".pkl", ".pickle", ".pck", ".dill", ".cloudpickle", ".sav")
PICKLE_START = re.compile(rb"\x80[\x02-\x05]")
NPY = b"\x93NUMPY"
ZIP = b"PK\x03\x04"
COMPRESSIONS = (
    (b"\x1f\x8b", "gzip"),
    (b"BZ", "bz2"),
    (b"\x5d\x00", "lzma"),
    (b"\xfd7zXZ", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x78", "zlib"),
)
"""What joblib takes a file's first bytes for."""

Found = dict[str, Any]


def walk_file(path: Path, name: str, walk: Any) -> Found | None:
    """``names`` (``module:name`` → offset) and ``refused`` (``why``, ``offset``); ``None`` for no pickle.

    ``walk`` is the module ``pickle_walk``. The offset is in the content without compression.
    """
    lower = name.lower()
    certain = lower.endswith((".joblib", *PICKLES))
    arrays = lower.endswith(".joblib")
    names: dict[tuple[str, str], int] = {}
    refused: Found | None = None
    try:
        with path.open("rb") as file, content_of(file, walk, certain=certain) as data:
            if data is None or not (certain or holds_pickles(data)):
                return None
            names = names_in(data, walk, arrays=arrays)
    except walk.Refusal as refusal:
        refused = {"why": refusal.why, "offset": refusal.offset}
    return {
        "names": {f"{module}:{name}": at for (module, name), at in sorted(names.items())},
        "refused": refused,
    }


def walk_files(files: dict[str, Path], walk: Any) -> dict[str, Found]:
    """The pickles among these files, by name."""
    found = {name: walk_file(path, name, walk) for name, path in sorted(files.items())}
    return {name: one for name, one in found.items() if one is not None}


def holds_pickles(data: Any) -> bool:
    head = bytes(data[:6])
    return head == NPY or head[:4] == ZIP or PICKLE_START.match(head) is not None


def names_in(data: Any, walk: Any, *, arrays: bool) -> dict[tuple[str, str], int]:
    head = bytes(data[:6])
    if head == NPY:
        return names_in_npy(data, walk)
    if head[:4] == ZIP:
        return names_in_zip(data, walk)
    found: dict[tuple[str, str], int] = walk.find_names(data, arrays=arrays)
    return found


# ------------------------------------------------------------------------------ content


@contextlib.contextmanager
def content_of(file: IO[bytes], walk: Any, *, certain: bool) -> Iterator[Any]:
    """The file's bytes without their compression; ``None`` where that is nothing we look at."""
    head = file.read(6)
    if not head:
        if certain:
            raise walk.Refusal("it is empty", 0)
        yield None
        return
    if head.startswith(b"ZF") and certain:
        raise walk.Refusal("joblib's form of before 2015 keeps parts in other files", 0)
    compression = next((name for start, name in COMPRESSIONS if head.startswith(start)), None)
    if compression is None:
        with mapped(file) as data:
            yield data
        return
    with tempfile.TemporaryFile() as expanded:
        try:
            file.seek(0)
            expand(file, expanded, expander(compression, walk), walk)
        except walk.Refusal:
            if certain or holds_pickles(started(expanded)):
                raise
            yield None
            return
        if expanded.tell() == 0:
            yield None
            return
        with mapped(expanded) as data:
            yield data


def started(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(6)


@contextlib.contextmanager
def mapped(file: IO[bytes]) -> Iterator[Any]:
    file.flush() if file.writable() else None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def expander(compression: str, walk: Any) -> Any:
    """Something with ``decompress(bytes, most)``, ``eof`` and ``unused_data``."""
    if compression == "gzip":
        return Inflate(31)
    if compression == "zlib":
        return Inflate(15)
    if compression == "bz2":
        return bz2.BZ2Decompressor()
    if compression == "lzma":
        return lzma.LZMADecompressor(memlimit=1 << 30)
    try:
        import lz4.frame  # type: ignore[import-not-found]
    except ImportError:
        raise walk.Refusal("reading it needs the package lz4, which is not there", 0) from None
    return lz4.frame.LZ4FrameDecompressor()


class Inflate:
    """``zlib`` in the form of the other decompressors, which keep what they were given."""

    def __init__(self, window: int) -> None:
        self.inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        return self.inner.eof

    @property
    def unused_data(self) -> bytes:
        return self.inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self.inner.unconsumed_tail

    def decompress(self, data: bytes, most: int) -> bytes:
        return self.inner.decompress(self.inner.unconsumed_tail + data, most)


def expand(file: IO[bytes], expanded: IO[bytes], inner: Any, walk: Any) -> None:
    """One stream, whole, with nothing behind it."""
    total = 0
    try:
        while not inner.eof:
            data = file.read(CHUNK) if inner.needs_input else b""
            if inner.needs_input and not data:
                raise walk.Refusal("its compressed content ends in the middle", total)
            part = inner.decompress(data, CHUNK)
            total += len(part)
            if total > MOST_EXPANDED:
                raise walk.Refusal(f"it is larger than {MOST_EXPANDED >> 30} GiB when expanded", 0)
            expanded.write(part)
    except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError, RuntimeError) as error:
        raise walk.Refusal(f"its compressed content is broken: {error}", total) from error
    if inner.unused_data or file.read(1):
        raise walk.Refusal("something lies behind its compressed content", total)


# -------------------------------------------------------------------------- other formats


def names_in_npy(data: Any, walk: Any) -> dict[tuple[str, str], int]:
    """Of an array of objects; one of numbers looks up nothing."""
    wide = data[6:7] >= b"\x02"
    start = 12 if wide else 10
    size = int.from_bytes(data[8:start], "little")
    if size > MOST_HEADER or start + size > len(data):
        raise walk.Refusal("its header is longer than NumPy reads", 8)
    try:
        header = ast.literal_eval(bytes(data[start : start + size]).decode("latin-1").strip())
        objects = has_objects(header["descr"])
    except (SyntaxError, ValueError, TypeError, KeyError, MemoryError, RecursionError):
        raise walk.Refusal("its header cannot be read", start) from None
    if not objects:
        return {}
    # NumPy reads the pickle with a reader of its own, from here.
    found: dict[tuple[str, str], int] = walk.find_names(data, arrays=False, at=start + size)
    return found


def has_objects(description: Any) -> bool:
    if isinstance(description, str):
        return "O" in description
    if isinstance(description, tuple):
        return has_objects(description[0])
    return any(has_objects(field[1]) for field in description)


def names_in_zip(data: Any, walk: Any) -> dict[tuple[str, str], int]:
    """Types of a skops file; of another archive what its members look up."""
    try:
        with zipfile.ZipFile(AsFile(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise walk.Refusal("it has more members than any model has", 0)
            names: dict[tuple[str, str], int] = {}
            left = MOST_EXPANDED
            for member in members:
                left -= member.file_size
                if left < 0:
                    raise walk.Refusal(f"it is larger than {MOST_EXPANDED >> 30} GiB", 0)
                if member.filename == "schema.json":
                    names.update(types_in_skops(archive, member, walk))
                elif not member.is_dir():
                    names.update(names_in_member(archive, member, walk))
            return names
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise walk.Refusal(f"its archive cannot be read: {error}", 0) from error
    except (EOFError, ValueError, lzma.LZMAError) as error:
        raise walk.Refusal(f"its archive is broken: {error}", 0) from error


def names_in_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, walk: Any
) -> dict[tuple[str, str], int]:
    certain = member.filename.lower().endswith((".joblib", *PICKLES))
    with archive.open(member) as file, tempfile.TemporaryFile() as copy:
        left = member.file_size
        while part := file.read(min(CHUNK, left)):
            copy.write(part)
            left -= len(part)
        if copy.tell() == 0:
            return {}
        with mapped(copy) as data:
            if data[:4] == ZIP:
                raise walk.Refusal("an archive lies within its archive", member.header_offset)
            if not (certain or holds_pickles(data)):
                return {}
            arrays = member.filename.lower().endswith(".joblib")
            return names_in(data, walk, arrays=arrays)


def types_in_skops(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, walk: Any
) -> dict[tuple[str, str], int]:
    """Every module and class that the schema names."""
    if member.file_size > MOST_SCHEMA:
        raise walk.Refusal("its schema is larger than any model's", member.header_offset)
    names: dict[tuple[str, str], int] = {}
    try:
        waiting: list[Any] = [json.loads(archive.read(member))]
    except (ValueError, RecursionError) as error:
        raise walk.Refusal(f"its schema is no JSON: {error}", member.header_offset) from error
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            for module, name in (
                ("__module__", "__class__"),
                ("module_path", "function"),
                ("class_module", "class_name"),
            ):
                if isinstance(node.get(module), str) and isinstance(node.get(name), str):
                    names.setdefault((node[module], node[name]), 0)
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return names


class AsFile:
    """A mapped file as ``zipfile`` reads it."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.at = 0

    def read(self, size: int = -1) -> bytes:
        end = len(self.data) if size < 0 else min(self.at + size, len(self.data))
        part = bytes(self.data[self.at : end])
        self.at = max(self.at, end)
        return part

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self.at, len(self.data))[whence]
        self.at = max(0, base + offset)
        return self.at

    def tell(self) -> int:
        return self.at

    def seekable(self) -> bool:
        return True


# ------------------------------------------------------------------------------- own code

LARGEST_SOURCE = 8 << 20


def defined_names(files: dict[str, Path], shipped: frozenset[str]) -> list[str]:
    """``module:name`` of the classes and functions that the version's own ``code/`` defines.

    Names that a module merely imports are not its own. ``shipped`` are the files that mlops puts into
    every package: no value of a notebook is made of them.
    """
    found: set[str] = set()
    for name, path in files.items():
        parts = Path(name).with_suffix("").parts
        if not name.startswith("code/") or not name.endswith(".py") or len(parts) < 2:
            continue
        if len(parts) == 3 and Path(name).name in shipped:
            continue
        module = list(parts[1:-1] if parts[-1] == "__init__" else parts[1:])
        modules = {".".join(module)}
        if "_local" in module[:-1]:
            # The package puts this folder of the project's own modules on the path.
            modules.add(".".join(module[module.index("_local") + 1 :]))
        for defined in definitions_in(path):
            found.update(f"{one}:{defined}" for one in modules if one)
    return sorted(found)


def definitions_in(path: Path) -> Iterator[str]:
    """Qualified names of a file's classes and functions, without what is local to functions."""
    try:
        if path.stat().st_size > LARGEST_SOURCE:
            return
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        prefix, node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                yield prefix + child.name
                if isinstance(child, ast.ClassDef):
                    waiting.append((f"{prefix}{child.name}.", child))
            elif isinstance(child, (ast.If, ast.Try, ast.With, ast.ExceptHandler)):
                waiting.append((prefix, child))
