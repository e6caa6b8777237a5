/** A method that is looked up and called elsewhere changes what it belongs to, as if it were called at once. */
import { test } from "vitest";
import { checkSlice } from "../../support/slices.ts";

const BOX = "class Box:\n    def put(self, value):\n        self.value = value";

test.each([
  { name: "of a list", made: "held = []\npush = held.append", called: "push(1)" },
  {
    name: "of a list with things in it",
    made: "held = [[]]\npush = held.append",
    called: "push(1)",
  },
  {
    name: "of an object of the notebook",
    made: `${BOX}\nheld = Box()\npush = held.put`,
    called: "push(1)",
  },
  {
    name: "kept in a dictionary",
    made: 'held = []\nways = {"push": held.append}',
    called: 'ways["push"](1)',
  },
  { name: "given to a library", made: "held = []", called: "list(map(held.append, [1]))" },
  {
    name: "given to the notebook's function",
    made: "def each(do):\n    do(1)\nheld = []",
    called: "each(held.append)",
  },
  {
    name: "with its first argument",
    made: "import functools\nheld = []\npush = functools.partial(held.append, 1)",
    called: "push()",
  },
  {
    name: "in a function",
    made: "held = []\ndef push():\n    add = held.append\n    add(1)",
    called: "push()",
  },
])("a method $name, looked up and called later", async ({ name, made, called }) => {
  await checkSlice({ name, cells: [made, called], of: "held", without: [] });
});

test("what a method puts away is changed with what it belongs to", async () => {
  await checkSlice({
    name: "put away",
    cells: [`${BOX}\nheld = Box()\npush = held.put`, "row = []\npush(row)", "row.append(1)"],
    of: "held",
    without: [],
  });
});

test.each([
  { name: "operator.setitem", call: "operator.setitem(held, 0, row)" },
  { name: "operator.iadd", call: "operator.iadd(held, [row])" },
  { name: "heapq.heappush", call: "heapq.heappush(held, row)" },
  { name: "bisect.insort", call: "bisect.insort(held, row)" },
])("what $name puts into its first argument is changed with it", async ({ name, call }) => {
  await checkSlice({
    name,
    cells: ["import bisect, heapq, operator\nheld = [0]\nrow = []", call, "row.append(1)"],
    of: "held",
    without: [],
  });
});
