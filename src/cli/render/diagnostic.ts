/** Findings and errors as people read them: where, what, and what to type next. */
import { type Diagnostic, type Place, renderPlace } from "../../base/diagnostic.ts";
import type { MlopsError } from "../../base/errors.ts";
import type { Style } from "../style.ts";

/** One finding, with its hint on a line of its own; no final newline. */
export function renderDiagnostic(diagnostic: Diagnostic, style: Style): string {
  const paint = { error: style.bad, warning: style.warn, note: style.faint }[diagnostic.severity];
  const head = `${paint(`${diagnostic.severity}:`)} ${located(diagnostic)} ${style.faint(`[${diagnostic.code}]`)}`;
  return withHint(head, diagnostic.hint, style);
}

/** An error with everything that was found along with it. */
export function renderError(error: MlopsError, style: Style): string {
  const head = `${style.bad("error:")} ${located(error)} ${style.faint(`[${error.code}]`)}`;
  const found = error.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, style));
  return [withHint(head, error.hint, style), ...found].join("\n");
}

function located(finding: {
  readonly message: string;
  readonly where?: Place | undefined;
}): string {
  const place = renderWhere(finding.where);
  return place === "" ? finding.message : `${place} ${finding.message}`;
}

/** `churn.ipynb, cell 7, line 3:` in notebooks, `.mlopsrc.yaml:12:` in files, so that editors can jump there. */
function renderWhere(where: Place | undefined): string {
  if (where?.path !== undefined && where.cell === undefined && where.line !== undefined) {
    return `${where.path}:${String(where.line)}:`;
  }
  const place = renderPlace(where);
  return place === "" ? "" : `${place}:`;
}

function withHint(head: string, hint: string | undefined, style: Style): string {
  return hint === undefined ? head : `${head}\n${style.accent("hint:")} ${hint}`;
}
