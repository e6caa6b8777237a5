import { expect, test } from "vitest";
import { sha256FromHex } from "../../src/base/hash.ts";
import {
  type AuditEvent,
  chainEvent,
  eventHash,
  firstBrokenEvent,
  type NewAuditEvent,
} from "../../src/registry/audit.ts";
import type { Identity } from "../../src/registry/identity.ts";
import goldenEvents from "../fixtures/contracts/audit-events.json" with { type: "json" };

/** Contract 11's golden: a chain whose hashes must never change, else every registry in the world would seem broken. */
const golden = goldenEvents.map(
  (event): AuditEvent => ({
    ...event,
    actor: { name: event.actor.name, grade: gradeOf(event.actor.grade) },
    previousHash:
      event.previousHash === undefined
        ? undefined
        : sha256FromHex(event.previousHash.replace("sha256:", "")),
    hash: sha256FromHex(event.hash.replace("sha256:", "")),
  }),
);

function gradeOf(text: string): Identity["grade"] {
  const grade = (["asserted", "authenticated", "machine"] as const).find((known) => known === text);
  if (grade === undefined) throw new Error(`the golden has the grade ${text}`);
  return grade;
}

function chainOf(events: readonly NewAuditEvent[]): readonly AuditEvent[] {
  const chain: AuditEvent[] = [];
  for (const event of events) chain.push(chainEvent(chain.at(-1), event));
  return chain;
}

test("hashes events as the contract's golden says", () => {
  expect(chainOf(golden)).toEqual(golden);
  expect(firstBrokenEvent(golden)).toBeUndefined();
});

test("hashes the same event alike whatever the order of its keys", () => {
  const [first] = golden;
  if (first === undefined) throw new Error("the golden is empty");
  const { details, ...rest } = first;
  const reversed = Object.fromEntries(Object.entries(details).toReversed());
  expect(eventHash(undefined, { ...rest, details: reversed })).toBe(first.hash);
});

const changes: readonly {
  readonly name: string;
  readonly change: (event: AuditEvent) => AuditEvent;
}[] = [
  { name: "action", change: (event) => ({ ...event, action: "model.deleted" }) },
  { name: "subject", change: (event) => ({ ...event, subject: "churn@v9" }) },
  { name: "actor", change: (event) => ({ ...event, actor: { ...event.actor, name: "Eve" } }) },
  {
    name: "grade",
    change: (event) => ({
      ...event,
      actor: {
        ...event.actor,
        grade: event.actor.grade === "machine" ? "authenticated" : "machine",
      },
    }),
  },
  { name: "details", change: (event) => ({ ...event, details: { ...event.details, extra: 1 } }) },
  { name: "time", change: (event) => ({ ...event, atMs: event.atMs + 1 }) },
];

for (const { name, change } of changes) {
  test(`shows that the ${name} of an event was changed`, () => {
    for (const [index, event] of golden.entries()) {
      expect(firstBrokenEvent(golden.with(index, change(event)))).toBe(index + 1);
    }
  });
}

test("shows that an event was taken out, put in or moved", () => {
  expect(firstBrokenEvent(golden.toSpliced(1, 1))).toBe(2);
  expect(firstBrokenEvent(golden.toSpliced(0, 1))).toBe(1);
  const [first, second] = golden;
  if (first === undefined || second === undefined) throw new Error("the golden is too short");
  expect(firstBrokenEvent([second, first])).toBe(1);
  expect(firstBrokenEvent([first, first, second])).toBe(2);
});
