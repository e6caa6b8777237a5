"""Runs a notebook's cells from top to bottom as IPython does, without any part of mlops, and tells how that ended.

Usage: plain_run.py NOTEBOOK, in the notebook's folder. Prints one line of JSON as its last line:
`{"ran": true}`, or `{"ran": false, "cell": 4, "error": "ValueError: …"}`, cells counted from 1, all kinds included.
"""

from __future__ import annotations

import json
import os
import random
import sys
from typing import Any

#: As in every run that is compared (COMPARISON_SEED): both sides draw the same numbers.
SEED = 271_828_182


def main(path: str) -> None:
    """Run it; everything that the cells print goes to standard error."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps(_run(path)), file=report, flush=True)
    os._exit(0)  # Threads that a notebook left behind do not hold up the answer.


def _run(path: str) -> dict[str, Any]:
    from IPython.core.interactiveshell import InteractiveShell

    with open(path, encoding="utf-8") as file:
        notebook = json.load(file)
    shell = InteractiveShell.instance()
    shell.enable_gui = lambda *_, **__: None
    _seed()
    for number, cell in enumerate(_cells(notebook), start=1):
        if cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        text = source if isinstance(source, str) else "".join(source)
        result = shell.run_cell(text, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            return {"ran": False, "cell": number, "error": f"{type(error).__name__}: {error}"[:500]}
    return {"ran": True}


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
    main(sys.argv[1])
