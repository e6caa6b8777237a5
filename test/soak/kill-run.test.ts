/** `kill -9` of a run at many random moments: the next command works, nothing is half-written, no process stays. */
import { expect, test } from "vitest";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { pythonForTests } from "../support/python-environment.ts";

const KILLS = 40;
/** Longer than a forced run of the example takes. */
const LATEST_MS = 8_000;

test("a run killed at random moments never spoils the next one", async () => {
  await using project = await storyProject(await pythonForTests());
  checkExit(await project.mlops("promote", "churn.ipynb"), 0);
  checkExit(await project.mlops("run", "churn"), 0);
  let killed = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const child = project.start("run", "churn", "--force", "--no-register");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * LATEST_MS);
    await ended;
    clearTimeout(timer);
    if (child.signalCode === "SIGKILL") killed += 1;
    const next = await project.mlops("run", "churn", "--json");
    checkExit(next, 0);
    const { result } = JSON.parse(next.stdout) as {
      result: { run: { status: string; steps: readonly { decision: string }[] } };
    };
    expect(result.run.status).toBe("succeeded");
  }
  expect(killed).toBeGreaterThan(KILLS / 4);
  checkExit(await project.mlops("models", "verify"), 0);
  checkExit(await project.mlops("verify", "churn"), 0);
});
