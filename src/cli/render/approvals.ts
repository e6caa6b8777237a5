/** Requests for approval and what was decided on them, for people. Each ends without a newline. */
import type {
  ApprovalDecisionReport,
  ApprovalReport,
  ApprovalsListReport,
} from "../../app/approvals-schema.ts";
import type { Style } from "../style.ts";
import { numberCell, shortTime, timeCell } from "./cells.ts";
import { renderNumber, renderRows } from "./table.ts";
import { renderTextTable } from "./text-table.ts";
import type { Cell, Table } from "./typed-table.ts";

type Identity = ApprovalReport["requestedBy"];
type Peer = NonNullable<ApprovalReport["evidence"]["baseline"]>;

/** `models request` */
export function renderRequest(report: ApprovalReport, style: Style): string {
  return [
    renderApproval(report, style),
    "",
    `Somebody else approves it: mlops models approve ${String(report.id)}`,
  ].join("\n");
}

/** `models requests` */
export function renderRequests(
  { requests }: ApprovalsListReport,
  style: Style,
  wanted: string | undefined,
): string {
  const [only] = requests;
  if (only !== undefined && requests.length === 1 && wanted !== undefined)
    return renderApproval(only, style);
  if (requests.length > 0) return renderTextTable(requestsTable({ requests }), style);
  return wanted === undefined
    ? "No request waits. Ask: mlops models request churn; see all: mlops models requests --all"
    : `There is no request for ${wanted}.`;
}

/** One row a request. */
export function requestsTable({ requests }: ApprovalsListReport): Table {
  return {
    columns: [
      { key: "request", title: "request", align: "right" },
      { key: "version", title: "version" },
      { key: "environment", title: "environment" },
      { key: "state", title: "state" },
      { key: "by", title: "by" },
      { key: "reason", title: "reason" },
      { key: "at", title: "asked (UTC)", wrap: "never" },
    ],
    rows: requests.map((one) => [
      one.id,
      one.reference,
      one.environment,
      one.state,
      one.requestedBy.name,
      one.reason,
      timeCell(one.requestedAt),
    ]),
  };
}

/** `models approve`, `reject`, `withdraw` and `comment` */
export function renderDecision(report: ApprovalDecisionReport, style: Style): string {
  const { request, decided, refusals } = report;
  const rows = refusals.map(({ message, code }): (string | Cell)[] => [
    { value: decided ? "forced" : "no", tone: decided ? "warn" : "bad" },
    message,
    style.faint(code),
  ]);
  return [
    renderApproval(request, style),
    ...(rows.length === 0 ? [] : ["", renderRows(rows, style)]),
    "",
    endOf(report, style),
  ].join("\n");
}

function endOf({ request, decided }: ApprovalDecisionReport, style: Style): string {
  const { reference, environment, id, state } = request;
  if (!decided)
    return style.bad(
      `Not approved. Mend what is missing, or put it on record: mlops models approve ${String(id)} --force --reason "…"`,
    );
  switch (state) {
    case "used":
      return `${style.good("approved")}: ${environment} runs ${reference}. Commit mlops.lock.yaml, which says so.`;
    case "approved":
      return `${style.good("approved")}. Let it in: mlops models alias ${reference} ${environment}`;
    case "open":
      return `It waits: mlops models approve ${String(id)}`;
    case "rejected":
    case "withdrawn":
    case "expired":
      return `Request ${String(id)} is ${state}.`;
  }
}

/** All that an approver is to look at. */
function renderApproval(report: ApprovalReport, style: Style): string {
  const { evidence } = report;
  const title = `${style.strong(`request ${String(report.id)}`)}: ${style.strong(report.reference)} for ${report.environment}, ${stateOf(report, style)}`;
  const facts: (readonly (string | Cell)[])[] = [
    ["asked by", `${whoIs(report.requestedBy)}, ${shortTime(report.requestedAt)} UTC`],
    ...(report.reason === "" ? [] : [["because", report.reason]]),
    ...(report.expiresAt === null ? [] : [["void from", `${shortTime(report.expiresAt)} UTC`]]),
    ...(evidence.origin === undefined ? [] : [["comes from", comesFrom(evidence.origin)]]),
    ["certificate", certificateOf(report)],
    ...(evidence.excluded === undefined || evidence.excluded.length === 0
      ? []
      : [["not compared", evidence.excluded.join(", ")]]),
    ["tests", testsOf(report)],
    ["leakage", leakageOf(report)],
    ...peerReasons(report),
  ];
  const metrics = metricsTable(report);
  return [
    title,
    renderRows(facts, style),
    ...(metrics.rows.length === 0 ? ["  no metrics"] : [renderTextTable(metrics, style)]),
    ...report.decisions.map((decision) => renderSaid(decision, style)),
  ].join("\n");
}

function stateOf({ state }: ApprovalReport, style: Style): string {
  if (state === "approved" || state === "used") return style.good(state);
  return state === "open" ? style.accent(state) : style.warn(state);
}

/** The grade is printed on every approval: an asserted name is what anybody may type. */
function whoIs({ name, grade }: Identity): string {
  return grade === "asserted" ? `${name} (asserted: nobody has checked it)` : `${name} (${grade})`;
}

/** Nothing here has seen it being made. */
function comesFrom(origin: string): Cell {
  return { value: `${origin}: what follows is the word of that place`, tone: "warn" };
}

function certificateOf({ certificate, evidence }: ApprovalReport): string {
  if (certificate === null) return "none for this code";
  const parts = Object.entries(evidence.coverage ?? {}).map(
    ([name, { compared, total }]) => `${name} ${String(compared)}/${String(total)}`,
  );
  return [
    certificate.verdict,
    ...(parts.length === 0 ? [] : [`compared ${parts.join(", ")}`]),
  ].join("; ");
}

function testsOf({ evidence: { tests } }: ApprovalReport): Cell {
  if ("because" in tests) return { value: `not run: ${tests.because}`, tone: "warn" };
  const { passed, failed, skipped } = tests;
  const value = [
    `${String(passed)} passed`,
    ...(failed === 0 ? [] : [`${String(failed)} failed`]),
    ...(skipped === 0 ? [] : [`${String(skipped)} skipped`]),
  ].join(", ");
  return failed === 0 ? { value } : { value, tone: "bad" };
}

function leakageOf({ evidence: { leakage } }: ApprovalReport): Cell {
  if (leakage === undefined) return { value: "nobody has looked", tone: "warn" };
  if ("because" in leakage) return { value: `not known: ${leakage.because}`, tone: "warn" };
  const { findings, checked } = leakage;
  return findings.length === 0
    ? { value: `none found (looked for ${checked.join(", ")})` }
    : { value: findings.join("; "), tone: "bad" };
}

/** What the peers are, or why they have no numbers. */
function peerReasons({ evidence: { baseline, champion } }: ApprovalReport): string[][] {
  const lineOf = (name: string, peer: Peer | undefined): string[][] => {
    if (peer === undefined) return [];
    if ("because" in peer) return [[name, `${peer.of} could not be measured: ${peer.because}`]];
    const caveat = peer.caveat === undefined ? [] : [[name, `${peer.of}: ${peer.caveat}`]];
    return name === "baseline" ? [[name, peer.of]] : caveat;
  };
  return [...lineOf("baseline", baseline), ...lineOf("champion", champion)];
}

/** One row a metric: this version, its peers, its threshold. */
function metricsTable({ metrics, evidence }: ApprovalReport): Table {
  const { thresholds, baseline, champion } = evidence;
  const peers = (
    [
      [champion?.of ?? "champion", champion],
      // What it is stands above: its words are too long for a title.
      ["baseline", baseline],
    ] as const
  ).flatMap(([title, peer]) =>
    peer === undefined || "because" in peer ? [] : [{ title, metrics: peer.metrics }],
  );
  const names = [
    ...new Set([...metrics.map(({ name }) => name), ...thresholds.map(({ metric }) => metric)]),
  ];
  return {
    columns: [
      { key: "metric", title: "metric" },
      { key: "value", title: "this version", align: "right" },
      ...peers.map(({ title }) => ({ key: title, title, align: "right" as const })),
      ...(thresholds.length === 0 ? [] : [{ key: "threshold", title: "threshold" }]),
    ],
    rows: names.map((name) => {
      const value = metrics.find((metric) => metric.name === name)?.value;
      const own = thresholds.filter(({ metric }) => metric === name);
      return [
        name,
        numberCell(value),
        ...peers.map((peer) => numberCell(peer.metrics[name])),
        ...(thresholds.length === 0 ? [] : [thresholdCell(own)]),
      ];
    }),
  };
}

function thresholdCell(own: ApprovalReport["evidence"]["thresholds"]): Cell {
  const value = own
    .map(({ min, max, holds }) =>
      [
        ...(min === undefined ? [] : [`at least ${renderNumber(min)}`]),
        ...(max === undefined ? [] : [`at most ${renderNumber(max)}`]),
        holds ? "holds" : "does not hold",
      ].join(", "),
    )
    .join("; ");
  return own.every(({ holds }) => holds) ? { value } : { value, tone: "bad" };
}

function renderSaid(decision: ApprovalReport["decisions"][number], style: Style): string {
  const words = {
    approve: style.good("approved"),
    reject: style.warn("rejected"),
    withdraw: style.warn("taken back"),
    comment: "comment",
  };
  const forced = decision.forced.map(({ message }) => message).join("; ");
  return [
    `  ${words[decision.kind]} by ${whoIs(decision.by)}, ${shortTime(decision.at)} UTC`,
    ...(decision.reason === "" ? [] : [`    ${decision.reason}`]),
    ...(forced === "" ? [] : [style.warn(`    by force, although: ${forced}`)]),
  ].join("\n");
}
