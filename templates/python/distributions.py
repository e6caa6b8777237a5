"""What is installed, what of it a run needed, and where it came from. Standard library only."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import functools
import importlib.machinery
import importlib.metadata
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class _Found:
    distribution: importlib.metadata.Distribution
    version: str
    requires: tuple[str, ...]


Installed = Mapping[str, _Found]
_SUFFIXES = (".py", *importlib.machinery.EXTENSION_SUFFIXES)


@functools.cache
def owners() -> Mapping[str, list[str]]:
    """Distributions by import name. Reading them takes a while and nothing is installed
    meanwhile."""
    found: dict[str, list[str]] = {}
    for distribution in importlib.metadata.distributions():
        for module in _modules(distribution):
            found.setdefault(module, []).append(_header(distribution).get("name", [""])[0])
    return found


def version(distribution: str) -> str | None:
    """Of an installed distribution."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        found = _header(importlib.metadata.distribution(distribution)).get("version")
        return found[0] if found else None
    return None


def _modules(distribution: importlib.metadata.Distribution) -> Iterable[str]:
    """Import names: those it declares, else the first part of each Python file that it lists."""
    declared = (distribution.read_text("top_level.txt") or "").split()
    if declared:
        return declared
    record = distribution.read_text("RECORD")
    if record is None:
        files = [str(path) for path in distribution.files or ()]
    else:
        files = [row[0] for row in csv.reader(record.splitlines()) if row]
    modules = [path for path in files if path.endswith(_SUFFIXES)]
    # What is compiled has the platform in its name.
    return {path.partition("/")[0] if "/" in path else path.partition(".")[0] for path in modules}


def _header(distribution: importlib.metadata.Distribution) -> Mapping[str, list[str]]:
    """Fields of the metadata without the description below them, which can be a whole book."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    fields: dict[str, list[str]] = {}
    for line in text.partition("\n\n")[0].splitlines():
        name, colon, value = line.partition(":")
        if colon and not line[:1].isspace():
            fields.setdefault(name.lower(), []).append(value.strip())
    return fields


def normal(distribution: str) -> str:
    """``Scikit_Learn`` as package indexes compare it: ``scikit-learn``."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def describe(
    loaded: Mapping[str, str], direct: Iterable[str], modules: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Three lists for the observer's record.

    ``loaded`` holds versions by normalized name, ``direct`` what the notebook imports itself,
    ``modules`` the import names that appeared while it ran.
    """
    installed = _installed()
    appeared = {normal(owner) for module in modules for owner in owners().get(module, [])}
    chosen = _chosen({normal(name) for name in direct}, appeared, installed)
    return {
        "chosen": [
            {"distribution": name, "version": loaded[name]} for name in chosen if name in loaded
        ],
        "installed": [
            {"distribution": name, "version": found.version}
            for name, found in sorted(installed.items())
        ],
        "sources": [
            {"distribution": name, **source}
            for name in sorted(loaded)
            if name in installed and (source := _source(installed[name].distribution)) is not None
        ],
    }


def _chosen(direct: set[str], appeared: set[str], installed: Installed) -> list[str]:
    """Loaded though nothing imported requires it: readers and engines that a library lists
    among its extras and picks up where they are installed (openpyxl, pyarrow, numexpr)."""
    needed = _required(direct, installed)
    rest = appeared - needed
    offered = {name for one in needed for name, extra in _requirements(one, installed) if extra}
    return sorted(rest & offered)


def _required(names: set[str], installed: Installed) -> set[str]:
    """These distributions and everything they require without an extra."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [other for other, extra in _requirements(name, installed) if not extra]
    return found


def _requirements(name: str, installed: Installed) -> list[tuple[str, bool]]:
    """What a distribution asks for, by normalized name, and whether only for an extra."""
    found = []
    for line in installed[name].requires if name in installed else ():
        requirement, _, marker = line.partition(";")
        match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", requirement)
        if match is not None:
            found.append((normal(match.group(1)), re.search(r"\bextra\b", marker) is not None))
    return found


def _installed() -> dict[str, _Found]:
    """By normalized name; the first on the path is the one that is imported."""
    found: dict[str, _Found] = {}
    for distribution in importlib.metadata.distributions():
        header = _header(distribution)
        name = header.get("name", [""])[0]
        if name and normal(name) not in found:
            version = header.get("version", [""])[0]
            requires = tuple(header.get("requires-dist", ()))
            found[normal(name)] = _Found(distribution, version, requires)
    return found


def _source(distribution: importlib.metadata.Distribution) -> dict[str, Any] | None:
    """Where it was installed from when that was no package index (PEP 610). Folders of this
    machine are not named: nobody else has them."""
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(distribution.read_text("direct_url.json") or "null")
        if not isinstance(told, dict) or not isinstance(told.get("url"), str):
            return None
        url = re.sub(r"//[^/@]*@", "//", told["url"]).partition("?")[0]
        vcs = told.get("vcs_info")
        if isinstance(vcs, dict):
            reference = f"{vcs.get('vcs')}+{url}@{vcs.get('commit_id')}"
            return {"kind": "vcs", "reference": reference}
        if url.startswith("file:"):
            return {"kind": "folder", "reference": None}
        return {"kind": "archive", "reference": url}
    return None
