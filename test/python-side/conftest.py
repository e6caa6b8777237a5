"""Makes the shipped Python importable under the names the tests use."""

from __future__ import annotations

import importlib
import shutil
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"


def _package(name: str, folder: Path) -> None:
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


_package("project", TEMPLATES / "project")
_package("workside", TEMPLATES / "python")


@pytest.fixture
def penguins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A copy of the hand-written pipeline with the runtime beside it, freshly imported."""
    shutil.copytree(ROOT / "test/fixtures/package", tmp_path / "root")
    folder = tmp_path / "root/pipelines/penguins"
    for path in (TEMPLATES / "project").glob("_*.py"):
        shutil.copy(path, folder / "penguins" / path.name)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "penguins"]:
        del sys.modules[name]


@pytest.fixture
def pipeline(penguins: Path):
    """The runtime and the table of steps of that pipeline."""
    runtime = importlib.import_module("penguins._runtime")
    return runtime, importlib.import_module("penguins._pipeline").PIPELINE
