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

test("a part of a list that holds itself changes with the list", async () => {
  await checkSlice({
    name: "itself",
    cells: ["rows = [0]\nrows[0] = rows", "held = rows[:1]", "rows.append(1)"],
    of: "held",
    without: [],
  });
});
