/**
 * Walking and copying folders. Where links are followed, what they lead to is taken for what stands at the link's place;
 * never into a folder that is being walked already, so that every walk ends.
 */
import { constants, type Dirent, promises, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { EnvironmentError } from "../base/errors.ts";
import { atOnce } from "./at-once.ts";
import { codeOf } from "./disk-errors.ts";

type Skip = ((relativePath: string) => boolean) | undefined;

/** What a walk found. */
export interface TreeEntry {
  readonly kind: "file" | "directory";
  /** Relative to the walked folder, with `/`. */
  readonly path: string;
}

/**
 * Files and folders below `folder`, a folder before what is in it. Sockets, devices and links that lead nowhere are passed over.
 *
 * @param links Whether symbolic links are passed over too, or stand for what they lead to.
 */
export async function* walkTree(
  folder: string,
  links: "pass-over" | "follow",
  skip: Skip,
): AsyncGenerator<TreeEntry> {
  const start = links === "follow" ? await realOf(folder) : undefined;
  yield* walk({ folder, prefix: "", open: start === undefined ? [] : [start], links, skip });
}

/**
 * Copies a folder with what its links lead to, by reflink where the file system can. The target may lie inside the source: it
 * is never copied into itself. A file that vanishes meanwhile counts as one that was not there.
 *
 * @throws EnvironmentError `file-unreadable`.
 */
export async function copyTree(from: string, to: string, skip: Skip): Promise<void> {
  await promises.mkdir(to, { recursive: true });
  const inside = toSlashes(relative(from, to));
  const skipTarget = (path: string): boolean => path === inside || skip?.(path) === true;
  const open = [await realOf(from), await realOf(to)].filter((path) => path !== undefined);
  const walked = { folder: from, prefix: "", open, links: "follow", skip: skipTarget } as const;
  for await (const entry of walk(walked)) {
    const source = join(from, entry.path);
    const target = join(to, entry.path);
    if (entry.kind === "directory") await promises.mkdir(target, { recursive: true });
    else
      await readable(source, () => promises.copyFile(source, target, constants.COPYFILE_FICLONE));
  }
}

interface Walked {
  readonly folder: string;
  readonly prefix: string;
  /** Real paths of the folders that are being walked, as far as links lead to them. */
  readonly open: readonly string[];
  readonly links: "pass-over" | "follow";
  readonly skip: Skip;
}

async function* walk(walked: Walked): AsyncGenerator<TreeEntry> {
  const { folder, prefix, links, skip } = walked;
  const here = join(folder, prefix);
  const entries = await readable(here, () =>
    atOnce(() => readdirSync(here, { withFileTypes: true })),
  );
  for (const entry of entries ?? []) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (skip?.(path) === true) continue;
    if (entry.isFile()) yield { kind: "file", path };
    else if (entry.isDirectory()) {
      yield { kind: "directory", path };
      yield* walk({ ...walked, prefix: path });
    } else if (links === "follow") yield* followLink(entry, path, walked);
  }
}

async function* followLink(entry: Dirent, path: string, walked: Walked): AsyncGenerator<TreeEntry> {
  const at = join(walked.folder, path);
  if (!entry.isSymbolicLink()) return;
  const real = await realOf(at);
  if (real === undefined) return;
  const found = await readable(at, () => promises.stat(real));
  if (found?.isFile() === true) yield { kind: "file", path };
  const isOpen = walked.open.some((open) => open === real || open.startsWith(withSlash(real)));
  if (found?.isDirectory() !== true || isOpen) return;
  yield { kind: "directory", path };
  yield* walk({ ...walked, prefix: path, open: [...walked.open, real] });
}

/** `undefined` for what is gone, and for links that go round in circles. */
async function readable<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error))) return undefined;
    if (!["EACCES", "EPERM"].includes(codeOf(error))) throw error;
    throw new EnvironmentError(`${toSlashes(path)} cannot be read.`, {
      code: "file-unreadable",
      where: { path: toSlashes(path) },
      hint: "check who may read it (ls -l); what is no part of the notebook's data belongs elsewhere",
      cause: error,
    });
  }
}

/** `undefined` where there is nothing, or a link that leads nowhere or round in circles. */
async function realOf(path: string): Promise<string | undefined> {
  try {
    return await promises.realpath(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function withSlash(path: string): string {
  return path.endsWith(sep) ? path : path + sep;
}

/** Paths inside the program have `/` everywhere. */
export function toSlashes(path: string): string {
  return sep === "\\" ? path.replaceAll("\\", "/") : path;
}
