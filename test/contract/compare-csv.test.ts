import { expect, test } from "vitest";
import { compareCsv, readCsvTable } from "../../src/contract/compare-csv.ts";

const BEFORE = "id,plan,cost\n1,a,10\n2,b,20\n2,b,20\n";

function diff(before: string, after: string): readonly unknown[] {
  const [was, is] = [readCsvTable(before), readCsvTable(after)];
  if (!was.ok || !is.ok) throw new Error("no CSV");
  const { columnsAdded, columnsRemoved, rowsBefore, rowsAfter, rowsAdded, rowsRemoved } =
    compareCsv(was.value, is.value);
  return [
    columnsAdded.join(),
    columnsRemoved.join(),
    rowsBefore,
    rowsAfter,
    rowsAdded,
    rowsRemoved,
  ];
}

test.each<readonly [string, string, readonly unknown[]]>([
  [
    "the order of rows does not count",
    "id,plan,cost\n2,b,20\n1,a,10\n2,b,20\n",
    ["", "", 3, 3, 0, 0],
  ],
  [
    "nor do quotes and line ends",
    'id,plan,cost\r\n1,"a",10\r\n2,b,20\r\n2,b,20',
    ["", "", 3, 3, 0, 0],
  ],
  [
    "a row that stands there twice counts twice",
    "id,plan,cost\n1,a,10\n2,b,20\n",
    ["", "", 3, 2, 0, 1],
  ],
  [
    "a changed value is a row less and a row more",
    BEFORE.replace("10", "11"),
    ["", "", 3, 3, 1, 1],
  ],
  [
    "columns in another order hold the same",
    "cost,id,plan\n10,1,a\n20,2,b\n20,2,b\n",
    ["", "", 3, 3, 0, 0],
  ],
  [
    "rows are compared by the columns that both have",
    "id,cost,city\n1,10,x\n2,20,y\n3,30,z\n",
    ["city", "plan", 3, 3, 1, 1],
  ],
  ["fields are not run together", "id,plan,cost\n1,a1,0\n2,b,20\n2,b,20\n", ["", "", 3, 3, 1, 1]],
])("%s", (_, after, expected) => {
  expect(diff(BEFORE, after)).toEqual(expected);
});

test("what is no table says where", () => {
  expect(readCsvTable("id,plan\n1\n")).toMatchObject({ ok: false, error: { line: 2 } });
});
