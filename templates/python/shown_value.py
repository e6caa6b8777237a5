"""The text that a notebook shows for the value of a cell's last line.

As IPython's pretty printer writes it where the two can differ in content; how it breaks
lines is left alone, because whoever compares texts does not compare line breaks.
"""

from __future__ import annotations

import sys
from typing import Any

#: IPython shows no more items of one container (``pretty.MAX_SEQ_LENGTH``).
MOST_ITEMS = 1000
#: Text longer than this is cut, as saved outputs are.
LONGEST_TEXT = 100_000


def shown_text(value: Any) -> str | None:
    """What a notebook would show of the value; ``None`` when it shows nothing or fails to."""
    if value is None:
        return None
    try:
        with _notebook_options():
            text = _pretty(value, set())
    except Exception:  # noqa: BLE001 - a notebook shows the traceback and goes on
        return None
    return text[:LONGEST_TEXT]


def _pretty(value: Any, inside: set[int]) -> str:
    kind = type(value)
    if kind not in (list, tuple, dict, set, frozenset):
        return repr(value)
    if id(value) in inside:
        return "..."
    inside = {*inside, id(value)}
    items = list(value.items()) if kind is dict else list(value)
    if kind in (set, frozenset):
        items = _sorted(items)
    parts = [
        f"{_pretty(item[0], inside)}: {_pretty(item[1], inside)}"
        if kind is dict
        else _pretty(item, inside)
        for item in items[:MOST_ITEMS]
    ]
    if len(items) > MOST_ITEMS:
        parts.append("...")
    return _bracketed(kind, parts)


def _bracketed(kind: type, parts: list[str]) -> str:
    inner = ", ".join(parts)
    if kind is list:
        return f"[{inner}]"
    if kind is dict:
        return f"{{{inner}}}"
    if kind is tuple:
        return f"({inner},)" if len(parts) == 1 else f"({inner})"
    if kind is frozenset:
        return f"frozenset({{{inner}}})" if parts else "frozenset()"
    return f"{{{inner}}}" if parts else "set()"


def _sorted(items: list[Any]) -> list[Any]:
    try:
        return sorted(items)
    except Exception:  # noqa: BLE001 - as IPython does for what has no order
        return items


def _notebook_options() -> Any:
    """Pandas asks for a terminal's width where there is no notebook, and leaves columns out."""
    import contextlib

    pandas = sys.modules.get("pandas")
    option_context = getattr(pandas, "option_context", None)
    if option_context is None or pandas.get_option("display.max_columns") != 0:  # type: ignore[union-attr]
        return contextlib.nullcontext()
    return option_context("display.max_columns", 20)
