import type { Explanation } from "./explanation.ts";

/** What `src/python/` finds wrong in Python text. */
export const pythonExplanations: Readonly<Record<string, Explanation>> = {
  "python-syntax-error": {
    what: "A cell is not valid Python 3: Python itself would stop with a SyntaxError when running it.",
    why: "What the cell does cannot be known, so nothing that depends on it can be moved into a pipeline safely. The other cells are still analyzed.",
    example: 'print "done"',
    fix: "Fix the named line. Delete the cell if nothing needs it, or change its type to Raw or Markdown if it is a note.",
  },
};
