/** Families 2 and 19: what a class holds for all its instances, and what each instance holds for itself. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a class that holds objects", [
  {
    name: "and whose methods change the instance only",
    cells: [
      "class Model:\n    history = []\n    def __init__(self, alpha=1.0):\n        self.alpha = alpha\n    def fit(self, x):\n        self.w = [x * self.alpha]\n        return self",
      "m = Model()",
      "m.fit(3)",
      "n = Model(2)\nn.fit(4)",
      keep("(m.w, n.w, Model.history)"),
    ],
    steps: 4,
  },
  {
    name: "and a function that changes the instance it gets",
    cells: [
      "class Model:\n    params = {'a': 1}\n    def __init__(self):\n        self.w = []\ndef train(model, x):\n    model.w.append(x)\n    return model",
      "m = Model()",
      "m = train(m, 2)",
      "r = (m.w, m.params['a'])",
      keep("r"),
    ],
    steps: 4,
  },
  {
    name: "that a method fills",
    cells: [
      "class Model:\n    history = []\n    def note(self, x):\n        self.history.append(x)",
      "m = Model()",
      "m.note(3)",
      "n = len(Model().history)",
      keep("n"),
    ],
    merged: /Model has state of its own \(`m\.note\(…\)` in cell 3 may change it\)/,
  },
  {
    name: "that the notebook gives it and a method fills",
    cells: [
      "class Model:\n    def note(self, x):\n        self.log.append(x)",
      "Model.log = []",
      "m = Model()\nm.note(3)",
      "n = len(Model().log)",
      keep("n"),
    ],
    merged: /Model has state of its own \(`Model\.log = …` in cell 2 may change it\)/,
  },
  {
    name: "in one that derives, and a method of its base fills it",
    cells: [
      "class Base:\n    def note(self, x):\n        self.items.append(x)\nclass Model(Base):\n    items = []",
      "m = Model()",
      "m.note(3)",
      "n = len(Model().items)",
      keep("n"),
    ],
    merged: /Model has state of its own \(`m\.note\(…\)` in cell 3 may change it\)/,
  },
  {
    name: "that a function fills through an instance",
    cells: [
      "class Model:\n    params = {'a': 1}\ndef train(model, x):\n    model.params['a'] = x\n    return model",
      "m = Model()",
      "m = train(m, 2)",
      "r = Model().params['a']",
      keep("r"),
    ],
    merged: /as separate ones they did not compute/,
  },
  {
    name: "drawn when the class is defined",
    cells: [
      "import numpy as np\nnp.random.seed(1)",
      "class Start:\n    x = float(np.random.rand())\n    seen = []",
      "a = Start.x",
      "b = (Start.x, float(np.random.rand()))",
      keep("(a, b)"),
    ],
    merged: /Start is a class that runs `numpy\.random\.rand\(…\)` when it is defined/,
  },
]);
