import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parseYaml } from "../../src/base/yaml.ts";
import { ParamsFile, PipelineFile } from "../../src/pipeline/schema.ts";

async function golden(): Promise<Record<string, unknown>> {
  const text = await readFile(
    new URL("../fixtures/contracts/pipeline.yaml", import.meta.url),
    "utf8",
  );
  return parseYaml(text, "pipeline.yaml").value as Record<string, unknown>;
}

test("the golden pipeline.yaml of contract 2 parses to what it says", async () => {
  const parsed = PipelineFile.parse(await golden());
  expect(parsed.steps[0]).toEqual({
    name: "load",
    cells: [3, 4],
    inputs: [],
    params: ["data-path"],
    reads: ["data/churn.csv"],
    writes: [],
    outputs: ["raw"],
    metrics: [],
    random: "none",
    description: "Customers as the warehouse exports them.",
    resources: { cpu: 0.5, memory: "512Mi", gpu: 0, timeout: 600, retries: 2 },
  });
  expect(parsed).toMatchObject({
    modules: [{ path: "notebooks/cleaning.py", sha256: `sha256:${"b".repeat(64)}` }],
    description: "Who will leave, for the retention team.",
    schedule: "0 3 * * 1",
  });
  expect(parsed.environment).toEqual([
    { name: "WAREHOUSE_TOKEN", secret: true, required: true },
    { name: "WAREHOUSE_REGION", secret: false, required: false },
  ]);
  expect(parsed.steps[1]?.random).toBe("global");
  expect(parsed.decisions.map((decision) => decision.kind)).toEqual([
    "merge",
    "rename",
    "split",
    "drop",
  ]);
  expect(parsed.decisions.slice(2)).toMatchObject([
    { source: "0123456789ab" },
    { source: "ba9876543210" },
  ]);
});

test("a pipeline of several notebooks says where the cells of each begin", async () => {
  const notebooks = ["clean", "train"].map((name, at) => ({
    path: `notebooks/${name}.ipynb`,
    sha256: `sha256:${"c".repeat(64)}`,
    "first-cell": 1 + 8 * at,
  }));
  expect(PipelineFile.parse({ ...(await golden()), notebooks }).notebooks).toEqual(notebooks);
});

test.each<readonly [string, (file: Record<string, unknown>) => unknown]>([
  [
    "a list of one notebook",
    (file) => ({ ...file, notebooks: [{ path: "a.ipynb", sha256: "sha256:0", "first-cell": 1 }] }),
  ],
  ["an unknown key", (file) => ({ ...file, artifact: {} })],
  ["another version", (file) => ({ ...file, version: 2 })],
  ["a name with capitals", (file) => ({ ...file, name: "Churn" })],
  ["no steps", (file) => ({ ...file, steps: [] })],
  ["an unknown codec", (file) => ({ ...file, artifacts: { raw: { codec: "feather" } } })],
  [
    "an unknown key in a step",
    (file) => ({ ...file, steps: [{ name: "load", cells: [1], output: ["raw"] }] }),
  ],
])("%s is refused", async (_, change) => {
  expect(PipelineFile.safeParse(change(await golden())).success).toBe(false);
});

test("params.yaml is flat", () => {
  expect(
    ParamsFile.parse({ seed: 42, "test-size": 0.2, "data-path": "a.csv", fast: true }),
  ).toEqual({ seed: 42, "test-size": 0.2, "data-path": "a.csv", fast: true });
  expect(ParamsFile.safeParse({ model: { depth: 3 } }).success).toBe(false);
});
