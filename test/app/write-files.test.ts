import { expect, test } from "vitest";
import { planWrites, renderWriteDiff } from "../../src/app/plan-writes.ts";
import { applyWrites, replayPendingWrites } from "../../src/app/write-files.ts";
import type { GeneratedFile } from "../../src/base/generated-file.ts";
import { sha256 } from "../../src/base/hash.ts";
import { relativePath } from "../../src/base/relative-path.ts";
import type { Files } from "../../src/ports/files.ts";
import type { Registry } from "../../src/ports/registry.ts";
import { toRunId } from "../../src/registry/names.ts";
import { type MemoryDisk, memoryDisk, memoryFiles, textsOf } from "../support/memory-disk.ts";
import { memoryRegistry } from "../support/memory-registry.ts";

type Texts = Readonly<Record<string, string>>;

const folder = "pipelines/churn";

function generated(texts: Texts): readonly GeneratedFile[] {
  return Object.entries(texts).map(([path, text]) => ({
    path: relativePath(path),
    text,
    mode: 0o644,
  }));
}

function digests(texts: Texts): Readonly<Record<string, ReturnType<typeof sha256>>> {
  return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, sha256(text)]));
}

function below(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [`${folder}/${path}`, text]),
  );
}

const clock = { nowMs: () => 1_767_225_600_000 };
const ids = { runId: () => toRunId("0123456789abcdef0123456789abcdef") };

/** Plans and applies; gives what is below the folder afterwards. */
async function write(disk: MemoryDisk, files: Texts, base: Texts | undefined) {
  const registry = memoryRegistry();
  const ports = { files: memoryFiles(disk), registry, clock, ids };
  const plan = await planWrites(
    { files: generated(files), folder, base: base === undefined ? undefined : digests(base) },
    ports,
  );
  const outcome = await applyWrites(plan, ports);
  expect(registry.pendingWrites.list()).toEqual([]);
  expect(textsOf(disk, ".mlops/")).toEqual({});
  return { plan, outcome, after: textsOf(disk, `${folder}/`) };
}

interface MergeCase {
  readonly name: string;
  readonly base: string | undefined;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
  readonly kind: string;
  readonly after: Texts;
}

/** One file in a folder with history: base = last generated, ours = on disk, theirs = newly generated. */
const merges: readonly MergeCase[] = [
  {
    name: "takes a new file",
    base: undefined,
    ours: undefined,
    theirs: "new",
    kind: "create",
    after: { "a.py": "new" },
  },
  {
    name: "takes a change to a file nobody edited",
    base: "old",
    ours: "old",
    theirs: "new",
    kind: "update",
    after: { "a.py": "new" },
  },
  {
    name: "leaves a file that is generated as before",
    base: "old",
    ours: "old",
    theirs: "old",
    kind: "unchanged",
    after: { "a.py": "old" },
  },
  {
    name: "keeps an edit where nothing new was generated",
    base: "old",
    ours: "mine",
    theirs: "old",
    kind: "kept",
    after: { "a.py": "mine" },
  },
  {
    name: "keeps an edit and puts the new text beside it",
    base: "old",
    ours: "mine",
    theirs: "new",
    kind: "conflict",
    after: { "a.py": "mine", "a.py.new": "new" },
  },
  {
    name: "sees no conflict where both sides came to the same",
    base: "old",
    ours: "new",
    theirs: "new",
    kind: "unchanged",
    after: { "a.py": "new" },
  },
  {
    name: "brings back a file that was deleted",
    base: "old",
    ours: undefined,
    theirs: "old",
    kind: "create",
    after: { "a.py": "old" },
  },
  {
    name: "never overwrites a file that was not generated",
    base: undefined,
    ours: "mine",
    theirs: "new",
    kind: "conflict",
    after: { "a.py": "mine", "a.py.new": "new" },
  },
  {
    name: "removes a file that is generated no more",
    base: "old",
    ours: "old",
    theirs: undefined,
    kind: "remove",
    after: {},
  },
  {
    name: "keeps an edited file that is generated no more",
    base: "old",
    ours: "mine",
    theirs: undefined,
    kind: "kept",
    after: { "a.py": "mine" },
  },
];

for (const { name, base, ours, theirs, kind, after } of merges) {
  test(`in a folder with history: ${name}`, async () => {
    const pick = (text: string | undefined): Texts => (text === undefined ? {} : { "a.py": text });
    const always = { "z.py": "always there" };
    const disk = memoryDisk(below({ ...pick(ours), ...always }));
    const result = await write(disk, { ...pick(theirs), ...always }, { ...pick(base), ...always });
    expect(result.plan.changes.find((change) => change.path === "a.py")?.kind).toBe(kind);
    expect(result.after).toEqual(below({ ...after, ...always }));
  });
}

test("makes a new folder, and records the revision before it appears", async () => {
  const disk = memoryDisk();
  const ports = { files: memoryFiles(disk), registry: memoryRegistry(), clock, ids };
  const plan = await planWrites(
    {
      files: generated({ "README.md": "# churn", "churn/train.py": "pass" }),
      folder,
      base: undefined,
    },
    ports,
  );
  let seen: Texts | undefined;
  const outcome = await applyWrites(plan, ports, () => {
    seen = textsOf(disk, folder);
  });
  expect(seen).toEqual({});
  expect(textsOf(disk)).toEqual(below({ "README.md": "# churn", "churn/train.py": "pass" }));
  expect(outcome).toEqual({
    written: [`${folder}/README.md`, `${folder}/churn/train.py`],
    removed: [],
    conflicts: [],
  });
});

test("makes a new folder although a revision is on record, when its files were deleted with the folder", async () => {
  const { after } = await write(memoryDisk(), { "a.py": "new" }, { "a.py": "old" });
  expect(after).toEqual(below({ "a.py": "new" }));
});

test("refuses a folder with somebody's own files and leaves it alone", async () => {
  const disk = memoryDisk(below({ "a.py": "mine", "notes.txt": "mine too" }));
  await expect(write(disk, { "a.py": "new" }, undefined)).rejects.toMatchObject({
    code: "output-folder-taken",
    exitCode: 2,
  });
  expect(textsOf(disk)).toEqual(below({ "a.py": "mine", "notes.txt": "mine too" }));
});

test("adopts a folder that holds exactly what would be generated, as a fresh clone does", async () => {
  const disk = memoryDisk(below({ "a.py": "new", "notes.txt": "mine" }));
  const { plan, after } = await write(disk, { "a.py": "new" }, undefined);
  expect(plan.changes).toEqual([{ kind: "unchanged", path: "a.py" }]);
  expect(after).toEqual(below({ "a.py": "new", "notes.txt": "mine" }));
});

test("judges every file by itself in a folder shared with the user", async () => {
  const disk = memoryDisk({ "README.md": "mine", Dockerfile: "mine" });
  const ports = { files: memoryFiles(disk), registry: memoryRegistry(), clock, ids };
  const plan = await planWrites(
    {
      files: generated({ Dockerfile: "new", ".github/workflows/train.yml": "on: push" }),
      folder: ".",
      base: {},
    },
    ports,
  );
  const outcome = await applyWrites(plan, ports);
  expect(outcome.conflicts).toEqual([{ path: "Dockerfile", beside: "Dockerfile.new" }]);
  expect(textsOf(disk)).toEqual({
    "README.md": "mine",
    Dockerfile: "mine",
    "Dockerfile.new": "new",
    ".github/workflows/train.yml": "on: push",
  });
});

test("shows what it would do as a diff and touches nothing", async () => {
  const disk = memoryDisk(below({ "a.py": "import os\nx = 1\n", "old.py": "gone\n" }));
  const base = { "a.py": "import os\nx = 1\n", "old.py": "gone\n" };
  const files = memoryFiles(disk, () => {
    throw new Error("a dry run must not write");
  });
  const plan = await planWrites(
    {
      files: generated({ "a.py": "import os\nx = 2\n", "b.py": "new\n" }),
      folder,
      base: digests(base),
    },
    { files },
  );
  expect(renderWriteDiff(plan)).toBe(`--- ${folder}/a.py
+++ ${folder}/a.py
@@ -1,2 +1,2 @@
 import os
-x = 1
+x = 2
--- /dev/null
+++ ${folder}/b.py
@@ -0,0 +1,1 @@
+new
--- ${folder}/old.py
+++ /dev/null
@@ -1,1 +0,0 @@
-gone`);
});

/** A process that dies before its nth change: nothing of it happens any more, not even what `finally` would do. */
function dyingAfter(
  changes: number,
  disk: MemoryDisk,
  registry: Registry,
): { readonly files: Files; readonly registry: Registry } {
  let left = changes;
  const live = (): void => {
    if (left === 0) throw new Error("killed");
    left -= 1;
  };
  const { pendingWrites } = registry;
  return {
    files: memoryFiles(disk, live),
    registry: {
      ...registry,
      pendingWrites: {
        list: pendingWrites.list,
        add: (moves) => {
          live();
          return pendingWrites.add(moves);
        },
        done: (id) => {
          live();
          pendingWrites.done(id);
        },
      },
    },
  };
}

const oldTexts = { "a.py": "old a", "b.py": "old b", "gone.py": "old", "edited.py": "old e" };
const onDisk = { ...oldTexts, "edited.py": "mine" };
const newTexts = { "a.py": "new a", "b.py": "new b", "c/d.py": "new d", "edited.py": "new e" };
const merged = {
  "a.py": "new a",
  "b.py": "new b",
  "c/d.py": "new d",
  "edited.py": "mine",
  "edited.py.new": "new e",
};

/** Kills an update before its nth change, lets the next command replay, and says how it was and is. */
async function killedUpdate(changes: number) {
  const disk = memoryDisk(below(onDisk));
  const registry = memoryRegistry();
  const plan = await planWrites(
    { files: generated(newTexts), folder, base: digests(oldTexts) },
    { files: memoryFiles(disk) },
  );
  const dying = dyingAfter(changes, disk, registry);
  const survived = await applyWrites(plan, { ...dying, clock, ids }).then(
    () => true,
    () => false,
  );
  return { disk, registry, survived };
}

test("leaves the old package or the new one, whenever the process is killed", async () => {
  const seen = new Set<string>();
  let survived = false;
  for (let changes = 0; !survived; changes += 1) {
    const killed = await killedUpdate(changes);
    survived = killed.survived;
    // The process that replays may be killed as well, any number of times.
    for (let replay = 0; replay < 4; replay += 1) {
      const dying = dyingAfter(replay, killed.disk, killed.registry);
      await replayPendingWrites(dying.registry, dying.files).catch(() => undefined);
    }
    await replayPendingWrites(killed.registry, memoryFiles(killed.disk));
    const after = textsOf(killed.disk, `${folder}/`);
    expect([below(onDisk), below(merged)]).toContainEqual(after);
    seen.add(after[`${folder}/a.py`] ?? "");
    expect(killed.registry.pendingWrites.list()).toEqual([]);
  }
  expect([...seen].sort()).toEqual(["new a", "old a"]);
});

test("makes a new folder whole or not at all, whenever the process is killed", async () => {
  let survived = false;
  for (let changes = 0; !survived; changes += 1) {
    const disk = memoryDisk();
    const registry = memoryRegistry();
    const plan = await planWrites(
      { files: generated(newTexts), folder, base: undefined },
      { files: memoryFiles(disk) },
    );
    const dying = dyingAfter(changes, disk, registry);
    survived = await applyWrites(plan, { ...dying, clock, ids }).then(
      () => true,
      () => false,
    );
    expect([{}, below(newTexts)]).toContainEqual(textsOf(disk, `${folder}/`));
  }
});

test("does not overwrite what the user changed between the kill and the replay", async () => {
  const changesUntilPromised = 5 + 1 + 5;
  const { disk, registry } = await killedUpdate(changesUntilPromised);
  expect(registry.pendingWrites.list()).toHaveLength(1);
  disk.files.set(`${folder}/a.py`, new TextEncoder().encode("edited after the crash"));
  disk.files.set(`${folder}/gone.py`, new TextEncoder().encode("needed after all"));
  const outcome = await replayPendingWrites(registry, memoryFiles(disk));
  expect(outcome.conflicts).toEqual([{ path: `${folder}/a.py`, beside: `${folder}/a.py.new` }]);
  expect(textsOf(disk)).toEqual(
    below({
      ...merged,
      "a.py": "edited after the crash",
      "a.py.new": "new a",
      "gone.py": "needed after all",
    }),
  );
});

test("does no harm when two processes keep the same promise at once", async () => {
  const { disk, registry } = await killedUpdate(12);
  expect(registry.pendingWrites.list()).toHaveLength(1);
  await Promise.all([1, 2, 3].map(() => replayPendingWrites(registry, memoryFiles(disk))));
  expect(textsOf(disk)).toEqual(below(merged));
});

test("clears away what a killed command staged, after a day", async () => {
  const disk = memoryDisk({
    [`.mlops/staging/${String(clock.nowMs() - 90_000_000)}-aa/new/a.py`]: "old",
    [`.mlops/staging/${String(clock.nowMs() - 1000)}-bb/new/a.py`]: "young",
  });
  const ports = { files: memoryFiles(disk), registry: memoryRegistry(), clock, ids };
  const plan = await planWrites(
    { files: generated({ "a.py": "new" }), folder, base: undefined },
    ports,
  );
  await applyWrites(plan, ports);
  expect(Object.values(textsOf(disk, ".mlops/"))).toEqual(["young"]);
});
