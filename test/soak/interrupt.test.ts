/** Ctrl-C ends a command within two seconds, whatever its Python is doing: nothing stays, and the next command works. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { notebookText } from "../support/notebooks.ts";
import { expectNoProcessIn } from "../support/process-tree.ts";
import { pythonForTests } from "../support/python-environment.ts";

const TRIALS = 8;
const MOST_MS = 2_000;

/** What stands in the way of a signal, when the file `slow` is there. */
const SLOW = {
  "code in C that never looks at signals": "rows.append(sum(range(10 ** 12)))",
  "code that swallows the interruption":
    "while True:\n        try:\n            rows.append(time.sleep(60))\n        except KeyboardInterrupt:\n            pass",
  "a child that ignores it":
    "subprocess.run(['sh', '-c', 'trap \"\" INT; sleep 60 & wait; sleep 60'])",
} as const;

function notebookWith(slow: string): string {
  return notebookText([
    "import os\nimport subprocess\nimport time",
    `rows = [1, 2, 3]\nif os.path.exists('slow'):\n    ${slow}`,
    "with open('out.txt', 'w') as file:\n    file.write(str(len(rows)))",
  ]);
}

/** Milliseconds from Ctrl-C, as a terminal sends it to the whole group, to the end of the program. */
async function interrupt(
  project: StoryProject,
  words: readonly string[],
  afterMs: number,
): Promise<number> {
  const child = project.start(...words);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdout?.resume();
  child.stderr?.resume();
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const started = performance.now();
  if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  await ended;
  const took = performance.now() - started;
  expect(child.exitCode).toBe(130);
  return took;
}

test.each(Object.entries(SLOW))(
  "Ctrl-C in %s ends a run and a promotion in two seconds",
  async (name, slow) => {
    await using project = await storyProject(await pythonForTests(), async (folder) => {
      await writeFile(join(folder, "story.ipynb"), notebookWith(slow));
    });
    checkExit(await project.mlops("promote", "story.ipynb"), 0);
    await writeFile(join(project.folder, "slow"), "");
    const times: number[] = [];
    for (const words of [
      ["run", "story", "--force"],
      ["promote", "story.ipynb", "--fresh"],
    ])
      for (let trial = 0; trial < TRIALS / 2; trial += 1) {
        times.push(await interrupt(project, words, 1_200 + 150 * trial));
        await expectNoProcessIn(project.folder, `${name}, ${words.join(" ")}`);
      }
    times.sort((left, right) => left - right);
    const [median, most] = [times[times.length >> 1] ?? 0, times.at(-1) ?? 0];
    process.stdout.write(
      `${name}: median ${median.toFixed(0)} ms, at most ${most.toFixed(0)} ms\n`,
    );
    expect(most).toBeLessThan(MOST_MS);
  },
);
