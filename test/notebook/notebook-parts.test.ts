import { expect, test } from "vitest";
import { findingsInParts, joinNotebooks, placeOfCell } from "../../src/notebook/notebook-parts.ts";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { notebookText } from "../support/notebooks.ts";

function notebook(path: string, cells: readonly string[]) {
  const { value } = readNotebook(notebookText(cells), path);
  if (value === undefined) throw new Error("the notebook cannot be read");
  return value;
}

const clean = notebook("nb/clean.ipynb", ["#: # Cleaning", "x = 1"]);
const train = notebook("nb/train.ipynb", ["y = 2", "z = 3"]);

test("a single notebook stays as it is", () => {
  expect(joinNotebooks([clean])).toBe(clean);
});

test("the cells of several notebooks are counted on, and every part says where it begins", () => {
  const joined = joinNotebooks([clean, train]);
  expect(joined.cells.map(({ number, source }) => [number, source])).toEqual([
    [1, "# Cleaning"],
    [2, "x = 1"],
    [3, "y = 2"],
    [4, "z = 3"],
  ]);
  expect(joined.path).toBe("nb/clean.ipynb+train.ipynb");
  expect(joined.parts).toEqual([
    { path: "nb/clean.ipynb", sha256: clean.sha256, firstCell: 1 },
    { path: "nb/train.ipynb", sha256: train.sha256, firstCell: 3 },
  ]);
  expect(new Set(joined.cells.map(({ id }) => id)).size).toBe(4);
});

test("the digest of several notebooks depends on each of them and on their order", () => {
  const other = notebook("nb/train.ipynb", ["y = 2", "z = 4"]);
  const digests = [
    joinNotebooks([clean, train]),
    joinNotebooks([train, clean]),
    joinNotebooks([clean, other]),
  ].map(({ sha256 }) => sha256);
  expect(new Set(digests).size).toBe(3);
});

test.each([
  [2, { path: "nb/clean.ipynb", cell: 2 }],
  [3, { path: "nb/train.ipynb", cell: 1 }],
  [4, { path: "nb/train.ipynb", cell: 2 }],
])("cell %i counted on is a cell of its own notebook", (cell, place) => {
  const joined = joinNotebooks([clean, train]);
  expect(placeOfCell({ notebook: joined, notebooks: joined.parts }, cell)).toEqual(place);
});

test("findings name cells as their notebook does, and places in other files stay", () => {
  const joined = joinNotebooks([clean, train]);
  const finding = { code: "some-code", severity: "note", message: "something" } as const;
  const places = findingsInParts(joined, [
    { ...finding, where: { path: joined.path, cell: 4, line: 1 } },
    { ...finding, where: { path: "helpers.py", line: 7 } },
    finding,
  ]).map(({ where }) => where);
  expect(places).toEqual([
    { path: "nb/train.ipynb", cell: 2, line: 1 },
    { path: "helpers.py", line: 7 },
    undefined,
  ]);
});
