import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sha256FromHex } from "../../src/base/hash.ts";
import type { Cell } from "../../src/notebook/cell.ts";
import { checkExecutionOrder } from "../../src/notebook/execution-order.ts";
import { readNotebook } from "../../src/notebook/read-notebook.ts";

/** Counts of code cells in order (`undefined`: never run), and the findings as `code cell`. */
const cases: readonly {
  readonly name: string;
  readonly counts: readonly (number | undefined)[];
  readonly finds: readonly string[];
}[] = [
  { name: "says nothing about a notebook run from top to bottom", counts: [1, 2, 3], finds: [] },
  {
    name: "says nothing about a notebook continued in a running session",
    counts: [7, 8, 9],
    finds: [],
  },
  {
    name: "says nothing about a notebook without counts",
    counts: [undefined, undefined],
    finds: [],
  },
  { name: "says nothing about an empty notebook", counts: [], finds: [] },
  {
    name: "finds a cell run before one above it",
    counts: [1, 3, 2],
    finds: ["cells-run-out-of-order 3"],
  },
  {
    name: "finds every cell that is behind",
    counts: [5, 3, 4, 6],
    finds: ["cells-run-out-of-order 2", "cells-run-out-of-order 3"],
  },
  {
    name: "finds counts of different sessions",
    counts: [1, 2, 2],
    finds: ["cells-run-out-of-order 3"],
  },
  { name: "finds a cell run again", counts: [1, 2, 5], finds: ["cell-run-again 3"] },
  { name: "finds each gap", counts: [1, 3, 6], finds: ["cell-run-again 2", "cell-run-again 3"] },
  { name: "finds a cell never run", counts: [1, undefined, 2], finds: ["cell-never-run 2"] },
  {
    name: "finds several things in cell order",
    counts: [4, undefined, 2],
    finds: ["cell-run-again 1", "cell-never-run 2", "cells-run-out-of-order 3"],
  },
];

test.each(cases)("$name", ({ counts, finds }) => {
  const cells = counts.map(
    (executionCount, index): Cell => ({
      id: `c${String(index)}`,
      number: index + 1,
      kind: "code",
      source: "x",
      executionCount,
      tags: [],
      outputs: [],
    }),
  );
  expect(describe(cells)).toEqual(finds);
});

test("passes over markdown and empty cells", () => {
  const cell: Cell = {
    id: "a",
    number: 1,
    kind: "markdown",
    source: "text",
    executionCount: undefined,
    tags: [],
    outputs: [],
  };
  const cells: readonly Cell[] = [
    cell,
    { ...cell, number: 2, kind: "code", executionCount: 1 },
    { ...cell, number: 3, kind: "code", source: " \n" },
  ];
  expect(describe(cells)).toEqual([]);
});

test.each([
  ["hidden-state", ["cell-run-again 3", "cells-run-out-of-order 4", "cell-never-run 5"]],
  ["raising-cell", ["cell-saved-error 3"]],
])("tells the story of %s", (name, finds) => {
  const url = new URL(`../fixtures/notebooks/${name}.ipynb`, import.meta.url);
  const notebook = readNotebook(readFileSync(url, "utf8"), `${name}.ipynb`).value;
  expect(describe(notebook?.cells ?? [])).toEqual(finds);
});

function describe(cells: readonly Cell[]): readonly string[] {
  const found = checkExecutionOrder({
    path: "prices.ipynb",
    sha256: sha256FromHex("0".repeat(64)),
    nbformat: { major: 4, minor: 5 },
    language: { name: "python", version: undefined },
    cells,
  });
  for (const { severity, hint, where } of found) {
    expect([severity, where?.path]).toEqual(["note", "prices.ipynb"]);
    expect(hint).toMatch(/.{20}/);
  }
  return found.map(({ code, where }) => `${code} ${String(where?.cell)}`);
}
