/** Family 3: `+=` and its kind, on what somebody else holds, too. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("augmented assignment to what has another name", [
  {
    name: "an array",
    cells: [
      "import numpy as np\nx = np.arange(6.0)",
      "y = x",
      "y += 1",
      "s = float(x.sum())",
      keep("(s, y.tolist())"),
    ],
    steps: 4,
  },
]);
