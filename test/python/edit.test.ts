import { expect, test } from "vitest";
import { applyEdits, OverlappingEditsError, type TextEdit } from "../../src/python/edit.ts";

const edit = (start: number, end: number, text: string): TextEdit => ({
  span: { start, end },
  text,
});

test.each<{ readonly name: string; readonly edits: readonly TextEdit[]; readonly result: string }>([
  { name: "nothing", edits: [], result: "size = 10" },
  { name: "a replacement", edits: [edit(7, 9, "20")], result: "size = 20" },
  {
    name: "edits in any order",
    edits: [edit(7, 9, "20"), edit(0, 4, "count")],
    result: "count = 20",
  },
  { name: "a deletion", edits: [edit(4, 9, "")], result: "size" },
  {
    name: "two insertions at one place, in their order",
    edits: [edit(0, 0, "a"), edit(0, 0, "b")],
    result: "absize = 10",
  },
  {
    name: "an insertion before a replacement",
    edits: [edit(0, 4, "n"), edit(0, 0, "# ")],
    result: "# n = 10",
  },
])("applies $name", ({ edits, result }) => {
  expect(applyEdits("size = 10", edits)).toBe(result);
});

test.each<{ readonly name: string; readonly edits: readonly TextEdit[] }>([
  { name: "overlap", edits: [edit(0, 4, "a"), edit(3, 6, "b")] },
  { name: "lie outside of the text", edits: [edit(5, 50, "a")] },
  { name: "end before they start", edits: [edit(5, 3, "a")] },
])("refuses edits that $name", ({ edits }) => {
  expect(() => applyEdits("size = 10", edits)).toThrow(OverlappingEditsError);
});
