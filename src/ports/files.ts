/** A file that appears whole or not at all. Whoever began it commits or discards it; the second of either does nothing. */
export interface AtomicFile {
  /** Absolute, beside the target: for programs that write it themselves. */
  readonly temporary: string;
  readonly write: (content: string | Uint8Array) => Promise<void>;
  /** Syncs what was written and puts it in place of the target. */
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** The file system, as `app/` sees it. Paths are absolute or relative to the project root given to the adapter; `/` always separates. */
export interface Files {
  /** `undefined` when there is no such file. */
  readonly readText: (path: string) => Promise<string | undefined>;
  readonly readBytes: (path: string) => Promise<Uint8Array | undefined>;
  readonly kind: (path: string) => Promise<"file" | "directory" | "other" | "missing">;
  /** Relative paths with `/`, sorted, of all files below `path`; `skip` prunes folders and files by relative path. Symlinks are passed over, or stand for what they lead to. */
  readonly list: (
    path: string,
    skip?: (relativePath: string) => boolean,
    links?: "pass-over" | "follow",
  ) => Promise<readonly string[]>;
  /** Names of all that is directly in a folder, sorted; `undefined` when it is no folder. */
  readonly names: (path: string) => Promise<readonly string[] | undefined>;
  /** Writes to a temporary name beside the target, syncs, renames. Creates folders. */
  readonly writeAtomic: (
    path: string,
    content: string | Uint8Array,
    mode?: number,
  ) => Promise<void>;
  readonly makeDirectory: (path: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  /** Copies a folder with what its links lead to, by reflink where the file system can; never links. `skip` as in `list`. */
  readonly copyTree: (
    from: string,
    to: string,
    skip?: (relativePath: string) => boolean,
  ) => Promise<void>;
  /** A fresh empty folder on the same file system as `near`; the caller removes it. */
  readonly temporaryDirectory: (near: string, prefix: string) => Promise<string>;
  /** `sha256:<hex>` of a file, streamed; `undefined` when missing. */
  readonly digest: (path: string) => Promise<string | undefined>;
  /** Bytes of a file; `undefined` when missing. */
  readonly size: (path: string) => Promise<number | undefined>;
  /** When a file or folder was last written, in milliseconds since 1970; `undefined` when missing. */
  readonly modifiedMs: (path: string) => Promise<number | undefined>;
  /** Makes a file or folder as young as if it had been written now; nothing when it is missing or may not be changed. */
  readonly touch: (path: string) => Promise<void>;
  /** Absolute, with every symlink followed; `undefined` when missing. */
  readonly realPath: (path: string) => Promise<string | undefined>;
  readonly absolute: (path: string) => string;
  /** What this user may still write where `path` is or would be; `undefined` where the system does not say. */
  readonly freeBytes: (path: string) => Promise<number | undefined>;
}

/** Files that are larger than memory. */
export interface StreamedFiles extends Files {
  /** As `writeAtomic`, piece by piece. */
  readonly beginAtomic: (path: string) => Promise<AtomicFile>;
  /** The bytes of a file piece by piece; nothing when it is missing. */
  readonly stream: (path: string) => AsyncIterable<Uint8Array>;
}
