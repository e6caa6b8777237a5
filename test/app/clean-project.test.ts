import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanProject } from "../../src/app/clean-project.ts";
import { removeRuns } from "../../src/app/remove-runs.ts";
import type { Sha256 } from "../../src/base/brand.ts";
import { fixedClock } from "../support/fixed-clock.ts";
import { memoryArtifacts } from "../support/memory-artifacts.ts";
import { memoryFiles } from "../support/memory-files.ts";
import { memoryRegistry } from "../support/memory-registry.ts";
import { revisionOf, runOf, stepOf, versionOf } from "../support/registry-contract-values.ts";

const TWO_HOURS = 7_200_000;
const TWO_DAYS = 172_800_000;

/** A project whose clock stands `laterMs` after now, when its blobs are written. */
function project(laterMs: number, texts: Readonly<Record<string, string>> = {}) {
  const files = memoryFiles(texts);
  const artifacts = memoryArtifacts(files);
  const registry = memoryRegistry();
  const alive = new Set<number>();
  const ports = {
    files,
    artifacts,
    registry,
    clock: fixedClock(Date.now() + laterMs),
    processes: {
      self: () => ({ pid: 1, start: undefined }),
      isAlive: ({ pid }: { readonly pid: number }) => alive.has(pid),
    },
  };
  const store = (text: string): Promise<Sha256> => artifacts.write(new TextEncoder().encode(text));
  const clean = (
    options: {
      readonly keepRuns?: number;
      readonly dryRun?: boolean;
      readonly python?: string;
    } = {},
  ) =>
    cleanProject(
      {
        keepRuns: options.keepRuns ?? 10,
        dryRun: options.dryRun ?? false,
        pipelines: "pipelines",
        python: options.python,
        signal: new AbortController().signal,
      },
      ports,
    );
  /** A finished run whose only step has this blob for its fingerprint. */
  const addRun = (n: number, blob: Sha256): void => {
    const run = runOf(n);
    registry.runs.start(run);
    registry.runs.addStep(run.id, { ...stepOf("train", "1"), fingerprint: blob });
    registry.runs.finish(run.id, "succeeded", run.startedAtMs + 1);
  };
  return { ...ports, alive, store, clean, addRun };
}

test("frees what nothing refers to, and nothing when it is a dry run", async () => {
  const { store, clean, artifacts } = project(TWO_HOURS);
  const lost = await store("nobody knows me");
  expect(await clean({ dryRun: true })).toMatchObject({ blobs: { count: 1, bytes: 15 } });
  expect(await artifacts.has(lost)).toBe(true);
  expect(await clean()).toMatchObject({ blobs: { count: 1 }, kept: { count: 0 } });
  expect(await artifacts.has(lost)).toBe(false);
});

test("leaves alone what was stored within the last hour", async () => {
  const { store, clean, artifacts } = project(60_000);
  const young = await store("a command is about to record me");
  expect(await clean()).toMatchObject({ blobs: { count: 0 }, kept: { count: 1 } });
  expect(await artifacts.has(young)).toBe(true);
});

test.each([
  [
    "a model version",
    async (p: ReturnType<typeof project>, blob: Sha256) => {
      p.registry.models.register({ ...versionOf("1"), files: { MLmodel: blob } });
    },
  ],
  [
    "a revision, with what it replaced",
    async (p: ReturnType<typeof project>, blob: Sha256) => {
      p.registry.pipelines.addRevision({ ...revisionOf("1"), before: { "params.yaml": blob } });
    },
  ],
  [
    "the lock of recorded data",
    async (p: ReturnType<typeof project>, blob: Sha256) => {
      await p.files.writeAtomic("datasets.lock.yaml", `datasets: { a.csv: { digest: ${blob} } }`);
    },
  ],
  [
    "a kept observation",
    async (p: ReturnType<typeof project>, blob: Sha256) => {
      await p.files.writeAtomic(".mlops/cache/observations/a/b.json", JSON.stringify([blob]));
    },
  ],
  [
    "a file of a pipeline",
    async (p: ReturnType<typeof project>, blob: Sha256) => {
      await p.files.writeAtomic("pipelines/churn/certificate.json", JSON.stringify({ blob }));
    },
  ],
])("keeps what %s refers to, and what that refers to", async (_, refer) => {
  const made = project(TWO_HOURS);
  const inner = await made.store("inner");
  const outer = await made.store(JSON.stringify({ value: inner }));
  await refer(made, outer);
  expect(await made.clean()).toMatchObject({ blobs: { count: 0 }, kept: { count: 2 } });
});

test("keeps the values of the newest runs, and of the run that a model came from", async () => {
  const { store, clean, addRun, registry, artifacts } = project(TWO_HOURS);
  const blobs = await Promise.all([1, 2, 3].map((n) => store(`run ${String(n)}`)));
  for (const [index, blob] of blobs.entries()) addRun(index + 1, blob);
  registry.models.register({ ...versionOf("1"), runId: runOf(1).id, files: {} });
  expect(await clean({ keepRuns: 1 })).toMatchObject({ runs: 3, runsKept: 2 });
  expect(await Promise.all(blobs.map(artifacts.has))).toEqual([true, false, true]);
});

test("frees nothing while a pipeline runs; a run whose process is gone does not count", async () => {
  const { store, clean, registry, alive, artifacts } = project(TWO_HOURS);
  const lost = await store("lost");
  registry.runs.start(runOf(1));
  alive.add(runOf(1).pid);
  await expect(clean()).rejects.toMatchObject({ code: "run-in-progress" });
  expect(await artifacts.has(lost)).toBe(true);
  alive.clear();
  expect(await clean()).toMatchObject({ blobs: { count: 1 } });
});

test("removes folders of killed commands once nothing was written into them for a day", async () => {
  const scratch = { ".mlops/tmp/run-a/data.csv": "1", ".mlops/tmp/run-a/sub/b.csv": "2" };
  const fresh = project(TWO_HOURS, scratch);
  expect(await fresh.clean()).toMatchObject({ leftovers: [] });
  const old = project(TWO_DAYS, scratch);
  expect(await old.clean()).toMatchObject({ leftovers: [{ kind: "scratch", count: 1, bytes: 2 }] });
  expect(await old.files.list(".mlops/tmp")).toEqual([]);
});

test("removes what is made again once it was not used for long, and manifests of runs nobody knows", async () => {
  const texts = {
    ".mlops/cache/observations/a/b.json": "12",
    ".mlops/models/churn/v1/MLmodel": "123",
    ".mlops/environments/named/mlops-made.json": "1",
    ".mlops/environments/other/mlops-made.json": "1234",
    ".mlops/notes.txt": "mine",
  };
  const lost = "a".repeat(32);
  const made = project(20 * TWO_DAYS, texts);
  await made.artifacts.writeManifest(lost, "train", {});
  const report = await made.clean({ python: ".mlops/environments/named/bin/python" });
  expect(report.leftovers).toEqual([
    { kind: "models", count: 1, bytes: 3 },
    { kind: "cache", count: 1, bytes: 2 },
    { kind: "environments", count: 1, bytes: 4 },
    { kind: "manifests", count: 1, bytes: 0 },
  ]);
  expect(report).toMatchObject({ unknown: [".mlops/notes.txt"] });
  expect(await made.files.list(".mlops")).toEqual([
    "environments/named/mlops-made.json",
    "notes.txt",
  ]);
  expect(await made.artifacts.runs()).toEqual([]);
});

test("gives what was stored a day while a command may be at work", async () => {
  const busy = project(TWO_HOURS, { ".mlops/tmp/promote-a/data.csv": "1" });
  const stored = await busy.store("recorded when the promotion ends");
  expect(await busy.clean()).toMatchObject({ blobs: { count: 0 } });
  expect(await busy.artifacts.has(stored)).toBe(true);
});

test("in any graph of references nothing reachable goes and nothing unreachable stays", async () => {
  const graph = fc.nat(12).chain((size) =>
    fc.record({
      // Node i may name nodes before it: a blob's name depends on its text, so there are no cycles.
      edges: fc.array(fc.array(fc.nat(Math.max(size - 1, 0)), { maxLength: 3 }), {
        minLength: size,
        maxLength: size,
      }),
      roots: fc.array(fc.nat(Math.max(size - 1, 0)), { maxLength: 3 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(graph, async ({ edges, roots }) => {
      const { store, clean, addRun, artifacts } = project(TWO_HOURS);
      const blobs: Sha256[] = [];
      const names: number[][] = [];
      for (const [index, targets] of edges.entries()) {
        const earlier = targets.filter((target) => target < index);
        names.push(earlier);
        blobs.push(await store(`${String(index)}: ${earlier.map((at) => blobs[at]).join()}`));
      }
      const reachable = new Set<number>();
      const visit = (node: number): void => {
        reachable.add(node);
        for (const next of names[node] ?? []) visit(next);
      };
      for (const [n, root] of roots.entries()) {
        const blob = blobs[root];
        if (blob === undefined) continue;
        visit(root);
        addRun(n + 1, blob);
      }
      await clean();
      for (const [index, blob] of blobs.entries())
        expect(await artifacts.has(blob)).toBe(reachable.has(index));
    }),
    { numRuns: 60 },
  );
});

test("forgets runs, all of them or none", async () => {
  const { registry, artifacts, addRun, store } = project(0);
  const blob = await store("x");
  for (const n of [1, 2, 3]) addRun(n, blob);
  registry.models.register({ ...versionOf("1"), runId: runOf(2).id, files: {} });
  const remove = (ids: readonly string[], dryRun = false) =>
    removeRuns(ids, { dryRun }, { registry, artifacts });
  await expect(remove([runOf(1).id, runOf(2).id])).rejects.toMatchObject({ code: "run-has-model" });
  await expect(remove([runOf(1).id, "ffffff"])).rejects.toMatchObject({ code: "run-unknown" });
  expect((await remove([runOf(1).id], true)).runs).toHaveLength(1);
  expect(registry.runs.list({})).toHaveLength(3);
  await remove([runOf(1).id.slice(0, 8), runOf(1).id, runOf(3).id]);
  expect(registry.runs.list({}).map(({ id }) => id)).toEqual([runOf(2).id]);
});

test("does not forget a run that is in progress", async () => {
  const { registry, artifacts } = project(0);
  registry.runs.start(runOf(1));
  await expect(
    removeRuns([runOf(1).id], { dryRun: false }, { registry, artifacts }),
  ).rejects.toMatchObject({ code: "run-in-progress" });
});
