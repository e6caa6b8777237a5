import fc from "fast-check";
import { expect, test } from "vitest";
import { buildContract } from "../../src/contract/build-contract.ts";
import { checkRows } from "../../src/contract/check-rows.ts";
import { syntheticExample } from "../../src/contract/synthetic-example.ts";
import type { ColumnType } from "../../src/contract/typed-columns.ts";
import type { PlainColumn } from "../support/tables.ts";
import { repeat, tableOf } from "../support/tables.ts";

test("the example of a contract fulfils it without a warning", () => {
  fc.assert(
    fc.property(fc.array(anyColumn(), { minLength: 1, maxLength: 5 }), (columns) => {
      const named = columns.map((column, index) => ({ ...column, name: `c${String(index)}` }));
      const contract = buildContract(tableOf(named), {
        columns: named.map((column) => column.name),
        answer: { kind: "number" },
        unseen: "reject",
      });
      expect(checkRows(contract, [syntheticExample(contract)]).problems).toEqual([]);
    }),
  );
});

test("shows the middle of a range and the first category", () => {
  const contract = buildContract(
    tableOf([
      {
        name: "tenure",
        type: "int64",
        values: [...repeat(null, 9), 0, 73, ...repeat(null, 9)],
      },
      { name: "charges", type: "float64", values: [18.25, 118.7, ...repeat(20, 18)] },
      { name: "plan", type: "string", values: [...repeat("premium", 10), ...repeat("basic", 10)] },
    ]),
    { columns: ["tenure", "charges", "plan"], answer: { kind: "number" }, unseen: "reject" },
  );
  expect(syntheticExample(contract)).toEqual({ tenure: 36, charges: 68.475, plan: "basic" });
});

function anyColumn(): fc.Arbitrary<PlainColumn> {
  return fc.oneof(
    columnOf("int64", fc.maxSafeInteger()),
    columnOf("float64", fc.double({ noNaN: true })),
    columnOf("timestamp", fc.integer({ min: 0, max: 4_000_000_000_000 })),
    columnOf("bool", fc.boolean()),
    columnOf("string", fc.constantFrom("basic", "premium")),
  );
}

function columnOf(
  type: ColumnType,
  value: fc.Arbitrary<number | string | boolean>,
): fc.Arbitrary<PlainColumn> {
  return fc
    .array(fc.option(value), { minLength: 12, maxLength: 30 })
    .map((values) => ({ name: "", type, values }));
}
