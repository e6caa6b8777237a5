import { access, chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFolderStore } from "../../src/adapters/folder-blob-store.ts";
import { TransientError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/hash.ts";
import { memorySource } from "../support/memory-artifacts.ts";
import { scratchFolder } from "../support/stores/open-stores.ts";
import { get, put } from "../support/stores/whole-blobs.ts";
import { withoutPrivileges } from "../support/without-privileges.ts";

const SMALL = Buffer.from("customer,churned\n1,yes\n");
const never = new AbortController().signal;

test("a folder that has gone is unreachable, and is not made", async () => {
  const folder = join(await scratchFolder(), "store");
  const store = openFolderStore(folder);
  for (const asking of [
    () => store.has([sha256(SMALL)], never),
    () => store.get(sha256(SMALL), 0, never),
    () => put(store, SMALL),
  ])
    await expect(asking()).rejects.toMatchObject({ code: "store-unreachable" });
  await expect(access(folder)).rejects.toThrow("ENOENT");
});

test("a folder that may not be written says so, and gives what it has", async () => {
  const folder = await scratchFolder();
  const store = openFolderStore(folder);
  await put(store, SMALL);
  await chmod(folder, 0o555);
  await chmod(join(folder, "tmp"), 0o555);
  await withoutPrivileges(async () => {
    await expect(put(store, Buffer.from("new"))).rejects.toMatchObject({ code: "store-read-only" });
    expect((await get(store, SMALL, 0)).bytes).toEqual(SMALL);
  });
});

test("a folder moves damaged bytes aside, and whole ones never", async () => {
  const folder = await scratchFolder();
  const store = openFolderStore(folder);
  await put(store, SMALL);
  expect(await store.setAside(sha256(SMALL))).toBe(false);
  await writeFile(store.place(sha256(SMALL)), "damaged");
  expect(await store.setAside(sha256(SMALL))).toBe(true);
  expect(await store.has([sha256(SMALL)], never)).toEqual(new Map());
});

test("what is written to a folder and does not match its name is not put there", async () => {
  const folder = await scratchFolder();
  const store = openFolderStore(folder);
  const wrong = store.put(sha256(SMALL), memorySource(Buffer.from("other")), { signal: never });
  await expect(wrong).rejects.toBeInstanceOf(TransientError);
  expect(await readdir(join(folder, "tmp"))).toEqual([]);
  expect(await store.has([sha256(SMALL)], never)).toEqual(new Map());
});
