/** The file system in memory. Folders exist while something is in them or when they were made. */
import { sha256 } from "../../src/base/hash.ts";
import type { Files } from "../../src/ports/files.ts";

/** What is on the "disk": several `Files` may share it, as processes do. */
export interface MemoryDisk {
  readonly files: Map<string, Uint8Array>;
  readonly folders: Set<string>;
}

/** An empty disk, or one with these texts. */
export function memoryDisk(texts: Readonly<Record<string, string>> = {}): MemoryDisk {
  return {
    files: new Map(Object.entries(texts).map(([path, text]) => [path, encode(text)])),
    folders: new Set(),
  };
}

/** All texts, by path. */
export function textsOf(disk: MemoryDisk, below = ""): Readonly<Record<string, string>> {
  const paths = [...disk.files.keys()].filter((path) => path.startsWith(below)).sort();
  return Object.fromEntries(paths.map((path) => [path, decode(disk.files.get(path))]));
}

/**
 * A view of a disk.
 *
 * @param beforeChange Called before each change; what it throws prevents the change. Tests let a process die there.
 */
export function memoryFiles(disk: MemoryDisk, beforeChange: () => void = () => undefined): Files {
  let temporaries = 0;
  const isFolder = (path: string): boolean =>
    path === "." ||
    disk.folders.has(path) ||
    [...disk.files.keys(), ...disk.folders].some((other) => other.startsWith(`${path}/`));
  const changing = (change: () => void): Promise<void> =>
    Promise.resolve().then(() => {
      beforeChange();
      change();
    });
  const move = (from: string, to: string): void => {
    const file = disk.files.get(from);
    if (file !== undefined) {
      disk.files.delete(from);
      disk.files.set(to, file);
      return;
    }
    if (!isFolder(from)) throw Object.assign(new Error(`ENOENT: ${from}`), { code: "ENOENT" });
    if (filesBelow(disk, to).length > 0)
      throw Object.assign(new Error(`ENOTEMPTY: ${to}`), { code: "ENOTEMPTY" });
    for (const path of filesBelow(disk, from)) move(path, to + path.slice(from.length));
    removeFolders(disk, from);
    disk.folders.add(to);
  };
  return {
    modifiedMs: (path) => Promise.resolve(disk.files.has(path) || isFolder(path) ? 0 : undefined),
    touch: () => Promise.resolve(),
    freeBytes: () => Promise.resolve(100e9),
    readText: (path) =>
      Promise.resolve(disk.files.has(path) ? decode(disk.files.get(path)) : undefined),
    readBytes: (path) => Promise.resolve(disk.files.get(path)?.slice()),
    kind: (path) =>
      Promise.resolve(disk.files.has(path) ? "file" : isFolder(path) ? "directory" : "missing"),
    list: (path, skip = () => false) =>
      Promise.resolve(
        filesBelow(disk, path)
          .map((file) => (path === "." ? file : file.slice(path.length + 1)))
          .filter((file) => !prefixesOf(file).some(skip))
          .sort(),
      ),
    names: (path) => {
      const start = path === "." ? "" : `${path}/`;
      const below = [...disk.files.keys(), ...disk.folders].filter(
        (found) => found.startsWith(start) && found !== start,
      );
      const names = new Set(below.map((found) => found.slice(start.length).split("/", 1)[0] ?? ""));
      return Promise.resolve(isFolder(path) ? [...names].sort() : undefined);
    },
    writeAtomic: (path, content) =>
      changing(() =>
        disk.files.set(path, typeof content === "string" ? encode(content) : content.slice()),
      ),
    makeDirectory: (path) => changing(() => disk.folders.add(path)),
    rename: (from, to) =>
      changing(() => {
        move(from, to);
      }),
    remove: (path) =>
      changing(() => {
        disk.files.delete(path);
        for (const file of filesBelow(disk, path)) disk.files.delete(file);
        removeFolders(disk, path);
      }),
    copyTree: (from, to, skip = () => false) =>
      changing(() => {
        for (const file of filesBelow(disk, from)) {
          const bytes = disk.files.get(file);
          const relative = file.slice(from.length + 1);
          if (bytes !== undefined && !prefixesOf(relative).some(skip))
            disk.files.set(`${to}/${relative}`, bytes);
        }
      }),
    temporaryDirectory: async (near, prefix) => {
      temporaries += 1;
      const path = `${near}/${prefix}${String(temporaries)}`;
      await changing(() => disk.folders.add(path));
      return path;
    },
    digest: (path) => {
      const bytes = disk.files.get(path);
      return Promise.resolve(bytes === undefined ? undefined : sha256(bytes));
    },
    size: (path) => Promise.resolve(disk.files.get(path)?.byteLength),
    realPath: (path) =>
      Promise.resolve(disk.files.has(path) || isFolder(path) ? `/project/${path}` : undefined),
    absolute: (path) => `/project/${path}`,
  };
}

function filesBelow(disk: MemoryDisk, path: string): readonly string[] {
  return [...disk.files.keys()].filter((file) => path === "." || file.startsWith(`${path}/`));
}

function removeFolders(disk: MemoryDisk, path: string): void {
  for (const folder of disk.folders) {
    if (folder === path || folder.startsWith(`${path}/`)) disk.folders.delete(folder);
  }
}

function prefixesOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}
