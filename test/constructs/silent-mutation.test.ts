/** Family 5: calls and operators that change something without a sign of it. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a change without a sign", [
  {
    name: "a scaler that is fitted",
    cells: [
      "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()",
      "scaler.fit([[1.], [3.]])",
      "m = scaler.mean_.tolist()",
      keep("m"),
    ],
    steps: 4,
  },
  {
    name: "a column that is inserted",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})",
      "other = df",
      "df.insert(0, 'c', 1)",
      "s = list(other.columns)",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "in place by a variable",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})",
      "flag = True",
      "df.drop(columns='b', inplace=flag)",
      "s = list(df.columns)",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "in place by keywords",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [3, 1, 2], 'b': [4.0, None, 6.0]})",
      "options = {'inplace': True}",
      "df.dropna(**options)",
      "s = len(df)",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "indexing that notes",
    cells: [
      "class C:\n    def __init__(self): self.seen = []\n    def __getitem__(self, k):\n        self.seen.append(k)\n        return k\nc = C()",
      "x = c['a']",
      "y = c['b']",
      keep("c.seen"),
    ],
    steps: 4,
  },
  {
    name: "iteration that counts",
    cells: [
      "class C:\n    def __init__(self): self.n = 0\n    def __iter__(self):\n        self.n += 1\n        return iter([1, 2])\nc = C()",
      "t = sum(c)",
      "for v in c:\n    pass",
      keep("(t, c.n)"),
    ],
    steps: 3,
  },
]);
