"""The pipeline holds together, and a whole run gives what the certificate says.

Made by mlops. Edits are kept: the next promotion merges them.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from __PACKAGE__ import _file_use, _runtime
from __PACKAGE__._pipeline import PIPELINE

FOLDER = Path(__file__).resolve().parent.parent
STEPS = [pytest.param(step, id=step.name) for step in PIPELINE.steps]


def certificate() -> dict[str, Any]:
    """The certificate of this revision; empty where verification was left out."""
    path = FOLDER / "certificate.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_takes_exactly_what_the_table_says(step: _runtime.Step) -> None:
    variables = [
        name for artifact in step.inputs for name in PIPELINE.artifacts[artifact].variables
    ]
    parameters = [PIPELINE.variable(name) for name in step.params]
    taken = list(dict.fromkeys(variables + parameters))
    assert list(inspect.signature(step.function).parameters) == taken


@pytest.mark.parametrize("step", STEPS)
def test_every_input_is_made_by_an_earlier_step(step: _runtime.Step) -> None:
    earlier = PIPELINE.steps[: PIPELINE.steps.index(step)]
    made = {artifact for other in earlier for artifact in other.outputs}
    assert set(step.inputs) <= made


def test_every_parameter_has_a_value() -> None:
    assert set(PIPELINE.parameters()) <= set(_runtime.read_params())


def test_a_whole_run_gives_the_certified_metrics(tmp_path: Path) -> None:
    data = certificate().get("digests", {}).get("data", {})
    root = FOLDER / PIPELINE.root
    for path, digest in data.items():
        assert _runtime.digest_file(root / path) == digest, f"{path} is not the certified data"
    # Data above the root stays above it, and apart from the store.
    above = _file_use.levels_above(PIPELINE.files())
    work = tmp_path.joinpath("project", *["above"] * above, "root")
    copy_data(root, work, data)
    metrics: dict[str, Any] = {}
    for step in PIPELINE.steps:
        manifest = _runtime.run_step(PIPELINE, step.name, tmp_path / "store", "0" * 32, root=work)
        metrics.update((entry["name"], entry["value"]) for entry in manifest["metrics"])
    assert set(metrics) == {name for step in PIPELINE.steps for name in step.metrics}
    for comparison in certificate().get("comparisons", []):
        if comparison["kind"] == "metric":
            tolerance = comparison.get("rtol", 0.0)
            assert metrics[comparison["name"]] == pytest.approx(
                comparison["expected"], rel=tolerance, abs=0.0
            ), comparison["name"]


def copy_data(root: Path, work: Path, data: dict[str, str]) -> None:
    """Steps write beside their data, so they get a folder of their own."""
    work.mkdir(parents=True)
    for path in data or {read: "" for step in PIPELINE.steps for read in step.reads}:
        source, target = root / path, work / path
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
