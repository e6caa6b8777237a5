import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PredictionLogOptions } from "../../src/adapters/prediction-log.ts";
import { openPredictionLog } from "../../src/adapters/prediction-log.ts";
import type { PredictionLog } from "../../src/ports/prediction-log.ts";
import type { PredictionRecord } from "../../src/serving/prediction-log-schema.ts";

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "mlops-log-")), "predictions");
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("writes one line a record into files that only their owner may read", async () => {
  const log = await openLog({ pid: 42, nowMs: () => 1000 });
  expect(log.append([record("a"), record("b")])).toBe(0);
  await log.close();
  expect(await readdir(folder)).toEqual(["1000-42-1.ndjson"]);
  const path = join(folder, "1000-42-1.ndjson");
  expect(
    (await readFile(path, "utf8")).split("\n").map((line) => /"id":"(.)"/.exec(line)?.[1]),
  ).toEqual(["a", "b", undefined]);
  expect([(await stat(path)).mode & 0o777, (await stat(folder)).mode & 0o777]).toEqual([
    0o600, 0o700,
  ]);
});

test("makes no file when nothing was answered", async () => {
  const log = await openLog({});
  await log.close();
  expect(await readdir(folder)).toEqual([]);
});

test("starts a new segment when one is full, and removes the oldest beyond the limit", async () => {
  const size = JSON.stringify(record("a")).length + 1;
  const limits = { segmentBytes: size, folderBytes: 2 * size };
  const log = await openLog({ pid: 42, nowMs: () => 1000, ...limits });
  log.append(["a", "b", "c", "d"].map(record));
  await log.close();
  expect((await readdir(folder)).toSorted()).toEqual([
    "1000-42-2.ndjson",
    "1000-42-3.ndjson",
    "1000-42-4.ndjson",
  ]);
});

test("starts a new segment when one is old enough", async () => {
  let nowMs = 0;
  const log = await openLog({
    pid: 42,
    nowMs: () => (nowMs += 10),
    segmentAgeMs: 10,
    segmentBytes: 300,
  });
  log.append(["a", "b", "c"].map(record));
  await log.close();
  expect((await readdir(folder)).length).toBeGreaterThan(1);
});

test("drops what the disk does not take in time, and says how many", async () => {
  const size = JSON.stringify(record("a")).length + 1;
  const log = await openLog({ waitingBytes: 2 * size });
  expect(log.append([record("a"), record("b"), record("c")])).toBe(1);
  await log.close();
  expect(log.append([record("d")])).toBe(1);
});

test("closes segments that a dead process left open, and leaves those of living ones", async () => {
  const first = await openLog({});
  await first.close();
  await writeFile(join(folder, "900-999999999-1.open.ndjson"), "{}\n");
  await writeFile(join(folder, `900-${String(process.ppid)}-1.open.ndjson`), "{}\n");
  await (await openLog({ pid: 42 })).close();
  expect((await readdir(folder)).toSorted()).toEqual(
    ["900-999999999-1.ndjson", `900-${String(process.ppid)}-1.open.ndjson`].toSorted(),
  );
});

test("reports a disk that fails and goes on answering", async () => {
  const errors: unknown[] = [];
  const log = await openPredictionLog({ folder, onError: (error) => errors.push(error) });
  await rm(folder, { recursive: true });
  expect(log.append([record("a")])).toBe(0);
  await log.close();
  expect(errors).toMatchObject([{ code: "ENOENT" }]);
});

function openLog(overrides: Partial<PredictionLogOptions>): Promise<PredictionLog> {
  const onError = (error: unknown): void => {
    throw error;
  };
  return openPredictionLog({ folder, onError }, overrides);
}

function record(id: string): PredictionRecord {
  return {
    v: 1,
    ts: "2024-05-01T12:00:00.000Z",
    id,
    model: "churn",
    version: 1,
    variant: "stable",
    "key-hash": null,
    row: { tenure: 12 },
    answer: { label: "no" },
    latencyMs: 1,
    sampled: 1,
  };
}
