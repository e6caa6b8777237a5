/** The text of a script as the Python that stands in the place of `%run`. */
import { expect, test } from "vitest";
import { readScriptText } from "../../src/pipeline/script-text.ts";
import { pythonParser } from "../support/python-parser.ts";

interface Story {
  readonly name: string;
  readonly script: string;
  readonly imported?: true;
  readonly python: string;
  readonly bound?: readonly string[];
}

const STORIES: readonly Story[] = [
  {
    name: "the block for __main__ comes to the top level",
    script:
      'x = 1\nif __name__ == "__main__":  # here\n    # all\n    y = x\n\n    for i in y:\n        print(i)\nz = 3\n',
    python: "x = 1\n  # here\n# all\ny = x\n\nfor i in y:\n    print(i)\nz = 3\n",
  },
  {
    name: "what is inside a text stays as it is",
    script: 'if "__main__" == __name__:\n\tt = """a\n\tb"""\n\tu = (1,\n  2)\n',
    python: '\nt = """a\n\tb"""\nu = (1,\n  2)\n',
  },
  {
    name: "a block on one line",
    script: "if __name__ == '__main__': main()\n",
    python: "main()\n",
  },
  {
    name: "a block with an else stays",
    script: 'if __name__ == "__main__":\n    x = 1\nelse:\n    x = 2\n',
    python: 'if __name__ == "__main__":\n    x = 1\nelse:\n    x = 2\n',
  },
  {
    name: "a condition that asks for more stays",
    script: 'if __name__ == "__main__" and x:\n    x = 1\n',
    python: 'if __name__ == "__main__" and x:\n    x = 1\n',
  },
  {
    name: "with -n the block is left out",
    script: 'x = 1\nif (__name__ == "__main__"):\n    x = 2\ny = 1\n',
    imported: true,
    python: "x = 1\n                            \n         \ny = 1\n",
  },
  {
    name: "arguments are written in",
    script: "import sys\nn = int(sys.argv[1])\nm = len(sys.argv)\nrest = sys.argv[1:]\n",
    python:
      'import sys\nn = int(["prepare.py", "3", "a \\"b\\""][1])\nm = len(["prepare.py", "3", "a \\"b\\""])\nrest = ["prepare.py", "3", "a \\"b\\""][1:]\n',
  },
  {
    name: "a parser is given its arguments, in a function that is for the script alone",
    script: "def read():\n    return parser.parse_known_args()\n",
    python: 'def read():\n    return parser.parse_known_args(["3", "a \\"b\\""])\n',
    bound: ["read"],
  },
  {
    name: "a parser that was given some keeps them",
    script: "a = parser.parse_args(['x'])\n",
    python: "a = parser.parse_args(['x'])\n",
  },
  {
    name: "a text of an attribute or a keyword is no name",
    script: "df.eval('a')\nf(exit=1)\nx.globals\n",
    python: "df.eval('a')\nf(exit=1)\nx.globals\n",
  },
];

test.each(STORIES)("$name", async ({ script, imported, python, bound }) => {
  const parser = await pythonParser();
  const read = readScriptText(parser.parse(script), {
    arguments: ["prepare.py", "3", 'a "b"'],
    name: imported === true ? "prepare" : "__main__",
    isSeparate: true,
  });
  expect(read).toEqual({ python, bound: bound ?? [], problems: [] });
});
