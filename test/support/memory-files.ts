/** The Files port in memory. Absolute paths are below `/project` unless they say otherwise. */
import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path/posix";
import type { Files } from "../../src/ports/files.ts";

/** @param initial Texts by path, relative to the root. */
export function memoryFiles(
  initial: Readonly<Record<string, string | Uint8Array>> = {},
  root = "/project",
): Files {
  const files = new Map<string, Uint8Array>();
  const writtenMs = new Map<string, number>();
  const folders = new Set<string>(["/"]);
  let temporary = 0;

  const absolute = (path: string): string => resolve(root, path);
  function addFolder(path: string): void {
    if (files.has(path)) throw new Error(`EEXIST: ${path} is a file`);
    folders.add(path);
    if (path !== "/") addFolder(dirname(path));
  }
  function write(path: string, content: string | Uint8Array): void {
    if (folders.has(path)) throw new Error(`EISDIR: ${path} is a folder`);
    addFolder(dirname(path));
    files.set(path, typeof content === "string" ? Buffer.from(content) : Buffer.from(content));
    writtenMs.set(path, Date.now());
  }
  function below(folder: string): readonly string[] {
    return [...files.keys(), ...folders].filter((path) => path.startsWith(`${folder}/`)).sort();
  }
  function visible(
    folder: string,
    skip: ((path: string) => boolean) | undefined,
  ): readonly string[] {
    return below(folder)
      .map((path) => path.slice(folder.length + 1))
      .filter((path) => !prefixesOf(path).some((prefix) => skip?.(prefix) === true));
  }

  addFolder(root);
  for (const [path, content] of Object.entries(initial)) write(absolute(path), content);

  return {
    absolute,
    size: async (path) => files.get(absolute(path))?.byteLength,
    modifiedMs: async (path) =>
      files.has(absolute(path)) || folders.has(absolute(path))
        ? (writtenMs.get(absolute(path)) ?? 0)
        : undefined,
    touch: async (path) => {
      if (files.has(absolute(path))) writtenMs.set(absolute(path), Date.now());
    },
    realPath: async (path) =>
      files.has(absolute(path)) || folders.has(absolute(path)) ? absolute(path) : undefined,
    freeBytes: async () => 100e9,
    readText: async (path) => {
      const bytes = files.get(absolute(path));
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
    },
    readBytes: async (path) => {
      const bytes = files.get(absolute(path));
      return bytes === undefined ? undefined : Buffer.from(bytes);
    },
    kind: async (path) => {
      if (files.has(absolute(path))) return "file";
      return folders.has(absolute(path)) ? "directory" : "missing";
    },
    list: async (path, skip) =>
      visible(absolute(path), skip).filter((found) => files.has(`${absolute(path)}/${found}`)),
    names: async (path) => {
      const folder = absolute(path);
      if (!folders.has(folder)) return undefined;
      const start = folder === "/" ? "/" : `${folder}/`;
      const firsts = [...files.keys(), ...folders]
        .filter((found) => found.startsWith(start) && found !== start)
        .map((found) => found.slice(start.length).split("/", 1)[0] ?? "");
      return [...new Set(firsts)].sort();
    },
    writeAtomic: async (path, content) => write(absolute(path), content),
    makeDirectory: async (path) => addFolder(absolute(path)),
    rename: async (from, to) => {
      const [source, target] = [absolute(from), absolute(to)];
      const bytes = files.get(source);
      if (bytes !== undefined) {
        files.delete(source);
        write(target, bytes);
        return;
      }
      if (!folders.has(source)) throw new Error(`ENOENT: ${source}`);
      for (const path of [source, ...below(source)]) {
        const moved = `${target}${path.slice(source.length)}`;
        const content = files.get(path);
        files.delete(path);
        folders.delete(path);
        if (content === undefined) addFolder(moved);
        else write(moved, content);
      }
    },
    remove: async (path) => {
      for (const found of [absolute(path), ...below(absolute(path))]) {
        files.delete(found);
        folders.delete(found);
      }
    },
    copyTree: async (from, to, skip) => {
      const [source, target] = [absolute(from), absolute(to)];
      const paths = visible(source, skip);
      addFolder(target);
      for (const path of paths) {
        if (`${source}/${path}` === target || `${source}/${path}`.startsWith(`${target}/`))
          continue;
        const content = files.get(`${source}/${path}`);
        if (content === undefined) addFolder(`${target}/${path}`);
        else write(`${target}/${path}`, content);
      }
    },
    temporaryDirectory: async (near, prefix) => {
      temporary += 1;
      const start = files.has(absolute(near)) ? dirname(absolute(near)) : absolute(near);
      const path = `${start}/${prefix}${String(temporary).padStart(6, "0")}`;
      addFolder(path);
      return path;
    },
    digest: async (path) => {
      const bytes = files.get(absolute(path));
      if (bytes === undefined) return undefined;
      return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    },
  };
}

/** `a`, `a/b`, `a/b/c` */
function prefixesOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
