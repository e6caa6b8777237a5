/** The forecast example serves from a history, once pipeline.yaml says whose a row is and when it was. */
import { createHash } from "node:crypto";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PromotionResult } from "../../src/cli/promotion-schema.ts";
import type { ScoreResult } from "../../src/serving/schema.ts";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { pythonForTests } from "../support/python-environment.ts";

const NAME = "demand-forecast";
let project: StoryProject;

let undeclared: PromotionResult | undefined;
let promoted: PromotionResult | undefined;

beforeAll(async () => {
  project = await storyProject(await pythonForTests(), (folder) =>
    cp(fileURLToPath(new URL(`../../examples/${NAME}/`, import.meta.url)), folder, {
      recursive: true,
    }),
  );
  undeclared = await command<PromotionResult>("promote", `${NAME}.ipynb`);
  const settings = join(project.folder, "pipelines", NAME, "pipeline.yaml");
  const text = await readFile(settings, "utf8");
  const declared = text
    .replace("  entity: null\n", "  entity: [store, product]\n")
    .replace("  time: null\n", "  time: date\n");
  await writeFile(settings, declared);
  promoted = await command<PromotionResult>("promote", `${NAME}.ipynb`);
  await command("run", NAME);
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

async function command<Result>(...words: readonly string[]): Promise<Result> {
  const finished = await project.mlops(...words, "--json");
  checkExit(finished, 0);
  return (JSON.parse(finished.stdout) as { readonly result: Result }).result;
}

test("features that look at earlier days are served once it is declared whose days they are, and when", () => {
  expect(undeclared?.serving).toMatchObject({ ready: false });
  expect(promoted?.serving).toMatchObject({
    ready: true,
    because: expect.stringContaining("13 proofs hold") as unknown,
  });
});

test("forecasts of three horizons come from the days before, and no further than those reach", async () => {
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

test("rows since training are looked at when they are brought, and the registry stays as it is", async () => {
  const series = "Station,rye bread";
  const row = (day: number, sales: number): string =>
    `2023-07-${String(day)},${series},4.5,0,${String(sales)}`;
  const columns = "date,store,product,price,promotion,sales";
  const write = (name: string, rows: readonly string[]): Promise<void> =>
    writeFile(join(project.folder, name), `${[columns, ...rows].join("\n")}\n`);
  const answersTo = async (rows: readonly string[]): Promise<readonly string[]> => {
    await write("newer.csv", rows);
    const words = ["--input", "asked.csv", "--history", "newer.csv", "--out", "answers.csv"];
    const result = await command<ScoreResult>("predict", `${NAME}@v1`, ...words);
    expect(result.history).toEqual({ file: "newer.csv", rows: rows.length, replaced: 0 });
    const answers = await readFile(join(project.folder, "answers.csv"), "utf8");
    return answers.trim().split("\n").slice(1);
  };
  await write("asked.csv", [row(20, 30)]);
  const alone = ["--input", "asked.csv", "--out", "answers.csv", "--on-error", "skip", "--json"];
  const refused = await project.mlops("predict", `${NAME}@v1`, ...alone);
  checkExit(refused, 1);
  expect(await readFile(join(project.folder, "answers.rejects.jsonl"), "utf8")).toMatch(
    /the history ends at 2023-07-16.*mlops predict --history/u,
  );
  // The first answer of a version lays it out beside the registry, and that one is given by now.
  const before = await digestsBelow(join(project.folder, ".mlops"));
  const few = [row(17, 10), row(18, 11), row(19, 12)];
  const many = [row(17, 90), row(18, 91), row(19, 92)];
  const [low, high] = [await answersTo(few), await answersTo(many)];
  expect(low).toHaveLength(1);
  expect(high).not.toEqual(low);
  expect(await answersTo(few)).toEqual(low);
  expect(await digestsBelow(join(project.folder, ".mlops"))).toEqual(before);

  await write("newer.csv", [row(16, 12), ...few, row(19, 13)]);
  const words = ["--input", "asked.csv", "--history", "newer.csv", "--out", "answers.csv"];
  const twice = await project.mlops("predict", `${NAME}@v1`, ...words);
  checkExit(twice, 2);
  expect(twice.stderr).toMatch(/newer\.csv:6: .*store 'Station', product 'rye bread' and date/u);
  await write("newer.csv", [row(16, 12), ...few]);
  const replacing = await project.mlops("predict", `${NAME}@v1`, ...words);
  checkExit(replacing, 0);
  expect(replacing.stderr).toMatch(
    /newer\.csv:2: store Station, product rye bread, date 2023-07-16 is in the model's history/u,
  );
  expect(replacing.stdout).toContain(
    "1 in place of rows that it keeps; the version stays as it is",
  );
});

/** Every file with the digest of its bytes. */
async function digestsBelow(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith("-shm"));
  const digests: Record<string, string> = {};
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    digests[path] = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  }
  return digests;
}
