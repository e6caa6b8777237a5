/** The event log against its own chain, every anchor that can be seen and the tables beside it. */
import type { Registry } from "../ports/registry.ts";
import { isLogWhole, judgeLog, type LogJudgement } from "../registry/judge-log.ts";
import type { LogCheck } from "./audit-schema.ts";
import { type AnchorPorts, findAnchors } from "./find-anchors.ts";

export interface CheckLogPorts extends AnchorPorts {
  readonly registry: Pick<Registry, "audit">;
}

/** Changes nothing and repairs nothing. */
export async function checkLog(ports: CheckLogPorts): Promise<LogCheck> {
  const { anchors, unread } = await findAnchors(ports);
  const found = ports.registry.audit.examine();
  return { events: found.events.length, unread, ...plain(judgeLog({ ...found, anchors })) };
}

/** Whether the log may be vouched for: what an anchor would say of a changed one stays said. */
export function mayAnchor(check: LogCheck): boolean {
  return isLogWhole({
    chain: check.chain,
    anchors: check.anchors,
  });
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
      at: anchor.at === undefined ? null : new Date(anchor.at).toISOString(),
      verdict: anchor.verdict,
    })),
    tables: tables.map((disagreement) => ({ ...disagreement })),
    protectedUpTo: protectedUpTo ?? null,
    notShown: [...notShown],
  };
}
