/** Where a model version comes from: run, steps, data, revision, notebook cells, environment, certificate. Reads only. */
import { normalize } from "node:path/posix";
import type { Sha256 } from "../base/brand.ts";
import { MlopsError } from "../base/errors.ts";
import { byNotebook } from "../codegen/cell-range.ts";
import type { Plan } from "../pipeline/plan.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { ModelVersion } from "../registry/model.ts";
import { renderModelVersion } from "../registry/names.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import type { RunRecord, StepRecord } from "../registry/run-record.ts";
import { readDatasetsLock } from "./datasets-lock.ts";
import type { DatasetsLock } from "./datasets-schema.ts";
import { certificateOf } from "./gather-evidence.ts";
import type { LineageData, LineageStep, VersionLineage } from "./lineage-schema.ts";
import { nameOf } from "./package-state.ts";
import { readPlanRecord } from "./verify-pipeline.ts";

export interface TracePorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Registry;
}

export type VersionOrigin = Omit<VersionLineage, "kind" | "uses">;

/** What the registry and the store still have of where a version comes from. */
export interface KnownOrigin {
  readonly run: RunRecord | undefined;
  readonly revision: PipelineRevision | undefined;
  readonly plan: Plan | undefined;
}

/** Nothing that is gone is left out: `gaps` says what, and why. */
export async function traceOrigin(
  version: ModelVersion,
  ports: TracePorts,
): Promise<VersionOrigin> {
  const gaps: string[] = [];
  const known = await knownOf(version, gaps, ports);
  const artifact = artifactOf(known);
  const { run, revision } = known;
  return {
    reference: renderModelVersion(version),
    content: version.contentDigest,
    registered: {
      by: whoOf(version.createdBy),
      at: new Date(version.createdAtMs).toISOString(),
    },
    origin: version.origin === undefined ? null : { ...version.origin },
    artifact,
    run: run === undefined ? null : await reportRun(run, { ...known, artifact }, ports),
    data: run === undefined ? [] : await dataOf(run, known, { gaps, ports }),
    revision: revision === undefined ? null : await reportRevision(revision, known.plan, ports),
    requirements: await requirementsOf(version, gaps, ports),
    certificate: await reportCertificate(version, gaps, ports),
    gaps,
  };
}

/** Nothing but what a report keeps of an identity. */
export function whoOf({ name, grade }: ModelVersion["createdBy"]): { name: string; grade: string } {
  return { name, grade };
}

/** @param gaps Gets what is not known any more, and why. */
export async function knownOf(
  version: ModelVersion,
  gaps: string[],
  { registry, artifacts }: TracePorts,
): Promise<KnownOrigin> {
  const run = registry.runs.find(version.runId);
  const why =
    version.origin === undefined
      ? "it is no longer in the registry"
      : `the version was ${version.origin.kind} from ${version.origin.from}, and its run stayed there`;
  if (run === undefined) gaps.push(`Of run ${version.runId.slice(0, 8)} nothing is known: ${why}.`);
  const number = version.pipelineRevision ?? run?.revision;
  const revision =
    version.origin === undefined && number !== undefined
      ? registry.pipelines
          .listRevisions(version.pipeline)
          .find((candidate) => candidate.revision === number)
      : undefined;
  if (revision === undefined) {
    const name = `${version.pipeline}${number === undefined ? "" : `:r${String(number)}`}`;
    gaps.push(
      number === undefined
        ? `Which revision of ${name} it is was not recorded, so neither notebook nor cells are known.`
        : `Revision ${name} is not in this registry, so neither notebook nor cells are known.`,
    );
    return { run, revision, plan: undefined };
  }
  try {
    const { plan } = await readPlanRecord(revision.planDigest, { artifacts });
    return { run, revision, plan };
  } catch (error) {
    if (!(error instanceof MlopsError)) throw error;
    gaps.push(`The cells of the steps are not known: ${error.message}.`);
    return { run, revision, plan: undefined };
  }
}

/** The value that became the model, and the step that made it. */
export function artifactOf({ run, plan }: KnownOrigin): VersionLineage["artifact"] {
  const name = plan?.serve?.model;
  if (run === undefined || name === undefined) return null;
  for (const { step, manifest } of run.steps.toReversed()) {
    const output = manifest?.outputs[name];
    if (output !== undefined) return { name, digest: output.digest, step };
  }
  return null;
}

async function reportRun(
  run: RunRecord,
  known: KnownOrigin & { readonly artifact: VersionLineage["artifact"] },
  { artifacts }: TracePorts,
): Promise<NonNullable<VersionLineage["run"]>> {
  const behind = stepsBehind(known.artifact?.step, run.steps);
  const steps: LineageStep[] = [];
  for (const record of run.steps) {
    const { step, manifest, decision, because, fingerprint } = record;
    const outputs: LineageStep["outputs"] = [];
    for (const [name, { digest, type, bytes }] of Object.entries(manifest?.outputs ?? {}))
      outputs.push({ name, digest, type, bytes, stored: await artifacts.has(digest) });
    steps.push({
      name: step,
      makesModel: behind.has(step),
      decision,
      because,
      fingerprint,
      code: manifest?.code ?? null,
      cells: cellsOf(step, known.plan),
      params: { ...manifest?.params },
      inputs: Object.entries(manifest?.inputs ?? {}).map(([name, digest]) => ({ name, digest })),
      outputs,
      metrics: (manifest?.metrics ?? []).map((metric) => ({ ...metric })),
    });
  }
  return {
    id: run.id,
    status: run.status,
    startedAt: new Date(run.startedAtMs).toISOString(),
    gitCommit: run.gitCommit ?? null,
    gitDirty: run.gitDirty ?? null,
    params: { ...run.params },
    environment: run.environmentDigest,
    steps,
  };
}

/** The step that made the model and every one whose outputs it took, however far back. */
function stepsBehind(last: string | undefined, steps: readonly StepRecord[]): ReadonlySet<string> {
  const makerOf = new Map(
    steps.flatMap(({ step, manifest }) =>
      Object.values(manifest?.outputs ?? {}).map(({ digest }) => [digest, step] as const),
    ),
  );
  const behind = new Set<string>();
  const waiting = last === undefined ? [] : [last];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (behind.has(step)) continue;
    behind.add(step);
    const manifest = steps.findLast((record) => record.step === step)?.manifest;
    for (const digest of Object.values(manifest?.inputs ?? {})) {
      const maker = makerOf.get(digest);
      if (maker !== undefined) waiting.push(maker);
    }
  }
  return behind;
}

function cellsOf(step: string, plan: Plan | undefined): LineageStep["cells"] {
  const planned = plan?.steps.find(({ name }) => name === step);
  if (plan === undefined || planned === undefined) return null;
  return byNotebook(plan, planned.cells).map(([path, cells]) => ({ path, cells: [...cells] }));
}

/** Every file that a step of a run read, by path from the project root where that is known. */
export function filesReadBy(
  run: RunRecord,
  where: { readonly folder: string; readonly root: string } | undefined,
): readonly {
  readonly path: string;
  readonly digest: Sha256;
  readonly steps: readonly string[];
}[] {
  const found = new Map<string, { path: string; digest: Sha256; steps: string[] }>();
  for (const { step, manifest } of run.steps)
    for (const [read, digest] of Object.entries(manifest?.filesRead ?? {})) {
      const path =
        where === undefined || read.startsWith("/")
          ? read
          : normalize(`${where.folder}/${where.root}/${read}`);
      const key = `${path}\0${digest}`;
      const known = found.get(key) ?? { path, digest, steps: [] };
      found.set(key, known);
      known.steps.push(step);
    }
  return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function dataOf(
  run: RunRecord,
  { revision, plan }: KnownOrigin,
  { gaps, ports }: { readonly gaps: string[]; readonly ports: TracePorts },
): Promise<LineageData[]> {
  // Nearly every pipeline's root is the project's: paths are then the same whether the plan is known or not.
  const where =
    revision === undefined || plan === undefined
      ? undefined
      : { folder: revision.folder, root: plan.root };
  const lock = await lockOf(gaps, ports);
  const data: LineageData[] = [];
  for (const { path, digest, steps } of filesReadBy(run, where))
    data.push({
      path,
      digest,
      steps: [...steps],
      recorded: recordedIn(lock, path, digest),
      onDisk: await onDisk(path, digest, ports),
    });
  return data;
}

async function lockOf(gaps: string[], { files }: TracePorts): Promise<DatasetsLock> {
  try {
    return await readDatasetsLock(files);
  } catch (error) {
    if (!(error instanceof MlopsError)) throw error;
    gaps.push(`What is recorded of the data is not known: ${error.message}.`);
    return { version: 1, datasets: {} };
  }
}

function recordedIn(
  { datasets }: DatasetsLock,
  path: string,
  digest: string,
): LineageData["recorded"] {
  const entry = datasets[path];
  if (entry === undefined) return null;
  if (entry.digest === digest) return "now";
  return entry.earlier.some((version) => version.digest === digest) ? "earlier" : "other";
}

async function onDisk(
  path: string,
  digest: string,
  { files }: Pick<TracePorts, "files">,
): Promise<LineageData["onDisk"]> {
  if (path.startsWith("/") || path.startsWith("../")) return "outside";
  if ((await files.kind(path)) !== "file") return "missing";
  return (await files.digest(path)) === digest ? "same" : "changed";
}

async function reportRevision(
  revision: PipelineRevision,
  plan: Plan | undefined,
  ports: TracePorts,
): Promise<NonNullable<VersionLineage["revision"]>> {
  const parts = plan?.notebooks?.map(({ path, sha256 }) => ({ path, digest: sha256 })) ?? [
    { path: revision.notebookPath, digest: revision.notebookDigest },
  ];
  const notebooks: NonNullable<VersionLineage["revision"]>["notebooks"] = [];
  for (const { path, digest } of parts) {
    const state = await onDisk(path, digest, ports);
    notebooks.push({ path, digest, onDisk: state === "outside" ? "missing" : state });
  }
  return {
    name: nameOf(revision),
    folder: revision.folder,
    notebooks,
    plan: revision.planDigest,
    gitCommit: revision.gitCommit ?? null,
    gitDirty: revision.gitDirty ?? null,
    madeAt: new Date(revision.createdAtMs).toISOString(),
  };
}

async function requirementsOf(
  version: ModelVersion,
  gaps: string[],
  { artifacts }: TracePorts,
): Promise<string[] | null> {
  const digest = version.files["requirements.txt"];
  const bytes = digest === undefined ? undefined : await artifacts.read(digest);
  if (bytes !== undefined)
    return new TextDecoder()
      .decode(bytes)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
  gaps.push(
    digest === undefined
      ? "The version has no requirements.txt, so what it was made with is known by its digest alone."
      : "The store no longer has its requirements.txt.",
  );
  return null;
}

async function reportCertificate(
  version: ModelVersion,
  gaps: string[],
  { artifacts }: TracePorts,
): Promise<VersionLineage["certificate"]> {
  const digest = version.certificateDigest;
  if (digest === undefined) return null;
  const evidence = await certificateOf(version, artifacts);
  if (evidence === undefined)
    gaps.push("The store no longer has the certificate, so what was compared is not known.");
  return {
    digest,
    verdict: evidence?.verdict ?? version.verdict ?? "unverified",
    coverage: evidence === undefined ? null : { ...evidence.coverage },
    excluded: evidence === undefined ? null : [...evidence.excluded],
  };
}
