"""What counts as the code of a step: everything of this package that the step may run.

Two things are left out, because promoting the notebook again changes them where the step
stays what it is: the numbers of cells that our comments name, which move with every cell that
is put in above; and the features that only serving runs, for every step but the one that
makes the served model.

The digest of a step is the SHA-256 of the JSON object (keys sorted, no spaces)
``{file name: "sha256:…"}`` over the step's module and the shared modules (every other ``.py``
file of the package that is neither a step nor left out here).

Only the standard library is imported here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from pathlib import Path

NOT_STEP_CODE = frozenset(
    {"__init__.py", "__main__.py", "_pipeline.py", "contract.py", "predict.py"}
)
"""Files of the package that no step runs."""

FEATURES = frozenset({"features.py"})
SUPPORT = frozenset(
    {
        "_entity_support.py",
        "_feature_history.py",
        "_feature_statistics.py",
        "_feature_support.py",
    }
)
"""What supports features, and the lines that steps have in common with them."""
RUNTIME = frozenset(
    {"_code.py", "_file_use.py", "_runtime.py", "_secrets.py", "_shared_memory.py", "_values.py"}
)
"""The same in every package; they import nothing of it by a name that they compute."""

MAY_USE_FEATURES = re.compile(
    r"\.features\b|\bimport\b[^\n]*\bfeatures\b|\bimport[ \t]*[(\\]"
    r"|import_module|importlib|__import__|\b(?:exec|eval)[ \t]*\(",
    re.ASCII,
)
"""Ways to import the features, and ways to import what nobody can tell."""
MAY_USE_SUPPORT = re.compile(r"feature_(?:support|history|statistics)|entity_support")

PLACE = re.compile(
    r"^([ \t]*# [^\r\n]+\.i?py(?:nb)?)(?:, cell [0-9]+)?(?:, line [0-9]+)?[ \t\r]*$", re.ASCII
)
ORIGIN = re.compile(r"^Made by mlops from [^\r\n]+\. Edits are kept:", re.ASCII)


def step_code_digest(
    package: Path, step: str, modules: Collection[str], serving: str | None = None
) -> str:
    """Digest over everything that a step may run.

    ``modules`` are those of all steps and ``serving`` is the one that makes the served model,
    by path inside the package, with ``.py``, like ``step``.
    """
    files = {
        path.relative_to(package).as_posix(): path.read_bytes().decode("latin-1")
        for path in package.rglob("*.py")
    }
    # An object of a class in features.py may come with an input: one step that uses them
    # stands for all.
    users = [
        text
        for name, text in files.items()
        if name not in FEATURES | SUPPORT | RUNTIME | NOT_STEP_CODE
    ]
    takes_features = step == serving or any(MAY_USE_FEATURES.search(text) for text in users)
    takes_support = takes_features or any(MAY_USE_SUPPORT.search(text) for text in users)
    left_out = (
        NOT_STEP_CODE
        | (frozenset() if takes_features else FEATURES)
        | (frozenset() if takes_support else SUPPORT)
    )
    digests = {
        name: _digest(without_cell_numbers(text))
        for name, text in sorted(files.items())
        if name == step or (name not in modules and name not in left_out)
    }
    return _digest(json.dumps(digests, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def without_cell_numbers(text: str) -> str:
    """The text with our comments as they would be for a notebook without cell numbers.

    A line inside a longer string is the user's, whatever it looks like; where it is not plain
    which lines those are, the text stays as it is.
    """
    lines = text.split("\n")
    out: list[str] = []
    in_string = False
    for at, line in enumerate(lines):
        is_origin = at == 2 and lines[0].startswith('"""') and ORIGIN.search(line) is not None
        continues = at > 0 and lines[at - 1].rstrip(_SPACE).endswith("\\")
        place = None if in_string or continues else PLACE.search(line)
        out.append("Made by mlops" if is_origin else line if place is None else place[1])
        after = _string_after(line, in_string)
        if after is None:
            return text
        in_string = after
    return "\n".join(out)


_SPACE = " \t\r\f\v\xa0"


def _string_after(line: str, in_string: bool) -> bool | None:
    """Whether the next line begins inside a string of three quotes; ``None`` if that is not plain."""
    if "'''" in line:
        return None
    before, *others = line.split('"""')
    if not others:
        return in_string
    if len(others) == 1 and in_string:
        return False if not others[0].strip(_SPACE) and "\\" not in before else None
    if len(others) == 1:
        return None if any(sign in before for sign in "\"'#\\") else True
    # A docstring on one line.
    is_alone = len(others) == 2 and not before.strip(_SPACE) and not others[1].strip(_SPACE)
    return False if is_alone and not in_string else None
