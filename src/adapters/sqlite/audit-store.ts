/** The hash-chained event log. A trigger refuses changes and removals; the chain shows what went around it. */
import type { Sha256 } from "../../base/brand.ts";
import type { Registry } from "../../ports/registry.ts";
import {
  type AuditEvent,
  chainEvent,
  firstBrokenEvent,
  type NewAuditEvent,
} from "../../registry/audit.ts";
import { withEffect } from "../../registry/effect.ts";
import type { Effect } from "../../registry/effect-schema.ts";
import type { Identity } from "../../registry/identity.ts";
import { examineLog } from "./examine-log.ts";
import { EventDetails, readJson } from "./schema.ts";
import type { Session } from "./session.ts";

interface EventRow {
  readonly sequence: number;
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
  readonly actor_grade: Identity["grade"];
  readonly details_json: string;
  readonly at_ms: number;
  readonly previous_hash: Sha256 | null;
  readonly hash: Sha256;
}

/** Events, newest first. */
export function auditStore(session: Session): Registry["audit"] {
  const newest = session.db.prepare<[number], EventRow>(
    "SELECT * FROM events ORDER BY sequence DESC LIMIT ?",
  );
  const all = session.db.prepare<[], EventRow>("SELECT * FROM events ORDER BY sequence");
  return {
    append: (event) => session.write(() => appendEvent(session, event)),
    // SQLite reads a negative limit as none.
    list: (limit) => session.read(() => newest.all(limit ?? -1).map(eventOf)),
    examine: () => session.read(() => examineLog(session.db)),
    firstBroken: () => session.read(() => firstBrokenEvent(eventsOf(all.iterate()))),
  };
}

/**
 * Appends within the caller's write transaction, so that a change and its event are kept together.
 *
 * @param effect What that transaction changed; `undefined` where it changed nothing but the log.
 */
export function appendEvent(session: Session, plain: NewAuditEvent, effect?: Effect): AuditEvent {
  const event = effect === undefined ? plain : withEffect(plain, effect);
  const last = session.db
    .prepare<[], EventRow>("SELECT * FROM events ORDER BY sequence DESC LIMIT 1")
    .get();
  const chained = chainEvent(last === undefined ? undefined : eventOf(last), event);
  session.db
    .prepare(
      "INSERT INTO events (sequence, action, subject, actor, actor_grade, details_json, at_ms, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .run(
      chained.sequence,
      chained.action,
      chained.subject,
      chained.actor.name,
      chained.actor.grade,
      JSON.stringify(chained.details),
      chained.atMs,
      chained.previousHash ?? null,
      chained.hash,
    );
  return chained;
}

function* eventsOf(rows: Iterable<EventRow>): Generator<AuditEvent> {
  for (const row of rows) yield eventOf(row);
}

function eventOf(row: EventRow): AuditEvent {
  return {
    sequence: row.sequence,
    action: row.action,
    subject: row.subject,
    actor: { name: row.actor, grade: row.actor_grade },
    details: readJson(EventDetails, row.details_json, `event ${String(row.sequence)}`),
    atMs: row.at_ms,
    previousHash: row.previous_hash ?? undefined,
    hash: row.hash,
  };
}
