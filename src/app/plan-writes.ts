/**
 * What writing a set of generated files would do to a folder. Nothing is written here: `write-files.ts` does that.
 *
 * For each file three contents are compared by digest: base (as last generated), ours (as it is on disk), theirs (as now
 * generated). Where only one side changed, that side is taken; where both did, they are merged when the request says
 * how, and else the user's file stays and the new text goes beside it as `<file>.new`.
 */
import type { Sha256 } from "../base/brand.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConflictError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256 } from "../base/hash.ts";
import { relativePath } from "../base/relative-path.ts";
import type { Files } from "../ports/files.ts";
import { checkResolved } from "./check-resolved.ts";
import type { MergeRules } from "./merge-package.ts";
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
      readonly because: "edited" | "edited-and-no-longer-generated" | "deleted";
    }
  /** Both sides changed: `file` holds what came of it, with marks at the lines `conflicts`. */
  | {
      readonly kind: "merge";
      readonly path: string;
      readonly file: GeneratedFile;
      /** What was on disk; at `from` where the file has another name now. */
      readonly before: string;
      readonly from?: string;
      readonly conflicts: readonly number[];
      readonly diagnostics: readonly Diagnostic[];
    }
  /** Both sides changed and nothing says how to merge: the user's text stays, the generated one goes to `beside`. */
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
  /** How to put two changes of one file together; `undefined` puts the new text beside the user's. */
  readonly merging?: Merging;
}

/** What merging needs besides the three digests. */
export interface Merging extends MergeRules {
  /** Text last generated, by its digest; `undefined` when it is no longer stored. */
  readonly generatedText: (digest: Sha256) => Promise<string | undefined>;
  /** New path → the path under which the same file was generated last, for files that have another name now. */
  readonly renamed: Readonly<Record<string, string>>;
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
  const at: Place = { folder, base, files: ports.files, merging: request.merging };
  if (request.merging !== undefined) await checkResolved(folder, Object.keys(base), ports.files);
  for (const file of generated) changes.push(await changeOf(file, at));
  const wanted = new Set<string>(generated.map((file) => file.path));
  for (const [path, digest] of Object.entries(base)) {
    if (wanted.has(path)) continue;
    const before = await ports.files.readText(joinPath(folder, path));
    if (before === undefined) continue;
    const movedOn = changes.some((change) => change.kind === "merge" && change.from === path);
    changes.push(
      movedOn || sha256(before) === digest
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
      case "merge": {
        const from = change.kind === "merge" ? (change.from ?? change.path) : change.path;
        const before = joinPath(plan.folder, from);
        return renderTextDiff(change.before, change.file.text, { before, after: path });
      }
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

interface Place {
  readonly folder: string;
  readonly base: Readonly<Record<string, Sha256>>;
  readonly files: Files;
  readonly merging: Merging | undefined;
}

async function changeOf(file: GeneratedFile, at: Place): Promise<FileChange> {
  const { path } = file;
  const { merging } = at;
  const base = at.base[path];
  const before = await at.files.readText(joinPath(at.folder, path));
  if (before === undefined) {
    if (base === undefined) return (await carriedOver(file, at)) ?? created(file, "new");
    return merging === undefined || merging.isNeeded(path)
      ? created(file, "restored")
      : { kind: "kept", path, because: "deleted" };
  }
  const ours = sha256(before);
  const theirs = sha256(file.text);
  if (ours === theirs) return { kind: "unchanged", path };
  if (ours === base) return { kind: "update", path, file, before };
  if (theirs === base) {
    // An edit may be one that cannot be kept, also where nothing new meets it.
    const checked = merging && merged(file, { base: file.text, ours: before }, merging);
    return checked !== undefined && checked.diagnostics.length > 0
      ? checked
      : { kind: "kept", path, because: "edited" };
  }
  if (merging === undefined) return { kind: "conflict", path, beside: `${path}.new`, file, before };
  const from = base ?? at.base[merging.renamed[path] ?? ""];
  if (from === undefined)
    throw taken(
      joinPath(at.folder, path),
      "there is a file of yours where a generated one belongs",
    );
  const was = await merging.generatedText(from);
  return merged(file, { base: was ?? "", ours: before }, merging);
}

function created(file: GeneratedFile, because: "new" | "restored"): FileChange {
  return { kind: "create", path: file.path, file, because };
}

/** What the user wrote into a file that is generated under another name now. */
async function carriedOver(file: GeneratedFile, at: Place): Promise<FileChange | undefined> {
  const from = at.merging?.renamed[file.path];
  const digest = from === undefined ? undefined : at.base[from];
  if (at.merging === undefined || from === undefined || digest === undefined) return undefined;
  const before = await at.files.readText(joinPath(at.folder, from));
  const base = await at.merging.generatedText(digest);
  if (before === undefined || base === undefined || sha256(before) === digest) return undefined;
  return { ...merged(file, { base, ours: before }, at.merging), from };
}

function merged(
  file: GeneratedFile,
  sides: { readonly base: string; readonly ours: string },
  merging: Merging,
): FileChange & { readonly kind: "merge" } {
  const { text, conflicts, diagnostics } = merging.merge(file.path, {
    ...sides,
    theirs: file.text,
  });
  return {
    kind: "merge",
    path: file.path,
    file: { ...file, path: relativePath(file.path), text },
    before: sides.ours,
    conflicts,
    diagnostics,
  };
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

/** The error of a folder with files that nobody generated. */
export function taken(folder: string, why: string): ConflictError {
  return new ConflictError(`${folder} cannot be written: ${why}.`, {
    code: "output-folder-taken",
    where: { path: folder },
    hint: "move it away, or choose another place (a pipeline goes by --name, a deployment by --output)",
  });
}

function checkNoDuplicates(files: readonly GeneratedFile[]): void {
  for (const [index, file] of files.entries()) {
    if (files[index + 1]?.path === file.path)
      throw new Error(`two generated files have the path ${file.path}`);
  }
}
