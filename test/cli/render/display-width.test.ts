import { expect, test } from "vitest";
import {
  displayWidth,
  onOneLine,
  padEnd,
  padStart,
  plainLines,
  truncate,
  truncateMiddle,
} from "../../../src/cli/render/display-width.ts";

test.each([
  ["train", 5],
  ["", 0],
  ["Größe", 5],
  ["modèle", 6],
  ["mode\u0300le", 6],
  ["顧客データ", 10],
  ["한국어", 6],
  ["ＡＢ", 4],
  ["🚀 go", 5],
  ["👩‍🔬", 2],
  ["✓", 1],
  ["❤️", 2],
  ["…", 1],
])("%s takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test.each([
  ["load_data", 9, "load_data"],
  ["load_data", 6, "load_…"],
  ["a reason here", 9, "a reason…"],
  ["顧客データ", 6, "顧客…"],
  ["顧客データ", 5, "顧客…"],
  ["load", 1, "…"],
  ["load", 0, ""],
])("cuts %s to %i columns", (text, width, cut) => {
  expect(truncate(text, width)).toBe(cut);
  expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
});

test.each([
  ["notebooks/2026/customers/churn.ipynb", 20, "notebooks…hurn.ipynb"],
  ["churn.ipynb", 20, "churn.ipynb"],
  ["churn.ipynb", 1, "…"],
])("keeps both ends of %s in %i columns", (text, width, cut) => {
  expect(truncateMiddle(text, width)).toBe(cut);
  expect(displayWidth(truncateMiddle(text, width))).toBeLessThanOrEqual(width);
});

test("pads by what is seen, not by the number of characters", () => {
  expect(`${padEnd("顧客", 6)}|`).toBe("顧客  |");
  expect(`${padStart("é", 3)}|`).toBe("  é|");
});

test.each([
  { name: "colors", text: "\u001B[1;31mred\u001B[0m", lines: ["red"] },
  { name: "cursor movements", text: "a\u001B[2A\u001B[2Kb", lines: ["ab"] },
  { name: "titles and links", text: "\u001B]0;title\u0007x\u001B]8;;u\u001B\\y", lines: ["xy"] },
  { name: "progress bars", text: " 10%|#   |\r100%|####|\nend", lines: ["100%|####|", "end"] },
  { name: "a progress bar that is not over", text: "50%\r", lines: ["50%"] },
  { name: "lines of Windows", text: "a\r\nb", lines: ["a", "b"] },
  { name: "bells and backspaces", text: "a\u0007\bb", lines: ["ab"] },
  { name: "tabs", text: "a\tb", lines: ["a    b"] },
])("takes $name out of what a program wrote", ({ text, lines }) => {
  expect(plainLines(text)).toEqual(lines);
});

test("brings a message on one line", () => {
  expect(onOneLine("ValueError:\n\n  no \u001B[1mrows\u001B[0m\t")).toBe("ValueError: no rows");
});
