/**
 * What the saved execution counts and errors reveal: whether the notebook was last run from top to bottom.
 * Only notes, because a promotion runs the cells from top to bottom anyway; they say where that may give other values
 * than those the person saw.
 */
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Cell, Notebook } from "./cell.ts";

/** Notes about cells that were run out of order, more than once, never, or with an error. At most one of each kind a cell, in cell order. */
export function checkExecutionOrder(notebook: Notebook): readonly Diagnostic[] {
  const code = notebook.cells.filter((cell) => cell.kind === "code" && cell.source.trim() !== "");
  const run = code.filter((cell) => cell.executionCount !== undefined);
  const raised = code.flatMap((cell) => describeError(notebook, cell));
  if (run.length === 0) return raised;
  return [
    ...raised,
    ...outOfOrder(notebook, run),
    ...neverRun(notebook, code),
    ...gaps(notebook, run),
  ].sort((left, right) => (left.where?.cell ?? 0) - (right.where?.cell ?? 0));
}

function outOfOrder(notebook: Notebook, run: readonly Cell[]): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let latest: Cell | undefined;
  for (const cell of run) {
    const count = cell.executionCount ?? 0;
    const latestCount = latest?.executionCount ?? 0;
    if (latest !== undefined && count <= latestCount) {
      const again = count === latestCount;
      found.push({
        code: "cells-run-out-of-order",
        severity: "note",
        message: again
          ? `this cell and cell ${String(latest.number)} both have the count ${String(count)}, so they are from different sessions`
          : `this cell was run before cell ${String(latest.number)} above it (${String(count)} before ${String(latestCount)}), so it may have seen other values`,
        hint: "run the notebook with Restart and Run All, and compare its results",
        where: { path: notebook.path, cell: cell.number },
      });
    } else {
      latest = cell;
    }
  }
  return found;
}

function neverRun(notebook: Notebook, code: readonly Cell[]): readonly Diagnostic[] {
  return code
    .filter((cell) => cell.executionCount === undefined)
    .map((cell) => ({
      code: "cell-never-run",
      severity: "note",
      message:
        "this cell was not run when the notebook was saved, but it will be when the notebook runs from top to bottom",
      hint: "delete it, or make it a raw cell, if it is not meant to be run",
      where: { path: notebook.path, cell: cell.number },
    }));
}

/** Counts nobody has: something was run that is no longer there, or a cell that is was run more than once. */
function gaps(notebook: Notebook, run: readonly Cell[]): readonly Diagnostic[] {
  const byCount = [...run].sort(
    (left, right) => (left.executionCount ?? 0) - (right.executionCount ?? 0),
  );
  const found: Diagnostic[] = [];
  let before = 0;
  for (const cell of byCount) {
    const count = cell.executionCount ?? 0;
    const missing = count - before - 1;
    // A notebook continued in a running session starts at any number.
    if (missing > 0 && before > 0) {
      found.push({
        code: "cell-run-again",
        severity: "note",
        message: `before this cell, ${String(missing)} more ${missing === 1 ? "cell was" : "cells were"} run than are left: it or others were run again, or cells were deleted or edited since`,
        hint: "run the notebook with Restart and Run All, and compare its results",
        where: { path: notebook.path, cell: cell.number },
      });
    }
    before = Math.max(before, count);
  }
  return found;
}

function describeError(notebook: Notebook, cell: Cell): readonly Diagnostic[] {
  const error = cell.outputs.find((output) => output.kind === "error");
  if (error === undefined) return [];
  return [
    {
      code: "cell-saved-error",
      severity: "note",
      message: `this cell ended with ${error.errorName}: ${firstLine(error.errorValue)} when the notebook was saved`,
      hint: "mend or delete the cell; the notebook must run from top to bottom",
      where: { path: notebook.path, cell: cell.number },
    },
  ];
}

function firstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}
