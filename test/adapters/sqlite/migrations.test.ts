import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { migrate, migrations } from "../../../src/adapters/sqlite/migrations.ts";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { versionOf } from "../../support/registry-contract-values.ts";

function registryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlops-migrations-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const nextVersion = [...migrations, "ALTER TABLE models ADD COLUMN color TEXT"];

test("brings an older registry up to date and leaves a copy of it beside", () => {
  const folder = registryFolder();
  const path = join(folder, "registry.db");
  const older = openRegistry(path);
  older.models.register(versionOf("1"));
  older.close();
  const db = new Database(path);
  migrate(db, path, nextVersion);
  expect(db.pragma("user_version", { simple: true })).toBe(nextVersion.length);
  expect(db.prepare("SELECT name, color FROM models").all()).toEqual([
    { name: "churn", color: null },
  ]);
  migrate(db, path, nextVersion);
  db.close();
  const backups = readdirSync(folder).filter((name) => name.includes("backup"));
  expect(backups).toEqual([`registry.db.v${String(migrations.length)}.backup`]);
  const copy = openRegistry(join(folder, backups[0] ?? ""));
  expect(copy.models.list()).toEqual([{ ...versionOf("1"), version: 1 }]);
  copy.close();
});

test("keeps an earlier copy when the same version is migrated once more", () => {
  const folder = registryFolder();
  const path = join(folder, "registry.db");
  for (let round = 0; round < 2; round += 1) {
    openRegistry(path).close();
    const db = new Database(path);
    migrate(db, path, nextVersion);
    db.close();
    rmSync(path);
  }
  expect(readdirSync(folder).filter((name) => name.includes("backup"))).toHaveLength(2);
});

test("changes nothing when a migration fails half-way", () => {
  const path = join(registryFolder(), "registry.db");
  openRegistry(path).close();
  const db = new Database(path);
  expect(() => migrate(db, path, [...nextVersion, "CREATE TABLE broken ("])).toThrow(
    /syntax|incomplete/,
  );
  expect(db.pragma("user_version", { simple: true })).toBe(migrations.length);
  expect(
    db
      .prepare("SELECT count(*) FROM pragma_table_info('models') WHERE name = 'color'")
      .pluck()
      .get(),
  ).toBe(0);
  db.close();
});

test("refuses a registry that a newer program wrote", () => {
  const path = join(registryFolder(), "registry.db");
  openRegistry(path).close();
  const db = new Database(path);
  migrate(db, path, nextVersion);
  db.close();
  expect(() => openRegistry(path)).toThrow(
    expect.objectContaining({ code: "registry-newer", exitCode: 2 }),
  );
});

test("uses strict tables only", () => {
  const db = new Database(":memory:");
  migrate(db, undefined);
  const loose = db
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all();
  expect(loose).toEqual([]);
  db.close();
});
