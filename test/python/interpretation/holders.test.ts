/** What is put into something shows there when it changes, whatever kind of thing that is. */
import { test } from "vitest";
import { checkSlice } from "../../support/slices.ts";

test.each([
  { name: "a namespace", made: "import types\nheld = types.SimpleNamespace(x=rows)" },
  { name: "a read-only view", made: "import types\nheld = types.MappingProxyType(rows)" },
  { name: "what a cast gives", made: "import typing\nheld = typing.cast(list, rows)" },
  {
    name: "a copy of a data class",
    made: "import dataclasses\n@dataclasses.dataclass\nclass Box:\n    x: list\nheld = dataclasses.replace(Box([]), x=rows)",
  },
  { name: "arguments of any number", made: "def pack(*args):\n    return args\nheld = pack(rows)" },
  { name: "arguments by name", made: "def pack(**given):\n    return given\nheld = pack(x=rows)" },
  {
    name: "arguments handed through",
    made: "def pack(*args, **given):\n    given['k'] = args\n    return given\nheld = pack(pack(rows))",
  },
])("$name holds what it was given", async ({ name, made }) => {
  await checkSlice({
    name,
    cells: ["rows = []", made, "rows.append(1)"],
    of: "held",
    without: [],
  });
});

test.each([
  { name: "a part of a repeated list", made: "some = ([rows] * 2)[:1]" },
  {
    name: "a part of what may be a list",
    made: "def pick(given):\n    return given[:1]\nsome = pick([rows])",
  },
  {
    name: "a part of a read value",
    made: "import json\nheld = json.loads('[[]]')\nheld[0] = rows\nsome = held[:1]",
  },
])("what is changed in a loop over $name is changed under its own name", async ({ name, made }) => {
  await checkSlice({
    name,
    cells: ["rows = []", made, "for row in some:\n    row.append(1)"],
    of: "rows",
    without: [],
  });
});

test.each([
  { name: "a copy", made: "copied = table.copy()" },
  { name: "some columns", made: 'copied = table[["x"]]' },
  { name: "some rows of a copy", made: "copied = table.copy()[table['x'] != 1]" },
])("$name of a table with lists in its cells holds the same lists", async ({ name, made }) => {
  await checkSlice({
    name,
    cells: [
      'import pandas as pd\nrow = []\nrows = [row]\ntable = pd.DataFrame({"x": rows})',
      made,
      "row.append(1)",
    ],
    of: "copied",
    without: [],
  });
});

test("a part of a list that holds itself changes with the list", async () => {
  await checkSlice({
    name: "itself",
    cells: ["rows = [0]\nrows[0] = rows", "held = rows[:1]", "rows.append(1)"],
    of: "held",
    without: [],
  });
});
