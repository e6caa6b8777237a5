/** Requests for approval and what was decided on them. States change only as `registry/approval.ts` allows, judged inside the transaction. */
import { ConflictError } from "../../base/errors.ts";
import type { Registry } from "../../ports/registry.ts";
import {
  type ApprovalEvent,
  type ApprovalRequest,
  type ApprovalState,
  type Decision,
  stateAfter,
} from "../../registry/approval.ts";
import type { Identity } from "../../registry/identity.ts";
import { renderModelVersion } from "../../registry/names.ts";
import { evidenceOf, identityIn, policyOf, refusalsIn } from "./approval-json.ts";
import { appendEvent } from "./audit-store.ts";
import { decisionRecord, requestRecord } from "./records.ts";
import type { Session } from "./session.ts";

interface RequestRow {
  readonly id: number;
  readonly model: string;
  readonly version: number;
  readonly environment: string;
  readonly state: ApprovalState;
  readonly policy_json: string;
  readonly evidence_json: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly requested_by_grade: Identity["grade"];
  readonly requested_by_proof_json: string | null;
  readonly created_at_ms: number;
  readonly expires_at_ms: number | null;
}

interface DecisionRow {
  readonly decision: Decision["kind"];
  readonly actor: string;
  readonly actor_grade: Identity["grade"];
  readonly actor_proof_json: string | null;
  readonly reason: string;
  readonly evidence_json: string | null;
  readonly at_ms: number;
}

/** Requests, newest first; decisions, oldest first. */
export function approvalStore(session: Session): Registry["approvals"] {
  const { db } = session;
  const byId = db.prepare<[number], RequestRow>("SELECT * FROM approval_requests WHERE id = ?");
  const all = db.prepare<[], RequestRow>("SELECT * FROM approval_requests ORDER BY id DESC");
  const waiting = db.prepare<[string, number, string], RequestRow>(
    "SELECT * FROM approval_requests WHERE model = ? AND version = ? AND environment = ? AND state IN ('open', 'approved')",
  );
  const late = db.prepare<[number], RequestRow>(
    "SELECT * FROM approval_requests WHERE state IN ('open', 'approved') AND expires_at_ms <= ? ORDER BY id",
  );
  const decisions = db.prepare<[number], DecisionRow>(
    "SELECT * FROM approval_decisions WHERE request = ? ORDER BY id",
  );
  const insert = db.prepare(
    `INSERT INTO approval_requests
       (model, version, environment, state, policy_json, evidence_json, reason, requested_by, requested_by_grade, requested_by_proof_json, created_at_ms, expires_at_ms)
     VALUES (?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertDecision = db.prepare(
    "INSERT INTO approval_decisions (request, decision, actor, actor_grade, actor_proof_json, reason, evidence_json, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const setState = db.prepare("UPDATE approval_requests SET state = ? WHERE id = ?");

  const requestOf = (row: RequestRow): ApprovalRequest => ({
    id: row.id,
    model: row.model,
    version: row.version,
    environment: row.environment,
    state: row.state,
    reason: row.reason,
    requestedBy: identityIn(
      { name: row.requested_by, grade: row.requested_by_grade, proof: row.requested_by_proof_json },
      `request ${String(row.id)}`,
    ),
    evidence: evidenceOf(row.evidence_json, `request ${String(row.id)}`),
    policy: policyOf(row.policy_json, `request ${String(row.id)}`),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms ?? undefined,
    decisions: decisions.all(row.id).map((decision) => decisionOf(decision, row.id)),
  });
  const known = (id: number): RequestRow => {
    const row = byId.get(id);
    if (row !== undefined) return row;
    throw new ConflictError(`There is no request ${String(id)}.`, {
      code: "approval-unknown",
      hint: "see them with: mlops models requests --all",
    });
  };
  const advance = (id: number, event: Pick<ApprovalEvent, "kind" | "atMs">): void => {
    setState.run(stateAfter(requestOf(known(id)), event), id);
  };

  return {
    request: (request, event) =>
      session.write(() => {
        const { model, version, environment } = request;
        const [other] = waiting.all(model, version, environment);
        if (other !== undefined) throw stillWaiting(other);
        const { lastInsertRowid } = insert.run(
          model,
          version,
          environment,
          JSON.stringify(request.policy),
          JSON.stringify(request.evidence),
          request.reason,
          request.requestedBy.name,
          request.requestedBy.grade,
          jsonOf(request.requestedBy.proof),
          request.createdAtMs,
          request.expiresAtMs ?? null,
        );
        const id = Number(lastInsertRowid);
        const record = requestRecord(db, id);
        const effect = {
          kind: "request",
          request: id,
          model,
          version,
          environment,
          record,
        } as const;
        appendEvent(session, event, effect);
        return requestOf(known(id));
      }),
    get: (id) =>
      session.read(() => {
        const row = byId.get(id);
        return row === undefined ? undefined : requestOf(row);
      }),
    list: (filter = {}) =>
      session.read(() =>
        all
          .all()
          .filter(
            (row) =>
              (filter.model === undefined || row.model === filter.model) &&
              (filter.version === undefined || row.version === filter.version) &&
              (filter.environment === undefined || row.environment === filter.environment),
          )
          .map(requestOf),
      ),
    decide: (id, decision, event) =>
      session.write(() => {
        const { kind, by, reason, forced, atMs } = decision;
        if (kind === "comment") known(id);
        else advance(id, { kind, atMs });
        const forcedJson = forced.length === 0 ? null : JSON.stringify(forced);
        const made = insertDecision.run(
          id,
          kind,
          by.name,
          by.grade,
          jsonOf(by.proof),
          reason,
          forcedJson,
          atMs,
        );
        const record = decisionRecord(db, Number(made.lastInsertRowid));
        appendEvent(session, event, { kind: "decision", request: id, decision: kind, record });
        return requestOf(known(id));
      }),
    use: (id, atMs) =>
      session.write(() => {
        advance(id, { kind: "use", atMs });
        return requestOf(known(id));
      }),
    expire: (nowMs, eventOf) => {
      // Nearly always there is none, and then nobody has to wait for the write lock.
      if (session.look(() => late.all(nowMs).length) === 0) return [];
      return session.write(() =>
        late.all(nowMs).map((row) => {
          advance(row.id, { kind: "expire", atMs: nowMs });
          const expired = requestOf(known(row.id));
          appendEvent(session, eventOf(expired), { kind: "expired", request: row.id });
          return expired;
        }),
      );
    },
  };
}

function decisionOf(row: DecisionRow, request: number): Decision {
  return {
    kind: row.decision,
    by: identityIn(
      { name: row.actor, grade: row.actor_grade, proof: row.actor_proof_json },
      `a decision on request ${String(request)}`,
    ),
    reason: row.reason,
    forced:
      row.evidence_json === null
        ? []
        : refusalsIn(row.evidence_json, `a decision on request ${String(request)}`),
    atMs: row.at_ms,
  };
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function stillWaiting(row: RequestRow): ConflictError {
  return new ConflictError(
    `Request ${String(row.id)} of ${renderModelVersion(row)} for ${row.environment} is ${row.state} already.`,
    {
      code: "approval-open",
      hint:
        row.state === "open"
          ? `decide it (mlops models approve ${String(row.id)}), or take it back (mlops models withdraw ${String(row.id)})`
          : `use it: mlops models alias ${renderModelVersion(row)} ${row.environment}`,
    },
  );
}
