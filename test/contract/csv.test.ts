import fc from "fast-check";
import { expect, test } from "vitest";
import { checkColumns } from "../../src/contract/check-rows.ts";
import type { CsvField } from "../../src/contract/csv.ts";
import { createCsvReader, renderCsvRecord } from "../../src/contract/csv.ts";
import { columnsOfCsv } from "../../src/contract/csv-columns.ts";
import { churnContract } from "../support/serving.ts";

test("reads back what it writes, wherever the text is cut into pieces", () => {
  const field = fc.string({ unit: "grapheme" });
  const records = fc.array(fc.tuple(field, field), { maxLength: 5 });
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 9 }), (rows, length) => {
      const text = renderCsvRecord(["a", "b"]) + rows.map(renderCsvRecord).join("");
      const parsed = parse(text, length);
      expect(parsed.ok && textsOf(parsed.records)).toEqual(rows);
    }),
  );
});

test.each([
  { name: "CRLF and a byte order mark", text: "\uFEFFa,b\r\n1,2\r\n", records: [["1", "2"]] },
  { name: "no line end at the end", text: "a,b\n1,2", records: [["1", "2"]] },
  { name: "an empty last field", text: "a,b\n1,", records: [["1", ""]] },
  {
    name: "separators, quotes and lines in quotes",
    text: 'a,b\n"x, ""y""\nz",2\n',
    records: [['x, "y"\nz', "2"]],
  },
  { name: "blank lines at the end", text: "a,b\n1,2\n\n", records: [["1", "2"]] },
  { name: "a header alone", text: "a,b\n", records: [] },
])("reads $name", ({ text, records }) => {
  for (const length of [1, 3, 1000]) {
    const parsed = parse(text, length);
    expect(parsed.ok && textsOf(parsed.records)).toEqual(records);
  }
});

test.each([
  { name: "nothing", text: "", line: 1, says: "no header" },
  {
    name: "a record of another length",
    text: 'a,b\n"x\ny",2\n3\n',
    line: 4,
    says: "1 fields, the header 2",
  },
  { name: "a quote that is not closed", text: 'a,b\n1,"2\n', line: 2, says: "quote" },
  { name: "a quote inside a field", text: 'a,b\n1,2"3\n', line: 2, says: "quote" },
  { name: "a name twice", text: "a,a\n1,2\n", line: 1, says: '"a" twice' },
])("refuses $name, with the line", ({ text, line, says }) => {
  for (const length of [1, 3, 1000]) {
    const parsed = parse(text, length);
    expect(parsed).toMatchObject({ ok: false, error: { line } });
    expect(!parsed.ok && parsed.error.message).toContain(says);
  }
});

test("takes each field for what its column is, and leaves text that is not for the check", () => {
  const raw = read(
    "tenure,charges,senior,plan,since,email\n12,29.5,True,basic,2023-05-01,\nx,NA,false,NA,2023-05-01,a@b\n",
  );
  expect(Object.fromEntries(raw.columns)).toEqual({
    tenure: [12, "x"],
    charges: [29.5, null],
    senior: [true, false],
    plan: ["basic", null],
    since: ["2023-05-01", "2023-05-01"],
    email: [null, "a@b"],
  });
  const { problems } = checkColumns(churnContract, raw);
  expect(problems.map(({ code, column, row }) => [code, column, row])).toEqual([
    ["wrong-type", "tenure", 1],
    ["null-not-allowed", "plan", 1],
  ]);
});

function read(text: string): ReturnType<typeof columnsOfCsv>["raw"] {
  const parsed = parse(text, 7);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return columnsOfCsv(churnContract, parsed.names, parsed.records).raw;
}

type Parsed =
  | {
      readonly ok: true;
      readonly names: readonly string[];
      readonly records: readonly (readonly CsvField[])[];
    }
  | { readonly ok: false; readonly error: { readonly line: number; readonly message: string } };

function parse(text: string, length: number): Parsed {
  const reader = createCsvReader();
  const records: (readonly CsvField[])[] = [];
  for (let start = 0; start <= text.length; start += length) {
    const isLast = start + length > text.length;
    for (const found of [
      reader.push(text.slice(start, start + length)),
      ...(isLast ? [reader.end()] : []),
    ]) {
      if (!found.ok) return found;
      records.push(...found.value.map(({ fields }) => fields));
    }
  }
  return { ok: true, names: reader.names() ?? [], records };
}

function textsOf(records: readonly (readonly CsvField[])[]): readonly (readonly string[])[] {
  return records.map((fields) => fields.map(({ text }) => text));
}
