import { expect, test } from "vitest";
import {
  type ApprovalEvent,
  type ApprovalState,
  shownState,
  stateAfter,
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

function requestIn(state: ApprovalState): Parameters<typeof stateAfter>[0] {
  return {
    id: 1,
    model: "churn",
    version: 3,
    environment: "production",
    state,
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
    expect(stateAfter(requestIn(from), eventOf(kind))).toBe(to);
  });
}

for (const { state, event } of illegal) {
  test(`does not ${event.kind} a request that is ${state}`, () => {
    expect(() => stateAfter(requestIn(state), event)).toThrow(
      expect.objectContaining({ code: "approval-transition-illegal" }),
    );
  });
}

test("neither approves nor uses a request past its time", () => {
  for (const [state, kind] of [
    ["open", "approve"],
    ["approved", "use"],
  ] as const) {
    expect(() => stateAfter(requestIn(state), { ...eventOf(kind), atMs: 100 })).toThrow(
      expect.objectContaining({ code: "approval-expired" }),
    );
    expect(
      stateAfter({ ...requestIn(state), expiresAtMs: undefined }, { ...eventOf(kind), atMs: 100 }),
    ).not.toBe(state);
  }
});

test("shows a request past its time as expired, unless it has ended otherwise", () => {
  expect(shownState(requestIn("open"), 99)).toBe("open");
  expect(shownState(requestIn("open"), 100)).toBe("expired");
  expect(shownState(requestIn("approved"), 100)).toBe("expired");
  expect(shownState(requestIn("used"), 100)).toBe("used");
  expect(shownState({ ...requestIn("open"), expiresAtMs: undefined }, 1e15)).toBe("open");
});
