/** Forgets runs that nothing stands on. */
import { ConflictError } from "../base/errors.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Registry } from "../ports/registry.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { RunsRemoveReport } from "./clean-schema.ts";
import { findRun } from "./find-run.ts";

/**
 * All of them or none. Their values stay in the store until `mlops clean`.
 *
 * @throws what `findRun` throws; ConflictError `run-in-progress`, `run-has-model`.
 */
export async function removeRuns(
  ids: readonly string[],
  options: { readonly dryRun: boolean },
  { registry, artifacts }: { readonly registry: Registry; readonly artifacts: Artifacts },
): Promise<RunsRemoveReport> {
  const runs = [
    ...new Map(
      ids.map((id) => findRun(id, registry.runs)).map((run) => [run.id, run] as const),
    ).values(),
  ];
  for (const run of runs) {
    const short = run.id.slice(0, 8);
    if (run.status === "running")
      throw new ConflictError(`Run ${short} of ${run.pipeline} is in progress.`, {
        code: "run-in-progress",
        hint: "remove it when it has ended",
      });
    const version = registry.models.list().find(({ runId }) => runId === run.id);
    if (version !== undefined)
      throw new ConflictError(
        `Model version ${renderModelVersion(version)} came from run ${short}; without it nobody could say how it was made.`,
        { code: "run-has-model", hint: "leave this run out" },
      );
  }
  if (!options.dryRun) {
    // The record goes first: manifests without a record are bytes; a record without manifests would be a lie.
    registry.runs.remove(runs.map(({ id }) => id));
    for (const { id } of runs) await artifacts.removeRun(id);
  }
  return {
    dryRun: options.dryRun,
    runs: runs.map(({ id, pipeline, startedAtMs }) => ({
      id,
      pipeline,
      startedAt: new Date(startedAtMs).toISOString(),
    })),
  };
}
