"""Runs the cells of a notebook once, bare or under the observer, and tells the time and memory of that.

Arguments: ``plain`` or ``observe``, a Python file whose cells begin with lines ``# %%``, and a
folder whose files the cells find where they run, or nothing.
Both ways compile the cells first and start the clock before the first one runs.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import resource
import shutil
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def main() -> None:
    how, path, data = sys.argv[1:]
    cells = [cell.strip() for cell in Path(path).read_text().split("# %%")[1:]]
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    with tempfile.TemporaryDirectory() as root:
        if data:
            shutil.copytree(data, root, dirs_exist_ok=True)
        os.chdir(root)
        seconds = plain(cells) if how == "plain" else observed(cells, root)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "peakKiB": peak}), file=sys.__stdout__)


def plain(cells: list[str]) -> float:
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    codes = [compile(cell, f"cell-{at}", "exec") for at, cell in enumerate(cells)]
    started = time.process_time()
    for code in codes:
        exec(code, module.__dict__)  # noqa: S102
    return time.process_time() - started


def observed(cells: list[str], root: str) -> float:
    worker = load("worker")
    observer = worker.sibling("observer")
    request: dict[str, Any] = {
        "notebook": "bench.ipynb",
        "root": root,
        "cells": [],
        "captures": [],
        "seed": 1,
        "allowNetwork": False,
        "allowWrite": False,
    }
    for number, cell in enumerate(cells, 1):
        statements = [
            {"index": at, "line": first_line(node), "code": source_of(cell, node)}
            for at, node in enumerate(ast.parse(cell).body)
        ]
        names = sorted(
            {node.id for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Name)}
        )
        request["cells"].append(
            {"cell": number, "statements": statements, "expectedChanges": names}
        )
    failed: list[Any] = []

    def emit(record: dict[str, Any]) -> None:
        if record.get("error"):
            failed.append(record["error"])

    own = worker.project("_runtime"), worker.project("_values")
    started = time.process_time()
    observer.observe(request, emit, *own)
    seconds = time.process_time() - started
    if failed:
        raise SystemExit(f"a cell failed: {failed[0]}")
    return seconds


def first_line(node: ast.stmt) -> int:
    """Where a statement begins; decorators stand above what Python calls its line."""
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def source_of(cell: str, node: ast.stmt) -> str:
    if getattr(node, "decorator_list", None):
        return "\n".join(cell.splitlines()[first_line(node) - 1 : node.end_lineno])
    return ast.get_source_segment(cell, node) or ""


def load(name: str) -> Any:
    path = TEMPLATES / "python" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"_bench_{name}", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
