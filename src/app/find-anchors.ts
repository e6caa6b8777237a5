/**
 * Every anchor of the event log that can be seen from here: in the lock file on disk and in its history, and in git's tags.
 * An anchor in a lock file that is otherwise broken counts all the same, so the file is not read as a whole.
 */
import { parseYaml } from "../base/yaml.ts";
import type { Files } from "../ports/files.ts";
import type { FileVersion, Git } from "../ports/git.ts";
import {
  ANCHOR_TAGS,
  type Anchor,
  anchorFrom,
  type PlacedAnchor,
  readAnchorMessage,
} from "../registry/anchor.ts";
import { MODELS_LOCK } from "./models-lock.ts";

export interface FoundAnchors {
  /** By sequence; those of the lock file before tags. */
  readonly anchors: readonly PlacedAnchor[];
  /** What may hold anchors and could not be read, each one sentence. */
  readonly unread: readonly string[];
}

export interface AnchorPorts {
  readonly files: Pick<Files, "readText" | "absolute">;
  readonly git: Pick<Git, "fileHistory" | "tags">;
}

/** Asks git twice, and reads no more of the lock file than its anchor. */
export async function findAnchors(ports: AnchorPorts): Promise<FoundAnchors> {
  const unread: string[] = [];
  const anchors = [...(await inLock(ports, unread)), ...(await inTags(ports, unread))];
  anchors.sort((left, right) => left.sequence - right.sequence);
  return { anchors, unread };
}

async function inLock({ files, git }: AnchorPorts, unread: string[]): Promise<PlacedAnchor[]> {
  const history = await git.fileHistory(files.absolute("."), MODELS_LOCK);
  if (history === undefined)
    unread.push(
      `git cannot read the history of ${MODELS_LOCK}, so anchors in it were not looked at.`,
    );
  const committed = new Map<string, { readonly anchor: Anchor; readonly by: FileVersion }>();
  // Newest first: the commit that is left is the one that brought the anchor.
  for (const version of history ?? []) {
    const anchor = anchorIn(version.text);
    if (anchor !== undefined) committed.set(keyOf(anchor), { anchor, by: version });
  }
  const text = (await files.readText(MODELS_LOCK)) ?? "";
  const now = anchorIn(text);
  if (now === undefined && /^audit:/m.test(text))
    unread.push(`The entry "audit" of ${MODELS_LOCK} is no anchor.`);
  const placed = [...committed].map(([key, { anchor, by }]): PlacedAnchor => {
    const isOnDisk = now !== undefined && keyOf(now) === key;
    const commit = by.commit.slice(0, 8);
    const where = isOnDisk
      ? `${MODELS_LOCK}, committed in ${commit}`
      : `${MODELS_LOCK} of ${commit}`;
    return { ...anchor, where, at: by.at };
  });
  if (now !== undefined && !committed.has(keyOf(now)))
    placed.push({ ...now, where: `${MODELS_LOCK}, not committed`, at: undefined });
  return placed;
}

async function inTags({ files, git }: AnchorPorts, unread: string[]): Promise<PlacedAnchor[]> {
  const tags = await git.tags(files.absolute("."), ANCHOR_TAGS);
  if (tags === undefined)
    unread.push("git cannot read its tags, so anchors in them were not looked at.");
  return (tags ?? []).flatMap(({ name, at, message }) => {
    const anchor = readAnchorMessage(message);
    if (anchor !== undefined) return [{ ...anchor, where: `tag ${name}`, at }];
    unread.push(`The tag ${name} names no event of a log.`);
    return [];
  });
}

/** The top-level entry `audit` alone, however it is written and whatever is wrong around it. */
export function anchorIn(lock: string): Anchor | undefined {
  const lines = lock.split("\n");
  const start = lines.findIndex((line) => line.startsWith("audit:"));
  if (start === -1) return undefined;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^[^\s#]/.test(line));
  const entry = [lines[start], ...(end === -1 ? rest : rest.slice(0, end))].join("\n");
  const { value } = parseYaml(entry, MODELS_LOCK);
  if (typeof value !== "object" || value === null || !("audit" in value)) return undefined;
  const { audit } = value;
  return typeof audit === "object" && audit !== null ? anchorFrom(audit) : undefined;
}

function keyOf({ log, sequence, hash }: Anchor): string {
  return `${log ?? ""} ${String(sequence)} ${hash}`;
}
