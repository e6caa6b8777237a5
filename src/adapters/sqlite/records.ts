/**
 * Digests of rows as the event log keeps them: over every column as it is stored, so that nothing has to be readable and no
 * column can be forgotten. What changes during a row's life, by other events, does not belong to it.
 */
import type Database from "better-sqlite3";
import type { Sha256 } from "../../base/brand.ts";
import { recordDigest } from "../../registry/effect.ts";

/** A row of any table. */
export type Row = Readonly<Record<string, unknown>>;

/** With its list of files. */
export function versionRecord(
  db: Database.Database,
  { model, version }: { readonly model: string; readonly version: number },
): Sha256 {
  const row = db
    .prepare<[string, number], Row>("SELECT * FROM model_versions WHERE model = ? AND version = ?")
    .get(model, version);
  return digestOfVersion(row ?? {}, filesOf(db, { model, version }));
}

/** Path → digest of a version. */
export function filesOf(
  db: Database.Database,
  { model, version }: { readonly model: unknown; readonly version: unknown },
): Row {
  const files = db.prepare<[unknown, unknown], { readonly path: string; readonly digest: string }>(
    "SELECT path, digest FROM model_version_files WHERE model = ? AND version = ?",
  );
  return Object.fromEntries(files.all(model, version).map(({ path, digest }) => [path, digest]));
}

export function digestOfVersion({ deleted_at_ms: _deleted, ...row }: Row, files: Row): Sha256 {
  return recordDigest({ ...row, files });
}

export function requestRecord(db: Database.Database, id: number): Sha256 {
  return digestOfRequest(rowOf(db, "SELECT * FROM approval_requests WHERE id = ?", id));
}

export function digestOfRequest({ state: _state, ...row }: Row): Sha256 {
  return recordDigest(row);
}

export function decisionRecord(db: Database.Database, id: number): Sha256 {
  return recordDigest(rowOf(db, "SELECT * FROM approval_decisions WHERE id = ?", id));
}

export function deploymentRecord(db: Database.Database, id: number): Sha256 {
  return digestOfDeployment(rowOf(db, "SELECT * FROM deployments WHERE id = ?", id));
}

export function digestOfDeployment({ state: _state, ...row }: Row): Sha256 {
  return recordDigest(row);
}

function rowOf(db: Database.Database, query: string, id: number): Row {
  return db.prepare<[number], Row>(query).get(id) ?? {};
}
