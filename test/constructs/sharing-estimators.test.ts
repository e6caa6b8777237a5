/** Family 24: one estimator in several pipelines, and what is fitted before the split: reproduced first. */
import { keep, testConstructs } from "../support/construct-cases.ts";

const DATA =
  "import numpy as np\nfrom sklearn.linear_model import LogisticRegression, Ridge\nfrom sklearn.model_selection import train_test_split\nfrom sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\nX = np.arange(40.0).reshape(20, 2) ** 1.5\ny = np.array([0, 1] * 10)";

testConstructs("estimators that several things use", [
  {
    name: "one scaler in two pipelines is refitted by the second",
    cells: [
      DATA,
      "scaler = StandardScaler()\nfirst = make_pipeline(scaler, LogisticRegression())\nsecond = make_pipeline(scaler, Ridge())",
      "first.fit(X, y)",
      "before = scaler.mean_.tolist()\nsecond.fit(X * 2, y)",
      "after = scaler.mean_.tolist()\np = first.predict(X).tolist()",
      keep("(before, after, p)"),
    ],
    steps: 4,
  },
  {
    name: "a scaler fitted on all rows before the split is what the model saw",
    cells: [
      DATA,
      "scaler = StandardScaler().fit(X)\nZ = scaler.transform(X)",
      "Z_train, Z_test, y_train, y_test = train_test_split(Z, y, random_state=0)",
      "model = LogisticRegression().fit(Z_train, y_train)\nscore = model.score(Z_test, y_test)",
      keep("(scaler.mean_.tolist(), model.coef_.tolist(), score)"),
    ],
    steps: 4,
  },
  {
    name: "a model kept in a dictionary and fitted through the loop",
    cells: [
      DATA,
      "model = LogisticRegression()\nmodels = {'a': model, 'b': LogisticRegression(C=0.1)}",
      "for name, each in models.items():\n    each.fit(X, y)",
      "same = models['a'] is model\np = model.predict(X).tolist()",
      keep("(same, p)"),
    ],
    steps: 2,
    // The loop's variable is the model that would be served.
    merged: /each is not bound where `for name, each in models\.items\(\)` has no round/,
  },
  {
    name: "a clone is not fitted by its original",
    cells: [
      DATA,
      "from sklearn.base import clone\nmodel = LogisticRegression()\nother = clone(model)",
      "model.fit(X, y)",
      "fitted = (hasattr(model, 'coef_'), hasattr(other, 'coef_'))",
      keep("fitted"),
    ],
    steps: 4,
  },
  {
    name: "a search keeps the model it found and leaves the one it was given",
    cells: [
      DATA,
      "from sklearn.model_selection import GridSearchCV\nmodel = LogisticRegression()\nsearch = GridSearchCV(model, {'C': [0.1, 1.0]}, cv=2)",
      "search.fit(X, y)",
      "best = search.best_estimator_\nbest.set_params(C=9)",
      keep("(search.best_estimator_.C, hasattr(model, 'coef_'), best.coef_.tolist())"),
    ],
    steps: 4,
    // It keeps how long each fit took.
    excluded: ["search"],
  },
]);
