"""Keeping the values of some environment variables out of everything that is written.

The same file is in every pipeline. What is stored is searched for them before it gets its
name, and what is printed or recorded has them replaced by three stars. Only the standard
library is imported here.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import unquote

MASK = "***"
_SHORTEST = 4
_PASSWORD = re.compile(r"://[^\s:@/]*:([^\s@/]+)@")
_names: dict[str, None] = {}
_values: dict[str, str] = {}


class HoldsSecret(Exception):
    """Something that is to be stored holds the value of a protected variable."""


def protect(names: Iterable[str]) -> None:
    """Keep the values that these variables have, now or later."""
    _names.update(dict.fromkeys(names))
    known()


def known() -> dict[str, str]:
    """Protected values and the variable of each; empty in most processes."""
    for name in _names:
        value = os.environ.get(name, "")
        if len(value) >= _SHORTEST:
            _values.setdefault(value, name)
        for part in _PASSWORD.findall(value):
            for form in (part, unquote(part)):
                if len(form) > _SHORTEST:
                    _values.setdefault(form, name)
    return _values


def mask(text: str) -> str:
    """The text without protected values."""
    for value in sorted(known(), key=len, reverse=True):
        text = text.replace(value, MASK)
    return text


def mask_all(value: Any) -> Any:
    """The same JSON value with every text in it masked; keys stay."""
    if not known():
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: mask_all(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_all(item) for item in value]
    return value


def encodings(value: str) -> list[bytes]:
    """The forms in which a text may stand among bytes."""
    escaped = json.dumps(value)[1:-1]
    forms = {value.encode("utf-8", "surrogatepass"), escaped.encode("ascii")}
    forms.update(value.encode(name, "surrogatepass") for name in ("utf-16-le", "utf-32-le"))
    return sorted(forms)


def check_file(file: IO[bytes]) -> None:
    """Raise :class:`HoldsSecret` when a protected value stands in an open file."""
    searched = [(form, name) for value, name in known().items() for form in encodings(value)]
    if not searched:
        return
    longest = max(len(form) for form, _ in searched)
    file.seek(0)
    held = b""
    while block := file.read(1 << 20):
        held += block
        for form, name in searched:
            if form in held:
                raise HoldsSecret(f"it holds the value of the environment variable {name}")
        held = held[-longest:]


def check_value(value: Any, codec: str) -> None:
    """Search what a codec would compress, in a form that is not."""
    if known() and codec in ("parquet", "skops"):
        import pickle

        for name in found_in(pickle.dumps(value, protocol=5)):
            raise HoldsSecret(f"it holds the value of the environment variable {name}")


def found_in(data: bytes) -> list[str]:
    """Variables whose value stands in these bytes."""
    return [
        name
        for value, name in known().items()
        if any(form in data for form in encodings(value))
    ]
