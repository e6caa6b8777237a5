/** The file system through node:fs. Paths are absolute or relative to the given root. */
import { createHash, randomBytes } from "node:crypto";
// Their promises are loaded by the first use of `promises`, and there are commands without one.
import { createReadStream, promises, readFileSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AtomicFile, StreamedFiles } from "../ports/files.ts";
import { atOnce } from "./at-once.ts";
import { namingDiskErrors } from "./disk-errors.ts";
import { copyTree, toSlashes, walkTree } from "./file-tree.ts";

/** Read in one piece rather than in a stream. */
const SMALL_BYTES = 1 << 20;

const UNWRITABLE = { code: "folder-unwritable", errors: ["EACCES", "EPERM", "EROFS"] };

/** Files as seen from the absolute folder `root`. */
export function createFiles(root: string): StreamedFiles {
  const absolute = (path: string): string => resolve(root, path);
  return {
    absolute: (path) => toSlashes(absolute(path)),
    readText: async (path) => unlessMissing(readWhole(absolute(path), "utf8")),
    readBytes: async (path) => unlessMissing(readWhole(absolute(path))),
    kind: async (path) => {
      const found = await unlessMissing(stateOf(absolute(path)));
      if (found === undefined) return "missing";
      if (found.isFile()) return "file";
      return found.isDirectory() ? "directory" : "other";
    },
    list: async (path, skip, links = "pass-over") => {
      const found: string[] = [];
      for await (const entry of walkTree(absolute(path), links, skip)) {
        if (entry.kind === "file") found.push(entry.path);
      }
      return found.sort();
    },
    names: async (path) => {
      const found = await unlessMissing(promises.readdir(absolute(path)));
      return found?.sort();
    },
    writeAtomic: (path, content, mode) =>
      naming(dirname(absolute(path)), () => writeAtomic(absolute(path), content, mode ?? 0o644)),
    beginAtomic: (path) => naming(dirname(absolute(path)), () => beginAtomic(absolute(path))),
    stream: (path) => streamFile(absolute(path)),
    makeDirectory: (path) =>
      naming(absolute(path), async () => {
        await promises.mkdir(absolute(path), { recursive: true });
      }),
    rename: async (from, to) => promises.rename(absolute(from), absolute(to)),
    remove: async (path) =>
      promises.rm(absolute(path), { recursive: true, force: true, maxRetries: 3 }),
    copyTree: (from, to, skip) =>
      naming(absolute(to), () => copyTree(absolute(from), absolute(to), skip)),
    temporaryDirectory: (near, prefix) =>
      naming(absolute(near), async () =>
        toSlashes(await promises.mkdtemp(join(await folderAt(absolute(near)), prefix))),
      ),
    digest: async (path) => unlessMissing(digest(absolute(path))),
    size: async (path) => (await unlessMissing(stateOf(absolute(path))))?.size,
    modifiedMs: async (path) => (await unlessMissing(stateOf(absolute(path))))?.mtimeMs,
    touch: async (path) => {
      const now = new Date();
      await unlessMissing(promises.utimes(absolute(path), now, now)).catch((error: unknown) => {
        if (!hasCode(error, "EACCES", "EPERM", "EROFS")) throw error;
      });
    },
    realPath: async (path) => {
      const found = await unlessMissing(promises.realpath(absolute(path)));
      return found === undefined ? undefined : toSlashes(found);
    },
    freeBytes: async (path) => {
      const found = await unlessMissing(promises.statfs(absolute(path)));
      return found === undefined ? undefined : found.bavail * found.bsize;
    },
  };
}

function naming<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return namingDiskErrors(folder, UNWRITABLE, work);
}

/**
 * After a crash at any moment the target holds its old content or the new one, never a part: the bytes are on disk
 * before the rename, and the rename is on disk before this returns.
 */
async function writeAtomic(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const folder = dirname(path);
  await promises.mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await promises.open(temporary, "wx", mode);
    try {
      await file.writeFile(content);
      // The mode given to open is narrowed by the umask; an executable file must stay one.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await promises.rename(temporary, path);
  } catch (error) {
    await promises.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function beginAtomic(path: string): Promise<AtomicFile> {
  const folder = dirname(path);
  await promises.mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const file = await promises.open(temporary, "wx", 0o644);
  let isOpen = true;
  const close = async (): Promise<boolean> => {
    if (!isOpen) return false;
    isOpen = false;
    await file.close();
    return true;
  };
  return {
    temporary: toSlashes(temporary),
    write: (content) => naming(folder, () => file.writeFile(content)),
    commit: () =>
      naming(folder, async () => {
        if (!isOpen) return;
        await file.sync();
        await close();
        await promises.rename(temporary, path);
        await syncFolder(folder);
      }),
    discard: async () => {
      if (await close()) await promises.rm(temporary, { force: true });
    },
  };
}

async function* streamFile(path: string): AsyncIterable<Uint8Array> {
  const found = await unlessMissing(promises.stat(path));
  if (found === undefined) return;
  const pieces: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 1 << 18 });
  yield* pieces;
}

/** Windows cannot open folders and some network file systems cannot sync them; there the rename is as durable as it gets. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await promises.open(folder, "r");
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, "EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP")) throw error;
  }
}

async function stateOf(path: string): Promise<Stats> {
  return atOnce(() => statSync(path));
}

/** Pipes and devices may let wait, and what is large takes long. */
function isSmall(found: Stats): boolean {
  return found.isFile() && found.size <= SMALL_BYTES;
}

async function readWhole(path: string): Promise<Buffer>;
async function readWhole(path: string, encoding: "utf8"): Promise<string>;
async function readWhole(path: string, encoding?: "utf8"): Promise<Buffer | string> {
  const bytes = isSmall(await stateOf(path))
    ? await readSmall(path)
    : await promises.readFile(path);
  return encoding === undefined ? bytes : bytes.toString(encoding);
}

async function readSmall(path: string): Promise<Buffer> {
  return atOnce(() => readFileSync(path));
}

/** A stream costs more than a millisecond, so that what is small, as nearly all files are, is read at once. */
async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  if (isSmall(await stateOf(path))) hash.update(await readSmall(path));
  else await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}

/** The folder itself, or the one a file is in. */
async function folderAt(path: string): Promise<string> {
  const found = await unlessMissing(promises.stat(path));
  if (found?.isFile() === true) return dirname(path);
  await promises.mkdir(path, { recursive: true });
  return path;
}

/** `undefined` instead of an error when a path, or a folder on the way to it, does not exist, or links go round in circles. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    codes.includes(error.code)
  );
}
