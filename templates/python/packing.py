"""Operation ``pack``: what a model version's directory holds besides code and documents.

Loads the raw table and the fitted model of a run, learns the feature state with the package's
own ``features.learn``, and puts ``model/`` and ``state/`` into the store as files. What is learned
is compared with the matrices that the run gave its model: where it differs, nothing is packed,
because the model would be served with other features than it was fitted with. What the contract
and the profile need is returned as digests of tables and as plain facts. No row of data gets into
a model version.
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

HOLD_OUT = re.compile(r"test|valid|holdout|hold_out", re.IGNORECASE)
"""Names by which notebooks call the rows that the model was not fitted on."""


class DriftError(ValueError):
    """Serving would compute other features than the run gave its model."""


class Packed(NamedTuple):
    """What was loaded and learned for packing, for whoever goes on with it in the same process."""

    ask: dict[str, Any]
    """What was packed: ``package``, ``model`` and ``raw`` of the header."""
    raw: Any
    state: Any
    matrices: dict[str, Any]
    features: Any
    predict: Any
    """Modules of the package."""


def pack(
    header: dict[str, Any], store: Any, package: str, modules: Any, runtime: Any
) -> tuple[dict[str, Any], Packed]:
    """Files by path, facts about raw columns, answers, distributions and what loading looks up; and what it took.

    ``model`` and ``raw`` of the header are ``{digest, codec, variable}``, ``matrices`` such parts
    by variable, ``random`` digests of the generators' states before the steps that draw,
    ``parameters`` the run's values of the pipeline's parameters by their Python names;
    ``modules`` gives files of this folder by their names, ``runtime`` reads and sets that state.
    """
    pickle_walk, pickle_files = modules("pickle_walk"), modules("pickle_files")
    for module in [m for m in sys.modules if m == package or m.startswith(f"{package}.")]:
        del sys.modules[module]
    importlib.invalidate_caches()
    features = modules("features/learn_as_run").FeaturesOfRun(
        importlib.import_module(f"{package}.features"), header.get("parameters") or {}
    )
    predict = importlib.import_module(f"{package}.predict")
    with modules("safe_loading").heard() as heard:
        model = load_part(store, header["model"])
    raw = load_raw(store, header["raw"], modules("tables"))
    state, matrices = learned_as_run(header, store, features, raw, modules, runtime)
    files = {"model/model.joblib": model_digest(store, header["model"], model)}
    with tempfile.TemporaryDirectory() as folder:
        features.save_state(state, Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                files[f"state/{path.relative_to(folder).as_posix()}"] = store.add_file(path)
    paths = {name: store.blob_path(digest) for name, digest in files.items()}
    walked = pickle_files.walk_files(paths, pickle_walk)
    # What lies in a file as bytes (a model within a model) is seen only while it is loaded.
    names = walked["model/model.joblib"]["names"]
    if header["model"].get("variable") is None:
        names.update({name: names.get(name, 0) for name in sorted(heard)})
    predictor = predict.Predictor(model, state)
    held_out = rows_held_out(raw, matrices)
    rows_served = raw
    if hasattr(features, "ENTITY"):
        rows_served = modules("features/prove_entities").answerable(features, state, raw)
    ask = {name: header[name] for name in ("package", "model", "raw")}
    facts = {
        "files": files,
        "walked": walked,
        "served": served_columns(raw, features),
        "unseen": features.UNSEEN,
        "answer": answer_of(predict, predictor),
        "features": save_table(store, features_of_table(features, rows_served, state, matrices)),
        "prediction": None if held_out is None else save_table(store, answers(predictor, held_out)),
    }
    return facts, Packed(ask, raw, state, matrices, features, predict)


def answer_of(predict: Any, predictor: Any) -> dict[str, Any]:
    """What the contract says of the answers. A package of an older version knows no remark and one answer a row."""
    remark = getattr(predict, "remark", None)
    return {
        "kind": predict.ANSWER,
        "classes": predictor.classes,
        "entity": getattr(predictor, "entity", None),
        "outputs": getattr(predictor, "outputs", None),
        "remark": None if remark is None else remark(predictor.state),
    }


def load_part(store: Any, part: dict[str, Any]) -> Any:
    """A value of the store; of several that were stored together, the one asked for."""
    value = store.load_value(part["digest"], part["codec"])
    index = part.get("variable")
    return value if index is None else value[index]


def load_raw(store: Any, part: dict[str, Any], tables: Any) -> Any:
    """The raw table, with the answers that stand beside it."""
    target = part.get("target")
    answers = None if target is None else load_part(store, target)
    return tables.raw_table(load_part(store, part), answers)


class StoredParts(Mapping[str, Any]):
    """Values of the store by variable, loaded when they are asked for."""

    def __init__(self, store: Any, parts: dict[str, dict[str, Any]]) -> None:
        self._store = store
        self._parts = parts

    def __getitem__(self, name: str) -> Any:
        return load_part(self._store, self._parts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __contains__(self, name: object) -> bool:
        return name in self._parts


def states_of(store: Any, header: dict[str, Any]) -> list[bytes]:
    """States of the generators before the steps of a run that draw from them."""
    return [store.read(digest) for digest in header.get("random") or []]


def learned_as_run(
    header: dict[str, Any], store: Any, features: Any, raw: Any, modules: Any, runtime: Any
) -> tuple[Any, dict[str, Any]]:
    """What ``features.learn`` gives, if the run gave its model the same and ``features.transform`` gives it again.

    Either may have been edited since they were proven.
    """
    expected = StoredParts(store, header.get("matrices") or {})
    learned = modules("features/learn_as_run").learn_as_run(
        features,
        raw,
        expected,
        states_of(store, header),
        runtime=runtime,
        compare=modules("features/compare_matrices"),
    )
    for name, _, difference in learned.compared:
        if difference is not None:
            raise DriftError(
                f"serving would compute other features than the run gave its model: {name}, "
                f"{difference}, learned from the run's raw table against what the run stored"
            )
    proofs = modules("features/prove_features").transform_proofs(
        features, raw, learned, expected, modules
    )
    for proof in proofs:
        if proof["difference"] is not None:
            raise DriftError(
                f"serving would compute other features than the run gave its model: "
                f"{proof['matrix']}, {proof['difference']}, transformed against what the run "
                "stored; make the same change in `transform` of features.py as in the lines of "
                "the steps, or undo it"
            )
    return learned.state, learned.matrices


def model_digest(store: Any, part: dict[str, Any], model: Any) -> str:
    """The stored bytes themselves where they are the model alone, as joblib reads it."""
    if part.get("variable") is None and part["codec"] in ("joblib", "pickle"):
        return str(part["digest"])
    return str(store.save_value(model, "joblib")["digest"])


def served_columns(raw: Any, features: Any) -> list[str]:
    """Columns that a request brings, in the table's order."""
    skipped = {features.LABEL, *features.UNSERVED}
    return [str(name) for name in raw.columns if name not in skipped]


def features_of_table(features: Any, raw: Any, state: Any, matrices: dict[str, Any]) -> Any:
    """Features of the raw table; where they look at earlier rows, those of the rows that have enough of them."""
    if not hasattr(features, "SERIES"):
        return features.transform(raw, state)
    served, *others = [matrix.values for matrix in matrices.values()]
    columns = list(getattr(served, "columns", []))
    alike = [
        other for other in others if columns and list(getattr(other, "columns", [])) == columns
    ]
    return max([served, *alike], key=len)


def rows_held_out(raw: Any, matrices: dict[str, Any]) -> Any:
    """Raw rows that the notebook kept away from the fit, where it is known which they are."""
    for name, matrix in reversed(list(matrices.items())):
        rows = matrix.rows
        if HOLD_OUT.search(name) is None or rows is None or not raw.index.is_unique:
            continue
        if len(rows) > 0 and rows.isin(raw.index).all():
            return raw.loc[rows]
    return None


def answers(predictor: Any, rows: Any) -> Any:
    """Answers as a table: one column for the answer, one for each probability."""
    import pandas as pd

    columns: dict[str, list[Any]] = {}
    for answer in predictor(rows):
        for name, value in answer.items():
            parts = value.items() if isinstance(value, dict) else [(None, value)]
            for part, number in parts:
                columns.setdefault(name if part is None else f"{name}: {part}", []).append(number)
    return pd.DataFrame(columns)


def save_table(store: Any, matrix: Any) -> dict[str, Any] | None:
    """A table or matrix in the store, for operation ``columns``; ``None`` for sparse and very wide ones."""
    import numpy as np
    import pandas as pd

    if isinstance(matrix, np.ndarray) and matrix.ndim == 2:
        matrix = pd.DataFrame(
            matrix, columns=[f"feature {at + 1}" for at in range(matrix.shape[1])]
        )
    if not isinstance(matrix, pd.DataFrame) or matrix.shape[1] > 1000:
        return None
    flat = matrix.reset_index(drop=True)
    flat.columns = [str(name) for name in flat.columns]
    saved = store.save_value(flat, "pickle")
    return {"digest": saved["digest"], "codec": saved["codec"]}
