/** What any implementation of the Files port does; run on the real one and on the fake. */
import { expect, test } from "vitest";
import type { Files } from "../../src/ports/files.ts";

/** @param open Fresh, empty files; `release` removes what was made. */
export function checkFilesContract(
  open: () => Promise<{ readonly files: Files; readonly release: () => Promise<void> }>,
): void {
  function checks(name: string, check: (files: Files) => Promise<void>): void {
    test(name, async () => {
      const { files, release } = await open();
      try {
        await check(files);
      } finally {
        await release();
      }
    });
  }

  checks("reads back what was written, in folders it makes", async (files) => {
    await files.writeAtomic("a/b/c.txt", "é\n");
    expect(await files.readText("a/b/c.txt")).toBe("é\n");
    expect(await files.readText(files.absolute("a/b/c.txt"))).toBe("é\n");
    expect([...((await files.readBytes("a/b/c.txt")) ?? [])]).toEqual([0xc3, 0xa9, 0x0a]);
  });

  checks(
    "answers with nothing for what is missing, and for what lies below a file",
    async (files) => {
      await files.writeAtomic("file", "x");
      for (const path of ["gone", "gone/deeper", "file/below"]) {
        expect(await files.readText(path)).toBeUndefined();
        expect(await files.readBytes(path)).toBeUndefined();
        expect(await files.digest(path)).toBeUndefined();
        expect(await files.modifiedMs(path)).toBeUndefined();
        expect(await files.kind(path)).toBe("missing");
      }
      expect(await files.list("gone")).toEqual([]);
    },
  );

  checks("names what is directly in a folder, and nothing where there is none", async (files) => {
    await files.writeAtomic("a/c.txt", "");
    await files.writeAtomic("a/b/deep.txt", "");
    expect(await files.names("a")).toEqual(["b", "c.txt"]);
    expect(await files.names("gone")).toBeUndefined();
    expect(await files.names("a/c.txt")).toBeUndefined();
  });

  checks("tells files from folders", async (files) => {
    await files.writeAtomic("a/b", "");
    expect([await files.kind("a"), await files.kind("a/b"), await files.kind(".")]).toEqual([
      "directory",
      "file",
      "directory",
    ]);
  });

  checks("replaces a file and leaves nothing else behind", async (files) => {
    await files.writeAtomic("a", "one");
    await files.writeAtomic("a", new Uint8Array([116, 119, 111]));
    expect(await files.readText("a")).toBe("two");
    expect(await files.list(".")).toEqual(["a"]);
  });

  checks("refuses to replace a folder by a file, and leaves nothing behind", async (files) => {
    await files.writeAtomic("a/b", "x");
    await expect(files.writeAtomic("a", "y")).rejects.toThrow();
    expect(await files.list(".")).toEqual(["a/b"]);
  });

  checks("lists sorted, and prunes folders", async (files) => {
    for (const path of ["b", "a/2", "a/1", "skip/x", "a.txt"]) await files.writeAtomic(path, path);
    expect(await files.list(".")).toEqual(["a.txt", "a/1", "a/2", "b", "skip/x"]);
    expect(await files.list(".", (path) => path === "skip" || path === "a/1")).toEqual([
      "a.txt",
      "a/2",
      "b",
    ]);
    expect(await files.list("a")).toEqual(["1", "2"]);
  });

  checks("copies a tree, empty folders too, but not into itself", async (files) => {
    await files.writeAtomic("from/a/b", "x");
    await files.writeAtomic("from/skip/c", "y");
    await files.makeDirectory("from/empty");
    await files.copyTree("from", "from/copy", (path) => path === "skip");
    expect(await files.list("from")).toEqual(["a/b", "copy/a/b", "skip/c"]);
    expect(await files.kind("from/copy/empty")).toBe("directory");
    await files.writeAtomic("from/copy/a/b", "changed");
    expect(await files.readText("from/a/b")).toBe("x");
  });

  checks("renames files and folders", async (files) => {
    await files.writeAtomic("a/b", "x");
    await files.rename("a", "c");
    expect(await files.list(".")).toEqual(["c/b"]);
    await files.rename("c/b", "d");
    expect(await files.readText("d")).toBe("x");
    await expect(files.rename("gone", "e")).rejects.toThrow();
  });

  checks("removes folders whole, and does not mind what is missing", async (files) => {
    await files.writeAtomic("a/b/c", "x");
    await files.remove("a");
    await files.remove("a");
    expect(await files.kind("a")).toBe("missing");
  });

  checks("makes temporary folders that are new, empty and near", async (files) => {
    await files.writeAtomic("data/file", "x");
    const first = await files.temporaryDirectory("data", "run-");
    const second = await files.temporaryDirectory("data/file", "run-");
    expect(first).not.toBe(second);
    for (const path of [first, second]) {
      expect(path.startsWith(files.absolute("data/run-"))).toBe(true);
      expect(await files.list(path)).toEqual([]);
      expect(await files.kind(path)).toBe("directory");
    }
  });

  checks("says the size and the real path of what is there", async (files) => {
    await files.writeAtomic("a/b", "four");
    expect(await files.size("a/b")).toBe(4);
    expect(await files.size("gone")).toBeUndefined();
    expect(await files.realPath("a/b")).toBe(`${(await files.realPath(".")) ?? ""}/a/b`);
    expect(await files.realPath("gone/deeper")).toBeUndefined();
  });

  checks("digests the bytes", async (files) => {
    await files.writeAtomic("empty", "");
    expect(await files.digest("empty")).toBe(
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });
}
