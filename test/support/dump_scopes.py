"""Tell what CPython makes of Python files: its scopes, or where its syntax ends.

    python dump_scopes.py --list    # the files that there are, one path a line
    python dump_scopes.py           # paths on standard input, one a line

Answers with one JSON document a file: ``{"name", "text", "scopes"}``, or ``{"name", "text",
"error": [line, message]}``. A scope is one line: kind, name, line, and how each of its
names is looked up (local, global, free) and used: Read, Bound, Parameter, Imported,
Annotated, declared Global, Nonlocal.
"""

from __future__ import annotations

import io
import json
import os
import re
import symtable
import sys
import sysconfig
import tokenize
import warnings
from collections.abc import Iterator

FLAGS = {
    "R": "is_referenced",
    "B": "is_assigned",
    "P": "is_parameter",
    "I": "is_imported",
    "A": "is_annotated",
    "G": "is_declared_global",
    "N": "is_nonlocal",
}
COMPILER_NAMES = {"__class__", "__classdict__", "__conditional_annotations__"}
"""What the compiler adds on its own."""


def installed_files() -> Iterator[str]:
    """Every module of the standard library and of the installed packages, sorted."""
    roots = {sysconfig.get_paths()[key] for key in ("stdlib", "purelib", "platlib")}
    found = set()
    for root in roots:
        for folder, folders, names in os.walk(root):
            # What is installed beside the standard library is in an environment of its own.
            hidden = {"__pycache__", "site-packages"} - {os.path.basename(root)}
            folders[:] = [name for name in folders if name not in hidden]
            found |= {
                os.path.join(folder, name) for name in names if name.endswith(".py")
            }
    return iter(sorted(found))


def lines_of(table: symtable.SymbolTable, scopes: list[str]) -> list[str]:
    """Collect one line a scope, this one and those in it."""
    kind = str(getattr(table.get_type(), "value", table.get_type()))
    symbols = []
    for symbol in table.get_symbols():
        flags = "".join(
            letter for letter, method in FLAGS.items() if getattr(symbol, method)()
        )
        name = symbol.get_name()
        if kind == "module":
            # Set by any function of the module that declares the name.
            flags = flags.replace("G", "")
        if name in COMPILER_NAMES and not set(flags) & set("BP"):
            continue
        # A name that is only handed through to a scope further in is nobody's here.
        if name.startswith(".") or not flags:
            continue
        if symbol.is_free():
            how = "free"
        else:
            how = "local" if symbol.is_local() and kind != "module" else "global"
        symbols.append(f"{name}:{how}:{flags}")
    label, line = (
        ("top", 0) if kind == "module" else (table.get_name(), table.get_lineno())
    )
    scopes.append(" ".join([kind, label, str(line), *sorted(symbols)]))
    for child in table.get_children():
        if child.get_type() != "annotation":
            lines_of(child, scopes)
    return scopes


def dump(path: str) -> dict[str, object] | None:
    """What CPython makes of one file; nothing where it cannot decode it."""
    name = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            data = file.read()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):
        return None
    # Under it annotations belong to no scope, although whoever asks for type hints evaluates them.
    text = re.sub(
        r"(?m)^from __future__ import annotations\b",
        "from __future__ import division",
        text,
    )
    text = text.removeprefix("\ufeff")
    try:
        table = symtable.symtable(text, path, "exec")
    except SyntaxError as error:
        return {"name": name, "text": text, "error": [error.lineno or 0, error.msg]}
    return {"name": name, "text": text, "scopes": sorted(lines_of(table, []))}


def main() -> None:
    """See the top of the file."""
    warnings.simplefilter("ignore")
    if sys.argv[1:] == ["--list"]:
        print("\n".join(installed_files()))
        return
    for line in sys.stdin:
        found = dump(line.rstrip("\n"))
        if found is not None:
            print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
