/**
 * Ties the event log to the tables beside it. The tables are not chained, so the registry itself puts into each event what
 * was changed, with the digest of the row as it was written; `replay.ts` then finds a row that no event made.
 */
import type { Sha256 } from "../base/brand.ts";
import { sha256, sha256OfJson } from "../base/hash.ts";
import type { NewAuditEvent } from "./audit.ts";
import type { Effect } from "./effect-schema.ts";

/** Key of the effect in an event's details. */
export const EFFECT_KEY = "effect";

/** The event with what it did. Whoever appends cannot leave it out: the registry calls this, not its callers. */
export function withEffect(event: NewAuditEvent, effect: Effect): NewAuditEvent {
  return { ...event, details: { ...event.details, [EFFECT_KEY]: effect } };
}

/**
 * Digest of a row. Empty columns do not count, so that one which a later version adds changes no digest that is on record.
 */
export function recordDigest(row: Readonly<Record<string, unknown>>): Sha256 {
  return sha256OfJson(
    Object.fromEntries(
      Object.entries(row).filter(([, value]) => value !== null && value !== undefined),
    ),
  );
}

/** What a change of tags did. Values are kept as digests: they may be long, and the log keeps them for good. */
export function tagsEffect(
  at: { readonly model: string; readonly version: number },
  tags: Readonly<Record<string, string | undefined>>,
): Effect {
  return {
    kind: "tags",
    model: at.model,
    version: at.version,
    tags: Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [key, value === undefined ? null : sha256(value)]),
    ),
  };
}
