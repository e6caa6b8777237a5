"""Answers of the __PIPELINE__ model: rows in, answers out.

Made by mlops from __NOTEBOOK__; edits are overwritten.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from . import features
from ._feature_support import FeatureError
from .features import FeatureState, load_state, transform

ANSWER = "__ANSWER__"
# Names of the answers, when the model gives several for each row.
OUTPUTS: tuple[str, ...] | None = __OUTPUTS__


# Classifiers whose `predict` is, in its own code, the class with the highest of the probabilities from `predict_proba`.
BY_CHANCES = {("sklearn.ensemble._forest", "ForestClassifier"), ("sklearn.ensemble._bagging", "BaggingClassifier")}


class Predictor:
    """A loaded model with its feature state. Calling it does not change it, so that threads may share one."""

    def __init__(self, model: Any, state: FeatureState) -> None:
        self.model = model
        self.state = state
        # One model for each key, or one that answers several times.
        self.models = {str(key): each for key, each in model.items()} if isinstance(model, dict) else None
        self.outputs = OUTPUTS if self.models is None else tuple(self.models)
        self.classes = self._classes()
        self.chances_decide = self.classes is not None and _chances_decide(model)
        # Column that says whose row it is, where an answer needs all rows of somebody; they are never asked about apart.
        self.entity: str | None = getattr(features, "ENTITY", None)

    def __call__(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        """One answer for each row, in order. A row that cannot be answered is a `FeatureError` that says which, and why."""
        if len(frame) == 0:
            return []
        try:
            return self._answers(frame)
        except FeatureError:
            raise
        except Exception as error:
            raise self._refusal(frame, error) from error

    def _answers(self, frame: pd.DataFrame) -> list[dict[str, Any]]:
        matrix = transform(frame, self.state)
        if self.outputs is not None:
            return self._several(matrix, len(frame))
        if self.classes is None or not hasattr(self.model, "predict_proba"):
            kind = {"number": "value", "cluster": "cluster"}.get(ANSWER, "label")
            return [{kind: value} for value in self._values(self.model.predict(matrix), len(frame))]
        given = self.model.predict_proba(matrix)
        chosen = self.model.classes_[np.argmax(given, axis=1)] if self.chances_decide else self.model.predict(matrix)
        values, chances = self._values(chosen, len(frame)), np.asarray(given, dtype=np.float64)
        names = [str(name) for name in self.classes]
        return [
            {"label": value, "probabilities": dict(zip(names, row, strict=True))}
            for value, row in zip(values, chances.tolist(), strict=True)
        ]

    def _values(self, outputs: Any, rows: int) -> list[Any]:
        """One value a row, in the terms of the predicted column."""
        flat = np.asarray(outputs)
        if flat.size != rows:
            raise FeatureError(f"the model gives {flat.size // rows} values for each row, and which one answers is not known")
        return [_plain(value) for value in decoded(flat.reshape(rows), self.state)]

    def _several(self, matrix: Any, rows: int) -> list[dict[str, Any]]:
        """Several answers a row, by name."""
        if self.models is None:
            outputs = np.asarray(self.model.predict(matrix)).reshape(rows, -1)
            columns = [self._values(outputs[:, at], rows) for at in range(outputs.shape[1])]
        else:
            columns = [self._values(model.predict(matrix), rows) for model in self.models.values()]
        names = self.outputs or ()
        return [{"outputs": dict(zip(names, values, strict=True))} for values in zip(*columns, strict=True)]

    def _refusal(self, frame: pd.DataFrame, error: Exception) -> FeatureError:
        """A failure of the notebook's own lines, or of the model, is put down to the first row that fails by itself."""
        for rows in self._apart(frame):
            row, alone = rows[0], frame.iloc[rows]
            try:
                self._answers(alone)
            except Exception as single:
                column, because = self._null_feature(alone)
                said = next(iter(str(single).splitlines()), "")
                return FeatureError(f"row {row}: {type(single).__name__}: {said}{because}", column, row)
        return FeatureError(f"{type(error).__name__}: {error}")

    def _null_feature(self, row: pd.DataFrame) -> tuple[str | None, str]:
        """The first feature that a row has no value for: what most models cannot take."""
        try:
            matrix = transform(row, self.state)
        except Exception:
            return None, ""
        if not isinstance(matrix, pd.DataFrame):
            return None, ""
        name = next((str(name) for name in matrix.columns if matrix[name].isna().any()), None)
        return name, "" if name is None else f" (feature {name!r} is null)"

    def _apart(self, frame: pd.DataFrame) -> list[list[int]]:
        """Places of the rows that can be asked about by themselves."""
        if self.entity is None or self.entity not in frame.columns:
            return [[row] for row in range(len(frame))]
        places: dict[Any, list[int]] = {}
        for row, key in enumerate(frame[self.entity]):
            places.setdefault(None if pd.isna(key) else key, []).append(row)
        return list(places.values())

    def _classes(self) -> list[Any] | None:
        classes = getattr(self.model, "classes_", None)
        if ANSWER != "label" or classes is None or self.outputs is not None:
            return None
        return [_plain(value) for value in decoded(np.asarray(classes), self.state)]


def load(model_dir: str | Path) -> Predictor:
    """Loads a model version's directory. Loading runs code that is in the bytes: check their digests first."""
    root = Path(model_dir)
    return Predictor(joblib.load(root / "model" / "model.joblib"), load_state(root / "state"))


def decoded(outputs: np.ndarray, state: FeatureState) -> Any:
    """The model's outputs as values of the predicted column."""
    __DECODE__


def remark(state: FeatureState) -> str | None:
    """What a reader of the answers has to know of them."""
    __REMARK__


def _chances_decide(model: Any) -> bool:
    """Whether one call gives both label and probabilities, so that the trees of a forest need not be walked twice."""

    def maker(method: str) -> tuple[str, str]:
        function = getattr(model, method, None)
        return getattr(function, "__module__", ""), getattr(function, "__qualname__", "").removesuffix(f".{method}")

    return maker("predict") == maker("predict_proba") and maker("predict") in BY_CHANCES and getattr(model, "n_outputs_", 1) == 1


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


class _PythonModel:
    """What MLflow calls."""

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> pd.DataFrame:
        frame = model_input if isinstance(model_input, pd.DataFrame) else pd.DataFrame(model_input)
        return pd.DataFrame(self.predictor(frame))


def _load_pyfunc(data_path: str) -> _PythonModel:
    """MLflow's entry point; `data_path` is the model version's directory or something inside it."""
    path = Path(data_path).resolve()
    roots = [root for root in (path, *path.parents) if (root / "model" / "model.joblib").is_file()]
    if not roots:
        raise FileNotFoundError(f"no model/model.joblib at or above {data_path}")
    return _PythonModel(load(roots[0]))
