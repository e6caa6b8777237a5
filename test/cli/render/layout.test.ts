import { expect, test } from "vitest";
import { fillLines, fillWholeWords, wrapText } from "../../../src/cli/render/layout.ts";

test("fills lines with whole items, and breaks one only where it has no line for itself", () => {
  const items = ["accuracy 0.76,", "f1 0.42,", "a-metric-with-a-long-name 0.1"];
  expect(fillLines(items, 16)).toEqual([
    "accuracy 0.76,",
    "f1 0.42,",
    "a-metric-with-a-",
    "long-name 0.1",
  ]);
  expect(wrapText("  two words", 7)).toEqual(["  two", "  words"]);
  expect(wrapText("", 7)).toEqual([""]);
});

test("words that stay whole are measured as wide as a terminal shows them", () => {
  expect(fillWholeWords(["分析", "離反", "ok"], "  ", 10)).toBe("  分析\n  離反 ok");
  expect(fillWholeWords(["分析", "離反", "ok"], "  ", 11)).toBe("  分析 離反\n  ok");
  expect(fillWholeWords(["a", "much-longer-than-a-line"], "", 8)).toBe(
    "a\nmuch-longer-than-a-line",
  );
});
