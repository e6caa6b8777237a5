"""Runs a notebook's cells from top to bottom as IPython does, without any part of mlops, and tells how that ended.

Usage: plain_run.py NOTEBOOK [AGAINST], in the notebook's folder. Prints one line of JSON as its last line:
`{"ran": true}`, or `{"ran": false, "cell": 4, "error": "ValueError: …"}`, cells counted from 1, all kinds included.

AGAINST is a JSON file: `{"package": FOLDER, "name": "story", "store": FOLDER, "values": [VALUE]}`, a VALUE being
`{"name": "x", "variables": ["X"], "cell": 3, "within": false, "asked": false, "digest": "sha256:…", "codec": "pickle"}`, all that a
run of the pipeline has kept. Each is compared with the notebook's own value after the cell and at the end; the line
then has `"same"`, `"differing"` and `"unknown"`, lists of names. A value that is made `within` a cell and is not the
same after it may have been changed by the rest of that cell: it is unknown. One that was `asked` for more, by what stays
in the notebook, may have more attributes than the pipeline's.
"""

from __future__ import annotations

import functools
import importlib
import json
import multiprocessing
import os
import random
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

#: As in every run that is compared (COMPARISON_SEED): both sides draw the same numbers.
SEED = 271_828_182
#: Seconds for one comparison.
PATIENCE = 120


def main(path: str, against: str | None = None) -> None:
    """Run it; everything that the cells print goes to standard error."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry != here]  # A notebook sees its own folder.
    sys.path.insert(0, "")
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    kept = None
    if against is not None:
        with open(against, encoding="utf-8") as file:
            kept = json.load(file)
    print(json.dumps(_run(path, kept, here)), file=report, flush=True)
    os._exit(0)  # Threads that a notebook left behind do not hold up the answer.


def _run(path: str, kept: dict[str, Any] | None, here: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        notebook = json.load(file)
    namespace, run_cell = _shell()
    _seed()
    open_values = [] if kept is None else list(kept["values"])
    ends: dict[str, str] = {}
    for number, cell in enumerate(_cells(notebook), start=1):
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        text = source if isinstance(source, str) else "".join(source)
        error = run_cell(text)
        if error is not None:
            return {"ran": False, "cell": number, "error": f"{type(error).__name__}: {error}"[:500]}
        made = [value for value in open_values if value["cell"] == number]
        if made and kept is not None:
            ends.update(_compared(made, kept, namespace, here))
    if kept is None:
        return {"ran": True}
    # What a cell changed again after the part that became the step is as in the end, if at all.
    again = [value for value in open_values if ends.get(value["name"]) != "same"]
    ends.update(_compared(again, kept, namespace, here))
    return {
        "ran": True,
        **{
            end: sorted(name for name, found in ends.items() if found == end)
            for end in ("same", "differing", "unknown")
        },
    }


def _shell() -> tuple[dict[str, Any], Callable[[str], BaseException | None]]:
    """The notebook's names, and what runs a cell: IPython, or Python itself where that is not installed."""
    try:
        from IPython.core.interactiveshell import InteractiveShell
    except ImportError:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        return module.__dict__, functools.partial(_run_plain, module.__dict__)
    shell = InteractiveShell.instance()
    shell.enable_gui = lambda *_, **__: None

    def run_cell(text: str) -> BaseException | None:
        result = shell.run_cell(text, store_history=True)
        return result.error_before_exec or result.error_in_exec

    return shell.user_ns, run_cell


def _run_plain(namespace: dict[str, Any], text: str) -> BaseException | None:
    code = compile(text, "<cell>", "exec")  # Raises for a magic: about such nothing is known here.
    try:
        exec(code, namespace)  # noqa: S102 - this is what running a notebook is
    except BaseException as error:  # noqa: BLE001 - a cell may raise anything
        return error
    return None


def _compared(
    values: list[dict[str, Any]], kept: Mapping[str, Any], namespace: Mapping[str, Any], here: str
) -> dict[str, str]:
    """How each compares, found out in a copy of this process: the notebook's own sees nothing of it."""
    fork = multiprocessing.get_context("fork")
    ends: dict[str, str] = {}
    for value in values:
        receiver, sender = fork.Pipe(duplex=False)
        child = fork.Process(target=_compare, args=(value, kept, namespace, here, sender))
        child.start()
        sender.close()
        try:
            ends[value["name"]] = receiver.recv() if receiver.poll(PATIENCE) else "unknown"
        except EOFError:
            ends[value["name"]] = "unknown"
        child.kill()
        child.join()
    return ends


def _compare(
    value: dict[str, Any],
    kept: Mapping[str, Any],
    namespace: Mapping[str, Any],
    here: str,
    sender: Any,
) -> None:
    sys.path[:0] = [here, kept["package"]]
    from same_value import NotComparable, same_value

    try:
        importlib.import_module(kept["name"])
        runtime = importlib.import_module(f"{kept['name']}._runtime")
        loaded = runtime.Store(kept["store"]).load_value(value["digest"], value["codec"])
        variables = value["variables"]
        parts = [loaded] if len(variables) == 1 else loaded
        if any(name not in namespace for name in variables):
            raise NotComparable("the notebook deleted it")
        ends = [
            same_value(namespace[name], part, asked=value.get("asked", False))
            for name, part in zip(variables, parts, strict=True)
        ]
    except NotComparable:
        sender.send("unknown")
    except Exception as error:  # noqa: BLE001 - loading may raise anything
        print(f"{value['name']}: {type(error).__name__}: {error}", file=sys.stderr)
        sender.send("unknown")
    else:
        other = "unknown" if value["within"] else "differing"
        sender.send("same" if all(ends) else other)
    sender.close()
    os._exit(0)


def _cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    if "cells" in notebook:
        return list(notebook["cells"])
    return [cell for sheet in notebook.get("worksheets", []) for cell in sheet.get("cells", [])]


def _seed() -> None:
    random.seed(SEED)
    try:
        import numpy
    except ImportError:
        return
    numpy.random.seed(SEED)


if __name__ == "__main__":
    main(*sys.argv[1:])
