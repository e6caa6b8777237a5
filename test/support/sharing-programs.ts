/** Programs in which names share memory in all ways that there are. */
import fc from "fast-check";

/** What the statements below need. */
export const SHARING_START = [
  "import pandas as pd",
  "import mystery",
  'df = pd.read_csv("data.csv")',
  "log, lookup = [], {}",
  "def get(x):\n    return x",
  "def keep(a, b):\n    a.append(b)\n    return b",
  "def remember(b):\n    log.append(b)",
  "def make(x, y=log):\n    def inner():\n        return x\n    return inner",
  "class Box:\n    def __init__(self, x):\n        self.x = x\n    def put(self, y):\n        self.y = y\n        return self",
];

/** So many names for one table that no statement lists them. */
export const CROWD = [
  Array.from({ length: 36 }, (_, at) => `view${String(at)} = df["x"]`).join("\n"),
  Array.from({ length: 34 }, (_, at) => `bag${String(at)} = [log]`).join("\n"),
];

const name = fc.constantFrom("a", "b", "c", "d", "view1", "view2", "bag1", "bag2", "df", "log");
const shape = fc.constantFrom(
  "A = B",
  "A = [B, C]",
  "A = (B, C)",
  'A = df["y"]',
  "A = []",
  "A = 3",
  "del A",
  'A["v"] = B',
  "A.append(B)",
  "A.x = B",
  "A = B.x",
  "A += [B]",
  "A = B[0]",
  "A, B = B, A",
  'lookup["k"] = A',
  'A = lookup["k"][0]',
  "get(A).append(B)",
  'get(A)["z"] = get(B)',
  "A = keep(B, C)",
  "A.x = keep(get(B), C.x)",
  "remember(A)",
  "A = make(B)",
  "A = make(B)()",
  "A = Box(B).put(C)",
  "A.put(B)",
  "A = B if C else []",
  "A = get if C else B",
  "A = lambda z=B: C",
  "mystery.change(A, B)",
  "print([A, B])",
  "for item in [A, B]:\n    item.append(C)",
  "for item in A:\n    print(type(item))",
  "if df.empty:\n    A = B\n    del C\nelse:\n    A = [C]",
  "while A:\n    B = (A, C)\n    B[0].pop()",
  "with open(A) as B:\n    C = A\n    C = 1",
  "A = keep(B, mystery.make())",
  "A.append(mystery.make(B))\nC = A[-1]",
  'A["v"] = mystery.make()',
  "remember(mystery.make())\nA = log[-1]",
  "for A in [B, mystery.make()]:\n    C = [A]",
  "for A in mystery.make(B):\n    A.append(mystery.make())\n    B = A",
  "for item in range(3):\n    if item:\n        continue\n    A = mystery.make(B)\n    lookup[item] = A",
  "try:\n    A = mystery.make()\nexcept ValueError:\n    A = B",
  "for key, A in lookup.items():\n    A.append(B)",
  "A = list(B)",
  "for item in zip(A, B):\n    C = item[0]",
);
/** Binds, stores, changes and deletes names that may share memory. */
export const sharingStatement: fc.Arbitrary<string> = fc
  .tuple(shape, name, name, name)
  .map(([text, a, b, c]) =>
    text.replaceAll("A", a).replaceAll(/\bB\b/g, b).replaceAll(/\bC\b/g, c),
  );
