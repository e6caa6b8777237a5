import type { InitResult } from "../../app/init-schema.ts";
import { shellWord } from "../../base/shell-word.ts";
import type { Style } from "../style.ts";

/** What `init` did and what comes next. */
export function renderInitResult(result: InitResult, style: Style): string {
  const files = result.files.map(({ path, status }) =>
    status === "created"
      ? `${style.good("created")}    ${path}`
      : `${style.faint("unchanged")}  ${path}`,
  );
  const python = `${style.good("found")}      Python ${result.python.version} ${style.faint(`${result.python.executable}, ${result.python.because}`)}`;
  const notes = result.python.notes.map((note) => `${style.strong("note")}       ${note}`);
  const notebook = result.notebook ?? "NOTEBOOK.ipynb";
  return [
    `Project ${style.strong(result.root)}`,
    ...files,
    python,
    ...notes,
    "",
    `next: ${style.accent(`mlops promote ${shellWord(notebook)}`)}`,
  ].join("\n");
}
