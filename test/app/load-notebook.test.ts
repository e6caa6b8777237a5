import { expect, test } from "vitest";
import { notebookText } from "../support/notebooks.ts";
import { runMlops } from "../support/run-mlops.ts";
import { tempProject } from "../support/temp-project.ts";

const KEPT = "7Hq2wZ-kept-outside";
const WRITTEN = "Zq7-written9xW";

/** The last cell was saved with an error that says both secrets. */
function notebookWithError(first: string): string {
  const notebook = JSON.parse(
    notebookText([
      first,
      `url = "postgresql://ada:${WRITTEN}@db.example.org/shop"`,
      "connect(url)",
    ]),
  ) as { cells: { outputs: unknown[]; execution_count: number | null }[] };
  for (const [at, cell] of notebook.cells.entries()) cell.execution_count = at + 1;
  notebook.cells.at(-1)?.outputs.push({
    output_type: "error",
    ename: "OSError",
    evalue: `refused ${KEPT} and ${WRITTEN}`,
    traceback: [],
  });
  return JSON.stringify(notebook);
}

test.each(["x = 1", "%run other.ipynb"])(
  "shows no secret of a saved error behind a cell with %s",
  async (first) => {
    await using project = await tempProject({
      "story.ipynb": notebookWithError(first),
      "other.ipynb": notebookText(["x = 1"]),
    });
    const { stdout, stderr } = await runMlops(["inspect", "story.ipynb", "--phase", "plan"], {
      directory: project.root,
      environment: { GITHUB_TOKEN: KEPT },
    });
    expect(stdout + stderr).toContain("refused *** and ***");
    expect(stdout + stderr).not.toContain(KEPT);
    expect(stdout + stderr).not.toContain(WRITTEN);
  },
);
