import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkColumns, checkRows, MAX_PROBLEMS } from "../../src/contract/check-rows.ts";
import { Contract } from "../../src/contract/schema.ts";

const Case = z.strictObject({
  name: z.string(),
  contract: Contract,
  rows: z.array(z.unknown()),
  problems: z.array(
    z.strictObject({ code: z.string(), column: z.string(), row: z.number().nullable() }),
  ),
});
const text = readFileSync(new URL("../fixtures/contract/cases.json", import.meta.url), "utf8");
const parsedText: unknown = JSON.parse(text);
const cases = z.array(Case).parse(parsedText);

test.each(cases)("$name", ({ contract, rows, problems }) => {
  const checked = checkRows(contract, rows.map(asRow));
  const found = checked.problems.map(({ code, column, row }) => ({ code, column, row }));
  expect(found.toSorted(byPlace)).toEqual(problems.toSorted(byPlace));
  for (const { column, row, message } of checked.problems) {
    const place = row === null ? "" : `rows[${String(row)}]: `;
    expect(message.startsWith(`${place}column ${JSON.stringify(column)}`)).toBe(true);
  }
  const hasError = checked.problems.some((problem) => problem.severity === "error");
  expect(checked.table === undefined).toBe(hasError);
});

test("sends values on as the worker's columns want them", () => {
  const contract = contractOf([
    { name: "units", type: "int64" },
    { name: "isOpen", type: "bool" },
    { name: "since", type: "timestamp" },
    { name: "plan", type: "string", categories: ["basic"], unseen: "null" },
  ]);
  const { table } = checkRows(contract, [
    { units: 3, isOpen: true, since: "1970-01-01T00:00:01Z", plan: "gold" },
    { units: null, isOpen: false, since: "1970-01-01T01:00:00+01:00", plan: "basic" },
  ]);
  expect(table?.columns).toEqual([
    {
      name: "units",
      type: "int64",
      values: Float64Array.of(3, Number.NaN),
      nulls: Uint8Array.of(0b10),
    },
    { name: "isOpen", type: "bool", values: Float64Array.of(1, 0), nulls: Uint8Array.of(0) },
    { name: "since", type: "timestamp", values: Float64Array.of(1000, 0), nulls: Uint8Array.of(0) },
    { name: "plan", type: "string", values: [null, "basic"], nulls: Uint8Array.of(0b01) },
  ]);
});

test("names the place and what was there in words", () => {
  const contract = contractOf([{ name: "tenure", type: "int64" }]);
  const { problems } = checkRows(contract, [{ tenure: 1 }, { tenure: "twelve" }]);
  expect(problems.map((problem) => problem.message)).toEqual([
    'rows[1]: column "tenure" must be a whole number (at most 2^53 − 1), got the string "twelve"',
  ]);
});

test("shows a bounded number of problems, errors before warnings, and counts all", () => {
  const contract = contractOf([
    { name: "tenure", type: "int64", max: 1 },
    { name: "charges", type: "float64" },
  ]);
  const rows = Array.from({ length: 500 }, () => ({ tenure: 9, charges: "x" }));
  const checked = checkRows(contract, rows);
  expect(checked.problemCount).toBe(1000);
  expect(checked.problems).toHaveLength(MAX_PROBLEMS);
  expect(checked.problems.every((problem) => problem.severity === "error")).toBe(true);
});

test("takes no memory for every row of a column nobody knows", () => {
  const contract = contractOf([{ name: "tenure", type: "int64" }]);
  const rows = Array.from({ length: 20_000 }, (_, row) => ({
    tenure: 1,
    [`surplus${String(row)}`]: 1,
  }));
  const { problemCount } = checkRows(contract, rows);
  expect(problemCount).toBe(20_000);
});

test("checks values that come by column the same way", () => {
  const contract = contractOf([{ name: "tenure", type: "int64" }]);
  const columns = new Map<string, readonly unknown[]>([["tenure", [1, null, "x"]]]);
  const { problems } = checkColumns(contract, { rows: 3, columns });
  expect(problems.map(({ code, row }) => [code, row])).toEqual([["wrong-type", 2]]);
});

interface ColumnUnderTest {
  readonly name: string;
  readonly type: Contract["columns"][number]["type"];
  readonly max?: number;
  readonly categories?: readonly string[];
  readonly unseen?: "null";
}

function contractOf(columns: readonly ColumnUnderTest[]): Contract {
  return Contract.parse({
    version: 1,
    columns: columns.map((column) => ({
      nullable: true,
      unseen: "other",
      personal: false,
      ...column,
    })),
    answer: { kind: "number" },
  });
}

function asRow(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null)
    throw new Error("a row of the table is no object");
  return Object.fromEntries(Object.entries(value));
}

interface ProblemPlace {
  readonly code: string;
  readonly column: string;
  readonly row: number | null;
}

function byPlace(left: ProblemPlace, right: ProblemPlace): number {
  const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
  return a < b ? -1 : Number(a > b);
}
