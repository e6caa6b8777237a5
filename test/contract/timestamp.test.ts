import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTimestamp, renderTimestamp } from "../../src/contract/timestamp.ts";

test("reads what it writes, to the millisecond", () => {
  const anyTime = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(anyTime, (ms) => {
      expect(parseTimestamp(renderTimestamp(ms) ?? "")).toBe(ms);
    }),
  );
});

test("takes a time without an offset as UTC", () => {
  expect(parseTimestamp("2024-05-01 12:00")).toBe(Date.UTC(2024, 4, 1, 12));
  expect(parseTimestamp("2024-05-01")).toBe(Date.UTC(2024, 4, 1));
});

test("moves an offset to UTC", () => {
  expect(parseTimestamp("2024-05-01T12:00:00.25+05:30")).toBe(Date.UTC(2024, 4, 1, 6, 30, 0, 250));
  expect(parseTimestamp("2024-05-01T12:00-0100")).toBe(Date.UTC(2024, 4, 1, 13));
});

test("keeps years below 100 as they are", () => {
  expect(renderTimestamp(parseTimestamp("0042-01-01") ?? 0)).toBe("0042-01-01T00:00:00.000Z");
});

test("writes nothing for a time beyond four-digit years", () => {
  expect([renderTimestamp(1e15), renderTimestamp(Number.NaN)]).toEqual([undefined, undefined]);
});
