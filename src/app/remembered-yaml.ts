/**
 * What YAML files said when they were last read, kept in `.mlops/` under the digest of their text. To load the reader and to read
 * the file of a pipeline took a tenth of a run that has nothing to do.
 *
 * A cache: without the file, or with a damaged one, the text is read. Whoever takes a value from here checks it as if it had
 * just been read, and reads the text itself where the check fails, because places of problems are not remembered.
 */
import { sha256 } from "../base/hash.ts";
import type { Files } from "../ports/files.ts";

const STATE_FOLDER = ".mlops";
const MEMORY_FILE = `${STATE_FOLDER}/yaml.json`;
/** Raised when `parseYaml` reads some text differently than before. */
const READING = 1;
/** The oldest go first; a project has two for each pipeline. */
const MOST_REMEMBERED = 40;

interface Reading {
  readonly digest: string;
  readonly value: unknown;
}

/** `undefined` when this text was not read before. */
export async function rememberedYaml(
  text: string,
  files: Files,
): Promise<{ readonly value: unknown } | undefined> {
  const digest = digestOf(text);
  return (await readings(files)).find((reading) => reading.digest === digest);
}

/** Remembers what a text says, where the project has a folder for it and JSON can carry it. Never throws. */
export async function rememberYaml(text: string, value: unknown, files: Files): Promise<void> {
  if (!survivesJson(value)) return;
  try {
    if ((await files.kind(STATE_FOLDER)) !== "directory") return;
    const digest = digestOf(text);
    const others = (await readings(files)).filter((reading) => reading.digest !== digest);
    const kept = [...others.slice(1 - MOST_REMEMBERED), { digest, value }];
    await files.writeAtomic(MEMORY_FILE, `${JSON.stringify(kept)}\n`);
  } catch {
    // A cache that cannot be written only costs time.
  }
}

function digestOf(text: string): string {
  return sha256(`${String(READING)}\n${text}`);
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
    "digest" in entry &&
    typeof entry.digest === "string" &&
    "value" in entry
  );
}

/** JSON has no infinities, no NaN and no negative zero; YAML has. */
function survivesJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object") return false;
  return Object.values(value).every(survivesJson);
}
