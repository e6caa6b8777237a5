/**
 * Append-only record of who did what. Each event's hash covers the previous one's, so a change in the middle shows.
 * A rewrite of the whole chain does not show unless its head was anchored elsewhere (contract 11).
 */
import type { Sha256 } from "../base/brand.ts";
import { sha256OfJson } from "../base/hash.ts";
import type { Identity } from "./identity.ts";

/** Something that somebody did, before it has a place in the log. */
export interface NewAuditEvent {
  /** Noun and what happened to it: `model.registered`, `alias.moved`, `deployment.created`, `pipeline.promoted`. */
  readonly action: string;
  /** `churn@v3`, `churn:r2`. */
  readonly subject: string;
  readonly actor: Identity;
  /** Plain JSON data. Secrets and rows of data never belong here. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

/** An event at its place in the chain. */
export interface AuditEvent extends NewAuditEvent {
  /** From 1 without gaps. */
  readonly sequence: number;
  readonly previousHash: Sha256 | undefined;
  readonly hash: Sha256;
}

/** A row of the log as it is found. Whoever changed it may have put anything there, so nothing in it is believed. */
export interface FoundEvent {
  readonly sequence: number;
  readonly previousHash: string | undefined;
  readonly hash: string;
  /** `undefined` where it cannot be read, or is not written as we write it. */
  readonly content: NewAuditEvent | undefined;
}

/**
 * Hash of an event at the end of a chain: the digest of the key-sorted JSON of the event and the previous hash.
 *
 * @param previousHash Hash of the event before it; `undefined` for the first.
 * @throws Error when `details` holds what JSON cannot carry unchanged.
 */
export function eventHash(previousHash: string | undefined, event: NewAuditEvent): Sha256 {
  return sha256OfJson({
    previousHash: previousHash ?? null,
    action: event.action,
    subject: event.subject,
    actor: { name: event.actor.name, grade: event.actor.grade },
    details: event.details,
    atMs: event.atMs,
  });
}

/** Appends to a chain whose last event is given; `undefined` starts one. */
export function chainEvent(last: AuditEvent | undefined, event: NewAuditEvent): AuditEvent {
  const { action, subject, actor, details, atMs } = event;
  return {
    sequence: (last?.sequence ?? 0) + 1,
    action,
    subject,
    actor,
    details,
    atMs,
    previousHash: last?.hash,
    hash: eventHash(last?.hash, event),
  };
}

/** Sequence number of the first event that does not follow from the one before it; `undefined` when the chain holds. Events are in order. */
export function firstBrokenEvent(events: Iterable<AuditEvent>): number | undefined {
  let last: AuditEvent | undefined;
  for (const event of events) {
    const expected = (last?.sequence ?? 0) + 1;
    if (event.sequence !== expected) return expected;
    if (event.previousHash !== last?.hash || event.hash !== eventHash(last?.hash, event))
      return event.sequence;
    last = event;
  }
  return undefined;
}
