/** `kill -9` at any moment of a promotion: no package or a whole one, no process left behind, and the next command works. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonForTests } from "../support/python-environment.ts";

const run = promisify(execFile);

const CELLS = [
  "import json\nimport time",
  "rows = [{'x': n, 'y': 2 * n + 1} for n in range(20)]\ntime.sleep(0.3)",
  "#: ## Clean",
  "kept = [row for row in rows if row['x'] % 3]",
  "#: ## Save",
  "with open('kept.json', 'w') as file:\n    json.dump(kept, file)",
];

test("a killed promotion leaves no package or a whole one", async () => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "story.ipynb"), notebookText(CELLS));
  });
  const untouched = await project.snapshot();
  for (const phase of ["observe", "reference", "emit", "verify", "write"]) {
    const child = project.start("promote", "story.ipynb", "--events");
    await new Promise<void>((resolve) => {
      let text = "";
      child.stderr?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes(`"kind":"phase-started","phase":"${phase}"`)) child.kill("SIGKILL");
      });
      child.once("exit", () => {
        resolve();
      });
    });
    const paths = [...(await project.snapshot()).keys()];
    const made = paths.filter((path) => path.startsWith("pipelines/"));
    // The write phase may have got to its one rename; before it there is nothing.
    expect(phase === "write" || made.length === 0).toBe(true);
    expect(made.length === 0 || made.includes("pipelines/story/certificate.json")).toBe(true);
    expect(paths.filter((path) => !path.startsWith("pipelines/"))).toEqual([...untouched.keys()]);
    await expectNoProcessIn(project.folder);
  }
  const finished = await project.mlops("promote", "story.ipynb");
  checkExit(finished, 0);
  expect((await project.mlops("verify", "story")).code).toBe(0);
});

/** Workers end with their parent; they get a moment for it. */
async function expectNoProcessIn(folder: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const { stdout } = await run("ps", ["-eo", "pid,args"]);
    const left = stdout.split("\n").filter((line) => line.includes(folder));
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`still running:\n${left.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
