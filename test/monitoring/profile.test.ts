import { expect, test } from "vitest";
import { profileTable, renderProfile } from "../../src/monitoring/profile.ts";
import { Profile } from "../../src/monitoring/schema.ts";
import type { PlainColumn } from "../support/tables.ts";
import { repeat, tableOf } from "../support/tables.ts";

const churn: readonly PlainColumn[] = [
  {
    name: "customer_id",
    type: "string",
    values: Array.from({ length: 40 }, (_, row) => `c-${String(row)}`),
  },
  { name: "tenure", type: "int64", values: Array.from({ length: 40 }, (_, row) => (row * 7) % 40) },
  {
    name: "charges",
    type: "float64",
    values: Array.from({ length: 40 }, (_, row) => (row % 4 === 0 ? null : 20 + row / 8)),
  },
  { name: "senior", type: "bool", values: Array.from({ length: 40 }, (_, row) => row % 3 === 0) },
  {
    name: "plan",
    type: "string",
    values: [...repeat("basic", 22), ...repeat("premium", 15), "gold", null, null],
  },
  {
    name: "since",
    type: "timestamp",
    values: Array.from({ length: 40 }, (_, row) => row * 86_400_000),
  },
];

test("writes the profile of a table as profile.json", async () => {
  const profile: Profile = {
    version: 1,
    raw: profileTable(tableOf(churn), new Set(["customer_id"])),
  };
  await expect(renderProfile(profile)).toMatchFileSnapshot("../fixtures/contracts/profile.json");
});

test("gives the same bytes for the same table", () => {
  const [first, second] = [0, 1].map(() =>
    renderProfile({ version: 1, raw: profileTable(tableOf(churn)) }),
  );
  expect(first).toBe(second);
});

test("keeps nothing but counts of a personal column", () => {
  const { columns } = profileTable(tableOf(churn), new Set(["plan", "tenure"]));
  expect(columns.filter((column) => ["plan", "tenure"].includes(column.name))).toEqual([
    { name: "tenure", type: "int64", count: 40, nulls: 0 },
    { name: "plan", type: "string", count: 40, nulls: 2 },
  ]);
});

test("counts rare categories without naming them", () => {
  const [plan] = profileTable(tableOf(churn.filter((column) => column.name === "plan"))).columns;
  expect(plan?.categories).toEqual({
    listed: [
      { value: "basic", count: 22 },
      { value: "premium", count: 15 },
    ],
    other: 1,
  });
});

test("has no numbers where no finite value was seen", () => {
  const table = tableOf([{ name: "x", type: "float64", values: [null, Number.POSITIVE_INFINITY] }]);
  expect(profileTable(table).columns).toEqual([{ name: "x", type: "float64", count: 2, nulls: 1 }]);
});

test("keeps the digits of a small spread around a large mean", () => {
  const values = Array.from({ length: 1000 }, (_, row) => 1e9 + (row % 2));
  const [column] = profileTable(tableOf([{ name: "x", type: "float64", values }])).columns;
  expect(column?.numbers?.mean).toBeCloseTo(1e9 + 0.5, 6);
  expect(column?.numbers?.deviation).toBeCloseTo(0.5, 9);
});

test("reads back what it wrote", () => {
  const profile: Profile = { version: 1, raw: profileTable(tableOf(churn)) };
  const text: unknown = JSON.parse(renderProfile(profile));
  expect(Profile.parse(text)).toEqual(profile);
});
