/** Pipelines and their revisions. */
import type { Sha256 } from "../../base/brand.ts";
import { ConflictError } from "../../base/errors.ts";
import type { Registry } from "../../ports/registry.ts";
import type { NewPipelineRevision, PipelineRevision } from "../../registry/pipeline-revision.ts";
import type { Session } from "./session.ts";

interface RevisionRow {
  readonly pipeline: string;
  readonly revision: number;
  readonly folder: string;
  readonly notebook_path: string;
  readonly notebook_digest: Sha256;
  readonly plan_digest: Sha256;
  readonly content_digest: Sha256;
  readonly git_commit: string | null;
  readonly git_dirty: number | null;
  readonly created_at_ms: number;
  readonly certificate_digest: Sha256 | null;
  readonly verdict: string | null;
}

/** When a state of the folder was: just before a revision was written, or right after. */
type Moment = "before" | "after";

/** Revisions, by pipeline name, then oldest first. */
export function pipelineStore(session: Session): Registry["pipelines"] {
  const { db } = session;
  const newest = db.prepare<[string], RevisionRow>(
    "SELECT * FROM pipeline_revisions WHERE pipeline = ? ORDER BY revision DESC LIMIT 1",
  );
  const all = db.prepare<[], RevisionRow>(
    "SELECT * FROM pipeline_revisions ORDER BY pipeline, revision",
  );
  const ofPipeline = db.prepare<[string], RevisionRow>(
    "SELECT * FROM pipeline_revisions WHERE pipeline = ? ORDER BY revision",
  );
  const files = db.prepare<[string, number], { readonly path: string; readonly digest: Sha256 }>(
    "SELECT path, digest FROM pipeline_revision_files WHERE pipeline = ? AND revision = ? ORDER BY path",
  );
  const states = db.prepare<
    [string, number, Moment],
    { readonly path: string; readonly digest: Sha256 }
  >(
    "SELECT path, digest FROM pipeline_revision_states WHERE pipeline = ? AND revision = ? AND moment = ? ORDER BY path",
  );
  const certify = db.prepare(
    "UPDATE pipeline_revisions SET certificate_digest = ?, verdict = ? WHERE pipeline = ? AND revision = ?",
  );

  const byPath = (
    rows: readonly { readonly path: string; readonly digest: Sha256 }[],
  ): Readonly<Record<string, Sha256>> =>
    Object.fromEntries(rows.map(({ path, digest }) => [path, digest]));

  const revisionOf = (row: RevisionRow): PipelineRevision => ({
    pipeline: row.pipeline,
    revision: row.revision,
    folder: row.folder,
    notebookPath: row.notebook_path,
    notebookDigest: row.notebook_digest,
    planDigest: row.plan_digest,
    contentDigest: row.content_digest,
    files: byPath(files.all(row.pipeline, row.revision)),
    after: byPath(states.all(row.pipeline, row.revision, "after")),
    before: byPath(states.all(row.pipeline, row.revision, "before")),
    gitCommit: row.git_commit ?? undefined,
    gitDirty: row.git_dirty === null ? undefined : row.git_dirty === 1,
    createdAtMs: row.created_at_ms,
    certificateDigest: row.certificate_digest ?? undefined,
    verdict: row.verdict ?? undefined,
  });

  return {
    addRevision: (revision, options) =>
      session.write(() => {
        const last = newest.get(revision.pipeline);
        if (last?.content_digest === revision.contentDigest && options?.evenWithoutChange !== true)
          return revisionOf(last);
        return insertRevision(session, revision);
      }),
    latestRevision: (pipeline) =>
      session.read(() => {
        const row = newest.get(pipeline);
        return row === undefined ? undefined : revisionOf(row);
      }),
    listRevisions: (pipeline) =>
      session.read(() =>
        (pipeline === undefined ? all.all() : ofPipeline.all(pipeline)).map(revisionOf),
      ),
    setCertificate: (pipeline, revision, certificate, verdict) => {
      session.write(() => {
        if (certify.run(certificate, verdict, pipeline, revision).changes > 0) return;
        throw new ConflictError(`There is no ${pipeline}:r${String(revision)} in the registry.`, {
          code: "revision-unknown",
          hint: "see what there is with: mlops pipelines list",
        });
      });
    },
  };
}

function insertRevision({ db }: Session, revision: NewPipelineRevision): PipelineRevision {
  db.prepare(
    "INSERT INTO pipelines (name, created_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING",
  ).run(revision.pipeline, revision.createdAtMs);
  const number = db
    .prepare<[string], number>(
      "UPDATE pipelines SET last_revision = last_revision + 1 WHERE name = ? RETURNING last_revision",
    )
    .pluck()
    .get(revision.pipeline);
  if (number === undefined)
    throw new Error(`pipeline ${revision.pipeline} vanished within its own transaction`);
  db.prepare(
    `INSERT INTO pipeline_revisions
       (pipeline, revision, folder, notebook_path, notebook_digest, plan_digest, content_digest, git_commit, git_dirty, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    revision.pipeline,
    number,
    revision.folder,
    revision.notebookPath,
    revision.notebookDigest,
    revision.planDigest,
    revision.contentDigest,
    revision.gitCommit ?? null,
    revision.gitDirty === undefined ? null : Number(revision.gitDirty),
    revision.createdAtMs,
  );
  const insertFile = db.prepare(
    "INSERT INTO pipeline_revision_files (pipeline, revision, path, digest) VALUES (?, ?, ?, ?)",
  );
  for (const [path, digest] of Object.entries(revision.files))
    insertFile.run(revision.pipeline, number, path, digest);
  const insertState = db.prepare(
    "INSERT INTO pipeline_revision_states (pipeline, revision, moment, path, digest) VALUES (?, ?, ?, ?, ?)",
  );
  for (const moment of ["before", "after"] satisfies readonly Moment[])
    for (const [path, digest] of Object.entries(revision[moment]))
      insertState.run(revision.pipeline, number, moment, path, digest);
  return {
    ...revision,
    revision: number,
    certificateDigest: undefined,
    verdict: undefined,
  };
}
