/** Results of the `models` commands, for people. Each ends without a newline. */
import type { ModelsDeleteReport, ModelTagsReport } from "../../app/approvals-schema.ts";
import type {
  ModelAliasReport,
  ModelRegisterReport,
  ModelShowReport,
  ModelsListReport,
  ModelsVerifyReport,
  VersionReport,
} from "../../app/models-schema.ts";
import type { Style } from "../style.ts";
import { renderLogCheck } from "./audit.ts";
import { numberCell, runCell, shortDigest, shortTime, timeCell } from "./cells.ts";
import { renderEvaluation } from "./evaluation.ts";
import { metricColumn, namesIn } from "./runs.ts";
import { renderNumber, renderRows } from "./table.ts";
import { renderTextTable } from "./text-table.ts";
import type { Cell, Column, Table, Value } from "./typed-table.ts";

/** `models list` */
export function renderModelsList({ versions }: ModelsListReport, style: Style): string {
  if (versions.length === 0)
    return "No model version yet. Make one: mlops run, then mlops models register";
  return renderTextTable(modelsTable({ versions }), style);
}

/** One row a version, one column a metric. */
export function modelsTable({ versions }: ModelsListReport): Table {
  const metrics = namesIn(versions.map((version) => version.metrics.map(({ name }) => name)));
  const columns: readonly Column[] = [
    { key: "version", title: "version" },
    { key: "aliases", title: "aliases" },
    ...metrics.map(metricColumn),
    { key: "certificate", title: "certificate" },
    { key: "servable", title: "servable", wrap: "never" },
    { key: "run", title: "run", wrap: "never" },
    { key: "registered", title: "registered (UTC)", wrap: "never" },
  ];
  const rows = versions.map((version): readonly (Value | Cell)[] => [
    version.reference,
    version.aliases.join(", "),
    ...metrics.map((name) => numberCell(version.metrics.find((one) => one.name === name)?.value)),
    { value: version.verdict, text: version.verdict ?? "not verified" },
    { value: version.servable, text: version.servable ? "yes" : "no" },
    runCell(version.run),
    timeCell(version.createdAt),
  ]);
  return { columns, rows };
}

/** `models show` */
export function renderModelShow(report: ModelShowReport, style: Style): string {
  const { origin, tags, requests, locked } = report;
  const facts = [
    ...factsOf(report).map(([name = "", value = ""]) =>
      name === "by" ? [name, `${value} (${report.grade})`] : [name, value],
    ),
    ...(origin === null ? [] : [["origin", `${origin.kind} from ${origin.from}`]]),
    ...(Object.keys(tags).length === 0 ? [] : [["tags", tagsText(tags)]]),
    ...requests.map(({ id, environment, state }) => [
      "request",
      `${String(id)} for ${environment}: ${state}`,
    ]),
    ...(locked === null
      ? [["locked for", "not known: mlops.lock.yaml cannot be read"]]
      : locked.length === 0
        ? []
        : [["locked for", locked.join(", ")]]),
    ["content", report.content],
    ["certificate", report.certificate ?? "none"],
  ];
  const files = Object.entries(report.files).map(([path, digest]) => [path, shortDigest(digest)]);
  return [
    title(report, style),
    renderRows(facts, style),
    ...(report.evaluation === null ? [] : [renderEvaluation(report.evaluation, style)]),
    style.faint("files"),
    renderRows(files, style),
  ].join("\n");
}

function tagsText(tags: ModelShowReport["tags"]): string {
  return Object.entries(tags)
    .map(([key, value]) => (value === "" ? key : `${key}=${value}`))
    .join(", ");
}

/** `models register` */
export function renderRegistration(report: ModelRegisterReport, style: Style): string {
  const what = report.created
    ? style.good("registered")
    : "was registered before, with the same content";
  const next = report.servable
    ? `Serve it: mlops serve ${report.reference}`
    : style.warn(`It cannot be served: ${report.notServableBecause ?? "it has no contract"}.`);
  return [
    `${style.strong(report.reference)} ${what}`,
    renderRows(factsOf(report), style),
    next,
  ].join("\n");
}

/** `models alias` */
export function renderAlias(report: ModelAliasReport, style: Style): string {
  const name = style.strong(`${report.model}@${report.alias}`);
  if (report.version === null) return `${name} is gone; it was v${String(report.before)}`;
  const version = `${report.model}@v${String(report.version)}`;
  if (report.before === report.version) return `${name} is ${version} already`;
  return report.before === null
    ? `${name} is ${version} now`
    : `${name} is ${version} now; it was v${String(report.before)}`;
}

/** `models tag` */
export function renderTags({ reference, tags }: ModelTagsReport, style: Style): string {
  const rows = Object.entries(tags);
  if (rows.length === 0) return `${style.strong(reference)} has no tags`;
  return [style.strong(reference), renderRows(rows, style)].join("\n");
}

/** `models delete` */
export function renderDeleted({ deleted, dryRun }: ModelsDeleteReport): string {
  const names = deleted.join(", ");
  if (dryRun) return `${names} would be deleted`;
  return `${names} ${deleted.length === 1 ? "is" : "are"} deleted; mlops clean frees the bytes`;
}

/** `models verify` */
export function renderModelsVerify(report: ModelsVerifyReport, style: Style): string {
  const rows = report.versions.map((version) => {
    const damaged = version.missing.length > 0 || !version.listIntact;
    const found: Cell = damaged
      ? { value: "damaged", tone: "bad" }
      : { value: "intact", tone: "good" };
    return [
      version.reference,
      `${String(version.files)} files`,
      found,
      version.listIntact ? version.missing.join(", ") : "the list of files was changed",
    ];
  });
  return [
    ...(rows.length === 0 ? [] : [renderRows(rows, style, { indent: "" })]),
    renderLogCheck(report.log, style),
    ...lockLines(report.lock, style),
  ].join("\n");
}

function lockLines(lock: ModelsVerifyReport["lock"], style: Style): readonly string[] {
  if (lock === null) return [];
  if (lock.length === 0)
    return [`mlops.lock.yaml: ${style.good("approved as asked, and what this registry says")}`];
  const tones = { error: "bad", warning: "warn", note: "faint" } as const;
  const rows = lock.map(({ environment, reference, message, severity }): (string | Cell)[] => [
    environment,
    reference,
    { value: message, tone: tones[severity] },
  ]);
  return ["mlops.lock.yaml", renderRows(rows, style)];
}

function title(report: VersionReport, style: Style): string {
  const aliases = report.aliases.length === 0 ? "" : ` (${report.aliases.join(", ")})`;
  return style.strong(report.reference) + aliases;
}

function factsOf(report: VersionReport): readonly (readonly string[])[] {
  const revision = report.revision === null ? "" : `:r${String(report.revision)}`;
  return [
    ["pipeline", `${report.pipeline}${revision}`],
    ["run", report.run.slice(0, 8)],
    ["metrics", metricsOf(report) === "" ? "none" : metricsOf(report)],
    ["verified", report.verdict ?? "no certificate for this code"],
    ["servable", report.servable ? "yes" : "no"],
    ["by", report.createdBy],
    ["at", `${shortTime(report.createdAt)} UTC`],
  ];
}

function metricsOf(version: VersionReport): string {
  return version.metrics.map(({ name, value }) => `${name} ${renderNumber(value)}`).join(", ");
}
