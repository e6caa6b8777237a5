"""Keeping secrets out of everything that is written.

The same file is in every pipeline. Secrets are the values of some environment variables, and
what files of settings that a step reads hold under a name such as ``password``. What is stored
is searched for them before it gets its name, in every form in which a program may write them
and inside what is packed; what is printed or recorded has them replaced by three stars. Only
the standard library is imported here, and pyarrow where a file needs it.
"""

from __future__ import annotations

import base64
import bz2
import contextlib
import functools
import html
import importlib
import importlib.abc
import importlib.util
import io
import json
import lzma
import os
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any
from urllib.parse import quote, quote_plus, unquote

MASK = "***"
_SHORTEST = 4
_BLOCK = 1 << 20
_DEEPEST = 3
"""How many times packed a file may be that is still looked into."""
# As `passwords-in-text.ts` reads an address: a port is no password, and every part has a limit.
_PASSWORD = re.compile(
    r"""://[^\s:/?#"']{0,256}:(?!\d{1,5}(?:[/?#]|$))"""
    r"""((?:(?!://)[^\s@"'<>]){1,256}(?:@[^\s/?#@"'<>]{1,256}(?=@))*)@"""
)
_ADDRESS = "an address"
_IN_TEXT = (
    (_PASSWORD, _ADDRESS),
    (
        re.compile(
            r"(?i)(?:^|[;\s])(?:pwd|password|passwd|accountkey|sharedaccess(?:key|signature))"
            r"\s*=\s*([^\s;\"']{4,})"
        ),
        "a connection",
    ),
    # Words do not make a header: "basic features", "token authentication".
    (
        re.compile(r"(?i)\b(?:bearer|basic|token)\s+(?=[\w.~+/=-]*[\d+/=])([\w.~+/=-]{6,})"),
        "a header",
    ),
    (re.compile(r"(?:^|\s)(?:-u|--user)[\s=]+[\"']?[^\s:\"'@/]{1,64}:([^\s\"']{3,})"), "a command"),
)
_STRONG = re.compile(
    r"(?:^|[^a-z0-9])(?:pass(?:word|wd|phrase|code)|pwd|pswd|api[_-]?(?:key|secret|token)"
    r"|(?:secret|private|signing|encryption|account|storage|master)[_-]?key"
    r"|secret[_-]?access[_-]?key|(?:client|consumer|app|webhook)[_-]?secret"
    r"|(?:access|auth|refresh|bearer|oauth|session|bot|sas)[_-]?token"
    r"|connection[_-]?string)(?:[_-]?\d+)?$"
)
_ASSIGNED = re.compile(
    r"""(?<![\w.-])([A-Za-z][\w.-]*)["']?[ \t]*[:=][ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([^\s"'#,{}\[\]][^\n#]*))"""
)
_PLACEHOLDER = re.compile(
    r"(?i)(.)\1*$|(?:your|my|insert|enter|replace|put|add)[-_ ]|.*[-_ ]here$|change[-_ ]?me"
)
_SETTINGS = (".env", ".json", ".yaml", ".yml", ".ini", ".toml", ".cfg", ".conf", ".properties")
_LARGEST_SETTINGS = 1 << 16
# One process may have loaded this file twice: the pipeline's and that of the program that runs it.
_names: dict[str, None]
_values: dict[str, str]
_forms: dict[str, str]
_names, _values, _forms = sys.__dict__.setdefault("_mlops_secrets", ({}, {}, {}))


class HoldsSecret(Exception):
    """Something that is to be stored holds a secret."""


def protect(names: Iterable[str]) -> None:
    """Keep the values that these variables have, now or later."""
    _names.update(dict.fromkeys(names))
    if known():
        _watch_figures()


def known() -> dict[str, str]:
    """Secrets and what each is; empty in most processes."""
    for name in _names:
        what = f"the value of the environment variable {name}"
        value = os.environ.get(name, "")
        if len(value) >= _SHORTEST:
            _learn(value, what)
        for _, part in _parts(value):
            for form in (part, unquote(part)):
                if len(form) > _SHORTEST:
                    _learn(form, what)
    return _values


def _learn(value: str, what: str) -> None:
    if value not in _values:
        _values[value] = what
        for form in _spellings(value):
            _forms.setdefault(form, what)


def learn_file(path: str | os.PathLike[str]) -> None:
    """Keep what a file of settings holds under names that promise a secret.

    Large files and lists of records are data, in which such a name is a column.
    """
    name = os.path.basename(os.fspath(path))
    if not name.startswith(".env") and not name.endswith(_SETTINGS):
        return
    try:
        if os.path.getsize(path) > _LARGEST_SETTINGS:
            return
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return
    if text.lstrip().startswith("[") and name.endswith(".json"):
        return
    for key, found in _parts(text):
        value = found
        if value.isalpha():
            # A word means something else elsewhere: only an address says that it is a password.
            if key != _ADDRESS:
                continue
            value = f":{value}@"
        if len(value) >= 6 and not _PLACEHOLDER.match(value):
            _learn(value, f"the value of {key} in {name}")
    if _values:
        _watch_figures()


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """What a longer text holds as a secret, with the name under which it does."""
    for key, *values in _ASSIGNED.findall(text):
        value = _unescaped(next(filter(None, values), "")).strip()
        if promises_secret(key) and not re.match(r"[$<{%]|.*\*\*\*", value):
            yield key, value
    for pattern, key in _IN_TEXT:
        for value in pattern.findall(text):
            yield key, value


def promises_secret(name: str) -> bool:
    """Whether what is kept under this name is a secret whatever it looks like."""
    return _STRONG.search(re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()) is not None


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def _spellings(value: str) -> list[str]:
    """The texts that stand for a text in JSON, addresses, HTML, ``repr``, base64 and the like."""
    forms = {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        html.escape(value),
        html.escape(value, quote=False),
    }
    data = value.encode("utf-8", "surrogatepass")
    for quoted in (quote(data), quote(data, safe=""), quote_plus(data)):
        forms.update((quoted, re.sub("%..", lambda found: found.group().lower(), quoted)))
    for shift in range(3):
        # What stands before and behind in a longer text decides the letters at the edges.
        letters = base64.b64encode(bytes(shift) + data).decode()
        letters = letters[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6]
        if len(letters) >= 8:
            forms.update((letters, letters.translate(str.maketrans("+/", "-_"))))
    if len(data) >= 6:
        forms.update((data.hex(), data.hex().upper()))
    return sorted(forms)


def mask(text: str) -> str:
    """The text without secrets."""
    return _pattern(len(_forms)).sub(MASK, text) if known() else text


@functools.lru_cache(maxsize=1)
def _pattern(_count: int) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_forms, key=len, reverse=True))))


def spellings() -> Iterable[str]:
    """Every text that is masked."""
    known()
    return _forms


_OF_PROTOCOL = frozenset(("op", "id", "kind", "stream", "code", "codec", "digest"))


def mask_all(value: Any) -> Any:
    """The same JSON value with every text in it masked but the words of the protocol."""
    if not known():
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {
            key if key.isidentifier() else mask(key): item
            if key in _OF_PROTOCOL and isinstance(item, str)
            else mask_all(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask_all(item) for item in value]
    return value


@functools.cache
def encodings(value: str) -> list[bytes]:
    """The forms in which a text may stand among bytes."""
    forms = {form.encode("utf-8", "surrogatepass") for form in _spellings(value)}
    wide = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
    forms.update(value.encode(name, "surrogatepass") for name in wide)
    return sorted(forms)


def check_text(text: str) -> None:
    """Raise :class:`HoldsSecret` when a secret stands in a name or a parameter."""
    for what in found_in(text.encode("utf-8", "surrogatepass")):
        raise HoldsSecret(f"it holds {what}")


def check_file(file: IO[bytes]) -> None:
    """Raise :class:`HoldsSecret` when a secret stands in an open file, also where it is packed."""
    if known():
        searched = [(form, what) for value, what in known().items() for form in encodings(value)]
        _search(file, searched, 0)


def _search(file: IO[bytes], searched: Sequence[tuple[bytes, str]], depth: int) -> None:
    longest = max(len(form) for form, _ in searched)
    file.seek(0)
    held = b""
    while block := file.read(_BLOCK):
        held += block
        for form, what in searched:
            if form in held:
                raise HoldsSecret(f"it holds {what}")
        held = held[-longest:]
    if depth < _DEEPEST:
        for inner in _unpacked(file):
            _search(inner, searched, depth + 1)


def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """What is packed in a file, piece by piece; nothing for files that are not."""
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    try:
        if start.startswith(b"PK\3\4"):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    with contextlib.suppress(*_BROKEN), archive.open(name) as member:
                        yield from _spooled(_blocks(member))
        elif start[:2] == b"\x1f\x8b" or (start[:1] == b"\x78" and _is_zlib(start)):
            yield from _spooled(_inflated(file, lambda: zlib.decompressobj(wbits=47)))
        elif start.startswith(b"BZh"):
            yield from _spooled(_inflated(file, bz2.BZ2Decompressor))
        elif start.startswith((b"\xfd7zXZ", b"\x5d\0\0")):
            yield from _spooled(_inflated(file, lzma.LZMADecompressor))
        elif start.startswith((b"PAR1", b"ARROW1")) and _ends_with(file, start[:4]):
            yield from _spooled(_columns(file, start))
        elif start.startswith(_CLOSED) or (start.startswith(b"ORC") and _ends_with(file, b"ORC")):
            raise HoldsSecret("it is packed so that nothing can tell whether it holds a secret")
    except (ImportError, RuntimeError) as error:
        raise HoldsSecret(f"nothing can tell whether it holds a secret ({error})") from None
    except _BROKEN:
        # It only begins as if it were packed.
        return


_BROKEN = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
_CLOSED = (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"7z\xbc\xaf\x27\x1c", b"Rar!")
"""How files begin that the standard library cannot unpack: zstd, LZ4, 7z, RAR. ORC is told by its end, too."""


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(_BLOCK), b"")


def _spooled(blocks: Iterable[bytes]) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        # Of a file that is broken or goes on otherwise, what came before that.
        with contextlib.suppress(*_BROKEN):
            for block in blocks:
                file.write(block)
        yield file


def _ends_with(file: IO[bytes], mark: bytes) -> bool:
    """Both column formats end as they begin."""
    file.seek(-min(8, file.seek(0, os.SEEK_END)), os.SEEK_END)
    end = file.read()
    file.seek(0)
    return mark in end


def _is_zlib(start: bytes) -> bool:
    return len(start) > 1 and int.from_bytes(start[:2], "big") % 31 == 0


def _inflated(file: IO[bytes], begin: Callable[[], Any]) -> Iterator[bytes]:
    """All streams of a file, one behind the other, as far as each can be read."""
    state = begin()
    # Little at a time: what is inside may be a thousand times larger.
    while block := file.read(_BLOCK >> 6):
        if state.eof:
            state = begin()
        yield state.decompress(block)
        while state.eof and state.unused_data:
            rest = state.unused_data
            state = begin()
            yield state.decompress(rest)


def _columns(file: IO[bytes], start: bytes) -> Iterator[bytes]:
    """The texts of a table that a column format packs, as bytes one behind the other."""
    pyarrow = importlib.import_module("pyarrow")
    if start.startswith(b"PAR1"):
        opened = importlib.import_module("pyarrow.parquet").ParquetFile(file)
        batches = opened.iter_batches()
        yield repr(opened.schema_arrow.metadata).encode()
    else:
        batches = importlib.import_module("pyarrow.feather").read_table(file).to_batches()
    for batch in batches:
        plain = io.BytesIO()
        with pyarrow.ipc.new_stream(plain, batch.schema) as stream:
            stream.write_batch(batch)
        yield plain.getvalue()


def check_value(value: Any, codec: str) -> None:
    """Search what a codec would compress, in a form that is not."""
    if known() and codec in ("parquet", "skops"):
        import pickle

        for what in found_in(pickle.dumps(value, protocol=5)):
            raise HoldsSecret(f"it holds {what}")


def found_in(data: bytes) -> list[str]:
    """What the secrets are that stand in these bytes."""
    return [
        what
        for value, what in known().items()
        if any(form in data for form in encodings(value))
    ]


# ---------------------------------------------------------------------------- figures


def _watch_figures() -> None:
    """Search the texts of figures that are saved: in their files they are drawings."""
    if "matplotlib.figure" in sys.modules:
        _search_when_saved(sys.modules["matplotlib.figure"].Figure)
    elif not any(isinstance(finder, _FigureFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _FigureFinder())


class _FigureFinder(importlib.abc.MetaPathFinder):
    """Sees matplotlib's figures being imported, whenever that is."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != "matplotlib.figure":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                _search_when_saved(module.Figure)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _search_when_saved(figure: Any) -> None:
    save = figure.savefig
    if getattr(save, "searches", False):
        return

    def savefig(self: Any, *arguments: Any, **named: Any) -> Any:
        _check_figure(self)
        result = save(self, *arguments, **named)
        # Only what is drawn has all its labels.
        _check_figure(self)
        return result

    savefig.searches = True  # type: ignore[attr-defined]
    figure.savefig = savefig


def _check_figure(figure: Any) -> None:
    for part in figure.findobj(lambda part: hasattr(part, "get_text")):
        for what in found_in(str(part.get_text()).encode("utf-8", "surrogatepass")):
            raise HoldsSecret(f"this saves a figure that shows {what}")
