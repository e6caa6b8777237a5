"""Runs a notebook's statements from top to bottom once and tells what really happened.

One record a statement (time, text, files, randomness, settings, error), one a cell (values
bound or changed, what they share, changes nobody expected), one a captured value and, last,
the environment. The notebook runs in a module that is ``__main__``, so that its own classes
and functions can be pickled; network and writes outside the scratch copy are refused.

What cannot be seen: what other processes do that the notebook starts, and files that
libraries read without Python. Standard library only until the notebook imports more.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import dis
import functools
import importlib
import inspect
import io
import linecache
import os
import platform
import sys
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Emit = Callable[[Record], None]


def observe(request: Mapping[str, Any], emit: Emit, runtime: Any, values: Any) -> Record:
    """Run the request's cells in order and emit records; ends at the first exception."""
    run = _Run(request, emit, runtime, values)
    with run.surroundings():
        started = time.monotonic()
        finished = True
        cells = request["cells"]
        for at, cell in enumerate(cells, 1):
            goes_on = at < len(cells) and cells[at].get("continues", False)
            if not run.cell(cell, ends=not goes_on):
                finished = False
                break
        emit(_environment(run, time.monotonic() - started))
    return {"finished": finished}


class _Run:
    def __init__(self, request: Mapping[str, Any], emit: Emit, runtime: Any, values: Any) -> None:
        self.request = request
        self.emit = emit
        self.runtime = runtime
        self.values = values
        self.live = _sibling("live_values").LiveValues()
        self.ambient = _sibling("ambient").Ambient
        # Loaded here: what a statement imports is a reason for settings to be others.
        self.shown_text = _sibling("shown_value").shown_text
        # What the last statement left, where nothing but statements has run since.
        self.left: Any = None
        self.root = Path(request["root"]).resolve()
        self.top = Path(*[self.root, *[".."] * request.get("above", 0)]).resolve()
        # Copies of the project's own modules, as the pipeline will carry them.
        self.modules = Path(request.get("modules") or self.root).resolve()
        self.module = types.ModuleType("__main__")
        self.module.__dict__["__builtins__"] = builtins
        self.namespace = self.module.__dict__
        # Where statements run: the notebook's variables, or those of a script that %run runs.
        self.current = self.namespace
        self.scripts: dict[str, types.ModuleType] = {}
        self.in_script = False
        self.future_flags = 0
        self.imported: set[str] = set()
        self.modules_before: set[str] = set()
        self.metrics: list[Record] = []
        # What the notebook's scoring calls are wrapped in: records, and hands the value on.
        self.metric = runtime.Metric(lambda entries: self.metrics.extend(entries))
        self.only_imports = False
        # What the notebook would show of the last line of the cell.
        self.shown: str | None = None
        self.own_modules: set[str] = set()
        self.places = (str(self.top) + os.sep, str(self.modules) + os.sep)
        self.stamps: dict[str, tuple[int, int]] = {}
        self.stamp_ms = 0.0
        self.captures: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
        for capture in request["captures"]:
            after = (capture["after"]["cell"], capture["after"]["index"])
            self.captures.setdefault(after, []).append(capture)

    @contextlib.contextmanager
    def surroundings(self) -> Iterator[None]:
        """``__main__``, working directory, seeds and the hooks, put back afterwards."""
        main, here, path = sys.modules["__main__"], os.getcwd(), list(sys.path)
        added = {"display": self.runtime.display, "__mlops_metric__": self.metric}
        seeding = _sibling("ambient").SeedsNumpy(self.request["seed"])
        sys.modules["__main__"] = self.module
        os.environ["MPLBACKEND"] = "Agg"
        os.chdir(self.root)
        sys.path[:0] = dict.fromkeys((str(self.modules), str(self.root)))
        vars(builtins).update(added)
        try:
            self.runtime.seed_generators(self.request["seed"])
            sys.meta_path.insert(0, seeding)
            self.modules_before = set(sys.modules)
            yield
        finally:
            sys.meta_path.remove(seeding)
            for name in added:
                vars(builtins).pop(name, None)
            sys.modules["__main__"] = main
            os.chdir(here)
            sys.path[:] = path
            self.namespace.clear()

    # One cell.

    def cell(self, cell: Mapping[str, Any], *, ends: bool) -> bool:
        """Run one cell; whether it came to its end. ``ends``: what follows is a cell of its own."""
        number = cell["cell"]
        started = time.monotonic()
        filename = f"{cell.get('file', self.request['notebook'])}#cell-{number}"
        _remember_source(filename, cell["statements"])
        bound: set[str] = set()
        self.left = None
        with self.script(cell.get("script")):
            for statement in cell["statements"]:
                is_last = statement is cell["statements"][-1]
                if not self.statement(number, filename, statement, bound, is_last):
                    return False
                for capture in self.captures.get((number, statement["index"]), []):
                    self.emit(self.capture(capture))
                    self.left = None
        if ends:
            self.runtime.close_figures()
        wall_ms = (time.monotonic() - started) * 1000
        self.emit(self.observe_values(cell, bound, wall_ms))
        return True

    @contextlib.contextmanager
    def script(self, script: Mapping[str, Any] | None) -> Iterator[None]:
        """What IPython's ``%run`` does around a Python file, in ``ExecutionMagics.run``."""
        if script is None:
            yield
            return
        name, arguments, flags = script["name"], sys.argv, self.future_flags
        before = sys.modules.get(name)
        shared = self.namespace["__name__"]
        sys.argv = list(script["arguments"])
        self.in_script, self.future_flags = True, 0
        if script["isSeparate"]:
            module = self.main_module(str(self.root / script["path"]), name)
            sys.modules[name] = module
            self.current = module.__dict__
        else:
            self.namespace["__name__"] = name
        try:
            yield
        finally:
            sys.argv = arguments
            self.in_script, self.future_flags = False, flags
            self.namespace["__name__"] = shared
            if script["isSeparate"]:
                self.keep_names()
                if before is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = before

    def main_module(self, path: str, name: str) -> types.ModuleType:
        """One module a file, which is emptied before the file runs again."""
        module = self.scripts.get(path)
        if module is None:
            module = self.scripts[path] = types.ModuleType(name)
        else:
            module.__dict__.clear()
        module.__dict__.update({"__name__": name, "__file__": path, "__builtins__": builtins})
        return module

    def keep_names(self) -> None:
        """The script's variables become the notebook's; its functions keep looking into its own."""
        script, self.current = self.current, self.namespace
        script.pop("__name__", None)
        kept = {name: self.namespace[name] for name in ("__name__", "__builtins__")}
        names = {name: value for name, value in script.items() if name != "__file__"}
        self.namespace.update({**names, **kept})

    def check_import(self, script: Mapping[str, Any]) -> None:
        """What is imported in the place of ``%run`` must bind what running the file binds."""
        module, main = types.ModuleType("__main__"), sys.modules["__main__"]
        sys.modules["__main__"] = module
        try:
            code = compile(script["code"], script["path"], "exec", dont_inherit=True)
            exec(code, module.__dict__)  # noqa: S102 - as %run does
        finally:
            sys.modules["__main__"] = main
        for name, value in vars(module).items():
            if name.startswith("__") or type(value).__name__ == "_Feature":
                continue
            if not _is_same(value, self.current.get(name, self)):
                raise RunDiffers(
                    f"%run {script['path']} binds {name} to something else than importing it"
                )

    def statement(
        self,
        cell: int,
        filename: str,
        statement: Mapping[str, Any],
        bound: set[str],
        is_last: bool,
    ) -> bool:
        self.metrics = []
        watch = _Watch(self.root, self.request, self.runtime)
        if not self.stamps:
            self.stamps = self.timed_stamps(watch.use)
        before = self.left or self.ambient.now(self.places)
        self.only_imports = False
        self.shown = None
        text = _Text(sys.stdout)
        error: BaseException | None = None
        started = time.monotonic()
        try:
            code = self.compile(filename, statement, bound)
            with contextlib.redirect_stdout(text), watch:  # type: ignore[type-var]
                value = self.run(code)
                if statement.get("shows", False):
                    with contextlib.redirect_stdout(io.StringIO()):
                        self.shown = self.shown_text(value)
            for script in statement.get("insteadOf", ()):
                self.check_import(script)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:  # noqa: BLE001 - a notebook may raise anything
            error = raised
        wall_ms = (time.monotonic() - started) * 1000
        looks_closely = is_last or error is not None
        after = self.left = self.ambient.now(self.places, None if looks_closely else before)
        if self.stamp_ms < 20 or is_last or error is not None:
            stamps = self.timed_stamps(watch.use)
            watch.use.compare_stamps(self.stamps, stamps)
            watch.removed = self.stamps.keys() - stamps.keys()
            self.stamps = stamps
        if error is None:
            error = self.secret_in_file(sorted(watch.use.written))
        record = {
            "kind": "statement",
            "cell": cell,
            "index": statement["index"],
            "wallMs": round(wall_ms, 3),
            "text": text.getvalue(),
            "shown": self.shown,
            **after.changes_since(
                before, self.only_imports, self.request["seed"], self.left_by_imports(watch)
            ),
            **watch.record(),
            "metrics": self.metrics,
            "error": None
            if error is None
            else _statement_error(error, filename, statement["line"]),
        }
        self.emit(record)
        return error is None

    def left_by_imports(self, watch: _Watch) -> dict[str, str]:
        """Variables that imports set. One that the notebook itself names is its own affair: a
        process that does not import the module would find it missing."""
        return {
            name: value
            for name, value in watch.imported_variables.items()
            if not any(
                name in statement["code"]
                for cell in self.request["cells"]
                for statement in cell["statements"]
            )
        }

    def secret_in_file(self, paths: list[str]) -> BaseException | None:
        """The first file written just now that holds a secret: what steps write is stored."""
        for path in paths:
            with contextlib.suppress(OSError), (self.root / path).open("rb") as file:
                try:
                    self.runtime.check_text(path)
                    self.runtime.check_file(file)
                except self.runtime.HoldsSecret as error:
                    return self.runtime.HoldsSecret(f"this writes {path}, and {error}")
        return None

    def timed_stamps(self, use: Any) -> dict[str, tuple[int, int]]:
        started = time.monotonic()
        stamps: dict[str, tuple[int, int]] = use.stamps()
        self.stamp_ms = (time.monotonic() - started) * 1000
        return stamps

    def compile(self, filename: str, statement: Mapping[str, Any], bound: set[str]) -> Any:
        """One statement as code whose line numbers are those of the cell."""
        padded = "\n" * (statement["line"] - 1) + statement["code"]
        tree = ast.parse(padded, filename)
        self.only_imports = all(
            isinstance(node, (ast.Import, ast.ImportFrom)) for node in tree.body
        )
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.imported.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                self.imported.add(node.module.partition(".")[0])
        flags = self.future_flags
        if not self.in_script:
            flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        # The value of a lone expression is what the notebook shows.
        mode = "eval" if _is_expression(tree) and statement.get("shows", False) else "exec"
        code = compile(padded, filename, mode, flags=flags, dont_inherit=True)
        self.future_flags |= code.co_flags & _FUTURE_FLAGS
        bound.update(_stored_names(code))
        return code

    def run(self, code: Any) -> Any:
        """Run a statement; the value of an expression that was compiled as one."""
        if code.co_flags & inspect.CO_COROUTINE:
            # Takes a while to import, and few notebooks wait for anything.
            import asyncio

            return asyncio.run(types.FunctionType(code, self.current)())
        # Whatever the code was compiled as: statements have no value.
        return eval(code, self.current)

    # Values.

    def capture(self, capture: Mapping[str, Any]) -> Record:
        """Store a value of the reference run in the first codec that gives it back."""
        names = capture["variables"]
        record: Record = {
            "kind": "capture",
            "artifact": capture["artifact"],
            "digest": None,
            "codec": None,
            "type": "",
            "bytes": None,
            "error": None,
        }
        seen = {**self.namespace, **self.current}
        missing = [name for name in names if name not in seen]
        if missing:
            return {**record, "error": f"{missing[0]} has no value here"}
        held = [seen[name] for name in names]
        record["type"] = self.values.type_name(held[0])
        group = len(names) > 1
        value = tuple(held) if group else held[0]
        before = set(sys.modules)
        try:
            codec = self.values.choose_codec(value, group=group)
            stored = self.runtime.Store(self.request["store"]).save_value(value, codec)
        except (self.values.NotStorable, self.runtime.HoldsSecret) as error:
            return {**record, "error": str(error)}
        finally:
            # What a codec imports is not part of the notebook's environment.
            self.own_modules |= set(sys.modules) - before
        return {**record, **stored}

    def observe_values(self, cell: Mapping[str, Any], bound: set[str], wall_ms: float) -> Record:
        """Values this cell bound or changed, and the changes that were not expected."""
        is_value = _sibling("value_state").is_value
        live = {name: value for name, value in self.namespace.items() if is_value(name, value)}
        found, hidden = self.live.look(live, set(cell["expectedChanges"]), bound)
        return {
            "kind": "cell",
            "cell": cell["cell"],
            "values": [
                {**value, "type": self.values.type_name(live[value["name"]])} for value in found
            ],
            "hiddenMutations": hidden,
            "wallMs": round(wall_ms, 3),
            "peakRssBytes": _peak_rss(),
        }


class RunDiffers(Exception):
    """Running a script binds something else than importing it."""


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, types.FunctionType) and isinstance(other, types.FunctionType):
        return one.__code__ == other.__code__ and repr(
            (one.__defaults__, one.__kwdefaults__)
        ) == repr((other.__defaults__, other.__kwdefaults__))
    return one is other or (type(one) is type(other) and bool(one == other))


# --------------------------------------------------------------------------- one statement


class _Text(io.StringIO):
    """Collects printed text; code that asks for a file descriptor gets the real one's."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self.stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def fileno(self) -> int:
        number: int = self.stream.fileno()
        return number


class _Watch:
    """What a statement does outside its own memory; refuses what it may not do."""

    def __init__(self, root: Path, request: Mapping[str, Any], runtime: Any) -> None:
        above = os.path.join(*[os.pardir] * request.get("above", 0), "")
        # The notebook's folder, or the one above it that was copied with it.
        self.top = os.path.realpath(os.path.join(root, above))
        self.allow_network = request["allowNetwork"]
        self.allow_write = request["allowWrite"]
        # Stands for the whole project, of which no more than the top is there.
        project = request.get("project")
        self.project = None if project is None else os.path.realpath(project)
        self.above: set[str] = set()
        store = request.get("store")
        self.use = runtime.FileUse(
            root, () if store is None else (store,), outside=False, beside=(above,) if above else ()
        )
        self.files = _file_use(runtime)
        self.files.passes_events_on(__file__)
        self.digest_file = runtime.digest_file
        self.outside_read: set[str] = set()
        self.outside_written: set[str] = set()
        self.removed: set[str] = set()
        self.network: list[str] = []
        self.subprocesses: list[str] = []
        # Environment variables that modules set while they were imported, with what they set.
        self.imported_variables: dict[str, str] = {}

    def __enter__(self) -> None:
        # Asked for now: inside the hook it would wait for a lock that its caller may hold.
        self.files.other_peoples_places()
        _install_hook()
        _WATCHES.append(self)
        if self.project is not None:
            self.files.tell_of_looking(self)

    def __exit__(self, *_: object) -> None:
        if self.project is not None:
            self.files.tell_no_more(self)
        _WATCHES.remove(self)

    def looked(self, path: Any, _found: str) -> None:
        """Told when somebody asks what is at a path; what the watch itself asks is nobody's."""
        if not getattr(_busy, "now", False):
            self.asked_for(path)

    def asked_for(self, path: Any, *, names: bool = False) -> None:
        """Note a path above what was copied: what is there, the run cannot tell.

        That the folders above are there it can; what ``names`` they have is another question.
        """
        if self.project is None or isinstance(path, int) or path is None:
            return
        full = os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))
        if full != self.project and not full.startswith(self.project + os.sep):
            return
        if full == self.top or full.startswith(self.top + os.sep):
            return
        if names or not self.top.startswith(full + os.sep):
            self.above.add(os.path.relpath(full, self.use.root).replace(os.sep, "/"))

    def record(self) -> Record:
        read = [{"path": path, "sha256": digest} for path, digest in sorted(self.use.read.items())]
        read += [{"path": path, "sha256": None} for path in sorted(self.outside_read)]
        written = [
            {"path": path, "sha256": self.digest_file(os.path.join(self.use.root, path))}
            for path in sorted(self.use.written | self.removed)
        ]
        written += [{"path": path, "sha256": None} for path in sorted(self.outside_written)]
        # A folder above that is listed: a step that finds other names there has other input.
        read += [{"path": path, "sha256": None} for path in self.use.listed() if path[:2] == ".."]
        return {
            "filesRead": read,
            "filesWritten": written,
            **({"above": sorted(self.above)} if self.above else {}),
            "network": list(dict.fromkeys(self.network)),
            "subprocesses": list(dict.fromkeys(self.subprocesses)),
        }

    def listen(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK:
            self.reach(event, arguments)
        elif event == "open":
            path, _, flags = arguments
            if isinstance(path, int):
                return
            self.asked_for(path)
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self.write(path)
            elif not self.is_inside(path):
                full = os.path.realpath(os.fsdecode(path))
                if not full.endswith(".py") and self.files.is_somebodys_data(full, writes=False):
                    self.outside_read.add(full)
            self.use.listen(event, arguments)
        elif event in _CHANGES:
            for position in _CHANGES[event]:
                if position < len(arguments):
                    self.write(arguments[position])
            self.use.listen(event, arguments)
        elif event == "sqlite3.connect":
            if not self.is_inside(arguments[0]) and arguments[0] != ":memory:":
                self.outside_read.add(os.path.realpath(os.fsdecode(arguments[0])))
            self.use.listen(event, arguments)
        elif event in _LISTINGS:
            self.asked_for(arguments[0] or ".", names=True)
            self.use.listen(event, arguments)
        elif event in _VARIABLES:
            name, *values = (os.fsdecode(part) for part in arguments)
            self.imported_variables.pop(name, None)
            if values and _is_importing():
                self.imported_variables[name] = values[0]
        elif event in _PROCESSES:
            command = arguments[1] if event == "subprocess.Popen" else arguments[0]
            if isinstance(command, (list, tuple)):
                command = " ".join(os.fsdecode(part) for part in command)
            self.subprocesses.append(os.fsdecode(command)[:500])

    def reach(self, event: str, arguments: tuple[Any, ...]) -> None:
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        if event != "socket.getaddrinfo" and not isinstance(address, tuple):
            return
        if host is None:
            return
        host = os.fsdecode(host)
        port = arguments[1] if event == "socket.getaddrinfo" else address[1]
        self.network.append(f"{host}:{port}" if port is not None else host)
        if self.allow_network or host in ("localhost", "::1", "") or host.startswith("127."):
            return
        raise PermissionError(
            f"the observed run may not use the network ({host}); "
            "allow it with --allow-network, or read the data from a file"
        )

    def write(self, path: Any) -> None:
        if isinstance(path, int) or self.is_inside(path):
            return
        full = os.path.realpath(os.fsdecode(path))
        if any(full == place or full.startswith(place + os.sep) for place in _scratch_places()):
            return
        if self.allow_write:
            self.outside_written.add(full)
            return
        raise PermissionError(
            f"the observed run may not write outside the notebook's folder ({full}); "
            "allow it with --allow-write"
        )

    def is_inside(self, path: Any) -> bool:
        try:
            full = os.path.realpath(os.fsdecode(path))
        except (TypeError, ValueError):
            return True
        return full == self.top or full.startswith(self.top + os.sep)


def _is_importing() -> bool:
    """Whether a module that is being loaded led here, and not the statement by itself."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code is not _Run.run.__code__:
        code = frame.f_code
        if code.co_name == "_load_unlocked" and code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _file_use(runtime: Any) -> Any:
    """The project's module that tells data from what is Python's or the system's."""
    return sys.modules[runtime.FileUse.__module__]


_WATCHES: list[_Watch] = []
_NETWORK = frozenset(("socket.connect", "socket.getaddrinfo", "socket.sendto"))
_PROCESSES = frozenset(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"))
_CHANGES: dict[str, tuple[int, ...]] = {
    "os.rename": (0, 1),
    "os.remove": (0,),
    "os.mkdir": (0,),
    "os.rmdir": (0,),
    "os.truncate": (0,),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "shutil.rmtree": (0,),
}
_LISTINGS = frozenset(("os.listdir", "os.scandir"))
_VARIABLES = frozenset(("os.putenv", "os.unsetenv"))
_IMPORTING = "<frozen importlib._bootstrap>"
_HEARD = (
    frozenset(("open", "sqlite3.connect"))
    | _NETWORK
    | _PROCESSES
    | _LISTINGS
    | _VARIABLES
    | frozenset(_CHANGES)
)
_busy = threading.local()
_installed: list[bool] = []


def _install_hook() -> None:
    """A hook can never be removed, so there is one for all statements."""
    if not _installed:
        # Asked for now: inside the hook it would wait for a lock that its caller may hold.
        _scratch_places()
        _installed.append(True)
        sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCHES or event not in _HEARD or getattr(_busy, "now", False):
        return
    _busy.now = True
    try:
        for watch in tuple(_WATCHES):
            watch.listen(event, arguments)
    finally:
        _busy.now = False


@functools.cache
def _scratch_places() -> list[str]:
    """Where libraries keep caches and temporary files; writing there changes no result."""
    home = os.path.expanduser("~")
    cache = os.environ.get("XDG_CACHE_HOME", os.path.join(home, ".cache"))
    config = os.environ.get("XDG_CONFIG_HOME", os.path.join(home, ".config"))
    places = [tempfile.gettempdir(), "/dev", os.path.join(config, "matplotlib")]
    places += [os.path.join(cache, name) for name in ("matplotlib", "fontconfig", "joblib")]
    if os.environ.get("MPLCONFIGDIR"):
        places.append(os.environ["MPLCONFIGDIR"])
    return [os.path.realpath(place) for place in places]


# -------------------------------------------------------------------------------- helpers

_FUTURE_FLAGS = 0
for _feature in ("annotations", "barry_as_FLUFL"):
    _FUTURE_FLAGS |= getattr(__import__("__future__"), _feature).compiler_flag


def _is_expression(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)


def _stored_names(code: Any) -> set[str]:
    stores = ("STORE_NAME", "STORE_GLOBAL", "DELETE_NAME")
    return {step.argval for step in dis.get_instructions(code) if step.opname in stores}


def _remember_source(filename: str, statements: list[Mapping[str, Any]]) -> None:
    """Make ``inspect.getsource`` and tracebacks find the cell's lines."""
    lines: list[str] = []
    for statement in statements:
        own = statement["code"].splitlines() or [""]
        while len(lines) < statement["line"] - 1:
            lines.append("")
        if len(lines) >= statement["line"]:
            lines[-1] += f"; {own[0]}"
            lines.extend(own[1:])
        else:
            lines.extend(own)
    text = [line + "\n" for line in lines]
    linecache.cache[filename] = (sum(map(len, text)), None, text, filename)


def _statement_error(error: BaseException, filename: str, first_line: int) -> Record:
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == filename:
            line = frame.lineno
    if line is None and isinstance(error, SyntaxError):
        line = error.lineno
    module = error.name if isinstance(error, ModuleNotFoundError) else None
    asked = _asked(error)
    return {
        "type": type(error).__name__ if asked is None else "AsksPerson",
        "message": str(error)[:4000] if asked is None else asked,
        # What is found once the statement is over has no frame in it.
        "line": max(line or first_line, 1),
        "module": module,
    }


def _asked(error: BaseException) -> str | None:
    """The call that found nobody to answer it; other ends of files are errors of their own."""
    if type(error).__name__ == "BdbQuit":
        return "the debugger (breakpoint, pdb) asks what to do next"
    if type(error) is not EOFError:
        return None
    frames = traceback.extract_tb(error.__traceback__)
    if any(os.path.basename(frame.filename) == "getpass.py" for frame in frames):
        return "getpass() asks for a password"
    return "input() asks for a line" if str(error) == "EOF when reading a line" else None


def _peak_rss() -> int:
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024


def _environment(run: _Run, seconds: float) -> Record:
    distributions = _sibling("distributions")
    owners = distributions.owners()
    versions = {}
    loaded = {name.partition(".")[0] for name in set(sys.modules) - run.own_modules}
    # What a codec has imported before the notebook itself did is the notebook's nevertheless.
    for module in loaded | run.imported.intersection(sys.modules):
        for owner in owners.get(module, []):
            version = distributions.version(owner)
            if version is not None:
                versions[distributions.normal(owner)] = version
    of_notebook = []
    own = _own_files(run)
    local_files = [path for path in own.values() if path.startswith(run.places)]
    imported = run.imported.union(*map(_imports_of, local_files))
    for module in sorted(imported):
        if module in sys.stdlib_module_names or module not in sys.modules:
            continue
        path = str(getattr(sys.modules[module], "__file__", None) or "")
        local = path.startswith(run.places)
        owner = None if local else next(iter(owners.get(module, [])), None)
        of_notebook.append(
            {
                "module": module,
                "distribution": owner,
                "version": None if owner is None else versions.get(distributions.normal(owner)),
            }
        )
    direct = [item["distribution"] for item in of_notebook if item["distribution"]]
    new = set(sys.modules) - run.modules_before - run.own_modules
    return {
        "kind": "environment",
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{platform.system()}-{platform.machine()}",
        "imported": of_notebook,
        "loaded": [
            {"distribution": name, "version": version} for name, version in sorted(versions.items())
        ],
        "ownModules": sorted({_place_of(path, run) for path in own.values()}),
        **distributions.describe(versions, direct, {name.partition(".")[0] for name in new}),
        "wallMs": round(seconds * 1000, 3),
    }


def _own_files(run: _Run) -> dict[str, str]:
    """Source files of loaded modules, by name, that no distribution and no system brought along."""
    system = tuple(place + os.sep for place in _file_use(run.runtime).other_peoples_places()[0])
    found = {}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or name.startswith("_mlops_"):
            continue
        full = os.path.realpath(path)
        if full.startswith(run.places) or not full.startswith(system):
            found[name] = full
    return found


def _imports_of(path: str) -> set[str]:
    """What a module of the project imports from elsewhere, by first name."""
    try:
        tree = ast.parse(Path(path).read_bytes(), path)
    except (OSError, SyntaxError, ValueError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _place_of(path: str, run: _Run) -> str:
    """A file below the root by its place there; any other by its whole path. Copies are known already."""
    for folder in (run.modules, run.root):
        if path.startswith(str(folder) + os.sep):
            return Path(path).relative_to(folder).as_posix()
    if path.startswith(str(run.top) + os.sep):
        return Path(os.path.relpath(path, run.root)).as_posix()
    return path


def _sibling(name: str) -> Any:
    """Another file of this folder, in a package of a name that no user's package has."""
    if "_mlops_observing" not in sys.modules:
        package = types.ModuleType("_mlops_observing")
        package.__path__ = [str(Path(__file__).parent)]
        sys.modules["_mlops_observing"] = package
    return importlib.import_module(f"_mlops_observing.{name}")
