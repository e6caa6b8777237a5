/**
 * Which interpreter a pipeline was promoted with when a person named one, so that `run` and `verify` take the same and not
 * whichever a search finds. Of this machine, so it is kept in `.mlops/`, never in a file that is committed.
 *
 * It holds until another one is named, the `python:` of the settings changes, or the interpreter is gone.
 */
import type { Files } from "../ports/files.ts";
import { STATE_FOLDER } from "./find-project.ts";

/** Relative to the project root. */
export const PYTHONS_FILE = `${STATE_FOLDER}/pythons.json`;

/** In the place of a pipeline's name: what `init` was told, for all that were promoted with nothing else. No pipeline can be called so. */
export const EVERY_PIPELINE = "*";

/** Where to look, and what stands in the settings now. */
export interface PythonMemory {
  readonly pipeline: string;
  /** `python:` of the settings. */
  readonly setting: string | undefined;
}

/** What is known of a pipeline's interpreter. */
export type RememberedPython =
  | { readonly kind: "none" }
  | { readonly kind: "known"; readonly python: string }
  /** It was there when the pipeline was promoted. */
  | { readonly kind: "gone"; readonly python: string };

interface Entry {
  /** Absolute path. */
  readonly python: string;
  /** The settings' `python:` when it was named; null without. */
  readonly setting: string | null;
}

/** A damaged file remembers nothing. */
export async function rememberedPython(
  { pipeline, setting }: PythonMemory,
  files: Files,
): Promise<RememberedPython> {
  const entries = await readEntries(files);
  const entry = entries.get(pipeline);
  if (entry === undefined || entry.setting !== (setting ?? null)) return { kind: "none" };
  const { python } = entry;
  return { kind: (await files.kind(python)) === "file" ? "known" : "gone", python };
}

/** @param python Absolute path; `undefined` forgets what was named before. */
export async function rememberPython(
  { pipeline, setting }: PythonMemory,
  python: string | undefined,
  files: Files,
): Promise<void> {
  const before = await readEntries(files);
  const entries = new Map(before);
  if (python === undefined) entries.delete(pipeline);
  else entries.set(pipeline, { python, setting: setting ?? null });
  const known = before.get(pipeline);
  const next = entries.get(pipeline);
  if (known?.python === next?.python && known?.setting === next?.setting) return;
  await files.writeAtomic(
    PYTHONS_FILE,
    `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`,
  );
}

async function readEntries(files: Files): Promise<ReadonlyMap<string, Entry>> {
  try {
    const found: unknown = JSON.parse((await files.readText(PYTHONS_FILE)) ?? "{}");
    if (typeof found !== "object" || found === null) return new Map();
    return new Map(
      Object.entries(found).flatMap(([pipeline, entry]: readonly [string, unknown]) =>
        isEntry(entry) ? [[pipeline, entry] as const] : [],
      ),
    );
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is Entry {
  return (
    typeof entry === "object" &&
    entry !== null &&
    "python" in entry &&
    typeof entry.python === "string" &&
    "setting" in entry &&
    (entry.setting === null || typeof entry.setting === "string")
  );
}
