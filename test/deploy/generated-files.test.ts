/** What other programs make of the generated files: PyYAML, bash, ruff and Python itself. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { churnProject, template } from "../support/churn-package.ts";
import { deployBench } from "../support/deployments.ts";
import { textsOf } from "../support/memory-disk.ts";
import { pythonForTests } from "../support/python-environment.ts";

const run = promisify(execFile);

async function workflow(): Promise<string> {
  const bench = deployBench(churnProject());
  await bench.deploy({ gates: [{ metric: "roc-auc", min: 0.75 }] });
  return textsOf(bench.disk)[".github/workflows/churn-train.yml"] ?? "";
}

/** Runs a Python program with a text on its standard input. */
async function python(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(await pythonForTests(), ["-c", program, ...args]);
  return stdout.trim();
}

test("a YAML 1.1 reader finds the triggers under on, not under true", async () => {
  const read =
    "import json, sys, yaml; print(json.dumps(sorted(yaml.safe_load(sys.argv[1])['on'])))";
  expect(JSON.parse(await python(read, await workflow()))).toEqual([
    "push",
    "schedule",
    "workflow_dispatch",
  ]);
});

test("bash accepts every run block", async () => {
  const read =
    "import json, sys, yaml; print(json.dumps([step['run'] for job in yaml.safe_load(sys.argv[1])['jobs'].values() for step in job['steps'] if 'run' in step]))";
  const blocks: unknown = JSON.parse(await python(read, await workflow()));
  if (!Array.isArray(blocks)) throw new Error("no run blocks");
  expect(blocks).toHaveLength(4);
  for (const block of blocks) await run("bash", ["-n", "-c", String(block)]);
});

test("the metric check is clean for ruff", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlops-check-"));
  try {
    const path = join(folder, "check_metrics.py");
    await writeFile(path, template("ci/check_metrics.py"));
    await run(await pythonForTests(), [
      "-m",
      "ruff",
      "check",
      "--isolated",
      "--no-cache",
      "--target-version",
      "py310",
      "--select",
      "E4,E7,E9,F,I,UP,B",
      path,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  {
    name: "one input each",
    extra: 0,
    environment: { PARAMETER_SEED: "7", PARAMETER_DATA_PATH: "a b;c" },
    given: ["--param", "data-path=a b;c", "--param", "seed=7"],
  },
  { name: "one input each, all empty", extra: 0, environment: {}, given: [] },
  {
    name: "one JSON input",
    extra: 9,
    environment: { PARAMETERS: '{"seed": 7, "data-path": "a b;c", "flag": true}' },
    given: ["--param", "seed=7", "--param", "data-path=a b;c", "--param", "flag=true"],
  },
  { name: "one JSON input, empty", extra: 9, environment: { PARAMETERS: "" }, given: [] },
])("hands parameters to the pipeline: $name", async ({ extra, environment, given }) => {
  const params = [
    "data-path: data/churn.csv",
    "test-size: 0.2",
    "seed: 42",
    ...Array.from({ length: extra }, (_, at) => `extra-${String(at)}: 1`),
  ];
  const bench = deployBench(
    churnProject({ "pipelines/churn/params.yaml": `${params.join("\n")}\n` }),
  );
  await bench.deploy();
  const text = textsOf(bench.disk)[".github/workflows/churn-train.yml"] ?? "";
  const read =
    "import sys, yaml; print([step['run'] for step in yaml.safe_load(sys.argv[1])['jobs']['train']['steps'] if step.get('name') == 'Train'][0])";
  const block = await python(read, text);
  const folder = await mkdtemp(join(tmpdir(), "mlops-train-"));
  try {
    await mkdir(join(folder, "churn"));
    await writeFile(
      join(folder, "churn", "__main__.py"),
      "import json, sys\nprint(json.dumps(sys.argv[1:]))\n",
    );
    const path = `${dirname(await pythonForTests())}:${process.env["PATH"] ?? ""}`;
    const env = {
      PATH: path,
      RUNNER_TEMP: folder,
      GITHUB_RUN_ID: "7",
      GITHUB_RUN_ATTEMPT: "1",
      ...environment,
    };
    const { stdout } = await run("bash", ["-c", block], { cwd: folder, env });
    const id = createHash("sha256").update("7-1").digest("hex").slice(0, 32);
    expect(JSON.parse(stdout)).toEqual([
      "run",
      "--store",
      `${folder}/churn-store`,
      "--run",
      id,
      ...given,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const VARIABLES = `environment:
  - { name: GITHUB_TOKEN, secret: true }
  - { name: REGION, required: false }
  - { name: SHOP_API_KEY, secret: true }
`;

test.each<{
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly said: RegExp;
}>([
  {
    name: "all of them",
    environment: { GITHUB_TOKEN: "a", SHOP_API_KEY: "b", REGION: "eu" },
    said: /^a b eu$/,
  },
  {
    name: "an optional one that the settings do not have, which arrives empty",
    environment: { GITHUB_TOKEN: "a", SHOP_API_KEY: "b", REGION: "" },
    said: /^a b unset$/,
  },
  {
    name: "a secret that the settings do not have",
    environment: { GITHUB_TOKEN: "a", SHOP_API_KEY: "", REGION: "" },
    said: /^::error::set the secret SHOP_API_KEY in the repository's settings$/,
  },
])("passes the pipeline's variables on to the job: $name", async ({ environment, said }) => {
  const churn = churnProject();
  const path = "pipelines/churn/pipeline.yaml";
  const bench = deployBench({ ...churn, [path]: `${churn[path] ?? ""}${VARIABLES}` });
  const { diagnostics } = await bench.deploy();
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ code: "deploy-variable-needed", hint: "gh secret set SHOP_API_KEY" }),
  );
  const texts = textsOf(bench.disk);
  expect(texts["pipelines/churn/Dockerfile"]).toContain(
    "-e GITHUB_TOKEN -e REGION -e SHOP_API_KEY",
  );
  const read =
    "import json, sys, yaml; print(json.dumps([step for step in yaml.safe_load(sys.argv[1])['jobs']['train']['steps'] if step.get('name') == 'Train'][0]))";
  const step = JSON.parse(await python(read, texts[".github/workflows/churn-train.yml"] ?? "")) as {
    readonly env: Readonly<Record<string, string>>;
    readonly run: string;
  };
  expect(step.env).toMatchObject({
    GITHUB_TOKEN: "${{ secrets.CHURN_GITHUB_TOKEN }}",
    REGION: "${{ vars.REGION }}",
    SHOP_API_KEY: "${{ secrets.SHOP_API_KEY }}",
  });
  const folder = await mkdtemp(join(tmpdir(), "mlops-variables-"));
  try {
    await mkdir(join(folder, "churn"));
    const program =
      'import os\nprint(*(os.environ.get(n, "unset") for n in ("GITHUB_TOKEN", "SHOP_API_KEY", "REGION")))\n';
    await writeFile(join(folder, "churn", "__main__.py"), program);
    const env = {
      PATH: `${dirname(await pythonForTests())}:${process.env["PATH"] ?? ""}`,
      RUNNER_TEMP: folder,
      GITHUB_RUN_ID: "7",
      GITHUB_RUN_ATTEMPT: "1",
      ...environment,
    };
    const { stdout } = await run("bash", ["-c", step.run], { cwd: folder, env }).catch(
      (error: unknown) => error as { readonly stdout: string },
    );
    expect(stdout.trim()).toMatch(said);
  } finally {
    await rm(folder, { recursive: true });
  }
});

interface MetricCase {
  readonly name: string;
  readonly metrics: Readonly<Record<string, number | string>> | undefined;
  readonly thresholds: readonly string[];
  readonly exit: 0 | 1 | 2;
}

const metricCases: readonly MetricCase[] = [
  {
    name: "passes when every threshold holds",
    metrics: { "roc-auc": 0.8, loss: 0.2 },
    thresholds: ["--min", "roc-auc=0.8", "--max", "loss=0.2"],
    exit: 0,
  },
  { name: "passes without thresholds", metrics: { "roc-auc": 0.1 }, thresholds: [], exit: 0 },
  {
    name: "fails below the minimum",
    metrics: { "roc-auc": 0.79 },
    thresholds: ["--min", "roc-auc=0.8"],
    exit: 1,
  },
  {
    name: "fails above the maximum",
    metrics: { loss: 0.3 },
    thresholds: ["--max", "loss=0.2"],
    exit: 1,
  },
  {
    name: "fails on a metric that is not a number",
    metrics: { "roc-auc": "NaN" },
    thresholds: ["--min", "roc-auc=0"],
    exit: 1,
  },
  {
    name: "fails on a metric that is missing",
    metrics: { f1: 1 },
    thresholds: ["--max", "loss=9"],
    exit: 1,
  },
  {
    name: "has nothing to check without manifests",
    metrics: undefined,
    thresholds: ["--min", "roc-auc=0"],
    exit: 2,
  },
  {
    name: "refuses a threshold that is no number",
    metrics: { f1: 1 },
    thresholds: ["--min", "f1=high"],
    exit: 2,
  },
];

test.each(metricCases)("the metric check $name", async ({ metrics, thresholds, exit }) => {
  const folder = await mkdtemp(join(tmpdir(), "mlops-check-"));
  try {
    const script = join(folder, "check_metrics.py");
    await writeFile(script, template("ci/check_metrics.py"));
    if (metrics !== undefined) {
      const step = join(folder, "runs", "r1", "evaluate");
      await mkdir(step, { recursive: true });
      await writeFile(
        join(step, "manifest.json"),
        JSON.stringify({
          metrics: Object.entries(metrics).map(([name, value]) => ({ name, value })),
        }),
      );
    }
    const command = run(await pythonForTests(), [
      script,
      "--store",
      folder,
      "--run",
      "r1",
      ...thresholds,
    ]);
    const code = await command.then(
      () => 0,
      (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
    );
    expect(code).toBe(exit);
  } finally {
    await rm(folder, { recursive: true });
  }
});
