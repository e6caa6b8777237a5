import { expect, test } from "vitest";
import {
  type ApprovalEvent,
  type ApprovalRequest,
  type ApprovalState,
  approvalAfter,
} from "../../src/registry/approval.ts";

const states: readonly ApprovalState[] = [
  "open",
  "approved",
  "rejected",
  "withdrawn",
  "expired",
  "used",
];
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

const illegal = states.flatMap((state) =>
  events
    .filter((event) => !legal.some(([from, kind]) => from === state && kind === event.kind))
    .map((event) => ({ state, event })),
);

function eventOf(kind: ApprovalEvent["kind"]): ApprovalEvent {
  const found = events.find((event) => event.kind === kind);
  if (found === undefined) throw new Error(kind);
  return found;
}

for (const [from, kind, to] of legal) {
  test(`makes a request that is ${from} ${to} by ${kind}`, () => {
    expect(approvalAfter(requestIn(from), eventOf(kind))).toEqual({
      ...requestIn(from),
      state: to,
    });
  });
}

for (const { state, event } of illegal) {
  test(`does not ${event.kind} a request that is ${state}`, () => {
    expect(() => approvalAfter(requestIn(state), event)).toThrow(
      expect.objectContaining({ code: "approval-transition-illegal" }),
    );
  });
}

test("neither approves nor uses a request past its time", () => {
  for (const [state, kind] of [
    ["open", "approve"],
    ["approved", "use"],
  ] as const) {
    expect(() => approvalAfter(requestIn(state), { ...eventOf(kind), atMs: 100 })).toThrow(
      expect.objectContaining({ code: "approval-expired" }),
    );
    expect(
      approvalAfter(
        { ...requestIn(state), expiresAtMs: undefined },
        { ...eventOf(kind), atMs: 100 },
      ).state,
    ).not.toBe(state);
  }
});
