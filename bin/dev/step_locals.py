"""Runs one step of a generated package twice, before and after a change of one file, and says
which of the step's own variables end with another value, and whether the process does: random
generators, settings of libraries, warning filters, environment, working directory.

For mutants that verification did not catch: whether anything inside the step changed at all.
Reads a JSON request on stdin: ``{folder, package, step, store, run, params, inputs, roots,
randomBefore, path, original, mutated}``, with a fresh copy of the data for each run; prints ``{variable: difference}``. ``path`` holds the
mutated text in the end.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any


def main() -> None:
    request = json.load(sys.stdin)
    sys.path[:0] = [request["folder"], request["roots"][0]]
    path = Path(request["path"])
    path.write_text(request["original"], encoding="utf-8")
    before = _locals_of(request, request["roots"][0])
    path.write_text(request["mutated"], encoding="utf-8")
    after = _locals_of(request, request["roots"][1])
    values = importlib.import_module(f"{request['package']}._values")
    different = {name: "is not in both" for name in before.keys() ^ after.keys()}
    for name in before.keys() & after.keys():
        one, two = before[name], after[name]
        if one is None or two is None:
            different[name] = "cannot be compared"
            continue
        found = None if one == two else values.values_equal(pickle.loads(one), pickle.loads(two))
        if found is not None:
            different[name] = str(found)
    json.dump(different, sys.stdout)


def _locals_of(request: dict[str, Any], root: str) -> dict[str, bytes | None]:
    name = request["package"]
    for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
        del sys.modules[module]
    importlib.invalidate_caches()
    runtime = importlib.import_module(f"{name}._runtime")
    pipeline = importlib.import_module(f"{name}._pipeline").PIPELINE
    code = pipeline.step(request["step"]).function.__code__
    found: dict[str, bytes | None] = {}

    def profile(frame: Any, event: str, _argument: Any) -> None:
        if event != "return" or frame.f_code is not code:
            return
        sys.setprofile(None)
        for variable, value in dict(frame.f_locals).items():
            found[variable] = None
            with contextlib.suppress(Exception):
                found[variable] = pickle.dumps(value)
        found.update(_state_of_process(runtime, root))

    sys.setprofile(profile)
    with contextlib.redirect_stdout(io.StringIO()):
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
    return found


def _state_of_process(runtime: Any, root: str) -> dict[str, bytes]:
    """What a step can leave behind besides values, under names that no variable has."""
    pandas, matplotlib = sys.modules.get("pandas"), sys.modules.get("matplotlib")
    numpy = sys.modules.get("numpy")
    options = sys.modules.get("pandas._config.config")
    state = {
        "the random state": runtime.random_state(),
        "the warning filters": warnings.filters,
        "the environment": sorted(os.environ.items()),
        "the working directory": os.path.relpath(os.getcwd(), root),
        "pandas' options": None if pandas is None else getattr(options, "_global_config", None),
        "matplotlib's settings": None if matplotlib is None else dict(matplotlib.rcParams),
        "numpy's settings": None
        if numpy is None
        else (numpy.get_printoptions(), numpy.geterr()),
    }
    return {name: pickle.dumps(repr(value)) for name, value in state.items()}


main()
