/**
 * What promoting again does to the package on disk: the new text and the user's edits put together, checked before
 * anything is run or written.
 */

import type { Sha256 } from "../base/brand.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { ConflictError } from "../base/errors.ts";
import type { GeneratedFile } from "../base/generated-file.ts";
import { sha256, sha256OfJson } from "../base/hash.ts";
import { pythonName } from "../base/python-name.ts";
import { relativePath } from "../base/relative-path.ts";
import type { Artifacts } from "../ports/artifacts.ts";
import type { Files } from "../ports/files.ts";
import type { PythonParser } from "../python/parse.ts";
import type { PipelineRevision } from "../registry/pipeline-revision.ts";
import { checkMergedSteps } from "./check-merged-steps.ts";
import { packageMergeRules } from "./merge-package.ts";
import { type FileChange, joinPath, planWrites, type WritePlan } from "./plan-writes.ts";

/** What is to be written over what. */
export interface PackageWrite {
  /** Of the pipeline. */
  readonly name: string;
  /** Relative to the project root. */
  readonly folder: string;
  readonly files: readonly GeneratedFile[];
  /** The newest on record; `undefined` for the first promotion. */
  readonly previous: PipelineRevision | undefined;
  /** New name of a step → its name before, where the user renamed it. */
  readonly renamedSteps: Readonly<Record<string, string>>;
}

/** A place where both sides changed the same lines. */
export interface MergeConflict {
  /** Relative to the project root. */
  readonly path: string;
  readonly line: number;
}

/** What happens to one file that is not as it was. */
export interface PromotedFile {
  /** Relative to the project root. */
  readonly path: string;
  readonly change: Exclude<FileChange["kind"], "unchanged" | "conflict">;
  /** Why a file is kept. */
  readonly because?: string;
  /** Of a merged file, the lines where a conflict opens. */
  readonly conflicts?: readonly number[];
}

/** The package as it will be. */
export interface PlannedPackage {
  readonly writes: WritePlan;
  readonly changes: readonly PromotedFile[];
  /** Every file that will stand in the folder and that running or testing the package may touch. */
  readonly onDisk: readonly GeneratedFile[];
  /** Of the Python code that will stand there: what a certificate speaks of. */
  readonly digest: Sha256;
  readonly conflicts: readonly MergeConflict[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * @throws ConflictError `output-folder-taken`, `conflict-unresolved`, `edit-not-keepable`, `steps-disagree`.
 */
export async function planPackageWrites(
  input: PackageWrite,
  ports: { readonly files: Files; readonly artifacts: Artifacts; readonly parser: PythonParser },
): Promise<PlannedPackage> {
  const { name, folder, previous } = input;
  const packageName = pythonName(name);
  const number = previous?.revision ?? 0;
  const rules = packageMergeRules(folder, packageName, {
    labels: {
      ours: `yours (edited since ${name}:r${String(number)})`,
      theirs: `${name}:r${String(number + 1)} (from the notebook)`,
    },
    renamedSteps: input.renamedSteps,
  });
  const module = (step: string): string => `${packageName}/${pythonName(step)}.py`;
  const writes = await planWrites(
    {
      files: input.files,
      folder,
      base: previous?.files,
      merging: {
        ...rules,
        generatedText: async (digest) => {
          const bytes = await ports.artifacts.read(digest);
          return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
        },
        renamed: Object.fromEntries(
          Object.entries(input.renamedSteps).map(([now, before]) => [module(now), module(before)]),
        ),
      },
    },
    ports,
  );
  const diagnostics = writes.changes.flatMap((change) => findingsOf(change, folder));
  const [refused, ...others] = diagnostics.filter((one) => one.severity === "error");
  if (refused !== undefined) throw refusal(refused, others);
  const conflicts = writes.changes.flatMap((change) =>
    change.kind === "merge"
      ? change.conflicts.map((line) => ({ path: joinPath(folder, change.path), line }))
      : [],
  );
  const onDisk = await filesAfter(writes, input.files, packageName, ports.files);
  const edited = writes.changes.some(({ kind }) => kind === "merge" || kind === "kept");
  if (edited && conflicts.length === 0) {
    const [wrong, ...more] = checkMergedSteps(onDisk, {
      folder,
      packageName,
      parser: ports.parser,
    });
    if (wrong !== undefined) throw refusal(wrong, more);
  }
  const changes = promotedFiles(writes);
  return {
    writes,
    changes,
    onDisk,
    digest: packageDigest(onDisk, packageName),
    conflicts,
    diagnostics,
  };
}

/** Digest over the Python code of the package. */
function packageDigest(files: readonly GeneratedFile[], packageName: string): Sha256 {
  const code = files.filter(
    (file) => file.path.endsWith(".py") && file.path.startsWith(`${packageName}/`),
  );
  return sha256OfJson(Object.fromEntries(code.map((file) => [file.path, sha256(file.text)])));
}

function promotedFiles(writes: WritePlan): readonly PromotedFile[] {
  return writes.changes.flatMap((change): readonly PromotedFile[] => {
    const path = joinPath(writes.folder, change.path);
    switch (change.kind) {
      case "unchanged":
      case "conflict":
        return [];
      case "merge":
        return [{ path, change: change.kind, conflicts: change.conflicts }];
      case "kept":
        return [{ path, change: change.kind, because: change.because }];
      case "create":
      case "update":
      case "remove":
        return [{ path, change: change.kind }];
    }
  });
}

/** The generated files with the user's edits in them, and Python files of the user's own that those may import. */
async function filesAfter(
  writes: WritePlan,
  generated: readonly GeneratedFile[],
  packageName: string,
  files: Files,
): Promise<readonly GeneratedFile[]> {
  const after = new Map<string, GeneratedFile>();
  const asOnDisk = async (path: string): Promise<void> => {
    const text = await files.readText(joinPath(writes.folder, path));
    if (text !== undefined) after.set(path, { path: relativePath(path), text, mode: 0o644 });
  };
  for (const change of writes.changes) {
    if (change.kind === "create" || change.kind === "update" || change.kind === "merge")
      after.set(change.path, change.file);
    else if (change.kind === "kept" || change.kind === "unchanged") await asOnDisk(change.path);
  }
  const removed = new Set(
    writes.changes.filter((change) => change.kind === "remove").map((change) => change.path),
  );
  const below = joinPath(writes.folder, packageName);
  if ((await files.kind(below)) === "directory") {
    for (const path of await files.list(below, (relative) => relative.endsWith("__pycache__"))) {
      const full = `${packageName}/${path}`;
      if (path.endsWith(".py") && !after.has(full) && !removed.has(full)) await asOnDisk(full);
    }
  }
  const modes = new Map<string, GeneratedFile["mode"]>(
    generated.map((file) => [file.path, file.mode]),
  );
  return [...after.values()].map((file) => ({ ...file, mode: modes.get(file.path) ?? file.mode }));
}

function findingsOf(change: WritePlan["changes"][number], folder: string): readonly Diagnostic[] {
  const path = joinPath(folder, change.path);
  if (change.kind === "merge")
    return [
      ...change.diagnostics,
      ...change.conflicts.map(
        (line): Diagnostic => ({
          code: "merge-conflict",
          severity: "warning",
          message: `${path}, line ${String(line)}: your edit and the notebook's change meet here; both stand between marks`,
          hint: "keep the lines you want, remove the marks, then promote again",
          where: { path, line },
        }),
      ),
    ];
  if (change.kind !== "kept" || change.because !== "edited-and-no-longer-generated") return [];
  return [
    {
      code: "edited-file-orphaned",
      severity: "warning",
      message: `${path} was edited by you, and the notebook no longer makes it; your file stays, nothing uses it`,
      hint: "carry over what you need to the steps there are now, then delete it",
      where: { path },
    },
  ];
}

function refusal(first: Diagnostic, others: readonly Diagnostic[]): ConflictError {
  return new ConflictError(`${first.message}.`, {
    code: first.code,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    ...(first.where === undefined ? {} : { where: first.where }),
    diagnostics: others,
  });
}
