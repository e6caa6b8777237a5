/** The event log and the tables beside it exactly as they are stored: whoever changed the file may have put anything there. */
import type Database from "better-sqlite3";
import { sha256 } from "../../base/hash.ts";
import type { FoundLog } from "../../ports/registry.ts";
import type { FoundEvent } from "../../registry/audit.ts";
import { recordDigest } from "../../registry/effect.ts";
import type { Identity } from "../../registry/identity.ts";
import type { KeptTables } from "../../registry/replay.ts";
import { nouns } from "./migrations/001-nouns.ts";
import {
  digestOfDeployment,
  digestOfRequest,
  digestOfVersion,
  filesOf,
  type Row,
} from "./records.ts";
import { EventDetails } from "./schema.ts";
import { fits } from "./shape.ts";

/** Triggers of migration 1, name by name with their text: one of the same name may guard nothing. */
const GUARDS = [...nouns.matchAll(/^(CREATE TRIGGER (events_\w+) .* END);$/gm)].map(
  ([, text = "", name = ""]) => ({ name, text }),
);

/** Everything, in the caller's transaction, so that log and tables are of one moment. */
export function examineLog(db: Database.Database): FoundLog {
  const rows = db.prepare<[], Row>("SELECT * FROM events ORDER BY sequence").all();
  const there = db
    .prepare<[], string>("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
    .pluck()
    .all();
  return {
    events: rows.map(foundEvent),
    tables: keptTables(db),
    missingGuards: GUARDS.filter(({ text }) => !there.includes(text)).map(({ name }) => name),
  };
}

function foundEvent(row: Row): FoundEvent {
  return {
    sequence: Number(row["sequence"]),
    previousHash: textOrNothing(row["previous_hash"]),
    hash: String(row["hash"]),
    content: contentOf(row),
  };
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `undefined` also where the JSON is not as we write it: it would be read as it was and found by nobody. */
function contentOf(row: Row): FoundEvent["content"] {
  const text = String(row["details_json"]);
  const grade = gradeOf(row["actor_grade"]);
  const details = parse(text);
  if (grade === undefined || !fits(EventDetails, details) || JSON.stringify(details) !== text)
    return undefined;
  return {
    action: String(row["action"]),
    subject: String(row["subject"]),
    actor: { name: String(row["actor"]), grade },
    details,
    atMs: Number(row["at_ms"]),
  };
}

function gradeOf(value: unknown): Identity["grade"] | undefined {
  return (["asserted", "authenticated", "machine"] as const).find((grade) => grade === value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keptTables(db: Database.Database): KeptTables {
  const all = (query: string): readonly Row[] => db.prepare<[], Row>(query).all();
  const decisions = new Map<number, string[]>();
  for (const row of all("SELECT * FROM approval_decisions ORDER BY request, id")) {
    const request = Number(row["request"]);
    decisions.set(request, [...(decisions.get(request) ?? []), recordDigest(row)]);
  }
  return {
    versions: all("SELECT * FROM model_versions ORDER BY model, version").map((row) => ({
      ...ofVersion(row),
      isDeleted: row["deleted_at_ms"] !== null,
      record: digestOfVersion(row, filesOf(db, { model: row["model"], version: row["version"] })),
    })),
    aliases: all("SELECT * FROM aliases ORDER BY model, alias").map((row) => ({
      ...ofVersion(row),
      alias: String(row["alias"]),
    })),
    tags: all("SELECT * FROM model_version_tags ORDER BY model, version, key").map((row) => ({
      ...ofVersion(row),
      key: String(row["key"]),
      value: sha256(String(row["value"])),
    })),
    requests: all("SELECT * FROM approval_requests ORDER BY id").map((row) => ({
      id: Number(row["id"]),
      state: String(row["state"]),
      record: digestOfRequest(row),
      decisions: decisions.get(Number(row["id"])) ?? [],
    })),
    deployments: all("SELECT * FROM deployments ORDER BY id").map((row) => ({
      id: Number(row["id"]),
      record: digestOfDeployment(row),
    })),
  };
}

function ofVersion(row: Row): { readonly model: string; readonly version: number } {
  return { model: String(row["model"]), version: Number(row["version"]) };
}
