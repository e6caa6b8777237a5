"""Operation ``evaluate``: the pipeline's own metrics of other predictors, on the rows that its model was measured on.

The steps between the model and its metrics are called again as the run called them, in a copy
of this process and in a folder that is thrown away, with another predictor in the model's place.
First with the model itself: only where that gives what the run recorded is the way a fair one,
which whoever asked checks. No row of data and nothing that a step makes leaves this module.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Replaced = Mapping[tuple[str, str], Any]
"""Values by artifact and variable, in the place of those that the run stored."""


class NotComparable(Exception):
    """The predictor cannot be measured here, with the reason."""


def peers_of(evaluation: Evaluation) -> dict[str, Callable[[], dict[str, Any]]]:
    """Who is measured with the candidate's own code, each in a process of its own where there can be."""
    works = {"candidate": evaluation.candidate, "baseline": evaluation.baseline}
    return {name: answered(work) for name, work in works.items()}


def measured_peers(evaluation: Evaluation) -> dict[str, dict[str, Any]]:
    """``candidate`` and ``baseline``, each with metrics or with ``because``.

    Where a metric is the same for both there is ``other``, another constant: what does not change
    with that either does not ask the model at all.
    """
    copies, evaluation.copies = evaluation.copies, {}
    if copies:
        found = {name: result_or_reason(copy) for name, copy in copies.items()}
    else:
        found = {name: work() for name, work in peers_of(evaluation).items()}
        # All in one process: what one leaves behind must not be seen by the next.
        if answered(evaluation.candidate)() != found["candidate"]:
            found["candidate"] = {"because": "its metrics differ from one time to the next"}
    if could_be_independent(found["candidate"], found["baseline"]):
        found["other"] = answered(lambda: evaluation.baseline(other=True))()
    return found


def result_or_reason(copy: Any) -> dict[str, Any]:
    """What a copy of the process computed, or ``because`` where it was lost."""
    try:
        result: dict[str, Any] = copy.result()
        return result
    except Exception as failure:  # noqa: BLE001 - a reason, not the end of a registration
        return {"because": str(failure)}


def answered(work: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """The same, with whatever keeps it from answering as an answer."""

    def answering() -> dict[str, Any]:
        try:
            return work()
        except NotComparable as error:
            return {"because": str(error)}
        except Exception as error:  # noqa: BLE001 - a reason, not the end of a registration
            return {"because": f"{type(error).__name__}: {error}"}

    return answering


def could_be_independent(candidate: dict[str, Any], baseline: dict[str, Any]) -> bool:
    """Whether a metric is the same for the model and for a constant."""
    known = {(entry["name"], str(entry["value"])) for entry in candidate.get("metrics", [])}
    return any((e["name"], str(e["value"])) in known for e in baseline.get("metrics", []))


class Evaluation:
    """One call. Its methods are run in copies of the process, each of which loads its own values."""

    def __init__(self, header: dict[str, Any], package: Any, store: Any, tools: Any) -> None:
        self.header = header
        self.package = package
        self.runtime = package.runtime
        self.pipeline = package.pipeline
        self.store = store
        self.loaded: tuple[Any, ...] | None = None
        """The model and what was stored with it, for copies of this process: each uses it once."""
        self.copies: dict[str, Any] = {}
        """Of this process, which measure meanwhile."""
        self.packed: Any = None
        """What ``packing`` learned of the same model, once it has."""
        self.tools = tools
        """The worker's own: other files of this folder, loading of models, copies of the process."""
        self.root = Path(package.folders[1])
        self.name = package.pipeline.steps[0].function.__module__.partition(".")[0]
        self.modules = dict(self.imported())
        self.steps: list[dict[str, Any]] = header["steps"]
        model = header["model"]
        self.model_at = (model["artifact"], model["variable"])

    def imported(self) -> list[tuple[str, Any]]:
        """Modules of the package, by name."""
        return [(n, m) for n, m in sys.modules.items() if n.partition(".")[0] == self.name]

    def use_modules(self) -> None:
        """Values are loaded with the modules that the steps are of, whoever imported them anew meanwhile."""
        for name, _module in self.imported():
            del sys.modules[name]
        sys.modules.update(self.modules)

    def load_model(self) -> None:
        """Once for all copies that are to come. What cannot be loaded is said by them."""
        with contextlib.suppress(Exception):
            self.loaded = self.stored(self.model_at[0])

    def kind(self) -> str | None:
        """What the served model answers: ``label``, ``number`` or ``cluster``; ``None`` where it is not served."""
        if not (self.package.folders[0] / self.name / "predict.py").is_file():
            return None
        return str(importlib.import_module(f"{self.name}.predict").ANSWER)

    # ------------------------------------------------------------------- who is measured

    def candidate(self) -> dict[str, Any]:
        """The model itself."""
        return self.measured({})

    def baseline(self, *, other: bool = False) -> dict[str, Any]:
        """A constant; with ``other`` one that answers something else."""
        constants = self.tools.sibling("constant_model")
        targets = self.tools.sibling("training_target")
        model = self.stored_model()
        kind = self.kind()
        try:
            if kind == "cluster":
                constants.constant_of(model, None, kind)
            fit = self.training_fit(model)
            if other:
                constant = constants.other_constant_of(model, fit.target, kind)
                return self.measured({self.model_at: constant})
            constant, words = constants.constant_of(model, fit.target, kind, fit.weights)
        except (constants.NoConstant, targets.NoTarget) as error:
            raise NotComparable(str(error)) from error
        return {**self.measured({self.model_at: constant}), "of": words}

    def training_fit(self, model: Any) -> Any:
        """The call of ``fit`` that the model is of."""
        trainer = self.header["trainer"]
        step = self.pipeline.step(trainer["name"])
        names = [name for made in step.outputs for name in self.pipeline.artifacts[made].variables]
        place = None if len(names) == 1 else names.index(self.model_at[1])
        targets = self.tools.sibling("training_target")
        with self.surroundings(trainer):
            arguments = self.arguments(step, {}, {})
            return targets.training_target(
                lambda: self.called(step, trainer, arguments),
                model,
                place,
                [self.package.folders[0], self.root],
            )

    def champion(self, champion: dict[str, Any]) -> dict[str, Any]:
        """A registered version, loaded with its own code and given what its own features make of the rows."""
        folder = Path(champion["folder"])
        # Before any of its code is loaded, for the candidate's may be of the same name.
        places = {} if champion["sameMatrices"] else self.matrix_places()
        self.tools.verify_files(folder, champion["digests"])
        try:
            listed = self.tools.verify_names(folder, sorted(champion["digests"]), champion["names"])
        except self.tools.WorkerFailure as error:
            raise NotComparable(f"it is not loaded: {error}") from error
        with self.own_modules(folder):
            if not champion["sameMatrices"]:
                predictor, name = self.tools.load_predictor(folder, None, listed)
                self.check_answers(predictor, importlib.import_module(f"{name}.predict"))
                features = importlib.import_module(f"{name}.features")
                replaced = {
                    place: self.made_by(features.transform, rows, predictor.state)
                    for place, rows in places.items()
                }
                model = predictor.model
                # It is learned again as its own run learned it: the state keeps the parameters.
                as_trained = self.tools.sibling("features/learn_as_run").FeaturesOfRun(
                    features, vars(predictor.state)
                )
                caveat = self.seen_by(as_trained, champion.get("raw"), list(places.values())[-1])
            else:
                replaced = {}
                model = self.champion_model(folder, listed)
                caveat = None
        found = self.measured({**replaced, self.model_at: model})
        return found if caveat is None else {**found, "caveat": caveat}

    def seen_by(self, features: Any, part: dict[str, Any] | None, rows: Any) -> str | None:
        """What flatters a version that was trained on other data: these may hold the rows it is measured on."""
        packing = self.tools.sibling("packing")
        try:
            if part is None:
                raise NotComparable("its run is not on record")
            raw = packing.load_raw(self.store, part, self.tools.sibling("tables"))
            runtime = self.tools.project("_runtime")
            before = runtime.random_state()
            _state, matrices = features.learn(raw)
            if runtime.random_state() != before:
                raise NotComparable("its split has no seed of its own")
            seen = self.tools.sibling("leakage").seen_rows(raw, matrices, packing.HOLD_OUT, rows)
        except Exception as error:  # noqa: BLE001 - its data may be gone
            return f"how many of these rows it was trained on is not known: {error}"
        if seen is None:
            return "how many of these rows it was trained on is not known"
        return None if seen == 0 else f"it was trained on {seen} of these {len(rows)} rows"

    # ----------------------------------------------------------------- how it is measured

    def measured(self, replaced: Replaced) -> dict[str, Any]:
        """Metrics, step by step in the pipeline's order, and what ended them early."""
        metrics: list[dict[str, Any]] = []
        made: dict[str, tuple[Any, ...]] = {}
        for asked in self.steps:
            step = self.pipeline.step(asked["name"])
            try:
                with self.surroundings(asked):
                    arguments = self.arguments(step, made, replaced)
                    result, entries, failure = self.watched(step, asked, arguments)
            except self.tools.sibling("sandbox").CannotRepeat as error:
                raise NotComparable(
                    f"step {step.name} cannot be repeated aside: {error}"
                ) from error
            metrics += entries
            if failure is not None:
                return {"metrics": metrics, "failure": failure}
            made.update(self.outputs(step, result))
        return {"metrics": metrics}

    def watched(
        self, step: Any, asked: dict[str, Any], arguments: dict[str, Any]
    ) -> tuple[Any, list[dict[str, Any]], str | None]:
        entries: list[dict[str, Any]] = []
        self.runtime._recorders.append(entries)
        try:
            result = self.called(step, asked, arguments)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the user's code
            return None, entries, self.tools.words_of(error, self.package.folders[0], step.name)
        finally:
            self.runtime._recorders.pop()
        return result, entries, None

    def called(self, step: Any, asked: dict[str, Any], arguments: dict[str, Any]) -> Any:
        """What the step's function returns, under the random numbers of the run."""
        runtime = self.runtime
        runtime.seed_generators(runtime.DEFAULT_SEED)
        if asked.get("randomBefore") is not None:
            runtime.restore_random_state(self.store.read(asked["randomBefore"]))
        return step.function(**arguments)

    @contextlib.contextmanager
    def surroundings(self, asked: dict[str, Any]) -> Iterator[None]:
        """The process as a step finds it, in a folder of its own."""
        sandbox = self.tools.sibling("sandbox").sandbox
        with (
            self.runtime._surroundings(self.root),
            sandbox(self.root, asked["reads"], asked["writes"]),
        ):
            yield

    def arguments(
        self, step: Any, made: Mapping[str, tuple[Any, ...]], replaced: Replaced
    ) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        for artifact in step.inputs:
            variables = self.pipeline.artifacts[artifact].variables
            if all((artifact, variable) in replaced for variable in variables):
                parts: tuple[Any, ...] = (None,) * len(variables)
            else:
                parts = made[artifact] if artifact in made else self.stored(artifact)
            for variable, part in zip(variables, parts, strict=True):
                arguments[variable] = replaced.get((artifact, variable), part)
        values = self.runtime.resolve_params(self.pipeline, self.header["params"])
        for param in step.params:
            arguments[self.pipeline.variable(param)] = values[param]
        return arguments

    def stored(self, artifact: str) -> tuple[Any, ...]:
        """Values of an artifact of the run, as many as it has variables; each time anew."""
        if artifact == self.model_at[0] and self.loaded is not None:
            parts, self.loaded = self.loaded, None
            return parts
        entry = self.header["outputs"].get(artifact)
        if entry is None:
            raise NotComparable(f"the run has no {artifact}")
        value = self.store.load_value(entry["digest"], entry["codec"])
        return (value,) if len(self.pipeline.artifacts[artifact].variables) == 1 else tuple(value)

    def stored_model(self) -> Any:
        variables = self.pipeline.artifacts[self.model_at[0]].variables
        return self.stored(self.model_at[0])[variables.index(self.model_at[1])]

    def outputs(self, step: Any, result: Any) -> dict[str, tuple[Any, ...]]:
        groups = [self.pipeline.artifacts[name].variables for name in step.outputs]
        count = sum(len(group) for group in groups)
        parts = (result,) if count == 1 else tuple(result or ())
        found, at = {}, 0
        for name, group in zip(step.outputs, groups, strict=True):
            found[name] = parts[at : at + len(group)]
            at += len(group)
        return found

    # -------------------------------------------------------------- what the champion sees

    def matrix_places(self) -> dict[tuple[str, str], Any]:
        """Values that the measuring steps take and that hold features, with the raw rows these are of."""
        packed = self.packed
        if packed is None:
            raise NotComparable(
                "the raw rows of the hold-out are not known: the features are not split"
            )
        own = {name for asked in self.steps for name in self.pipeline.step(asked["name"]).outputs}
        found: dict[tuple[str, str], Any] = {}
        for asked in self.steps:
            for artifact in self.pipeline.step(asked["name"]).inputs:
                if artifact in own or artifact == self.model_at[0]:
                    continue
                variables = self.pipeline.artifacts[artifact].variables
                for name, value in zip(variables, self.stored(artifact), strict=True):
                    if not is_plain(value):
                        found[artifact, name] = self.rows_of(name, value)
        if not found:
            raise NotComparable(
                "the steps that compute metrics take no matrix that the features are known to make"
            )
        return found

    def rows_of(self, name: str, value: Any) -> Any:
        """The raw rows of a matrix; proven by making the matrix of them."""
        packed = self.packed
        assert packed is not None
        for matrix in packed.matrices.values():
            rows = matrix.rows
            if rows is None or not same_matrix(matrix.values, value):
                continue
            if not packed.raw.index.is_unique or not rows.isin(packed.raw.index).all():
                continue
            raw = packed.raw.loc[rows]
            if same_matrix(packed.features.transform(raw, packed.state), value):
                return raw
        raise NotComparable(f"which raw rows {name} is made of cannot be proven")

    def made_by(self, transform: Callable[..., Any], rows: Any, state: Any) -> Any:
        try:
            return transform(rows.copy(), state)
        except Exception as error:
            raise NotComparable(
                f"its features cannot be computed from these rows: {type(error).__name__}: {error}"
            ) from error

    def check_answers(self, predictor: Any, predict: Any) -> None:
        """Both models must answer in the same terms, or the steps would read the champion's wrongly."""
        packed = self.packed
        assert packed is not None
        mine = packed.predict.Predictor(self.stored_model(), packed.state)
        pairs = [(mine, packed.predict), (predictor, predict)]
        if predict.ANSWER != packed.predict.ANSWER or mine.classes != predictor.classes:
            raise NotComparable("it answers with other classes than this model")
        if answers_of(*pairs[0]) != answers_of(*pairs[1]):
            raise NotComparable("its answers mean something else than those of this model")

    def champion_model(self, folder: Path, listed: frozenset[str]) -> Any:
        """The model of a version whose features play no part."""
        import joblib

        code = folder / "code"
        sys.path.insert(0, str(code))
        importlib.invalidate_caches()
        paths = sorted((folder / "model").glob("model.*"))
        if len(paths) != 1:
            raise NotComparable("its directory holds no model")
        with self.tools.sibling("safe_loading").only(listed):
            if paths[0].suffix in (".joblib", ".pkl"):
                return joblib.load(paths[0])
            codec = paths[0].suffix.removeprefix(".")
            with paths[0].open("rb") as file:
                return self.runtime.load_value(codec, file)

    @contextlib.contextmanager
    def own_modules(self, folder: Path) -> Iterator[None]:
        """While a version is loaded, the modules of the package are its own; afterwards they are the pipeline's."""
        lazy = lazy_imports(folder / "code")
        if lazy is not None:
            raise NotComparable(f"its code imports parts of itself while it runs ({lazy})")
        code = (folder / "code").iterdir()
        names = {path.name for path in code} | {self.name}
        local = {name for name, _path in self.tools.local_modules(self.package.folders)}
        gone = {name for name in sys.modules if name in local or name.partition(".")[0] in names}
        kept, path = {name: sys.modules.pop(name) for name in gone}, list(sys.path)
        own = [str(each) for each in self.package.folders]
        sys.path[:] = [
            each for each in sys.path if not any(f"{each}/".startswith(f"{one}/") for one in own)
        ]
        try:
            yield
        finally:
            for name in [n for n in sys.modules if n in kept or n.partition(".")[0] in names]:
                del sys.modules[name]
            sys.modules.update(kept)
            sys.path[:] = path
            importlib.invalidate_caches()


def lazy_imports(code: Path) -> str | None:
    """Where a module of a version imports another of its own only when it is called.

    ``learn`` of features.py may: it is called while the modules are the version's own.
    """
    import ast

    for path in sorted(code.rglob("*.py")):
        if path.name in ("__main__.py", "_runtime.py") or path.name.startswith("_"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {each.stem for each in code.rglob("*.py")} | {each.name for each in code.iterdir()}
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if path.name == "features.py" and function.name == "learn" and learns_alone(tree):
                continue
            for node in ast.walk(function):
                wanted: list[str] = []
                if isinstance(node, ast.ImportFrom):
                    wanted = ["" if node.level else (node.module or "").partition(".")[0]]
                elif isinstance(node, ast.Import):
                    wanted = [alias.name.partition(".")[0] for alias in node.names]
                if any(name == "" or name in names for name in wanted):
                    return f"{path.name}, line {node.lineno}"
    return None


def learns_alone(tree: Any) -> bool:
    """Whether nothing but ``fit`` calls ``learn``, and nothing calls ``fit``."""
    import ast

    used = {"learn": 0, "fit": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in used:
            used[node.id] += 1
    in_fit = [
        node
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name == "fit"
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id == "learn"
    ]
    return used == {"learn": len(in_fit), "fit": 0}


def answers_of(predictor: Any, predict: Any) -> list[Any]:
    """What certain outputs of a model mean, in the words of its ``predict.py``."""
    import numpy as np

    classes = getattr(predictor.model, "classes_", None)
    if predict.ANSWER == "label" and classes is not None:
        outputs = np.asarray(classes)
    elif predict.ANSWER == "number":
        outputs = np.array([0.5, 1.0, 2.0, 3.5])
    else:
        return []
    try:
        decoded = predict.decoded(outputs, predictor.state)
    except Exception as error:
        raise NotComparable(
            f"its answers cannot be read: {type(error).__name__}: {error}"
        ) from error
    return [outputs.tolist(), [str(value) for value in decoded]]


def leakage(packed: Any, sibling: Callable[[str], Any]) -> dict[str, Any]:
    """What of the hold-out and of the target is in what the model was fitted on."""
    if packed is None:
        return {"because": "the raw rows are not known: the features are not split"}
    features, pattern = packed.features, sibling("packing").HOLD_OUT
    try:
        found: dict[str, Any] = sibling("leakage").look_for_leakage(
            packed.raw, packed.matrices, pattern, features.LABEL, tuple(features.UNSERVED)
        )
        return found
    except Exception as error:  # noqa: BLE001 - tables hold anything
        return {"because": f"{type(error).__name__}: {error}"}


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value cannot be features of rows: a target, names, settings."""
    if value is None or isinstance(value, str | bytes | int | float | complex):
        return True
    dimensions = getattr(value, "ndim", None)
    if isinstance(dimensions, int):
        return dimensions <= 1
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return depth < 2 and all(is_plain(part, depth + 1) for part in value)
    return False


def same_matrix(one: Any, other: Any) -> bool:
    """Equal values in equal places; types of tables do not matter."""
    import numpy as np

    if hasattr(one, "tocsr") and hasattr(other, "tocsr"):
        return one.shape == other.shape and (one != other).nnz == 0
    if getattr(one, "shape", None) != getattr(other, "shape", 0) or hasattr(one, "tocsr"):
        return False
    left, right = np.asarray(one), np.asarray(other)
    if left.dtype == object or right.dtype == object:
        import pandas as pd

        return pd.DataFrame(left.astype(object)).equals(pd.DataFrame(right.astype(object)))
    return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
