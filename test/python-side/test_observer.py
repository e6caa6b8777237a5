"""What one run of a small notebook shows: values, sharing, hidden changes, files, refusals."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from project import _runtime, _values
from workside import observer

Cell = list[str]


class Seen:
    """The records of one run, by kind."""

    def __init__(self, records: list[dict[str, Any]], finished: bool) -> None:
        self.finished = finished
        self.records = records
        self.statements = [r for r in records if r["kind"] == "statement"]
        self.cells = [r for r in records if r["kind"] == "cell"]
        self.captures = {r["artifact"]: r for r in records if r["kind"] == "capture"}
        self.environment = records[-1]

    def value(self, name: str, cell: int = -1) -> dict[str, Any]:
        """How a value was seen after a cell; the last one by default."""
        return next(value for value in self.cells[cell]["values"] if value["name"] == name)


@pytest.fixture
def watch(tmp_path: Path):
    """Runs cells, given as lists of statements, in an own folder."""
    root = tmp_path / "notebook"
    root.mkdir()

    def run(
        *cells: Cell,
        expected: dict[int, list[str]] | None = None,
        shows: bool = False,
        **more: Any,
    ) -> Seen:
        request: dict[str, Any] = {
            "notebook": "churn.ipynb",
            "root": str(root),
            "cells": [],
            "captures": [],
            "store": str(tmp_path / "store"),
            "seed": 0,
            "allowNetwork": False,
            "allowWrite": False,
            **more,
        }
        for number, codes in enumerate(cells, start=1):
            line, statements = 1, []
            for index, code in enumerate(codes):
                statements.append({"index": index, "line": line, "code": code})
                line += code.count("\n") + 1
            if shows:
                statements[-1]["shows"] = True
            names = (expected or {}).get(number, [])
            request["cells"].append(
                {"cell": number, "statements": statements, "expectedChanges": names}
            )
        records: list[dict[str, Any]] = []
        done = observer.observe(request, records.append, _runtime, _values)
        return Seen(records, done["finished"])

    run.root = root  # type: ignore[attr-defined]
    return run


def capture(artifact: str, *variables: str, cell: int = 1, index: int = 0) -> dict[str, Any]:
    after = {"cell": cell, "index": index}
    return {"artifact": artifact, "variables": list(variables), "after": after}


def test_data_above_the_notebook_that_were_copied_with_it_are_its_own(watch: Any) -> None:
    project = watch.root.parent
    (project / "data").mkdir()
    (project / "data/raw.csv").write_text("a\n1\n")
    cells = [
        ["import os", "text = open('../data/raw.csv').read()"],
        ["names = os.listdir('../data')"],
        ["os.makedirs('../out', exist_ok=True)", "open('../out/x.txt', 'w').write(text)"],
    ]
    seen = watch(*cells, above=1, store=str(project.parent / "store"))
    assert seen.finished
    used = [
        (kind, file["path"], file["sha256"] is None)
        for record in seen.records
        if record["kind"] == "statement"
        for kind in ("filesRead", "filesWritten")
        for file in record[kind]
    ]
    assert ("filesRead", "../data/raw.csv", False) in used
    assert ("filesRead", "../data", True) in used
    assert ("filesWritten", "../out/x.txt", False) in used


def test_what_is_asked_for_above_what_was_copied_is_told(watch: Any) -> None:
    project = watch.root.parent
    cells = [
        ["import os", "here = os.path.exists('x.csv') or os.path.exists('/etc/passwd')"],
        ["whole = os.path.realpath('x.csv'), os.path.isdir('..')"],
        ["there = os.path.exists(os.sep.join([os.pardir, 'data', 'x.csv']))"],
        ["try:\n    open('../raw.csv')\nexcept OSError:\n    pass"],
        ["names = os.listdir(os.path.dirname(os.getcwd()))"],
    ]
    seen = watch(*cells, project=str(project), store=str(project.parent / "store"))
    asked = [record.get("above", []) for record in seen.statements]
    assert asked == [[], [], [], ["../data/x.csv"], ["../raw.csv"], [".."]]
    # Where all of it was copied there is nothing to tell.
    seen = watch(*cells, store=str(project.parent / "store"))
    assert all("above" not in record for record in seen.statements)


def test_values_that_share_an_object_name_each_other(watch: Any) -> None:
    seen = watch(["a = [1]", "b = {'k': a}", "c = [1]", "d = (a, 2)"])
    assert seen.value("a")["sharesWith"] == ["b", "d"]
    assert seen.value("c")["sharesWith"] == []


def test_arrays_share_memory_and_tables_do_not_under_copy_on_write(watch: Any) -> None:
    seen = watch(
        [
            "import numpy as np, pandas as pd",
            "base = np.arange(8.0)",
            "left, right = base[:4], base[4:]",
            "slid = np.lib.stride_tricks.sliding_window_view(left, 2)",
            "table = pd.DataFrame({'x': [1.0, 2.0]})",
            "view = table[['x']]",
            "values = table['x'].to_numpy()",
            "twin = table",
        ]
    )
    assert seen.value("base")["sharesWith"] == ["left", "right", "slid"]
    assert seen.value("right")["sharesWith"] == ["base"]
    copies = int(pd.__version__.partition(".")[0]) >= 3
    assert ("view" in seen.value("table")["sharesWith"]) is not copies
    assert "twin" in seen.value("table")["sharesWith"]
    assert "values" in seen.value("table")["sharesWith"]


def test_a_function_that_keeps_a_value_shares_it(watch: Any) -> None:
    seen = watch(
        [
            "kept = []",
            "def make(found):\n    def add(x): found.append(x)\n    return add",
            "add = make(kept)",
        ]
    )
    assert seen.value("kept")["sharesWith"] == ["add"]
    assert "pickle" in seen.value("add")["pickleError"].lower()
    assert seen.value("add")["digest"] is None


def test_the_state_between_two_statements_is_looked_at_once(
    watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ambient = observer._sibling("ambient").Ambient
    looks = []

    class Counted(ambient):
        @classmethod
        def now(cls, places: tuple[str, ...], before: Any = None) -> Any:
            looks.append(places)
            return super().now(places, before)

    monkeypatch.setattr(observer._sibling("ambient"), "Ambient", Counted)
    codes = ["import random", "random.random()", "a = 1", "random.random()"]
    seen = watch(codes, ["b = 2"], captures=[capture("a", "a", index=2)])
    assert [one["randomPython"] for one in seen.statements] == [False, True, False, True, False]
    # Storing a value is no statement's doing.
    assert len(looks) == (1 + 3) + (1 + 1) + (1 + 1)


def test_a_change_that_nobody_expected_is_reported(watch: Any) -> None:
    cells = (["rows = [1]", "def add(x):\n    rows.append(x)"], ["add(2)"], ["add(3)"])
    seen = watch(*cells, expected={1: ["rows", "add"], 3: ["rows"]})
    assert [cell["hiddenMutations"] for cell in seen.cells] == [[], ["rows"], []]
    assert [value["name"] for value in seen.cells[1]["values"]] == ["rows"]


@pytest.mark.parametrize(
    ("setup", "change", "name"),
    [
        ("table = pd.DataFrame({'a': [1, 2]})", "table.loc[0, 'a'] = 5", "table"),
        ("table = pd.DataFrame({'a': [1, 2]})", "table.index.name = 'n'", "table"),
        ("array = np.zeros((2, 2))", "array[0].fill(1)", "array"),
        ("class Count:\n    total = 0", "Count.total += 1", "Count"),
        ("def f(kept=[]):\n    kept.append(1)", "f()", "f"),
        ("generator = np.random.default_rng(0)", "generator.random()", "generator"),
        ("x = 1", "exec('x = 2')", "x"),
        ("x = 1", "globals()['y'] = 2", "y"),
    ],
)
def test_hidden_changes_are_seen_in(watch: Any, setup: str, change: str, name: str) -> None:
    names = ["pd", "np", "table", "array", "Count", "f", "generator", "x"]
    first = ["import numpy as np, pandas as pd", setup]
    seen = watch(first, [change], expected={1: names})
    assert seen.finished, seen.statements[-1]["error"]
    assert seen.cells[1]["hiddenMutations"] == [name]


@pytest.mark.parametrize(
    "look",
    [
        "table[['a']].values.sum()",
        "table['a'].mean()",
        "table.describe()",
        "table.groupby('b').sum()",
    ],
)
def test_only_looking_is_no_change(watch: Any, look: str) -> None:
    make = "table = pd.DataFrame({'a': [1.0, 2.0]}); table['b'] = ['x', 'y']"
    seen = watch(["import pandas as pd", make], [look], expected={1: ["pd", "table"]})
    assert seen.cells[1]["hiddenMutations"] == []
    assert seen.cells[1]["values"] == []


def test_draws_are_told_by_generator(watch: Any) -> None:
    seen = watch(
        ["import random, numpy as np", "random.random()", "np.random.rand()", "x = 1"],
        ["print(random.random(), float(np.random.rand()))"],
    )
    drawn = [(s["randomPython"], s["randomNumpy"]) for s in seen.statements]
    assert drawn == [(False, False), (True, False), (False, True), (False, False), (True, True)]
    random.seed(0)
    random.random()
    np.random.seed(0)
    np.random.rand()
    assert seen.statements[-1]["text"] == f"{random.random()} {float(np.random.rand())}\n"


def test_files_are_told_with_their_digests(watch: Any) -> None:
    (watch.root / "data.csv").write_text("a\n1\n")
    before = _runtime.digest_file(watch.root / "data.csv")
    seen = watch(
        [
            "text = open('data.csv').read()",
            "open('data.csv', 'w').write('b')",
            "import os; os.makedirs('out'); open('out/x.txt', 'w').close()",
        ]
    )
    first, second, third = seen.statements
    assert first["filesRead"] == [{"path": "data.csv", "sha256": before}]
    assert first["filesWritten"] == []
    after = _runtime.digest_file(watch.root / "data.csv")
    assert second["filesWritten"] == [{"path": "data.csv", "sha256": after}]
    assert second["filesRead"] == []
    assert [use["path"] for use in third["filesWritten"]] == ["out/x.txt"]


def test_data_outside_the_folder_is_named_whole(watch: Any, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("a")
    seen = watch(["text = open('../outside.csv').read()"])
    path = str((tmp_path / "outside.csv").resolve())
    assert seen.statements[0]["filesRead"] == [{"path": path, "sha256": None}]


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that may not be written: harmless when the guard fails, unlike one of the system."""
    monkeypatch.setattr(observer, "_scratch_places", lambda: [str(tmp_path / "scratch")])
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "kept.txt").write_text("kept")
    return folder


WRITES = [
    "open('../outside/made', 'w')",
    "os.mkdir('../outside/made')",
    "os.remove('../outside/kept.txt')",
    "os.rename('a.txt', '../outside/a.txt')",
    "os.symlink('a.txt', '../outside/link')",
    "__import__('pathlib').Path('../outside/kept.txt').write_text('x')",
]


@pytest.mark.parametrize("code", WRITES)
def test_writes_outside_the_folder_are_refused(watch: Any, outside: Path, code: str) -> None:
    (watch.root / "a.txt").write_text("a")
    seen = watch(["import os", code, "later = 1"])
    assert not seen.finished
    assert seen.statements[-1]["error"]["type"] == "PermissionError"
    assert "--allow-write" in seen.statements[-1]["error"]["message"]
    assert len(seen.statements) == 2
    assert [path.name for path in outside.iterdir()] == ["kept.txt"]
    assert (outside / "kept.txt").read_text() == "kept"


def test_temporary_files_may_be_written(watch: Any) -> None:
    seen = watch(["import tempfile", "file = tempfile.NamedTemporaryFile(); file.close()"])
    assert seen.finished


def test_every_place_may_be_written_when_that_is_allowed(watch: Any, outside: Path) -> None:
    seen = watch(["open('../outside/made', 'w').close()"], allowWrite=True)
    path = str((outside / "made").resolve())
    assert seen.statements[0]["filesWritten"] == [{"path": path, "sha256": None}]


def test_the_network_is_refused_and_the_address_told(watch: Any) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"
    seen = watch([code])
    assert "--allow-network" in seen.statements[0]["error"]["message"]
    assert seen.statements[0]["network"] == ["192.0.2.1:80"]


def test_settings_environment_and_folder_are_told(watch: Any) -> None:
    before = dict(os.environ)
    try:
        seen = watch(
            [
                "import os, warnings, numpy as np, pandas as pd",
                "pd.set_option('display.max_rows', 7)",
                "np.set_printoptions(precision=3)",
                "warnings.simplefilter('ignore')",
                "os.environ['MODE'] = 'x'",
                "os.makedirs('sub'); os.chdir('sub')",
            ]
        )
    finally:
        os.environ.clear()
        os.environ.update(before)
        pd.reset_option("display.max_rows")
        np.set_printoptions(precision=8)
    told = seen.statements
    assert [s["optionsChanged"] for s in told[:4]] == [
        [],
        ["pandas:display.max_rows"],
        ["numpy:printoptions"],
        ["warnings:filters"],
    ]
    assert told[4]["environmentChanged"] == ["MODE"]
    assert told[5]["workingDirectoryChanged"] is True
    assert told[1]["settings"] == {"pandas:display.max_rows": "7"}
    assert "'precision': 3" in told[2]["settings"]["numpy:printoptions"]
    assert told[3]["settings"] == {
        "warnings:['ignore', None, <class 'Warning'>, None, 0]": "in force"
    }
    digest = hashlib.sha256(b"x").hexdigest()[:16]
    assert told[4]["settings"] == {"environ:MODE": digest}


def test_what_an_import_sets_in_the_environment_is_no_change_of_the_notebook(watch: Any) -> None:
    (watch.root / "quiet_maths.py").write_text(
        "import os\nos.environ.setdefault('QUIET_THREADS', '1')\n"
        "def loud():\n    os.environ['LOUD_THREADS'] = '2'\n"
        "class Model:\n    pass\n"
    )
    stored = b"cquiet_maths\nModel\n."
    before = dict(os.environ)
    try:
        seen = watch(
            [
                f"import pickle; model = pickle.loads({stored!r})",
                "import quiet_maths; quiet_maths.loud()",
            ]
        )
        os.environ.clear()
        os.environ.update(before)
        del sys.modules["quiet_maths"]
        named = watch(
            [
                f"import pickle; model = pickle.loads({stored!r})",
                "import os; threads = os.environ['QUIET_THREADS']",
            ]
        )
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.modules.pop("quiet_maths", None)
    told = [statement["environmentChanged"] for statement in seen.statements]
    assert told == [[], ["LOUD_THREADS"]]
    assert named.statements[0]["environmentChanged"] == ["QUIET_THREADS"]


def test_a_function_that_is_a_setting_is_told_by_what_it_does(watch: Any) -> None:
    try:
        seen = watch(
            [
                "import pandas as pd",
                "pd.options.display.float_format = '{:.2f}'.format",
                "pd.options.display.float_format = '{:.3f}'.format",
                "pd.options.display.float_format = lambda value: f'{value:.2f}'",
                "pd.options.display.float_format = lambda value: f'{value:.3f}'",
                "pd.options.display.float_format = lambda value: f'{value:.3f}'",
            ]
        )
    finally:
        pd.reset_option("display.float_format")
    told = [record["settings"].get("pandas:display.float_format") for record in seen.statements]
    assert told[1:3] == ["'{:.2f}'.format", "'{:.3f}'.format"]
    assert told[3] != told[4] == told[5]


def test_metrics_text_figures_and_display(watch: Any) -> None:
    seen = watch(
        [
            "import matplotlib.pyplot as plt",
            "print(f\"{__mlops_metric__('auc', 0.5):.2f}\")",
            "display('shown')",
            "plt.plot([1])",
        ],
        ["plt.plot([2])"],
    )
    assert seen.statements[1]["metrics"] == [{"name": "auc", "value": 0.5}]
    assert [s["text"] for s in seen.statements[1:3]] == ["0.50\n", "shown\n"]
    assert [s["figures"] for s in seen.statements[3:]] == [1, 1]


ERRORS = [
    (["x = 1", "def f():\n    return 1 / 0", "y = [\n    f(),\n]"], "ZeroDivisionError", 3, None),
    (["\nimport nowhere_to_be_found.sub"], "ModuleNotFoundError", 2, "nowhere_to_be_found"),
    (["x = 1\nx.missing"], "AttributeError", 2, None),
    (["raise SystemExit(3)"], "SystemExit", 1, None),
    (["def f(:\n  pass"], "SyntaxError", 1, None),
    (["get_ipython()"], "NameError", 1, None),
]


@pytest.mark.parametrize(("codes", "kind", "line", "module"), ERRORS)
def test_an_error_ends_the_run_at_its_line(
    watch: Any, codes: Cell, kind: str, line: int, module: str | None
) -> None:
    seen = watch(codes, ["later = 1"])
    error = seen.statements[-1]["error"]
    assert not seen.finished and seen.cells == []
    assert (error["type"], error["line"], error["module"]) == (kind, line, module)
    assert seen.environment["kind"] == "environment"


ASKS = [
    ("n = input('how many? ')", "AsksPerson"),
    ("import getpass\ngetpass.getpass('password: ')", "AsksPerson"),
    ("import bdb; raise bdb.BdbQuit", "AsksPerson"),
    ("import io, pickle; pickle.load(io.BytesIO())", "EOFError"),
    ("raise EOFError", "EOFError"),
]


# Without a terminal getpass says that it cannot hide what is typed.
@pytest.mark.filterwarnings("ignore::getpass.GetPassWarning")
@pytest.mark.parametrize(("code", "kind"), ASKS)
def test_questions_to_a_person_are_told_from_other_ends(
    watch: Any, monkeypatch: pytest.MonkeyPatch, code: str, kind: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    seen = watch([code])
    assert seen.statements[-1]["error"]["type"] == kind


def test_a_link_to_data_elsewhere_is_known_by_its_place_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (elsewhere / "data.csv").write_text("a")
    (root / "data.csv").symlink_to(elsewhere / "data.csv")
    (root / "folder").symlink_to(elsewhere)
    use = _runtime.FileUse(root)
    monkeypatch.chdir(root)
    with use:
        for path in ("data.csv", "folder/data.csv", "folder/../data.csv", "../elsewhere/data.csv"):
            with contextlib.suppress(FileNotFoundError), open(path) as file:
                file.read()
        (root / "folder/data.csv").read_text()
    digest = _runtime.digest_file(elsewhere / "data.csv")
    far = str((elsewhere / "data.csv").resolve())
    assert use.read == {"data.csv": digest, "folder/data.csv": digest, far: digest}


def test_the_notebook_is_the_main_module_and_shows_its_source(watch: Any) -> None:
    seen = watch(
        [
            "import inspect, pickle, sys",
            "class Point:\n    def __init__(self, x): self.x = x",
            "again = pickle.loads(pickle.dumps(Point(3))).x",
            "source = inspect.getsource(Point.__init__)",
            "print(__name__, again, source)",
            "import asyncio",
            "await asyncio.sleep(0); awaited = 1",
        ]
    )
    assert seen.finished, seen.statements[-1]["error"]
    assert seen.statements[4]["text"] == "__main__ 3     def __init__(self, x): self.x = x\n\n"
    assert seen.value("Point")["type"] == "builtins.type"
    assert sys.modules["__main__"].__dict__.get("Point") is None


def test_values_are_captured_where_asked_in_a_codec_that_keeps_them(watch: Any) -> None:
    seen = watch(
        ["a = [1]", "b = {'k': a}", "a.append(2)", "def g(): yield 1", "it = g()"],
        captures=[
            capture("a", "a"),
            capture("a-2", "a", index=2),
            capture("a-b", "a", "b", index=1),
            capture("it", "it", index=4),
            capture("none", "nobody", index=4),
        ],
    )
    store = _runtime.Store(watch.root.parent / "store")
    loaded = {
        name: store.load_value(record["digest"], record["codec"])
        for name, record in seen.captures.items()
        if record["digest"]
    }
    assert (loaded["a"], loaded["a-2"]) == ([1], [1, 2])
    assert loaded["a-b"][1]["k"] is loaded["a-b"][0]
    assert "generator" in seen.captures["it"]["error"]
    assert seen.captures["none"]["error"] == "nobody has no value here"


def test_the_environment_names_what_the_notebook_itself_imports(watch: Any) -> None:
    (watch.root / "own.py").write_text("import json\n")
    seen = watch(["import json, own", "from sklearn.linear_model import Ridge"])
    imported = {item["module"]: item["distribution"] for item in seen.environment["imported"]}
    assert imported == {"own": None, "sklearn": "scikit-learn"}
    loaded = [item["distribution"] for item in seen.environment["loaded"]]
    assert loaded == sorted(loaded) and "numpy" in loaded
    del sys.modules["own"]


def test_what_another_thread_does_is_watched_too(watch: Any, outside: Path) -> None:
    code = (
        "import threading; t = threading.Thread(target=lambda: open('../outside/made', 'w'));"
        " t.start(); t.join()"
    )
    hook = threading.excepthook
    threading.excepthook = lambda _: None
    try:
        watch([code])
    finally:
        threading.excepthook = hook
    assert not (outside / "made").exists()


def test_the_first_temporary_folder_of_a_process_does_not_wait_for_itself(
    watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", None)
    seen = watch(["import tempfile", "place = tempfile.TemporaryDirectory()", "place.cleanup()"])
    assert seen.finished


def test_a_value_names_the_definitions_of_the_notebook_that_it_needs(watch: Any) -> None:
    seen = watch(["class Own: pass", "held = [Own()]", "plain = [1]"])
    assert seen.value("held")["definedHere"] == ["Own"]
    assert seen.value("plain")["definedHere"] == []


def test_storing_an_object_does_not_count_as_a_change_of_its_class(watch: Any) -> None:
    seen = watch(["class Own: pass", "held = Own()"], ["text = repr(held)"], expected={2: ["text"]})
    assert seen.cells[1]["hiddenMutations"] == []


def test_a_change_inside_a_module_of_the_project_is_a_change_of_settings(watch: Any) -> None:
    (watch.root / "counting.py").write_text("SEEN = []\n")
    seen = watch(["import counting", "x = counting.SEEN", "counting.SEEN.append(1)"])
    assert [record["optionsChanged"] for record in seen.statements] == [[], [], ["module counting"]]
    del sys.modules["counting"]


def test_a_file_that_is_removed_is_written_with_no_content(watch: Any) -> None:
    seen = watch(
        ["open('a.txt', 'w').close()"],
        ["import pathlib", "pathlib.Path('a.txt').unlink()"],
        ["x = 1"],
    )
    written = [[use["path"] for use in record["filesWritten"]] for record in seen.statements]
    assert written == [["a.txt"], [], ["a.txt"], []]
    assert seen.statements[2]["filesWritten"] == [{"path": "a.txt", "sha256": None}]


def test_a_large_module_is_looked_at_once_a_cell_however_long_that_takes(watch: Any) -> None:
    (watch.root / "hoarding.py").write_text("KEPT = ['x' * 5_000_000]\nSEEN = []\n")
    seen = watch(
        ["import hoarding", "x = 1"],
        ["hoarding.SEEN.append(1)", "y = 2", "z = 3"],
        ["hoarding.SEEN.append(2)"],
        ["n = len(hoarding.SEEN)"],
    )
    changed = [(record["cell"], record["optionsChanged"]) for record in seen.statements]
    assert changed == [
        (1, []),
        (1, []),
        (2, []),
        (2, []),
        (2, ["cell module hoarding"]),
        (3, ["cell module hoarding"]),
        (4, []),
    ]
    del sys.modules["hoarding"]


def test_what_makes_a_module_large_is_a_change(watch: Any) -> None:
    (watch.root / "growing.py").write_text("KEPT = []\n")
    seen = watch(["import growing", "growing.KEPT.append('x' * 5_000_000)", "x = 1"])
    assert [record["optionsChanged"] for record in seen.statements] == [[], ["module growing"], []]
    del sys.modules["growing"]


def _install(
    site: Any, name: str, *, requires: str = "", url: dict[str, Any] | None = None
) -> None:
    """A distribution of one module, as pip leaves it; the module imports what its text says."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
    (info / "top_level.txt").write_text(f"{name}\n")
    if url is not None:
        (info / "direct_url.json").write_text(json.dumps(url))


def test_the_environment_tells_what_libraries_picked_up_and_where_things_came_from(
    watch: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    site = tmp_path / "site"
    commit = {"vcs": "git", "commit_id": "abc"}
    url = {"url": "https://ada:secret@git.example/front.git", "vcs_info": commit}
    needs = "backlib; python_version >= '3'\nRequires-Dist: enginelib; extra == \"all\""
    _install(site, "frontlib", requires=needs, url=url)
    _install(site, "backlib", url={"url": "file:///home/ada/backlib", "dir_info": {}})
    _install(site, "enginelib")
    _install(site, "noiselib")
    (site / "frontlib.py").write_text("import backlib, enginelib, noiselib\n")
    (site / "backlib.py").write_text("")
    (site / "enginelib.py").write_text("")
    (site / "noiselib.py").write_text("")
    monkeypatch.syspath_prepend(str(site))
    distributions = observer._sibling("distributions")
    distributions.owners.cache_clear()
    seen = watch(["import frontlib"]).environment
    distributions.owners.cache_clear()
    assert [item["distribution"] for item in seen["imported"]] == ["frontlib"]
    assert seen["chosen"] == [{"distribution": "enginelib", "version": "1.0"}]
    assert {"distribution": "backlib", "version": "1.0"} in seen["installed"]
    assert seen["sources"] == [
        {"distribution": "backlib", "kind": "folder", "reference": None},
        {
            "distribution": "frontlib",
            "kind": "vcs",
            "reference": "git+https://git.example/front.git@abc",
        },
    ]
    for name in ("frontlib", "backlib", "enginelib", "noiselib"):
        del sys.modules[name]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("{2: 'b', 1: [3]}", "{2: 'b', 1: [3]}"),
        ("{'b', 'a'}", "{'a', 'b'}"),
        ("(1,)", "(1,)"),
        ("'text'", "'text'"),
        ("None", None),
        ("print('a')", None),
        ("list(range(1002))[-1:] + [0]", "[1001, 0]"),
        ("type('Odd', (), {'__repr__': lambda self: 1 / 0})()", None),
    ],
)
def test_the_last_line_of_a_cell_shows_its_value_as_a_notebook_does(
    watch: Any, code: str, shown: str | None
) -> None:
    seen = watch(["a = 1", code], shows=True)
    assert [record["shown"] for record in seen.statements] == [None, shown]


def test_a_wide_table_is_shown_with_the_columns_that_a_notebook_shows(watch: Any) -> None:
    build = "table = pd.DataFrame([range(100000, 100015)], columns=list('abcdefghijklmno'))"
    seen = watch(["import pandas as pd", build, "table"], shows=True)
    assert "..." not in seen.statements[-1]["shown"]


def test_what_a_value_prints_while_it_is_shown_is_no_output_of_the_statement(watch: Any) -> None:
    define = "class Loud:\n    def __repr__(self):\n        print('loud')\n        return 'Loud()'"
    seen = watch([define, "Loud()"], shows=True)
    assert (seen.statements[-1]["text"], seen.statements[-1]["shown"]) == ("", "Loud()")
