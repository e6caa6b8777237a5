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
