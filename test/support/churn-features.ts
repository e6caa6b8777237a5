/** The serving half of the churn package, as feature staging writes it, for tests of what assess finds in it. */
import { CHURN, type Texts } from "./churn-package.ts";

/** features.py, predict.py, contract.json and tests of them, by path relative to the project root. */
export const churnFeatures: Texts = {
  [`${CHURN}/churn/features.py`]: `"""Features."""

import pandas as pd


def fit(table: pd.DataFrame) -> dict:
    """Learn."""
    limit = table["tenure"].max()
    return {"limit": limit}


def transform(rows: pd.DataFrame, state: dict) -> pd.DataFrame:
    """Apply."""
    rows = rows.assign(tenure=rows["tenure"] / state["limit"])
    return rows[["tenure"]]
`,
  [`${CHURN}/churn/predict.py`]: `"""Answers."""

from .features import transform


def predict(rows, model, state):
    """Answer."""
    matrix = transform(rows, state)
    return model.predict(matrix)
`,
  [`${CHURN}/contract.json`]: JSON.stringify({
    version: 1,
    columns: [
      { name: "tenure", type: "int64", nullable: false, unseen: "other", personal: false },
      {
        name: "plan",
        type: "string",
        nullable: true,
        categories: ["basic", "plus"],
        unseen: "reject",
        personal: false,
      },
    ],
    answer: { kind: "label", classes: [0, 1] },
  }),
  [`${CHURN}/churn/contract.py`]: `"""Contract."""


def check(rows):
    """Check."""
    problems = [row for row in rows if row is None]
    return problems
`,
  [`${CHURN}/tests/test_features.py`]: `import pandas as pd

from churn import features


def test_one_row_gives_what_the_batch_gives():
    rows = pd.DataFrame({"tenure": [1, 2, 3]})
    state = features.fit(rows)
    batch = features.transform(rows, state)
    assert features.transform(rows.iloc[[1]], state).equals(batch.iloc[[1]])


def test_nulls_unseen_categories_and_no_rows():
    state = {"limit": 3}
    rows = pd.DataFrame({"tenure": [None], "plan": ["unseen"]})
    assert features.transform(rows, state).isna().all().all()
    empty = rows.iloc[:0]
    assert len(features.transform(empty, state)) == 0
`,
};
