/**
 * What writing a set of generated files would do to a folder. Nothing is written here: `write-files.ts` does that.
 *
 * For each file three contents are compared by digest: base (as last generated), ours (as it is on disk), theirs (as now
 * generated). Where only one side changed, that side is taken; where both did, the user's file stays and the new text
 * goes beside it as `<file>.new`.
 */
import type { Sha256 } from "../base/brand.ts";
import { ConflictError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256 } from "../base/hash.ts";
import type { Files } from "../ports/files.ts";
import { renderTextDiff } from "./text-diff.ts";

/** What happens to one file; `path` is relative to the folder. */
export type FileChange =
  /** `restored`: it was generated before and is gone from the disk. */
  | {
      readonly kind: "create";
      readonly path: string;
      readonly file: GeneratedFile;
      readonly because: "new" | "restored";
    }
  | {
      readonly kind: "update";
      readonly path: string;
      readonly file: GeneratedFile;
      readonly before: string;
    }
  | { readonly kind: "unchanged"; readonly path: string }
  /** The user's text stays and nothing new was generated for it. */
  | {
      readonly kind: "kept";
      readonly path: string;
      readonly because: "edited" | "edited-and-no-longer-generated";
    }
  /** Both sides changed: the user's text stays, the generated one goes to `beside`. */
  | {
      readonly kind: "conflict";
      readonly path: string;
      readonly beside: string;
      readonly file: GeneratedFile;
      readonly before: string;
    }
  /** No longer generated and never edited. */
  | { readonly kind: "remove"; readonly path: string; readonly before: string };

/** What is to be written where. */
export interface WriteRequest {
  readonly files: readonly GeneratedFile[];
  /** Relative to the project root, with `/`; `.` is the root itself. */
  readonly folder: string;
  /**
   * Path → digest as last generated, from the newest revision on record. `undefined` says that nothing was ever generated
   * here, so that a folder with files in it is somebody else's; an empty record says that the folder is shared with the
   * user's own files (the project root) and every file is judged by itself.
   */
  readonly base: Readonly<Record<string, Sha256>> | undefined;
}

/** A checked request, ready to be shown or applied. */
export interface WritePlan {
  readonly folder: string;
  /** The folder does not exist or is empty: it will appear by one rename. */
  readonly fresh: boolean;
  /** Sorted by path. */
  readonly changes: readonly FileChange[];
}

/**
 * Compares and decides.
 * @throws ConflictError `output-folder-taken` when the folder holds other files and no revision is on record.
 */
export async function planWrites(
  request: WriteRequest,
  ports: { readonly files: Files },
): Promise<WritePlan> {
  const { folder } = request;
  const generated = [...request.files].sort((left, right) => (left.path < right.path ? -1 : 1));
  checkNoDuplicates(generated);
  const kind = await ports.files.kind(folder);
  if (kind === "file" || kind === "other") throw taken(folder, "it is not a folder");
  if (
    kind === "missing" ||
    (request.base === undefined && (await ports.files.list(folder)).length === 0)
  ) {
    const changes = generated.map(
      (file): FileChange => ({ kind: "create", path: file.path, file, because: "new" }),
    );
    return { folder, fresh: true, changes };
  }

  const base = request.base ?? (await adoptIdentical(request, ports.files));
  const changes: FileChange[] = [];
  for (const file of generated)
    changes.push(await changeOf(file, base[file.path], { folder, files: ports.files }));
  const wanted = new Set<string>(generated.map((file) => file.path));
  for (const [path, digest] of Object.entries(base)) {
    if (wanted.has(path)) continue;
    const before = await ports.files.readText(joinPath(folder, path));
    if (before === undefined) continue;
    const untouched = sha256(before) === digest;
    changes.push(
      untouched
        ? { kind: "remove", path, before }
        : { kind: "kept", path, because: "edited-and-no-longer-generated" },
    );
  }
  changes.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { folder, fresh: false, changes };
}

/** Whether applying the plan would change anything on disk. */
export function hasWrites(plan: WritePlan): boolean {
  return plan.changes.some((change) => change.kind !== "unchanged" && change.kind !== "kept");
}

/** The plan as a unified diff over all files, for `--diff`; empty when nothing would change. */
export function renderWriteDiff(plan: WritePlan): string {
  const diffs = plan.changes.map((change) => {
    const path = joinPath(plan.folder, change.path);
    switch (change.kind) {
      case "create":
        return renderTextDiff("", change.file.text, { before: "/dev/null", after: path });
      case "update":
        return renderTextDiff(change.before, change.file.text, { before: path, after: path });
      case "conflict":
        return renderTextDiff(change.before, change.file.text, {
          before: path,
          after: joinPath(plan.folder, change.beside),
        });
      case "remove":
        return renderTextDiff(change.before, "", { before: path, after: "/dev/null" });
      case "unchanged":
      case "kept":
        return "";
    }
  });
  return diffs.filter((diff) => diff !== "").join("\n");
}

/** A path below a folder; `.` adds nothing. */
export function joinPath(folder: string, path: string): string {
  return folder === "." || folder === "" ? path : `${folder}/${path}`;
}

async function changeOf(
  file: GeneratedFile,
  base: Sha256 | undefined,
  at: { readonly folder: string; readonly files: Files },
): Promise<FileChange> {
  const before = await at.files.readText(joinPath(at.folder, file.path));
  if (before === undefined)
    return {
      kind: "create",
      path: file.path,
      file,
      because: base === undefined ? "new" : "restored",
    };
  const ours = sha256(before);
  const theirs = sha256(file.text);
  if (ours === theirs) return { kind: "unchanged", path: file.path };
  if (ours === base) return { kind: "update", path: file.path, file, before };
  if (theirs === base) return { kind: "kept", path: file.path, because: "edited" };
  return { kind: "conflict", path: file.path, beside: `${file.path}.new`, file, before };
}

/** A folder that holds exactly what would be generated (a fresh clone has no registry) is ours; any other is not. */
async function adoptIdentical(
  request: WriteRequest,
  files: Files,
): Promise<Readonly<Record<string, Sha256>>> {
  const base: Record<string, Sha256> = {};
  for (const file of request.files) {
    const text = await files.readText(joinPath(request.folder, file.path));
    if (text !== file.text)
      throw taken(request.folder, "it holds files that are not on record as generated");
    base[file.path] = sha256(text);
  }
  return base;
}

function taken(folder: string, why: string): ConflictError {
  return new ConflictError(`${folder} cannot be written: ${why}.`, {
    code: "output-folder-taken",
    where: { path: folder },
    hint: "move it away, or choose another place with --output",
  });
}

function checkNoDuplicates(files: readonly GeneratedFile[]): void {
  for (const [index, file] of files.entries()) {
    if (files[index + 1]?.path === file.path)
      throw new Error(`two generated files have the path ${file.path}`);
  }
}
