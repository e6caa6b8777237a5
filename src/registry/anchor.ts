/**
 * The head of the event log, written down where whoever could rewrite the log cannot. An anchor shows that everything up to
 * its event is what it was; of what came later it shows nothing. It is no event: one that told of it would come after it.
 */
import type { Sha256 } from "../base/brand.ts";
import { isSha256 } from "../base/hash.ts";
import type { FoundEvent } from "./audit.ts";

/** What is written down. */
export interface Anchor {
  /** Hash of the first event, which tells logs of different registries apart; `undefined` where that was not kept. */
  readonly log: Sha256 | undefined;
  readonly sequence: number;
  readonly hash: Sha256;
}

/** An anchor and where it was found. */
export interface PlacedAnchor extends Anchor {
  /** `mlops.lock.yaml`, `mlops.lock.yaml in 4f2a9c1b`, `tag mlops-audit/12`. */
  readonly where: string;
  /** When it was committed or tagged, ISO 8601; `undefined` where nothing says. */
  readonly at: string | undefined;
}

/**
 * `holds`: the event is what it was, and so is all before it where the chain holds. `rewritten`: the event has another hash.
 * `cut-off`: the log ends before it. `missing`: it has later events and not this one. `another-log`: its first event is another.
 */
export type AnchorVerdict = "holds" | "rewritten" | "cut-off" | "missing" | "another-log";

/** Folder of the tags. */
export const ANCHOR_TAGS = "mlops-audit/";

/** The head of a log; `undefined` for an empty one, or one whose hashes are none. */
export function anchorOf(
  events: readonly Pick<FoundEvent, "sequence" | "hash">[],
): Anchor | undefined {
  return anchorFrom({ log: events[0]?.hash, ...events.at(-1) });
}

/** What each anchor says of a log, in the order given. */
export function checkAnchors<A extends Anchor>(
  anchors: readonly A[],
  events: readonly FoundEvent[],
): readonly (A & { readonly verdict: AnchorVerdict })[] {
  const hashes = new Map(events.map(({ sequence, hash }) => [sequence, hash]));
  const verdictOf = ({ log, sequence, hash }: A): AnchorVerdict => {
    const found = hashes.get(sequence);
    if (found === hash) return "holds";
    // An empty log has no first event that could be the anchored one's.
    if (log !== undefined && log !== events[0]?.hash) return "another-log";
    if (found !== undefined) return "rewritten";
    return (events.at(-1)?.sequence ?? 0) < sequence ? "cut-off" : "missing";
  };
  return anchors.map((anchor) => ({ ...anchor, verdict: verdictOf(anchor) }));
}

/** Message of an anchor's tag. */
export function renderAnchorMessage(anchor: Anchor): string {
  const log = anchor.log === undefined ? [] : [`log: ${anchor.log}`];
  return [
    `Head of the mlops event log: event ${String(anchor.sequence)}`,
    "",
    `sequence: ${String(anchor.sequence)}`,
    `hash: ${anchor.hash}`,
    ...log,
    "",
  ].join("\n");
}

/** Reads a tag's message, whatever stands around it (a signature does); `undefined` when it names no event. */
export function readAnchorMessage(text: string): Anchor | undefined {
  const valueOf = (key: string): string | undefined =>
    new RegExp(`^${key}: (\\S+)$`, "m").exec(text)?.[1];
  return anchorFrom({
    log: valueOf("log"),
    sequence: Number(valueOf("sequence")),
    hash: valueOf("hash"),
  });
}

/** An anchor of what was found somewhere; `undefined` where that is none. */
export function anchorFrom(value: {
  readonly log?: unknown;
  readonly sequence?: unknown;
  readonly hash?: unknown;
}): Anchor | undefined {
  const { log, sequence, hash } = value;
  if (typeof sequence !== "number" || !Number.isSafeInteger(sequence) || sequence < 1)
    return undefined;
  if (typeof hash !== "string" || !isSha256(hash)) return undefined;
  if (log === undefined) return { log: undefined, sequence, hash };
  return typeof log === "string" && isSha256(log) ? { log, sequence, hash } : undefined;
}

/** A tag's name; with the log's first digits where another log has the plain one. */
export function anchorTag(anchor: Anchor, isTaken = false): string {
  const plain = `${ANCHOR_TAGS}${String(anchor.sequence)}`;
  return isTaken ? `${plain}-${anchor.hash.slice("sha256:".length, "sha256:".length + 8)}` : plain;
}
