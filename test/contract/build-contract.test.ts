import { expect, test } from "vitest";
import type { ContractOptions } from "../../src/contract/build-contract.ts";
import { buildContract } from "../../src/contract/build-contract.ts";
import type { ContractColumn } from "../../src/contract/schema.ts";
import type { PlainColumn } from "../support/tables.ts";
import { repeat, tableOf } from "../support/tables.ts";

const options: Omit<ContractOptions, "columns"> = {
  answer: { kind: "label", classes: ["no", "yes"] },
  unseen: "other",
};

const cases: readonly {
  readonly name: string;
  readonly column: PlainColumn;
  readonly unseen?: ContractColumn["unseen"];
  readonly expected: Partial<ContractColumn>;
}[] = [
  {
    name: "keeps type and range of whole numbers",
    column: { name: "tenure", type: "int64", values: [5, 0, 72] },
    expected: { type: "int64", nullable: false, min: 0, max: 72 },
  },
  {
    name: "says that nulls were seen and leaves them out of the range",
    column: { name: "charges", type: "float64", values: [null, 18.25, 118.75] },
    expected: { nullable: true, min: 18.25, max: 118.75 },
  },
  {
    name: "gives no range when nothing but nulls was seen",
    column: { name: "charges", type: "float64", values: [null, null] },
    expected: { nullable: true, min: undefined, max: undefined },
  },
  {
    name: "leaves out a bound that is infinite, because JSON cannot carry it",
    column: { name: "ratio", type: "float64", values: [1, Number.POSITIVE_INFINITY] },
    expected: { min: 1, max: undefined },
  },
  {
    name: "writes times as ISO 8601",
    column: { name: "since", type: "timestamp", values: [0, 86_400_000] },
    expected: { min: "1970-01-01T00:00:00.000Z", max: "1970-01-02T00:00:00.000Z" },
  },
  {
    name: "lists categories of at least ten rows",
    column: {
      name: "plan",
      type: "string",
      values: [...repeat("premium", 10), ...repeat("basic", 15)],
    },
    expected: { categories: ["basic", "premium"] },
  },
  {
    name: "leaves out a rare category where unlisted values are passed on",
    column: {
      name: "plan",
      type: "string",
      values: [...repeat("basic", 20), ...repeat("gold", 9)],
    },
    expected: { categories: ["basic"] },
  },
  {
    name: "lists nothing where a policy would treat a rare training value differently from training",
    column: {
      name: "plan",
      type: "string",
      values: [...repeat("basic", 20), ...repeat("gold", 9)],
    },
    unseen: "reject",
    expected: { categories: undefined, unseen: "reject" },
  },
  {
    name: "lists nothing when more than half of the values are distinct",
    column: {
      name: "note",
      type: "string",
      values: [...repeat("a", 10), ..."b c d e f g h i j k l m n".split(" ")],
    },
    expected: { categories: undefined },
  },
  {
    name: "lists nothing when there are more than a thousand distinct values",
    column: {
      name: "city",
      type: "string",
      values: Array.from({ length: 11_011 }, (_, row) => `city ${String(row % 1001)}`),
    },
    expected: { categories: undefined },
  },
  {
    name: "tells nothing of a personal column but its type",
    column: { name: "customerID", type: "int64", values: [17, 18, 19] },
    expected: { personal: true, min: undefined, max: undefined },
  },
];

test.each(cases)("$name", ({ column, unseen, expected }) => {
  const contract = buildContract(tableOf([column]), {
    ...options,
    unseen: unseen ?? options.unseen,
    columns: [column.name],
  });
  const found: Readonly<Record<string, unknown>> = { ...contract.columns[0] };
  const asked = Object.keys(expected).map((key) => [key, found[key]]);
  expect(Object.fromEntries(asked)).toEqual(expected);
});

test("an answer for an entity needs a name, although rows of nobody were learned from", () => {
  const table = tableOf([
    { name: "buyer", type: "string", values: ["a", null] },
    { name: "price", type: "float64", values: [null, 1] },
  ]);
  const columns = ["buyer", "price"];
  const answer = { kind: "cluster", per: "entity" } as const;
  const contract = buildContract(table, { ...options, columns, answer, entity: "buyer" });
  expect(contract).toMatchObject({ entity: "buyer", answer });
  expect(contract.columns.map(({ nullable }) => nullable)).toEqual([false, true]);
  const perRow = buildContract(table, { ...options, columns, entity: "buyer" });
  expect(perRow.columns.map(({ nullable }) => nullable)).toEqual([true, true]);
});

test("keeps the order asked for and leaves out what the features do not need", () => {
  const table = tableOf([
    { name: "a", type: "int64", values: [1] },
    { name: "b", type: "int64", values: [1] },
    { name: "c", type: "int64", values: [1] },
  ]);
  const contract = buildContract(table, { ...options, columns: ["c", "a"], entity: "b" });
  expect(contract.columns.map((column) => column.name)).toEqual(["c", "a"]);
  expect(contract.entity).toBe("b");
});

test("refuses a column that the table does not have, and names those it has", () => {
  const table = tableOf([{ name: "tenure", type: "int64", values: [1] }]);
  expect(() => buildContract(table, { ...options, columns: ["tenur"] })).toThrow(
    expect.objectContaining({ code: "contract-column-missing", hint: "its columns are tenure" }),
  );
});

test("refuses a table without rows", () => {
  expect(() => buildContract(tableOf([]), { ...options, columns: ["tenure"] })).toThrow(
    expect.objectContaining({ code: "contract-empty-table" }),
  );
});

test("writes contract.json as contract 5 has it", async () => {
  const table = tableOf([
    {
      name: "customer_id",
      type: "string",
      values: Array.from({ length: 20 }, (_, row) => `c-${String(row)}`),
    },
    { name: "tenure", type: "int64", values: Array.from({ length: 20 }, (_, row) => row) },
    { name: "charges", type: "float64", values: [null, ...repeat(29.5, 19)] },
    { name: "senior", type: "bool", values: repeat(true, 20) },
    { name: "plan", type: "string", values: [...repeat("premium", 10), ...repeat("basic", 10)] },
    {
      name: "since",
      type: "timestamp",
      values: Array.from({ length: 20 }, (_, row) => row * 86_400_000),
    },
  ]);
  const columns = table.columns.map((column) => column.name);
  const contract = buildContract(table, {
    ...options,
    columns,
    entity: "customer_id",
    time: "since",
  });
  const text = `${JSON.stringify(contract, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../fixtures/contracts/contract.json");
});
