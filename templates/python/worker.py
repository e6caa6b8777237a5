"""The Python side of the worker protocol: runs steps, the observer and predictors.

A child of the command line tool that speaks frames on file descriptors 3 (in) and 4 (out):
``u32le header length · JSON header · payloads``, header ``{id, op, payloads: [lengths]}``.
A reply has op ``reply``, a failure op ``error`` with ``code`` and ``message``; what user code
prints during a call is sent as ``event`` frames of that call. Nothing of the protocol is ever
on stdout or stderr.

User code runs in the main thread, where it expects to be; a second thread reads frames, so
that ``ping`` is answered and the end of the parent is noticed while a step computes.
Where the parent opened two more descriptors, 5 and 6, a twin of this process may speak on them.
Standard library only.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import dataclasses
import faulthandler
import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import queue
import re
import secrets
import signal
import struct
import sys
import tempfile
import threading
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

PROTOCOL = 1
MAX_HEADER_BYTES = 256 << 20
OURS = "_mlops_worker"
"""Set on the threads that the worker itself starts."""
HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "project"

Payloads = list[bytes]
Reply = tuple[dict[str, Any], Payloads]


class WorkerFailure(Exception):
    """Something this worker says instead of a reply."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


# ----------------------------------------------------------------------------- the wire


class Wire:
    """Frames in and out. Sending is safe from any thread."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self.incoming = os.fdopen(incoming, "rb", buffering=1 << 16)
        self.outgoing = os.fdopen(outgoing, "wb", buffering=0)
        self.lock = threading.Lock()

    def receive(self) -> tuple[dict[str, Any], Payloads] | None:
        """The next frame; ``None`` when the other side is gone."""
        head = self.incoming.read(4)
        if len(head) < 4:
            return None
        (length,) = struct.unpack("<I", head)
        if length > MAX_HEADER_BYTES:
            return None
        text = self.incoming.read(length)
        if len(text) < length:
            return None
        header = json.loads(text)
        payloads = []
        for size in header.get("payloads", []):
            data = self.incoming.read(size)
            if len(data) < size:
                return None
            payloads.append(data)
        return header, payloads

    def send(self, header: dict[str, Any], payloads: Payloads | None = None) -> None:
        """Send one frame whole."""
        payloads = payloads or []
        header = protection().mask_all(header)
        header = {**header, "payloads": [len(payload) for payload in payloads]}
        text = json.dumps(header, allow_nan=False, separators=(",", ":")).encode("ascii")
        with self.lock:
            for part in (struct.pack("<I", len(text)) + text, *payloads):
                view = memoryview(part)
                while view:
                    view = view[self.outgoing.write(view) or 0 :]


def _private_descriptor(number: int) -> int:
    """Move a descriptor out of the way of user code and of children it starts."""
    try:
        import fcntl

        moved = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 64)
    except (ImportError, OSError):
        os.set_inheritable(number, False)
        return number
    os.close(number)
    return moved


# ------------------------------------------------------------------- captured text


class TextCapture:
    """Turns what anything writes to descriptors 1 and 2 into events of the running call.

    The descriptors are replaced once, for good: libraries keep them in threads and children.
    A random mark written at the end of a call tells when everything before it has arrived.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.call: Any = None
        self.mark = b"\0" + secrets.token_hex(16).encode() + b"\0"
        self.arrived = {"stdout": threading.Event(), "stderr": threading.Event()}
        for stream, number in (("stdout", 1), ("stderr", 2)):
            reading, writing = os.pipe()
            os.dup2(writing, number, inheritable=True)
            os.close(writing)
            start_thread(self._pump, stream, reading)
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8", errors="backslashreplace")

    def begin(self, call: Any) -> None:
        """Text from now on belongs to this call."""
        self.call = call

    def end(self) -> None:
        """Wait until all text of the call is sent."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        with contextlib.suppress(Exception):
            _flush_c_streams()
        for stream, number in (("stdout", 1), ("stderr", 2)):
            self.arrived[stream].clear()
            with contextlib.suppress(OSError):
                os.write(number, self.mark)
                # User code may have closed or replaced the descriptor; then nothing arrives.
                self.arrived[stream].wait(timeout=2)
        self.call = None

    def _pump(self, stream: str, reading: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        held = b""
        while True:
            data = os.read(reading, 1 << 16)
            if not data:
                return
            held += data
            while self.mark in held:
                before, held = held.split(self.mark, 1)
                self._emit(stream, decoder.decode(before, final=True))
                self.arrived[stream].set()
            keep = _partial_suffix(held, self.mark)
            for value in protection().spellings():
                keep = max(keep, _partial_suffix(held, value.encode("utf-8", "replace")))
            self._emit(stream, decoder.decode(held[: len(held) - keep]))
            held = held[len(held) - keep :]

    def _emit(self, stream: str, text: str) -> None:
        if not text or self.call is None:
            return
        event = {"kind": "text", "stream": stream, "text": text}
        with contextlib.suppress(OSError):
            self.wire.send({"id": self.call, "op": "event", "event": event})


def _partial_suffix(data: bytes, mark: bytes) -> int:
    """How many bytes at the end of ``data`` may be the beginning of ``mark``."""
    for size in range(min(len(mark) - 1, len(data)), 0, -1):
        if data.endswith(mark[:size]):
            return size
    return 0


def _private_copy(number: int) -> int:
    try:
        import fcntl

        return int(fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 64))
    except (ImportError, OSError):
        return os.dup(number)


def _flush_c_streams() -> None:
    ctypes.CDLL(None).fflush(None)


# ------------------------------------------------------------------------ operations


class Session:
    """What stays between calls: warm imports, the loaded package, the loaded predictor."""

    def __init__(self, wire: Wire, twin_pipes: tuple[int, int] | None = None) -> None:
        self.wire = wire
        self.twin_pipes = twin_pipes
        self.is_fresh = True
        self.package: LoadedPackage | None = None
        self.predictor: Any = None
        self.rows: Any = None
        self.packed: Any = None
        self.evaluation: Any = None
        self.operations: dict[str, Callable[[dict[str, Any], Payloads], Reply]] = {
            "hello": self.hello,
            "ping": lambda _header, _payloads: ({}, []),
            "prepare": self.prepare,
            "step": self.step,
            "prove": self.prove,
            "compare": self.compare,
            "columns": self.columns,
            "pack": self.pack,
            "evaluate": self.evaluate,
            "walk": self.walk,
            "convert": self.convert,
            "observe": self.observe,
            "load": self.load,
            "predict": self.predict,
            "history": self.history,
            "extend-history": self.extend_history,
            "open-rows": self.open_rows,
            "next-rows": self.next_rows,
            "write-rows": self.write_rows,
        }

    def answer(self, header: dict[str, Any], payloads: Payloads) -> Reply:
        operation = self.operations.get(header.get("op", ""))
        if operation is None:
            raise WorkerFailure("worker-protocol", f"unknown operation {header.get('op')!r}")
        if header["op"] not in ("hello", "prepare"):
            self.is_fresh = False
        return operation(header, payloads)

    def hello(self, _header: dict[str, Any], _payloads: Payloads) -> Reply:
        return {
            "protocol": PROTOCOL,
            "python": platform.python_version(),
            "pid": os.getpid(),
            "environment": environment_digest(),
            "searched": [os.path.abspath(path) for path in sys.path],
            "variables": variables_digest(),
        }, []

    def step(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Run one step; with ``isolated``, in a copy of this process that nothing else ever uses."""
        if header.get("isolated"):
            return in_a_copy(lambda: self.run_step(header)), []
        return self.run_step(header), []

    def run_step(self, header: dict[str, Any]) -> dict[str, Any]:
        folder = Path(header["package"]).absolute()
        root = header.get("root")
        try:
            self.package = load_package(folder, root, self.package)
        except WorkerFailure:
            raise
        except Exception as error:
            raise step_failure(error, folder, "importing the package failed") from error
        runtime = self.package.runtime
        in_force: dict[str, Any] = {}
        try:
            pipeline = self.package.pipeline
            if header.get("settings"):
                names = header["settings"]
                look = sibling("settings_in_force").settings_in_force
                pipeline = looked_at_after(
                    pipeline, header["step"], lambda: in_force.update(look(names))
                )
            manifest = runtime.run_step(
                pipeline,
                header["step"],
                header["store"],
                header["run"],
                header.get("params") or {},
                header.get("inputs") or {},
                root=root,
                **({"seed": header["seed"]} if "seed" in header else {}),
                random_before=header.get("randomBefore"),
            )
        except runtime.RunError as error:
            raise WorkerFailure("step-refused", str(error)) from error
        except (Exception, SystemExit) as error:
            failure = step_failure(error, folder, f"step {header['step']}")
            failure.details["wrote"] = getattr(runtime, "left_behind", lambda: "unknown")()
            raise failure from error
        except KeyboardInterrupt as error:
            # Where it was when its time was over.
            place = step_failure(error, folder, f"step {header['step']}").details
            raise WorkerFailure("worker-interrupted", "interrupted", **place) from error
        return {"manifest": manifest, **({"settings": in_force} if in_force else {})}

    def prepare(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Import a package ahead of its first step; says whether steps can run in copies of this process.

        With ``twin``, a copy of this process as it then is stays behind for what no step may have touched.
        """
        with contextlib.suppress(Exception):  # the step that needs it reports it, with the place
            folder = Path(header["package"]).absolute()
            self.package = load_package(folder, header.get("root"), self.package)
        versions: dict[str, str | None] = {}
        if header.get("distributions"):
            version = sibling("distributions").version
            versions = {name: version(name) for name in header["distributions"]}
            versions.update(_loaded_versions())
        twin = bool(header.get("twin")) and self.leave_twin()
        return {"isolates": CAN_FORK, "versions": versions, "twin": twin}, []

    def leave_twin(self) -> bool:
        """Whether a copy of this process now answers calls on the pipes meant for it.

        It is to be what a process of its own would be that had imported the same libraries. So there is
        none where something else has run already: an operation, threads, modules of the user's own.
        """
        pipes, self.twin_pipes = self.twin_pipes, None
        if pipes is None:
            return False
        try:
            package = self.package
            if not CAN_FORK or not self.is_fresh or package is None or has_foreign_threads():
                return False
            if package.has_imported_others():
                return False
            return split_off(lambda: serve(Wire(*pipes)), self.wire)
        finally:
            for pipe in pipes:
                os.close(pipe)

    def prove(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Whether the package's features are the notebook's, by running them on its raw table."""
        folder = Path(header["package"]).absolute()
        store = project("_runtime").Store(header["store"])
        with notebook_names(header["package"]):
            proofs = sibling("features/prove_features")
            packing = sibling("packing")
            raw = packing.load_raw(store, header["raw"], sibling("tables"))
            expected = packing.StoredParts(store, header["expected"])
            model = packing.load_part(store, header["model"]) if "model" in header else None
            try:
                made = proofs.prove_features(
                    package_name(folder),
                    raw,
                    expected,
                    modules=sibling,
                    runtime=project("_runtime"),
                    states=packing.states_of(store, header),
                    model=model,
                    parameters=header.get("parameters") or {},
                )
                results = list(made)
            except Exception as error:
                if type(error).__name__ == "DrawnError":
                    raise WorkerFailure("features-drawn", str(error)) from error
                raise step_failure(error, folder, "proving the features") from error
        return {"proofs": results}, []

    def compare(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Compare stored values; with ``isolated``, in a copy of this process, as for ``step``."""

        def compared() -> dict[str, Any]:
            with notebook_names(header.get("package")):
                store = project("_runtime").Store(header["store"])
                return {"results": [_compare(store, pair) for pair in header["pairs"]]}

        return (in_a_copy(compared) if header.get("isolated") else compared()), []

    def columns(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        tables = sibling("tables")
        with notebook_names(header.get("package")):
            store = project("_runtime").Store(header["store"])
            value = store.load_value(header["digest"], header["codec"])
            if header.get("variable") is not None and isinstance(value, tuple):
                value = value[header["variable"]]
            if header.get("target") is not None:
                answers = sibling("packing").load_part(store, header["target"])
                value = tables.raw_table(value, answers)
        return tables.encode_table(value, header.get("limit"))

    def pack(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        store = project("_runtime").Store(header["store"])
        with notebook_names(header["package"]):
            name = package_name(Path(header["package"]).absolute())
            runtime = project("_runtime")
            result, self.packed = sibling("packing").pack(header, store, name, sibling, runtime)
            return result, []

    def evaluate(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Metrics of the model and of others in its place, in parts.

        ``begin`` starts copies of this process that measure the model and a constant; it must come before
        what starts threads. ``peers`` waits for them. ``leakage`` looks at what was packed meanwhile, and
        ``champion`` is measured in this process, which then is good for nothing else.
        """
        evaluating = sibling("evaluating")
        packed = self.packed
        if packed is not None and packed.ask != header.get("packed"):
            packed = None
        if header["part"] == "leakage":
            return evaluating.leakage(packed, sibling), []
        if self.evaluation is None or self.evaluation.header != header["of"]:
            self.evaluation = evaluating.Evaluation(
                header["of"],
                # What was packed was imported anew.
                load_package(
                    Path(header["package"]).absolute(),
                    header.get("root"),
                    self.package if self.packed is None else None,
                ),
                project("_runtime").Store(header["store"]),
                sys.modules[__name__],
            )
        if header["part"] == "begin":
            if CAN_FORK and not has_foreign_threads():
                self.evaluation.load_model()
                works = evaluating.peers_of(self.evaluation).items()
                self.evaluation.copies = {name: Copy(work) for name, work in works}
                self.evaluation.loaded = None
            return {}, []
        self.evaluation.use_modules()
        self.evaluation.packed = packed
        if header["part"] == "champion":
            work = evaluating.answered(lambda: self.evaluation.champion(header["champion"]))
            return {"champion": work()}, []
        return evaluating.measured_peers(self.evaluation), []

    def observe(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        observer = sibling("observer")

        def emit(record: dict[str, Any]) -> None:
            self.wire.send({"id": header["id"], "op": "event", "event": record})

        return observer.observe(header, emit, project("_runtime"), project("_values")), []

    def load(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Load a model: first digests, then the names its pickles look up, only then a byte of it."""
        folder = Path(header["model"]).absolute()
        verify_files(folder, header["digests"])
        listed = verify_names(folder, sorted(header["digests"]), header["names"])
        self.predictor, name = load_predictor(folder, header.get("package"), listed)
        return {"package": name}, []

    def walk(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """What files (name → digest) of a folder or the store would look up when they are loaded."""
        if "store" in header:
            store = project("_runtime").Store(header["store"])
            paths = {name: store.blob_path(digest) for name, digest in header["files"].items()}
        else:
            paths = {name: Path(header["folder"]) / name for name in header["files"]}
        files = sibling("pickle_files")
        walked = files.walk_files(paths, sibling("pickle_walk"))
        own = files.defined_names(paths, sibling("safe_loading").SHIPPED)
        return {"walked": walked, "own": own}, []

    def convert(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """The loaded model's estimator in another format; see ``converting.py``."""
        if self.predictor is None:
            raise WorkerFailure("model-not-loaded", "no model was loaded in this worker")
        converting = sibling("converting")
        try:
            return converting.convert(header, self.predictor, sibling("tables")), []
        except converting.NotConvertible as error:
            raise WorkerFailure(error.code, str(error)) from error

    def predict(self, header: dict[str, Any], payloads: Payloads) -> Reply:
        if self.predictor is None:
            raise WorkerFailure("model-not-loaded", "no model was loaded in this worker")
        tables = sibling("tables")
        frame = tables.decode_table(header, payloads)
        return {"answers": tables.answers_of(self.predictor, frame)}, []

    def history(self, _header: dict[str, Any], _payloads: Payloads) -> Reply:
        """What earlier rows the loaded model keeps; see ``extending.py``."""
        found = sibling("extending").described(self.predictor, sibling("tables"))
        return {"history": found}, []

    def extend_history(self, header: dict[str, Any], payloads: Payloads) -> Reply:
        """Put newer rows into the loaded model's history, in this process."""
        extending = sibling("extending")
        frame = sibling("tables").decode_table(header, payloads)
        try:
            return extending.extend(self.predictor, frame), []
        except extending.HistoryError as error:
            place = {"column": error.column, "row": error.row}
            told = {name: value for name, value in place.items() if value is not None}
            raise WorkerFailure("history-malformed", str(error), **told) from error

    def open_rows(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Begin to read a Parquet file."""
        with parquet_faults() as parquet:
            self.rows = parquet.Rows(
                header["file"], header["wanted"], header["keep"], header["limit"]
            )
        return {"names": self.rows.names, "rows": self.rows.total}, []

    def next_rows(self, _header: dict[str, Any], _payloads: Payloads) -> Reply:
        """The next rows as ``columns`` gives them, and as JSON the values of each column to keep."""
        if self.rows is None:
            raise WorkerFailure("worker-protocol", "no file was opened in this worker")
        with parquet_faults():
            found = self.rows.next()
        if found is None:
            return {"done": True}, []
        frame, kept = found
        header, payloads = sibling("tables").encode_table(frame)
        return {"done": False, **header}, [*payloads, json.dumps(kept, ensure_ascii=False).encode()]

    def write_rows(self, header: dict[str, Any], _payloads: Payloads) -> Reply:
        """Make a Parquet file of JSON Lines."""
        with parquet_faults() as parquet:
            parquet.write_answers(header["from"], header["to"], header.get("like"))
        return {}, []


@contextlib.contextmanager
def parquet_faults() -> Iterator[Any]:
    """``parquet.py``, and what it complains about as failures of this worker."""
    parquet = sibling("parquet")
    try:
        yield parquet
    except parquet.ParquetFault as error:
        raise WorkerFailure(error.code, str(error)) from error


# ------------------------------------------------------------------ copies of this process

CAN_FORK = sys.platform == "linux" and hasattr(os, "fork")
"""Elsewhere a copy of a process that has loaded numerical libraries is not safe to use."""


def _loaded_versions() -> dict[str, str | None]:
    """Every distribution of which something is imported, by its normal name."""
    distributions = sibling("distributions")
    loaded = {name.partition(".")[0] for name in sys.modules}
    names = {owner for module in loaded for owner in distributions.owners().get(module, [])}
    return {distributions.normal(name): distributions.version(name) for name in sorted(names)}


def in_a_copy(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``work`` returns, computed in a copy of this process.

    The copy has this process's imports and nothing that ``work`` does stays. So a step starts as
    in a fresh process, without paying for the imports again. This process must have run no step
    itself: thread pools that were started do not survive in a copy.
    """
    return Copy(work).result()


class Copy:
    """A copy of this process that computes something, while this one goes on."""

    def __init__(self, work: Callable[[], dict[str, Any]]) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.reading, writing = os.pipe()
        with warnings.catch_warnings():
            # Python warns because threads read the wire and the text; the copy uses neither.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.child = os.fork()
        if self.child == 0:
            _answer_from_copy(work, writing)
        os.close(writing)

    def result(self) -> dict[str, Any]:
        """Wait for it."""
        with os.fdopen(self.reading, "rb") as pipe:
            text = pipe.read()
        _, status = os.waitpid(self.child, 0)
        if not text:
            end = os.waitstatus_to_exitcode(status)
            how = f"was ended by signal {-end}" if end < 0 else f"ended with status {end}"
            # Nobody kills itself this way: the system (no memory) or a person did, whatever it ran.
            from_outside = end in (-signal.SIGKILL, -signal.SIGTERM)
            raise WorkerFailure(
                "worker-died" if from_outside else "step-failed", f"its process {how}"
            )
        answer = json.loads(text)
        if "failure" in answer:
            failure = answer["failure"]
            raise WorkerFailure(failure["code"], failure["message"], **failure["details"])
        result: dict[str, Any] = answer["result"]
        return result


def words_of(error: BaseException, folder: Path, step: str) -> str:
    """What a step raised, with its place in the notebook."""
    failure = step_failure(error, folder, f"step {step}")
    notebook, cell = failure.details.get("notebook"), failure.details.get("cell")
    place = f", {notebook}, cell {cell}" if notebook and cell else ""
    return f"{failure}{place}"


def _answer_from_copy(work: Callable[[], dict[str, Any]], writing: int) -> None:
    """In the copy: compute, write the answer, end without running anybody's exit handlers."""
    try:
        die_with_parent()
        try:
            answer: dict[str, Any] = {"result": work()}
        except WorkerFailure as failure:
            details = failure.details
            answer = {
                "failure": {"code": failure.code, "message": str(failure), "details": details}
            }
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        _flush_c_streams()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(answer, allow_nan=False).encode("utf-8"))
    finally:
        os._exit(0)


def has_foreign_threads() -> bool:
    """Whether an import started threads. They do not survive in a copy, and may hold locks that do."""
    return any(not getattr(thread, OURS, False) for thread in threading.enumerate())


def split_off(work: Callable[[], None], wire: Wire) -> bool:
    """Do ``work``, which does not return, in a copy of this process that stays in its group.

    The copy is no child of this process: code that waits for all its children would wait for it.
    It ends when nobody speaks to it any more, and at the latest with the group.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with warnings.catch_warnings():
        # Python warns because threads read the wire and the text; the copy has its own.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
        if child == 0:
            try:
                if os.fork() == 0:
                    # By number: the thread that reads holds the lock of the file, and is not here.
                    os.close(wire.incoming.fileno())
                    os.close(wire.outgoing.fileno())
                    # A signal to the group is meant for a step.
                    signal.signal(signal.SIGINT, signal.SIG_IGN)
                    work()
                os._exit(0)
            finally:
                os._exit(1)
    _, status = os.waitpid(child, 0)
    return status == 0


# --------------------------------------------------------------------- generated packages


class LoadedPackage:
    """An imported pipeline and the bytes it was imported from."""

    def __init__(self, folder: Path, root: str | None, runtime: Any, pipeline: Any) -> None:
        self.key = (folder, root)
        self.runtime = runtime
        self.pipeline = pipeline
        self.folders = [folder, Path(root or folder / pipeline.root).resolve()]
        self.files = local_files(self.folders)

    def has_imported_others(self) -> bool:
        """Whether importing it ran modules of the project that were not generated."""
        own = self.folders[0] / package_name(self.folders[0])
        return any(Path(path).parent != own for _name, path in local_modules(self.folders))

    def is_current(self, folder: Path, root: str | None) -> bool:
        """Whether a fresh import would give the same."""
        return self.key == (folder, root) and self.files == local_files(self.folders)


def load_package(folder: Path, root: str | None, loaded: LoadedPackage | None) -> LoadedPackage:
    """Import the package of ``pipelines/<name>``, again only when its code changed."""
    if loaded is not None and loaded.is_current(folder, root):
        return loaded
    name = package_name(folder)
    left = [] if loaded is None else loaded.folders
    forget_local_modules([folder, *left])
    for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
        del sys.modules[module]
    wanted = [str(folder)] if root is None else [str(folder), root]
    gone = {*wanted, *(str(path) for path in left)}
    sys.path[:] = [*wanted, *(path for path in sys.path if path not in gone)]
    importlib.invalidate_caches()
    runtime = importlib.import_module(f"{name}._runtime")
    if not str(getattr(runtime, "__file__", "")).startswith(str(folder) + os.sep):
        raise WorkerFailure(
            "package-shadowed",
            f"importing {name!r} found {runtime.__file__} instead of {folder / name}",
        )
    pipeline = importlib.import_module(f"{name}._pipeline").PIPELINE
    return LoadedPackage(folder, root, runtime, pipeline)


def looked_at_after(pipeline: Any, name: str, look: Callable[[], None]) -> Any:
    """The same pipeline, with a look at the process as the step leaves it."""
    if all(step.name != name for step in pipeline.steps):
        return pipeline  # the runtime says so, with what there is
    step = pipeline.step(name)

    @functools.wraps(step.function)
    def function(*arguments: Any, **named: Any) -> Any:
        result = step.function(*arguments, **named)
        look()
        return result

    watched = dataclasses.replace(step, function=function)
    steps = tuple(watched if other is step else other for other in pipeline.steps)
    return dataclasses.replace(pipeline, steps=steps)


def package_name(folder: Path) -> str:
    """The Python package inside ``pipelines/<name>``."""
    name = folder.name.replace("-", "_")
    if (folder / name / "_runtime.py").is_file():
        return name
    found = sorted(path.parent.name for path in folder.glob("*/_runtime.py"))
    if len(found) != 1:
        raise WorkerFailure("package-missing", f"{folder} holds no generated package {name!r}")
    return found[0]


def local_files(folders: list[Path]) -> dict[str, str]:
    """Source files of loaded modules below these folders, with their digests."""
    files = {}
    for _name, path in local_modules(folders):
        with contextlib.suppress(OSError):
            files[path] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    for folder in folders[:1]:
        for path in folder.glob("*/*.py"):
            files[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return files


def local_modules(folders: list[Path]) -> list[tuple[str, str]]:
    """Loaded modules whose file is the project's own, not an installed library's."""
    found = []
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or name == "__main__" or name.startswith("_mlops_"):
            continue
        if {"site-packages", "dist-packages"} & set(Path(path).parts):
            continue
        if any(path.startswith(str(folder) + os.sep) for folder in folders):
            found.append((name, path))
    return found


def forget_local_modules(folders: list[Path]) -> None:
    for name, _path in local_modules(folders):
        sys.modules.pop(name, None)


CELL_COMMENT = re.compile(
    r"#\s*(?P<notebook>\S.*?\.(?:ipynb(?=, cell )|i?py(?=, (?:cell|line) )))"
    r"(?:, cell (?P<cell>\d+))?(?:, line (?P<line>\d+))?$"
)


def step_failure(error: BaseException, folder: Path, what: str) -> WorkerFailure:
    """A user's exception with the cell it came from and only the user's frames."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if is_user_frame(frame.filename, folder)
    ]
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    details: dict[str, Any] = {}
    if isinstance(error, SyntaxError) and error.filename:
        own.append(traceback.FrameSummary(error.filename, error.lineno or 1, "<module>"))
    for frame in reversed(own):
        if not frame.filename.startswith(str(folder) + os.sep) or frame.lineno is None:
            continue
        place = cell_of_line(Path(frame.filename), frame.lineno)
        message = f"{message} ({Path(frame.filename).name}, line {frame.lineno})"
        details.update(place)
        # A module of the project has no cell; the step that called it has.
        if "_local" not in Path(frame.filename).parts:
            break
    shown = "".join(traceback.format_list(own)) if own else ""
    details["traceback"] = f"{shown}{type(error).__name__}: {error}"
    missing = _missing_module(error, folder)
    if missing is not None:
        details["module"] = missing
    return WorkerFailure("step-failed", f"{what}: {message}", **details)


def _missing_module(error: BaseException, folder: Path) -> str | None:
    """The module that this interpreter lacks; ``None`` for one that the package should bring itself."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    first = error.name.split(".")[0]
    if first == package_name(folder) or importlib.util.find_spec(first) is not None:
        return None
    return first


def is_user_frame(filename: str, folder: Path) -> bool:
    """Frames of libraries and of the runtime are left out."""
    parts = set(Path(filename).parts)
    if {"site-packages", "dist-packages"} & parts or filename.startswith("<frozen"):
        return False
    if filename.startswith((sys.base_prefix + os.sep + "lib", str(HERE))):
        return False
    return not (
        filename.startswith(str(folder) + os.sep)
        and Path(filename).name in {"__main__.py", "_pipeline.py", *project("_code").RUNTIME}
    )


def cell_of_line(path: Path, lineno: int) -> dict[str, Any]:
    """The cell that the comment above a line names, and the line in the cell where it says so."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    for at in range(min(lineno, len(lines)) - 1, -1, -1):
        match = CELL_COMMENT.search(lines[at].strip())
        if match is not None:
            place: dict[str, Any] = {"notebook": match["notebook"]}
            if match["cell"] is not None:
                place["cell"] = int(match["cell"])
            if match["line"] is not None:
                place["line"] = int(match["line"]) + lineno - (at + 2)
            return place
    return {}


# ------------------------------------------------------------------------- comparing


def _compare(store: Any, pair: dict[str, Any]) -> dict[str, Any]:
    expected, got, rtol = pair["expected"], pair["got"], pair.get("rtol")
    result: dict[str, Any] = {"name": pair["name"], "how": "exact", "same": True}
    if expected["digest"] == got["digest"] and expected["codec"] == got["codec"]:
        return result
    values = project("_values")
    if expected["codec"] == PICKLED_FILE and not _are_pickled(store, expected, got):
        return {**result, "same": False}
    try:
        left = _stored_value(store, expected)
        right = _stored_value(store, got)
    except project("_runtime").RunError as error:
        return {**result, "same": False, "difference": str(error)}
    except Exception as error:  # noqa: BLE001 - unpickling may raise anything
        reason = f"could not be loaded: {type(error).__name__}: {error}"
        return {**result, "same": False, "difference": reason}
    if values.is_estimator(left):
        result["how"] = "estimator"
    # Variables stored together are together because they share parts that may change.
    variables = pair.get("variables") or []
    sharing = len(variables) > 1
    difference = values.values_equal(left, right, sharing=sharing)
    if difference is not None and rtol is not None:
        difference = values.values_equal(left, right, rtol, sharing=sharing)
        if result["how"] == "exact":
            result["how"] = "float"
    if difference is not None:
        result.update(same=False, difference=_with_names(str(difference), variables))
    return result


PICKLED_FILE = "pickled-file"
"""Instead of a codec: a file of the notebook, which is loaded where its content is a pickle."""


def _are_pickled(store: Any, *stored: dict[str, Any]) -> bool:
    files, walk = sibling("pickle_files"), sibling("pickle_walk")
    for one in stored:
        with store.open(one["digest"]) as file:
            if not sibling("written_files").is_pickled(file, files, walk):
                return False
    return True


def _stored_value(store: Any, stored: dict[str, Any]) -> Any:
    if stored["codec"] != PICKLED_FILE:
        return store.load_value(stored["digest"], stored["codec"])
    with store.open(stored["digest"]) as file:
        return sibling("written_files").load_pickled(file)


def _with_names(difference: str, variables: list[str]) -> str:
    """A group is a tuple of variables; people know them by their names."""
    at = re.match(r"\[(\d+)\](, )?", difference)
    if at is None or int(at[1]) >= len(variables):
        return difference
    return f"{variables[int(at[1])]}{at[2] or ''}{difference[at.end() :]}"


@contextlib.contextmanager
def notebook_names(package: str | None) -> Iterator[None]:
    """While values of a notebook are loaded, its own classes are found in the package."""
    if package is None:
        yield
        return
    folder = Path(package).absolute()
    name = package_name(folder)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    carried = str(folder / name / "_local")
    if os.path.isdir(carried) and carried not in sys.path:
        sys.path.insert(0, carried)
    stand_in = types.ModuleType("__main__")

    def find(attribute: str) -> Any:
        for path in sorted((folder / name).glob("*.py")):
            if path.stem in ("__init__", "__main__", "_pipeline"):
                continue
            with contextlib.suppress(ImportError):
                module = importlib.import_module(f"{name}.{path.stem}")
                if hasattr(module, attribute):
                    return getattr(module, attribute)
        raise AttributeError(f"the package has no {attribute!r}, which the notebook defined")

    stand_in.__dict__["__getattr__"] = find
    previous = sys.modules["__main__"]
    sys.modules["__main__"] = stand_in
    try:
        yield
    finally:
        sys.modules["__main__"] = previous


# ---------------------------------------------------------------------------- serving


def verify_files(folder: Path, digests: dict[str, str]) -> None:
    """Every file of a model directory has the digest the registry knows, before any is used."""
    for name, expected in sorted(digests.items()):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise WorkerFailure("model-corrupt", f"{name} leads out of the model's folder")
        try:
            found = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        except OSError as error:
            raise WorkerFailure("model-corrupt", f"{name} cannot be read: {error}") from error
        if found != expected:
            raise WorkerFailure("model-corrupt", f"{name} is not what was registered: {found}")
    is_compiled = False
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        compiled = "__pycache__" in name.split("/")
        ignored = name == "digests.json" or compiled or path.is_dir()
        if not ignored and name not in digests:
            raise WorkerFailure("model-corrupt", f"{name} is not part of the registered model")
        is_compiled = is_compiled or compiled
    # Compiled files beside the sources are not listed, so they must not be used either. Nor are any
    # left there: keeping them elsewhere means compiling every library again.
    sys.dont_write_bytecode = True
    if is_compiled:
        sys.pycache_prefix = tempfile.mkdtemp(prefix="mlops-pycache-")


def verify_names(folder: Path, files: list[str], allowed: dict[str, Any]) -> frozenset[str]:
    """Every name that loading these files looks up, each of them allowed."""
    listed, problem = sibling("safe_loading").check_names(folder, files, allowed, sibling)
    if problem is None:
        return listed
    where = f"{problem['file']}, byte {problem['offset']}"
    if "why" in problem:
        message = f"{where}: {problem['why']}"
        raise WorkerFailure("model-pickle-unreadable", message, **problem)
    message = f"{where}: loading it would look up {problem['name']}"
    raise WorkerFailure("model-names-unknown-code", message, **problem)


def load_predictor(folder: Path, name: str | None, listed: frozenset[str]) -> tuple[Any, str]:
    code = folder / "code"
    if name is None:
        found = sorted(path.parent.name for path in code.glob("*/predict.py"))
        if len(found) != 1:
            raise WorkerFailure(
                "model-not-servable", f"{folder.name} has no code/<package>/predict.py"
            )
        name = found[0]
    for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
        del sys.modules[module]
    sys.path.insert(0, str(code))
    importlib.invalidate_caches()
    safe_loading = sibling("safe_loading")
    try:
        module = importlib.import_module(f"{name}.predict")
        with safe_loading.only(listed):
            predictor = module.load(folder)
    except safe_loading.Unlisted as error:
        raise WorkerFailure("model-names-unknown-code", str(error)) from error
    except Exception as error:
        message = f"loading the model failed: {type(error).__name__}: {error}"
        raise WorkerFailure(
            "model-load-failed", message, traceback=traceback.format_exc()
        ) from error
    return predictor, name


# ------------------------------------------------------------------------------ itself


def project(name: str) -> Any:
    """A module of templates/project, under a name no user module has."""
    if "_mlops_project" not in sys.modules:
        package = types.ModuleType("_mlops_project")
        package.__path__ = [str(PROJECT)]
        sys.modules["_mlops_project"] = package
    return importlib.import_module(f"_mlops_project.{name}")


def sibling(name: str) -> Any:
    """Another file of this folder, under a name no user module has."""
    full = f"_mlops_worker_{name.replace('/', '_')}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, HERE / f"{name}.py")
        if spec is None or spec.loader is None:
            raise WorkerFailure("worker-protocol", f"{name}.py is missing beside worker.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


@functools.cache
def environment_digest() -> str:
    """Digest over the interpreter and every installed distribution."""
    installed = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            installed.setdefault(re.sub(r"[-_.]+", "-", name).lower(), distribution.version)
    facts = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{platform.system()}-{platform.machine()}",
        "distributions": installed,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def variables_digest() -> str:
    """Digest over the environment variables that user code can read."""
    text = json.dumps(dict(os.environ), sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"


def die_with_parent() -> None:
    """On Linux the kernel ends this process when the parent ends, however it ends."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def read_frames(wire: Wire, calls: queue.SimpleQueue[Any]) -> None:
    """Hand calls to the main thread; answer pings at once; end with the parent."""
    while True:
        frame = None
        with contextlib.suppress(OSError, ValueError):
            frame = wire.receive()
        if frame is None:
            with contextlib.suppress(Exception):
                if os.getpgrp() == os.getpid():
                    os.killpg(os.getpid(), signal.SIGKILL)
            os._exit(0)
        header, payloads = frame
        if header.get("op") == "ping":
            wire.send({"id": header["id"], "op": "reply"})
            continue
        calls.put((header, payloads))


def handle(
    session: Session, capture: TextCapture, header: dict[str, Any], payloads: Payloads
) -> None:
    """Answer one call: exactly one reply or error, after all its events."""
    call = header["id"]
    capture.begin(call)
    try:
        result, out = session.answer(header, payloads)
        reply = {**result, "id": call, "op": "reply"}
    except WorkerFailure as failure:
        reply = {"id": call, "op": "error", "code": failure.code, "message": str(failure)}
        reply.update(failure.details)
        out = []
    except KeyboardInterrupt as interrupt:
        reply = {"id": call, "op": "error", "code": "worker-interrupted", "message": "interrupted"}
        reply.update(cell_running(interrupt))
        out = []
    except BaseException as error:  # noqa: BLE001 - every call gets an answer
        message = f"{type(error).__name__}: {error}"
        reply = {"id": call, "op": "error", "code": "worker-failed", "message": message}
        reply["traceback"] = traceback.format_exc()
        out = []
    with contextlib.suppress(KeyboardInterrupt):
        capture.end()
    session.wire.send(reply, out)


def cell_running(interrupt: BaseException) -> dict[str, int]:
    """Cell and line of the notebook in which it was, if it was in one; see ``observer.py``."""
    for frame in traceback.extract_tb(interrupt.__traceback__):
        number = frame.filename.rpartition("#cell-")[2]
        if number != frame.filename and number.isdigit():
            return {"cell": int(number), "line": frame.lineno or 1}
    return {}


def protection() -> Any:
    """What keeps secrets out of frames."""
    return project("_secrets")


def twin_pipes() -> tuple[int, int] | None:
    """The descriptors that were opened for a twin, out of the way of user code."""
    if not os.environ.pop("MLOPS_TWIN", ""):
        return None
    return _private_descriptor(5), _private_descriptor(6)


def start_thread(target: Callable[..., None], *arguments: Any) -> None:
    """A thread of the worker itself."""
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    setattr(thread, OURS, True)
    thread.start()


def serve(wire: Wire, pipes: tuple[int, int] | None = None) -> None:
    """Answer calls until one says ``exit`` or the parent is gone; then the process ends."""
    capture = TextCapture(wire)
    session = Session(wire, pipes)
    calls: queue.SimpleQueue[Any] = queue.SimpleQueue()
    start_thread(read_frames, wire, calls)
    while True:
        try:
            header, payloads = calls.get()
            if header.get("op") == "exit":
                wire.send({"id": header["id"], "op": "reply"})
                os._exit(0)
            handle(session, capture, header, payloads)
        except KeyboardInterrupt:
            continue


def main() -> None:
    sibling("guard").watch_over_group()
    protection().protect(os.environ.pop("MLOPS_SECRETS", "").split())
    pipes = twin_pipes()
    wire = Wire(_private_descriptor(3), _private_descriptor(4))
    die_with_parent()
    # The folder of this file is no place for user code to import from.
    sys.path[:] = [path for path in sys.path if Path(path or ".").resolve() != HERE]
    faulthandler.enable(file=_as_file(_private_copy(2)), all_threads=False)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    setattr(threading.main_thread(), OURS, True)
    serve(wire, pipes)


def _as_file(number: int) -> IO[str]:
    return os.fdopen(number, "w", closefd=False)


if __name__ == "__main__":
    main()
