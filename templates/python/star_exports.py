"""Prints, as JSON, what ``from MODULE import *`` binds for each module that is named; null where it fails.

Only modules that are installed are looked at: nothing of the working directory is imported.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys


def exports(module: str) -> list[str] | None:
    """Names that a star import of the module binds, sorted; ``None`` where importing it fails."""
    namespace: dict[str, object] = {}
    quiet = io.StringIO()
    try:
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            importlib.import_module(module)
            exec(f"from {module} import *", namespace)  # noqa: S102 - only a module has star imports
    except BaseException:  # noqa: BLE001 - a module may raise anything, and end the program
        return None
    return sorted(name for name in namespace if name != "__builtins__")


def main() -> None:
    """Answers for the modules on the command line."""
    # This script's own folder holds modules that are nobody's to import.
    sys.path[0:1] = []
    os.environ.setdefault("MPLBACKEND", "Agg")
    found = {module: exports(module) for module in sys.argv[1:]}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
