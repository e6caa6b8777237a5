"""Processor time of one row through predict.py and of the model alone, as JSON in milliseconds: medians of alternating calls.

Usage: one_row.py PIPELINE_FOLDER PACKAGE TABLE MODEL_FILE
"""

import importlib
import json
import statistics
import sys
import time
import warnings

import joblib
import pandas as pd

CALLS = 200
warnings.filterwarnings("ignore")
folder, package, table, file = sys.argv[1:]
sys.path.insert(0, folder)
features = importlib.import_module(f"{package}.features")
predict = importlib.import_module(f"{package}.predict")
raw = pd.read_csv(table)
state, matrices = features.learn(raw)
rows = raw.loc[next(iter(matrices.values())).rows].drop(columns=list(features.UNSERVED), errors="ignore")
model = joblib.load(file)
predictor = predict.Predictor(model, state)


def cost(work) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


pairs = []
for call in range(-10, CALLS):
    row = rows.iloc[[call % len(rows)]].reset_index(drop=True)
    matrix = features.transform(row, state)
    pair = cost(lambda row=row: predictor(row)), cost(lambda matrix=matrix: model.predict(matrix))
    if call >= 0:
        pairs.append(pair)
print(json.dumps({"predict": statistics.median(p for p, _ in pairs), "model": statistics.median(m for _, m in pairs)}))
