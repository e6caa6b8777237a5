"""Runs one step of a generated package twice, before and after a change of one file, and says
which of the step's own variables end with another value, and whether what it leaves behind does:
what it prints, files, random generators, settings of libraries, warning filters, environment,
working directory.

For mutants that verification did not catch: whether anything inside the step changed at all.
Reads a JSON request on stdin: ``{folder, package, step, store, run, params, inputs, roots,
randomBefore, path, original, mutated}``, with a fresh copy of the data for each run; prints
``{variable: difference}``. Each run is in a process of its own, forked from one that has imported
no library, so that the second finds nothing of the first. ``path`` holds the mutated text in the end.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import io
import json
import multiprocessing
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "python"


@dataclass
class Side:
    """What one run of the step ended with."""

    variables: dict[str, bytes | None] = field(default_factory=dict)
    """Pickled; None for what cannot be pickled."""
    left: dict[str, str | None] = field(default_factory=dict)
    """What stays besides values, under names that no variable has."""


def main() -> None:
    request = json.load(sys.stdin)
    path = Path(request["path"])
    path.write_text(request["original"], encoding="utf-8")
    before = _in_child(_side_of, request, request["roots"][0])
    path.write_text(request["mutated"], encoding="utf-8")
    after = _in_child(_side_of, request, request["roots"][1])
    json.dump(_in_child(_differences, request, before, after), sys.stdout)


def _in_child(work: Callable[..., Any], *given: Any) -> Any:
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(max_workers=1, mp_context=fork) as children:
        return children.submit(work, *given).result()


def _differences(request: dict[str, Any], before: Side, after: Side) -> dict[str, str]:
    sys.path.insert(0, request["folder"])
    values = importlib.import_module(f"{request['package']}._values")
    one_side = before.variables.keys() ^ after.variables.keys()
    different = dict.fromkeys(one_side, "is not in both")
    for name in before.variables.keys() & after.variables.keys():
        one, two = before.variables[name], after.variables[name]
        if one is None or two is None:
            different[name] = "cannot be compared"
            continue
        found = None if one == two else values.values_equal(pickle.loads(one), pickle.loads(two))
        if found is not None:
            different[name] = str(found)
    for name in before.left.keys() | after.left.keys():
        if before.left.get(name) != after.left.get(name):
            different[name] = "is another"
    return dict(sorted(different.items()))


def _side_of(request: dict[str, Any], root: str) -> Side:
    sys.path[:0] = [request["folder"], root]
    with contextlib.suppress(ImportError):
        import numpy  # noqa: F401 - the runner seeds its generator only when it is there
    name = request["package"]
    runtime = importlib.import_module(f"{name}._runtime")
    pipeline = importlib.import_module(f"{name}._pipeline").PIPELINE
    code = pipeline.step(request["step"]).function.__code__
    side = Side()

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if event != "return" or frame.f_code is not code:
            return
        sys.setprofile(None)
        for variable, value in dict(frame.f_locals).items():
            side.variables[variable] = None
            with contextlib.suppress(Exception):
                told = value.__name__ if isinstance(value, ModuleType) else value
                side.variables[variable] = pickle.dumps(told)
        side.left.update(_state_of_process(runtime, root))

    printed = io.StringIO()
    sys.setprofile(profile)
    with contextlib.redirect_stdout(printed):
        runtime.run_step(
            pipeline,
            request["step"],
            request["store"],
            request["run"],
            request["params"],
            request["inputs"],
            root=root,
            random_before=request["randomBefore"],
        )
    side.left["what it prints"] = printed.getvalue().replace(root, ".")
    side.left.update(_files_below(Path(root)))
    return side


def _state_of_process(runtime: Any, root: str) -> dict[str, str | None]:
    settings = _settings_in_force()
    return {
        "the random state": hashlib.sha256(runtime.random_state()).hexdigest(),
        "the working directory": os.path.relpath(os.getcwd(), root),
        **settings.settings_in_force(_names_of_settings()),
        **settings.filter_settings(),
    }


def _settings_in_force() -> ModuleType:
    """How verification itself tells settings."""
    spec = importlib.util.spec_from_file_location(
        "settings_in_force", TEMPLATES / "settings_in_force.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _names_of_settings() -> Iterator[str]:
    yield from ("numpy:errstate", "numpy:printoptions", "decimal:context", "locale:all")
    pandas = getattr(sys.modules.get("pandas._config.config"), "_global_config", {})
    plots: Mapping[str, Any] = getattr(sys.modules.get("matplotlib"), "rcParams", {})
    for library, keys in (("pandas", pandas), ("matplotlib", plots), ("environ", os.environ)):
        for key in keys:
            yield f"{library}:{key}"


def _files_below(root: Path) -> dict[str, str | None]:
    return {
        f"the file {path.relative_to(root).as_posix()}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


if __name__ == "__main__":
    main()
