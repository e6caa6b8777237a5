"""Parameters, the store, and running steps of a small pipeline written by hand."""

from __future__ import annotations

import decimal
import json
import locale
import os
import random
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from project import _runtime

SCALARS: list[tuple[str, Any]] = [
    ("1", 1),
    ("-7", -7),
    ("1.0", 1.0),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("true", True),
    ("False", False),
    ("null", None),
    ("", None),
    ("~", None),
    ("data/churn.csv", "data/churn.csv"),
    ("two words", "two words"),
    ("a # comment", "a"),
    ("a#b", "a#b"),
    ('"yes"', "yes"),
    ('"a\\n\\u00e9 # b" # comment', "a\né # b"),
    ("'it''s'", "it's"),
    ("2024-01-01", "2024-01-01"),
    (".inf", float("inf")),
]


@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[text for text, _ in SCALARS])
def test_a_value_is_read_as_json_or_text(text: str, value: Any) -> None:
    read = _runtime.parse_scalar(text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", ["yes", "Off", "012", "1_000", "12:30:45", "0x1F", "[1, 2]", "'a"])
def test_a_value_that_readers_disagree_about_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quote"):
        _runtime.parse_scalar(text)


def test_a_broken_line_of_params_is_named(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("# all of them\nseed: 42\n\n'data path': a.csv # here\n\"b\": yes\n")
    with pytest.raises(_runtime.RunError, match=r"params.yaml, line 5: yes means"):
        _runtime.read_params(path)
    path.write_text("seed: 42\nseed: 43\n")
    with pytest.raises(_runtime.RunError, match="line 2: seed is given twice"):
        _runtime.read_params(path)
    path.write_text("seed: 42\n'data path': a.csv # here\n")
    assert _runtime.read_params(path) == {"seed": 42, "data path": "a.csv"}


def test_a_blob_with_changed_bytes_is_never_loaded(tmp_path: Path) -> None:
    store = _runtime.Store(tmp_path)
    entry = store.save_value([1, 2], "pickle")
    assert store.load_value(entry["digest"], "pickle") == [1, 2]
    store.blob_path(entry["digest"]).write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(_runtime.RunError, match="were changed"):
        store.load_value(entry["digest"], "pickle")
    assert store.save_value([1, 2], "pickle") == entry
    assert store.load_value(entry["digest"], "pickle") == [1, 2]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_names_that_leave_the_store_are_refused(tmp_path: Path) -> None:
    store = _runtime.Store(tmp_path)
    with pytest.raises(_runtime.RunError, match="run id"):
        store.manifest_path("../x", "load")
    with pytest.raises(_runtime.RunError, match="no digest|not a digest"):
        store.blob_path("sha256:../../etc/passwd")


def test_a_run_writes_manifests_files_and_text(pipeline: Any, tmp_path: Path) -> None:
    runtime, steps = pipeline
    store = runtime.Store(tmp_path / "store")
    load = runtime.run_step(steps, "load", store, "r1")
    summary = runtime.run_step(steps, "summarize", store, "r1")
    assert store.read_manifest("r1", "summarize") == summary
    assert set(load["filesRead"]) == {"data/penguins.csv"}
    assert set(summary["files"]) == {"out/summary.txt"}
    assert store.read(summary["files"]["out/summary.txt"]).startswith(b"[3250.0,")
    assert store.read(load["text"]) == b"read 6 rows\n"
    assert summary["metrics"] == [{"name": "mean-mass", "value": 4450.0}]
    assert summary["inputs"] == {n: e["digest"] for n, e in load["outputs"].items()}
    assert [entry["codec"] for entry in load["outputs"].values()] == ["json", "pickle"]


def test_random_numbers_go_on_where_the_last_random_step_stopped(
    pipeline: Any, tmp_path: Path
) -> None:
    runtime, steps = pipeline
    store = runtime.Store(tmp_path / "store")
    random.seed(99)
    outside = random.getstate()
    load = runtime.run_step(steps, "load", store, "r1")
    summary = runtime.run_step(steps, "summarize", store, "r1")
    assert random.getstate() == outside
    assert load["random"]["after"] == summary["random"]["before"]
    random.seed(runtime.DEFAULT_SEED)
    rows = list(range(6))
    random.shuffle(rows)
    for _ in rows:
        random.random()
    made = store.load_value(summary["outputs"]["summary"]["digest"], "json")
    assert made["draw"] == random.random()


def test_a_group_keeps_what_its_variables_share(pipeline: Any, tmp_path: Path) -> None:
    runtime, steps = pipeline
    store = runtime.Store(tmp_path / "store")
    runtime.run_step(steps, "load", store, "r1")
    summary = runtime.run_step(steps, "summarize", store, "r1")
    made = store.load_value(summary["outputs"]["summary"]["digest"], "json")
    assert made["columns"] == 4


def test_a_share_given_as_a_whole_number_stays_a_share(pipeline: Any, tmp_path: Path) -> None:
    runtime, steps = pipeline
    store = runtime.Store(tmp_path / "store")
    runtime.run_step(steps, "load", store, "r1")
    summary = runtime.run_step(steps, "summarize", store, "r1", {"share": 1})
    assert json.dumps(summary["params"]) == '{"share": 1.0}'


def test_what_is_missing_is_named_with_the_step_that_makes_it(
    pipeline: Any, tmp_path: Path
) -> None:
    runtime, steps = pipeline
    with pytest.raises(runtime.RunError, match="needs 'rows', which step 'load' makes"):
        runtime.run_step(steps, "summarize", tmp_path / "store", "r1")
    with pytest.raises(runtime.RunError, match="did you mean 'summarize'"):
        runtime.run_step(steps, "sumarize", tmp_path / "store", "r1")
    with pytest.raises(runtime.RunError, match="did you mean 'share'"):
        runtime.run_step(steps, "load", tmp_path / "store", "r1", {"shares": 1})


def test_inputs_given_by_digest_still_need_the_random_state(pipeline: Any, tmp_path: Path) -> None:
    runtime, steps = pipeline
    store = runtime.Store(tmp_path / "store")
    load = runtime.run_step(steps, "load", store, "r1")
    given = {n: {"digest": e["digest"], "codec": e["codec"]} for n, e in load["outputs"].items()}
    with pytest.raises(runtime.RunError, match="continues the random numbers of step 'load'"):
        runtime.run_step(steps, "summarize", store, "r2", input_overrides=given)
    found = runtime.run_step(
        steps,
        "summarize",
        store,
        "r2",
        input_overrides=given,
        random_before=load["random"]["after"],
    )
    assert found == runtime.run_step(steps, "summarize", store, "r1")


def test_a_failed_step_leaves_no_manifest_of_an_earlier_try(pipeline: Any, tmp_path: Path) -> None:
    runtime, steps = pipeline
    store = runtime.Store(tmp_path / "store")
    runtime.run_step(steps, "load", store, "r1")
    runtime.run_step(steps, "summarize", store, "r1")
    with pytest.raises(ZeroDivisionError):
        runtime.run_step(steps, "summarize", store, "r1", {"share": 0})
    assert store.read_manifest("r1", "summarize") is None


def make_pipeline(runtime: Any, function: Any, **fields: Any) -> Any:
    step = runtime.Step(name="only", function=function, module="load", **fields)
    artifacts = {"made": runtime.Artifact(codec="parquet", variables=("made",))}
    return runtime.Pipeline(name="penguins", root="../..", steps=(step,), artifacts=artifacts)


def test_a_step_leaves_the_process_as_it_found_it(pipeline: Any, tmp_path: Path) -> None:
    runtime, _ = pipeline

    def disturb() -> None:
        os.environ["LEFT_BEHIND"] = "1"
        os.chdir("/")
        sys.path.append("/left/behind")
        pd.set_option("display.max_rows", 3)
        np.set_printoptions(precision=2)
        np.seterr(all="ignore")
        warnings.simplefilter("error")
        np.random.rand()
        decimal.getcontext().prec = 4
        decimal.getcontext().traps[decimal.Inexact] = True
        sys.setrecursionlimit(sys.getrecursionlimit() + 100)
        locale.setlocale(locale.LC_NUMERIC, "C.UTF-8")

    before = (
        os.getcwd(),
        list(sys.path),
        pd.get_option("display.max_rows"),
        np.get_printoptions()["precision"],
        np.geterr(),
        list(warnings.filters),
        repr(decimal.getcontext()),
        sys.getrecursionlimit(),
        locale.setlocale(locale.LC_ALL),
    )
    runtime.run_step(make_pipeline(runtime, disturb, random="global"), "only", tmp_path, "r1")
    after = (
        os.getcwd(),
        list(sys.path),
        pd.get_option("display.max_rows"),
        np.get_printoptions()["precision"],
        np.geterr(),
        list(warnings.filters),
        repr(decimal.getcontext()),
        sys.getrecursionlimit(),
        locale.setlocale(locale.LC_ALL),
    )
    assert after == before
    assert "LEFT_BEHIND" not in os.environ


def test_what_a_step_puts_in_place_of_a_function_that_draws_is_taken_back(
    pipeline: Any, tmp_path: Path
) -> None:
    runtime, _ = pipeline
    from matplotlib import pyplot

    def slip() -> None:
        pyplot.xlabel = "age"
        pyplot.ylabe = "n"
        pyplot.figure()

    before = pyplot.xlabel
    runtime.run_step(make_pipeline(runtime, slip), "only", tmp_path, "r1")
    assert pyplot.xlabel is before
    assert not hasattr(pyplot, "ylabe")


def test_a_generator_that_a_step_hands_on_is_stored_as_the_step_left_it(
    pipeline: Any, tmp_path: Path
) -> None:
    runtime, _ = pipeline
    left: list[bytes] = []

    def hand_on() -> Any:
        np.random.rand()
        left.append(np.random.get_state()[1].tobytes())  # type: ignore[index, union-attr]
        return np.random.mtrand._rand

    outside = np.random.get_state()[1].tobytes()  # type: ignore[index, union-attr]
    made = make_pipeline(runtime, hand_on, outputs=("made",), random="global")
    manifest = runtime.run_step(made, "only", tmp_path, "r1")
    output = manifest["outputs"]["made"]
    stored = runtime.Store(tmp_path).load_value(output["digest"], output["codec"])
    assert stored.get_state()[1].tobytes() == left[0]
    assert np.random.get_state()[1].tobytes() == outside  # type: ignore[index, union-attr]


def test_every_process_gives_a_step_without_randomness_the_same_state(
    pipeline: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime, _ = pipeline
    steps = make_pipeline(runtime, lambda: float(np.random.rand()), outputs=("made",))
    np.random.seed(1)
    first = runtime.run_step(steps, "only", tmp_path, "r1")
    np.random.seed(2)
    second = runtime.run_step(steps, "only", tmp_path, "r2")
    assert first["outputs"] == second["outputs"]
    assert "says `random: none`" in capsys.readouterr().err


def test_a_codec_that_would_change_the_value_is_replaced(pipeline: Any, tmp_path: Path) -> None:
    runtime, _ = pipeline
    table = pd.DataFrame({"a": pd.cut([1, 5], [0, 3, 6])})
    steps = make_pipeline(runtime, lambda: table, outputs=("made",))
    manifest = runtime.run_step(steps, "only", tmp_path, "r1")
    assert manifest["outputs"]["made"]["codec"] == "pickle"


def test_an_output_that_cannot_be_stored_is_refused_with_its_name(
    pipeline: Any, tmp_path: Path
) -> None:
    runtime, _ = pipeline
    steps = make_pipeline(runtime, lambda: (n for n in [1]), outputs=("made",))
    with pytest.raises(runtime.RunError, match=r"'made' \(builtins.generator\).*cannot be stored"):
        runtime.run_step(steps, "only", tmp_path, "r1")


def test_metrics_keep_numbers_that_json_has_no_word_for(pipeline: Any, tmp_path: Path) -> None:
    runtime, _ = pipeline

    def score() -> None:
        assert runtime.metric("a", np.float32(0.5)) == np.float32(0.5)
        print(f"{runtime.metric('b', float('nan')):.2f}")
        runtime.metric("c", -np.inf)

    manifest = runtime.run_step(make_pipeline(runtime, score), "only", tmp_path, "r1")
    assert [item["value"] for item in manifest["metrics"]] == [0.5, "NaN", "-Infinity"]
    assert runtime.metric("outside", 3) == 3


def test_a_file_read_before_it_is_rewritten_counts_with_its_old_content(
    pipeline: Any, tmp_path: Path
) -> None:
    runtime, _ = pipeline
    root = runtime.FOLDER.parent.parent

    def rewrite() -> None:
        with open("data/penguins.csv", "a") as file:
            file.write("x,1,2\n")
        os.replace("data/penguins.csv", "data/more.csv")
        Path("gone.txt").write_text("a")
        os.remove("gone.txt")

    before = runtime.digest_file(root / "data/penguins.csv")
    manifest = runtime.run_step(make_pipeline(runtime, rewrite), "only", tmp_path / "s", "r1")
    assert manifest["filesRead"] == {"data/penguins.csv": before}
    assert set(manifest["files"]) == {"data/more.csv"}


def run_module(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "penguins", *arguments]
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_module_runs_without_us_and_says_what_it_did(penguins: Path) -> None:
    done = run_module(penguins, "run", "--run", "r1")
    assert (done.returncode, done.stdout) == (0, "read 6 rows\nmean 4450.0\n")
    assert "summarize" in done.stderr and "mean-mass = 4450" in done.stderr
    assert (penguins / ".store/runs/r1/summarize/manifest.json").exists()
    step = run_module(penguins, "step", "summarize", "--run", "r1", "--param", "share=0.5")
    assert step.returncode == 0
    described = json.loads(run_module(penguins, "describe", "--json").stdout)
    assert [step["name"] for step in described["steps"]] == ["load", "summarize"]


def test_the_module_shows_the_cell_and_only_the_users_lines(penguins: Path) -> None:
    done = run_module(penguins, "run", "--param", "share=0")
    assert done.returncode == 1
    assert "step summarize failed in penguins.ipynb, cell 4" in done.stderr
    assert "summarize.py" in done.stderr and "_runtime.py" not in done.stderr
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
    wrong = run_module(penguins, "run", "--param", "shares=0")
    assert wrong.stderr == "error: no step takes a parameter 'shares'; did you mean 'share'?\n"
    served = run_module(penguins, "predict", "--model", ".", "--input", "rows.csv")
    assert (served.returncode, "serves no model" in served.stderr) == (1, True)
