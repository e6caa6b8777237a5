/** Results of the `models` commands, for people. Each ends without a newline. */
import type {
  ModelAliasReport,
  ModelRegisterReport,
  ModelShowReport,
  ModelsListReport,
  ModelsVerifyReport,
  VersionReport,
} from "../../app/models-schema.ts";
import type { Style } from "../style.ts";
import { renderNumber, renderTable } from "./table.ts";

/** `models list` */
export function renderModelsList({ versions }: ModelsListReport, style: Style): string {
  if (versions.length === 0)
    return "No model version yet. Make one: mlops run, then mlops models register";
  const rows = versions.map((version) => [
    version.reference,
    version.aliases.join(", "),
    metricsOf(version),
    version.verdict ?? "not verified",
    version.servable ? "yes" : "no",
    version.run.slice(0, 8),
    shortTime(version.createdAt),
  ]);
  const header = [
    "version",
    "aliases",
    "metrics",
    "certificate",
    "servable",
    "run",
    "registered (UTC)",
  ];
  const [head = "", ...lines] = renderTable([header, ...rows], [], "").split("\n");
  return [style.faint(head), ...lines].join("\n");
}

/** `models show` */
export function renderModelShow(report: ModelShowReport, style: Style): string {
  const facts = [
    ...factsOf(report),
    ["content", report.content],
    ["certificate", report.certificate ?? "none"],
  ];
  const files = Object.entries(report.files).map(([path, digest]) => [path, digest.slice(0, 19)]);
  return [title(report, style), renderTable(facts), style.faint("files"), renderTable(files)].join(
    "\n",
  );
}

/** `models register` */
export function renderRegistration(report: ModelRegisterReport, style: Style): string {
  const what = report.created
    ? style.good("registered")
    : "was registered before, with the same content";
  const next = report.servable
    ? `Serve it: mlops serve ${report.reference}`
    : style.warn(`It cannot be served: ${report.notServableBecause ?? "it has no contract"}.`);
  return [`${style.strong(report.reference)} ${what}`, renderTable(factsOf(report)), next].join(
    "\n",
  );
}

/** `models alias` */
export function renderAlias(report: ModelAliasReport, style: Style): string {
  const name = style.strong(`${report.model}@${report.alias}`);
  const version = `${report.model}@v${String(report.version)}`;
  if (report.before === report.version) return `${name} is ${version} already`;
  return report.before === null
    ? `${name} is ${version} now`
    : `${name} is ${version} now; it was v${String(report.before)}`;
}

/** `models verify` */
export function renderModelsVerify(report: ModelsVerifyReport, style: Style): string {
  const rows = report.versions.map((version) => {
    const damaged = version.missing.length > 0 || !version.listIntact;
    const found = damaged ? style.bad("damaged") : style.good("intact");
    return [
      version.reference,
      `${String(version.files)} files`,
      found,
      version.listIntact ? version.missing.join(", ") : "the list of files was changed",
    ];
  });
  const chain =
    report.firstBrokenEvent === null
      ? `event log: ${style.good("the chain holds")} (a rewrite of the whole log cannot be told without an anchor)`
      : `event log: ${style.bad(`broken at event ${String(report.firstBrokenEvent)}`)}`;
  return rows.length === 0 ? chain : [renderTable(rows, [], ""), chain].join("\n");
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

/** `2026-01-02 03:04` */
function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
