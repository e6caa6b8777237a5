import fc from "fast-check";
import { expect, test } from "vitest";
import { analyzeProgram } from "../../src/python/analyze-program.ts";
import { fieldOf, statementsOf, textOf, walk } from "../../src/python/syntax.ts";
import { pythonParser } from "../support/python-parser.ts";

test("gives UTF-16 offsets, also after characters outside the basic plane", async () => {
  const text = 'title = "🐧 é"\nname = title\n';
  const tree = (await pythonParser()).parse(text);
  expect(statementsOf(tree).map((statement) => textOf(text, statement))).toEqual([
    'title = "🐧 é"',
    "name = title",
  ]);
});

test("keeps fields, tokens and comments apart", async () => {
  const text = "total += 1  # one more\n";
  const tree = (await pythonParser()).parse(text);
  const assignment = statementsOf(tree)[0]?.children[0];
  expect(assignment?.kind).toBe("augmented_assignment");
  expect(assignment?.tokens.map(({ text: token }) => token)).toEqual(["+="]);
  expect(assignment === undefined ? undefined : fieldOf(assignment, "right")?.kind).toBe("integer");
  expect(tree.comments.map((comment) => textOf(text, comment))).toEqual(["# one more"]);
});

const BROKEN: readonly { readonly text: string; readonly line: number }[] = [
  { text: "x = (1 +\ny = 2\n", line: 1 },
  { text: 'x = 1\nprint "done"\n', line: 2 },
  { text: "x = 1\nfor i in range(3)\n    print(i)\n", line: 2 },
  { text: "if a <> b:\n    pass\n", line: 1 },
  { text: "x = 'never closed\n", line: 1 },
];

test.each(BROKEN)(
  "reports $text at line $line and goes on with the other units",
  async ({ text, line }) => {
    const program = analyzeProgram(
      [
        { id: "a", text },
        { id: "b", text: "ok = 1\n" },
      ],
      await pythonParser(),
    );
    expect(program.diagnostics.map(({ code, where }) => [code, where?.path, where?.line])).toEqual([
      ["python-syntax-error", "a", line],
    ]);
    expect(program.brokenUnits).toEqual([0]);
    expect(program.statements.map(({ unit, mayWrite }) => [unit, mayWrite])).toEqual([[1, ["ok"]]]);
  },
);

test("accepts what Python 3.10 to 3.14 added", async () => {
  const text = [
    "match command:",
    "    case [first, *rest] if rest:",
    "        pass",
    "    case _:",
    "        pass",
    "try:",
    "    pass",
    "except* ValueError as group:",
    "    pass",
    "type Pair[T] = tuple[T, T]",
    "def first[T](items: list[T]) -> T:",
    "    return items[0]",
    "with (open('a') as a, open('b') as b):",
    "    pass",
    'name = f"{"nested"}"',
    "await pause()",
  ].join("\n");
  expect((await pythonParser()).parse(text).problems).toEqual([]);
});

test("never throws, whatever the text", { timeout: 60_000 }, async () => {
  const parser = await pythonParser();
  const words = fc.constantFrom(
    "def f(x):",
    "    ",
    "\n",
    "return x",
    "x",
    " = ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "lambda y: y",
    "class C(B):",
    "for i in x:",
    "if x:",
    "else:",
    "try:",
    "except E as e:",
    "import a.b as c",
    "from . import d",
    "global x",
    "del x",
    "f'{x}'",
    "'",
    '"""',
    "1",
    "*",
    "**k",
    "yield",
    "await ",
    "with a as b:",
    "match x:",
    "case [y]:",
    ":=",
    "@dec\n",
    "#c\n",
    "\\",
    "\t",
    ".y",
    "\0",
    "é",
    "x.append(y)",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(words, fc.string({ maxLength: 3 })), { maxLength: 60 }),
      (parts) => {
        const program = analyzeProgram([{ id: "1", text: parts.join("") }], parser);
        for (const statement of program.statements)
          expect(statement.surelyWrites.every((name) => statement.mayWrite.includes(name))).toBe(
            true,
          );
      },
    ),
    { numRuns: 400 },
  );
  for (const deep of [
    "(".repeat(5000),
    `x = ${"[".repeat(700)}${"]".repeat(700)}`,
    `x = ${"1 + ".repeat(3000)}1`,
    "if x:\n ".repeat(300),
    `x${".y()".repeat(2000)}`,
  ]) {
    expect(() => analyzeProgram([{ id: "1", text: deep }], parser)).not.toThrow();
  }
});

test("visits parents before children, in text order", async () => {
  const tree = (await pythonParser()).parse("f(a, b)\n");
  const seen: string[] = [];
  walk(tree.root, (node) => {
    seen.push(node.kind);
    return undefined;
  });
  expect(seen).toEqual([
    "module",
    "expression_statement",
    "call",
    "identifier",
    "argument_list",
    "identifier",
    "identifier",
  ]);
});
