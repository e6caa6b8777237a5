/** Loops that fit and measure one model after the other: they stay one statement, because their order matters to what draws. */
import { keep, testConstructs } from "../support/construct-cases.ts";

const DATA = `import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier
rows = np.random.RandomState(3)
X = rows.rand(80, 3)
y = (X[:, 0] + rows.rand(80) > 1).astype(int)`;
const SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)";

testConstructs("a loop over models", [
  {
    name: "that draw while they are fitted",
    cells: [
      `${DATA}\nnp.random.seed(5)`,
      SPLIT,
      'models = {"forest": RandomForestClassifier(4), "tree": DecisionTreeClassifier(max_features=1)}',
      "scores = {}\nfor name, model in models.items():\n    model.fit(X_train, y_train)\n    p = model.predict_proba(X_test)[:, 1]\n    scores[name] = (p.sum(), accuracy_score(y_test, model.predict(X_test)))",
      "after = np.random.rand()\nlast = model.predict(X_test).tolist()",
      keep("(scores, name, after, last)"),
    ],
    steps: 5,
  },
  {
    name: "of which the best is kept",
    cells: [
      DATA,
      SPLIT,
      'models = [("lr", LogisticRegression()), ("tree", DecisionTreeClassifier(random_state=1))]',
      "best_score = -1\nlog = []\nfor name, model in models:\n    model.fit(X_train, y_train)\n    score = model.score(X_test, y_test)\n    log.append([name, round(score, 6)])\n    if score > best_score:\n        best_score = score\n        best = model",
      keep("(log, best_score, best.predict(X_test).tolist())"),
    ],
    steps: 4,
  },
  {
    name: "of which one stands there twice",
    cells: [
      DATA,
      SPLIT,
      "one = DecisionTreeClassifier(max_features=1, random_state=np.random.RandomState(2))\nmodels = [one, one]",
      "scores = []\nfor model in models:\n    model.fit(X_train, y_train)\n    scores.append(float(model.predict(X_test).sum()))",
      keep("scores"),
    ],
    steps: 3,
  },
]);
