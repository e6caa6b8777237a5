/** What a level-1 deployment is made from: a pipeline in its folder, when it trains, and what must hold afterwards. Plain data; builders turn it into files. */

import * as posix from "node:path/posix";
import { pythonName } from "../base/python-name.ts";
import type { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { MetricGate } from "./schema.ts";

/** Everything that the builders of image and workflow read. */
export interface TrainingDeployment {
  /** Folder of the package, relative to the project root. */
  readonly folder: string;
  readonly pipeline: PipelineFile;
  readonly params: ParamsFile;
  /** `requirements.lock` where the package has one, with a hash for every line; else `requirements.txt`. */
  readonly requirements: "requirements.lock" | "requirements.txt";
  /** Five-field cron, UTC. */
  readonly schedule: string;
  readonly timeoutMinutes: number;
  /** Environment of the CI system that guards the job; `undefined` for none. */
  readonly environment: string | undefined;
  readonly gates: readonly MetricGate[];
}

/** Name of the Python package: the pipeline's name with `_`. */
export function packageName(pipeline: PipelineFile): string {
  return pythonName(pipeline.name);
}

/** The steps' working directory relative to the project root: `.` or a folder; starts with `..` when it leaves the project. */
export function rootFolder(deployment: Pick<TrainingDeployment, "folder" | "pipeline">): string {
  return posix
    .normalize(posix.join(deployment.folder, deployment.pipeline.root))
    .replace(/\/$/, "");
}

/** Files that steps read and no earlier step writes: the raw data, relative to the steps' working directory. Sorted. */
export function rawData(pipeline: PipelineFile): readonly string[] {
  const written = new Set(pipeline.steps.flatMap((step) => step.writes));
  return [...new Set(pipeline.steps.flatMap((step) => step.reads))]
    .filter((path) => !written.has(path))
    .sort();
}

/** How the requirements are installed; with hashes where they are locked. */
export function installCommand(requirements: TrainingDeployment["requirements"]): string {
  return requirements === "requirements.lock"
    ? "python -m pip install --require-hashes -r requirements.lock"
    : "python -m pip install -r requirements.txt";
}
