/** Results of `models export` and `models import`, for people. Each ends without a newline. */
import type { ModelExportReport, ModelImportReport } from "../../app/model-transfer-schema.ts";
import type { Style } from "../style.ts";
import { renderRows } from "./table.ts";

/** `models export` */
export function renderExport(report: ModelExportReport, style: Style): string {
  const { reference, folder, files, compared } = report;
  const rows = [
    ["files", String(files.length)],
    ...(compared === null
      ? []
      : [
          [
            "compared",
            `${String(compared.rows)} rows, largest difference ${String(compared.gap)} (allowed ${String(compared.tolerance)})`,
          ],
        ]),
  ];
  return [
    `${style.strong(reference)} ${style.good("exported")} to ${folder}`,
    renderRows(rows, style),
  ].join("\n");
}

/** `models import` */
export function renderImport(report: ModelImportReport, style: Style): string {
  const rows = [
    ...(report.exportedAs === null ? [] : [["exported as", report.exportedAs]]),
    ["content", report.content],
    ["files", String(Object.keys(report.files).length)],
    ["trusted", report.trusted.length === 0 ? "nothing more" : report.trusted.join(", ")],
    ["its own code", codeOf(report)],
  ];
  const next =
    report.notServableBecause !== null
      ? style.warn(`It cannot be served: ${report.notServableBecause}.`)
      : report.registered === null
        ? "Nothing was stored or registered; leave out --dry-run to do it."
        : `Serve it: mlops serve ${report.registered.reference}`;
  return [heading(report, style), renderRows(rows, style), next].join("\n");
}

function heading({ registered, created, model, dryRun }: ModelImportReport, style: Style): string {
  if (registered === null)
    return `${style.strong(model)} ${style.good("can be imported")} as its next version`;
  const name = style.strong(registered.reference);
  if (created) return `${name} ${style.good("imported")}`;
  return dryRun
    ? `${name} has this content already`
    : `${name} was registered before, with the same content`;
}

function codeOf({ code }: ModelImportReport): string {
  if (code.length === 0) return "none";
  const files = code.length === 1 ? "1 Python file" : `${String(code.length)} Python files`;
  return `${files}, which serving it runs: look at them first when they are not from you`;
}
