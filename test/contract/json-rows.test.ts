import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonReader, JsonRow } from "../../src/contract/json-rows.ts";
import { createJsonArrayReader, createJsonLinesReader } from "../../src/contract/json-rows.ts";

const READERS = { json: createJsonArrayReader, jsonl: createJsonLinesReader } as const;

test("reads rows wherever the text is cut into pieces", () => {
  const row = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue(), {
    noNullPrototype: true,
  });
  const cut = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), cut, (rows, length) => {
      // What JSON itself cannot tell apart, minus zero, is none of this reader's business.
      const known: unknown = JSON.parse(JSON.stringify(rows));
      const lines = rows.map((each) => `${JSON.stringify(each)}\n`).join("");
      expect(valuesOf("jsonl", lines, length)).toEqual(known);
      expect(valuesOf("json", JSON.stringify(rows), length)).toEqual(known);
      expect(valuesOf("json", `\n ${JSON.stringify(rows, undefined, 2)}\n`, length)).toEqual(known);
    }),
  );
});

test("knows the line of each row", () => {
  expect(read("json", '[\n {"a": 1},\n\n {"a": "]},{"}\n]', 4)).toMatchObject([
    { line: 2 },
    { line: 4 },
  ]);
  expect(read("jsonl", '{"a": 1}\n\n{"a": 2}', 4)).toMatchObject([{ line: 1 }, { line: 3 }]);
});

test.each([
  { name: "an object where an array is wanted", format: "json", text: '{"rows": []}', line: 1 },
  { name: "an array that is not closed", format: "json", text: '[{"a": 1}', line: 1 },
  { name: "something behind the array", format: "json", text: "[{}]\n[]", line: 2 },
  { name: "a comma without a row", format: "json", text: "[{},\n]", line: 2 },
  { name: "a row that is no object", format: "jsonl", text: '{"a": 1}\n[1]\n', line: 2 },
  { name: "a broken line", format: "jsonl", text: '{"a": 1}\n{"a": \n', line: 2 },
] as const)("refuses $name, with the line", ({ format, text, line }) => {
  for (const length of [1, 1000]) expect(read(format, text, length)).toMatchObject({ line });
});

function valuesOf(format: keyof typeof READERS, text: string, length: number): unknown {
  const found = read(format, text, length);
  return Array.isArray(found) ? found.map(({ value }: JsonRow) => value) : found;
}

/** The rows, or the fault. */
function read(format: keyof typeof READERS, text: string, length: number): unknown {
  const reader: JsonReader = READERS[format](new Set());
  const rows: JsonRow[] = [];
  for (let start = 0; start < text.length; start += length) {
    const found = reader.push(text.slice(start, start + length));
    if (!found.ok) return found.error;
    rows.push(...found.value);
  }
  const last = reader.end();
  return last.ok ? [...rows, ...last.value] : last.error;
}
