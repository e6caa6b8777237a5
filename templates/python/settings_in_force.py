"""What the settings of libraries are at a moment, as text that another process can be compared with.

A setting has a name (``pandas:display.max_columns``, ``environ:TZ``) and a value; a warning
filter is a setting of its own, whose value is that it is there: imports add filters, too, and
which of them came first is no matter of the notebook. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import types
from collections.abc import Iterable, Mapping
from typing import Any

ABSENT = None
"""The value of a setting that is not there."""

LIBRARIES = ("numpy", "pandas", "matplotlib", "decimal", "locale", "environ", "warnings")
"""What stands before the colon; other names are no settings."""


def settings_in_force(names: Iterable[str]) -> dict[str, str | None]:
    """The value of each of these settings now."""
    found: dict[str, str | None] = {}
    filters: dict[str, str] | None = None
    for name in names:
        library, _, key = name.partition(":")
        if library == "warnings":
            filters = filter_settings() if filters is None else filters
            found[name] = filters.get(name, ABSENT)
        else:
            found[name] = _READERS[library](key)
    return found


def filter_settings() -> dict[str, str]:
    """A setting for each warning filter."""
    warnings = sys.modules.get("warnings")
    filters = () if warnings is None else warnings.filters
    return {f"warnings:{described(entry)}": "in force" for entry in filters}


def described(value: Any) -> str:
    """Text that is equal in two processes when the value does the same; a function is told by its code."""
    if isinstance(value, types.BuiltinMethodType) and not isinstance(
        value.__self__, types.ModuleType
    ):
        return f"{described(value.__self__)}.{value.__name__}"
    if isinstance(value, types.FunctionType):
        return f"<function {_code_text(value.__code__)} {described(value.__defaults__)}>"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {described(part)}' for key, part in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(described(part) for part in value)}]"
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))


def _code_text(code: types.CodeType) -> str:
    parts = [code.co_code.hex(), repr(code.co_names)]
    parts += [
        _code_text(part) if isinstance(part, types.CodeType) else repr(part)
        for part in code.co_consts
    ]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _of_numpy(key: str) -> str | None:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return ABSENT
    return described(numpy.geterr() if key == "errstate" else numpy.get_printoptions())


def _of_pandas(key: str) -> str | None:
    config = sys.modules.get("pandas._config.config")
    options: Any = getattr(config, "_global_config", None)
    for part in key.split("."):
        if not isinstance(options, dict) or part not in options:
            return ABSENT
        options = options[part]
    return described(options)


def _of_matplotlib(key: str) -> str | None:
    matplotlib = sys.modules.get("matplotlib")
    settings = getattr(matplotlib, "rcParams", None)
    if not isinstance(settings, dict) or key not in settings:
        return ABSENT
    return described(dict.__getitem__(settings, key))


def _of_decimal(_key: str) -> str | None:
    decimal = sys.modules.get("decimal")
    if decimal is None:
        return ABSENT
    context = decimal.getcontext()
    return described((context.prec, context.rounding))


def _of_locale(_key: str) -> str | None:
    locale = sys.modules.get("locale")
    return ABSENT if locale is None else described(locale.setlocale(locale.LC_ALL))


def _of_environment(key: str) -> str | None:
    """Not the value itself, which may be one that nobody should read."""
    value = os.environ.get(key)
    if value is None:
        return ABSENT
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:16]


_READERS = {
    "numpy": _of_numpy,
    "pandas": _of_pandas,
    "matplotlib": _of_matplotlib,
    "decimal": _of_decimal,
    "locale": _of_locale,
    "environ": _of_environment,
}
