/** Every example but churn (which has a file of its own): one promotion each, and what follows from it. */
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PromotionResult } from "../../src/cli/promotion-schema.ts";
import type { RunCommandResult } from "../../src/cli/run-schema.ts";
import {
  checkExit,
  runProcess,
  type StoryProject,
  storyProject,
} from "../support/churn-project.ts";
import { checkEverythingCompared } from "../support/coverage.ts";
import { pythonForTests } from "../support/python-environment.ts";

/** Rows of entities, and the file in which the notebook writes down what the model says of each. */
interface Entities {
  readonly entities: string;
  readonly told: string;
}

interface Example {
  readonly name: string;
  /** Names of steps that a reader looks for, in order. */
  readonly steps: readonly string[];
  readonly metrics: readonly string[];
  readonly parameters: readonly string[];
  readonly files: readonly string[];
  /** A file of rows to score, of entities also what the notebook says of them; else code and place of the refusal. */
  readonly serving:
    | string
    | Entities
    | { readonly code: string; readonly cell: number; readonly line: number };
}

const EXAMPLES: readonly Example[] = [
  {
    name: "house-prices",
    steps: ["load", "prepare", "missing-values", "build-features", "split", "train-models", "save"],
    metrics: ["r2", "mean-absolute-error"],
    parameters: ["seed", "data-path", "test-size"],
    files: ["models/house_prices.joblib", "models/house_prices.json"],
    serving: "data/houses.csv",
  },
  {
    name: "demand-forecast",
    steps: ["load", "clean", "build-features", "evaluate", "save"],
    metrics: ["mean-absolute-error"],
    parameters: ["data", "test-from", "learning-rate"],
    files: ["forecast.joblib", "forecast_scores.csv"],
    serving: { code: "feature-needs-history", cell: 9, line: 3 },
  },
  {
    name: "segments",
    steps: ["load", "cleaning", "rfm", "train", "evaluate", "save"],
    metrics: ["silhouette"],
    parameters: ["data-path"],
    files: [
      "output/customers.csv",
      "output/segment_profiles.csv",
      "segments.joblib",
      "segments.png",
    ],
    serving: { entities: "data/transactions.csv", told: "output/customers.csv" },
  },
];

interface Document<Result> {
  readonly exit: number;
  readonly result: Result;
  readonly diagnostics: readonly { readonly code: string; readonly where?: object }[];
}

describe.each(EXAMPLES)("$name", (example) => {
  const { name } = example;
  let python: string;
  let project: StoryProject;
  let promoted: Document<PromotionResult>;
  let run: Document<RunCommandResult>;

  beforeAll(async () => {
    python = await pythonForTests();
    project = await storyProject(python, (folder) =>
      cp(fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url)), folder, {
        recursive: true,
      }),
    );
    promoted = await command("promote", `${name}.ipynb`);
    run = await command("run", name);
  });

  afterAll(async () => {
    await project[Symbol.asyncDispose]();
  });

  async function command<Result>(...words: readonly string[]): Promise<Document<Result>> {
    const finished = await project.mlops(...words, "--json");
    checkExit(finished, 0);
    return JSON.parse(finished.stdout) as Document<Result>;
  }

  test("is verified, and everything there is was compared", () => {
    const { certificate } = promoted.result;
    if (certificate === undefined) throw new Error("there is no certificate");
    checkEverythingCompared(certificate);
    expect(certificate.coverage.files.total).toBe(example.files.length);
  });

  test("becomes the steps, parameters and metrics that a reader expects", () => {
    const { plan } = promoted.result;
    const found = <T extends { readonly name: string }>(items: readonly T[]): readonly string[] =>
      items.map((item) => item.name);
    expect(found(plan.steps).filter((step) => example.steps.includes(step))).toEqual(example.steps);
    expect(found(plan.parameters)).toEqual(expect.arrayContaining([...example.parameters]));
    expect(found(run.result.run.metrics)).toEqual(expect.arrayContaining([...example.metrics]));
  });

  test("writes the notebook's files, registers its model, and runs nothing twice", async () => {
    for (const file of example.files) await readFile(join(project.folder, file));
    expect(run.result.registered).toMatchObject({ model: name, version: 1, created: true });
    const again = await command<RunCommandResult>("run", name);
    expect(again.result.executed).toBe(0);
    expect(again.result.registered).toMatchObject({ version: 1, created: false });
  });

  test("reads well: ruff has nothing to say, and the README draws the steps", async () => {
    const folder = join("pipelines", name);
    const ruff = await runProcess(python, ["-m", "ruff", "check", "--no-cache", folder], {
      cwd: project.folder,
    });
    expect(ruff.stdout + ruff.stderr).toContain("All checks passed");
    const readme = await readFile(join(project.folder, folder, "README.md"), "utf8");
    expect(readme).toContain("```mermaid");
    for (const step of promoted.result.plan.steps) expect(readme).toContain(step.name);
  });

  async function answers(input: string): Promise<void> {
    expect(promoted.result.serving).toMatchObject({ ready: true });
    await command("predict", `${name}@v1`, "--input", input, "--out", "answers.csv");
    const [asked, answered] = await Promise.all(
      [input, "answers.csv"].map((path) => readFile(join(project.folder, path), "utf8")),
    );
    expect(answered?.split("\n").length).toBe(asked?.split("\n").length);
    // The second column is for what is wrong with a row.
    expect(answered).toMatch(/^label,error\n(\d+\.\d+,\n)+$/u);
  }

  /** Every purchase of a customer gets the segment that the notebook put this customer into. */
  async function answersOfEntities({ entities, told }: Entities): Promise<void> {
    const { serving, plan } = promoted.result;
    expect(serving).toMatchObject({ ready: true });
    expect(serving.because).toContain("all of its rows");
    expect(promoted.diagnostics).toContainEqual(
      expect.objectContaining({ code: "feature-entity-taken" }),
    );
    expect(plan.serve?.entity).toBe("customer_id");
    const entity = "customer_id";
    const asked = [`${name}@v1`, "--input", entities, "--out", "answers.csv", "--keep", entity];
    // Cash sales are nobody's, and whoever only gave things back is in no segment.
    await command("predict", ...asked, "--on-error", "skip");
    const [answered, known] = await Promise.all(
      ["answers.csv", told].map((path) => readFile(join(project.folder, path), "utf8")),
    );
    const segments = new Map(recordsOf(known ?? "").map((row) => [row[entity], row["segment"]]));
    const rows = recordsOf(answered ?? "");
    expect(rows.filter((row) => row["label"] !== segments.get(row[entity]))).toEqual([]);
    expect(new Set(rows.map((row) => row[entity]))).toEqual(new Set(segments.keys()));
  }

  function refusal(code: string, where: object): void {
    expect(promoted.result.serving).toMatchObject({ ready: false });
    expect(promoted.diagnostics).toContainEqual(
      expect.objectContaining({ code, where: expect.objectContaining(where) as object }),
    );
    expect(run.result.registered?.serving.ready).toBe(false);
  }

  test("answers for a file of rows, or says where it cannot be served, and why", async () => {
    const { serving } = example;
    if (typeof serving === "string") await answers(serving);
    else if ("entities" in serving) await answersOfEntities(serving);
    else refusal(serving.code, { cell: serving.cell, line: serving.line });
  });

  test("the data is what its script makes", async () => {
    const source = fileURLToPath(new URL(`../../examples/${name}/data/`, import.meta.url));
    const made = join(project.folder, "data");
    const before = await texts(source);
    checkExit(await runProcess(python, ["make_data.py"], { cwd: project.folder }), 0);
    expect(await texts(made)).toEqual(before);
    for (const text of before) expect(text.length).toBeLessThan(300_000);
  });
});

/** Plain CSV, without quotes. */
function recordsOf(text: string): readonly Readonly<Record<string, string>>[] {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    return Object.fromEntries(names.map((name, at) => [name, values[at] ?? ""]));
  });
}

async function texts(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return Promise.all(names.sort().map((name) => readFile(join(folder, name), "utf8")));
}
