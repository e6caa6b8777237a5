/** Metrics a second through the registry's port, against a bare loop of inserts into one table of the same database engine. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import Database from "better-sqlite3";
import { openRegistry } from "../../src/adapters/sqlite/open.ts";
import { runOf, stepOf } from "../support/registry-contract-values.ts";
import { median } from "./median.ts";

const POINTS = 20_000;
const SERIES = 4;
const RUNS = 7;

/** A step that recorded many points of a few series, and many steps that recorded a few points each. */
export async function measureRegistryWrites(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  try {
    const bare = rate(bareInserts(join(folder, "bare.db")));
    const batch = rate(throughRegistry(join(folder, "batch.db"), POINTS));
    const small = rate(throughRegistry(join(folder, "small.db"), 100));
    const line = (name: string, found: number): string =>
      `  ${name.padEnd(34)} ${Math.round(found).toLocaleString("en").padStart(10)} a second   × ${(bare / found).toFixed(2)} of the time of bare inserts`;
    return [
      `registry writes, metrics, each transaction synced, median of ${String(RUNS)} runs`,
      line("bare inserts, one transaction", bare),
      line(`registry, ${String(POINTS)} at once`, batch),
      line("registry, 100 at once", small),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rate(write: (round: number) => void): number {
  const times: number[] = [];
  for (let round = 0; round <= RUNS; round += 1) {
    const started = performance.now();
    write(round);
    if (round > 0) times.push(performance.now() - started);
  }
  return (POINTS / median(times)) * 1000;
}

/** The least that keeps the same points: no runs, no series, no latest values, no checks. */
function bareInserts(path: string): (round: number) => void {
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(
    "CREATE TABLE metrics (run INTEGER, key INTEGER, step INTEGER, at_ms INTEGER, value REAL, is_nan INTEGER, PRIMARY KEY (run, key, step, at_ms, value, is_nan)) STRICT, WITHOUT ROWID",
  );
  const insert = db.prepare("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)");
  return (round) => {
    db.transaction(() => {
      for (let at = 0; at < POINTS; at += 1)
        insert.run(round, at % SERIES, Math.floor(at / SERIES), 1000, at / 7, 0);
    }).immediate();
  };
}

/** Each step is one call and one transaction. */
function throughRegistry(path: string, pointsAStep: number): (round: number) => void {
  const registry = openRegistry(path);
  return (round) => {
    const run = runOf(round + 1);
    registry.runs.start(run);
    for (let done = 0; done < POINTS; done += pointsAStep) {
      const step = stepOf(`train-${String(done)}`, "a");
      if (step.manifest === undefined) throw new Error("the step of the bench has no manifest");
      const metrics = Array.from({ length: pointsAStep }, (_, at) => ({
        name: `metric-${String((done + at) % SERIES)}`,
        value: (done + at) / 7,
      }));
      registry.runs.addStep(run.id, { ...step, manifest: { ...step.manifest, metrics } });
    }
  };
}
