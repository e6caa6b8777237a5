"""Operation ``convert``: the loaded model's estimator in another format, read back and compared.

A file is written only where what was read back gives the answers of the model on synthetic rows,
exactly for skops, within a stated tolerance for ONNX, which computes with fewer digits.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

ROWS = 200
TOLERANCE = 1e-5
"""Allowed difference of an ONNX answer, relative to answers larger than 1."""


class NotConvertible(Exception):
    """Why there is no file; ``code`` is ours."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def convert(header: dict[str, Any], predictor: Any, tables: Any) -> dict[str, Any]:
    """Writes ``out`` in ``format``; ``columns`` are the contract's."""
    frame = answered_rows(header["columns"], predictor, tables)
    if header["format"] == "skops":
        data, facts = to_skops(predictor, frame, tables)
    else:
        data, facts = to_onnx(predictor, frame)
    Path(header["out"]).write_bytes(data)
    return {"rows": len(frame), **facts}


def answered_rows(columns: list[dict[str, Any]], predictor: Any, tables: Any) -> Any:
    """Synthetic rows within the contract for which the model has an answer."""
    frame = synthetic_rows(columns)
    answers = tables.answers_of(predictor, frame)
    kept = [at for at, answer in enumerate(answers) if "error" not in answer]
    if not kept:
        message = f"the model answers no synthetic row: {answers[0]['error']}"
        raise NotConvertible("export-not-convertible", message)
    return frame.iloc[kept].reset_index(drop=True)


def synthetic_rows(columns: list[dict[str, Any]]) -> Any:
    """Rows drawn from the contract's ranges and categories, the same ones every time."""
    import pandas as pd

    draw = random.Random(0)
    values = {column["name"]: [one_value(column, draw) for _ in range(ROWS)] for column in columns}
    return pd.DataFrame({name: pd.Series(list(drawn)) for name, drawn in values.items()})


def one_value(column: dict[str, Any], draw: random.Random) -> Any:
    import pandas as pd

    kind = column["type"]
    if column["nullable"] and draw.random() < 0.1:
        return None
    if kind == "bool":
        return draw.random() < 0.5
    if kind == "string":
        return draw.choice(column.get("categories") or ["a", "b"])
    if kind == "timestamp":
        start = pd.Timestamp(column.get("min", "2020-01-01"))
        end = pd.Timestamp(column.get("max", "2021-01-01"))
        return start + (end - start) * draw.random()
    low, high = column.get("min", -10), column.get("max", 10)
    return draw.randint(int(low), int(high)) if kind == "int64" else draw.uniform(low, high)


def to_skops(predictor: Any, frame: Any, tables: Any) -> tuple[bytes, dict[str, Any]]:
    """The estimator as skops, read back with exactly its own types trusted."""
    try:
        import skops.io
    except ImportError:
        message = "this interpreter has no skops; install it with: python -m pip install skops"
        raise NotConvertible("export-needs-package", message) from None
    try:
        data = skops.io.dumps(predictor.model)
        types = skops.io.get_untrusted_types(data=data)
        again = skops.io.loads(data, trusted=types)
    except Exception as error:
        message = f"skops cannot hold it: {type(error).__name__}: {error}"
        raise NotConvertible("export-not-convertible", message) from error
    expected = tables.answers_of(predictor, frame)
    got = tables.answers_of(type(predictor)(again, predictor.state), frame)
    different = [
        at for at, (one, other) in enumerate(zip(expected, got, strict=True)) if one != other
    ]
    if different:
        at = different[0]
        message = f"read back, it answers row {at} with {got[at]} instead of {expected[at]}"
        raise NotConvertible("export-differs", message)
    return data, {"gap": 0.0, "tolerance": 0.0, "types": list(types), "features": None}


def to_onnx(predictor: Any, frame: Any) -> tuple[bytes, dict[str, Any]]:
    """The estimator on its feature matrix as ONNX, one tensor of 32-bit numbers in."""
    import numpy as np

    try:
        import onnxruntime
        import skl2onnx
        from skl2onnx.common.data_types import FloatTensorType
    except ImportError as error:
        message = f"this interpreter has no {error.name}; install what it needs with: python -m pip install skl2onnx onnxruntime"
        raise NotConvertible("export-needs-package", message) from None
    model = predictor.model
    # A package's own, in every version of predict.py.
    matrix = sys.modules[type(predictor).__module__].transform(frame, predictor.state)
    names = [str(name) for name in getattr(matrix, "columns", [])]
    try:
        numbers = np.asarray(matrix, dtype=np.float32)
    except (TypeError, ValueError):
        message = "its features are not all numbers, so they are no tensor"
        raise NotConvertible("export-not-convertible", message) from None
    if numbers.ndim != 2:
        raise NotConvertible("export-not-convertible", "its features are no table")
    is_classifier = hasattr(model, "predict_proba")
    options = {id(model): {"zipmap": False}} if is_classifier else None
    try:
        made = skl2onnx.convert_sklearn(
            model,
            initial_types=[("features", FloatTensorType([None, numbers.shape[1]]))],
            options=options,
        )
        data = made.SerializeToString()
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        outputs = session.run(None, {"features": numbers})
    except Exception as error:
        message = f"skl2onnx cannot convert it: {type(error).__name__}: {error}"
        raise NotConvertible("export-not-convertible", message) from error
    expected = [np.asarray(model.predict(matrix))]
    if is_classifier:
        expected.append(np.asarray(model.predict_proba(matrix)))
    gap = max(gap_of(one, other) for one, other in zip(expected, outputs, strict=False))
    if not gap <= TOLERANCE:
        message = f"its answers differ by {gap:.3g}, and {TOLERANCE:g} is allowed; ONNX computes with 32 bits"
        raise NotConvertible("export-differs", message)
    described = {
        "inputs": [{"name": "features", "type": "float32", "columns": names or numbers.shape[1]}],
        "outputs": [output.name for output in session.get_outputs()],
    }
    return data, {"gap": gap, "tolerance": TOLERANCE, "types": [], "features": described}


def gap_of(expected: Any, got: Any) -> float:
    """Largest difference; infinite where labels, missing numbers or shapes are not the same."""
    import numpy as np

    expected, got = np.asarray(expected), np.asarray(got)
    if expected.dtype.kind not in "fiub" or got.dtype.kind not in "fiub":
        same = expected.ravel().astype(str).tolist() == got.ravel().astype(str).tolist()
        return 0.0 if same else float("inf")
    if expected.size != got.size:
        return float("inf")
    left, right = expected.astype(float).ravel(), got.astype(float).ravel()
    if (np.isnan(left) != np.isnan(right)).any():
        return float("inf")
    differences = np.abs(left - right) / np.maximum(1.0, np.abs(left))
    return float(np.nanmax(differences, initial=0.0))
