/** Models, their versions and aliases. */
import type { RunId, Sha256 } from "../../base/brand.ts";
import { ConflictError, UsageError } from "../../base/errors.ts";
import type { Registry } from "../../ports/registry.ts";
import type { NewAuditEvent } from "../../registry/audit.ts";
import { tagsEffect } from "../../registry/effect.ts";
import type { Evaluation } from "../../registry/evaluation.ts";
import type { Identity } from "../../registry/identity.ts";
import type { Alias, ModelVersion, NewModelVersion } from "../../registry/model.ts";
import { checkAlias, renderModelVersion } from "../../registry/names.ts";
import { appendEvent } from "./audit-store.ts";
import { versionRecord } from "./records.ts";
import {
  EvaluationShape,
  OriginShape,
  PickledNamesShape,
  readJson,
  VersionMetrics,
} from "./schema.ts";
import type { Session } from "./session.ts";
import type { Shape } from "./shape.ts";

interface VersionRow {
  readonly model: string;
  readonly version: number;
  readonly pipeline: string;
  readonly pipeline_revision: number | null;
  readonly run_id: RunId;
  readonly content_digest: Sha256;
  readonly certificate_digest: Sha256 | null;
  readonly verdict: string | null;
  readonly metrics_json: string;
  readonly created_by: string;
  readonly created_by_grade: Identity["grade"];
  readonly created_at_ms: number;
  readonly pickled_names_json: string | null;
  readonly evaluation_json: string | null;
  readonly origin_json: string | null;
  readonly deleted_at_ms: number | null;
}

/** Versions, by model name, then oldest first; aliases by name. */
export function modelStore(session: Session): Registry["models"] {
  const { db } = session;
  const byNumber = db.prepare<[string, number], VersionRow>(
    "SELECT * FROM model_versions WHERE model = ? AND version = ? AND deleted_at_ms IS NULL",
  );
  const anyByNumber = db.prepare<[string, number], VersionRow>(
    "SELECT * FROM model_versions WHERE model = ? AND version = ?",
  );
  const byContent = db.prepare<[string, string], VersionRow>(
    "SELECT * FROM model_versions WHERE model = ? AND content_digest = ?",
  );
  const byAlias = db.prepare<[string, string], VersionRow>(
    "SELECT v.* FROM aliases a JOIN model_versions v ON v.model = a.model AND v.version = a.version WHERE a.model = ? AND a.alias = ?",
  );
  const newest = db.prepare<[string], VersionRow>(
    "SELECT * FROM model_versions WHERE model = ? AND deleted_at_ms IS NULL ORDER BY version DESC LIMIT 1",
  );
  const all = db.prepare<[], VersionRow>(
    "SELECT * FROM model_versions WHERE deleted_at_ms IS NULL ORDER BY model, version",
  );
  const ofModel = db.prepare<[string], VersionRow>(
    "SELECT * FROM model_versions WHERE model = ? AND deleted_at_ms IS NULL ORDER BY version",
  );
  const files = db.prepare<[string, number], { readonly path: string; readonly digest: Sha256 }>(
    "SELECT path, digest FROM model_version_files WHERE model = ? AND version = ? ORDER BY path",
  );
  const aliases = db.prepare<[string], Alias>(
    "SELECT model, alias, version FROM aliases WHERE model = ? ORDER BY alias",
  );
  const putAlias = db.prepare(
    "INSERT INTO aliases (model, alias, version) VALUES (?, ?, ?) ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version",
  );

  const dropAlias = db.prepare("DELETE FROM aliases WHERE model = ? AND alias = ?");
  const tags = db.prepare<[string, number], { readonly key: string; readonly value: string }>(
    "SELECT key, value FROM model_version_tags WHERE model = ? AND version = ? ORDER BY key",
  );
  const putTag = db.prepare(
    "INSERT INTO model_version_tags (model, version, key, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const dropTag = db.prepare(
    "DELETE FROM model_version_tags WHERE model = ? AND version = ? AND key = ?",
  );
  const hide = db.prepare(
    "UPDATE model_versions SET deleted_at_ms = ? WHERE model = ? AND version = ?",
  );
  const bringBack = db.prepare(
    "UPDATE model_versions SET deleted_at_ms = NULL WHERE model = ? AND version = ?",
  );
  const users = usersOf(session);
  const versionOf = (row: VersionRow): ModelVersion => ({
    model: row.model,
    version: row.version,
    pipeline: row.pipeline,
    pipelineRevision: row.pipeline_revision ?? undefined,
    runId: row.run_id,
    files: Object.fromEntries(
      files.all(row.model, row.version).map((file) => [file.path, file.digest]),
    ),
    contentDigest: row.content_digest,
    metrics: readJson(
      VersionMetrics,
      row.metrics_json,
      `the metrics of ${row.model}@v${String(row.version)}`,
    ),
    certificateDigest: row.certificate_digest ?? undefined,
    verdict: row.verdict ?? undefined,
    createdBy: { name: row.created_by, grade: row.created_by_grade },
    createdAtMs: row.created_at_ms,
    pickledNames: optional(PickledNamesShape, row.pickled_names_json, row),
    evaluation: evaluationOf(row),
    origin: optional(OriginShape, row.origin_json, row),
  });
  const found = (row: VersionRow | undefined): ModelVersion | undefined =>
    row === undefined ? undefined : versionOf(row);

  const known = (model: string, version: number): VersionRow => {
    const row = byNumber.get(model, version);
    if (row !== undefined) return row;
    throw new ConflictError(`There is no ${model}@v${String(version)} in the registry.`, {
      code: "model-version-unknown",
      hint: "see what there is with: mlops models list",
    });
  };

  return {
    register: (version, event) =>
      session.write(() => {
        const eventOn = (made: VersionRow | ModelVersion): NewAuditEvent | undefined =>
          event === undefined ? undefined : { ...event, subject: renderModelVersion(made) };
        const existing = byContent.get(version.model, version.contentDigest);
        if (existing?.deleted_at_ms === null)
          return versionOf(withNames(session, existing, version, event));
        if (existing !== undefined) {
          bringBack.run(existing.model, existing.version);
          recordMade(session, existing, eventOn(existing));
          return versionOf(existing);
        }
        const added = insertVersion(session, version);
        recordMade(session, added, eventOn(added));
        return added;
      }),
    adopt: (version, event) => {
      session.write(() => {
        const { model, contentDigest } = version;
        const same = byContent.get(model, contentDigest);
        const there = anyByNumber.get(model, version.version);
        if (same?.version !== there?.version) throw taken(version, same ?? there);
        if (there === undefined) insertVersion(session, version, version.version);
        else if (there.deleted_at_ms === null) return;
        else bringBack.run(model, version.version);
        recordMade(session, version, event);
      });
    },
    get: (model, version) => session.read(() => found(byNumber.get(model, version))),
    resolve: (model, reference) =>
      session.read(() => {
        if (reference === undefined) return found(newest.get(model));
        const number = /^v([1-9][0-9]*)$/.exec(reference)?.[1];
        return found(
          number === undefined
            ? byAlias.get(model, reference)
            : byNumber.get(model, Number(number)),
        );
      }),
    list: (model) =>
      session.read(() => (model === undefined ? all.all() : ofModel.all(model)).map(versionOf)),
    aliases: (model) => session.read(() => aliases.all(model)),
    setAlias: (model, alias, version, event) => {
      session.write(() => {
        const allowed = checkAlias(alias);
        if (!allowed.ok)
          throw new UsageError(`${allowed.error}.`, {
            code: "alias-invalid",
          });
        known(model, version);
        putAlias.run(model, alias, version);
        appendEvent(session, event, { kind: "alias", model, alias, version });
      });
    },
    removeAlias: (model, alias, event) => {
      session.write(() => {
        if (dropAlias.run(model, alias).changes > 0)
          appendEvent(session, event, { kind: "alias", model, alias, version: null });
      });
    },
    tags: (model, version) =>
      session.look(() =>
        Object.fromEntries(tags.all(model, version).map(({ key, value }) => [key, value])),
      ),
    changeTags: (model, version, change) => {
      session.write(() => {
        known(model, version);
        for (const [key, value] of Object.entries(change.tags))
          if (value === undefined) dropTag.run(model, version, key);
          else putTag.run(model, version, key, value);
        appendEvent(session, change.event, tagsEffect({ model, version }, change.tags));
      });
    },
    remove: (model, version, event) => {
      session.write(() => {
        const row = known(model, version);
        const [user] = users(row);
        if (user !== undefined) throw stillUsed(row, user);
        hide.run(event.atMs, model, version);
        appendEvent(session, event, { kind: "version-removed", model, version });
      });
    },
  };
}

function recordMade(
  session: Session,
  { model, version }: { readonly model: string; readonly version: number },
  event: NewAuditEvent | undefined,
): void {
  if (event === undefined) return;
  const record = versionRecord(session.db, { model, version });
  appendEvent(session, event, { kind: "version-made", model, version, record });
}

/** What still needs a version, in words. */
function usersOf({ db }: Session): (row: VersionRow) => readonly string[] {
  const aliases = db.prepare<[string, number], { readonly alias: string }>(
    "SELECT alias FROM aliases WHERE model = ? AND version = ? ORDER BY alias",
  );
  const requests = db.prepare<[string, number], { readonly id: number; readonly state: string }>(
    "SELECT id, state FROM approval_requests WHERE model = ? AND version = ? AND state IN ('open', 'approved') ORDER BY id",
  );
  return ({ model, version }) => [
    ...aliases.all(model, version).map(({ alias }) => `the alias ${alias} points at it`),
    ...requests
      .all(model, version)
      .map(({ id, state }) => `request ${String(id)} for it is ${state}`),
  ];
}

function taken(version: ModelVersion, other: VersionRow | undefined): ConflictError {
  const name = renderModelVersion(version);
  const message =
    other === undefined || other.version === version.version
      ? `This registry has another model as ${name}.`
      : `This registry has the same content as ${renderModelVersion(other)}, not as ${name}.`;
  return new ConflictError(message, {
    code: "model-version-taken",
    hint: "numbers are never changed: keep what you need of this registry (mlops models export), move .mlops/registry.db away, and pull again",
  });
}

function stillUsed(row: VersionRow, user: string): ConflictError {
  return new ConflictError(`${renderModelVersion(row)} cannot be deleted: ${user}.`, {
    code: "model-version-in-use",
    hint: "point the alias at another version (mlops models alias), or take the request back (mlops models withdraw)",
  });
}

function optional<T>(shape: Shape<T>, json: string | null, row: VersionRow): T | undefined {
  if (json === null) return undefined;
  return readJson(shape, json, `${row.model}@v${String(row.version)}`);
}

/** JSON leaves out what is undefined; here that key is always there. */
function evaluationOf(row: VersionRow): Evaluation | undefined {
  const stored = optional(EvaluationShape, row.evaluation_json, row);
  return stored === undefined ? undefined : { champion: undefined, ...stored };
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Names of a version that was registered before anybody looked at them; nothing else of a version ever changes. */
function withNames(
  session: Session,
  existing: VersionRow,
  version: NewModelVersion,
  event: Omit<NewAuditEvent, "subject"> | undefined,
): VersionRow {
  const names = jsonOf(version.pickledNames);
  if (existing.pickled_names_json !== null || names === null) return existing;
  session.db
    .prepare("UPDATE model_versions SET pickled_names_json = ? WHERE model = ? AND version = ?")
    .run(names, existing.model, existing.version);
  if (event !== undefined)
    recordMade(session, existing, {
      ...event,
      action: "model.names-recorded",
      subject: renderModelVersion(existing),
    });
  return { ...existing, pickled_names_json: names };
}

/** @param wanted Number that it has elsewhere; without one it gets the next. */
function insertVersion({ db }: Session, version: NewModelVersion, wanted?: number): ModelVersion {
  db.prepare("INSERT INTO models (name, created_at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING").run(
    version.model,
    version.createdAtMs,
  );
  const last = db
    .prepare<[number | null, string], number>(
      "UPDATE models SET last_version = max(last_version, coalesce(?, last_version + 1)) WHERE name = ? RETURNING last_version",
    )
    .pluck()
    .get(wanted ?? null, version.model);
  const number = wanted ?? last;
  if (number === undefined)
    throw new Error(`model ${version.model} vanished within its own transaction`);
  db.prepare(
    `INSERT INTO model_versions
       (model, version, pipeline, pipeline_revision, run_id, content_digest, certificate_digest, verdict, metrics_json,
        created_by, created_by_grade, created_at_ms, pickled_names_json, evaluation_json, origin_json)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    version.model,
    number,
    version.pipeline,
    version.pipelineRevision ?? null,
    version.runId,
    version.contentDigest,
    version.certificateDigest ?? null,
    version.verdict ?? null,
    JSON.stringify(version.metrics),
    version.createdBy.name,
    version.createdBy.grade,
    version.createdAtMs,
    jsonOf(version.pickledNames),
    jsonOf(version.evaluation),
    jsonOf(version.origin),
  );
  const insertFile = db.prepare(
    "INSERT INTO model_version_files (model, version, path, digest) VALUES (?, ?, ?, ?)",
  );
  for (const [path, digest] of Object.entries(version.files))
    insertFile.run(version.model, number, path, digest);
  return { ...version, version: number };
}
