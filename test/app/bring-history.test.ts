/** Newer rows for a model that looks at earlier ones: what is checked, what is told, and by which place in the file. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFiles } from "../../src/adapters/node-files.ts";
import { type BroughtHistory, bringHistory } from "../../src/app/bring-history.ts";
import type { Contract } from "../../src/contract/schema.ts";
import { decodeColumns } from "../../src/contract/typed-columns.ts";
import type { WorkerCallOptions, WorkerOperation } from "../../src/ports/worker.ts";
import { WorkerError } from "../../src/ports/worker.ts";
import { tableFormatOf } from "../../src/serving/table-format.ts";

const column = { nullable: false, unseen: "other", personal: false } as const;
const CONTRACT: Contract = {
  version: 1,
  columns: [
    { ...column, name: "shop", type: "string", unseen: "reject", categories: ["north", "south"] },
    { ...column, name: "date", type: "timestamp", max: "2024-03-24T00:00:00.000Z" },
    { ...column, name: "price", type: "float64" },
  ],
  entity: "shop",
  time: "date",
  answer: { kind: "number" },
};
/** What the model's Python says of its history; `sold` is predicted, `note` is read by nothing. */
const KEPT = {
  entity: ["shop"],
  time: "date",
  columns: [
    { name: "shop", type: "string", nullable: true },
    { name: "date", type: "timestamp", nullable: true },
    { name: "price", type: "float64", nullable: true },
    { name: "sold", type: "int64", nullable: false },
  ],
  known: ["shop", "date", "price", "sold", "note"],
};
const HEADER = "date,shop,price,sold,note";

let folder: string;
let asked: readonly { readonly name: string; readonly values: readonly unknown[] }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mlops-history-"));
  asked = [];
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Brought {
  readonly text: string;
  readonly path?: string;
  readonly kept?: typeof KEPT | null;
  readonly extend?: () => {
    readonly replaced: readonly number[];
    readonly unused: readonly number[];
  };
}

async function bring({
  text,
  path = "newer.csv",
  kept = KEPT,
  extend = () => ({ replaced: [], unused: [] }),
}: Brought): Promise<BroughtHistory> {
  await writeFile(join(folder, path), text);
  const call = (
    operation: WorkerOperation,
    header: Readonly<Record<string, unknown>>,
    options?: WorkerCallOptions,
  ): Promise<{ result: unknown; payloads: [] }> => {
    if (operation === "history")
      return Promise.resolve({ result: { history: kept }, payloads: [] });
    const table = decodeColumns(
      header as unknown as Parameters<typeof decodeColumns>[0],
      options?.payloads ?? [],
    );
    asked = table.columns.map(({ name, values }) => ({ name, values: [...values] }));
    return new Promise((resolve) => {
      resolve({ result: extend(), payloads: [] });
    });
  };
  const worker = { call } as unknown as Parameters<typeof bringHistory>[1]["worker"];
  return bringHistory(
    { path, format: tableFormatOf(path) ?? "csv" },
    { worker, contract: CONTRACT, model: "sales@v1", signal: new AbortController().signal },
    createFiles(folder),
  );
}

test("brings the columns of the raw table, the predicted one included, and nothing that nobody reads", async () => {
  const text = `${HEADER},extra\n2024-03-25,north,3.5,20,fine,x\n2024-03-25,south,4,21,,x\n`;
  const { rows, replaced, diagnostics } = await bring({ text });
  expect({ rows, replaced }).toEqual({ rows: 2, replaced: 0 });
  expect(asked.map(({ name }) => name)).toEqual(["shop", "date", "price", "sold"]);
  expect(asked[3]?.values).toEqual([20, 21]);
  // Later than training, as newer rows are, is nothing to warn of; nor is a column that the raw table has.
  expect(diagnostics.map(({ message }) => message)).toEqual([
    'column "extra" is no column of the raw table and was left out',
  ]);
});

test("tells rows that stand for a kept one and rows older than what is kept, by line, entity and time", async () => {
  const lines = Array.from({ length: 7 }, (_, day) => `2024-03-0${String(day + 1)},north,3,20,`);
  const { replaced, diagnostics } = await bring({
    text: `${[HEADER, ...lines].join("\n")}\n`,
    extend: () => ({ replaced: [0, 1, 2, 3, 4, 5], unused: [6] }),
  });
  expect(replaced).toBe(6);
  expect(diagnostics).toHaveLength(7);
  expect(diagnostics[0]).toEqual({
    code: "history-row-replaced",
    severity: "warning",
    message:
      "shop north, date 2024-03-01 is in the model's history already; this row is taken in its place",
    where: { path: "newer.csv", line: 2 },
  });
  expect(diagnostics[5]?.message).toMatch(/^1 more rows are taken in place/);
  expect(diagnostics[6]).toMatchObject({
    code: "history-row-unused",
    message: expect.stringMatching(/^shop north, date 2024-03-07 is older than/) as unknown,
    where: { line: 8 },
  });
});

test("reads JSON as well", async () => {
  const text = JSON.stringify([{ date: "2024-03-25", shop: "north", price: 3, sold: 20 }]);
  const { diagnostics } = await bring({
    path: "newer.json",
    text,
    extend: () => ({ replaced: [0], unused: [] }),
  });
  expect(diagnostics[0]?.where).toMatchObject({ path: "newer.json" });
  expect(diagnostics[0]?.message).toMatch(/shop north, date 2024-03-25 is in the model's history/);
});

test.each([
  {
    name: "a missing predicted column",
    text: "date,shop,price\n2024-03-25,north,3\n",
    message: /"sold"/,
    line: undefined,
  },
  {
    name: "a null in the predicted column",
    text: `${HEADER}\n2024-03-25,north,3,20,\n2024-03-26,north,3,,\n`,
    message: /"sold".*null/,
    line: 3,
  },
  {
    name: "a text for a number",
    text: `${HEADER}\n2024-03-25,north,cheap,20,\n`,
    message: /"price"/,
    line: 2,
  },
  {
    name: "a time that is none",
    text: `${HEADER}\n2024-03-25,north,3,20,\ntomorrow,north,3,20,\n`,
    message: /"date"/,
    line: 3,
  },
  {
    name: "a row without an entity",
    text: `${HEADER}\n2024-03-25,,3,20,\n`,
    message: /"shop".*null/,
    line: 2,
  },
  {
    name: "a category that the model refuses",
    text: `${HEADER}\n2024-03-25,west,3,20,\n`,
    message: /"shop"/,
    line: 2,
  },
])("refuses $name by column and row, and brings nothing", async ({ text, message, line }) => {
  await expect(bring({ text })).rejects.toMatchObject({
    code: "contract-violated",
    message: expect.stringMatching(message) as unknown,
    where: line === undefined ? { path: "newer.csv" } : { path: "newer.csv", line },
    hint: expect.stringContaining("newer rows bring shop, date, price, sold") as unknown,
  });
  expect(asked).toEqual([]);
});

test("what the model's Python refuses is told at the line of the file", async () => {
  const text = `${HEADER}\n2024-03-25,north,3,20,\n2024-03-25,north,3,21,\n`;
  const extend = (): never => {
    throw new WorkerError({
      code: "history-malformed",
      message: "shop 'north' and date 2024-03-25 stand in two rows of the table",
      column: "date",
      row: 1,
    });
  };
  await expect(bring({ text, extend })).rejects.toMatchObject({
    code: "history-malformed",
    exitCode: 2,
    where: { path: "newer.csv", line: 3 },
  });
});

test("a model that looks at no earlier rows takes none", async () => {
  await expect(bring({ text: `${HEADER}\n`, kept: null })).rejects.toMatchObject({
    code: "history-not-kept",
    exitCode: 2,
    message: expect.stringContaining("sales@v1") as unknown,
  });
});
