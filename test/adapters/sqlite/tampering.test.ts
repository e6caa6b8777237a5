/** What somebody can do to the file of the registry who goes around this program, and how each of it shows. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openDatabase, registryOn } from "../../../src/adapters/sqlite/open.ts";
import type { Registry } from "../../../src/ports/registry.ts";
import { anchorOf } from "../../../src/registry/anchor.ts";
import { chainEvent } from "../../../src/registry/audit.ts";
import { judgeLog, type LogJudgement } from "../../../src/registry/judge-log.ts";
import { tellStory } from "../../support/registry-story.ts";
import { tempProject } from "../../support/temp-project.ts";

const NO_GUARDS = "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;";
/** Puts the guards back as they were, so that only what was done between shows. */
const GUARDS_BACK = `
  CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;
  CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END;`;

interface Case {
  readonly name: string;
  readonly sql: string;
  /** Start of each message, in order. */
  readonly shows: readonly string[];
}

const LOG: readonly Case[] = [
  ...[
    ["action", "'model.deleted'"],
    ["subject", "'churn@v9'"],
    ["actor", "'Eve'"],
    ["actor_grade", "'authenticated'"],
    ["details_json", `'{"to":9}'`],
    ["details_json", "details_json || ' '"],
    ["details_json", "'no JSON'"],
    ["at_ms", "at_ms + 1"],
    ["hash", "'sha256:' || hex(zeroblob(32))"],
  ].map(([column, value]) => ({
    name: `changes ${String(column)} to ${String(value)}`,
    sql: `UPDATE events SET ${String(column)} = ${String(value)} WHERE sequence = 5`,
    shows: ["event 5 "],
  })),
  {
    name: "drops an event",
    sql: "DELETE FROM events WHERE sequence = 5",
    shows: ["event 5 is missing"],
  },
  {
    name: "drops two events and renumbers the rest",
    sql: "DELETE FROM events WHERE sequence IN (5, 6); UPDATE events SET sequence = sequence - 2 WHERE sequence > 6",
    shows: ["event 5 follows from an event that is not in the log"],
  },
  {
    name: "copies an event",
    sql: `UPDATE events SET sequence = -sequence WHERE sequence > 5; UPDATE events SET sequence = 1 - sequence WHERE sequence < 0;
      INSERT INTO events SELECT 6, action, subject, actor, actor_grade, details_json, at_ms, previous_hash, hash || '0' FROM events WHERE sequence = 5`,
    shows: ["event 6 was changed"],
  },
  {
    name: "swaps two events",
    sql: "UPDATE events SET sequence = 1000 WHERE sequence = 5; UPDATE events SET sequence = 5 WHERE sequence = 9; UPDATE events SET sequence = 9 WHERE sequence = 1000",
    shows: [
      "event 5 follows from event 8",
      "event 6 follows from event 9",
      "event 9 ",
      "event 10 follows from event 5",
    ],
  },
];

const TABLES: readonly Case[] = [
  {
    name: "moves an alias",
    sql: "UPDATE aliases SET version = 1 WHERE alias = 'production'",
    shows: ["churn@production points at v1, and the last event moved it to v2"],
  },
  {
    name: "adds an alias",
    sql: "INSERT INTO aliases VALUES ('churn', 'stable', 1)",
    shows: ["churn@stable points at v1, and no event put it there"],
  },
  {
    name: "takes an alias away",
    sql: "DELETE FROM aliases WHERE alias = 'champion'",
    shows: ["churn@champion is not there"],
  },
  {
    name: "polishes a metric",
    sql: "UPDATE model_versions SET metrics_json = '[]' WHERE version = 1",
    shows: ["churn@v1 is not what was registered"],
  },
  {
    name: "exchanges a file",
    sql: "UPDATE model_version_files SET digest = 'sha256:' || hex(zeroblob(32)) WHERE version = 2 AND path = 'MLmodel'",
    shows: ["churn@v2 is not what was registered"],
  },
  {
    name: "gives a version another author, for four eyes",
    sql: "UPDATE model_versions SET created_by = 'Grace' WHERE version = 1",
    shows: ["churn@v1 is not what was registered"],
  },
  {
    name: "brings a deleted version back",
    sql: "UPDATE model_versions SET deleted_at_ms = NULL WHERE version = 3",
    shows: ["churn@v3 is there, and the log says that it was deleted"],
  },
  {
    name: "hides a version",
    sql: "UPDATE model_versions SET deleted_at_ms = 1 WHERE version = 1",
    shows: ["churn@v1 is deleted, and no event tells of that"],
  },
  {
    name: "adds a version",
    sql: "INSERT INTO model_versions SELECT model, 4, pipeline, pipeline_revision, run_id, 'sha256:0', certificate_digest, verdict, metrics_json, created_by, created_at_ms, created_by_grade, NULL, NULL, NULL, NULL FROM model_versions WHERE version = 1",
    shows: ["churn@v4 was registered, and no event tells of it"],
  },
  {
    name: "changes a tag",
    sql: "UPDATE model_version_tags SET value = 'eve' WHERE key = 'owner'",
    shows: ["the tag owner of churn@v1 has a value that no event gave it"],
  },
  {
    name: "approves what was rejected",
    sql: "UPDATE approval_requests SET state = 'approved' WHERE id = 3",
    shows: ["request 3 is approved; by the log it is rejected"],
  },
  {
    name: "makes an approval serve again",
    sql: "UPDATE approval_requests SET state = 'approved' WHERE id = 1",
    shows: ["request 1 is approved; by the log it is used"],
  },
  {
    name: "eases the policy of a request",
    sql: "UPDATE approval_requests SET policy_json = '{}' WHERE id = 1",
    shows: ["request 1 is not what was asked"],
  },
  {
    name: "adds a decision",
    sql: "INSERT INTO approval_decisions (request, decision, actor, actor_grade, reason, at_ms) VALUES (2, 'approve', 'Grace', 'authenticated', 'yes', 1)",
    shows: ["request 2 has a decision that no event tells of"],
  },
  {
    name: "puts another name under a decision",
    sql: "UPDATE approval_decisions SET actor = 'Eve' WHERE request = 1",
    shows: ["request 1 has a decision that is not what was decided"],
  },
  {
    name: "takes a decision away",
    sql: "DELETE FROM approval_decisions WHERE decision = 'reject'",
    shows: ["request 3 lacks a decision that the log tells of"],
  },
  {
    name: "says that something else was deployed",
    sql: "UPDATE deployments SET subject = 'churn:r9'",
    shows: ["deployment 1 is not what was deployed"],
  },
];

function judge({ audit }: Registry): LogJudgement {
  return judgeLog({ ...audit.examine(), anchors: [] });
}

/** Foreign keys are off: whoever tampers is not stopped by them. */
function tampered(sql: string): LogJudgement {
  const db = openDatabase(":memory:");
  const registry = registryOn(db, ":memory:");
  tellStory(registry);
  db.pragma("foreign_keys = OFF");
  db.exec(`${NO_GUARDS} ${sql}; ${GUARDS_BACK}`);
  try {
    return judge(registry);
  } finally {
    registry.close();
  }
}

for (const { name, sql, shows } of LOG) {
  test(`shows in the log when somebody ${name}`, () => {
    const { chain, verdict } = tampered(sql);
    expect(verdict).toBe("broken");
    expect(chain.map(({ message }) => message)).toEqual(
      shows.map((start) => expect.stringMatching(new RegExp(`^${start}`)) as unknown),
    );
  });
}

for (const { name, sql, shows } of TABLES) {
  test(`shows beside the log when somebody ${name}`, () => {
    const { chain, tables, verdict } = tampered(sql);
    expect(verdict).toBe("broken");
    expect(chain).toEqual([]);
    expect(tables.map(({ message }) => message)).toEqual(
      shows.map((start) => expect.stringMatching(new RegExp(`^${start}`)) as unknown),
    );
  });
}

test("shows that the guards of the log were taken away", async () => {
  const db = openDatabase(":memory:");
  const registry = registryOn(db, ":memory:");
  tellStory(registry);
  db.exec(NO_GUARDS);
  expect(judge(registry)).toMatchObject({
    verdict: "broken",
    missingGuards: ["events_are_never_changed", "events_are_never_removed"],
  });
  // One of the same name that guards nothing is none.
  db.exec(
    "CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events WHEN 0 BEGIN SELECT RAISE (ABORT, 'the event log is append-only'); END",
  );
  expect(judge(registry).missingGuards).toHaveLength(2);
  registry.close();
});

test("shows a byte that was changed in the file itself", async () => {
  await using project = await tempProject();
  const path = project.path("registry.db");
  const first = openDatabase(path);
  const written = registryOn(first, path);
  tellStory(written);
  first.pragma("wal_checkpoint(TRUNCATE)");
  written.close();
  const bytes = readFileSync(path);
  const at = bytes.indexOf("model.exported");
  expect(at).toBeGreaterThan(0);
  bytes.write("M", at);
  writeFileSync(path, bytes);
  const registry = registryOn(openDatabase(path), path);
  expect(judge(registry).chain).toEqual([
    expect.objectContaining({ fault: "changed", sequence: 21 }),
  ]);
  registry.close();
});

test("shows a rewrite with hashes that fit by an anchor alone, and says so where there is none", () => {
  const db = openDatabase(":memory:");
  const registry = registryOn(db, ":memory:");
  tellStory(registry);
  const before = registry.audit.list().toReversed();
  const anchor = anchorOf(before);
  if (anchor === undefined) throw new Error("an empty log");
  db.exec(NO_GUARDS);
  // Eve was never there: the last event has another actor and the hash that fits it.
  const [last] = before.slice(-1);
  if (last === undefined) throw new Error("an empty log");
  const anew = chainEvent(before.at(-2), { ...last, actor: { name: "Ada 2", grade: "asserted" } });
  db.prepare("UPDATE events SET actor = ?, hash = ? WHERE sequence = ?").run(
    anew.actor.name,
    anew.hash,
    anew.sequence,
  );
  db.exec(GUARDS_BACK);
  const found = registry.audit.examine();
  expect(judgeLog({ ...found, anchors: [] })).toMatchObject({
    verdict: "holds",
    notShown: [expect.stringContaining("is not detectable"), expect.anything()],
  });
  const anchored = { ...anchor, where: "a tag", at: undefined };
  expect(judgeLog({ ...found, anchors: [anchored] })).toMatchObject({
    verdict: "broken",
    anchors: [{ verdict: "rewritten", sequence: 21 }],
  });
  registry.close();
});
