import fc from "fast-check";
import { expect, test } from "vitest";
import type { Table, TableColumn } from "../../src/contract/typed-columns.ts";
import {
  countNulls,
  decodeColumns,
  emptyNulls,
  encodeColumns,
  isNull,
  markNull,
} from "../../src/contract/typed-columns.ts";

test("decoding what was encoded gives the same table", () => {
  fc.assert(
    fc.property(tables(), (table) => {
      const { header, payloads } = encodeColumns(table);
      expect(decodeColumns(header, payloads)).toEqual(table);
    }),
  );
});

test("numbers are little-endian float64 and nulls one bit a row, least significant first", () => {
  const table: Table = {
    rows: 9,
    columns: [
      {
        name: "x",
        type: "float64",
        values: new Float64Array(9).fill(1),
        nulls: Uint8Array.of(0b10, 0b1),
      },
    ],
  };
  const { header, payloads } = encodeColumns(table);
  expect(header).toEqual({ rows: 9, columns: [{ name: "x", type: "float64" }] });
  expect(payloads[0]?.slice(0, 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0xf0, 0x3f));
  expect(payloads[1]).toEqual(Uint8Array.of(0b10, 0b1));
});

test("text is a JSON array with null where it is missing", () => {
  const table: Table = {
    rows: 2,
    columns: [
      { name: "plan", type: "string", values: ["größer", null], nulls: Uint8Array.of(0b10) },
    ],
  };
  const [values] = encodeColumns(table).payloads;
  expect(new TextDecoder().decode(values)).toBe('["größer",null]');
});

test("reads numbers from a payload that starts anywhere in a frame", () => {
  const frame = new Uint8Array(17);
  new DataView(frame.buffer).setFloat64(3, 2.5, true);
  const header = { rows: 1, columns: [{ name: "x", type: "float64" as const }] };
  const table = decodeColumns(header, [frame.subarray(3, 11), Uint8Array.of(0)]);
  expect(table.columns[0]?.values).toEqual(Float64Array.of(2.5));
});

test.each([
  { name: "too few payloads", payloads: [new Uint8Array(8)] },
  { name: "values of another length", payloads: [new Uint8Array(9), new Uint8Array(1)] },
  { name: "a bitmap of another length", payloads: [new Uint8Array(8), new Uint8Array(2)] },
])("refuses $name", ({ payloads }) => {
  expect(() =>
    decodeColumns({ rows: 1, columns: [{ name: "x", type: "int64" }] }, payloads),
  ).toThrow();
});

test("refuses text that is no array of as many strings", () => {
  for (const text of ['["a","b"]', '{"0":"a"}', "[1]"]) {
    const payloads = [new TextEncoder().encode(text), Uint8Array.of(0)];
    expect(() =>
      decodeColumns({ rows: 1, columns: [{ name: "x", type: "string" }] }, payloads),
    ).toThrow(/"x"/);
  }
});

test("counts the nulls it marked", () => {
  const nulls = emptyNulls(20);
  for (const row of [0, 7, 8, 19]) markNull(nulls, row);
  expect(countNulls(nulls, 20)).toBe(4);
  expect([isNull(nulls, 7), isNull(nulls, 6)]).toEqual([true, false]);
});

function tables(): fc.Arbitrary<Table> {
  return fc
    .nat({ max: 20 })
    .chain((rows) =>
      fc.record({ rows: fc.constant(rows), columns: fc.array(columns(rows), { maxLength: 4 }) }),
    );
}

function columns(rows: number): fc.Arbitrary<TableColumn> {
  const length = { minLength: rows, maxLength: rows };
  const text = fc.record({
    name: fc.string(),
    values: fc.array(fc.option(fc.string({ unit: "grapheme" })), length),
  });
  const numbers = fc.record({
    name: fc.string(),
    values: fc.array(fc.option(fc.double()), length),
  });
  return fc.oneof(
    text.map(({ name, values }) => ({
      name,
      type: "string" as const,
      values,
      nulls: nullsOf(values),
    })),
    numbers.map(({ name, values }) => ({
      name,
      type: "float64" as const,
      values: Float64Array.from(values, (value) => value ?? Number.NaN),
      nulls: nullsOf(values),
    })),
  );
}

function nullsOf(values: readonly unknown[]): Uint8Array {
  const nulls = emptyNulls(values.length);
  for (const [row, value] of values.entries()) if (value === null) markNull(nulls, row);
  return nulls;
}
