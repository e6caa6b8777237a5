import { expect, test } from "vitest";
import type { Cell, SavedOutput } from "../../src/notebook/cell.ts";
import { compareSaved, countRepeated } from "../../src/observation/saved-agreement.ts";
import type { Observation } from "../../src/observation/schema.ts";
import { ranStatement } from "../support/ran-statement.ts";

const printed = (text: string): SavedOutput => ({ kind: "stream", name: "stdout", text });
const shown = (text: string | undefined, ...mimeTypes: string[]): SavedOutput => ({
  kind: "data",
  text,
  mimeTypes: ["text/plain", ...mimeTypes],
});

function cell(number: number, outputs: readonly SavedOutput[], source = "x"): Cell {
  const id = `c${String(number)}`;
  return { id, number, kind: "code", source, executionCount: number, tags: [], outputs };
}

interface Case {
  readonly name: string;
  readonly cells: readonly Cell[];
  readonly statements: readonly Parameters<typeof ranStatement>[1][];
  readonly silent?: readonly number[];
  /** `cell how` of each that was compared. */
  readonly finds: readonly string[];
}

function runOf(statements: Case["statements"]): Observation {
  const ran = statements.map((statement, at) => ranStatement(at + 1, statement));
  return { statements: ran, cells: [], captures: [], environment: undefined };
}

test.each<Case>([
  {
    name: "what was printed and what was shown are one text",
    cells: [cell(1, [printed("a\n"), shown("3")])],
    statements: [{ text: "a\n", shown: "3" }],
    finds: ["1 same"],
  },
  {
    name: "a cell that saved nothing is not compared",
    cells: [cell(1, []), cell(2, [printed("2\n")])],
    statements: [{ text: "1\n" }, { text: "2\n" }],
    finds: ["2 same"],
  },
  {
    name: "what was printed to stderr is not compared",
    cells: [cell(1, [{ kind: "stream", name: "stderr", text: "epoch 1" }])],
    statements: [{ text: "" }],
    finds: [],
  },
  {
    name: "a cell that ended with an error is not compared",
    cells: [cell(1, [printed("a"), { kind: "error", errorName: "E", errorValue: "" }])],
    statements: [{ text: "b" }],
    finds: [],
  },
  {
    name: "figures are passed over",
    cells: [cell(1, [printed("a"), shown("<Figure size 640x480>", "image/png")])],
    statements: [{ text: "a" }],
    finds: ["1 same"],
  },
  {
    name: "a table that was saved as HTML alone cannot be compared",
    cells: [cell(1, [{ kind: "data", text: undefined, mimeTypes: ["text/html"] }])],
    statements: [{ text: "", shown: "a" }],
    finds: [],
  },
  {
    name: "nobody saw what another process printed",
    cells: [cell(1, [printed("a")])],
    statements: [{ text: "", subprocesses: ["ls"] }],
    finds: [],
  },
  {
    name: "what a magic may have printed is not missed",
    cells: [cell(1, [printed("a")]), cell(2, [printed("b")])],
    statements: [{ text: "" }, { text: "c" }],
    silent: [1],
    finds: ["2 differs"],
  },
  {
    name: "a notebook in which every line shows its value is not compared",
    cells: [cell(1, [], "InteractiveShell.ast_node_interactivity = 'all'"), cell(2, [shown("1")])],
    statements: [{}, { shown: "2" }],
    finds: [],
  },
])("$name", ({ cells, statements, silent, finds }) => {
  const found = compareSaved(cells, runOf(statements), new Set(silent));
  expect(found.map(({ cell: number, how }) => `${String(number)} ${how}`)).toEqual(finds);
});

test("last digits and forms count as repeated, other results do not", () => {
  const cells = [
    cell(1, [printed("0.1234567891")]),
    cell(2, [printed("a, b")]),
    cell(3, [printed("4")]),
  ];
  const run = runOf([{ text: "0.1234567892" }, { text: "a | b" }, { text: "5" }]);
  expect(countRepeated(compareSaved(cells, run, new Set()))).toEqual({ repeated: 2, compared: 3 });
});
