"""Where an error of a step stands, what a step looked for, and which distribution a module is of."""

from __future__ import annotations

import dataclasses
import os
import re
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from conftest import TEMPLATES
from project import _file_use, _runtime
from workside import distributions, sandbox, worker


@pytest.mark.parametrize(
    ("comment", "place"),
    [
        ("# churn.ipynb, cell 7, line 3", {"notebook": "churn.ipynb", "cell": 7, "line": 3}),
        ("# churn.ipynb, cell 7", {"notebook": "churn.ipynb", "cell": 7}),
        ("# sales, q3.ipynb, cell 4", {"notebook": "sales, q3.ipynb", "cell": 4}),
        ("# prepare.py, line 3", {"notebook": "prepare.py", "line": 3}),
        ("# tables.ipy, line 2", {"notebook": "tables.ipy", "line": 2}),
        ("# totals of the table, cell 3", {}),
        ("# see helpers.py", {}),
    ],
)
def test_the_comment_above_a_line_says_where_it_stood(
    tmp_path: Path, comment: str, place: dict[str, object]
) -> None:
    (tmp_path / "step.py").write_text(f"def step():\n    {comment}\n    raise ValueError\n")
    assert worker.cell_of_line(tmp_path / "step.py", 3) == place


def test_the_same_words_are_looked_for_again_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    with _file_use.FileUse(tmp_path) as use:
        for name in ("a", "b"):
            os.chdir(tmp_path / name)
            assert not os.path.exists("x.csv")
    assert {"a/x.csv": "absent", "b/x.csv": "absent"}.items() <= use.looked_for([]).items()


def test_a_path_of_the_users_own_kind_is_looked_for_as_before(tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Place:
        name: str

        def __fspath__(self) -> str:
            return self.name

    with _file_use.FileUse(tmp_path) as use:
        assert not os.path.exists(Place(str(tmp_path / "x.csv")))
    assert use.looked_for([])["x.csv"] == "absent"


def test_data_in_a_cache_is_data_and_the_caches_of_libraries_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    _file_use.other_peoples_places.cache_clear()
    for path in ("kagglehub/rows.csv", "matplotlib/fontlist.json"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("1")
    told = {
        (path, writes): _file_use.is_somebodys_data(str(tmp_path / path), writes=writes)
        for path in ("kagglehub/rows.csv", "matplotlib/fontlist.json")
        for writes in (False, True)
    }
    _file_use.other_peoples_places.cache_clear()
    assert told == {
        ("kagglehub/rows.csv", False): True,
        ("kagglehub/rows.csv", True): False,
        ("matplotlib/fontlist.json", False): False,
        ("matplotlib/fontlist.json", True): False,
    }


def test_a_compiled_module_is_of_the_distribution_that_lists_it() -> None:
    class Listed:
        def read_text(self, name: str) -> str | None:
            record = f"fast{EXTENSION_SUFFIXES[0]},,\nfast_tools/a.py,,\nnotes.txt,,\n"
            return record if name == "RECORD" else None

    assert distributions._modules(Listed()) == {"fast", "fast_tools"}  # type: ignore[arg-type]


def test_what_both_sides_have_of_their_own_is_the_same() -> None:
    def source(path: str) -> str:
        return (TEMPLATES.parent / path).read_text(encoding="utf-8")

    names = re.search(r"const NOT_DATA\b.*?\[(.*?)\]", source("src/app/looked-for.ts"), re.DOTALL)
    assert names is not None
    assert set(re.findall(r'"([^"]+)"', names[1])) == _file_use._NOT_DATA
    seed = re.search(r"COMPARISON_SEED = ([\d_]+);", source("src/app/observe-request.ts"))
    assert seed is not None
    assert int(seed[1]) == _runtime.DEFAULT_SEED


def test_data_above_the_root_go_by_their_place_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "notebooks"
    for path in ("data/raw.csv", "data/deep/more.csv", "other/x.csv", "notebooks/own.csv"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("1")
    (tmp_path / "linked").symlink_to(tmp_path / "other")
    monkeypatch.chdir(root)
    with _file_use.FileUse(root, beside=("../data", "../linked")) as use:
        for path in ("../data/raw.csv", "../data/deep/more.csv", "own.csv", "../linked/x.csv"):
            Path(path).read_text()
        Path(root.parent / "data/new.csv").write_text("2")
        os.listdir("../data")
        os.chdir("..")
        assert not os.path.exists("data/none.csv")
    assert set(use.read) == {
        "../data/raw.csv",
        "../data/deep/more.csv",
        "own.csv",
        "../linked/x.csv",
    }
    assert use.written == {"../data/new.csv"}
    assert use.listed() == ["../data"]
    assert use.looked_for([])["../data/none.csv"] == "absent"


def test_a_folder_above_that_is_none_of_the_pipelines_stays_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "notebooks"
    for folder in ("notebooks", "data", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "other/x.csv").write_text("1")
    monkeypatch.chdir(root)
    with _file_use.FileUse(root, beside=("../data",)) as use:
        Path("../other/x.csv").read_text()
    assert list(use.read) == [str(tmp_path / "other/x.csv")]


@pytest.mark.parametrize(
    ("paths", "folders", "levels"),
    [
        (["data/raw.csv"], [], 0),
        (["../data/raw.csv", "../data/more.csv", "own.csv"], ["../data"], 1),
        (["../data"], ["../data"], 1),
        (["../data/*.csv", "../data/202?/x.csv"], ["../data"], 1),
        (["../../raw.csv"], ["../.."], 2),
        (["..", "a/../../data/raw.csv"], ["..", "../data"], 1),
        (["../gone/deep/x.csv"], [".."], 1),
    ],
)
def test_the_folders_above_are_those_that_hold_declared_files(
    tmp_path: Path, paths: list[str], folders: list[str], levels: int
) -> None:
    root = tmp_path / "project/notebooks"
    for folder in (root, tmp_path / "project/data"):
        folder.mkdir(parents=True)
    (tmp_path / "project/data/raw.csv").write_text("1")
    assert _file_use.folders_above(root, paths) == folders
    assert _file_use.levels_above(paths) == levels


def test_code_that_is_run_aside_finds_data_above_its_folder(tmp_path: Path) -> None:
    root = tmp_path / "project/notebooks"
    root.mkdir(parents=True)
    (tmp_path / "project/raw.csv").write_text("1")
    digest = _file_use.digest_file(tmp_path / "project/raw.csv")
    assert digest is not None
    with sandbox.sandbox(root, {"../raw.csv": digest}, ["../out/x.txt"]):
        read = Path("../raw.csv").read_text()
        Path("../out/x.txt").write_text("2")
        with pytest.raises(sandbox.Refused):
            Path(tmp_path / "project/raw.csv").write_text("3")
    assert read == "1"
    assert {path.name for path in (tmp_path / "project").iterdir()} == {"notebooks", "raw.csv"}
