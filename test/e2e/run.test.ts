/** Running: what changed and nothing else, recorded, resumable. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkExit, type StoryProject, storyProject } from "../support/churn-project.ts";
import { pythonForTests } from "../support/python-environment.ts";

let project: StoryProject;

interface RunDocument {
  readonly ok: boolean;
  readonly exit: number;
  readonly result: {
    readonly executed: number;
    readonly run: {
      readonly id: string;
      readonly status: string;
      readonly steps: readonly {
        readonly step: string;
        readonly decision: string;
        readonly because: string;
        readonly manifest: { readonly files: Readonly<Record<string, string>> };
      }[];
      readonly metrics: readonly { readonly name: string; readonly value: number }[];
    };
  };
}

beforeAll(async () => {
  project = await storyProject(await pythonForTests());
  const promoted = await project.mlops("promote", "churn.ipynb");
  checkExit(promoted, 0);
  await run();
});

afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

async function run(...words: readonly string[]): Promise<RunDocument> {
  const finished = await project.mlops("run", "churn", "--json", ...words);
  checkExit(finished, 0);
  return JSON.parse(finished.stdout) as RunDocument;
}

const executed = (document: RunDocument): readonly string[] =>
  document.result.run.steps.filter((step) => step.decision === "execute").map((step) => step.step);

test("a second run executes nothing", async () => {
  const document = await run();
  expect(executed(document)).toEqual([]);
  expect(document.result.run.metrics.length).toBeGreaterThanOrEqual(4);
});

test("one changed parameter executes exactly the steps that depend on it, and says why", async () => {
  const document = await run("--param", "n-estimators=20");
  const names = executed(document);
  expect(names[0]).toMatch(/^train/);
  expect(names).not.toContain("load");
  expect(names).not.toContain("clean");
  expect(document.result.run.steps.find((step) => step.step === names[0])?.because).toBe(
    "parameter n-estimators changed from 60 to 20",
  );
  expect(executed(await run())).toEqual([]);
});

test("a written file that is gone is put back without running anything", async () => {
  await rm(join(project.folder, "churn_model.joblib"));
  const document = await run();
  expect(executed(document)).toEqual([]);
  expect(await readdir(project.folder)).toContain("churn_model.joblib");
});

test("a killed run is on record as interrupted, and the next one works", async () => {
  for (const step of ["load", "split", "save"]) {
    const child = project.start("run", "churn", "--force", "--events");
    await new Promise<void>((resolve) => {
      let text = "";
      child.stderr?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes(`"kind":"step-decided","step":"${step}"`)) child.kill("SIGKILL");
      });
      child.once("exit", () => {
        resolve();
      });
    });
    expect(child.signalCode).toBe("SIGKILL");
    const next = await run();
    expect(next.result.run.status).toBe("succeeded");
    expect(executed(next)).toEqual([]);
  }
  const listed = await project.mlops("runs", "list", "--json");
  expect(listed.stdout.match(/"interrupted"/g)).toHaveLength(3);
  expect(listed.stdout).not.toContain('"running"');
});

test("steps beside each other make what they make one after the other", async () => {
  // The file is not compared: joblib writes a forest it has loaded with other padding each time, alone as well.
  const made = (document: RunDocument): unknown =>
    document.result.run.steps.map(({ step, manifest: { files, ...manifest } }) => [
      step,
      manifest,
      Object.keys(files),
    ]);
  const alone = await run("--force", "--no-register", "--jobs", "1");
  const beside = await run("--force", "--no-register", "--jobs", "3");
  expect(made(beside)).toEqual(made(alone));
});

test("--only takes what it needs from the store, and refuses when that is not current", async () => {
  const document = await run("--only", "split", "--force=split");
  expect(document.result.run.steps.map(({ step, decision }) => `${step} ${decision}`)).toEqual([
    "load fresh",
    "clean fresh",
    "build-features fresh",
    "split execute",
  ]);
  const refused = await project.mlops(
    "run",
    "churn",
    "--only",
    "split",
    "--param",
    "data-path=x.csv",
  );
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("split needs load, which would have to run first");
});

test("an unknown parameter is refused with a suggestion", async () => {
  const finished = await project.mlops("run", "churn", "--param", "n-estimator=3");
  expect(finished.code).toBe(2);
  expect(finished.stderr).toContain('did you mean "n-estimators"?');
});
