"""Loads a model directory with MLflow and asks it its own example. Usage: load_with_mlflow.py MODEL_FOLDER; prints JSON."""

import json
import sys
from pathlib import Path

import mlflow
import pandas as pd

folder = Path(sys.argv[1])
model = mlflow.pyfunc.load_model(str(folder))
# Read by MLflow with the types of the signature: plain JSON would make an integer of 35.0, which MLflow does not take for a double.
frame = model.metadata.load_input_example(str(folder))
schema = model.metadata.get_input_schema()
with_gap = frame.assign(tenure=float("nan"))
try:
    model.predict(frame.drop(columns=["charge"]))
    refused = None
except mlflow.exceptions.MlflowException as error:
    refused = str(error)
print(
    json.dumps(
        {
            "inputs": None if schema is None else [[column.name, column.type.name] for column in schema.inputs],
            "example": model.predict(frame).to_dict(orient="records"),
            "gap": len(model.predict(with_gap)),
            "many": len(model.predict(pd.concat([frame] * 50, ignore_index=True))),
            "refused": refused,
            "mlops": model.metadata.metadata["mlops"],
            "saved_example": frame.to_dict(orient="records"),
        }
    )
)
