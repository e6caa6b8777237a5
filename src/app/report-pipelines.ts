/** Revisions of pipelines → what `pipelines list`, `show` and `diff` report. */
import { byNotebook } from "../codegen/cell-range.ts";
import { diffPipelines } from "../pipeline/diff.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { Registry } from "../ports/registry.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import {
  cellSourcesOf,
  findRevision,
  nameOf,
  outlineOf,
  type PackageTexts,
  readDiskTexts,
  readStoredTexts,
} from "./package-state.ts";
import type {
  PipelineRow,
  PipelineShowReport,
  PipelinesDiffReport,
  PipelinesListReport,
} from "./pipelines-schema.ts";
import { countChangedLines, renderTextDiff } from "./text-diff.ts";

export interface ReportPorts {
  readonly files: Files;
  readonly artifacts: Artifacts;
  readonly registry: Pick<Registry, "pipelines">;
}

/** @param pipeline All revisions of this one; `undefined` for the newest of each. */
export async function listPipelineRevisions(
  pipeline: string | undefined,
  ports: ReportPorts,
): Promise<PipelinesListReport> {
  if (pipeline !== undefined) findRevision(pipeline, ports.registry);
  const all = ports.registry.pipelines.listRevisions(pipeline);
  const newest = new Map(all.map((revision) => [revision.pipeline, revision]));
  const shown = pipeline === undefined ? [...newest.values()] : [...all].reverse();
  return { pipelines: await Promise.all(shown.map((revision) => rowOf(revision, ports))) };
}

/** @throws UsageError `revision-reference-invalid`; ConflictError `revision-unknown`, `revision-not-stored`. */
export async function showPipeline(
  reference: string,
  ports: ReportPorts,
): Promise<PipelineShowReport> {
  const revision = findRevision(reference, ports.registry);
  const texts = await readStoredTexts(revision.after, revision, ports.artifacts);
  const outline = outlineOf(texts);
  const sources = cellSourcesOf(texts, revision.notebookPath);
  return {
    ...(await rowOf(revision, ports)),
    stepDetails: outline.steps.map(({ name, cells, inputs, outputs, metrics }) => ({
      name,
      cells,
      notebooks: byNotebook(sources, cells).map(([path, own]) => ({ path, cells: [...own] })),
      inputs,
      outputs,
      metrics,
    })),
    parameters: [...outline.parameters].map(([name, value]) => ({ name, value })),
    files: Object.keys(revision.after),
    editedThen: Object.keys(revision.files).filter(
      (path) => revision.after[path] !== revision.files[path],
    ),
    onDisk: changedFiles(texts, await readDiskTexts(revision, ports.files)),
  };
}

/**
 * @param to `undefined` compares with what is on disk.
 * @throws as {@link showPipeline}.
 */
export async function diffRevisions(
  from: string,
  to: string | undefined,
  ports: ReportPorts,
): Promise<PipelinesDiffReport> {
  const older = findRevision(from, ports.registry);
  const newer = to === undefined ? undefined : findRevision(to, ports.registry);
  const before = await readStoredTexts(older.after, older, ports.artifacts);
  // On disk are the files of the newest revision, whichever is asked about.
  const current = ports.registry.pipelines.latestRevision(older.pipeline) ?? older;
  const after =
    newer === undefined
      ? await readDiskTexts(current, ports.files)
      : await readStoredTexts(newer.after, newer, ports.artifacts);
  const names = {
    from: nameOf(older),
    to: newer === undefined ? "disk" : nameOf(newer),
  };
  const { steps, parameters, dependencies, columns } = diffPipelines(
    outlineOf(before),
    outlineOf(after),
  );
  const files = changedFiles(before, after);
  const text = files.map(({ path, change }) =>
    renderTextDiff(before.get(path) ?? "", after.get(path) ?? "", {
      before: change === "added" ? "/dev/null" : `${names.from}/${path}`,
      after: change === "removed" ? "/dev/null" : `${names.to}/${path}`,
    }),
  );
  return {
    ...names,
    steps: [...steps],
    parameters: [...parameters],
    dependencies: [...dependencies],
    columns: [...columns],
    files,
    text: text.join("\n"),
  };
}

/** Files that differ, by path, with how many lines. */
export function changedFiles(
  before: PackageTexts,
  after: PackageTexts,
): PipelinesDiffReport["files"] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === is) return [];
    const { added, removed } = countChangedLines(was ?? "", is ?? "");
    const change = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    return [{ path, change, linesAdded: added, linesRemoved: removed }];
  });
}

async function rowOf(revision: PipelineRevision, ports: ReportPorts): Promise<PipelineRow> {
  const digest = revision.after["pipeline.yaml"];
  const bytes = digest === undefined ? undefined : await ports.artifacts.read(digest);
  const steps =
    bytes === undefined
      ? null
      : outlineOf(new Map([["pipeline.yaml", new TextDecoder().decode(bytes)]])).steps;
  return {
    pipeline: revision.pipeline,
    revision: revision.revision,
    verdict: revision.verdict ?? null,
    createdAt: new Date(revision.createdAtMs).toISOString(),
    notebook: revision.notebookPath,
    folder: revision.folder,
    steps: steps === null ? null : steps.map((step) => step.name),
    gitCommit: revision.gitCommit ?? null,
    gitDirty: revision.gitDirty ?? null,
  };
}
