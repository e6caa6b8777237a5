/** Family 4: arrays and tables that look into the memory of others, and tables that copy when they are written. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("a write through a view", [
  {
    name: "a table made of an array",
    cells: [
      "import numpy as np\nimport pandas as pd\nx = np.arange(4.0).reshape(2, 2)",
      "df = pd.DataFrame(x, columns=['a', 'b'])",
      "x[0, 0] = 99",
      "s = df['a'].tolist()",
      keep("s"),
    ],
    steps: 4,
  },
  {
    name: "the place for a result",
    cells: [
      "import numpy as np\nx = np.arange(6.0)",
      "y = x[::2]",
      "np.add(y, 1, out=y)",
      "s = x.tolist()",
      keep("s"),
    ],
    steps: 5,
  },
  {
    name: "a slice",
    cells: [
      "import numpy as np\nx = np.arange(6.0)",
      "head = x[:2]",
      "head[0] = 100",
      "s = x.tolist()",
      keep("s"),
    ],
    steps: 5,
  },
  {
    name: "another shape",
    cells: [
      "import numpy as np\nx = np.arange(6.0)",
      "m = x.reshape(2, 3)",
      "m[0, 0] = 50",
      "s = x.tolist()",
      keep("s"),
    ],
    steps: 5,
  },
  {
    name: "halves",
    cells: [
      "import numpy as np\nx = np.arange(6.0)",
      "a, b = np.split(x, 2)",
      "b[0] = 31",
      "s = x.tolist()",
      keep("(s, a.tolist())"),
    ],
    steps: 5,
  },
  {
    name: "one that crosses more than once",
    cells: [
      "import numpy as np\nx = np.arange(4.0)",
      "e = x[:, None]\ns = np.squeeze(e)",
      "s[1] = 40",
      "e[2] = 50",
      keep("(x.tolist(), s.tolist())"),
    ],
    steps: 5,
  },
  {
    name: "a window that slides",
    cells: [
      "import numpy as np\nx = np.arange(5.0)",
      "w = np.lib.stride_tricks.sliding_window_view(x, 2)",
      "x[0] = 9",
      keep("w[0].tolist()"),
    ],
    merged: /w \(numpy.ndarray\) cannot be stored/,
  },
  {
    name: "a part of a table, which copies when it is written",
    cells: [
      "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]})",
      "top = df[:2]\ns = df['a']",
      "top.loc[0, 'a'] = 100\ns[1] = 200",
      keep("(df['a'].tolist(), top['a'].tolist(), s.tolist())"),
    ],
    steps: 4,
  },
  {
    name: "a table of bytes",
    cells: [
      "import numpy as np\nbuf = bytearray(8)",
      "v = np.frombuffer(buf, dtype='uint8')",
      "v[0] = 7",
      "b = bytes(buf)",
      keep("b"),
    ],
    steps: 4,
    merged: /cannot be stored/,
  },
]);
