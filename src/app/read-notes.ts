/**
 * `MODEL_CARD.md` beside a pipeline: what only people know of a model. Its `## ` sections go into the card's section of that
 * name, or become sections of their own; of its front matter the keys count that say what no registry knows (license, language).
 */
import { sha256 } from "../base/hash.ts";
import { parseYaml } from "../base/yaml.ts";
import type { Files } from "../ports/files.ts";
import type { ModelCard } from "./model-card-schema.ts";

export const NOTES_FILE = "MODEL_CARD.md";

const HUB_KEYS = ["language", "license", "license_link", "license_name", "tags"];

/** `null` where there is no such file. */
export async function readNotes(folder: string, files: Files): Promise<ModelCard["notes"]> {
  const path = `${folder}/${NOTES_FILE}`;
  const text = await files.readText(path);
  if (text === undefined) return null;
  const [, front, rest] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text) ?? [];
  return {
    path,
    digest: sha256(text),
    metadata: front === undefined ? {} : metadataOf(parseYaml(front, path).value),
    sections: sectionsOf(rest ?? text),
  };
}

function metadataOf(value: unknown): Record<string, string | string[]> {
  if (typeof value !== "object" || value === null) return {};
  const known: Record<string, string | string[]> = {};
  for (const [key, entry] of Object.entries<unknown>({ ...value })) {
    if (!HUB_KEYS.includes(key)) continue;
    if (typeof entry === "string") known[key] = entry;
    else if (Array.isArray(entry) && entry.every((item) => typeof item === "string"))
      known[key] = [...entry];
  }
  return known;
}

function sectionsOf(text: string): { title: string; markdown: string }[] {
  const sections: { title: string; lines: string[] }[] = [{ title: "", lines: [] }];
  let isCode = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    const title = isCode ? undefined : /^##\s+(.+?)\s*#*$/.exec(line)?.[1];
    // The document's own title is the card's.
    if (title !== undefined) sections.push({ title, lines: [] });
    else if (isCode || !/^#\s/.test(line)) sections.at(-1)?.lines.push(line);
  }
  return sections
    .map(({ title, lines }) => ({ title, markdown: lines.join("\n").trim() }))
    .filter(({ markdown }) => markdown !== "");
}
