import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, expect, test } from "vitest";
import { openDatabase, openRegistry, registryOn } from "../../../src/adapters/sqlite/open.ts";
import { eventOf, runOf, stepOf, versionOf } from "../../support/registry-contract-values.ts";
import { prepareWrites, REGISTRY_WRITES } from "../../support/registry-writes.ts";
import { runNode } from "../../support/run-node.ts";

const folders: string[] = [];

async function registryPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mlops-registry-"));
  folders.push(folder);
  return join(folder, ".mlops", "registry.db");
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const processes = join(import.meta.dirname, "../../support/processes");
const writer = join(processes, "write-registry.ts");
const everythingWriter = join(processes, "write-everything.ts");

/** Resolves with the acknowledged runs and how the process ended. */
async function writeInProcess(
  path: string,
  worker: number,
  options: { readonly count: number; readonly killAfter?: number },
) {
  const child = spawn(process.execPath, [writer, path, String(worker), String(options.count)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    if (options.killAfter !== undefined && out.split("\n").length > options.killAfter)
      child.kill("SIGKILL");
  });
  await once(child, "close");
  return {
    acknowledged: out.split("\n").filter((line) => line.length === 32),
    code: child.exitCode,
    signal: child.signalCode,
    complaints,
  };
}

test("keeps what was written when it is closed and opened again", async () => {
  const path = await registryPath();
  const first = openRegistry(path);
  first.models.register(versionOf("1"));
  first.close();
  const second = openRegistry(path);
  expect(second.models.list()).toHaveLength(1);
  second.close();
});

test("loses nothing when eight processes open a new registry and write at once", {
  timeout: 120_000,
}, async () => {
  const path = await registryPath();
  const perProcess = 15;
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, worker) =>
      writeInProcess(path, worker + 1, { count: perProcess }),
    ),
  );
  expect(results.map(({ code, complaints }) => ({ code, complaints }))).toEqual(
    results.map(() => ({ code: 0, complaints: "" })),
  );
  const registry = openRegistry(path);
  const runs = registry.runs.list({});
  expect(runs.map((run) => run.id).sort()).toEqual(
    results.flatMap((result) => result.acknowledged).sort(),
  );
  expect(
    runs.every(
      (run) => run.status === "succeeded" && run.steps.length === 1 && run.metrics.length === 1,
    ),
  ).toBe(true);
  expect(registry.audit.list()).toHaveLength(8 * perProcess);
  expect(registry.audit.firstBroken()).toBeUndefined();
  registry.close();
});

test("loses nothing of any kind when eight processes write at once", {
  timeout: 120_000,
}, async () => {
  const path = await registryPath();
  const perProcess = 3;
  const prepared = openRegistry(path);
  prepareWrites(prepared);
  prepared.close();
  const kinds = Object.entries(REGISTRY_WRITES);
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, worker) =>
      runNode(everythingWriter, [path, String(worker * perProcess + 1), String(perProcess)]),
    ),
  );
  expect(results.map(({ code, complaints }) => ({ code, complaints }))).toEqual(
    results.map(() => ({ code: 0, complaints: "" })),
  );
  expect(results.flatMap(({ lines }) => lines)).toHaveLength(8 * perProcess * kinds.length);
  const db = openDatabase(path);
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(db.pragma("foreign_key_check")).toEqual([]);
  const registry = registryOn(db, path);
  expect(Object.fromEntries(kinds.map(([name, { count }]) => [name, count(registry)]))).toEqual(
    Object.fromEntries(kinds.map(([name]) => [name, 8 * perProcess])),
  );
  // Numbers are given out once, without a gap.
  const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, at) => at + 1);
  expect(registry.models.list().map(({ version }) => version)).toEqual(upTo(8 * perProcess + 1));
  expect(registry.pipelines.listRevisions().map(({ revision }) => revision)).toEqual(
    upTo(8 * perProcess + 1),
  );
  const events = registry.audit.list().toReversed();
  expect(events.map(({ sequence }) => sequence)).toEqual(upTo(events.length));
  expect(registry.audit.firstBroken()).toBeUndefined();
  registry.close();
});

test.skipIf(process.platform === "win32")(
  "keeps every acknowledged write when the system refuses to let a file grow",
  { timeout: 120_000 },
  async () => {
    const path = await registryPath();
    openRegistry(path).close();
    // Blocks of 512 bytes; the file has its tables already, and grows with the log beside it.
    const blocks = Math.ceil((await stat(path)).size / 512) + 200;
    const { lines, code, complaints } = await runNode(writer, [path, "1", "900"], blocks);
    expect(code).not.toBe(0);
    expect(complaints).toMatch(/code: '(disk-full|registry-unwritable)'/);
    expect(lines.length).toBeGreaterThan(0);
    const registry = openRegistry(path);
    expect(registry.damage()).toBeUndefined();
    const finished = registry.runs
      .list({ status: "succeeded" })
      .filter(({ metrics }) => metrics.length === 1);
    expect(finished.map(({ id }) => id)).toEqual(expect.arrayContaining([...lines]));
    expect(registry.audit.firstBroken()).toBeUndefined();
    registry.runs.start(runOf(0xffff));
    registry.close();
  },
);

test("keeps every acknowledged write and no half ones when writers are killed", {
  timeout: 120_000,
}, async () => {
  const path = await registryPath();
  openRegistry(path).close();
  const results = await Promise.all(
    [3, 5, 8, 13].map((killAfter, worker) =>
      writeInProcess(path, worker + 1, { count: 900, killAfter }),
    ),
  );
  expect(results.map((result) => result.signal)).toEqual(results.map(() => "SIGKILL"));
  const db = openDatabase(path);
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(db.pragma("foreign_key_check")).toEqual([]);
  const registry = registryOn(db, path);
  const finished = new Set(
    registry.runs
      .list({})
      .filter((run) => run.status === "succeeded" && run.metrics.length === 1)
      .map((run) => run.id),
  );
  for (const id of results.flatMap((result) => result.acknowledged)) expect(finished).toContain(id);
  expect(registry.audit.firstBroken()).toBeUndefined();
  registry.close();
});

test("says that another process holds the registry when it does not become free", async () => {
  const path = await registryPath();
  const holder = openDatabase(path);
  const registry = openRegistry(path, { busyTimeoutMs: 50 });
  holder.exec("BEGIN IMMEDIATE");
  expect(() => registry.runs.start(runOf(1))).toThrow(
    expect.objectContaining({ code: "registry-locked", exitCode: 2 }),
  );
  expect(registry.runs.list({})).toEqual([]);
  holder.exec("ROLLBACK");
  registry.runs.start(runOf(1));
  registry.close();
  holder.close();
});

test("says that the disk is full, and keeps the registry as it was", async () => {
  const path = await registryPath();
  const db = openDatabase(path);
  const registry = registryOn(db, path);
  registry.runs.start(runOf(1));
  db.pragma(`max_page_count = ${String(Number(db.pragma("page_count", { simple: true })))}`);
  const large = { ...runOf(2), params: { text: "x".repeat(200_000) } };
  expect(() => registry.runs.start(large)).toThrow(
    expect.objectContaining({ code: "disk-full", exitCode: 3 }),
  );
  expect(registry.runs.list({}).map((run) => run.id)).toEqual([runOf(1).id]);
  registry.close();
});

test("refuses files that are no registry and leaves them as they are", async () => {
  const path = await registryPath();
  openRegistry(path).close();
  const folder = join(path, "..");
  const text = join(folder, "notes.db");
  await writeFile(text, "These are notes, not a database. ".repeat(100));
  expect(() => openRegistry(text)).toThrow(expect.objectContaining({ code: "registry-corrupt" }));
  const foreign = join(folder, "foreign.db");
  const db = new Database(foreign);
  db.exec("CREATE TABLE customers (id INTEGER)");
  db.close();
  const before = await readFile(foreign);
  expect(() => openRegistry(foreign)).toThrow(
    expect.objectContaining({ code: "registry-foreign" }),
  );
  expect(await readFile(foreign)).toEqual(before);
  expect(() => openRegistry(join(text, "registry.db"))).toThrow(
    expect.objectContaining({ code: "registry-unwritable", exitCode: 3 }),
  );
});

test("refuses to guess when a stored document is damaged", async () => {
  const path = await registryPath();
  const db = openDatabase(path);
  const registry = registryOn(db, path);
  registry.runs.start(runOf(1));
  registry.runs.addStep(runOf(1).id, stepOf("train", "1"));
  db.exec(`UPDATE step_executions SET manifest_json = '{"version": 2}'`);
  expect(() => registry.runs.find(runOf(1).id)).toThrow(/step train of run/);
  expect(() => registry.runs.find(runOf(1).id)).toThrow(
    expect.objectContaining({ code: "registry-corrupt" }),
  );
  registry.close();
});

test("lets nobody change the event log through SQL, and shows where one did by force", async () => {
  const path = await registryPath();
  const db = openDatabase(path);
  const registry = registryOn(db, path);
  for (const action of [
    "pipeline.promoted",
    "model.registered",
    "alias.moved",
    "deployment.created",
  ])
    registry.audit.append(eventOf(action));
  expect(() => db.exec("UPDATE events SET actor = 'Eve' WHERE sequence = 2")).toThrow(
    /append-only/,
  );
  expect(() => db.exec("DELETE FROM events WHERE sequence = 2")).toThrow(/append-only/);
  db.exec("DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed");
  db.exec("UPDATE events SET actor = 'Eve' WHERE sequence = 2");
  expect(registry.audit.firstBroken()).toBe(2);
  db.exec(
    "UPDATE events SET actor = 'Ada' WHERE sequence = 2; DELETE FROM events WHERE sequence = 3",
  );
  expect(registry.audit.firstBroken()).toBe(3);
  registry.close();
});

test("answers its everyday questions by index, without scanning or sorting runs", () => {
  const db = openDatabase(":memory:");
  const plan = (sql: string): string =>
    db
      .prepare<[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => row.detail)
      .join("; ");
  const questions = [
    "SELECT * FROM runs WHERE pipeline = 'churn' ORDER BY started_at_ms DESC, number DESC LIMIT 20",
    "SELECT * FROM runs WHERE experiment_id = 1 AND lifecycle = 'active' ORDER BY started_at_ms DESC, number DESC LIMIT 20",
    "SELECT * FROM runs ORDER BY started_at_ms DESC, number DESC LIMIT 20",
    "SELECT run FROM latest_metrics WHERE key = 1 AND is_nan = 0 ORDER BY value DESC LIMIT 20",
    "SELECT * FROM step_executions WHERE pipeline = 'churn' AND step = 'train' AND fingerprint = 'f' AND status = 'succeeded' ORDER BY id DESC LIMIT 1",
    "SELECT * FROM step_executions WHERE pipeline = 'churn' AND step = 'train' ORDER BY id DESC LIMIT 1",
    "SELECT * FROM runs WHERE id >= 'abcdef' AND id < 'abcdeg' ORDER BY id LIMIT 3",
  ];
  for (const question of questions) {
    expect(plan(question)).toMatch(/USING (COVERING )?INDEX/);
    expect(plan(question)).not.toContain("TEMP B-TREE");
  }
  db.close();
});
