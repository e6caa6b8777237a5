/** What reading a collection element by element may give: whatever was put in, however it is read. */
import { test } from "vitest";
import { checkSlice } from "../../support/slices.ts";

const LIST = "rows = []\nheld = [rows]";
const DICT = 'rows = []\nheld = {"a": rows}';

test.each([
  { name: "a list", made: LIST, loop: "for row in held:\n    row.append(1)" },
  { name: "a copy of a list", made: LIST, loop: "for row in list(held):\n    row.append(1)" },
  { name: "a list backwards", made: LIST, loop: "for row in reversed(held):\n    row.append(1)" },
  { name: "a sorted list", made: LIST, loop: "sorted(held)[0].append(1)" },
  {
    name: "a list with numbers",
    made: LIST,
    loop: "for at, row in enumerate(held):\n    row.append(at)",
  },
  { name: "two lists", made: LIST, loop: "for row, at in zip(held, [1]):\n    row.append(at)" },
  {
    name: "what an unknown function makes of a list",
    made: `from library import every\n${LIST}`,
    loop: "every(held)[0].append(1)",
  },
  { name: "values", made: DICT, loop: "for row in held.values():\n    row.append(1)" },
  { name: "items", made: DICT, loop: "for key, row in held.items():\n    row.append(1)" },
  {
    name: "items in a list",
    made: DICT,
    loop: "for key, row in list(held.items()):\n    row.append(1)",
  },
  {
    name: "items in a comprehension",
    made: DICT,
    loop: "[row.append(1) for key, row in held.items()]",
  },
  {
    name: "items in a function that does not know what it gets",
    made: `def grow(given):\n    for key, row in given.items():\n        row.append(1)\n${DICT}`,
    loop: "grow(held)",
  },
])(
  "what is changed in a loop over $name is changed in it and under its own name",
  async ({ name, made, loop }) => {
    for (const of of ["held", "rows"])
      await checkSlice({ name, cells: [made, loop], of, without: [] });
  },
);
