import { expect, test } from "vitest";
import { openArtifactDirectory } from "../../../src/adapters/artifact-dir.ts";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import type { ModelsDiffReport } from "../../../src/app/models-diff-schema.ts";
import { sha256OfJson } from "../../../src/base/hash.ts";
import type { ContractColumn } from "../../../src/contract/schema.ts";
import type { NewModelVersion } from "../../../src/registry/model.ts";
import { digestOf } from "../../support/memory-registry.ts";
import { revisionOf, runOf, stepOf, versionOf } from "../../support/registry-contract-values.ts";
import { type FinishedRun, runMlops } from "../../support/run-mlops.ts";
import { type TempProject, tempProject } from "../../support/temp-project.ts";

const age: ContractColumn = {
  name: "age",
  type: "int64",
  nullable: false,
  min: 1,
  max: 90,
  unseen: "other",
  personal: false,
};

interface Side {
  readonly columns: readonly ContractColumn[];
  readonly requirements: string;
  readonly change: Partial<NewModelVersion>;
}

/** churn@v1 and churn@v2, of a run and a pipeline revision each. */
async function twoVersions(one: Side, two: Side): Promise<TempProject> {
  const project = await tempProject({ ".mlopsrc.yaml": "version: 1\n" });
  const registry = openRegistry(project.path(".mlops/registry.db"));
  const artifacts = openArtifactDirectory(project.path(".mlops/store"));
  for (const [at, { columns, requirements, change }] of [one, two].entries()) {
    const n = at + 1;
    registry.pipelines.addRevision(revisionOf(String(n)));
    const run = { ...runOf(n), revision: n, params: { seed: n, "test-size": 0.2 } };
    registry.runs.start(run);
    const step = stepOf("train", "1");
    const filesRead = { "data/churn.csv": digestOf(String(n)) };
    registry.runs.addStep(run.id, {
      ...step,
      manifest: step.manifest === undefined ? undefined : { ...step.manifest, filesRead },
    });
    registry.runs.finish(run.id, "succeeded", 20_000);
    const write = async (text: string): ReturnType<typeof artifacts.write> =>
      artifacts.write(new TextEncoder().encode(text));
    const contract = { version: 1, columns, answer: { kind: "label", classes: ["no", "yes"] } };
    const files = {
      MLmodel: await write("flavors: {}"),
      "contract.json": await write(JSON.stringify(contract)),
      "requirements.txt": await write(requirements),
    };
    registry.models.register({
      ...versionOf(String(n)),
      origin: undefined,
      pipelineRevision: n,
      runId: run.id,
      files,
      contentDigest: sha256OfJson({ files, n }),
      ...change,
    });
  }
  registry.close();
  return project;
}

const mlops = async (project: TempProject, ...words: readonly string[]): Promise<FinishedRun> =>
  runMlops(["models", "diff", ...words], { directory: project.root });

const EVALUATION = {
  ...versionOf("1").evaluation,
  baseline: { of: "most frequent class", metrics: [] },
  champion: undefined,
  leakage: { because: "not looked at" },
  better: { "roc-auc": "greater", loss: "less" },
} as const;

async function differentVersions(): Promise<TempProject> {
  return twoVersions(
    {
      columns: [age, { ...age, name: "old" }],
      requirements: "pandas==3.0.0\nscipy==1.2\n",
      change: {
        metrics: [
          { name: "roc-auc", value: 0.8 },
          { name: "loss", value: 0.4 },
          { name: "rows", value: 400 },
          { name: "gone", value: 1 },
        ],
        evaluation: EVALUATION,
        pickledNames: { "model/model.joblib": ["sklearn.a:A", "sklearn.b:B"] },
      },
    },
    {
      columns: [
        { ...age, nullable: true, max: 95 },
        { ...age, name: "new", type: "float64" },
      ],
      requirements: "pandas==3.1.1\nnumpy==2.4.6\n",
      change: {
        metrics: [
          { name: "roc-auc", value: 0.9 },
          { name: "loss", value: 0.5 },
          { name: "rows", value: 500 },
        ],
        evaluation: EVALUATION,
        certificateDigest: undefined,
        verdict: undefined,
        pickledNames: { "model/model.joblib": ["sklearn.b:B", "os:system"] },
      },
    },
  );
}

test("tells what is another, and which way it is better where that is known", async () => {
  await using project = await differentVersions();
  const { exit, json } = await mlops(project, "churn@v1", "churn@v2", "--json");
  expect(exit).toBe(0);
  const { result } = json() as { result: ModelsDiffReport };
  expect(result.metrics).toEqual([
    { name: "gone", before: 1, after: null, standing: "unknown" },
    { name: "loss", before: 0.4, after: 0.5, standing: "worse" },
    { name: "roc-auc", before: 0.8, after: 0.9, standing: "better" },
    { name: "rows", before: 400, after: 500, standing: "unknown" },
  ]);
  expect(result.parameters).toEqual([{ name: "seed", before: "1", after: "2" }]);
  expect(result.data).toEqual([
    { name: "data/churn.csv", before: digestOf("1"), after: digestOf("2") },
  ]);
  expect(result.columns).toEqual([
    // What training saw of it is no other contract.
    { name: "age", before: "int64", after: "int64; may be missing" },
    { name: "new", before: null, after: "float64" },
    { name: "old", before: "int64", after: null },
  ]);
  expect(result.requirements.map(({ name, after }) => [name, after])).toEqual([
    ["numpy", "==2.4.6"],
    ["pandas", "==3.1.1"],
    ["scipy", null],
  ]);
  expect(result.certificate).toEqual([
    { name: "verdict", before: "verified", after: "no certificate for this code" },
  ]);
  expect(result.pickledNames).toEqual([
    { path: "model/model.joblib", added: ["os:system"], removed: ["sklearn.a:A"] },
  ]);
  expect(result.files).toEqual([
    { path: "contract.json", change: "changed" },
    { path: "requirements.txt", change: "changed" },
  ]);
});

test("says it in a terminal's width, and where to read on", async () => {
  await using project = await differentVersions();
  const { stdout } = await mlops(project, "churn@v1", "churn@v2");
  expect(stdout).toMatch(/roc-auc +0\.8 +→ +0\.9 +better/);
  expect(stdout).toMatch(/loss +0\.4 +→ +0\.5 +worse/);
  expect(stdout).toContain("mlops pipelines diff churn:r1 churn:r2");
  expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test("leaves out what is the same, unless all is asked for", async () => {
  await using project = await differentVersions();
  const same = await mlops(project, "churn@v1", "churn@v1");
  expect(same.exit).toBe(0);
  expect((await mlops(project, "churn@v1", "churn@v2")).stdout).not.toContain("test-size");
  expect((await mlops(project, "churn@v1", "churn@v2", "--all")).stdout).toMatch(
    /test-size +0\.2\n/,
  );
});

test("is one table for documents and spreadsheets", async () => {
  await using project = await differentVersions();
  const { stdout } = await mlops(project, "churn@v1", "churn@v2", "--csv");
  expect(stdout).toContain("part,name,before,after,standing");
  expect(stdout).toContain("metrics,loss,0.4,0.5,worse");
  expect((await mlops(project, "churn@v1", "churn@v2", "--md")).stdout).toContain("| churn@v1");
});
