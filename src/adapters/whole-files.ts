/** Files that appear whole under their name or not at all, and what is asked of files that may be gone. */
import { createHash } from "node:crypto";
import { createReadStream, promises } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Sha256 } from "../base/brand.ts";
import { sha256, sha256FromHex } from "../base/hash.ts";
import { codeOf } from "./disk-errors.ts";

/** Of one read. */
export const PIECE_BYTES = 1 << 20;

/** Puts a finished file in its place, in a folder that is made when it is not there. */
export async function moveIn(temporary: string, target: string): Promise<void> {
  await promises.mkdir(dirname(target), { recursive: true });
  await promises.rename(temporary, target);
  await syncPath(dirname(target));
}

/** Makes a new file, which is on the disk afterwards. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await promises.open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Syncs a file or folder. Windows cannot open a folder; there the rename alone has to do. */
export async function syncPath(path: string): Promise<void> {
  try {
    const file = await promises.open(path, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes(codeOf(error))) throw error;
  }
}

/** @throws the system's error when it is not there. */
export async function digestOfFile(path: string): Promise<Sha256> {
  const bytes = await bytesOfSmall(path);
  if (bytes !== undefined) return sha256(bytes);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), hash);
  return sha256FromHex(hash.digest("hex"));
}

/** `undefined` when it is large, or not there. A stream or a copy of a small one costs several times what reading it does. */
export async function bytesOfSmall(path: string): Promise<Uint8Array | undefined> {
  const found = await missingAsUndefined(promises.stat(path));
  if (found?.isFile() !== true || found.size > PIECE_BYTES) return undefined;
  return missingAsUndefined(promises.readFile(path));
}

/** Whether anything has that name. */
export async function exists(path: string): Promise<boolean> {
  return (await missingAsUndefined(promises.access(path).then(() => true))) ?? false;
}

/** What the work gives, or `undefined` where it found no such file. */
export async function missingAsUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Leaves nothing in `tmp/` when something fails; after success the name is gone already. */
export async function cleaningUp<T>(temporary: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await promises.rm(temporary, { force: true });
  }
}
