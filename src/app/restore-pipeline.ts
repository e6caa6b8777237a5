/**
 * Brings the files of a revision back, as a new revision: history only grows, and what is brought back is the base of
 * the next promotion's merge. What a person had edited meanwhile is stored first and can be brought back the same way.
 */

import { ConflictError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256, sha256OfJson } from "../base/hash.ts";
import { relativePath } from "../base/relative-path.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import {
  findRevision,
  nameOf,
  readDiskTexts,
  readStoredTexts,
  trackedPaths,
} from "./package-state.ts";
import type { PipelineRestoreReport } from "./pipelines-schema.ts";
import type { FileChange, WritePlan } from "./plan-writes.ts";
import { changedFiles } from "./report-pipelines.ts";
import { applyRevision, type RevisionPorts } from "./write-revision.ts";

export interface RestoreInput {
  /** `churn:r2`, or `churn` for the newest. */
  readonly reference: string;
  /** The folder as it was just before that revision was written, with the edits people had made. */
  readonly before: boolean;
  readonly dryRun: boolean;
  /** Asked before anything is written over; false gives up. */
  readonly confirm: (report: PipelineRestoreReport) => Promise<boolean>;
}

/** @throws UsageError `revision-reference-invalid`; ConflictError `revision-unknown`, `revision-not-stored`, `nothing-before`, `restore-declined`. */
export async function restorePipeline(
  input: RestoreInput,
  ports: RevisionPorts,
): Promise<PipelineRestoreReport> {
  const named = findRevision(input.reference, ports.registry);
  const source = input.before ? beforeOf(named, ports) : named;
  const state = input.before ? named.before : named.after;
  const wanted = await readStoredTexts(state, named, ports.artifacts);
  const latest = ports.registry.pipelines.latestRevision(named.pipeline) ?? named;
  const onDisk = new Map(await readDiskTexts(latest, ports.files));
  for (const path of wanted.keys()) {
    const text = await ports.files.readText(`${named.folder}/${path}`);
    if (text !== undefined) onDisk.set(path, text);
  }
  const files = changedFiles(onDisk, wanted);
  const saved = files
    .filter(({ path, change }) => {
      const text = onDisk.get(path);
      return change !== "added" && text !== undefined && sha256(text) !== latest.after[path];
    })
    .map(({ path }) => path);
  const report: PipelineRestoreReport = {
    restored: `${nameOf(named)}${input.before ? " (before)" : ""}`,
    revision: null,
    files,
    saved,
    dryRun: input.dryRun,
  };
  if (input.dryRun || files.length === 0) return report;
  if (!(await input.confirm(report)))
    throw new ConflictError("nothing was changed", {
      code: "restore-declined",
      hint: "look first: mlops pipelines restore NAME:rN --dry-run",
    });
  const writes = planRestore(named.folder, wanted, onDisk);
  const { revision } = await applyRevision(
    {
      revision: {
        pipeline: named.pipeline,
        folder: named.folder,
        notebookPath: source.notebookPath,
        notebookDigest: source.notebookDigest,
        planDigest: source.planDigest,
        contentDigest: sha256OfJson(source.files),
        files: source.files,
      },
      writes,
      tracked: trackedPaths(latest),
      // What stood there before a revision was written may hold edits that nobody verified.
      certificate:
        input.before || source.certificateDigest === undefined || source.verdict === undefined
          ? undefined
          : { digest: source.certificateDigest, verdict: source.verdict },
      evenWithoutChange: true,
    },
    ports,
  );
  return { ...report, revision };
}

/** The revision whose generated files the earlier state was an edit of. */
function beforeOf(named: PipelineRevision, ports: RevisionPorts): PipelineRevision {
  const earlier = ports.registry.pipelines
    .listRevisions(named.pipeline)
    .findLast((candidate) => candidate.revision < named.revision);
  if (earlier !== undefined && Object.keys(named.before).length > 0) return earlier;
  throw new ConflictError(`Nothing is on record of what stood there before ${nameOf(named)}.`, {
    code: "nothing-before",
    hint: "leave --before out to bring back the revision itself",
  });
}

function planRestore(
  folder: string,
  wanted: ReadonlyMap<string, string>,
  onDisk: ReadonlyMap<string, string>,
): WritePlan {
  const changes: FileChange[] = [];
  for (const [path, text] of wanted) {
    const file: GeneratedFile = { path: relativePath(path), text, mode: 0o644 };
    const before = onDisk.get(path);
    if (before === text) changes.push({ kind: "unchanged", path });
    else if (before === undefined)
      changes.push({ kind: "create", path, file, because: "restored" });
    else changes.push({ kind: "update", path, file, before });
  }
  for (const [path, before] of onDisk)
    if (!wanted.has(path)) changes.push({ kind: "remove", path, before });
  changes.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { folder, fresh: false, changes };
}
