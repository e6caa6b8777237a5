/** Assessing the churn project on a disk in memory, with a registry that holds what really happened, or what somebody pretends. */
import { assessMaturity } from "../../src/app/assess-maturity.ts";
import type { Sha256 } from "../../src/base/brand.ts";
import { sha256 } from "../../src/base/hash.ts";
import type { Assessment } from "../../src/maturity/schema.ts";
import type { Registry } from "../../src/ports/registry.ts";
import type { NewModelVersion } from "../../src/registry/model.ts";
import { toRunId } from "../../src/registry/names.ts";
import type { FinishedStep, RunStart } from "../../src/registry/run-record.ts";
import { CHURN, type Texts } from "./churn-package.ts";
import { deployBench } from "./deployments.ts";
import { memoryDisk, memoryFiles, textsOf } from "./memory-disk.ts";
import { memoryRegistry } from "./memory-registry.ts";
import { pythonParser } from "./python-parser.ts";
import { revisionOf } from "./registry-contract-values.ts";

/** The commit that the repository's reflog knows. */
export const COMMIT = "4f2a".repeat(10);

/** A repository and what its registry remembers. */
export interface Repository {
  readonly texts: Texts;
  readonly registry: Registry | undefined;
}

/** Assesses; the store is `.mlops/store` among the texts. */
export async function assessRepository({ texts, registry }: Repository): Promise<Assessment> {
  return assessMaturity({
    files: memoryFiles(memoryDisk(texts)),
    parser: await pythonParser(),
    registry,
    store: ".mlops/store",
  });
}

/** A project with what level-1 deployment writes. */
export async function deployedProject(texts: Texts): Promise<Texts> {
  const bench = deployBench(texts);
  await bench.deploy();
  return Object.fromEntries(
    Object.entries(textsOf(bench.disk)).filter(
      ([path]) => !path.startsWith("shipped/") && !path.startsWith(".mlops/"),
    ),
  );
}

/** How a recorded run may differ from an honest one. */
export interface Story {
  readonly run?: Partial<RunStart>;
  /** Applied to each step before it is recorded. */
  readonly step?: (step: FinishedStep) => FinishedStep;
  readonly endedAtMs?: number;
  readonly model?: Partial<NewModelVersion>;
  /** Blobs whose bytes are changed after they were stored. */
  readonly corrupt?: (path: string) => boolean;
  /** How often the pipeline ran. */
  readonly runs?: number;
  readonly withoutModel?: boolean;
  readonly withoutDeployment?: boolean;
}

const STEPS: readonly {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}[] = [
  { name: "load", inputs: [], outputs: ["df"] },
  { name: "prepare", inputs: ["df"], outputs: ["x-train", "x-test", "y-train", "y-test"] },
  { name: "train", inputs: ["x-train", "x-test", "y-train", "y-test"], outputs: ["model"] },
];

/** The project after `mlops run` and `mlops deploy`: commit known to git, blobs in the store, model registered, deployment recorded. */
export function withHistory(texts: Texts, story: Story = {}): Repository {
  const registry = memoryRegistry();
  const blobs: Record<string, string> = {};
  const store = (content: string): Sha256 => {
    const digest = sha256(content);
    const hex = digest.slice("sha256:".length);
    blobs[`.mlops/store/blobs/${hex.slice(0, 2)}/${hex}`] =
      story.corrupt?.(content) === true ? `${content}!` : content;
    return digest;
  };
  registry.pipelines.addRevision(revisionOf("a"));
  for (let at = 0; at < (story.runs ?? 1); at++) recordRun(registry, { texts, story, store, at });
  if (story.withoutModel !== true) {
    registry.models.register({
      model: "churn",
      pipeline: "churn",
      pipelineRevision: 1,
      runId: runId(0),
      files: Object.fromEntries(
        ["MLmodel", "contract.json", "model/model.joblib", "state/state.json"].map((path) => [
          path,
          store(path),
        ]),
      ),
      contentDigest: sha256("version"),
      metrics: [{ name: "roc-auc", value: 0.83 }],
      certificateDigest: undefined,
      verdict: "verified",
      createdBy: { name: "Ann <ann@example.org>", grade: "asserted" },
      pickledNames: undefined,
      evaluation: undefined,
      origin: undefined,
      createdAtMs: 5000,
      ...story.model,
    });
  }
  if (story.withoutDeployment !== true) {
    registry.deployments.add({
      subject: "churn:r1",
      environment: "ci",
      level: 1,
      target: "github",
      state: "pending",
      gitCommit: COMMIT,
      createdAtMs: 6000,
    });
    registry.audit.append({
      action: "deployment.created",
      subject: "churn:r1",
      actor: { name: "Ann", grade: "asserted" },
      details: {},
      atMs: 6000,
    });
  }
  const git = {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/logs/HEAD": `${"0".repeat(40)} ${COMMIT} Ann <ann@example.org> 1 +0000\tcommit\n`,
  };
  return { texts: { ...texts, ...blobs, ...git }, registry };
}

function runId(at: number): ReturnType<typeof toRunId> {
  return toRunId(String(at + 1).padEnd(32, "0"));
}

function recordRun(
  registry: Registry,
  {
    texts,
    story,
    store,
    at,
  }: {
    readonly texts: Texts;
    readonly story: Story;
    readonly store: (content: string) => Sha256;
    readonly at: number;
  },
): void {
  const id = runId(at);
  const startedAtMs = 1000 + at * 1000;
  registry.runs.start({
    id,
    pipeline: "churn",
    revision: 1,
    experiment: "churn",
    params: { seed: 42 },
    gitCommit: COMMIT,
    gitDirty: false,
    environmentDigest: sha256("environment"),
    pid: 1,
    processStart: undefined,
    startedAtMs,
    ...story.run,
  });
  for (const step of STEPS) {
    const finished: FinishedStep = {
      step: step.name,
      fingerprint: sha256(step.name),
      fingerprintParts: {},
      decision: "execute",
      because: "it never ran like this",
      status: "succeeded",
      attempts: 1,
      manifest: {
        version: 1,
        step: step.name,
        code: sha256("code"),
        params: { seed: 42 },
        inputs: Object.fromEntries(step.inputs.map((name) => [name, store(name)])),
        outputs: Object.fromEntries(
          step.outputs.map((name) => [
            name,
            { digest: store(name), codec: "pickle", type: "object", bytes: name.length },
          ]),
        ),
        random: { before: null, after: null },
        files: {},
        filesRead:
          step.name === "load"
            ? { "data/churn.csv": sha256(texts["data/churn.csv"] ?? "gone") }
            : {},
        metrics: step.name === "train" ? [{ name: "roc-auc", value: 0.83 }] : [],
        text: sha256(""),
      },
      error: undefined,
      startedAtMs: startedAtMs + 1,
      endedAtMs: startedAtMs + 2,
    };
    registry.runs.addStep(id, story.step?.(finished) ?? finished);
  }
  registry.runs.finish(id, "succeeded", story.endedAtMs ?? startedAtMs + 500);
}

/** A file of the package. */
export function inPackage(name: string): string {
  return `${CHURN}/${name}`;
}
