/** Who used this data: the versions whose runs read a file, or took or made a value, of that content. */
import type { Sha256 } from "../base/brand.ts";
import { MlopsError } from "../base/errors.ts";
import { isSha256 } from "../base/hash.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { RunRecord } from "../registry/run-record.ts";
import type { DataLineage } from "./lineage-schema.ts";
import { filesReadBy, type TracePorts } from "./trace-origin.ts";
import { readPlanRecord } from "./verify-pipeline.ts";

type Use = Pick<DataLineage["versions"][number], "path" | "digest"> & {
  readonly steps: readonly string[];
};

/** @param wanted A digest, or a path from the project root: a file, or a folder for all below it. */
export async function traceData(wanted: string, ports: TracePorts): Promise<DataLineage> {
  const gaps: string[] = [];
  const digest = isSha256(wanted) ? wanted : await digestAt(wanted, ports);
  const versions: DataLineage["versions"] = [];
  for (const version of ports.registry.models.list()) {
    const run = ports.registry.runs.find(version.runId);
    if (run === undefined) {
      gaps.push(
        `What ${renderModelVersion(version)} was trained on is not known: its run is not in this registry.`,
      );
      continue;
    }
    const uses = isSha256(wanted)
      ? usesOfContent(wanted, run, await whereOf(version, run, ports))
      : usesOfPath(wanted, run, await whereOf(version, run, ports));
    const aliases = ports.registry.models
      .aliases(version.model)
      .filter((alias) => alias.version === version.version)
      .map(({ alias }) => alias);
    for (const use of uses)
      versions.push({
        reference: renderModelVersion(version),
        aliases,
        run: run.id,
        path: use.path,
        digest: use.digest,
        steps: [...use.steps],
        same: digest === undefined ? null : digest === use.digest,
      });
  }
  return { kind: "data", wanted, digest: digest ?? null, versions, gaps };
}

type Where = { readonly folder: string; readonly root: string } | undefined;

/** Where the run's relative paths begin. */
async function whereOf(
  version: ModelVersion,
  run: RunRecord,
  { registry, artifacts }: TracePorts,
): Promise<Where> {
  const number = version.pipelineRevision ?? run.revision;
  const revision = registry.pipelines
    .listRevisions(run.pipeline)
    .find((candidate) => candidate.revision === number);
  if (revision === undefined) return undefined;
  try {
    const { plan }: { readonly plan: Pick<Plan, "root"> } = await readPlanRecord(
      revision.planDigest,
      { artifacts },
    );
    return { folder: revision.folder, root: plan.root };
  } catch (error) {
    if (error instanceof MlopsError) return undefined;
    throw error;
  }
}

function usesOfPath(wanted: string, run: RunRecord, where: Where): readonly Use[] {
  return filesReadBy(run, where).filter(
    ({ path }) => path === wanted || path.startsWith(`${wanted}/`),
  );
}

function usesOfContent(wanted: Sha256, run: RunRecord, where: Where): readonly Use[] {
  const files = filesReadBy(run, where).filter(({ digest }) => digest === wanted);
  const values = new Map<string, string[]>();
  for (const { step, manifest } of run.steps) {
    const named = [
      ...Object.entries(manifest?.inputs ?? {}),
      ...Object.entries(manifest?.outputs ?? {}).map(
        ([name, output]) => [name, output.digest] as const,
      ),
    ];
    for (const [name, digest] of named)
      if (digest === wanted) values.set(name, [...(values.get(name) ?? []), step]);
  }
  return [
    ...files,
    ...[...values].map(([name, steps]) => ({
      path: `value ${name}`,
      digest: wanted,
      steps: [...new Set(steps)],
    })),
  ];
}

async function digestAt(path: string, { files }: TracePorts): Promise<string | undefined> {
  return (await files.kind(path)) === "file" ? files.digest(path) : undefined;
}
