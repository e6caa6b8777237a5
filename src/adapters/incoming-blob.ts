/**
 * A blob that is being received: a file in `partial/` that becomes a blob when its bytes match its name.
 *
 * Its name begins with the digest and says which process writes it, so that two commands that fetch the same blob never
 * write the same file, and what a killed one left is taken over. Taking over is a rename, which only one can win.
 */
import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import type { IncomingBlob } from "../ports/artifacts.ts";
import { systemProcessTable } from "./process-table.ts";
import { digestOfFile, missingAsUndefined, moveIn } from "./whole-files.ts";

export interface Receiving {
  /** Where partial blobs lie. */
  readonly folder: string;
  /** Where the blob will lie; ends in its 64 hex digits. */
  readonly target: string;
  /** Says in people's terms what the disk refuses. */
  readonly naming: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Goes on with what is left of an earlier attempt, or begins anew. */
export async function receiveBlob({ folder, target, naming }: Receiving): Promise<IncomingBlob> {
  await mkdir(folder, { recursive: true });
  const hex = basename(target);
  const path = join(folder, nameOf(hex, ownName()));
  await takeOver(folder, hex, path);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o666);
  let bytes = (await file.stat()).size;
  let isOpen = true;
  const end = async (): Promise<void> => {
    isOpen = false;
    await file.close();
  };
  return {
    bytes: () => bytes,
    append: (piece) =>
      naming(async () => {
        await writeAll(file, piece, bytes);
        bytes += piece.length;
      }),
    restart: () =>
      naming(async () => {
        await file.truncate(0);
        bytes = 0;
      }),
    finish: () =>
      naming(async () => {
        await file.sync();
        await end();
        const found = await digestOfFile(path);
        if (found === `sha256:${hex}`) await moveIn(path, target);
        else await rm(path, { force: true });
        return found;
      }),
    close: () =>
      naming(async () => {
        if (!isOpen) return;
        await end();
        if (bytes === 0) await rm(path, { force: true });
        else await rename(path, join(folder, nameOf(hex, "free")));
      }),
  };
}

/** Whole, however much of it the system takes at once. */
async function writeAll(file: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    const left = piece.length - written;
    written += (await file.write(piece, written, left, at + written)).bytesWritten;
  }
}

/** The longest that nobody writes; nothing where there is none. */
async function takeOver(folder: string, hex: string, path: string): Promise<void> {
  const free: { readonly at: string; readonly bytes: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${hex}.`) || isBeingWritten(name)) continue;
    const found = await missingAsUndefined(stat(join(folder, name)));
    if (found?.isFile() === true) free.push({ at: join(folder, name), bytes: found.size });
  }
  for (const { at } of free.sort((left, right) => right.bytes - left.bytes)) {
    const isOurs = await missingAsUndefined(rename(at, path).then(() => true));
    if (isOurs === true) return;
  }
}

function nameOf(hex: string, owner: string): string {
  return `${hex}.${owner}.${randomBytes(6).toString("hex")}`;
}

/** This process, as others find it in names: the machine, the number and the start. */
function ownName(): string {
  const { pid, start } = systemProcessTable.self();
  return `${machine()}_${String(pid)}_${encodeURIComponent(start ?? "")}`;
}

/** What another machine writes, or did, is left to `mlops clean`: from here nobody can tell whether it goes on. */
function isBeingWritten(name: string): boolean {
  const owner = name.slice(name.indexOf(".") + 1, name.lastIndexOf("."));
  if (owner === "free") return false;
  const [where, pid, start] = owner.split("_");
  if (where !== machine()) return true;
  const started = start === undefined || start === "" ? undefined : decodeURIComponent(start);
  return systemProcessTable.isAlive({ pid: Number(pid), start: started });
}

function machine(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 12);
}
