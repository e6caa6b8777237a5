/** Markdown headings as sections of the notebook: where its author began something new. */
import type { StatementFacts } from "../python/facts.ts";
import { cellNumber, type NotebookProgram } from "./notebook-program.ts";

/** The heading of the section that a statement stands in. */
export function headingsAbove(
  program: NotebookProgram,
): (statement: StatementFacts) => string | undefined {
  let heading: string | undefined;
  const starts = new Set(program.notebook.parts?.map(({ firstCell }) => firstCell) ?? [1]);
  const above = program.notebook.cells.map((cell) => {
    const isFirst = starts.has(cell.number);
    if (isFirst) heading = undefined;
    const before = heading;
    if (cell.kind === "markdown") {
      const last = cell.source
        .split("\n")
        .filter((line) => /^#{1,6}\s+\S/.test(line))
        .at(-1);
      // The notebook's title is no section.
      if (last !== undefined && !(isFirst && /^#\s/.test(last)))
        heading = last.replace(/^#+\s+/, "").trim();
    }
    return before;
  });
  return (statement) => above[cellNumber(program, statement) - 1];
}
