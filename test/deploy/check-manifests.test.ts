import { expect, test } from "vitest";
import type { GeneratedFile } from "../../src/base/generated-file.ts";
import { relativePath } from "../../src/base/relative-path.ts";
import { checkManifests } from "../../src/deploy/check-manifests.ts";
import type { TrainingDeployment } from "../../src/deploy/training-deployment.ts";

const deployment: TrainingDeployment = {
  folder: "pipelines/churn",
  pipeline: {
    version: 1,
    name: "churn",
    notebook: { path: "churn.ipynb", sha256: "sha256:0" },
    root: "../..",
    python: "3.11",
    steps: [
      {
        name: "load",
        cells: [1],
        inputs: [],
        params: [],
        reads: ["data/churn.csv"],
        writes: [],
        outputs: ["df"],
        metrics: [],
        random: "none",
      },
    ],
    artifacts: { df: { codec: "json" } },
    environment: [],
    decisions: [],
  },
  params: {},
  requirements: "requirements.txt",
  schedule: "0 3 * * 1",
  timeoutMinutes: 60,
  environment: undefined,
  gates: [],
};

const PINNED = `FROM python:3.11.16-slim@sha256:${"0".repeat(64)}\n`;
const steps = (text: string): string => `on: push\njobs:\n  train:\n    steps:\n${text}`;

test.each([
  {
    name: "a floating base image",
    path: "pipelines/churn/Dockerfile",
    text: "FROM python:3.11\nUSER 1\n",
    codes: ["manifest-image-floating"],
  },
  {
    name: "an image that runs as root",
    path: "pipelines/churn/Dockerfile",
    text: PINNED,
    codes: ["manifest-image-root"],
  },
  {
    name: "a copy of what is not there",
    path: "pipelines/churn/Dockerfile",
    text: `${PINNED}COPY gone.txt ./\nUSER 1\n`,
    codes: ["manifest-path-missing"],
  },
  {
    name: "an action pinned by tag",
    path: ".github/workflows/w.yml",
    text: steps("      - uses: actions/checkout@v7"),
    codes: ["manifest-action-floating"],
  },
  {
    name: "a step that the pipeline does not have",
    path: ".github/workflows/w.yml",
    text: steps("      - run: python -m churn step trian --run x"),
    codes: ["manifest-step-unknown"],
  },
  {
    name: "a script that is not there",
    path: ".github/workflows/w.yml",
    text: steps("      - run: python ci/gone.py"),
    codes: ["manifest-path-missing"],
  },
  {
    name: "a swallowed failure",
    path: ".github/workflows/w.yml",
    text: steps("      - run: pytest || true"),
    codes: ["manifest-failure-swallowed"],
  },
  {
    name: "something that is no workflow",
    path: ".github/workflows/w.yml",
    text: "hello",
    codes: ["manifest-not-a-workflow"],
  },
  {
    name: "nothing in a clean image",
    path: "pipelines/churn/Dockerfile",
    text: `${PINNED}COPY requirements.txt ./\nUSER 1\n`,
    codes: [],
  },
])("finds $name", ({ path, text, codes }) => {
  const file: GeneratedFile = { path: relativePath(path), text, mode: 0o644 };
  const there = new Set([".", "pipelines/churn/requirements.txt", "data/churn.csv"]);
  const found = checkManifests([file], { deployment, exists: (asked) => there.has(asked) });
  expect(found.map((one) => one.code)).toEqual(codes);
});

test("warns when the data is not in the project", () => {
  const found = checkManifests([], { deployment, exists: () => false });
  expect(found.map((one) => [one.code, one.severity])).toEqual([
    ["deploy-data-missing", "warning"],
  ]);
});
