/** Results of `models audit`, as `--json` prints them. Times are ISO 8601 in UTC. */
import { z } from "zod";

export const AuditEventReport = z.strictObject({
  sequence: z.int(),
  at: z.string(),
  by: z.string(),
  /** How sure that is: asserted, authenticated or machine. */
  grade: z.string(),
  /** Noun and what happened to it: `alias.moved`. */
  action: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type AuditEventReport = z.infer<typeof AuditEventReport>;

export const LogCheck = z.strictObject({
  /** `not-anchored`: there are anchors, and none is of this log. */
  verdict: z.enum(["holds", "not-anchored", "broken"]),
  events: z.int(),
  /** Where the chain is broken, by sequence. */
  chain: z.array(
    z.strictObject({
      fault: z.enum(["changed", "dropped", "inserted", "reordered", "unconnected"]),
      sequence: z.int(),
      message: z.string(),
    }),
  ),
  /** Guards of the database against changes that were taken away. */
  missingGuards: z.array(z.string()),
  anchors: z.array(
    z.strictObject({
      where: z.string(),
      sequence: z.int(),
      hash: z.string(),
      /** When it was committed or tagged. */
      at: z.string().nullable(),
      verdict: z.enum(["holds", "rewritten", "cut-off", "missing", "another-log"]),
    }),
  ),
  /** What may hold anchors and could not be read. */
  unread: z.array(z.string()),
  /** Rows that the log does not tell of so. */
  tables: z.array(z.strictObject({ subject: z.string(), message: z.string() })),
  /** The last event that an anchor speaks for. */
  protectedUpTo: z.int().nullable(),
  /** What nothing here would show. */
  notShown: z.array(z.string()),
});
export type LogCheck = z.infer<typeof LogCheck>;

export const ModelsAuditReport = z.strictObject({
  /** Newest first; empty with --verify and --anchor. */
  events: z.array(AuditEventReport),
  /** Events that match, shown or not. */
  matching: z.int(),
  /** Events of the log that cannot be read. */
  unreadable: z.array(z.int()),
  /** With --verify. */
  check: LogCheck.nullable(),
  /** With --anchor. */
  anchored: z
    .strictObject({
      sequence: z.int(),
      hash: z.string(),
      place: z.enum(["lock", "tag"]),
      /** The file or the tag. */
      name: z.string(),
      /** False when it was there already. */
      made: z.boolean(),
    })
    .nullable(),
});
export type ModelsAuditReport = z.infer<typeof ModelsAuditReport>;
