/** Append-only record of who did what. Each event's hash covers the previous one's, so a change in the middle shows. */
import type { Sha256 } from "../base/brand.ts";

/** How sure we are who somebody is (contract 11). */
export interface Identity {
  readonly name: string;
  readonly grade: "asserted" | "authenticated" | "machine";
}

export interface NewAuditEvent {
  /** Verb and noun: `model.registered`, `alias.moved`, `deployment.created`, `pipeline.promoted`. */
  readonly action: string;
  /** `churn@v3`, `churn:r2`. */
  readonly subject: string;
  readonly actor: Identity;
  readonly details: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export interface AuditEvent extends NewAuditEvent {
  /** From 1 without gaps. */
  readonly sequence: number;
  readonly previousHash: Sha256 | undefined;
  readonly hash: Sha256;
}
