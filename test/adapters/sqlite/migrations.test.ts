import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { migrate, migrations } from "../../../src/adapters/sqlite/migrations.ts";
import { openRegistry } from "../../../src/adapters/sqlite/open.ts";
import { digestOf } from "../../support/memory-registry.ts";
import { eventOf, revisionOf, runOf, versionOf } from "../../support/registry-contract-values.ts";
import { everythingIn } from "../../support/registry-writes.ts";

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
  const before = readFileSync(path);
  expect(() => openRegistry(path)).toThrow(
    expect.objectContaining({ code: "registry-newer", exitCode: 2 }),
  );
  expect(readFileSync(path)).toEqual(before);
});

const fixtures = join(import.meta.dirname, "../../fixtures/registry");

/** The statements that make what is in a database: tables, then what belongs to them, by name. */
function schemaOf(db: Database.Database): string {
  const statements = db
    .prepare<[], string>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type <> 'table', name",
    )
    .pluck()
    .all();
  return statements.map((sql) => `${sql};\n`).join("");
}

test.each(migrations.map((_, at) => at + 1))(
  "makes version %i as it was made when it was the newest",
  async (version) => {
    const db = new Database(":memory:");
    migrate(db, undefined, migrations.slice(0, version));
    await expect(schemaOf(db)).toMatchFileSnapshot(
      join(fixtures, `v${String(version)}.schema.sql`),
    );
    db.close();
  },
);

/** Version → a database as that version left it: its own statements, and rows for what this and earlier versions keep. */
function writeOlder(path: string, version: number): void {
  const sql = (name: string): string => readFileSync(join(fixtures, name), "utf8");
  const db = new Database(path);
  db.pragma("foreign_keys = ON");
  db.pragma("journal_mode = WAL");
  db.exec(sql(`v${String(version)}.schema.sql`));
  for (let at = 1; at <= version; at += 1) db.exec(sql(`v${String(at)}.rows.sql`));
  db.pragma("application_id = 0x6d6c6f70");
  db.pragma(`user_version = ${String(version)}`);
  db.close();
}

/** What every version kept of the same story, and what those before a change are taken to have meant. */
function storyAt(version: number): unknown {
  const revision = {
    ...revisionOf("c"),
    notebookPath: "churn.ipynb",
    files: { "churn/train.py": digestOf("1") },
    before: version >= 2 ? { "churn/train.py": digestOf("2") } : {},
    after: { "churn/train.py": digestOf(version >= 2 ? "3" : "1") },
    revision: 1,
    certificateDigest: digestOf("7"),
    verdict: "verified",
  };
  const run = (n: number) => ({
    id: runOf(n).id,
    pipeline: "churn",
    revision: 1,
    experiment: "churn",
    environmentDigest: digestOf("e"),
    pid: 1000 + n,
    processStart: version >= 3 ? `boot ${String(n)}` : undefined,
  });
  const step = { step: "train", decision: "execute" };
  return {
    revisions: [revision],
    runs: [
      {
        ...run(2),
        status: "failed",
        gitDirty: undefined,
        params: { seed: 7 },
        steps: [{ ...step, status: "failed", error: "MemoryError", attempts: 1 }],
        metrics: [],
      },
      {
        ...run(1),
        status: "succeeded",
        gitDirty: false,
        params: { data: "churn.csv", seed: 42 },
        steps: [{ ...step, status: "succeeded", attempts: version >= 3 ? 2 : 1 }],
        metrics: [
          { name: "loss", value: "NaN" },
          { name: "roc-auc", value: 0.83 },
        ],
      },
    ],
    versions: [
      {
        model: "churn",
        version: 1,
        runId: runOf(1).id,
        files: { MLmodel: digestOf("1") },
        metrics: [{ name: "roc-auc", value: 0.83 }],
        createdBy: { name: "Ada <ada@example.org>", grade: "asserted" },
        pickledNames: undefined,
        evaluation: undefined,
        origin: undefined,
      },
    ],
    aliases: [{ model: "churn", alias: "champion", version: 1 }],
    tags: [{}],
    approvals: [],
    deployments: [{ subject: "churn:r1", environment: "staging", state: "pending" }],
    events: [{ action: "model.registered" }, { action: "pipeline.promoted" }],
    firstBroken: undefined,
    pendingWrites: [{ id: 1, moves: [{ to: "churn/a.py", replaces: undefined }] }],
    damage: undefined,
  };
}

test.each(migrations.slice(1).map((_, at) => at + 1))(
  "brings a registry of version %i up to date with all that it holds, and leaves a copy of it",
  (version) => {
    const folder = registryFolder();
    const path = join(folder, "registry.db");
    writeOlder(path, version);
    const registry = openRegistry(path);
    expect(everythingIn(registry)).toMatchObject(storyAt(version) as object);
    // And it is one to go on with.
    registry.runs.start(runOf(3));
    registry.models.register(versionOf("5"));
    registry.audit.append(eventOf("model.registered", "churn@v2"));
    expect(registry.models.resolve("churn", undefined)?.version).toBe(2);
    expect(registry.audit.firstBroken()).toBeUndefined();
    registry.close();
    const db = new Database(path);
    expect(schemaOf(db)).toBe(
      readFileSync(join(fixtures, `v${String(migrations.length)}.schema.sql`), "utf8"),
    );
    expect(db.pragma("foreign_key_check")).toEqual([]);
    db.close();
    const copy = new Database(join(folder, `registry.db.v${String(version)}.backup`));
    expect(copy.pragma("user_version", { simple: true })).toBe(version);
    expect(schemaOf(copy)).toBe(
      readFileSync(join(fixtures, `v${String(version)}.schema.sql`), "utf8"),
    );
    expect(copy.prepare("SELECT id FROM runs ORDER BY number").pluck().all()).toEqual([
      runOf(1).id,
      runOf(2).id,
    ]);
    copy.close();
  },
);

test("leaves an older registry as it is when the disk is too full to bring it up to date", () => {
  const path = join(registryFolder(), "registry.db");
  writeOlder(path, 1);
  const db = new Database(path);
  db.pragma(`max_page_count = ${String(Number(db.pragma("page_count", { simple: true })))}`);
  expect(() => {
    migrate(db, path);
  }).toThrow(/full/);
  expect(db.pragma("user_version", { simple: true })).toBe(1);
  expect(schemaOf(db)).toBe(readFileSync(join(fixtures, "v1.schema.sql"), "utf8"));
  db.close();
  const registry = openRegistry(path);
  expect(everythingIn(registry)).toMatchObject(storyAt(1) as object);
  registry.close();
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
