/** The event log against its own chain, every anchor that can be seen and the tables beside it. */
import type { Registry } from "../ports/registry.ts";
import { type Anchor, anchorOf } from "../registry/anchor.ts";
import { isLogWhole, judgeLog, type LogJudgement } from "../registry/judge-log.ts";
import type { LogCheck } from "./audit-schema.ts";
import { type AnchorPorts, findAnchors } from "./find-anchors.ts";

export interface CheckLogPorts extends AnchorPorts {
  readonly registry: Pick<Registry, "audit">;
}

export interface CheckedLog {
  readonly report: LogCheck;
  /** What an anchor would keep, of the log as it was checked; `undefined` for an empty one. */
  readonly head: Anchor | undefined;
  /** Whether nothing speaks against the log itself. */
  readonly isWhole: boolean;
}

/** Changes nothing and repairs nothing. */
export async function checkLog(ports: CheckLogPorts): Promise<CheckedLog> {
  const { anchors, unread } = await findAnchors(ports);
  const found = ports.registry.audit.examine();
  const judgement = judgeLog({ ...found, anchors });
  return {
    report: { events: found.events.length, unread: [...unread], ...plain(judgement) },
    head: anchorOf(found.events),
    isWhole: isLogWhole(judgement),
  };
}

function plain(judgement: LogJudgement): Omit<LogCheck, "events" | "unread"> {
  const { verdict, chain, missingGuards, anchors, tables, protectedUpTo, notShown } = judgement;
  return {
    verdict,
    chain: chain.map((finding) => ({ ...finding })),
    missingGuards: [...missingGuards],
    anchors: anchors.map((anchor) => ({
      where: anchor.where,
      sequence: anchor.sequence,
      hash: anchor.hash,
      at: isoOf(anchor.at),
      verdict: anchor.verdict,
    })),
    tables: tables.map((disagreement) => ({ ...disagreement })),
    protectedUpTo: protectedUpTo ?? null,
    notShown: [...notShown],
  };
}

function isoOf(text: string | undefined): string | null {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
