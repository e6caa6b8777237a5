/** Family 7: functions that change the notebook's variables. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a function that changes the notebook's variables", [
  {
    name: "a function that appends to a list",
    cells: ["log = []", "def note(x):\n    log.append(x)", "note(1)", "note(2)", keep("log")],
    steps: 4,
  },
  {
    name: "a column through apply, and what the function noted meanwhile",
    cells: [
      "import pandas as pd",
      "df = pd.DataFrame({'a': [1, 2, 3]})",
      "seen = []",
      "def f(v):\n    seen.append(int(v))\n    return v + len(seen)",
      "df['b'] = df['a'].apply(f)",
      keep("(seen, df['b'].tolist())"),
    ],
    steps: 4,
  },
  {
    name: "a list that the function keeps as a default",
    cells: [
      "def add(x, acc=[]):\n    acc.append(x)\n    return list(acc)",
      "a = add(1)",
      "b = add(2)",
      keep("(a, b)"),
    ],
    merged: /add has state of its own \(`default of add\(…\)` in cell 2 may change it\)/,
  },
]);
