"""Runs programs whole and cut into steps, many in one process, and tells what each left.

    python run_cut_programs.py    # JSON requests on standard input, one a line

``{"settle": [statement, ...]}`` answers which statements run without raising when the
others are left out, and which names they leave. ``{"cells": [...], "plans": [...]}`` runs
the cells as one program and each plan step by step: every step imports the package anew,
and what passes from one to the next passes as the bytes of a pickle, one an artifact.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PROJECT = types.ModuleType("project")
PROJECT.__path__ = [str(Path(__file__).resolve().parents[2] / "templates" / "project")]
sys.modules["project"] = PROJECT

from project import _values  # noqa: E402 - the package is made above

PACKAGE = "story"
SECONDS = 5
LONGEST_STATE = 20_000
POISON = 999
"""Seed of the generators before a step that should not draw: what it draws is then not the notebook's."""


class TooSlow(Exception):
    """The program may never end."""


def _stop(_signal: int, _frame: object) -> None:
    raise TooSlow


signal.signal(signal.SIGALRM, _stop)
resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))


@contextlib.contextmanager
def fresh_process() -> Iterator[None]:
    """Hide what this process knows that a new one would not; put back what is changed inside."""
    modules = {name: sys.modules.get(name) for name in ("__main__", *_of_package())}
    environment, path = dict(os.environ), list(sys.path)
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.alarm(0)
        for name in _of_package():
            del sys.modules[name]
        for name, module in modules.items():
            if module is not None:
                sys.modules[name] = module
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        sys.path[:] = path


def _of_package() -> list[str]:
    return [name for name in sys.modules if name.startswith(PACKAGE)]


@functools.lru_cache(maxsize=4096)
def compiled(text: str, name: str) -> types.CodeType:
    """The same statements are run again and again."""
    return compile(text, name, "exec", dont_inherit=True)


def seed(number: int) -> None:
    """Begin as every run begins."""
    random.seed(number)
    np.random.seed(number)


def new_main() -> dict[str, Any]:
    """A namespace for a program, found where pickle and dataclasses look for it."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    return main.__dict__


def run_plainly(cells: list[str]) -> str:
    """Run the cells in one namespace and return what they wrote down."""
    with fresh_process():
        seed(0)
        namespace = new_main()
        for cell in cells:
            exec(compiled(cell, "<cell>"), namespace)
    return written()


def written() -> str:
    """Take the state that the last statement wrote, without what differs from run to run."""
    with open("state.txt", encoding="utf-8") as file:
        text = file.read()
    os.remove("state.txt")
    if len(text) > LONGEST_STATE:
        raise TooSlow
    text = re.sub(r" at 0x[0-9A-Fa-f]+", "", text, flags=re.IGNORECASE)
    # A table cuts what is long, with more of it the shorter the name of its function.
    text = re.sub(r"<generator object\b[^\n]*?\.\.\.", "<generator object...", text)
    return re.sub(r"(?:\w+\.)+<locals>\.|__main__\.|story\.\w+\.", "", text)


def settle(statements: list[str]) -> dict[str, Any]:
    """Leave out what raises, until all that is left runs."""
    kept = list(range(len(statements)))
    while True:
        failing = None
        with fresh_process():
            seed(0)
            namespace = new_main()
            before = set(namespace) | {"__builtins__"}
            for at in kept:
                try:
                    exec(compiled(statements[at], "<cell>"), namespace)
                except Exception:
                    failing = at
                    break
            names = [
                name for name in namespace if name not in before and name[:1] != "_"
            ]
            if failing is None:
                shown = [name for name in names if _is_shown(namespace[name])]
                return {"kept": kept, "names": shown}
        kept.remove(failing)


def _is_shown(value: object) -> bool:
    if isinstance(value, types.ModuleType | types.FunctionType | type):
        return False
    try:
        return len(repr(value)) < LONGEST_STATE
    except Exception:
        return False


def run_in_steps(plan: dict[str, Any]) -> dict[str, Any]:
    """Run each step as a process of its own would, and return what the last wrote down."""
    stored: dict[str, bytes] = {}
    generators: tuple[Any, Any] | None = None
    at = 0
    try:
        for at, step in enumerate(plan["steps"]):
            with fresh_process():
                seed(0 if step["random"] == "global" else POISON)
                load_package(plan["files"])
                if step["random"] == "global" and generators is not None:
                    random.setstate(generators[0])
                    np.random.set_state(generators[1])
                new_main()
                values: dict[str, Any] = {}
                for artifact in step["inputs"]:
                    values.update(load(stored[artifact], plan["artifacts"][artifact]))
                function = getattr(
                    sys.modules[f"{PACKAGE}.{step['module']}"], step["module"]
                )
                returned = function(**values)
                variables = [
                    name for one in step["outputs"] for name in plan["artifacts"][one]
                ]
                given = (returned,) if len(variables) == 1 else (returned or ())
                results = dict(zip(variables, given, strict=True))
                for artifact in step["outputs"]:
                    group = [results[name] for name in plan["artifacts"][artifact]]
                    stored[artifact] = store(group)
                if step["random"] == "global":
                    generators = (random.getstate(), np.random.get_state())
        return {"kind": "ran", "state": written()}
    except _values.NotStorable as error:
        return {"kind": "not-storable", "step": at, "reason": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever the program raises is the answer
        return {
            "kind": "failed",
            "step": at,
            "reason": f"{type(error).__name__}: {error}",
        }


def store(group: list[Any]) -> bytes:
    """The bytes of an artifact; what reading them gives must be the same, as in the reference run."""
    stored = _values.round_trip("pickle", group[0] if len(group) == 1 else tuple(group))
    if stored.problem is not None:
        raise _values.NotStorable(stored.problem)
    return bytes(stored.data)


def load(stored: bytes, names: list[str]) -> dict[str, Any]:
    """The variables of an artifact."""
    value = _values.load_value("pickle", io.BytesIO(stored))
    return dict(zip(names, value if len(names) > 1 else (value,), strict=True))


def load_package(files: dict[str, str]) -> None:
    """Import the package anew, from texts."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = []
    sys.modules[PACKAGE] = package
    runtime = types.ModuleType(f"{PACKAGE}._runtime")
    runtime.__dict__.update(display=print, metric=print, close_figures=lambda: None)
    sys.modules[runtime.__name__] = runtime
    for name, text in files.items():
        module = types.ModuleType(f"{PACKAGE}.{name}")
        module.__package__ = PACKAGE
        sys.modules[module.__name__] = module
        setattr(package, name, module)
        exec(compiled(text, f"{name}.py"), module.__dict__)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """One request, one answer."""
    if "settle" in request:
        try:
            return settle(request["settle"])
        except TooSlow:
            return {"kept": [], "names": []}
    try:
        plain = run_plainly(request["cells"])
    except Exception as error:  # noqa: BLE001 - whatever the program raises is the answer
        return {
            "plain": None,
            "because": f"{type(error).__name__}: {error}",
            "results": [],
        }
    return {
        "plain": plain,
        "results": [run_in_steps(plan) for plan in request["plans"]],
    }


def main() -> None:
    """Answer until standard input ends."""
    pd.set_option("display.width", 200)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for line in sys.stdin:
            out.write(json.dumps(answer(json.loads(line))) + "\n")
            out.flush()
        os.chdir("/")


if __name__ == "__main__":
    main()
