import { expect, test } from "vitest";
import { MlopsError } from "../../src/base/errors.ts";
import { CHURN, churnProject } from "../support/churn-package.ts";
import { type DeployBench, deployBench } from "../support/deployments.ts";
import { textsOf } from "../support/memory-disk.ts";

const WORKFLOW = ".github/workflows/churn-train.yml";
const GENERATED = [
  WORKFLOW,
  `${CHURN}/.dockerignore`,
  `${CHURN}/Dockerfile`,
  `${CHURN}/ci/check_metrics.py`,
];

function textOf(bench: DeployBench, path: string): string {
  const text = textsOf(bench.disk)[path];
  if (text === undefined) throw new Error(`${path} was not written`);
  return text;
}

test("writes image, workflow and metric check as reviewed", async () => {
  const bench = deployBench(churnProject());
  const result = await bench.deploy({ gates: [{ metric: "roc-auc", min: 0.75 }] });
  expect(result.writes.written.toSorted()).toEqual(GENERATED);
  await expect(textOf(bench, WORKFLOW)).toMatchFileSnapshot("../fixtures/deploy/churn-train.yml");
  await expect(textOf(bench, `${CHURN}/Dockerfile`)).toMatchFileSnapshot(
    "../fixtures/deploy/Dockerfile.expected.txt",
  );
  await expect(textOf(bench, `${CHURN}/.dockerignore`)).toMatchFileSnapshot(
    "../fixtures/deploy/dockerignore.expected.txt",
  );
});

test("installs with hashes when the lock has them", async () => {
  const lock = `pandas==3.0.0 \\\n    --hash=sha256:${"1".repeat(64)}\nscikit-learn==1.8.0 \\\n    --hash=sha256:${"2".repeat(64)}\n`;
  const bench = deployBench(churnProject({ [`${CHURN}/requirements.lock`]: lock }));
  await bench.deploy();
  expect(textOf(bench, WORKFLOW)).toContain("pip install --require-hashes -r requirements.lock");
  expect(textOf(bench, `${CHURN}/Dockerfile`)).toContain(
    "COPY requirements.lock ./\nRUN python -m pip install --require-hashes -r requirements.lock",
  );
});

test("carries more parameters than the form allows in one JSON input", async () => {
  const many = Array.from({ length: 11 }, (_, at) => `extra-${String(at)}: ${String(at)}`).join(
    "\n",
  );
  const bench = deployBench(
    churnProject({
      [`${CHURN}/params.yaml`]: `data-path: data/churn.csv\ntest-size: 0.2\nseed: 42\n${many}\n`,
    }),
  );
  await bench.deploy();
  expect(textOf(bench, WORKFLOW)).toContain("PARAMETERS: ${{ inputs.parameters }}");
  expect(textOf(bench, WORKFLOW)).not.toContain("PARAMETER_SEED");
});

test("never puts what people type into the text of a command", async () => {
  const bench = deployBench(churnProject());
  await bench.deploy();
  const runs = textOf(bench, WORKFLOW)
    .split(/\n {6}- /)
    .map((step) => step.split("run: |")[1] ?? "");
  expect(runs.some((block) => block.includes("python -m churn run"))).toBe(true);
  for (const block of runs) expect(block.split("\n      - ")[0]).not.toContain("${{ inputs");
});

test("writes and records nothing the second time", async () => {
  const bench = deployBench(churnProject());
  const first = await bench.deploy();
  const before = textsOf(bench.disk);
  const second = await bench.deploy();
  expect(first.deployment?.subject).toBe("churn:r1");
  expect(second.writes).toEqual({ written: [], removed: [], conflicts: [] });
  expect(second.deployment).toBeUndefined();
  expect(textsOf(bench.disk)).toEqual(before);
  expect(bench.registry.deployments.list()).toHaveLength(1);
  expect(
    bench.registry.audit.list().filter((event) => event.action === "deployment.created"),
  ).toHaveLength(1);
  expect(bench.registry.audit.firstBroken()).toBeUndefined();
});

test("keeps a file that was edited by hand", async () => {
  const bench = deployBench(churnProject());
  await bench.deploy();
  const edited = `${textOf(bench, WORKFLOW)}# fetches the data first\n`;
  bench.disk.files.set(WORKFLOW, new TextEncoder().encode(edited));
  const again = await bench.deploy();
  expect(again.files.find((file) => file.path === WORKFLOW)?.change).toBe("kept");
  expect(textOf(bench, WORKFLOW)).toBe(edited);
});

test("does not overwrite a workflow that was there before", async () => {
  const bench = deployBench(churnProject({ [WORKFLOW]: "name: mine\n" }));
  const result = await bench.deploy();
  expect(result.writes.conflicts).toEqual([{ path: WORKFLOW, beside: `${WORKFLOW}.new` }]);
  expect(textOf(bench, WORKFLOW)).toBe("name: mine\n");
});

test("keeps the schedule that is deployed when none is asked for", async () => {
  const bench = deployBench(churnProject());
  await bench.deploy({ schedule: "30 4 * * *" });
  const again = await bench.deploy();
  expect(again.schedule).toBe("30 4 * * *");
  expect(again.writes.written).toEqual([]);
});

test("a dry run writes nothing and shows the diff", async () => {
  const bench = deployBench(churnProject());
  const before = textsOf(bench.disk);
  const result = await bench.deploy({ dryRun: true });
  expect(textsOf(bench.disk)).toEqual(before);
  expect(result.diff).toContain("+FROM python:3.11.16-slim-bookworm@sha256:");
  expect(bench.registry.deployments.list()).toEqual([]);
});

test("says that the data is not in the repository", async () => {
  const bench = deployBench(churnProject({ "data/churn.csv": undefined }));
  const { diagnostics } = await bench.deploy();
  expect(diagnostics.map((one) => one.code)).toContain("deploy-data-missing");
});

test("works without a revision on record, and says that nothing is recorded", async () => {
  const bench = deployBench(churnProject(), false);
  const result = await bench.deploy();
  expect(result.writes.written.toSorted()).toEqual(GENERATED);
  expect(result.deployment).toBeUndefined();
  expect(result.diagnostics.map((one) => one.code)).toContain("deploy-not-recorded");
});

const TRAIN = churnProject()[`${CHURN}/churn/train.py`] ?? "";
const YAML = churnProject()[`${CHURN}/pipeline.yaml`] ?? "";
const TABLE = churnProject()[`${CHURN}/churn/_pipeline.py`] ?? "";

test.each([
  { name: "level 2", ask: { level: 2 }, code: "deploy-level-unavailable", says: "--level 2" },
  {
    name: "another target",
    ask: { target: "argo" },
    code: "deploy-level-unavailable",
    says: "--target argo",
  },
  {
    name: "a schedule that GitHub ignores",
    ask: { schedule: "@weekly" },
    code: "schedule-invalid",
    says: "five fields",
  },
  {
    name: "a schedule that never fires",
    ask: { schedule: "0 0 31 4 *" },
    code: "schedule-invalid",
    says: "no such day",
  },
  {
    name: "a schedule every minute",
    ask: { schedule: "* * * * *" },
    code: "schedule-invalid",
    says: "every 5 minutes",
  },
  {
    name: "a gate on an unknown metric",
    ask: { gates: [{ metric: "roc_auc", min: 0.8 }] },
    code: "gate-metric-unknown",
    says: "roc_auc",
  },
])("refuses $name", async ({ ask, code, says }) => {
  await expectRefusal(deployBench(churnProject()), { code, says, ask });
});

test.each([
  {
    name: "a step function that takes something else",
    path: "churn/train.py",
    text: TRAIN.replace("SEED: int = 42,", "random_seed: int = 42,"),
    code: "steps-disagree",
    says: "train.py, line 12 takes",
  },
  {
    name: "a table that lacks a metric",
    path: "churn/_pipeline.py",
    text: TABLE.replace('metrics=("roc-auc",)', "metrics=()"),
    code: "steps-disagree",
    says: "metrics are [roc-auc]",
  },
  {
    name: "a table with a step more",
    path: "pipeline.yaml",
    text: YAML.replace(/ {2}- \{ name: train.*\n/, "").replace(
      "serve: { model: model, raw: df, entity: null, time: null, unseen: other }\n",
      "",
    ),
    code: "steps-disagree",
    says: "step train stands in",
  },
  {
    name: "a step module that does not parse",
    path: "churn/train.py",
    text: "def train(:\n",
    code: "steps-disagree",
    says: "is not Python",
  },
  {
    name: "no requirements",
    path: "requirements.txt",
    text: undefined,
    code: "requirements-missing",
    says: "no requirements.txt",
  },
  {
    name: "a lock without hashes",
    path: "requirements.lock",
    text: "pandas==3.0.0\n",
    code: "lock-without-hashes",
    says: "line 1: pandas",
  },
  {
    name: "a Python that has no image",
    path: "pipeline.yaml",
    text: YAML.replace('"3.11"', '"3.8"'),
    code: "python-without-image",
    says: "Python 3.8",
  },
  {
    name: "a root outside the project",
    path: "pipeline.yaml",
    text: YAML.replace("root: ../..", "root: ../../.."),
    code: "pipeline-root-outside",
    says: "leaves the project",
  },
])("refuses a package with $name and writes nothing", async ({ path, text, code, says }) => {
  await expectRefusal(deployBench(churnProject({ [`${CHURN}/${path}`]: text })), {
    code,
    says,
    ask: {},
  });
});

async function expectRefusal(
  bench: DeployBench,
  expected: {
    readonly code: string;
    readonly says: string;
    readonly ask: NonNullable<Parameters<DeployBench["deploy"]>[0]>;
  },
): Promise<void> {
  const before = textsOf(bench.disk);
  const error: unknown = await bench.deploy(expected.ask).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MlopsError)) throw new Error(`was not refused: ${String(error)}`);
  expect({ code: error.code, exit: error.exitCode }).toEqual({ code: expected.code, exit: 2 });
  expect(error.message).toContain(expected.says);
  expect(textsOf(bench.disk)).toEqual(before);
  expect(bench.registry.deployments.list()).toEqual([]);
}
