/** What a recorded run really shows: its ids, whether they resolve, and whether the bytes they name are still those bytes. */
import type { ModelVersion } from "../../registry/model.ts";
import type { RunRecord } from "../../registry/run-record.ts";
import type { Evidence } from "../evidence.ts";

/** Whether the run made an artifact of that name whose bytes in the store still match. */
export function hasIntactModel(project: Evidence, run: RunRecord, artifact: string): boolean {
  return run.steps.some((step) => {
    const digest = step.manifest?.outputs[artifact]?.digest;
    return digest !== undefined && project.registry?.blobs.get(digest) === "intact";
  });
}

/** What keeps a run from leading back to code, data, environment, parameters; empty when nothing does. Sentences for people. */
export function lineageGaps(project: Evidence, run: RunRecord): readonly string[] {
  const gaps: string[] = [];
  if (run.gitCommit === undefined) gaps.push("the run has no commit: it was made outside git");
  else if (run.gitDirty === true)
    gaps.push(`the run was made from uncommitted changes on ${run.gitCommit.slice(0, 8)}`);
  else if (project.git !== undefined && !project.git.commits.has(run.gitCommit))
    gaps.push(`commit ${run.gitCommit.slice(0, 8)} is not in this repository's refs or reflog`);
  else if (project.git === undefined)
    gaps.push("there is no git repository in which the commit could be found");
  if (!run.steps.some((step) => Object.keys(step.manifest?.filesRead ?? {}).length > 0))
    gaps.push("no step recorded the digest of the data it read");
  if (!/^sha256:[0-9a-f]{64}$/.test(run.environmentDigest))
    gaps.push("the run has no digest of its environment");
  gaps.push(...timeGaps(run), ...linkGaps(run));
  return gaps;
}

/** Files of a model version whose bytes were hashed again and differ or are gone; `undefined` when none was looked at. */
export function brokenFiles(project: Evidence, model: ModelVersion): readonly string[] | undefined {
  const states = Object.entries(model.files).map(([path, digest]) => ({
    path,
    state: project.registry?.blobs.get(digest),
  }));
  if (states.length === 0 || states.some(({ state }) => state === undefined)) return undefined;
  return states
    .filter(({ state }) => state !== "intact")
    .map(({ path, state }) => `${path} is ${state ?? "missing"}`);
}

/** Rows made up afterwards rarely keep the order of time. */
function timeGaps(run: RunRecord): readonly string[] {
  if (run.endedAtMs === undefined || run.endedAtMs <= run.startedAtMs)
    return ["the run's times make no sense: it ended before it started"];
  const odd = run.steps.find(
    (step) =>
      step.endedAtMs < step.startedAtMs ||
      (step.decision === "execute" && step.startedAtMs < run.startedAtMs),
  );
  return odd === undefined ? [] : [`the times of step ${odd.step} make no sense`];
}

/** Each input that a step names must be what an earlier step of the same run made. */
function linkGaps(run: RunRecord): readonly string[] {
  const made = new Map<string, string>();
  for (const step of run.steps)
    for (const [name, output] of Object.entries(step.manifest?.outputs ?? {}))
      made.set(name, output.digest);
  for (const step of run.steps) {
    for (const [name, digest] of Object.entries(step.manifest?.inputs ?? {})) {
      if (made.get(name) !== digest)
        return [`step ${step.step} names an input ${name} that no step of the run made`];
    }
  }
  return [];
}
