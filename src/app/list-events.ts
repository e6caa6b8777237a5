/** The event log as `models audit` lists it: by model, by subject, by time. */
import { UsageError } from "../base/errors.ts";
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

/**
 * The moment that `--since` names: a day, a time, or how long ago.
 * @throws UsageError `since-not-a-time`.
 */
export function sinceMoment(text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return nowMs - Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  const isTime =
    /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
  if (isTime.test(text)) {
    const iso = text.replace(" ", "T");
    // A time without a zone is UTC, as all times are that are shown.
    const ms = Date.parse(
      /T.*(?:Z|[+-]\d{2}:\d{2})$/.test(iso) || !iso.includes("T") ? iso : `${iso}Z`,
    );
    if (!Number.isNaN(ms)) return ms;
  }
  throw new UsageError(`--since ${text} is no time.`, {
    code: "since-not-a-time",
    hint: "name a day (2026-01-31), a time in UTC (2026-01-31 14:00), or how long ago (90m, 24h, 7d, 4w)",
  });
}

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
