import fc from "fast-check";
import { expect, test } from "vitest";
import { findConflictMarks, mergeLines } from "../../src/app/merge-lines.ts";

const labels = { ours: "yours (edited since churn:r1)", theirs: "churn:r2 (from the notebook)" };

function merge(base: string, ours: string, theirs: string) {
  return mergeLines({ base, ours, theirs }, labels);
}

test("puts changes of different places together", () => {
  expect(merge("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n")).toEqual({
    text: "A\nb\nc\nd\nE\n",
    conflicts: [],
  });
});

test("marks where both changed the same lines, and finds the marks again", () => {
  const { text, conflicts } = merge("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n");
  expect(text).toBe(
    "a\n<<<<<<< yours (edited since churn:r1)\nmine\n=======\ntheirs\n>>>>>>> churn:r2 (from the notebook)\nc\n",
  );
  expect(conflicts).toEqual([2]);
  expect(findConflictMarks(text)).toEqual([2]);
});

test("sees no conflict where both made the same change", () => {
  expect(merge("a\nb\n", "a\nsame\n", "a\nsame\n").conflicts).toEqual([]);
});

test("takes a heading underlined with equals signs for no mark", () => {
  expect(findConflictMarks("Title\n=======\n\n<<<<<<< not closed\n")).toEqual([]);
});

test("an edit of one side alone is taken as it is, and no line of either side is ever lost", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 8 });
  fc.assert(
    fc.property(lines, lines, lines, (base, ours, theirs) => {
      const [was, mine, made] = [base.join("\n"), ours.join("\n"), theirs.join("\n")];
      expect(merge(was, mine, was).text).toBe(mine);
      expect(merge(was, was, made).text).toBe(made);
      const { text } = merge(was, mine, made);
      const own = [...ours, ...theirs].filter((line) => !base.includes(line));
      expect(text.split("\n")).toEqual(expect.arrayContaining(own));
    }),
  );
});
