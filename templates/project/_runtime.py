"""Running steps: parameters in, artifacts, metrics and a manifest out.

The same file is in every pipeline. A step is a plain function; this module looks up what
it needs in the store, calls it, stores what it returns and writes down what happened in
``runs/<run>/<step>/manifest.json``, last and atomically, so that a manifest that exists is
complete. Blobs are named by the SHA-256 of their bytes, which is checked before anything
is loaded.

What counts as the code of a step is said in ``_code.py``.

Only the standard library is imported here.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import difflib
import hashlib
import importlib.util
import io
import json
import math
import os
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from . import _secrets
from ._code import step_code_digest
from ._file_use import FileUse, digest_file, digest_of_open_file, folders_above
from ._secrets import HoldsSecret, check_file, check_text
from ._values import (
    NotStorable,
    choose_codec,
    dump_value,
    is_available,
    load_value,
    round_trip,
    type_name,
)

# Plots of a pipeline go to files, never to a window. Set before anything imports matplotlib.
os.environ.setdefault("MPLBACKEND", "Agg")

FOLDER = Path(__file__).resolve().parent.parent
"""The folder that holds pipeline.yaml, params.yaml and this package."""

DEFAULT_SEED = 271_828_182
"""Of the generators that a process shares, where the pipeline sets none: the notebook was compared under it."""


class RunError(Exception):
    """The run cannot go on, for a reason that the person running it can change."""


# ----------------------------------------------------------------- what a pipeline is


@dataclasses.dataclass(frozen=True)
class Step:
    """One function of the pipeline, and everything it takes and makes, by name."""

    name: str
    function: Callable[..., Any]
    module: str
    inputs: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    random: str = "none"
    param_variables: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Artifact:
    """A value that crosses from one step to another, or several that share parts."""

    codec: str
    variables: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Pipeline:
    """All steps in the order in which they run. ``root`` is relative to pipeline.yaml."""

    name: str
    root: str
    steps: tuple[Step, ...]
    artifacts: Mapping[str, Artifact]
    environment: tuple[str, ...] = ()
    """Environment variables that must be set."""
    secrets: tuple[str, ...] = ()
    """Environment variables whose values are never stored or printed."""
    serves: str | None = None
    """The artifact that is the served model."""

    def check_environment(self) -> None:
        """Raise before anything runs when a variable is missing."""
        missing = [
            name
            for name in self.environment
            if name not in os.environ or (name in self.secrets and not os.environ[name])
        ]
        if missing:
            raise RunError(
                f"{self.name} reads {', '.join(missing)} from the environment; "
                "set it where the pipeline runs (see .env.example)"
            )

    def step(self, name: str) -> Step:
        """The step of that name."""
        for step in self.steps:
            if step.name == name:
                return step
        raise RunError(
            f"no step is called {name!r}{_did_you_mean(name, [s.name for s in self.steps])}"
        )

    def producer(self, artifact: str) -> Step:
        """The step that makes an artifact."""
        for step in self.steps:
            if artifact in step.outputs:
                return step
        raise RunError(f"no step makes {artifact!r}")

    def files(self) -> list[str]:
        """Paths that steps are known to read and write, from the root."""
        return [path for step in self.steps for path in (*step.reads, *step.writes)]

    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters, in the order in which steps ask for them."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.params))

    def variable(self, parameter: str) -> str:
        """The Python name under which steps take a parameter."""
        for step in self.steps:
            if parameter in step.param_variables:
                return step.param_variables[parameter]
        return parameter.replace("-", "_")


# ------------------------------------------------------------------------- parameters

Scalar = str | int | float | bool | None


def read_params(path: Path | None = None) -> dict[str, Scalar]:
    """Read a flat ``name: value`` file. Values are what JSON would make of them, or text.

    Words that YAML readers disagree about (``yes``, ``012``, ``1_000``) are refused rather
    than guessed: write ``true``, a plain number, or quotes.
    """
    path = FOLDER / "params.yaml" if path is None else path
    params: dict[str, Scalar] = {}
    if not path.exists():
        return params
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#") or line.strip() in ("---", "{}"):
            continue
        match = re.fullmatch(r"""("[^"]*"|'[^']*'|[^\s#:'"][^:]*?)\s*:(?:\s+(.*))?""", line)
        if match is None:
            raise RunError(f"{path.name}, line {number}: expected `name: value`, got {line!r}")
        name = match.group(1).strip("'\"")
        if name in params:
            raise RunError(f"{path.name}, line {number}: {name} is given twice")
        try:
            params[name] = parse_scalar(match.group(2) or "")
        except ValueError as error:
            raise RunError(f"{path.name}, line {number}: {error}") from None
    return params


def parse_scalar(text: str) -> Scalar:
    """One value of params.yaml or of ``--param name=value``."""
    text = text.strip()
    if text.startswith('"'):
        value, end = json.JSONDecoder().raw_decode(text)
        if not isinstance(value, str) or not re.fullmatch(r"(\s+#.*)?\s*", text[end:]):
            raise ValueError(f"unexpected text after the closing quote in {text!r}")
        return value
    if text.startswith("'"):
        match = re.fullmatch(r"'((?:[^']|'')*)'(\s+#.*)?", text)
        if match is None:
            raise ValueError(f"the quote in {text!r} is not closed")
        return match.group(1).replace("''", "'")
    text = re.sub(r"(^|\s+)#.*$", "", text)
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?(0|[1-9]\d*)", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][-+]?\d+)?", text):
        return float(text)
    if re.fullmatch(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", text):
        return float(text.replace(".", ""))
    ambiguous = r"(?i)yes|no|on|off|y|n|[-+]?0\d+|0[xob][\da-f_]+|[-+]?\d[\d_]*_[\d_]*|\d+(:\d\d?)+"
    if re.fullmatch(ambiguous, text):
        raise ValueError(f"{text} means different things to different readers; put it in quotes")
    if text[0] in "[{&*!|>%@`":
        raise ValueError(f"only plain values are allowed, not {text!r}; put text in quotes")
    return text


def resolve_params(pipeline: Pipeline, given: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Values of params.yaml with those that were given on top."""
    known = pipeline.parameters()
    for name in given:
        if name not in known:
            raise RunError(f"no step takes a parameter {name!r}{_did_you_mean(name, known)}")
    params = read_params()
    for name, value in given.items():
        # 1 is a count where 1.0 is a share, and JSON cannot tell them apart: a parameter
        # that params.yaml writes as a float stays one.
        is_int = isinstance(value, int) and not isinstance(value, bool)
        params[name] = float(value) if is_int and isinstance(params.get(name), float) else value
    return params


# ------------------------------------------------------------------------------ store


class Store:
    """Blobs by digest and manifests by run, in one folder that many processes may share."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root).absolute()

    def blob_path(self, digest: str) -> Path:
        """Where the blob of this digest is, or would be."""
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            raise RunError(f"{digest!r} is not a digest")
        name = digest.removeprefix("sha256:")
        return self.root / "blobs" / name[:2] / name

    def add(self, write: Callable[[IO[bytes]], None]) -> tuple[str, int]:
        """Store what ``write`` writes; its digest and size."""
        (self.root / "tmp").mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.root / "tmp")
        try:
            with os.fdopen(handle, "w+b") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
                size = file.seek(0, os.SEEK_END)
                file.seek(0)
                digest = digest_of_open_file(file)
                check_file(file)
            target = self.blob_path(digest)
            if self.has(digest):
                os.unlink(name)
                # From now on it is as young as if it had been written just now.
                with contextlib.suppress(OSError):
                    os.utime(target)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.chmod(name, 0o644)
                os.replace(name, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        return digest, size

    def add_bytes(self, data: bytes) -> str:
        """Store bytes; their digest."""
        return self.add(lambda file: file.write(data) and None)[0]

    def add_file(self, path: Path) -> str:
        """Store a copy of a file; its digest."""

        def copy(file: IO[bytes]) -> None:
            with path.open("rb") as source:
                for block in iter(lambda: source.read(1 << 20), b""):
                    file.write(block)

        return self.add(copy)[0]

    def has(self, digest: str) -> bool:
        """Whether an intact blob of this digest is there."""
        try:
            with self.blob_path(digest).open("rb") as file:
                return digest_of_open_file(file) == digest
        except FileNotFoundError:
            return False

    @contextlib.contextmanager
    def open(self, digest: str) -> Iterator[IO[bytes]]:
        """Open a blob after checking that its bytes are what its name says."""
        try:
            file = self.blob_path(digest).open("rb")
        except FileNotFoundError:
            raise RunError(f"the store has no {digest}; run the step that makes it again") from None
        with file:
            if digest_of_open_file(file) != digest:
                raise RunError(f"the bytes of {digest} in the store were changed; delete the blob")
            file.seek(0)
            yield file

    def read(self, digest: str) -> bytes:
        """The bytes of a blob, verified."""
        with self.open(digest) as file:
            return file.read()

    def manifest_path(self, run_id: str, step: str) -> Path:
        """Where a step of a run writes its manifest."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", run_id):
            raise RunError(f"{run_id!r} cannot be a run id: use letters, digits and hyphens")
        return self.root / "runs" / run_id / step / "manifest.json"

    def read_manifest(self, run_id: str, step: str) -> dict[str, Any] | None:
        """The manifest of a finished step, or ``None``."""
        try:
            text = self.manifest_path(run_id, step).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    def write_manifest(self, run_id: str, step: str, manifest: Mapping[str, Any]) -> None:
        """Write a manifest so that it is either there whole or not at all."""
        path = self.manifest_path(run_id, step)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".manifest-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=2, sort_keys=True, allow_nan=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)

    def save_value(self, value: Any, codec: str) -> dict[str, Any]:
        """Store a value with a codec; the entry a manifest has for it."""
        _secrets.check_value(value, codec)
        digest, size = self.add(lambda file: dump_value(codec, value, file))
        return {"digest": digest, "codec": codec, "bytes": size}

    def load_value(self, digest: str, codec: str) -> Any:
        """The value of a blob, whose bytes are verified first."""
        with self.open(digest) as file:
            return load_value(codec, file)


def digest_bytes(data: bytes) -> str:
    """``sha256:…`` of bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def canonical_json(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: equal values, equal bytes."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def code_digest(pipeline: Pipeline, step: Step, package: Path | None = None) -> str:
    """Digest over everything of this package that the step may run; see ``_code.py``."""
    modules = {each.name: f"{each.module.replace('.', '/')}.py" for each in pipeline.steps}
    makers = [each.name for each in pipeline.steps if pipeline.serves in each.outputs]
    package = Path(__file__).resolve().parent if package is None else package
    serving = modules[makers[0]] if makers else None
    return step_code_digest(package, modules[step.name], list(modules.values()), serving)


# ---------------------------------------------------------------------------- metrics

_recorders: list[list[dict[str, Any]]] = []


class Metric:
    """Records numbers of the running step under a name, and hands the value on unchanged.

    ``metric("roc-auc", value)``, or ``metric.roc_auc(value)`` where no quotes are left to write
    a name with. A table of scores is recorded as ``name.key`` for each of its keys, and several
    numbers under one name are a series.
    """

    def __init__(self, record: Callable[[list[dict[str, Any]]], None]) -> None:
        self._record = record

    def __call__(self, name: str, value: Any) -> Any:
        """Record under this name."""
        self._record(metric_entries(name, value))
        return value

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda value: self(name.replace("_", "-"), value)


def _record(entries: list[dict[str, Any]]) -> None:
    if _recorders:
        _recorders[-1].extend(entries)


metric = Metric(_record)
"""What generated steps wrap their scoring calls in."""

MAX_METRIC_ENTRIES = 1000
"""A value of more numbers than this is data, not a metric, and is not recorded."""

_CLOCK_SCORES = ("fit_time", "score_time")
"""What scikit-learn's ``cross_validate`` says of the clock, which no two runs repeat."""


def metric_entries(name: str, value: Any) -> list[dict[str, Any]]:
    """The numbers of a scoring call's value, each with its name; none when it holds no numbers."""
    if isinstance(value, Mapping):
        found = [
            entry
            for key, part in value.items()
            if key not in _CLOCK_SCORES
            for entry in metric_entries(f"{name}.{_plain_name(key)}", part)
        ]
    elif isinstance(value, str | bytes):
        found = []
    elif hasattr(value, "tolist") or isinstance(value, Sequence):
        parts = value.tolist() if hasattr(value, "tolist") else value
        if isinstance(parts, Sequence) and not isinstance(parts, str):
            found = [entry for part in parts for entry in metric_entries(name, part)]
        else:
            found = [{"name": name, "value": json_number(parts)}]
    else:
        try:
            found = [{"name": name, "value": json_number(value)}]
        except (TypeError, ValueError):
            found = []
    return found if len(found) <= MAX_METRIC_ENTRIES else []


def _plain_name(key: Any) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", str(key)).strip("-") or "other"


def json_number(value: Any) -> float | int | str:
    """A number as JSON can carry it: what JSON has no word for travels as text."""
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def display(*objects: Any, **_options: Any) -> None:
    """What IPython's ``display`` does where there is no notebook: print."""
    print(*objects)


# ------------------------------------------------------------------------- randomness


def seed_generators(seed: int) -> None:
    """Seed the generators that a whole process shares: Python's and NumPy's legacy one."""
    random.seed(seed)
    if "numpy" in sys.modules:
        import numpy as np

        np.random.seed(seed)


def random_state() -> bytes:
    """State of the shared generators as canonical JSON."""
    version, internal, gauss = random.getstate()
    state: dict[str, Any] = {"python": [version, list(internal), gauss], "numpy": None}
    if "numpy" in sys.modules:
        import numpy as np

        name, keys, *rest = np.random.get_state(legacy=True)
        state["numpy"] = [str(name), [int(key) for key in keys], *rest]
    return canonical_json(state)


def restore_random_state(data: bytes) -> None:
    """Set the shared generators to a state that :func:`random_state` gave."""
    state = json.loads(data)
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    if state["numpy"] is not None:
        import numpy as np

        name, keys, *rest = state["numpy"]
        np.random.set_state((name, np.array(keys, dtype=np.uint32), *rest))


def _random_before(pipeline: Pipeline, step: Step, store: Store, run_id: str) -> str | None:
    """Digest of the state that the previous random step of this run left; ``None`` for the first."""
    earlier = pipeline.steps[: pipeline.steps.index(step)]
    for previous in reversed([other for other in earlier if other.random == "global"]):
        manifest = store.read_manifest(run_id, previous.name)
        if manifest is None:
            raise RunError(
                f"step {step.name!r} continues the random numbers of step {previous.name!r}, "
                f"which has not finished in run {run_id}; run that step first"
            )
        after: str | None = manifest["random"]["after"]
        return after
    return None


# ---------------------------------------------------------------------- running a step


def run_step(
    pipeline: Pipeline,
    name: str,
    store: str | os.PathLike[str] | Store,
    run_id: str,
    params: Mapping[str, Scalar] | None = None,
    input_overrides: Mapping[str, Mapping[str, str]] | None = None,
    *,
    root: str | os.PathLike[str] | None = None,
    seed: int = DEFAULT_SEED,
    random_before: str | None = None,
) -> dict[str, Any]:
    """Run one step and write its manifest, which is also returned.

    Inputs come from the manifests of the same run, or from ``input_overrides``
    (``{artifact: {"digest": …, "codec": …}}``). ``root`` replaces the pipeline's root, for
    a run on a copy of the project. ``random_before`` replaces the random state that the
    previous random step of this run left.
    """
    step = pipeline.step(name)
    pipeline.check_environment()
    _secrets.protect(pipeline.secrets)
    store = store if isinstance(store, Store) else Store(store)
    values = resolve_params(pipeline, params or {})
    missing = [param for param in step.params if param not in values]
    if missing:
        raise RunError(f"step {name!r} needs the parameter {missing[0]!r}; add it to params.yaml")
    taken = {param: values[param] for param in step.params}
    for param, value in taken.items():
        try:
            check_text(f"{param} {value}")
        except HoldsSecret as error:
            raise RunError(f"the parameter {param!r} is recorded, and {error}") from None
    inputs = _find_inputs(pipeline, step, store, run_id, input_overrides or {})
    folder = Path(root) if root is not None else FOLDER / pipeline.root
    before = random_before
    if step.random == "global" and before is None:
        before = _random_before(pipeline, step, store, run_id)
    # A manifest says that its step succeeded: one of an earlier try must not outlive a failure.
    store.manifest_path(run_id, name).unlink(missing_ok=True)

    with _surroundings(folder), _random_state_put_back(step):
        arguments: dict[str, Any] = {}
        for artifact, entry in inputs.items():
            variables = pipeline.artifacts[artifact].variables
            value = store.load_value(entry["digest"], entry["codec"])
            parts = (value,) if len(variables) == 1 else value
            arguments.update(zip(variables, parts, strict=True))
        for param, value in taken.items():
            arguments[pipeline.variable(param)] = value
        called = _call(pipeline, step, arguments, store, folder, seed, before)
        outputs = _store_outputs(pipeline, step, store, called.result)
        files = {}
        for path in sorted(called.use.written | set(step.writes)):
            if (folder / path).is_file():
                try:
                    check_text(path)
                    files[path] = store.add_file(folder / path)
                except HoldsSecret as error:
                    shown = _secrets.mask(path)
                    raise RunError(f"step {name!r} writes {shown}: {error}") from None
    read = {path: digest for path, digest in called.use.read.items() if digest is not None}
    for state in (called.before, called.after):
        if state is not None:
            store.add_bytes(state)
    manifest = {
        "version": 1,
        "step": name,
        "code": code_digest(pipeline, step),
        "params": {param: _json_scalar(value) for param, value in taken.items()},
        "inputs": {artifact: entry["digest"] for artifact, entry in inputs.items()},
        "outputs": outputs,
        "random": {
            "before": None if called.before is None else digest_bytes(called.before),
            "after": None if called.after is None else digest_bytes(called.after),
        },
        "files": files,
        "filesRead": dict(sorted(read.items())),
        **_beyond_files(called.use, files, _written_later(pipeline, step)),
        "metrics": [{**entry, "name": _secrets.mask(entry["name"])} for entry in called.metrics],
        "text": store.add_bytes(_secrets.mask(called.text).encode("utf-8", "surrogatepass")),
    }
    store.write_manifest(run_id, name, manifest)
    return manifest


def _beyond_files(use: FileUse, files: Mapping[str, str], later: Sequence[str]) -> dict[str, Any]:
    """What the step looked for or listed, and what it wrote outside the root; nothing where there is nothing."""
    looked = use.looked_for([*files, *later])
    outside = {path: digest_file(path) for path in sorted(use.outside_written)}
    kept = {path: digest for path, digest in outside.items() if digest is not None}
    return {**({"looked": looked} if looked else {}), **({"filesOutside": kept} if kept else {})}


def _written_later(pipeline: Pipeline, step: Step) -> list[str]:
    """Files of this step and of those after it: what they leave in a folder is not what it found there."""
    return [path for each in pipeline.steps[pipeline.steps.index(step) :] for path in each.writes]


@dataclasses.dataclass
class _Called:
    result: Any
    metrics: list[dict[str, Any]]
    text: str
    use: FileUse
    before: bytes | None
    after: bytes | None


@contextlib.contextmanager
def _random_state_put_back(step: Step) -> Iterator[None]:
    """Give whoever runs a step its random state back when everything is stored.

    A model that was fitted without a seed may hold the process-wide generator itself, which is
    stored as it is then.
    """
    if step.random == "global" and importlib.util.find_spec("numpy") is not None:
        import numpy  # noqa: F401 - the state must not depend on who imported it before
    outside = random_state()
    try:
        yield
    finally:
        restore_random_state(outside)


def _call(
    pipeline: Pipeline,
    step: Step,
    arguments: dict[str, Any],
    store: Store,
    folder: Path,
    seed: int,
    before: str | None,
) -> _Called:
    """Call the step's function and watch what it does besides returning."""
    metrics: list[dict[str, Any]] = []
    skip = (store.root, FOLDER / Path(__file__).parent.name)
    use = FileUse(folder, skip, beside=folders_above(folder, pipeline.files()))
    _uses.append(use)
    text = _Tee(sys.stdout)
    state_before = state_after = None
    for path in step.reads:
        use.saw(path, os.path.join(use.root, path))
    _recorders.append(metrics)
    try:
        # Warnings and logs may say a secret, too; some are learned only while the step runs.
        errors = contextlib.redirect_stderr(_Masked(sys.stderr))  # type: ignore[type-var]
        with contextlib.redirect_stdout(text), errors, use:  # type: ignore[type-var]
            seed_generators(seed)
            if step.random == "global":
                if before is not None:
                    restore_random_state(store.read(before))
                state_before = random_state()
            seeded = random_state()
            result = step.function(**arguments)
        if step.random == "global":
            state_after = random_state()
        elif _drew(seeded):
            print(
                f"warning: step {step.name!r} draws from the process-wide random generators, "
                "but pipeline.yaml says `random: none`",
                file=sys.stderr,
            )
    finally:
        _recorders.pop()
        close_figures()
    return _Called(result, metrics, text.kept.getvalue(), use, state_before, state_after)


_uses: collections.deque[FileUse] = collections.deque(maxlen=1)


def left_behind() -> str:
    """What the step that was called last wrote: ``nothing``, ``whole-files`` or ``something``."""
    return _uses[-1].left_behind() if _uses else "nothing"


def _drew(seeded: bytes) -> bool:
    before, after = json.loads(seeded), json.loads(random_state())
    return before["python"] != after["python"] or (
        before["numpy"] is not None and before["numpy"] != after["numpy"]
    )


def _find_inputs(
    pipeline: Pipeline,
    step: Step,
    store: Store,
    run_id: str,
    overrides: Mapping[str, Mapping[str, str]],
) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for artifact in step.inputs:
        if artifact in overrides:
            found[artifact] = overrides[artifact]
            continue
        producer = pipeline.producer(artifact)
        manifest = store.read_manifest(run_id, producer.name)
        if manifest is None:
            raise RunError(
                f"step {step.name!r} needs {artifact!r}, which step {producer.name!r} makes; "
                f"run that step first, with the same --store and --run {run_id}"
            )
        found[artifact] = manifest["outputs"][artifact]
    return found


def _store_outputs(pipeline: Pipeline, step: Step, store: Store, result: Any) -> dict[str, Any]:
    """Store what the step returned, artifact by artifact."""
    groups = [pipeline.artifacts[artifact].variables for artifact in step.outputs]
    count = sum(len(variables) for variables in groups)
    if count == 0:
        parts: tuple[Any, ...] = ()
    elif count == 1:
        parts = (result,)
    else:
        if not isinstance(result, tuple) or len(result) != count:
            names = ", ".join(variable for variables in groups for variable in variables)
            raise RunError(f"step {step.name!r} must return a tuple of {count}: {names}")
        parts = result
    outputs: dict[str, Any] = {}
    at = 0
    for artifact, variables in zip(step.outputs, groups, strict=True):
        values = parts[at : at + len(variables)]
        at += len(variables)
        value = values[0] if len(variables) == 1 else tuple(values)
        codec, data = _checked_bytes(pipeline.artifacts[artifact], artifact, value, step)
        try:
            _secrets.check_value(value, codec)
            digest, size = store.add(lambda file, data=data: file.write(data) and None)
        except HoldsSecret as error:
            raise RunError(f"step {step.name!r} makes {artifact!r}: {error}") from None
        entry = {"digest": digest, "codec": codec, "bytes": size}
        outputs[artifact] = {**entry, "type": type_name(values[0])}
    return outputs


def _checked_bytes(artifact: Artifact, name: str, value: Any, step: Step) -> tuple[str, memoryview]:
    """The planned codec and its bytes where loading them gives the value as it was, else the first
    codec that does so."""
    codec = artifact.codec
    if is_available(codec):
        trip = round_trip(codec, value)
        if trip.problem is None:
            return codec, trip.data
    try:
        codec = choose_codec(value, group=len(artifact.variables) > 1)
    except NotStorable as error:
        raise RunError(
            f"step {step.name!r} makes {name!r} ({type_name(value)}), which cannot be stored: {error}"
        ) from None
    return codec, round_trip(codec, value).data


# ------------------------------------------------------------------ around a running step


class _Masked(io.TextIOBase):
    """Writes to another stream, without secrets."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self.stream, "encoding", None) or "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.stream.write(_secrets.mask(text))
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def fileno(self) -> int:
        number: int = self.stream.fileno()
        return number

    def isatty(self) -> bool:
        return False


class _Tee(_Masked):
    """Writes to another stream and keeps the text."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self.kept = io.StringIO()

    def write(self, text: str) -> int:
        self.kept.write(text)
        return super().write(text)


@contextlib.contextmanager
def _surroundings(folder: Path) -> Iterator[None]:
    """Run in the pipeline's root, and put back what a step may change for the whole process.

    Steps run in one process or in many, with the same result: nothing but artifacts, files
    and random state passes from one to the next.
    """
    here = os.getcwd()
    environment, path, filters = dict(os.environ), list(sys.path), list(warnings.filters)
    restore = [
        *_numpy_settings(),
        *_pandas_settings(),
        *_plot_settings(),
        *_interpreter_settings(),
    ]
    folder = folder.resolve()
    if not folder.is_dir():
        raise RunError(f"the pipeline's root {folder} is not there; check `root` in pipeline.yaml")
    os.chdir(folder)
    if str(folder) not in sys.path:
        # Behind the copies of the project's modules that the package carries.
        carried = str(Path(__file__).resolve().parent / "_local")
        sys.path.insert(1 if sys.path[:1] == [carried] else 0, str(folder))
    try:
        yield
    finally:
        os.chdir(here)
        sys.path[:] = path
        warnings.filters[:] = filters  # type: ignore[index]
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        for put_back in restore:
            put_back()


def _numpy_settings() -> list[Callable[[], Any]]:
    if "numpy" not in sys.modules:
        return []
    import numpy as np

    printing, errors = np.get_printoptions(), np.geterr()
    printing.pop("override_repr", None)
    return [lambda: np.set_printoptions(**printing), lambda: np.seterr(**errors)]


def _pandas_settings() -> list[Callable[[], Any]]:
    if "pandas" not in sys.modules:
        return []
    try:
        from pandas._config import config
    except ImportError:
        return []
    options = {name: config.get_option(name) for name in _quiet_option_names(config)}

    def put_back() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, value in options.items():
                if config.get_option(name) != value:
                    config.set_option(name, value)

    return [put_back]


def _quiet_option_names(config: Any) -> list[str]:
    deprecated = getattr(config, "_deprecated_options", {})
    return [name for name in getattr(config, "_registered_options", {}) if name not in deprecated]


def _interpreter_settings() -> list[Callable[[], Any]]:
    limit = sys.getrecursionlimit()
    restore: list[Callable[[], Any]] = [lambda: sys.setrecursionlimit(limit)]
    decimal = sys.modules.get("decimal")
    if decimal is not None:
        context = decimal.getcontext()
        before = context.copy()

        def put_back() -> None:
            decimal.setcontext(context)
            for name in ("prec", "rounding", "Emin", "Emax", "capitals", "clamp"):
                setattr(context, name, getattr(before, name))
            context.traps, context.flags = before.traps, before.flags

        restore.append(put_back)
    locale = sys.modules.get("locale")
    if locale is not None:
        language = locale.setlocale(locale.LC_ALL)
        restore.append(lambda: locale.setlocale(locale.LC_ALL, language))
    return restore


def _plot_settings() -> list[Callable[[], Any]]:
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None or not hasattr(matplotlib, "rcParams"):
        return []
    settings = matplotlib.rcParams.copy()

    def put_back() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, value in settings.items():
                if name != "backend" and matplotlib.rcParams[name] != value:
                    matplotlib.rcParams[name] = value

    return [put_back, *_slips_of_drawing()]


def _slips_of_drawing() -> list[Callable[[], Any]]:
    """Take back ``plt.xlabel = "age"``: in place of a function it would stop whoever draws next."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    before = dict(vars(pyplot))

    def put_back() -> None:
        for name, value in list(vars(pyplot).items()):
            if name.startswith("_") or callable(value) or value is before.get(name, pyplot):
                continue
            if name in before:
                setattr(pyplot, name, before[name])
            elif not isinstance(value, type(sys)):
                delattr(pyplot, name)

    return [put_back]


def close_figures() -> None:
    """What a notebook does at the end of a cell: figures it showed are closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


def _json_scalar(value: Scalar) -> Scalar:
    is_number = isinstance(value, float) and not math.isfinite(value)
    return str(json_number(value)) if is_number else value


def _did_you_mean(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are {', '.join(known)}" if known else "; there are none"


def _add_root_to_path() -> None:
    """Let step modules import the project's own modules, as the notebook did."""
    try:
        text = (FOLDER / "pipeline.yaml").read_text(encoding="utf-8")
    except OSError:
        return
    match = re.search(r"""^root:\s*["']?([^"'#\n]+?)["']?\s*(#.*)?$""", text, re.MULTILINE)
    if match is not None:
        root = str((FOLDER / match.group(1)).resolve())
        if root not in sys.path:
            sys.path.append(root)


_add_root_to_path()
