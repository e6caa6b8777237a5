/** Children that the user's code started end with the process that ran it, however that one ended. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { descendantsOf, expectNoProcessIn } from "../support/process-tree.ts";
import { pythonForTests } from "../support/python-environment.ts";

const CELLS = [
  "import os\nimport subprocess",
  "rows = [1, 2, 3]\nif os.path.exists('slow'):\n    rows.append(subprocess.run(['sh', '-c', 'sleep 600 & sleep 601']).returncode)",
  "with open('out.txt', 'w') as file:\n    file.write(str(len(rows)))",
];

test.each([
  ["run", "the program"],
  ["run", "its Python"],
  ["promote", "the program"],
  ["promote", "its Python"],
])("kill -9 during %s of %s leaves no child of the user's code", async (command, victim) => {
  await using project = await storyProject(await pythonForTests(), async (folder) => {
    await writeFile(join(folder, "story.ipynb"), notebookText(CELLS));
  });
  checkExit(await project.mlops("promote", "story.ipynb"), 0);
  await writeFile(join(project.folder, "slow"), "");
  const words = command === "run" ? ["run", "story", "--force"] : ["promote", "story.ipynb"];
  const child = project.start(...words);
  child.stdout?.resume();
  child.stderr?.resume();
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const { pid } = child;
  if (pid === undefined) throw new Error("it did not start");
  // Worker, sh and its two children; the user's code has got to them.
  await expect.poll(() => descendantsOf(pid).length, { timeout: 10_000 }).toBeGreaterThan(3);
  process.kill(victim === "the program" ? pid : (descendantsOf(pid)[0] ?? pid), "SIGKILL");
  await ended;
  await expectNoProcessIn(project.folder, `${command}, ${victim}`);
  checkExit(await project.mlops("runs", "list"), 0);
});
