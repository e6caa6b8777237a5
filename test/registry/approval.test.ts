import { expect, test } from "vitest";
import { type ApprovalEvent, type ApprovalRequest, type ApprovalState, approvalAfter } from "../../src/registry/approval.ts";

const states: readonly ApprovalState[] = ["open", "approved", "rejected", "withdrawn", "expired", "used"];
const by = { name: "Grace", grade: "authenticated" } as const;
const events: readonly ApprovalEvent[] = [
  { kind: "approve", by, reason: "metrics hold", atMs: 50 },
  { kind: "reject", by, reason: "too few rows", atMs: 50 },
  { kind: "withdraw", by, reason: "wrong version", atMs: 50 },
  { kind: "expire", atMs: 50 },
  { kind: "use", atMs: 50 },
];

/** All that may happen; every other pair is illegal. */
const legal: readonly (readonly [ApprovalState, ApprovalEvent["kind"], ApprovalState])[] = [
  ["open", "approve", "approved"],
  ["open", "reject", "rejected"],
  ["open", "withdraw", "withdrawn"],
  ["open", "expire", "expired"],
  ["approved", "use", "used"],
  ["approved", "withdraw", "withdrawn"],
  ["approved", "expire", "expired"],
];

function requestIn(state: ApprovalState): ApprovalRequest {
  return {
    id: 1,
    model: "churn",
    version: 3,
    environment: "production",
    state,
    reason: "better recall",
    requestedBy: { name: "Ada", grade: "asserted" },
    createdAtMs: 10,
    expiresAtMs: 100,
  };
}

for (const state of states) {
  for (const event of events) {
    const next = legal.find(([from, kind]) => from === state && kind === event.kind)?.[2];
    if (next === undefined) {
      test(`does not ${event.kind} a request that is ${state}`, () => {
        expect(() => approvalAfter(requestIn(state), event)).toThrow(expect.objectContaining({ code: "approval-transition-illegal" }));
      });
    } else {
      test(`makes a request that is ${state} ${next} by ${event.kind}`, () => {
        expect(approvalAfter(requestIn(state), event)).toEqual({ ...requestIn(state), state: next });
      });
    }
  }
}

test("neither approves nor uses a request past its time", () => {
  for (const [state, kind] of [["open", "approve"], ["approved", "use"]] as const) {
    const event = events.find((candidate) => candidate.kind === kind);
    if (event === undefined) throw new Error(kind);
    expect(() => approvalAfter(requestIn(state), { ...event, atMs: 100 })).toThrow(expect.objectContaining({ code: "approval-expired" }));
    expect(approvalAfter({ ...requestIn(state), expiresAtMs: undefined }, { ...event, atMs: 100 }).state).not.toBe(state);
  }
});
