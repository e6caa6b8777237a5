/** The event log for people: who did what in words, and what checking it found. Each ends without a newline. */
import type { AuditEventReport, LogCheck, ModelsAuditReport } from "../../app/audit-schema.ts";
import type { Style } from "../style.ts";
import { shortDigest, shortTime, timeCell } from "./cells.ts";
import { onOneLine } from "./display-width.ts";
import { wrapText } from "./layout.ts";
import type { Table } from "./typed-table.ts";

/** `models audit` */
export function renderAudit(report: ModelsAuditReport, style: Style): string {
  const { check, anchored, events } = report;
  if (check !== null || anchored !== null)
    return [
      ...(anchored === null ? [] : [renderAnchored(anchored, style)]),
      ...(check === null ? [] : [renderLogCheck(check, style)]),
    ].join("\n\n");
  const older = report.matching - events.length;
  const broken = report.unreadable.map(String).join(", ");
  return [
    events.length === 0
      ? "No such event. See what is kept: mlops models audit"
      : events.map((event) => renderEvent(event, style)).join("\n"),
    ...(older === 0
      ? []
      : [`${String(older)} older: mlops models audit --limit ${String(report.matching)}`]),
    ...(broken === ""
      ? []
      : [style.bad(`Unreadable: event ${broken}. Look: mlops models audit --verify`)]),
  ].join("\n");
}

/** Two lines or more: what was done, and who did it. A table of it would be wider than most terminals. */
function renderEvent(event: AuditEventReport, style: Style): string {
  const { sequence, at, by, grade, action, subject } = event;
  const details = describeDetails(event);
  const what = `${action} ${subject}${details === "" ? "" : `: ${details}`}`;
  const head = `${String(sequence).padStart(4)}  ${shortTime(at)}  `;
  const [first = "", ...more] = wrapText(onOneLine(what), style.columns - head.length);
  const indent = " ".repeat(head.length);
  return [
    `${head}${first.replace(action, () => style.strong(action))}`,
    ...more.map((line) => indent + line),
    ...wrapText(onOneLine(`${by} (${grade})`), style.columns - head.length).map(
      (line) => indent + style.faint(line),
    ),
  ].join("\n");
}

/** One row an event. */
export function auditTable({ events }: ModelsAuditReport): Table {
  return {
    columns: [
      { key: "event", title: "event", align: "right", wrap: "never" },
      { key: "at", title: "at (UTC)", wrap: "never" },
      { key: "by", title: "by" },
      { key: "grade", title: "grade", wrap: "never" },
      { key: "action", title: "what" },
      { key: "subject", title: "on" },
      { key: "details", title: "details" },
    ],
    rows: events.map((event) => [
      event.sequence,
      timeCell(event.at),
      event.by,
      event.grade,
      event.action,
      event.subject,
      { value: JSON.stringify(event.details), text: describeDetails(event) },
    ]),
  };
}

/** Details in words; of those that this version does not know, name and value. */
export function describeDetails({ action, details }: AuditEventReport): string {
  const { from, to, request, environment, reason, forced, run, files, ...rest } = details;
  const move = to === undefined ? [] : [`${versionWord(from)} → ${versionWord(to)}`];
  const parts = [
    ...(action.startsWith("alias.") ? move : otherFacts({ from, to })),
    ...(request === undefined ? [] : [`request ${plain(request)}`]),
    ...(environment === undefined ? [] : [`for ${plain(environment)}`]),
    ...(run === undefined ? [] : [`run ${plain(run).slice(0, 8)}`]),
    ...otherFacts(rest),
    ...(files === undefined ? [] : [countFiles(files)]),
    ...(forced === undefined ? [] : [`by force: ${plain(forced)}`]),
    ...(reason === undefined || reason === "" ? [] : [`because ${plain(reason)}`]),
  ];
  return parts.join(", ");
}

function otherFacts(details: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(details).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${plain(value)}`],
  );
}

function versionWord(value: unknown): string {
  return value === null || value === undefined ? "nothing" : `v${plain(value)}`;
}

function countFiles(files: unknown): string {
  const count = typeof files === "object" && files !== null ? Object.keys(files).length : 0;
  return count === 1 ? "1 file" : `${String(count)} files`;
}

function plain(value: unknown): string {
  if (typeof value === "string") return value.startsWith("sha256:") ? shortDigest(value) : value;
  return value === null ? "none" : JSON.stringify(value);
}

function renderAnchored(
  { sequence, place, name, made }: NonNullable<ModelsAuditReport["anchored"]>,
  style: Style,
): string {
  const what = `event ${String(sequence)} is in ${place === "tag" ? `the tag ${name}` : name}`;
  const next =
    place === "tag"
      ? `It protects nothing before it is elsewhere: git push origin ${name}`
      : `It protects nothing before it is committed and pushed: git commit ${name}`;
  return `${made ? style.good("anchored") : "anchored before"}: ${what}\n${next}`;
}

/** What was found, and what nothing would show; also for `models verify`. */
export function renderLogCheck(check: LogCheck, style: Style): string {
  const events = check.events === 1 ? "1 event" : `${String(check.events)} events`;
  const findings = [
    ...check.chain.map(({ message }) => message),
    ...check.missingGuards.map(
      (guard) => `the guard ${guard} of the database, which refuses changes of the log, is gone`,
    ),
    ...check.anchors.flatMap((anchor) => anchorFault(anchor)),
    ...check.tables.map(({ message }) => message),
  ];
  const blocks = [
    `event log: ${verdictOf(check, style)} (${events})`,
    findings.length === 0 ? "" : bullets(findings, style),
    check.anchors.length === 0 ? "" : `${style.faint("anchors")}\n${renderAnchors(check, style)}`,
    check.unread.length === 0 ? "" : bullets(check.unread, style),
    `${style.faint("what this cannot show")}\n${bullets(check.notShown, style)}`,
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

function verdictOf({ verdict, anchors, protectedUpTo }: LogCheck, style: Style): string {
  switch (verdict) {
    case "broken":
      return style.bad("it was changed");
    case "not-anchored":
      return style.warn(
        `the chain holds, and none of the ${String(anchors.length)} anchors is of this log: it is another registry's than the anchored one, or was written anew from its first event. Anchor this one: mlops models audit --anchor`,
      );
    case "holds":
      return protectedUpTo === null
        ? `${style.good("the chain holds")}, and nothing anchors it: mlops models audit --anchor`
        : `${style.good("it holds")}, anchored up to event ${String(protectedUpTo)}`;
  }
}

type ShownAnchor = LogCheck["anchors"][number];

function anchorFault({ where, sequence, verdict }: ShownAnchor): readonly string[] {
  const event = `event ${String(sequence)}`;
  switch (verdict) {
    case "rewritten":
      return [`the log was rewritten before or at ${event}: ${where} has another hash for it`];
    case "cut-off":
      return [`the log ends before ${event}, which ${where} knows`];
    case "missing":
      return [`${event}, which ${where} knows, is missing`];
    case "holds":
    case "another-log":
      return [];
  }
}

function renderAnchors({ anchors }: LogCheck, style: Style): string {
  return anchors
    .flatMap(({ where, sequence, hash, at, verdict }) => {
      const tone =
        verdict === "holds" ? "good" : verdict === "another-log" ? "faint" : ("bad" as const);
      const when = at === null ? "" : `, ${shortTime(at)} UTC`;
      return [
        `  ${where}: ${style[tone](VERDICTS[verdict])}`,
        `    event ${String(sequence)}, ${shortDigest(hash)}${when}`,
      ];
    })
    .join("\n");
}

const VERDICTS: Readonly<Record<ShownAnchor["verdict"], string>> = {
  holds: "holds",
  rewritten: "the event has another hash now",
  "cut-off": "the log ends before it",
  missing: "the event is missing",
  "another-log": "of another log",
};

function bullets(lines: readonly string[], style: Style): string {
  return lines
    .flatMap((line) => {
      const [first = "", ...rest] = wrapText(line, style.columns - 4);
      return [`  - ${first}`, ...rest.map((more) => `    ${more}`)];
    })
    .join("\n");
}
