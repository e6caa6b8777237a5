import { expect, test } from "vitest";
import { boundStore } from "../../src/app/bound-store.ts";
import type { Sha256 } from "../../src/base/brand.ts";
import { fixedClock } from "../support/fixed-clock.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { runOf, stepOf, versionOf } from "../support/registry-contract-values.ts";

const TWO_HOURS = 7_200_000;

/** Blobs of 100 bytes each, all two hours old; run `n` refers to blob `n`. */
async function project(runs: number) {
  const files = memoryFiles();
  const artifacts = memoryArtifacts(files);
  const registry = memoryRegistry();
  const alive = new Set<number>();
  const blobs: Sha256[] = [];
  for (let n = 1; n <= runs; n += 1) {
    const blob = await artifacts.write(new TextEncoder().encode(String(n).padEnd(100)));
    const run = runOf(n);
    registry.runs.start(run);
    registry.runs.addStep(run.id, { ...stepOf("train", "1"), fingerprint: blob });
    registry.runs.finish(run.id, "succeeded", run.startedAtMs + 1);
    blobs.push(blob);
  }
  const ports = {
    files,
    artifacts,
    registry,
    clock: fixedClock(Date.now() + TWO_HOURS),
    processes: {
      self: () => ({ pid: 1, start: undefined }),
      isAlive: ({ pid }: { readonly pid: number }) => alive.has(pid),
    },
  };
  const bound = (maxBytes: number, keepRuns = 10) =>
    boundStore(
      { maxBytes, keepRuns, pipelines: "pipelines", signal: new AbortController().signal },
      ports,
    );
  const left = (): Promise<readonly boolean[]> => Promise.all(blobs.map(artifacts.has));
  return { ...ports, alive, blobs, bound, left };
}

test("does nothing while the store is small enough", async () => {
  const { bound, left } = await project(3);
  expect(await bound(300)).toBeUndefined();
  expect(await bound(Number.POSITIVE_INFINITY)).toBeUndefined();
  expect(await left()).toEqual([true, true, true]);
});

test("frees values that nothing refers to first, and stops when it is enough", async () => {
  const { bound, artifacts, left } = await project(3);
  const lost = await artifacts.write(new TextEncoder().encode("lost".padEnd(100)));
  expect(await bound(350)).toEqual({ beforeBytes: 400, afterBytes: 300, freed: 1 });
  expect(await artifacts.has(lost)).toBe(false);
  expect(await left()).toEqual([true, true, true]);
});

test("then frees those of old runs, and never those of the newest one or of a model", async () => {
  const { bound, registry, left } = await project(4);
  registry.models.register({ ...versionOf("1"), runId: runOf(1).id, files: {} });
  expect(await bound(150)).toEqual({ beforeBytes: 400, afterBytes: 200, freed: 2 });
  expect(await left()).toEqual([true, false, false, true]);
});

test("looks again at what had to stay only when it has grown", async () => {
  const { bound, artifacts } = await project(1);
  expect(await bound(50)).toMatchObject({ freed: 0, afterBytes: 100 });
  expect(await bound(50)).toBeUndefined();
  await artifacts.write(new TextEncoder().encode("lost".padEnd(100)));
  expect(await bound(50)).toMatchObject({ freed: 1 });
});

test("leaves values that a run has just used", async () => {
  const { bound, artifacts, blobs, clock } = await project(3);
  const used = blobs[0];
  if (used === undefined) throw new Error("no blob");
  await artifacts.use(used);
  const listed = await artifacts.list();
  const age = (digest: Sha256) => listed.find((blob) => blob.digest === digest)?.writtenAtMs ?? 0;
  expect(age(used)).toBeGreaterThanOrEqual(age(blobs[1] ?? used));
  expect(clock.nowMs()).toBeGreaterThan(age(used));
  expect(await bound(250)).toMatchObject({ freed: 1 });
});

test.each([
  [
    "a pipeline runs",
    async (made: Awaited<ReturnType<typeof project>>) => {
      made.registry.runs.start(runOf(9));
      made.alive.add(runOf(9).pid);
    },
  ],
  [
    "another command may be at work",
    async (made: Awaited<ReturnType<typeof project>>) => {
      await made.files.writeAtomic(".mlops/tmp/promote-a/data.csv", "1");
    },
  ],
])("frees nothing while %s", async (_, begin) => {
  const made = await project(3);
  await begin(made);
  expect(await made.bound(50)).toBeUndefined();
  expect(await made.left()).toEqual([true, true, true]);
});
