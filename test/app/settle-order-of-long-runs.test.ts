/** Other orders cost as many runs of the notebook: where that is long, nobody waits for them unasked. */
import { expect, test } from "vitest";
import { settleOrder } from "../../src/app/settle-order.ts";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { savedNotebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";
import { ranStatement } from "../support/ran-statement.ts";

const STORY = savedNotebookText([
  { source: "price = 1", count: 1 },
  { source: "price = price * 2\nprint(price)", count: 3, prints: "20\n" },
  { source: "price = 10", count: 2 },
]);

async function triesAfter(wallMs: number): Promise<{ tried: number; hints: string }> {
  const parser = await pythonParser();
  const read = readNotebook(STORY, "story.ipynb");
  if (read.value === undefined) throw new Error("the story is no notebook");
  let tried = 0;
  const statements = ["", "2\n", ""].map((text, at) => ranStatement(at + 1, { text, wallMs }));
  const settled = await settleOrder(
    {
      program: buildNotebookProgram(read.value, parser).value,
      path: "story.ipynb",
      order: undefined,
      pipeline: "story",
      variables: {},
      observe: async () =>
        Promise.resolve({ statements, cells: [], captures: [], environment: undefined }),
      onTry: () => {
        tried += 1;
      },
    },
    { files: memoryFiles({ "story.ipynb": STORY }), parser },
  );
  return { tried, hints: settled.notes.map(({ hint }) => hint ?? "").join("\n") };
}

test("a short run is followed by runs in other orders", async () => {
  expect((await triesAfter(1)).tried).toBe(1);
});

test("after a long run the note says how to ask for them", async () => {
  const { tried, hints } = await triesAfter(50_000);
  expect(tried).toBe(0);
  expect(hints).toContain("--order saved");
});
