/** Chain, anchors and tables together: what was found wrong with the event log, how far it is protected, and what cannot be shown. */
import { type AnchorVerdict, checkAnchors, type PlacedAnchor } from "./anchor.ts";
import type { FoundEvent } from "./audit.ts";
import { type ChainFinding, checkChain } from "./check-chain.ts";
import { compareWithLog, type Disagreement, type KeptTables, NOT_IN_THE_LOG } from "./replay.ts";

/** The log, what it is held against, and the anchors that could be found. */
export interface LogEvidence {
  readonly events: readonly FoundEvent[];
  readonly tables: KeptTables;
  readonly missingGuards: readonly string[];
  readonly anchors: readonly PlacedAnchor[];
}

/**
 * `broken`: something was changed. `not-anchored`: anchors were found and none is of this log, which is then another
 * registry's than the anchored one, or was written anew from its first event. `holds`: nothing was found.
 */
export type LogVerdict = "holds" | "not-anchored" | "broken";

export interface LogJudgement {
  readonly verdict: LogVerdict;
  readonly chain: readonly ChainFinding[];
  readonly missingGuards: readonly string[];
  readonly anchors: readonly (PlacedAnchor & { readonly verdict: AnchorVerdict })[];
  readonly tables: readonly Disagreement[];
  /** The last event that an anchor speaks for; `undefined` when none does. */
  readonly protectedUpTo: number | undefined;
  /** What nothing here would show, each one sentence. */
  readonly notShown: readonly string[];
}

/** Costs one pass over the events and one over the tables. */
export function judgeLog(evidence: LogEvidence): LogJudgement {
  const { events, missingGuards } = evidence;
  const chain = checkChain(events);
  const anchors = checkAnchors(evidence.anchors, events);
  const tables = compareWithLog(evidence.tables, events);
  const held = anchors.filter(({ verdict }) => verdict === "holds");
  const protectedUpTo =
    chain.length > 0 || held.length === 0
      ? undefined
      : Math.max(...held.map(({ sequence }) => sequence));
  const isBroken =
    chain.length + missingGuards.length + tables.length > 0 ||
    anchors.some(({ verdict }) => verdict !== "holds" && verdict !== "another-log");
  const isElsewhere = anchors.length > 0 && held.length === 0;
  return {
    verdict: isBroken ? "broken" : isElsewhere ? "not-anchored" : "holds",
    chain,
    missingGuards,
    anchors,
    tables,
    protectedUpTo,
    notShown: notShown(events.at(-1)?.sequence ?? 0, protectedUpTo),
  };
}

/** Whether the log itself was changed; tables that disagree with it say nothing against the log. */
export function isLogWhole({ chain, anchors }: Pick<LogJudgement, "chain" | "anchors">): boolean {
  return (
    chain.length === 0 &&
    anchors.every(({ verdict }) => verdict === "holds" || verdict === "another-log")
  );
}

function notShown(last: number, protectedUpTo: number | undefined): readonly string[] {
  return [
    ...(protectedUpTo === undefined
      ? [
          "No anchor speaks for this log, so a rewrite of all of it, with hashes that fit, is not detectable.",
        ]
      : [
          unprotected(last, protectedUpTo),
          "An anchor is worth as much as its place: who can change this checkout can change the anchors in it, too. Push them.",
        ]),
    `The log does not tell of ${NOT_IN_THE_LOG.join("; ")}: a change of these is not detectable here.`,
  ];
}

function unprotected(last: number, protectedUpTo: number): string {
  if (last <= protectedUpTo)
    return `Whatever comes after event ${String(protectedUpTo)}, the newest that is anchored, is not protected yet.`;
  const which =
    last === protectedUpTo + 1
      ? `Event ${String(last)} came`
      : `Events ${String(protectedUpTo + 1)} to ${String(last)} came`;
  return `${which} after the newest anchor (event ${String(protectedUpTo)}): a rewrite of that, or of how the log ends, is not detectable.`;
}
