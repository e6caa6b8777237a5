"""The command line of this pipeline: ``python -m <package> run | step | describe | predict``.

The same file is in every pipeline; it needs nothing but the packages the steps import.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import json
import os
import re
import secrets
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code."""
    options = _parser().parse_args(arguments)
    # Sets are printed and stored in an order that depends on this seed, which Python takes
    # only at its start.
    if os.environ.get("PYTHONHASHSEED") is None and arguments is None:
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        return subprocess.call([sys.executable, *sys.orig_argv[1:]], env=environment)
    from . import _runtime

    try:
        code: int = options.command(options)
    except _runtime.RunError as error:
        from . import _secrets

        print(_secrets.mask(f"error: {error}"), file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {PACKAGE.name}")
    commands = parser.add_subparsers(required=True)

    run = commands.add_parser("run", help="run every step in order")
    run.add_argument("--run", help="id of the run (default: random)")
    run.set_defaults(command=_run)

    step = commands.add_parser("step", help="run one step; its inputs come from the same run")
    step.add_argument("name")
    step.add_argument("--run", required=True, help="id of the run")
    step.set_defaults(command=_step)
    for command in (run, step):
        command.add_argument("--store", help="folder for artifacts (default: .store)")
        command.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")

    describe = commands.add_parser("describe", help="say what the steps take and make")
    describe.add_argument("--json", action="store_true", help="as one JSON document")
    describe.set_defaults(command=_describe)

    predict = commands.add_parser("predict", help="answer the rows of a CSV file")
    predict.add_argument("--model", required=True, help="folder of a model version")
    predict.add_argument("--input", required=True, help="CSV file with the raw columns")
    predict.add_argument("--out", help="CSV file for the answers (default: printed)")
    predict.set_defaults(command=_predict)
    return parser


def _run(options: argparse.Namespace) -> int:
    run_id = options.run or secrets.token_hex(16)
    pipeline = _pipeline()
    pipeline.check_environment()
    for step in pipeline.steps:
        if not _one_step(pipeline, step.name, run_id, options):
            return 1
    print(f"run {run_id} finished: {len(pipeline.steps)} steps", file=sys.stderr)
    return 0


def _step(options: argparse.Namespace) -> int:
    return 0 if _one_step(_pipeline(), options.name, options.run, options) else 1


def _one_step(pipeline: Any, name: str, run_id: str, options: argparse.Namespace) -> bool:
    from . import _runtime

    store = Path(options.store).absolute() if options.store else _runtime.FOLDER / ".store"
    params = _given_params(options.param)
    known = set(pipeline.parameters())
    unknown = [given for given in params if given not in known]
    if unknown:
        _runtime.resolve_params(pipeline, params)
    started = time.monotonic()
    try:
        manifest = _runtime.run_step(pipeline, name, store, run_id, params)
    except _runtime.RunError:
        raise
    except Exception as error:  # noqa: BLE001 - a step may raise anything
        _explain(name, error)
        return False
    print(_line(name, manifest, time.monotonic() - started), file=sys.stderr)
    return True


def _line(name: str, manifest: Mapping[str, Any], seconds: float) -> str:
    parts = [f"{name}  {seconds:.2f} s"]
    parts += [f"{item['name']} = {_number(item['value'])}" for item in manifest["metrics"]]
    if manifest["outputs"]:
        made = (f"{key} ({_size(value['bytes'])})" for key, value in manifest["outputs"].items())
        parts.append("→ " + ", ".join(made))
    if manifest["files"]:
        parts.append("wrote " + ", ".join(manifest["files"]))
    return "  ".join(parts)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _size(size: int) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size = size / 1000  # type: ignore[assignment]
    return f"{size:.3g} GB"


def _explain(name: str, error: BaseException) -> None:
    """The step, the notebook's cell and the lines of the user's own code, nothing else."""
    from . import _code, _secrets

    frames = traceback.extract_tb(error.__traceback__)
    ours = {str(PACKAGE / file) for file in ("__main__.py", *_code.RUNTIME)}
    own = [f for f in frames if f.filename not in ours and "site-packages" not in f.filename]
    own = [f for f in own if not f.filename.startswith((os.path.dirname(os.__file__), "<frozen"))]
    in_package = [f for f in own if Path(f.filename).parent == PACKAGE]
    cell = _cell_comment(in_package[-1]) if in_package else None
    print(f"step {name} failed" + (f" in {cell}" if cell else ""), file=sys.stderr)
    if own:
        print("Traceback (most recent call last):", file=sys.stderr)
        print(_secrets.mask("".join(traceback.format_list(own))), end="", file=sys.stderr)
    last = "".join(traceback.format_exception_only(type(error), error))
    print(_secrets.mask(last), end="", file=sys.stderr)


def _cell_comment(frame: traceback.FrameSummary) -> str | None:
    lines = Path(frame.filename).read_text(encoding="utf-8").splitlines()
    for line in reversed(lines[: (frame.lineno or 1)]):
        match = re.search(r"#\s*(\S.*\.ipynb, cell \d+|\S.*\.py, line \d+)", line)
        if match:
            return match.group(1)
    return None


def _given_params(given: Sequence[str]) -> dict[str, Any]:
    from . import _runtime

    params = {}
    for item in given:
        name, equals, text = item.partition("=")
        if not equals:
            raise _runtime.RunError(f"--param {item}: expected NAME=VALUE")
        try:
            params[name] = _runtime.parse_scalar(text)
        except ValueError as error:
            raise _runtime.RunError(f"--param {item}: {error}") from None
    return params


def _describe(options: argparse.Namespace) -> int:
    from . import _runtime

    pipeline, params = _pipeline(), _runtime.read_params()
    steps = [
        {
            "name": step.name,
            "inputs": list(step.inputs),
            "params": list(step.params),
            "outputs": list(step.outputs),
            "metrics": list(step.metrics),
            "reads": list(step.reads),
            "writes": list(step.writes),
            "random": step.random,
            "code": _runtime.code_digest(pipeline, step),
        }
        for step in pipeline.steps
    ]
    if options.json:
        document = {"name": pipeline.name, "steps": steps, "params": params}
        print(json.dumps(document, indent=2))
        return 0
    print(f"{pipeline.name}: {len(steps)} steps")
    for step in steps:
        takes = ", ".join([*step["inputs"], *step["params"], *step["reads"]]) or "nothing"
        makes = ", ".join([*step["outputs"], *step["metrics"], *step["writes"]]) or "nothing"
        print(f"  {step['name']}: {takes} → {makes}")
    for name, value in params.items():
        print(f"  --param {name}={json.dumps(value)}")
    return 0


def _predict(options: argparse.Namespace) -> int:
    from . import _runtime

    if importlib.util.find_spec(f"{__package__}.predict") is None:
        raise _runtime.RunError(
            "this pipeline serves no model: pipeline.yaml has no `serve` entry, because no fitted "
            "model with one feature table was found in the notebook"
        )
    import pandas as pd

    predictor = importlib.import_module(f"{__package__}.predict").load(Path(options.model))
    answers = predictor(pd.read_csv(options.input))
    rows = answers.tolist() if hasattr(answers, "tolist") else list(answers)
    if options.out:
        with open(options.out, "w", newline="", encoding="utf-8") as file:
            _write_answers(csv.writer(file), rows)
    else:
        _write_answers(csv.writer(sys.stdout), rows)
    return 0


def _write_answers(writer: Any, rows: Sequence[Any]) -> None:
    writer.writerow(["answer"])
    writer.writerows([row] if not isinstance(row, (list, tuple)) else row for row in rows)


def _pipeline() -> Any:
    # _runtime first: it makes the project's own modules importable for the steps.
    importlib.import_module(f"{__package__}._runtime")
    return importlib.import_module(f"{__package__}._pipeline").PIPELINE


if __name__ == "__main__":
    sys.exit(main())
