/** Every small mistake in the generated steps of every example: at least 95 of 100 are caught, and the rest are explained. */
import { readdirSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { measureMutants } from "../../bin/dev/mutation.ts";
import { checkExit, storyProject } from "../support/churn-project.ts";
import { pythonForTests } from "../support/python-environment.ts";

const examples = new URL("../../examples/", import.meta.url).pathname;

test.each(readdirSync(examples).filter((name) => !name.includes(".")))("%s", async (name) => {
  const python = await pythonForTests();
  await using project = await storyProject(python, (folder) =>
    cp(join(examples, name), folder, { recursive: true }),
  );
  checkExit(await project.mlops("promote", `${name}.ipynb`), 0);
  const outcomes = await measureMutants({
    project: project.folder,
    pipeline: name,
    python,
    limit: undefined,
    seed: 0,
    onMutant: () => undefined,
  });
  const own = outcomes.filter(({ operator }) => operator !== "settings-dropped");
  const survivors = own.filter(({ kind }) => kind !== "caught");
  expect(1 - survivors.length / own.length).toBeGreaterThanOrEqual(0.95);
  for (const { evidence } of survivors) expect(evidence).not.toBe("");
});
