import fc from "fast-check";
import { expect, test } from "vitest";
import { anchorOf, type PlacedAnchor } from "../../src/registry/anchor.ts";
import {
  type AuditEvent,
  chainEvent,
  type FoundEvent,
  type NewAuditEvent,
} from "../../src/registry/audit.ts";
import { checkChain } from "../../src/registry/check-chain.ts";
import { judgeLog, type LogJudgement } from "../../src/registry/judge-log.ts";

const event = fc.record({
  action: fc.constantFrom("alias.moved", "model.tagged", "approval.commented"),
  subject: fc.constantFrom("churn@v1", "churn@champion", "penguins@v2"),
  actor: fc.record({
    name: fc.string(),
    grade: fc.constantFrom("asserted" as const, "authenticated" as const, "machine" as const),
  }),
  details: fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>, { maxKeys: 3 }),
  atMs: fc.nat(),
});

/** A log, a place in it, and an event that somebody would rather see there. */
const attacked = fc.array(event, { minLength: 1, maxLength: 12 }).chain((events) =>
  fc.record({
    log: fc.constant(chainOf(events)),
    at: fc.nat(events.length - 1),
    with: fc.nat(events.length - 1),
    other: event,
  }),
);

function chainOf(
  events: readonly NewAuditEvent[],
  start: readonly AuditEvent[] = [],
): AuditEvent[] {
  const chain = [...start];
  for (const one of events) chain.push(chainEvent(chain.at(-1), one));
  return chain;
}

function foundOf(chain: readonly AuditEvent[]): FoundEvent[] {
  return chain.map(({ sequence, previousHash, hash, ...content }) => ({
    sequence,
    previousHash,
    hash,
    content,
  }));
}

/** Numbers from 1, as somebody leaves them who hides what was done. */
function renumbered(events: readonly FoundEvent[]): FoundEvent[] {
  return events.map((one, at) => ({ ...one, sequence: at + 1 }));
}

function anchorAt(chain: readonly AuditEvent[], sequence: number): PlacedAnchor {
  const anchor = anchorOf(chain.slice(0, sequence));
  if (anchor === undefined) throw new Error("nothing to anchor");
  return { ...anchor, where: "a test", at: undefined };
}

function judged(
  events: readonly FoundEvent[],
  anchors: readonly PlacedAnchor[] = [],
): LogJudgement {
  const tables = { versions: [], aliases: [], tags: [], requests: [], deployments: [] };
  return judgeLog({ events, tables, missingGuards: [], anchors });
}

const placesOf = (events: readonly FoundEvent[]): readonly (readonly [string, number])[] =>
  checkChain(events).map(({ fault, sequence }) => [fault, sequence]);

test("finds nothing in a log that nobody touched", () => {
  fc.assert(
    fc.property(attacked, ({ log }) => {
      expect(checkChain(foundOf(log))).toEqual([]);
    }),
  );
});

const CHANGES: Readonly<Record<string, (row: FoundEvent) => FoundEvent>> = {
  action: (row) => withContent(row, { action: `${String(row.content?.action)}?` }),
  subject: (row) => withContent(row, { subject: `${String(row.content?.subject)}?` }),
  actor: (row) =>
    withContent(row, { actor: { name: `${String(row.content?.actor.name)}?`, grade: "asserted" } }),
  details: (row) => withContent(row, { details: { ...row.content?.details, "a new key": 1 } }),
  time: (row) => withContent(row, { atMs: (row.content?.atMs ?? 0) + 1 }),
  "hash before it": (row) => ({ ...row, previousHash: "sha256:0" }),
  hash: (row) => ({ ...row, hash: "sha256:0" }),
  "form, so that it is none of ours,": (row) => ({ ...row, content: undefined }),
};

function withContent(row: FoundEvent, change: Partial<NewAuditEvent>): FoundEvent {
  if (row.content === undefined) throw new Error("nothing to change");
  return { ...row, content: { ...row.content, ...change } };
}

for (const [field, change] of Object.entries(CHANGES)) {
  test(`finds and locates an event whose ${field} was changed`, () => {
    fc.assert(
      fc.property(attacked, ({ log, at }) => {
        const rows = foundOf(log);
        const row = rows[at];
        if (row === undefined) throw new Error("no such row");
        expect(placesOf(rows.with(at, change(row)))).toEqual([["changed", at + 1]]);
      }),
    );
  });
}

test("finds and locates an event that was dropped, also where the others were renumbered", () => {
  fc.assert(
    fc.property(attacked, ({ log, at }) => {
      const rest = foundOf(log).toSpliced(at, 1);
      const isLast = at === log.length - 1;
      expect(placesOf(rest)).toEqual(isLast ? [] : [["dropped", at + 1]]);
      expect(placesOf(renumbered(rest))).toEqual(isLast ? [] : [["unconnected", at + 1]]);
      // That the end is missing is what an anchor shows.
      expect(judged(rest, [anchorAt(log, log.length)]).verdict).not.toBe("holds");
    }),
  );
});

test("finds and locates an event that was put in, with or without a hash that fits", () => {
  fc.assert(
    fc.property(attacked, ({ log, at, other }) => {
      const fitting = foundOf(chainOf([other], log.slice(0, at))).slice(at);
      const [made] = fitting;
      if (made === undefined) throw new Error("nothing was made");
      for (const row of [made, { ...made, hash: `sha256:${"0".repeat(64)}` }]) {
        const places = placesOf(renumbered(foundOf(log).toSpliced(at, 0, row)));
        // Where the next one says that it is the first, so did the one that was put in.
        expect(places).toEqual([["inserted", at + 1]]);
      }
    }),
  );
});

test("finds and locates two events that changed places", () => {
  fc.assert(
    fc.property(attacked, ({ log, at, with: other }) => {
      fc.pre(at !== other);
      const rows = foundOf(log);
      const [low, high] = [Math.min(at, other), Math.max(at, other)];
      const [first, second] = [rows[low], rows[high]];
      if (first === undefined || second === undefined) throw new Error("no such rows");
      const found = checkChain(renumbered(rows.with(low, second).with(high, first)));
      expect(found[0]?.sequence).toBe(low + 1);
      expect(found.map(({ fault }) => fault)).toContain("reordered");
      expect(found.map(({ sequence }) => sequence)).toContain(high + 1);
    }),
  );
});

test("finds an end that was cut off, and an end that was written anew, where an anchor is later, and says else that it cannot", () => {
  fc.assert(
    fc.property(attacked, fc.nat(11), ({ log, at, other }, anchored) => {
      const sequence = 1 + (anchored % log.length);
      const anchor = anchorAt(log, sequence);
      const cut = judged(foundOf(log.slice(0, at)), [anchor]);
      const rewritten = judged(foundOf(chainOf([other, ...log.slice(at + 1)], log.slice(0, at))), [
        anchor,
      ]);
      // Hashes fit, so the chain says nothing.
      expect([...cut.chain, ...rewritten.chain]).toEqual([]);
      const said = (judgement: LogJudgement): unknown => ({
        verdict: judgement.verdict,
        anchors: judgement.anchors.map(({ verdict }) => verdict),
        upTo: judgement.protectedUpTo,
      });
      const held = { verdict: "holds", anchors: ["holds"], upTo: sequence };
      // Where nothing is left of the log that was anchored, it may be another one.
      const another = { verdict: "not-anchored", anchors: ["another-log"], upTo: undefined };
      const broken = (verdict: string): unknown => ({
        verdict: "broken",
        anchors: [verdict],
        upTo: undefined,
      });
      const expected = (verdict: string): unknown =>
        sequence <= at ? held : at === 0 ? another : broken(verdict);
      expect(said(cut)).toEqual(expected("cut-off"));
      expect(said(rewritten)).toEqual(expected("rewritten"));
      expect(cut.notShown[0]).toMatch(/is not detectable|is not protected yet/);
    }),
  );
});

test("says without an anchor that a rewrite of everything is not detectable", () => {
  const log = chainOf([
    {
      action: "model.tagged",
      subject: "churn@v1",
      actor: { name: "Ada", grade: "asserted" },
      details: {},
      atMs: 1,
    },
  ]);
  expect(judged(foundOf(log))).toMatchObject({
    verdict: "holds",
    protectedUpTo: undefined,
    notShown: [expect.stringContaining("a rewrite of all of it"), expect.anything()],
  });
});
