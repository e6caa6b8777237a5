/** The event log as `models audit` lists it: by model, by subject, by time. */
import type { Registry } from "../ports/registry.ts";
import { EFFECT_KEY } from "../registry/effect.ts";
import { eventsOf, type ReadEvent, type Whose } from "../registry/version-history.ts";
import type { AuditEventReport, ModelsAuditReport } from "./audit-schema.ts";

export interface EventsWanted {
  readonly whose: Whose | undefined;
  /** Exactly as in the log: `churn@champion`, `churn:r2`. */
  readonly subject: string | undefined;
  readonly sinceMs: number | undefined;
  /** The newest so many; `undefined` for all. */
  readonly limit: number | undefined;
}

/** Newest first. */
export function listEvents(
  wanted: EventsWanted,
  audit: Pick<Registry["audit"], "examine">,
): ModelsAuditReport {
  const { events } = audit.examine();
  const readable = events.flatMap(({ sequence, content }) =>
    content === undefined ? [] : [{ ...content, sequence }],
  );
  const ofWhom = wanted.whose === undefined ? readable : eventsOf(wanted.whose, events);
  const matching = ofWhom.filter(
    ({ subject, atMs }) =>
      (wanted.subject ?? subject) === subject && atMs >= (wanted.sinceMs ?? atMs),
  );
  return {
    events: matching.toReversed().slice(0, wanted.limit).map(reportEvent),
    matching: matching.length,
    unreadable: events
      .filter(({ content }) => content === undefined)
      .map(({ sequence }) => sequence),
    check: null,
    anchored: null,
  };
}

/** What the registry itself added for the check is left out: it says in digests what the rest says in words. */
function reportEvent({
  sequence,
  atMs,
  actor,
  action,
  subject,
  details,
}: ReadEvent): AuditEventReport {
  const { [EFFECT_KEY]: _effect, ...told } = details;
  const at = new Date(atMs).toISOString();
  return { sequence, at, by: actor.name, grade: actor.grade, action, subject, details: told };
}
