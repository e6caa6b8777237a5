/**
 * What YAML files said when they were last read and checked, kept in `.mlops/`. To load the reader and the checks, and to read the
 * file of a pipeline, took a third of a run that has nothing to do.
 *
 * A value is taken from here only when this very build of the program checked this very text as a file of this kind, and
 * each entry carries a seal over all of that and the value. Anything else, a missing or damaged memory among it, is read
 * and checked again: problems and their places are not remembered.
 */
import { buildId } from "../base/build-id.ts";
import { sha256 } from "../base/hash.ts";
import type { Config } from "../config/schema.ts";
import type { ParamsFile, PipelineFile } from "../pipeline/schema.ts";
import type { Files } from "../ports/files.ts";

/** What a file of each kind is once it is checked. */
export interface CheckedYaml {
  readonly config: Config;
  readonly pipeline: PipelineFile;
  readonly params: ParamsFile;
}

/** A text that is read as a file of some kind. */
export interface YamlText<Kind extends keyof CheckedYaml> {
  readonly kind: Kind;
  readonly text: string;
}

const STATE_FOLDER = ".mlops";
const MEMORY_FILE = `${STATE_FOLDER}/yaml.json`;
/** The oldest go first; a project has two for each pipeline and one of its own. */
const MOST_REMEMBERED = 40;

interface Reading {
  /** Of build, kind and text. */
  readonly key: string;
  /** The checked value as JSON. */
  readonly json: string;
  /** Over both, so that a memory that somebody changed, or a disk damaged, says nothing. */
  readonly seal: string;
}

/** `undefined` when this build did not check this text before. Never throws. */
export async function rememberedYaml<Kind extends keyof CheckedYaml>(
  given: YamlText<Kind>,
  files: Files,
  build: string | undefined = buildId,
): Promise<CheckedYaml[Kind] | undefined> {
  if (build === undefined) return undefined;
  const key = keyOf(given, build);
  const found = (await readings(files)).find((reading) => reading.key === key);
  if (found === undefined || found.seal !== sealOf(found)) return undefined;
  const value: unknown = JSON.parse(found.json);
  return isOfKind(given.kind, value) ? value : undefined;
}

/** Remembers a value that was just checked, where the project has a folder for it and JSON can carry it. Never throws. */
export async function rememberYaml<Kind extends keyof CheckedYaml>(
  given: YamlText<Kind>,
  value: CheckedYaml[Kind],
  files: Files,
  build: string | undefined = buildId,
): Promise<void> {
  if (build === undefined || !survivesJson(value)) return;
  try {
    if ((await files.kind(STATE_FOLDER)) !== "directory") return;
    const entry = { key: keyOf(given, build), json: JSON.stringify(value) };
    const others = (await readings(files)).filter((reading) => reading.key !== entry.key);
    const kept = [...others.slice(1 - MOST_REMEMBERED), { ...entry, seal: sealOf(entry) }];
    await files.writeAtomic(MEMORY_FILE, `${JSON.stringify(kept)}\n`);
  } catch {
    // A cache that cannot be written only costs time.
  }
}

function keyOf({ kind, text }: YamlText<keyof CheckedYaml>, build: string): string {
  return sha256(JSON.stringify([build, kind, text]));
}

function sealOf({ key, json }: Pick<Reading, "key" | "json">): string {
  return sha256(`${key}\n${json}`);
}

/** Only a value that was checked as this kind gets a key of this kind, and the seal says that it is that value. */
function isOfKind<Kind extends keyof CheckedYaml>(
  _kind: Kind,
  value: unknown,
): value is CheckedYaml[Kind] {
  return typeof value === "object" && value !== null;
}

async function readings(files: Files): Promise<readonly Reading[]> {
  try {
    const found: unknown = JSON.parse((await files.readText(MEMORY_FILE)) ?? "[]");
    return Array.isArray(found) ? found.filter(isReading) : [];
  } catch {
    return [];
  }
}

function isReading(entry: unknown): entry is Reading {
  return (
    typeof entry === "object" &&
    entry !== null &&
    "key" in entry &&
    typeof entry.key === "string" &&
    "json" in entry &&
    typeof entry.json === "string" &&
    "seal" in entry &&
    typeof entry.seal === "string"
  );
}

/** JSON has no infinities, no NaN, no negative zero and nothing undefined; a checked value may. */
function survivesJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object") return false;
  return Object.values(value).every(survivesJson);
}
