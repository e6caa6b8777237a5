/** The proof that matters: the generated pipeline computes what the notebook computed, and says so only when it does. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measureMutants } from "../../bin/dev/mutation.ts";
import { StepManifest } from "../../src/run/schema.ts";
import { Certificate } from "../../src/verification/schema.ts";
import {
  checkExit,
  runProcess,
  type StoryProject,
  storyProject,
} from "../support/churn-project.ts";
import { checkEverythingCompared } from "../support/coverage.ts";
import { pythonForTests } from "../support/python-environment.ts";

let python: string;
let project: StoryProject;
let promoted: { readonly code: number | null; readonly stdout: string; readonly stderr: string };

beforeAll(async () => {
  python = await pythonForTests();
  project = await storyProject(python);
  promoted = await project.mlops("promote", "churn.ipynb");
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const read = (path: string): Promise<string> => readFile(join(project.folder, path), "utf8");
async function certificate(): Promise<Certificate> {
  return Certificate.parse(JSON.parse(await read("pipelines/churn/certificate.json")));
}

test("promotion ends with a certificate that compared everything there is", async () => {
  checkExit(promoted, 0);
  const made = await certificate();
  checkEverythingCompared(made);
  const { coverage, comparisons, steps } = made;
  expect(coverage.text.compared).toBe(steps);
  expect(coverage.values.total).toBeGreaterThanOrEqual(8);
  expect(coverage.metrics.total).toBeGreaterThanOrEqual(4);
  expect(coverage.files.total).toBe(1);
  expect(comparisons.every((comparison) => comparison.same)).toBe(true);
  expect(steps).toBeGreaterThanOrEqual(5);
});

test("the notebook, its data and its folder stay as they were", async () => {
  const paths = [...(await project.snapshot()).keys()].filter(
    (path) => !path.startsWith("pipelines/"),
  );
  expect(paths).not.toContain("churn_model.joblib");
});

test("promoting again changes nothing and makes no new revision", async () => {
  const before = await project.snapshot();
  const again = await project.mlops("promote", "churn.ipynb", "--json");
  const document = JSON.parse(again.stdout) as { readonly result: { readonly revision: number } };
  expect(document.result.revision).toBe(1);
  expect(await project.snapshot()).toEqual(before);
});

test("what was generated is ruff-clean, by stricter rules than it brings itself", async () => {
  const finished = await runProcess(
    python,
    ["-m", "ruff", "check", "--no-cache", "--extend-select", "E7,F,UP,B", "pipelines/churn"],
    { cwd: project.folder },
  );
  expect(finished.stdout + finished.stderr).toContain("All checks passed");
});

test("the package runs without mlops in an environment of its own requirements and gives the certified metrics", async () => {
  const folder = join(project.folder, "pipelines", "churn");
  const run = await runProcess(
    python,
    [
      "-I",
      "-c",
      "import runpy, sys; sys.path.insert(0, '.'); sys.argv = ['churn', 'run', '--store', 'alone', '--run', '0' * 32]; runpy.run_module('churn', run_name='__main__')",
    ],
    { cwd: folder },
  );
  checkExit(run, 0);
  const runFolder = join(folder, "alone", "runs", "0".repeat(32));
  const metrics = new Map<string, number>();
  for (const step of await readdir(runFolder)) {
    const manifest = StepManifest.parse(
      JSON.parse(await readFile(join(runFolder, step, "manifest.json"), "utf8")),
    );
    for (const { name, value } of manifest.metrics) metrics.set(name, Number(value));
  }
  const certified = (await certificate()).comparisons.filter(
    (comparison) => comparison.kind === "metric",
  );
  expect(certified.length).toBe(metrics.size);
  for (const { name, expected } of certified) expect(metrics.get(name)).toBe(expected);
  await rm(join(folder, "alone"), { recursive: true });
  await rm(join(project.folder, "churn_model.joblib"), { force: true });
});

test("its own test suite passes", async () => {
  const finished = await runProcess(
    python,
    ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
    { cwd: join(project.folder, "pipelines", "churn") },
  );
  expect(finished.stdout).toMatch(/\d+ passed/);
  checkExit(finished, 0);
});

test("one changed constant in a generated step fails verification, naming step and value", async () => {
  const path = join(project.folder, "pipelines", "churn", "churn", "clean.py");
  const original = await readFile(path, "utf8");
  const changed = original.replace("> 115", "> 114");
  expect(changed).not.toBe(original);
  await writeFile(path, changed);
  try {
    const finished = await project.mlops("verify", "churn");
    expect(finished.code).toBe(1);
    expect(finished.stdout).toMatch(/differs: step clean, value df[\s\S]*?monthly_charges/);
  } finally {
    await writeFile(path, original);
  }
  expect((await project.mlops("verify", "churn")).code).toBe(0);
});

test("other data are named as such, not as a difference", async () => {
  const path = join(project.folder, "data", "churn.csv");
  const original = await readFile(path, "utf8");
  await writeFile(path, original.replace(/\n[^\n]+\n$/, "\n"));
  try {
    const finished = await project.mlops("verify", "churn", "--json");
    expect(finished.code).toBe(2);
    expect(JSON.parse(finished.stdout)).toMatchObject({
      ok: false,
      error: { code: "data-changed" },
    });
  } finally {
    await writeFile(path, original);
  }
});

test("small mistakes in generated steps are caught, and what is not caught changed nothing", async () => {
  const outcomes = await measureMutants({
    project: project.folder,
    pipeline: "churn",
    python,
    limit: 20,
    seed: 3,
    onMutant: () => undefined,
  });
  const survivors = outcomes.filter(
    ({ kind, operator }) => kind !== "caught" && operator !== "settings-dropped",
  );
  expect(outcomes.length).toBe(20);
  expect(survivors.filter(({ kind }) => kind !== "equivalent")).toEqual([]);
  expect(survivors.length).toBeLessThanOrEqual(1);
});
