import { expect, test } from "vitest";
import { checkRows, columnsOfRows } from "../../src/contract/check-rows.ts";
import { buildPredictionRecords } from "../../src/serving/prediction-log.ts";
import { PredictionRecord } from "../../src/serving/prediction-log-schema.ts";
import { churnContract, churnModel, churnRow } from "../support/serving.ts";

test("writes one line a row, without personal columns, the entity only as a hash", async () => {
  const rows = [
    { ...churnRow, email: "ada@example.org", customer: "c-17" },
    { ...churnRow, charges: null, senior: true, plan: "premium", customer: "c-18" },
  ];
  const { table } = checkRows(churnContract, rows);
  const records = buildPredictionRecords({
    id: "q-1",
    variant: { name: "stable", model: churnModel, weight: 1 },
    raw: columnsOfRows(churnContract, rows),
    table: table ?? { rows: 0, columns: [] },
    answers: [
      { label: "yes", probabilities: { no: 0.25, yes: 0.75 } },
      {
        error: { code: "ValueError", message: "a message may quote a value, so it is not logged" },
      },
    ],
    atMs: Date.UTC(2024, 4, 1, 12),
    latencyMs: 1.25,
  });
  const lines = records
    .map((record) => `${JSON.stringify(PredictionRecord.parse(record))}\n`)
    .join("");
  expect(lines).not.toMatch(/ada@|c-17|quote/);
  await expect(lines).toMatchFileSnapshot("../fixtures/contracts/prediction-log.ndjson");
});

test.each([
  { row: { store: "Market Hall", product: "bread" }, isKnown: true },
  { row: { store: "Market Hall", product: "rolls" }, isKnown: true },
  { row: { store: "Market Hall" }, isKnown: false },
])("an entity of several columns is one key: $row", ({ row, isKnown }) => {
  const contract = { ...churnContract, entity: ["store", "product"] };
  const keyOf = (brought: Readonly<Record<string, string>>): string | null => {
    const rows = [{ ...churnRow, ...brought }];
    const [record] = buildPredictionRecords({
      id: "q-2",
      variant: { name: "stable", model: { ...churnModel, contract }, weight: 1 },
      raw: columnsOfRows(contract, rows),
      table: { rows: 1, columns: [] },
      answers: [{ label: "yes" }],
      atMs: 0,
      latencyMs: 1,
    });
    return record?.["key-hash"] ?? null;
  };
  expect(keyOf(row) !== null).toBe(isKnown);
  expect(keyOf(row) === keyOf({ store: "Market Hall", product: "bread" })).toBe(
    row.product === "bread",
  );
});
