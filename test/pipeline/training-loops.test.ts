/** Loops that fit and measure each model at once are written as two loops, where the order makes no difference. */
import { expect, test } from "vitest";
import { splitTrainingLoops } from "../../src/pipeline/training-loops.ts";
import { planOf, programOf } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";

const IMPORTS = `import pandas as pd, numpy as np, matplotlib.pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import accuracy_score
from lightgbm import LGBMClassifier
SEED = 1`;
const TABLE =
  'models = {"lr": LogisticRegression(), "tree": DecisionTreeClassifier(random_state=SEED)}';
const HEAD = "for name, model in models.items():";
const FIT = "    model.fit(X, y)";
const SCORE = "    scores[name] = accuracy_score(y, model.predict(X))";

/** The texts of the cells when loops were looked for. */
async function written(cells: readonly string[]): Promise<readonly string[]> {
  const split = splitTrainingLoops(
    [IMPORTS, ...cells].map((python) => ({ python })),
    await pythonParser(),
  );
  return split.cells.slice(1).map(({ python }) => python);
}

test.each([
  {
    name: "over a dictionary's items",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}`],
    loop: `scores = {}\n${HEAD} model.fit(X, y)\n${HEAD}\n${SCORE}`,
  },
  {
    name: "over its values, with text and a plot",
    cells: [
      TABLE,
      `for m in models.values():\n    m.fit(X_train.values, y_train)\n    p = m.predict(X)\n    if p.mean() > 0.5:\n        print(f"{m}: {accuracy_score(y, p):.2f}")\n    plt.plot(p)\nplt.show()`,
    ],
    loop: `for m in models.values(): m.fit(X_train.values, y_train)\nfor m in models.values():\n    p = m.predict(X)\n    if p.mean() > 0.5:\n        print(f"{m}: {accuracy_score(y, p):.2f}")\n    plt.plot(p)\nplt.show()`,
  },
  {
    name: "over a list of models",
    cells: [
      "models = [LogisticRegression(max_iter=100), make_pipeline(StandardScaler(), LogisticRegression())]",
      "scores = []\nfor m in models:\n    m.fit(X, y)\n    scores.append(m.score(X, y))",
    ],
    loop: "scores = []\nfor m in models: m.fit(X, y)\nfor m in models:\n    scores.append(m.score(X, y))",
  },
  {
    name: "over a list of models that have names of their own",
    cells: [
      "lr = LogisticRegression()\ntree = DecisionTreeClassifier()\nmodels = [lr, tree]",
      "scores = []\nfor m in models:\n    m.fit(X, y)\n    scores.append([m.__class__.__name__, m.score(X, y)])",
    ],
    loop: "scores = []\nfor m in models: m.fit(X, y)\nfor m in models:\n    scores.append([m.__class__.__name__, m.score(X, y)])",
  },
  {
    name: "that saves each model",
    cells: [
      `import joblib\n${TABLE}`,
      `for name, m in models.items():\n    m.fit(X, y)\n    print(m.score(X, y))\n    joblib.dump(m, f"{name}.joblib")`,
    ],
    loop: `for name, m in models.items(): m.fit(X, y)\nfor name, m in models.items():\n    print(m.score(X, y))\n    joblib.dump(m, f"{name}.joblib")`,
  },
  {
    name: "that lists models by their names",
    cells: [
      "lr = LogisticRegression()\ntree = DecisionTreeClassifier()",
      "for m in (lr, tree):\n    m.fit(X, y)\n    print(m.score(X, y))",
    ],
    loop: "for m in (lr, tree): m.fit(X, y)\nfor m in (lr, tree):\n    print(m.score(X, y))",
  },
  {
    name: "over a list of names with models",
    cells: [
      'models = [("lr", LogisticRegression()), ("tree", DecisionTreeClassifier())]',
      `results = pd.DataFrame(columns=["name", "score"])\nfor name, model in models:\n${FIT}\n    results.loc[len(results)] = [name, model.score(X, y)]`,
    ],
    loop: 'results = pd.DataFrame(columns=["name", "score"])\nfor name, model in models: model.fit(X, y)\nfor name, model in models:\n    results.loc[len(results)] = [name, model.score(X, y)]',
  },
  {
    name: "with comments, each on its line",
    cells: [
      TABLE,
      `scores = {}\n${HEAD}  # all\n\n    # first\n    model.fit(\n        X, y\n    )  # here\n    # then\n${SCORE}`,
    ],
    loop: `scores = {}\n${HEAD} model.fit(\n        X, y\n    )\n\n# first\n${HEAD}  # all  # here\n    # then\n${SCORE}`,
  },
  {
    name: "that keeps the best model and its score",
    cells: [
      TABLE,
      `best, top = None, 0\nbest_score = 0\n${HEAD}\n${FIT}\n    score = model.score(X, y)\n    if score > best_score:\n        best_score = score\n        winner = model`,
    ],
    loop: `best, top = None, 0\nbest_score = 0\n${HEAD} model.fit(X, y)\n${HEAD}\n    score = model.score(X, y)\n    if score > best_score:\n        best_score = score\n        winner = model`,
  },
])("writes a loop $name as two", async ({ cells, loop }) => {
  const texts = await written(cells);
  expect(texts.at(-1)).toBe(loop);
  expect(texts.slice(0, -1)).toEqual(cells.slice(0, -1));
  expect(loop.split("\n").length).toBe(cells.at(-1)?.split("\n").length);
});

const LOOP = `scores = {}\n${HEAD}\n${FIT}\n${SCORE}`;

test.each([
  {
    name: "one model stands in the table twice",
    cells: ['lr = LogisticRegression()\nmodels = {"a": lr, "b": lr}', LOOP],
  },
  {
    name: "one model has two names",
    cells: ['lr = LogisticRegression()\nother = lr\nmodels = {"a": lr, "b": other}', LOOP],
  },
  {
    name: "another model is saved",
    cells: [
      "lr = LogisticRegression()\ntree = DecisionTreeClassifier()\nimport joblib",
      "for m in (lr, tree):\n    m.fit(X, y)\n    print(m.score(X, y))\n    joblib.dump(tree, f'{m}.joblib')",
    ],
  },
  {
    name: "it makes the models",
    cells: [
      "for m in (LogisticRegression(), DecisionTreeClassifier()):\n    m.fit(X, y)\n    print(m.score(X, y))",
    ],
  },
  {
    name: "it lists a model twice",
    cells: [
      "lr = LogisticRegression()",
      "for m in (lr, lr):\n    m.fit(X, y)\n    print(m.score(X, y))",
    ],
  },
  {
    name: "a name of a model may mean another one",
    cells: ['lr = LogisticRegression()\nlr = models["b"]\nmodels = {"a": lr}', LOOP],
  },
  {
    name: "models share a part",
    cells: [
      'scaler = StandardScaler()\nmodels = {"a": make_pipeline(scaler, LogisticRegression()), "b": make_pipeline(scaler, DecisionTreeClassifier())}',
      LOOP,
    ],
  },
  { name: "a model is added to the table", cells: [TABLE, 'models["c"] = models["lr"]', LOOP] },
  { name: "the table is given away", cells: [TABLE, "change(models)", LOOP] },
  { name: "the table is bound again", cells: [TABLE, TABLE, LOOP] },
  {
    name: "a model gets another one",
    cells: [TABLE, 'models["lr"].init = models["tree"]', LOOP],
  },
  {
    name: "a class of the notebook makes the models",
    cells: ["class Own:\n    pass\nmodels = {'a': Own(), 'b': Own()}", LOOP],
  },
  {
    name: "another model is asked, too",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    print(models["lr"].get_params())`],
  },
  {
    name: "another model is looked at under a name of its own",
    cells: [
      TABLE,
      `lr = models["lr"]\nscores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    print(lr.coef_)`,
    ],
  },
  {
    name: "a model draws when it is asked",
    cells: [
      'from sklearn.dummy import DummyClassifier\nmodels = {"a": DummyClassifier(strategy="uniform"), "b": LogisticRegression()}',
      LOOP,
    ],
  },
  {
    name: "fitting is timed",
    cells: [TABLE, `scores = {}\n${HEAD}\n    t = time()\n${FIT}\n${SCORE}`],
  },
  { name: "nothing is measured", cells: [TABLE, `${HEAD}\n${FIT}\n    print(name)`] },
  {
    name: "measuring fits again",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    cross_val_score(model, X, y)`],
  },
  {
    name: "measuring draws",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    print(np.random.rand())`],
  },
  {
    name: "measuring calls a function of the notebook",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    report(model)`],
  },
  {
    name: "measuring gives its own function to sort by",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    print(sorted(scores, key=report))`],
  },
  {
    name: "what is fitted on is bound again",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    X = X * 2`],
  },
  {
    name: "what is fitted on changes",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    X["p"] = model.predict(X)`],
  },
  {
    name: "what is fitted on changes under another name",
    cells: [TABLE, `Z = X\nscores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    Z.loc[0] = 1`],
  },
  {
    name: "an array may change in its place",
    cells: [TABLE, `total = y\nscores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    total += 1`],
  },
  {
    name: "the loop may end early",
    cells: [
      TABLE,
      `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\n    if scores[name] > 1:\n        break`,
    ],
  },
  {
    name: "it has an else",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}\n${SCORE}\nelse:\n    print("done")`],
  },
  {
    name: "two statements share the line of the fit",
    cells: [TABLE, `scores = {}\n${HEAD}\n${FIT}; print(1)\n${SCORE}`],
  },
  {
    name: "fitting prints",
    cells: ['models = {"a": LGBMClassifier(), "b": LogisticRegression()}', LOOP],
  },
  {
    name: "fitting is asked to print",
    cells: ['models = {"a": LogisticRegression(verbose=1), "b": LogisticRegression()}', LOOP],
  },
  {
    name: "the name of a measure means something else",
    cells: [TABLE, "def accuracy_score(a, b):\n    return 1", LOOP],
  },
])("leaves a loop as it is where $name", async ({ cells }) => {
  expect(await written(cells)).toEqual(cells);
});

test("training and evaluation are steps of their own, and a note says what became of the loop", async () => {
  const cells = [
    IMPORTS,
    'df = pd.read_csv("a.csv")\nX, y = df[["a"]], df["b"]',
    TABLE,
    LOOP,
    'print(max(scores.values()))\nopen("out.txt", "w").write(str(scores))',
  ];
  const { plan } = await planOf(cells);
  const { diagnostics } = await programOf(cells);
  expect(plan?.steps.map(({ name }) => name)).toEqual([
    "load",
    "prepare",
    "train",
    "evaluate",
    "save",
  ]);
  expect(diagnostics).toMatchObject([
    { code: "loop-split", severity: "note", where: { cell: 4, line: 2 } },
  ]);
});
