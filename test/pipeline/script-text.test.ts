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
    name: "a parser that is given None, or what may be None, is given its arguments then",
    script:
      "def main(argv=None):\n    return p.parse_args(argv)  # theirs\na = p.parse_args(None, space)\nb = p.parse_intermixed_args(args=None)\n",
    python:
      'def main(argv=None):\n    return p.parse_args(["3", "a \\"b\\""] if argv is None else argv)  # theirs\na = p.parse_args(["3", "a \\"b\\""], space)\nb = p.parse_intermixed_args(args=["3", "a \\"b\\""])\n',
    bound: ["main"],
  },
  {
    name: "a parser that is given what is never None keeps it",
    script:
      "a = p.parse_args(())\nb = p.parse_args(args=words[1:])\nc = p.parse_args('-n 3'.split())\n",
    python:
      "a = p.parse_args(())\nb = p.parse_args(args=words[1:])\nc = p.parse_args('-n 3'.split())\n",
  },
  {
    name: "a function of the block for __main__ is one of the script",
    script:
      'if __name__ == "__main__":\n    def read():\n        return parser.parse_args()\n    read()\n',
    python: '\ndef read():\n    return parser.parse_args(["3", "a \\"b\\""])\nread()\n',
    bound: ["read"],
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

test.each([
  [
    "what may be None or not",
    "p.parse_args(a or b)\n",
    "parse_args is given something that may be None",
  ],
  [
    "a namespace alone",
    "p.parse_args(namespace=space)\n",
    "parse_args is given something that may be None",
  ],
  [
    "arguments from elsewhere",
    "p.parse_args(*given)\n",
    "parse_args is given something that may be None",
  ],
  [
    "another name of sys",
    "import sys as s\nn = s.argv[1]\n",
    "it uses argv of something that may be sys",
  ],
])("stops at %s", async (_name, script, message) => {
  const read = readScriptText((await pythonParser()).parse(script), {
    arguments: ["prepare.py", "3"],
    name: "__main__",
    isSeparate: true,
  });
  expect(read.problems.map((problem) => problem.message)).toEqual([
    expect.stringContaining(message),
  ]);
});
