/**
 * A shared store in a folder that several machines reach, in the layout of the project's own store. Blobs are written in
 * `tmp/`, compared with their names, and renamed. The folder itself is never made: where it is gone, a drive is not mounted.
 */
import { randomBytes } from "node:crypto";
import { constants, promises } from "node:fs";
import { join } from "node:path";
import type { Sha256 } from "../base/brand.ts";
import { EnvironmentError, MlopsError, TransientError } from "../base/errors.ts";
import { severalAtOnce } from "../base/several-at-once.ts";
import type { BlobSource, BlobStore, BlobTransfer } from "../ports/blob-store.ts";
import { openArtifactDirectory } from "./artifact-dir.ts";
import { blobKey } from "./blob-key.ts";
import { codeOf, namingDiskErrors } from "./disk-errors.ts";
import { fileSource } from "./file-source.ts";
import { cleaningUp, digestOfFile, missingAsUndefined, moveIn } from "./whole-files.ts";

const LOOKS_AT_ONCE = 16;

/** @param root Absolute. */
export function openFolderStore(root: string): BlobStore {
  const place = (digest: Sha256): string => join(root, blobKey(digest));
  return {
    describe: () => root,
    place,
    has: (digests, signal) =>
      reaching(root, async () => {
        const there = new Map<Sha256, number>();
        await severalAtOnce(digests, LOOKS_AT_ONCE, async (digest) => {
          signal.throwIfAborted();
          const found = await missingAsUndefined(promises.stat(place(digest)));
          if (found?.isFile() === true) there.set(digest, found.size);
        });
        return there;
      }),
    get: (digest, from) =>
      reaching(root, async () => {
        const source = await missingAsUndefined(fileSource(place(digest)));
        if (source === undefined) return undefined;
        const start = from > source.bytes ? 0 : from;
        return { from: start, bytes: source.bytes, pieces: reading(root, source.read(start)) };
      }),
    put: (digest, source, transfer) =>
      reaching(root, () =>
        namingDiskErrors(root, { code: "store-read-only", errors: READ_ONLY }, () =>
          write(root, { digest, source, transfer }),
        ),
      ),
    setAside: (digest) =>
      reaching(root, async () => {
        const artifacts = openArtifactDirectory(root);
        if (!(await artifacts.has(digest))) return false;
        // Opening compares with the name, and moves aside what differs.
        return (await artifacts.open(digest).catch(() => undefined)) === undefined
          ? !(await artifacts.has(digest))
          : false;
      }),
  };
}

const READ_ONLY = ["EACCES", "EPERM", "EROFS"];

/** What a network drive says when its server is away for a while. */
const AWAY = ["EIO", "ESTALE", "ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENOTCONN", "ENODEV"];

async function write(
  root: string,
  {
    digest,
    source,
    transfer,
  }: { readonly digest: Sha256; readonly source: BlobSource; readonly transfer: BlobTransfer },
): Promise<void> {
  const temporary = join(root, "tmp", randomBytes(12).toString("hex"));
  await promises.mkdir(join(root, "tmp")).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
  await cleaningUp(temporary, async () => {
    const file = await promises.open(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    );
    try {
      for await (const piece of source.read(0)) {
        transfer.signal.throwIfAborted();
        await file.writeFile(piece);
        transfer.sent?.(piece.length, "now");
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if ((await digestOfFile(temporary)) !== digest)
      throw new TransientError(`${root} gave back other bytes than were written to it.`, {
        code: "store-unreachable",
        hint: "check the drive: nothing of them was kept",
      });
    await moveIn(temporary, join(root, blobKey(digest)));
  });
}

/** Looks for the folder first, and says what a drive that is away means. */
async function reaching<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    const found = await missingAsUndefined(promises.stat(root));
    if (found?.isDirectory() !== true) throw gone(root);
    return await work();
  } catch (error) {
    throw failureOf(root, error);
  }
}

async function* reading(
  root: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw failureOf(root, error);
  }
}

function failureOf(root: string, error: unknown): unknown {
  if (error instanceof MlopsError) return error;
  const code = codeOf(error);
  const details = { code: "store-unreachable", cause: error };
  if (AWAY.includes(code))
    return new TransientError(`The shared store ${root} does not answer: ${code}.`, {
      ...details,
      hint: "check that the drive is mounted and its server is there, then run the command again",
    });
  if (["EACCES", "EPERM"].includes(code))
    return new EnvironmentError(`The shared store ${root} may not be read.`, {
      ...details,
      code: "store-denied",
      hint: "check who owns the folder and what your group may do",
    });
  return ["ENOENT", "ENOTDIR"].includes(code) ? gone(root) : error;
}

function gone(root: string): EnvironmentError {
  return new EnvironmentError(`The shared store ${root} is not there.`, {
    code: "store-unreachable",
    hint: `mount it, or make it: mkdir -p ${root}`,
  });
}
