/** The forecast example serves from a history, once pipeline.yaml says whose a row is and when it was. */
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PromotionResult } from "../../src/cli/promotion-schema.ts";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { pythonForTests } from "../support/python-environment.ts";

const NAME = "demand-forecast";
let project: StoryProject;

beforeAll(async () => {
  project = await storyProject(await pythonForTests(), (folder) =>
    cp(fileURLToPath(new URL(`../../examples/${NAME}/`, import.meta.url)), folder, {
      recursive: true,
    }),
  );
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

async function command<Result>(...words: readonly string[]): Promise<Result> {
  const finished = await project.mlops(...words, "--json");
  checkExit(finished, 0);
  return (JSON.parse(finished.stdout) as { readonly result: Result }).result;
}

test("forecasts of three horizons come from the days before, and no further than those reach", async () => {
  const undeclared = await command<PromotionResult>("promote", `${NAME}.ipynb`);
  expect(undeclared.serving).toMatchObject({ ready: false });
  const settings = join(project.folder, "pipelines", NAME, "pipeline.yaml");
  const text = await readFile(settings, "utf8");
  const declared = text
    .replace("  entity: null\n", "  entity: [store, product]\n")
    .replace("  time: null\n", "  time: date\n");
  expect(declared).not.toBe(text);
  await writeFile(settings, declared);
  const promoted = await command<PromotionResult>("promote", `${NAME}.ipynb`);
  expect(promoted.serving).toMatchObject({
    ready: true,
    because: expect.stringContaining("13 proofs hold") as unknown,
  });
  await command("run", NAME);
  const rows = [
    "date,store,product,price,promotion,sales",
    "2023-07-17,Station,rye bread,4.5,0,30",
    "2025-01-01,Station,rye bread,4.5,0,30",
  ];
  await writeFile(join(project.folder, "rows.csv"), `${rows.join("\n")}\n`);
  const asked = ["--input", "rows.csv", "--out", "answers.csv", "--on-error", "skip"];
  await command("predict", `${NAME}@v1`, ...asked);
  const answered = await readFile(join(project.folder, "answers.csv"), "utf8");
  expect(answered).toMatch(/^row,1,7,14\n0(,\d+\.\d+){3}\n$/u);
  const rejected = await readFile(join(project.folder, "answers.rejects.jsonl"), "utf8");
  expect(rejected).toContain("2025-01-01");
});
