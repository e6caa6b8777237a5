/** Notebooks for tests, written as lists of cells. */

import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import type { Observation } from "../../src/observation/schema.ts";
import { buildNotebookProgram, type NotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { type Planned, planNotebook } from "../../src/pipeline/plan-notebook.ts";
import type { Decision } from "../../src/pipeline/schema.ts";
import type { Cut } from "../../src/pipeline/segment.ts";
import { pythonParser } from "./python-parser.ts";

/** nbformat 4.5 text; a cell that starts with `#: ` is markdown. */
export function notebookText(cells: readonly string[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "python3", language: "python", display_name: "Python 3" },
      language_info: { name: "python" },
    },
    cells: cells.map((source, at) =>
      source.startsWith("#: ")
        ? { id: `m${String(at)}`, cell_type: "markdown", metadata: {}, source: source.slice(3) }
        : {
            id: `c${String(at)}`,
            cell_type: "code",
            metadata: {},
            source,
            outputs: [],
            execution_count: null,
          },
    ),
  });
}

/** The cells as a program, with the findings of reading it. */
export async function programOf(
  cells: readonly string[],
): Promise<{ readonly program: NotebookProgram; readonly diagnostics: readonly Diagnostic[] }> {
  const read = readNotebook(notebookText(cells), "story.ipynb");
  if (read.value === undefined)
    throw new Error(read.diagnostics.map((found) => found.message).join("; "));
  const built = buildNotebookProgram(read.value, await pythonParser());
  return { program: built.value, diagnostics: [...read.diagnostics, ...built.diagnostics] };
}

/** Plans the cells. */
export async function planOf(
  cells: readonly string[],
  options: {
    readonly observation?: Observation;
    readonly cut?: Cut;
    readonly decisions?: readonly Decision[];
  } = {},
): Promise<Planned> {
  const { program } = await programOf(cells);
  return planNotebook({
    program,
    name: "story",
    root: "../..",
    observation: options.observation,
    python: "3.11",
    cut: options.cut ?? "role",
    decisions: (options.decisions ?? []).map((decision) => ({ decision, where: undefined })),
  });
}

/** A code cell as it was saved. */
export interface SavedCell {
  readonly source: string;
  /** `null` for one that was never run. */
  readonly count: number | null;
  readonly prints?: string;
  /** Text of its last line's value. */
  readonly shows?: string;
}

/** nbformat 4.5 text of cells with the outputs they were saved with. */
export function savedNotebookText(cells: readonly SavedCell[]): string {
  const plain = JSON.parse(notebookText(cells.map(({ source }) => source))) as {
    readonly cells: readonly object[];
  };
  return JSON.stringify({
    ...plain,
    cells: plain.cells.map((cell, at) => {
      const { count = null, prints, shows } = cells[at] ?? {};
      const printed = { output_type: "stream", name: "stdout", text: prints };
      const data = { "text/plain": shows };
      const shown = { output_type: "execute_result", execution_count: count, metadata: {}, data };
      const outputs = [
        ...(prints === undefined ? [] : [printed]),
        ...(shows === undefined ? [] : [shown]),
      ];
      return { ...cell, execution_count: count, outputs };
    }),
  });
}
