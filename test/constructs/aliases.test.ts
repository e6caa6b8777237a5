/** Families 1 to 3: one object under several names, in containers, and changed in place. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("an alias made in one cell and mutated through the other name later", [
  {
    name: "a list",
    cells: ["a = [1]", "b = a", "b.append(2)", "n = len(a)", keep("(a, b, n)")],
    steps: 4,
  },
]);
