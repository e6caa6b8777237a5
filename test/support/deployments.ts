/** Deploying the churn package on a disk in memory. */
import {
  type DeployInput,
  type DeployResult,
  deployPipeline,
} from "../../src/app/deploy-pipeline.ts";
import { loadPipeline } from "../../src/app/load-pipeline.ts";
import type { Registry } from "../../src/ports/registry.ts";
import { toRunId } from "../../src/registry/names.ts";
import { CHURN, type Texts, template } from "./churn-package.ts";
import { fakeGit } from "./fake-git.ts";
import { type MemoryDisk, memoryDisk, memoryFiles } from "./memory-disk.ts";
import { memoryRegistry } from "./memory-registry.ts";
import { pythonParser } from "./python-parser.ts";
import { revisionOf } from "./registry-contract-values.ts";

const TEMPLATES = [
  "docker/Dockerfile.train",
  "docker/dockerignore",
  "ci/github-train.yml",
  "ci/check_metrics.py",
];

/** A project on a disk and a registry, deployed as often as one likes. */
export interface DeployBench {
  readonly disk: MemoryDisk;
  readonly registry: Registry;
  readonly deploy: (changes?: Partial<Omit<DeployInput, "pipeline">>) => Promise<DeployResult>;
}

/** @param promoted Whether the registry knows a revision of churn. */
export function deployBench(texts: Texts, promoted = true): DeployBench {
  const shipped = Object.fromEntries(TEMPLATES.map((name) => [`shipped/${name}`, template(name)]));
  const disk = memoryDisk({ ...texts, ...shipped });
  const files = memoryFiles(disk);
  const registry = memoryRegistry();
  if (promoted) registry.pipelines.addRevision(revisionOf("a"));
  const ids = { runId: () => toRunId("0123456789abcdef0123456789abcdef") };
  const git = fakeGit({
    state: () => Promise.resolve({ commit: "4f2a".repeat(10), dirty: false, root: "/project" }),
    committedAt: () => Promise.resolve("2023-03-01T10:00:00+01:00"),
    fileAt: () => Promise.resolve({ kind: "absent" } as const),
    fileHistory: () => Promise.resolve([]),
    tags: () => Promise.resolve([]),
    tag: () => Promise.resolve({ kind: "made" } as const),
    author: () => Promise.resolve("Ann <ann@example.org>"),
  });
  return {
    disk,
    registry,
    deploy: async (changes = {}) => {
      const pipeline = await loadPipeline("churn", CHURN.split("/")[0] ?? "", files);
      const input: DeployInput = {
        pipeline,
        level: 1,
        target: "github",
        schedule: undefined,
        timeoutMinutes: undefined,
        environment: undefined,
        gates: [],
        dryRun: false,
        ...changes,
      };
      return deployPipeline(input, {
        files,
        registry,
        git,
        clock: { nowMs: () => 1_767_225_600_000 },
        ids,
        parser: await pythonParser(),
        templates: "shipped",
      });
    },
  };
}
