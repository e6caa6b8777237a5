"""Runs each case as the observer does and as one program, and tells what both print.

    python run_verdict_cases.py FILE    # JSON: a list of {files, request, cells, folders}

Answers on standard output with one JSON list: ``{"observed": text | error, "program": text | error}``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def _package(name: str, folder: Path) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


_package("project", TEMPLATES / "project")
_package("workside", TEMPLATES / "python")

from project import _runtime, _values  # noqa: E402 - the packages are made above
from workside import observer  # noqa: E402


def fill(folder: str, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def observed(case: dict[str, Any]) -> str:
    records: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        fill(folder, case["files"])
        fill(folder, case["modules"])
        request = {**case["request"], "root": folder}
        observer.observe(request, records.append, _runtime, _values)
    statements = [record for record in records if record["kind"] == "statement"]
    failed = [record["error"] for record in statements if record["error"] is not None]
    if failed:
        return f"{failed[0]['type']}: {failed[0]['message']}"
    return "".join(record["text"] for record in statements)


def as_one_program(case: dict[str, Any]) -> str:
    """Each cell in one set of variables, as the steps of a pipeline are."""
    text = io.StringIO()
    module = types.ModuleType("__main__")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        fill(folder, case["files"])
        fill(folder, case["modules"])
        sys.path.insert(0, folder)
        main, sys.modules["__main__"] = sys.modules["__main__"], module
        try:
            with contextlib.redirect_stdout(text):
                for cell in case["cells"]:
                    exec(compile(cell, "<cell>", "exec", dont_inherit=True), module.__dict__)
        except Exception as error:  # noqa: BLE001 - a case may raise anything
            return f"{type(error).__name__}: {error}"
        finally:
            sys.modules["__main__"] = main
            sys.path.remove(folder)
    return text.getvalue()


def forget_modules(case: dict[str, Any]) -> None:
    for path in case["modules"]:
        sys.modules.pop(path.removesuffix(".py").replace("/", "."), None)


def run(case: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, work in (("observed", observed), ("program", as_one_program)):
        found[name] = work(case)
        forget_modules(case)
        os.chdir("/")
    return found


if __name__ == "__main__":
    cases = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps([run(case) for case in cases]))
