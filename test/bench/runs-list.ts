/**
 * `mlops runs list` with a condition and an order where there are 100,000 runs with 20 metrics each: the whole program
 * against `node -e 0`, and the part that selects and renders.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { openDatabase, openRegistry } from "../../src/adapters/sqlite/open.ts";
import { listRuns } from "../../src/app/report-runs.ts";
import { renderRunsList } from "../../src/cli/render/runs.ts";
import { plainStyle } from "../../src/cli/style.ts";
import type { RunQuery } from "../../src/ports/registry.ts";
import { stepOf } from "../support/registry-contract-values.ts";
import { median } from "./median.ts";

const RUNS = 100_000;
const METRICS = 20;
const ROUNDS = 9;
const program = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "bin", "mlops.js");

const newest = {
  where: [],
  sort: undefined,
  order: "greatest-first",
  pipeline: undefined,
  limit: 20,
} as const;
const QUERIES: Readonly<Record<string, RunQuery>> = {
  "the newest": newest,
  "metric-3>0.8, by metric-5": { ...newest, where: ["metric-3>0.8"], sort: "metric-5" },
  "the same, of one pipeline": {
    ...newest,
    where: ["metric-3>0.8"],
    sort: "metric-5",
    pipeline: "churn",
  },
  "metric-3>0.1, metric-7<0.9, by metric-5": {
    ...newest,
    where: ["metric-3>0.1", "metric-7<0.9"],
    sort: "metric-5",
  },
  "no run meets it, by metric-5": { ...newest, where: ["metric-3>2"], sort: "metric-5" },
  "status=failed, seed=3, by metric-5": {
    ...newest,
    where: ["status=failed", "seed=3"],
    sort: "metric-5",
  },
  "share>0.5, by share, all of them different": { ...newest, where: ["share>0.5"], sort: "share" },
};

export function measureRunsList(): string {
  const folder = mkdtempSync(join(tmpdir(), "mlops-bench-"));
  try {
    writeFileSync(join(folder, ".mlopsrc.yaml"), "version: 1\n");
    mkdirSync(join(folder, ".mlops"));
    const path = join(folder, ".mlops", "registry.db");
    fill(path);
    return [
      `runs list, ${RUNS.toLocaleString("en")} runs with ${String(METRICS)} metrics each, median of ${String(ROUNDS)} runs in turn`,
      ...wholeProgram(folder),
      ...selection(path),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function wholeProgram(folder: string): readonly string[] {
  const rivals = [
    { name: "node -e 0", parameters: ["-e", "0"] },
    ...Object.entries(QUERIES).map(([name, query]) => ({
      name,
      parameters: [program, "runs", "list", ...parametersOf(query)],
    })),
  ].map((rival) => ({ ...rival, times: [] as number[] }));
  for (let round = -1; round < ROUNDS; round += 1)
    for (const { parameters, times } of rivals) {
      const started = performance.now();
      const { status, stderr } = spawnSync(process.execPath, parameters, {
        cwd: folder,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`${parameters.join(" ")} failed: ${stderr}`);
      if (round >= 0) times.push(performance.now() - started);
    }
  const bare = median(rivals[0]?.times ?? []);
  return rivals.map(({ name, times }) => {
    const time = median(times);
    const more = `+${(time - bare).toFixed(1)} ms`.padStart(10);
    return `  ${name.padEnd(44)} ${time.toFixed(1).padStart(7)} ms ${more}   × ${(time / bare).toFixed(2)}`;
  });
}

function parametersOf({ where, sort, pipeline }: RunQuery): readonly string[] {
  return [
    ...(pipeline === undefined ? [] : [pipeline]),
    ...where.flatMap((condition) => ["--where", condition]),
    ...(sort === undefined ? [] : ["--sort", sort]),
  ];
}

/** Time of the processor, which other programs disturb less. Each on a connection of its own, as in a program of its own: nothing of the file is in its memory. */
function selection(path: string): readonly string[] {
  const measured = Object.entries(QUERIES).map(([name, query]) => ({
    name,
    query,
    times: [] as number[],
  }));
  for (let round = -1; round < ROUNDS; round += 1)
    for (const { query, times } of measured) {
      const registry = openRegistry(path);
      const before = process.cpuUsage();
      renderRunsList(listRuns(query, registry.runs), plainStyle, true);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times.push((user + system) / 1000);
      registry.close();
    }
  return [
    "  of this, to select and render, time of the processor:",
    ...measured.map(
      ({ name, times }) => `    ${name.padEnd(42)} ${median(times).toFixed(1).padStart(7)} ms`,
    ),
  ];
}

/** By statements over all runs, because to record them one by one takes minutes. */
function fill(path: string): void {
  const db = openDatabase(path);
  const { manifest } = stepOf(
    "train",
    "1",
    Array.from({ length: METRICS }, (_, at) => [`metric-${String(at)}`, 1 / (at + 3)] as const),
  );
  // Between 0 and 1, without an order that the numbers of runs have, too.
  const random = (seed: string): string =>
    `((n * 48271 + ${seed} * 69621) * 16807 % 999983) / 999983.0`;
  db.exec(`
    BEGIN;
    CREATE TEMP TABLE numbers AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${String(RUNS)}) SELECT n FROM n;
    INSERT INTO experiments (id, name, created_at_ms, updated_at_ms) VALUES (1, 'churn', 0, 0);
    INSERT INTO runs (number, id, experiment_id, pipeline, revision, status, environment_digest, pid, started_at_ms, ended_at_ms)
      SELECT n, printf('%032x', n), 1, iif(n % 4 = 0, 'penguins', 'churn'), 1, iif(n % 10 = 0, 'failed', 'succeeded'),
        printf('sha256:%064x', 1), 1, 1700000000000 + n * 1000, 1700000000500 + n * 1000 FROM numbers;
    INSERT INTO run_params (run, key, value_json) SELECT n, 'seed', n % 50 FROM numbers;
    INSERT INTO run_params (run, key, value_json) SELECT n, 'share', printf('%!.15g', ${random("99")}) FROM numbers;
    INSERT INTO metric_keys (id, name) SELECT n, 'metric-' || (n - 1) FROM numbers WHERE n <= ${String(METRICS)};
    INSERT INTO metrics (run, key, step, at_ms, value, is_nan)
      SELECT n, id, 0, 1700000000500 + n * 1000, ${random("id")}, 0 FROM numbers CROSS JOIN metric_keys;
    INSERT INTO latest_metrics (run, key, step, at_ms, value, is_nan) SELECT run, key, step, at_ms, value, is_nan FROM metrics;
    COMMIT;
  `);
  db.prepare(
    `INSERT INTO step_executions (run, pipeline, step, fingerprint, fingerprint_parts_json, decision, because, status, manifest_json, started_at_ms, ended_at_ms)
     SELECT number, pipeline, 'train', environment_digest, '{}', 'execute', 'first run', 'succeeded', ?, started_at_ms, ended_at_ms FROM runs`,
  ).run(JSON.stringify(manifest));
  db.close();
}
