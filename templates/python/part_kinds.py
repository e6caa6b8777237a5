"""How parts of each type are looked at in rounds: as atoms, containers, arrays, or objects of plain classes.

An object of a plain class is its class and its ``__dict__``: a class made in Python with no base
but ``object`` below it, no slots, and no own way of being pickled. Everything is asked of ``type``
itself and of what Python puts into classes, so that no metaclass and no class answers.
"""

from __future__ import annotations

import collections
import copyreg
import decimal
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

CONTAINERS = frozenset(
    (
        *(dict, collections.Counter, collections.defaultdict),
        *(list, tuple, set, frozenset, collections.deque),
    )
)
_ATOMS = frozenset((str, bytes, int, float, bool, complex, type(None), decimal.Decimal))
_OF_NUMPY = (
    *("bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)


class Kinds:
    """What is known of types during one look; classes may be changed before the next one."""

    containers = CONTAINERS

    def __init__(self, class_digest: Callable[[type], str | None]) -> None:
        self.class_digest = class_digest
        numpy = sys.modules.get("numpy")
        has_numpy = hasattr(numpy, "float64") and hasattr(numpy, "ndarray")
        self.array: type | None = numpy.ndarray if has_numpy else None  # type: ignore[union-attr]
        # Types whose values never change and refer to nothing that does.
        self.plain = _ATOMS
        if has_numpy:
            self.plain = _ATOMS.union(getattr(numpy, name) for name in _OF_NUMPY)
        # Digest of what each plain class holds itself, and what gives the attributes of its objects.
        self.classes: dict[type, str] = {}
        self.attributes: dict[type, Callable[[Any], dict[str, Any]]] = {}
        self.refused: set[type] = set()

    def may_hold(self, kinds: Iterable[type]) -> bool:
        """Whether parts of all these types can be looked at in rounds."""
        return all(
            kind in CONTAINERS or kind is self.array or self.digest_of(kind) is not None
            for kind in kinds
        )

    def digest_of(self, kind: type) -> str | None:
        """Digest of a plain class; ``None`` for any other type."""
        if kind not in self.classes and kind not in self.refused:
            attributes = attributes_of(kind)
            digest = None if attributes is None else self.class_digest(kind)
            if attributes is None or digest is None:
                self.refused.add(kind)
            else:
                self.classes[kind], self.attributes[kind] = digest, attributes
        return self.classes.get(kind)


class _Plain:
    """A class with nothing special: what its objects are laid out like."""


def _asked(name: str) -> Callable[[type], Any]:
    answer: Callable[[type], Any] = type.__dict__[name].__get__
    return answer


_bases_of, _members_of, _flags_of = _asked("__mro__"), _asked("__dict__"), _asked("__flags__")
_LAYOUT = [
    _asked(name) for name in ("__basicsize__", "__itemsize__", "__dictoffset__", "__weakrefoffset__")
]
_OF_PYTHON = 1 << 9
"""The flag of types that are made while the program runs."""

_PICKLED = frozenset(
    ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
)
_LOOKED_UP = frozenset(("__getattr__", "__getattribute__", "__class__"))


def attributes_of(kind: type) -> Callable[[Any], dict[str, Any]] | None:
    """What gives the ``__dict__`` of an object, where there is no more to it; otherwise ``None``."""
    if any(ask(kind) != ask(_Plain) for ask in _LAYOUT) or kind in copyreg.dispatch_table:
        return None
    *bases, last = _bases_of(kind)
    if last is not object or not all(_flags_of(base) & _OF_PYTHON for base in bases):
        return None
    found: Any = None
    for base in bases:
        members = _members_of(base)
        if not _PICKLED.isdisjoint(members) or any(
            type(member) is types.MemberDescriptorType for member in members.values()
        ):
            return None
        if found is None:
            found = members.get("__dict__")
            if found is not None and not _gives_attributes(found, base):
                return None
    module = _members_of(kind).get("__module__")
    if found is None or not isinstance(module, str) or module.startswith("matplotlib."):
        return None
    gives: Callable[[Any], dict[str, Any]] = found.__get__
    return gives


def _gives_attributes(member: Any, base: type) -> bool:
    """Whether this is what Python itself puts into a class whose objects have attributes."""
    is_own = type(member) is types.GetSetDescriptorType and member.__objclass__ is base
    return is_own and member.__name__ == "__dict__"


def answers_itself(kind: type) -> bool:
    """Whether objects of the class decide on what looking up an attribute gives."""
    return any(not _LOOKED_UP.isdisjoint(_members_of(base)) for base in _bases_of(kind)[:-1])
