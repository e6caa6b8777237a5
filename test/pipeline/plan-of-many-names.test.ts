/** Whether a plan is the same when names that share memory are not listed with every statement. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { planNotebook } from "../../src/pipeline/plan-notebook.ts";
import type { Cut } from "../../src/pipeline/segment.ts";
import { stories } from "../bench/stories.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";
import { CROWD, SHARING_START, sharingStatement } from "../support/sharing-programs.ts";

/** The lines of a plan in no order: where many names travel together, the order of their list is free. */
async function linesOfPlan(
  cells: readonly string[],
  cut: Cut,
  listsNames: boolean,
): Promise<readonly string[]> {
  const notebook = readNotebook(notebookText(cells), "story.ipynb").value;
  if (notebook === undefined) throw new Error("the notebook reads");
  const { value: program } = buildNotebookProgram(notebook, await pythonParser(), {
    pipeline: "story",
    environment: {},
    listsNames,
  });
  const input = { name: "story", root: ".", observation: undefined, python: "3.11" };
  const { plan, diagnostics } = planNotebook({ ...input, program, cut });
  // Their first name gives some artifacts theirs.
  const byContent = new Map(
    plan?.artifacts.map(({ name, variables }) => [name, `"${variables.toSorted().join(" ")}"`]),
  );
  const text = JSON.stringify({ plan, diagnostics }, undefined, 1).replaceAll(
    /"([^"]*)"/g,
    (whole, name: string) => byContent.get(name) ?? whole,
  );
  return text
    .split("\n")
    .map((line) => line.replace(/,$/, ""))
    .sort();
}

async function checkPlans(cells: readonly string[]): Promise<void> {
  for (const cut of ["role", "cell"] as const)
    expect(await linesOfPlan(cells, cut, false)).toEqual(await linesOfPlan(cells, cut, true));
}

test.each(stories)(
  "the story of $name is planned as from lists of all names",
  async ({ cells }) => {
    await checkPlans(cells(40));
  },
);

test("programs with many names for one thing are planned as from lists of all of them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sharingStatement, { minLength: 3, maxLength: 15 }),
      async (statements) => {
        await checkPlans([
          ...SHARING_START,
          ...CROWD,
          ...statements,
          'df.to_csv("out.csv")\nprint(log, view1)\nview2.to_csv("view.csv")',
        ]);
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);
