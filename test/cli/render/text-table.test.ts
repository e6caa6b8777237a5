import { expect, test } from "vitest";
import { displayWidth } from "../../../src/cli/render/display-width.ts";
import { renderRows } from "../../../src/cli/render/table.ts";
import { renderTextTable } from "../../../src/cli/render/text-table.ts";
import type { Table } from "../../../src/cli/render/typed-table.ts";
import { plainStyle } from "../../../src/cli/style.ts";

const table: Table = {
  columns: [
    { key: "run", title: "run", wrap: "never" },
    { key: "notebook", title: "notebook" },
    { key: "metric.auc", title: "auc", align: "right", wrap: "never", folds: true },
    { key: "metric.f1", title: "f1", align: "right", wrap: "never", folds: true },
    { key: "id", title: "id", hidden: "for-people" },
  ],
  rows: [
    ["4f2a9c10", "notebooks/churn.ipynb", 0.8, null, "x"],
    ["81bb0300", "分析/離反.ipynb", 0.75, 0.5, "y"],
  ],
};

function at(columns: number, shown: Table = table): readonly string[] {
  return renderTextTable(shown, { ...plainStyle, columns }).split("\n");
}

test("as wide as its cells where there is room, wide letters counted as two", () => {
  expect(at(80)).toEqual([
    "run       notebook                auc   f1",
    "4f2a9c10  notebooks/churn.ipynb   0.8",
    "81bb0300  分析/離反.ipynb        0.75  0.5",
  ]);
});

test("columns that fold go below their row first", () => {
  expect(at(32)).toEqual([
    "run       notebook",
    "4f2a9c10  notebooks/churn.ipynb",
    "  auc 0.8",
    "81bb0300  分析/離反.ipynb",
    "  auc 0.75, f1 0.5",
  ]);
});

test("then long texts go on below themselves, broken where their parts meet", () => {
  expect(at(24)).toEqual([
    "run       notebook",
    "4f2a9c10  notebooks/",
    "          churn.ipynb",
    "  auc 0.8",
    "81bb0300  分析/離反.",
    "          ipynb",
    "  auc 0.75, f1 0.5",
  ]);
});

test("at last each row is a block of its own", () => {
  expect(at(19).slice(0, 5)).toEqual([
    "run       4f2a9c10",
    "notebook  notebooks",
    "          /churn.",
    "          ipynb",
    "auc       0.8",
  ]);
});

test.each([200, 80, 60, 40, 33, 30, 25, 22, 20])(
  "at %i columns no line is wider, and every letter is there",
  (columns) => {
    const lines = at(columns);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
    const letters = lines.join("").replaceAll(/\s/g, "");
    // A name that is broken stands in pieces, with other cells between them.
    for (const word of ["4f2a9c10", "81bb0300", "0.8", "0.75"]) expect(letters).toContain(word);
    const cells = table.rows
      .flatMap((row) => row.slice(0, -1))
      .map((cell) => (typeof cell === "string" || typeof cell === "number" ? String(cell) : ""))
      .join("");
    for (const letter of new Set(cells))
      expect([letter, letters.split(letter).length]).toSatisfy(
        ([, count]: [string, number]) => count >= cells.split(letter).length,
      );
  },
);

test("a cell that would move the cursor or color the screen does not", () => {
  const hostile = "\u001b[2Jred\nnext\tone";
  const [, row] = at(80, { columns: [{ key: "a", title: "a" }], rows: [[hostile]] });
  expect(row).toBe("red next one");
  expect(renderRows([["train", hostile, "1 s"]], plainStyle)).toBe("  train  red next one  1 s");
});

test("without rows there are the titles", () => {
  expect(at(80, { ...table, rows: [] })).toEqual(["run  notebook  auc  f1"]);
  expect(at(10, { ...table, rows: [] })).toHaveLength(1);
});

test("only letters stand out, not the spaces behind them", () => {
  const style = { ...plainStyle, bad: (text: string) => `<${text}>` };
  const rows = [
    ["train", { value: "failed", tone: "bad" }, "why"],
    ["evaluate", { value: "no", tone: "bad" }, ""],
  ] as const;
  expect(renderRows(rows, style)).toBe("  train     <failed>  why\n  evaluate  <no>");
});

test("rows without titles keep their names whole and wrap the rest", () => {
  const rows = [["model", "sklearn.ensemble._forest.RandomForestClassifier", "12 kB"]];
  expect(renderRows(rows, { ...plainStyle, columns: 42 }, { right: [2] })).toBe(
    ["  model  sklearn.ensemble._forest.   12 kB", "         RandomForestClassifier"].join("\n"),
  );
});
