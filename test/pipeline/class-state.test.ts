/** A class that holds objects in its body stays in one process only where something writes through it. */
import { expect, test } from "vitest";
import { planOf } from "../support/notebooks.ts";

const WRITE = "open('out.txt', 'w').write(repr(r))";

interface ClassCase {
  readonly name: string;
  readonly cells: readonly string[];
  /** Why the class is in one process; absent where each can have its own. */
  readonly why?: string;
}

test.each<ClassCase>([
  {
    name: "a constructor that gives the instance what is its own",
    cells: [
      "class Model:\n    history = []\n    def __init__(self, alpha=1.0):\n        self.alpha = alpha\n    def fit(self, x):\n        self.w = [x * self.alpha]\n        return self",
      "m = Model().fit(3)",
      "n = Model(2)\nn.fit(4)",
      "r = (m.w, n.w, Model.history)",
    ],
  },
  {
    name: "an attribute of the instance that hides the one of the class",
    cells: [
      "class Model:\n    history = []\n    def __init__(self):\n        self.history = []\n    def note(self, x):\n        self.history.append(x)",
      "m = Model()",
      "m.note(3)",
      "r = (m.history, Model.history)",
    ],
  },
  {
    name: "a function that changes the instance it gets",
    cells: [
      "class Model:\n    params = {'a': 1}\n    def __init__(self):\n        self.w = []\ndef train(model, x):\n    model.w.append(x)\n    return model",
      "m = Model()",
      "m = train(m, 2)",
      "r = (m.w, m.params['a'])",
    ],
  },
  {
    name: "a default of a method",
    cells: [
      "class Model:\n    def __init__(self, names=['a'], seen=None):\n        self.count = len(names)\n        self.seen = seen",
      "m = Model()",
      "n = Model()",
      "r = (m.count, n.count)",
    ],
  },
  {
    name: "a list of the class, changed by a method",
    cells: [
      "class Model:\n    history = []\n    def note(self, x):\n        self.history.append(x)",
      "m = Model()",
      "m.note(3)",
      "r = len(Model().history)",
    ],
    why: "Model has state of its own (`m.note(…)` in cell 3 may change it)",
  },
  {
    name: "a list of the class, changed through an instance",
    cells: [
      "class Model:\n    history = []\n    def __init__(self):\n        self.w = 1",
      "m = Model()",
      "m.history.append(3)",
      "r = len(Model().history)",
    ],
    why: "Model has state of its own (`m.append(…)` in cell 3 may change it)",
  },
  {
    name: "a list of the class, changed by the name of the class",
    cells: [
      "class Model:\n    history = []\n    def get(self):\n        return self.history",
      "row = [1]\nModel.history.append(row)",
      "m = Model()",
      "r = len(m.get())",
    ],
    why: "Model has state of its own (`Model.append(…)` in cell 2 may change it)",
  },
  {
    name: "a list of the class, added to under another name",
    cells: [
      "class Model:\n    history = []\n    def get(self):\n        return self.history",
      "seen = Model.history\nseen += [1]",
      "m = Model()",
      "r = len(m.get())",
    ],
    why: "Model has state of its own (`seen += …` in cell 2 may change it)",
  },
  {
    name: "a number of the class that a name counts on from",
    cells: [
      "class Model:\n    start = 1\n    def get(self):\n        return self.start",
      "count = Model.start\ncount += 1",
      "m = Model()",
      "r = (count, m.get())",
    ],
  },
  {
    name: "a list of the class, changed before the instance has its own",
    cells: [
      "class Model:\n    history = []\n    def __init__(self):\n        self.history.append(1)\n        self.history = []",
      "m = Model()",
      "r = len(Model.history)",
    ],
    why: "Model has state of its own (`….__init__(…)` in cell 2 may change it)",
  },
  {
    name: "a list of a base, changed by the constructor that is inherited",
    cells: [
      "class Base:\n    made = []\n    def __init__(self, x):\n        self.made.append(x)\nclass Model(Base):\n    names = ['a']",
      "m = Model(1)",
      "r = len(Base.made)",
    ],
    why: "Base has state of its own (`….__init__(…)` in cell 2 may change it)",
  },
  {
    name: "a counter that the type of the instance has",
    cells: [
      "class Model:\n    n = 0\n    def __init__(self):\n        type(self).n += 1",
      "m = Model()",
      "r = Model.n",
    ],
    why: "Model has state of its own (`….__init__(…)` in cell 2 may change it)",
  },
  {
    name: "a counter that a method of the class has",
    cells: [
      "class Model:\n    n = 0\n    @classmethod\n    def make(cls):\n        cls.n += 1\n        return cls()",
      "m = Model.make()",
      "r = Model.n",
    ],
    why: "Model has state of its own (`Model.make(…)` in cell 2 may change it)",
  },
  {
    name: "a list that the notebook gives the class",
    cells: [
      "class Model:\n    def note(self, x):\n        self.log.append(x)",
      "Model.log = []",
      "m = Model()",
      "m.note(3)",
      "r = Model().log",
    ],
    why: "Model has state of its own (`Model.log = …` in cell 2 may change it)",
  },
  {
    name: "a list of a class that derives, changed by a method of its base",
    cells: [
      "class Base:\n    def note(self, x):\n        self.items.append(x)\nclass Model(Base):\n    items = []",
      "m = Model()",
      "m.note(3)",
      "r = len(Model().items)",
    ],
    why: "Model has state of its own (`m.note(…)` in cell 3 may change it)",
  },
  {
    name: "a function that works with an instance of its own",
    cells: [
      "class Model:\n    seen = []\n    def note(self, x):\n        self.seen.append(x)\ndef work(x):\n    Model().note(x)",
      "work(1)",
      "r = Model.seen",
    ],
    why: "Model has state of its own (`Model.note(…)` in cell 2 may change it)",
  },
  {
    name: "a body that draws",
    cells: [
      "import numpy as np",
      "class Start:\n    x = np.random.rand()\n    seen = []",
      "a = Start.x",
      "r = (a, Start.x)",
    ],
    why: "Start is a class that runs `numpy.random.rand(…)` when it is defined",
  },
])("says what writes through a class, and of nothing else: $name", async ({ cells, why }) => {
  const { diagnostics } = await planOf([...cells, WRITE], { cut: "cell" });
  expect(
    diagnostics.filter(({ code }) => code === "steps-merged").map(({ message }) => message),
  ).toEqual(why === undefined ? [] : [`${why}, so it cannot pass from step to step`]);
});
