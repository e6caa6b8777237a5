import { expect, test } from "vitest";
import { renderCsv, renderMarkdown } from "../../../src/cli/render/table-forms.ts";
import type { Cell, Table, Value } from "../../../src/cli/render/typed-table.ts";

function tableOf(...cells: readonly (Value | Cell)[]): Table {
  return {
    columns: cells.map((_, at) => ({ key: `k${String(at)}`, title: `t${String(at)}` })),
    rows: [cells],
  };
}

test.each<readonly [Value | Cell, string]>([
  ["churn", "churn"],
  ["a,b", '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ["two\nlines", '"two\nlines"'],
  ["two\r\nlines", '"two\r\nlines"'],
  [" spaces ", " spaces "],
  ["", ""],
  [null, ""],
  [true, "true"],
  [0.1 + 0.2, "0.30000000000000004"],
  ["NaN", "NaN"],
  [{ value: 12_345, text: "12.3 kB" }, "12345"],
])("the value %j is %j in CSV", (value, expected) => {
  expect(renderCsv(tableOf(value))).toBe(`k0\n${expected}`);
});

test.each<readonly [Value | Cell, string]>([
  ["churn", "churn"],
  ["a|b", String.raw`a\|b`],
  ["two\nlines", "two<br>lines"],
  ["two\r\nlines", "two<br>lines"],
  [String.raw`C:\data`, String.raw`C:\\data`],
  ["<script>", String.raw`\<script\>`],
  ["roc_auc", "roc_auc"],
  ["__init__", String.raw`\_\_init\_\_`],
  ["**bold** `code`", String.raw`\*\*bold\*\* \`code\``],
  [null, ""],
  [{ value: 12_345, text: "12.3 kB" }, "12.3 kB"],
])("the value %j is %j in Markdown", (value, expected) => {
  expect(renderMarkdown(tableOf(value))).toBe(`| t0 |\n| --- |\n| ${expected} |`);
});

test("programs get columns that people do not, and both get the titles of an empty table", () => {
  const table: Table = {
    columns: [
      { key: "run", title: "run" },
      { key: "wall-ms", title: "took", align: "right" },
      { key: "commit", title: "commit", hidden: "for-people" },
      { key: "kind", title: "kind", hidden: "in-text" },
    ],
    rows: [],
  };
  expect(renderCsv(table)).toBe("run,wall-ms,commit,kind");
  expect(renderMarkdown(table)).toBe("| run | took | kind |\n| --- | ---: | --- |");
});
