import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Notebook } from "../../src/notebook/cell.ts";
import { type ReadNotebook, readNotebook } from "../../src/notebook/read-notebook.ts";

function readFixture(name: string): ReadNotebook {
  const url = new URL(`../fixtures/notebooks/${name}.ipynb`, import.meta.url);
  return readNotebook(readFileSync(url, "utf8"), `${name}.ipynb`);
}

/** Reads a notebook given as JSON, with the fields that every one has. */
function readCells(
  cells: readonly unknown[],
  rest: Readonly<Record<string, unknown>> = {},
): ReadNotebook {
  return readNotebook(
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells, ...rest }),
    "prices.ipynb",
  );
}

function expectNotebook(read: ReadNotebook): Notebook {
  if (read.value === undefined) throw new Error(`not read: ${JSON.stringify(read.diagnostics)}`);
  return read.value;
}

type Unusable = readonly [name: string, code: string, message: RegExp, line: number | undefined];
const unusable: readonly Unusable[] = [
  ["empty", "notebook-not-json", /is empty/, undefined],
  ["not-json", "notebook-not-json", /no valid JSON/, 1],
  ["merge-conflict", "notebook-not-json", /unfinished git merge/, 11],
  ["not-a-notebook", "notebook-not-a-notebook", /no Jupyter notebook/, undefined],
  ["version-2", "notebook-version-unsupported", /format version 2/, undefined],
  ["version-5", "notebook-version-unsupported", /format version 5/, undefined],
  ["r-kernel", "notebook-language-unsupported", /cells are R /, undefined],
  ["python-2", "notebook-language-unsupported", /cells are Python 2 /, undefined],
];

test.each(unusable)("refuses %s with the code %s", (name, code, message, line) => {
  const read = readFixture(name);
  expect(read.value).toBeUndefined();
  expect(read.diagnostics).toHaveLength(1);
  expect(read.diagnostics[0]).toMatchObject({
    code,
    severity: "error",
    where: { path: `${name}.ipynb` },
  });
  expect(read.diagnostics[0]?.message).toMatch(message);
  expect(read.diagnostics[0]?.hint).toBeTruthy();
  expect(read.diagnostics[0]?.where?.line).toBe(line);
});

test.each<{
  readonly name: string;
  readonly rest: Readonly<Record<string, unknown>>;
  readonly source?: unknown;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}>([
  {
    name: "of format 2, and names the file in the command that converts it",
    rest: { nbformat: 2 },
    code: "notebook-version-unsupported",
    message: /version 2/,
    hint: /nbconvert .* prices\.ipynb$/,
  },
  ...[4.5, 0, -1, 6].map((nbformat) => ({
    name: `of format ${String(nbformat)}`,
    rest: { nbformat },
    code: "notebook-version-unsupported",
    message: /format/,
    hint: /Jupyter/,
  })),
  {
    name: "that names two languages",
    rest: {
      metadata: {
        kernelspec: { name: "ir", language: "R", display_name: "R" },
        language_info: { name: "python" },
      },
    },
    code: "notebook-language-unclear",
    message: /speaks R .* cells are python/,
    hint: /choose the kernel/,
  },
  {
    name: "with half a character in its code",
    rest: {},
    source: "a = 1\nb = '\ud800'",
    code: "notebook-cell-unreadable",
    message: /lone surrogate/,
    hint: /escape/,
  },
  {
    name: "with a NUL in its code",
    rest: {},
    source: "a = 1\nb = '\0'",
    code: "notebook-cell-unreadable",
    message: /NUL/,
    hint: /escape/,
  },
])("refuses a notebook $name", ({ rest, source = "a = 1", code, message, hint }) => {
  const [found, ...others] = readCells([{ cell_type: "code", source }], rest).diagnostics;
  expect(others).toEqual([]);
  expect(found).toMatchObject({ code, severity: "error", where: { path: "prices.ipynb" } });
  expect(found?.message).toMatch(message);
  expect(found?.hint).toMatch(hint);
  const place = source === "a = 1" ? {} : { cell: 1, line: 2 };
  expect(found?.where).toMatchObject(place);
});

test("warns of a minor version that it does not know", () => {
  const cells = [{ cell_type: "code", source: "a = 1" }];
  expect(readCells(cells, { nbformat_minor: 5 }).diagnostics).toEqual([]);
  const read = readCells(cells, { nbformat_minor: 6 });
  expect(expectNotebook(read).cells).toHaveLength(1);
  expect(read.diagnostics).toMatchObject([{ code: "notebook-version-newer", severity: "warning" }]);
});

test("says where a notebook that was cut off ends", () => {
  const { diagnostics } = readNotebook('{\n "cells": [', "cut.ipynb");
  expect(diagnostics).toMatchObject([{ code: "notebook-not-json", where: { line: 2 } }]);
});

const notNotebooks = [
  "null",
  "[]",
  "3",
  '"text"',
  "{}",
  '{"nbformat": "4", "cells": []}',
  '{"nbformat": 4}',
  '{"nbformat": 4, "cells": {}}',
];

test.each(notNotebooks)("does not take %s for a notebook", (text) => {
  expect(readNotebook(text, "x.ipynb").diagnostics).toMatchObject([
    { code: "notebook-not-a-notebook" },
  ]);
});

test("reads the cells, sources, counts, tags and outputs of a notebook of version 4.5", () => {
  const { value, diagnostics } = readCells([
    { cell_type: "markdown", id: "title", metadata: {}, source: "# Prices" },
    {
      cell_type: "code",
      id: "load",
      metadata: { tags: ["parameters"] },
      execution_count: 3,
      source: ["a = 1\n", "a"],
      outputs: [
        { output_type: "stream", name: "stderr", text: ["one\n", "two\n"] },
        {
          output_type: "execute_result",
          execution_count: 3,
          metadata: {},
          data: { "text/plain": ["1"], "image/png": "AAAA" },
        },
        { output_type: "error", ename: "KeyError", evalue: "'a'", traceback: [] },
        { output_type: "unheard_of" },
        17,
      ],
    },
    { cell_type: "raw", id: "note", metadata: {}, source: [] },
  ]);
  expect(diagnostics).toEqual([]);
  expect(value?.nbformat).toEqual({ major: 4, minor: 5 });
  expect(value?.language).toEqual({ name: "python", version: undefined });
  expect(value?.sha256).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(value?.cells).toEqual([
    {
      id: "title",
      number: 1,
      kind: "markdown",
      source: "# Prices",
      executionCount: undefined,
      tags: [],
      outputs: [],
    },
    {
      id: "load",
      number: 2,
      kind: "code",
      source: "a = 1\na",
      executionCount: 3,
      tags: ["parameters"],
      outputs: [
        { kind: "stream", name: "stderr", text: "one\ntwo\n" },
        { kind: "data", text: "1", mimeTypes: ["image/png", "text/plain"] },
        { kind: "error", errorName: "KeyError", errorValue: "'a'" },
      ],
    },
    {
      id: "note",
      number: 3,
      kind: "raw",
      source: "",
      executionCount: undefined,
      tags: [],
      outputs: [],
    },
  ]);
});

test("reads version 3 with its worksheets, headings and old outputs", () => {
  const notebook = expectNotebook(readFixture("version-3"));
  expect(notebook.nbformat).toEqual({ major: 3, minor: 0 });
  expect(notebook.cells.map(({ kind }) => kind)).toEqual(["markdown", "code"]);
  expect(notebook.cells[1]).toMatchObject({
    id: "cell-2",
    source: "prices = [3, 4]\nprices",
    executionCount: 1,
    outputs: [
      { kind: "stream", name: "stdout", text: "reading\n" },
      { kind: "data", text: "[3, 4]", mimeTypes: ["text/html", "text/plain"] },
      { kind: "error", errorName: "KeyError", errorValue: "'prise'" },
    ],
  });
});

test("keeps the numbers of all cells when one cannot be read", () => {
  const { value, diagnostics } = readFixture("unreadable-cell");
  expect(diagnostics).toMatchObject([
    { code: "notebook-cell-unreadable", severity: "error", where: { cell: 2 } },
  ]);
  expect(value?.cells.map(({ number, source }) => [number, source])).toEqual([
    [1, "The second cell has a number where its source should be; the third is fine."],
    [2, ""],
    [3, "print('prices')"],
  ]);
});

test("names a cell type that nobody knows", () => {
  const { diagnostics } = readCells([{ cell_type: "widget", source: "" }]);
  expect(diagnostics[0]?.message).toContain('"widget"');
});

test.each(["syntax-error-cell", "raising-cell", "missing-module", "hidden-state"])(
  "reads %s, whose problem is not the file's",
  (name) => {
    expect(readFixture(name).diagnostics).toEqual([]);
    expect(expectNotebook(readFixture(name)).cells.length).toBeGreaterThan(1);
  },
);

test("gives cells ids of their own where the file has none or the same twice", () => {
  const cell = { cell_type: "code", metadata: {}, source: "", outputs: [], execution_count: null };
  const { value, diagnostics } = readCells([
    { ...cell, id: "load" },
    cell,
    { ...cell, id: "load" },
    { ...cell, id: "cell-5" },
    cell,
  ]);
  const ids = ["load", "cell-2", "cell-3", "cell-5", "cell-5-"];
  expect(value?.cells.map(({ id }) => id)).toEqual(ids);
  expect(diagnostics).toMatchObject([
    { code: "notebook-cell-id-duplicate", severity: "note", where: { cell: 3 } },
    { code: "notebook-cell-id-duplicate", severity: "note", where: { cell: 5 } },
  ]);
});

test("reads a file with a byte order mark, and digests the text as it is", () => {
  const text = JSON.stringify({ nbformat: 4, nbformat_minor: 2, cells: [] });
  const marked = expectNotebook(readNotebook(`\uFEFF${text}`, "a.ipynb"));
  const plain = expectNotebook(readNotebook(text, "a.ipynb"));
  expect(marked.cells).toEqual(plain.cells);
  expect(marked.sha256).not.toBe(plain.sha256);
});

test("reads the numbers that Python writes into JSON and JSON does not have", () => {
  const text =
    '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \'NaN\'", "outputs": [{"output_type": "display_data", "data": {"plot": {"y": [NaN, -Infinity]}}}]}]}';
  const notebook = expectNotebook(readNotebook(text, "plot.ipynb"));
  expect(notebook.cells[0]).toMatchObject({
    source: "x = 'NaN'",
    outputs: [{ kind: "data", mimeTypes: ["plot"] }],
  });
});

test("keeps no image bytes and cuts endless text", () => {
  const bytes = "A".repeat(2_000_000);
  const { value } = readCells([
    {
      cell_type: "code",
      source: "",
      outputs: [
        { output_type: "display_data", data: { "image/png": bytes, "text/plain": "<Figure>" } },
        { output_type: "stream", name: "stdout", text: bytes },
      ],
    },
  ]);
  expect(JSON.stringify(value).length).toBeLessThan(150_000);
});

const kernels: readonly (readonly [metadata: unknown, language: string | undefined])[] = [
  [undefined, "python"],
  [{}, "python"],
  ["nonsense", "python"],
  [{ kernelspec: { name: "python3" } }, "python"],
  [{ kernelspec: { name: "conda-env-x-py", language: "python" } }, "python"],
  [
    { kernelspec: { name: "python3" }, language_info: { name: "python", version: "2.7.6" } },
    "python",
  ],
  [
    { kernelspec: { name: "python2" }, language_info: { name: "python", version: "2.7.6" } },
    undefined,
  ],
  [{ language_info: { name: "python", version: "2.7.6" } }, undefined],
  [{ language_info: { name: "ipython", version: "3.12.1" } }, "python"],
  [{ kernelspec: { name: "ir" } }, undefined],
  [{ kernelspec: { name: "julia-1.9" } }, undefined],
  [{ kernelspec: { name: "python3" }, language_info: { name: "scala" } }, undefined],
];

test.each(kernels)("with the metadata %j takes the language to be %s", (metadata, language) => {
  expect(readCells([], { metadata }).value?.language.name).toBe(language);
});

test("never throws, whatever the text or JSON is", () => {
  fc.assert(
    fc.property(fc.string(), (text) => readNotebook(text, "x.ipynb").diagnostics.length >= 1),
  );
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (cells, metadata) => {
      const { value } = readCells(cells, { metadata });
      return value === undefined || value.cells.length === cells.length;
    }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("code", "markdown", "raw"),
      fc.dictionary(
        fc.constantFrom("source", "outputs", "metadata", "id", "execution_count"),
        fc.jsonValue(),
      ),
      (kind, fields) => {
        const { value } = readCells([{ ...fields, cell_type: kind }]);
        return value?.cells.length === 1;
      },
    ),
  );
});
