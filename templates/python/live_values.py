"""What the names of the notebook hold after each cell, and what changed since the last one."""

from __future__ import annotations

import contextlib
import gc
import types
from collections.abc import Iterator, Mapping
from typing import Any

from .part_kinds import Kinds, answers_itself
from .plain_tree import DEEP, PlainTree, plain_tree
from .sharing import Sharing
from .value_state import SMALL, columns, content_digest, pickled, shape

Record = dict[str, Any]


class LiveValues:
    """Compares the values of the live names with those after the cell before."""

    def __init__(self) -> None:
        self.sharing = Sharing()
        self.digests: dict[str, str | None] = {}
        self.values: dict[str, Any] = {}
        self.trees: dict[str, PlainTree] = {}

    def look(
        self, live: Mapping[str, Any], expected: set[str], bound: set[str]
    ) -> tuple[list[Record], list[str]]:
        """Values that were bound or changed, and names of changes that nobody expected."""
        with _without_garbage_collection():
            return self.compare(live, expected, bound)

    def compare(
        self, live: Mapping[str, Any], expected: set[str], bound: set[str]
    ) -> tuple[list[Record], list[str]]:
        digests, trees = self.digests_of(live)
        reported, hidden = [], []
        for name, value in live.items():
            is_new = name not in self.digests
            changed = (
                is_new or digests[name] != self.digests[name] or self.values[name] is not value
            )
            if changed or name in bound:
                reported.append(name)
            if name in expected or not changed or digests[name] is None:
                continue
            if is_new:
                if not isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
                    hidden.append(name)
            elif digests[name] != self.digests[name] and (
                # Where looking twice does not show the same, a change says nothing.
                name in trees or content_digest(value) == digests[name]
            ):
                hidden.append(name)
        touched = {*expected, *bound, *reported}
        shares = self.sharing.shared_names(live, reported, trees, set(live) - touched)
        for tree in trees.values():
            tree.forget_ids()
        self.digests, self.values, self.trees = digests, dict(live), trees
        return [
            {
                "name": name,
                **self.pickled(live[name], digests[name], trees.get(name)),
                "shape": shape(live[name]),
                **_columns(live[name]),
                "sharesWith": shares[name],
            }
            for name in sorted(reported)
        ], sorted(hidden)

    def digests_of(self, live: Mapping[str, Any]) -> tuple[dict[str, str | None], dict[str, PlainTree]]:
        """Digest of each value, and of the plain ones the parts that it is known by."""
        kinds = Kinds(content_digest)
        kept = self.standing_trees(live, kinds)
        trees: dict[str, PlainTree] = {}
        digests: dict[str, str | None] = {}
        known: dict[int, str | None] = {}
        for name, value in live.items():
            tree = kept.get(id(value))
            if tree is None:
                tree = plain_tree(value, kinds, kept.values())
            if tree is not None:
                kept[id(value)] = trees[name] = tree
                digests[name] = tree.digest
            elif type(value) in kinds.plain and name in self.values and self.values[name] is value:
                digests[name] = self.digests[name]
            else:
                if id(value) not in known:
                    known[id(value)] = content_digest(value)
                digests[name] = known[id(value)]
        return digests, trees

    def standing_trees(self, live: Mapping[str, Any], kinds: Kinds) -> dict[int, PlainTree]:
        """By identity of their values, the trees of which the containers are what they were."""
        held = {
            id(tree.value): tree
            for name, tree in self.trees.items()
            if live.get(name) is tree.value
        }
        # Each is asked once: one that does not stand is no longer whole.
        found = {key: tree for key, tree in held.items() if tree.stands(kinds)}
        standing = set(map(id, found.values()))
        kept = {
            key: tree
            for key, tree in found.items()
            if tree.leans_on is None or id(tree.leans_on) in standing
        }
        for tree in kept.values():
            if tree.leans_on is not None and tree.leans_on.is_renewed:
                tree.renew(kinds)
        for tree in self.trees.values():
            # Before others are made: two of a value at once would take twice the memory.
            if kept.get(id(tree.value)) is not tree:
                tree.forget_parts()
        return kept

    def pickled(self, value: Any, digest: str | None, tree: PlainTree | None) -> Record:
        if tree is None or tree.size < SMALL or tree.depth > DEEP:
            return pickled(value, digest)
        # What is plain can be pickled where its classes can be found by their names.
        by_class = pickled(list(tree.classes), digest)
        if by_class["pickleError"] is not None or any(map(answers_itself, tree.classes)):
            return pickled(value, digest)
        return {**by_class, "digest": digest, "bytes": tree.size}


def _columns(value: Any) -> Record:
    names = columns(value)
    return {} if names is None else {"columns": names}


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Nothing that is made meanwhile is garbage in circles, and looking for some takes long."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
