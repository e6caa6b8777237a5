/**
 * Reading, analyzing and planning a notebook once the process is up, in shapes that strain it in different places. Linear means
 * that a cell costs as much in a large notebook as in a small one; the last column says how near that is.
 */
import { performance } from "node:perf_hooks";
import { readNotebook } from "../../src/notebook/read-notebook.ts";
import { buildNotebookProgram } from "../../src/pipeline/notebook-program.ts";
import { planNotebook } from "../../src/pipeline/plan-notebook.ts";
import type { PythonParser } from "../../src/python/parse.ts";
import { notebookText } from "../support/notebooks.ts";
import { pythonParser } from "../support/python-parser.ts";
import { chooseShapes } from "./choose-shapes.ts";
import { median } from "./median.ts";
import { stories } from "./stories.ts";

const SIZES = [10, 100, 500, 1000, 2000] as const;
const BASE = 100;
/** A size that took a cell this much longer than the base is the last one measured of its shape. */
const HOPELESS = 4;
/** Cells analyzed for one number, so that small notebooks are measured often enough. */
const CELLS = 3000;

/** @param shapes Names of stories; all without any. */
export async function measureAnalysis(shapes: readonly string[]): Promise<string> {
  const parser = await pythonParser();
  const lines: string[] = [];
  for (const story of chooseShapes(stories, shapes)) {
    for (let warmUp = 0; warmUp < 5; warmUp += 1) analyze(story.cells(BASE), parser);
    let base: number | undefined;
    for (const size of SIZES) {
      const runs = Math.max(3, Math.min(21, Math.round(CELLS / size)));
      const cells = story.cells(size);
      const times = Array.from({ length: runs }, () => analyze(cells, parser));
      const perCell = median(times) / size;
      if (size === BASE) base = perCell;
      const ratio = base === undefined ? undefined : perCell / base;
      lines.push(
        `  ${story.name.padEnd(10)} ${String(size).padStart(5)} cells ${median(times).toFixed(1).padStart(9)} ms ${(perCell * 1000).toFixed(0).padStart(6)} µs a cell${ratio === undefined ? "" : `   × ${ratio.toFixed(2)} of a cell of ${String(BASE)}`}`,
      );
      if ((ratio ?? 0) > HOPELESS) break;
    }
  }
  return ["read, analyze and plan, process up, medians", ...lines].join("\n");
}

/** Milliseconds. */
function analyze(cells: readonly string[], parser: PythonParser): number {
  const text = notebookText(cells);
  const started = performance.now();
  const notebook = readNotebook(text, "story.ipynb").value;
  if (notebook === undefined) throw new Error("the bench notebook does not read");
  const { value: program, diagnostics } = buildNotebookProgram(notebook, parser);
  const planned = planNotebook({
    program,
    name: "story",
    root: ".",
    observation: undefined,
    python: "3.11",
    cut: "role",
  });
  const errors = [...diagnostics, ...planned.diagnostics].filter(
    ({ severity }) => severity === "error",
  );
  if (planned.plan === undefined || errors.length > 0)
    throw new Error(errors.map((found) => found.message).join("; "));
  return performance.now() - started;
}
