/**
 * The content-addressed store in a folder: `blobs/<first two hex>/<64 hex>`, `runs/<run id>/<step>/manifest.json`.
 * A blob is written under a temporary name in `tmp/`, synced, renamed, and its folder synced; so a name in `blobs/` always
 * has whole bytes. Reads are verified all the same, because disks and people change files: what does not match its name
 * goes to `quarantine/` and counts as missing. What is being received lies in `partial/` until it is whole. Readers and writers may be other processes, Python ones among them.
 */
import { randomBytes } from "node:crypto";
import { constants, createReadStream, promises, utimesSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Sha256 } from "../base/brand.ts";
import { EnvironmentError, InputError } from "../base/errors.ts";
import { isSha256, sha256 } from "../base/hash.ts";
import type { Artifacts, StoredBlob, StoredRun } from "../ports/artifacts.ts";
import { atOnce } from "./at-once.ts";
import { codeOf, namingDiskErrors } from "./disk-errors.ts";
import { fileSource } from "./file-source.ts";
import { receiveBlob } from "./incoming-blob.ts";
import {
  bytesOfSmall,
  cleaningUp,
  digestOfFile,
  exists,
  missingAsUndefined,
  moveIn,
  PIECE_BYTES,
  syncPath,
  writeSynced,
} from "./whole-files.ts";

const UNWRITABLE = {
  code: "store-unwritable",
  errors: ["EACCES", "EPERM", "EROFS", "EEXIST", "ENOTDIR"],
};

/**
 * A store in `root`, which is made when something is first written.
 * @throws EnvironmentError `disk-full`, `store-unwritable` from the writing methods.
 */
export function openArtifactDirectory(root: string): Artifacts {
  const folder = resolve(root);
  const blobPath = (digest: Sha256): string => {
    if (!isSha256(digest)) throw new Error(`${String(digest)} is not a digest`);
    const hex = digest.slice("sha256:".length);
    return join(folder, "blobs", hex.slice(0, 2), hex);
  };
  const write = async (bytes: Uint8Array): Promise<Sha256> => {
    const digest = sha256(bytes);
    if (await isWhole(blobPath(digest), digest)) return digest;
    const temporary = await temporaryPath(folder);
    return cleaningUp(temporary, async () => {
      await writeSynced(temporary, bytes);
      await moveIn(temporary, blobPath(digest));
      return digest;
    });
  };

  return {
    root: folder,
    has: (digest) => exists(blobPath(digest)),
    use: (digest) => refresh(blobPath(digest)),
    read: async (digest) => {
      const bytes = await missingAsUndefined(promises.readFile(blobPath(digest)));
      if (bytes === undefined || sha256(bytes) === digest) return bytes;
      await quarantine(folder, blobPath(digest));
      return undefined;
    },
    write: (bytes) => naming(folder, () => write(bytes)),
    addFile: (path) =>
      naming(folder, async () => {
        const bytes = await bytesOfSmall(path);
        if (bytes !== undefined) return write(bytes);
        const temporary = await temporaryPath(folder);
        return cleaningUp(temporary, async () => {
          // The copy is hashed, not the original: nobody changes the copy meanwhile.
          await promises
            .copyFile(path, temporary, constants.COPYFILE_FICLONE)
            .catch((error: unknown) => {
              throw codeOf(error) === "ENOENT"
                ? new InputError(`${path} is not there.`, {
                    code: "file-missing",
                    where: { path },
                    cause: error,
                  })
                : error;
            });
          const digest = await digestOfFile(temporary);
          if (await isWhole(blobPath(digest), digest)) return digest;
          await syncPath(temporary);
          await moveIn(temporary, blobPath(digest));
          return digest;
        });
      }),
    copyTo: (digest, path) => copyVerified(folder, { digest, from: blobPath(digest), to: path }),
    open: async (digest) =>
      (await isWhole(blobPath(digest), digest)) ? fileSource(blobPath(digest)) : undefined,
    receive: (digest) =>
      naming(folder, () =>
        receiveBlob({
          folder: join(folder, "partial"),
          target: blobPath(digest),
          naming: (work) => naming(folder, work),
        }),
      ),
    readManifest: async (runId, step) => {
      const text = await missingAsUndefined(
        promises.readFile(manifestPath(folder, runId, step), "utf8"),
      );
      return text === undefined ? undefined : parseManifest(text, runId, step);
    },
    writeManifest: (runId, step, manifest) =>
      naming(folder, async () => {
        const target = manifestPath(folder, runId, step);
        const temporary = await temporaryPath(folder);
        await cleaningUp(temporary, async () => {
          await writeSynced(temporary, new TextEncoder().encode(`${JSON.stringify(manifest)}\n`));
          await moveIn(temporary, target);
        });
      }),
    runs: () => listRuns(join(folder, "runs")),
    removeRun: (runId) =>
      naming(folder, () =>
        promises.rm(join(folder, "runs", pathPart(runId)), { recursive: true, force: true }),
      ),
    list: () => listBlobs(join(folder, "blobs")),
    stream: (digest) => streamFile(blobPath(digest)),
    removeOlder: (digest, beforeMs) =>
      naming(folder, async () =>
        removeOlder(blobPath(digest), await temporaryPath(folder), beforeMs),
      ),
    removeLeftovers: (beforeMs) => naming(folder, () => removeLeftovers(folder, beforeMs)),
  };
}

/** Symlinks and what has no digest for a name are somebody else's. */
async function listBlobs(folder: string): Promise<readonly StoredBlob[]> {
  const found: StoredBlob[] = [];
  for (const prefix of await namesIn(folder)) {
    for (const name of await namesIn(join(folder, prefix))) {
      const digest = `sha256:${name}`;
      if (!isSha256(digest) || !name.startsWith(prefix)) continue;
      const stat = await missingAsUndefined(promises.lstat(join(folder, prefix, name)));
      if (stat?.isFile() === true)
        found.push({ digest, bytes: stat.size, writtenAtMs: stat.mtimeMs });
    }
  }
  return found;
}

async function listRuns(folder: string): Promise<readonly StoredRun[]> {
  const found: StoredRun[] = [];
  for (const id of await namesIn(folder)) {
    const steps = await namesIn(join(folder, id));
    const paths = [id, ...steps.map((step) => join(id, step))];
    const stats = await Promise.all(
      paths.map((path) => missingAsUndefined(promises.lstat(join(folder, path)))),
    );
    if (stats[0]?.isDirectory() !== true || !/^[0-9a-f]{32}$/.test(id)) continue;
    found.push({ id, writtenAtMs: Math.max(...stats.map((stat) => stat?.mtimeMs ?? 0)) });
  }
  return found;
}

/** Gone meanwhile is gone. A store that may only be read keeps its times: nobody cleans it from here either. */
async function refresh(path: string): Promise<boolean> {
  try {
    const now = new Date();
    await atOnce(() => {
      utimesSync(path, now, now);
    });
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(codeOf(error))) return exists(path);
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
    throw error;
  }
}

/** Nothing behind a symlink: what lies there is not ours to remove. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const found = await missingAsUndefined(promises.lstat(folder));
  return found?.isDirectory() === true ? promises.readdir(folder) : [];
}

/** Out of the way first, so that whoever stores it from now on writes it anew; put back if somebody did before that. */
async function removeOlder(path: string, aside: string, beforeMs: number): Promise<boolean> {
  const isOld = async (at: string): Promise<boolean> => {
    const found = await missingAsUndefined(promises.lstat(at));
    return found?.isFile() === true && found.mtimeMs < beforeMs;
  };
  if (!(await isOld(path))) return false;
  if ((await missingAsUndefined(promises.rename(path, aside).then(() => true))) === undefined)
    return false;
  const isStillOld = await isOld(aside);
  if (isStillOld) await promises.rm(aside, { force: true });
  else await promises.rename(aside, path);
  return isStillOld;
}

async function* streamFile(path: string): AsyncIterable<Uint8Array> {
  if (!(await exists(path))) return;
  const pieces: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: PIECE_BYTES });
  yield* pieces;
}

async function removeLeftovers(folder: string, beforeMs: number): Promise<number> {
  let bytes = 0;
  for (const kind of ["tmp", "partial", "quarantine"]) {
    for (const name of await namesIn(join(folder, kind))) {
      const path = join(folder, kind, name);
      const stat = await missingAsUndefined(promises.lstat(path));
      if (stat?.isFile() !== true || stat.mtimeMs >= beforeMs) continue;
      await promises.rm(path, { force: true });
      bytes += stat.size;
    }
  }
  return bytes;
}

function manifestPath(folder: string, runId: string, step: string): string {
  return join(folder, "runs", pathPart(runId), pathPart(step), "manifest.json");
}

/** Ids and names that could leave the folder are refused: they come from users and from other programs. */
function pathPart(part: string): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(part)) return part;
  throw new Error(`"${part}" cannot be part of a path in the store`);
}

function parseManifest(text: string, runId: string, step: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new EnvironmentError(
      `The manifest of step ${step} in run ${runId.slice(0, 8)} is not JSON.`,
      {
        code: "store-corrupt",
        hint: "run the step again with --force",
        cause: error,
      },
    );
  }
}

async function copyVerified(
  folder: string,
  copy: { readonly digest: Sha256; readonly from: string; readonly to: string },
): Promise<boolean> {
  const temporary = join(
    dirname(copy.to),
    `.${basename(copy.to)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  return naming(dirname(copy.to), () =>
    cleaningUp(temporary, async () => {
      await promises.mkdir(dirname(copy.to), { recursive: true });
      const copied = await missingAsUndefined(
        promises.copyFile(copy.from, temporary, constants.COPYFILE_FICLONE).then(() => true),
      );
      if (copied === undefined) return false;
      if ((await digestOfFile(temporary)) !== copy.digest) {
        await quarantine(folder, copy.from);
        return false;
      }
      await syncPath(temporary);
      await promises.rename(temporary, copy.to);
      await syncPath(dirname(copy.to));
      return true;
    }),
  );
}

/** Whether a blob is there with its own bytes; a damaged one is moved aside so that it can be written again. */
async function isWhole(path: string, digest: Sha256): Promise<boolean> {
  const found = await missingAsUndefined(digestOfFile(path));
  if (found === digest) {
    // Somebody is about to rely on it: from now on it is as young as if it had been written.
    return refresh(path);
  }
  if (found === undefined) return false;
  await quarantine(dirname(dirname(dirname(path))), path);
  return false;
}

async function quarantine(folder: string, path: string): Promise<void> {
  await promises.mkdir(join(folder, "quarantine"), { recursive: true });
  const aside = join(folder, "quarantine", `${basename(path)}-${randomBytes(4).toString("hex")}`);
  // Another process may have moved it first; then it is out of the way, which is all that is wanted.
  await missingAsUndefined(promises.rename(path, aside));
}

async function temporaryPath(folder: string): Promise<string> {
  await promises.mkdir(join(folder, "tmp"), { recursive: true });
  return join(folder, "tmp", randomBytes(12).toString("hex"));
}

function naming<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return namingDiskErrors(folder, UNWRITABLE, work);
}
