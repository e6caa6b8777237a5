/** The body of `learn`: its own lines, and calls of those that stand in the steps. */
import { pythonName } from "../../base/python-name.ts";
import { type DescribeCell, renderBody } from "../render-lines.ts";
import type { StagedLines } from "../staging.ts";
import { callInLearn } from "./render-call.ts";
import type { StepRun } from "./step-lines.ts";

/** Inside the function, so that serving, which never learns, does not load what only training needs. */
export function renderStepImports(runs: readonly StepRun[]): readonly string[] {
  if (runs.length === 0) return [];
  const modules = Map.groupBy(runs, ({ step }) => pythonName(step));
  const lines = [...modules].map(
    ([module, own]) =>
      `    from .${module} import ${own
        .map(({ name }) => name)
        .toSorted()
        .join(", ")}`,
  );
  return [
    "    # Lines of the steps, which training runs as well; serving does not load them.",
    ...lines.toSorted(),
    "",
  ];
}

/** Lines in order; a run of a step is one call. */
export function renderStepCalls(
  fit: readonly StagedLines[],
  runs: readonly StepRun[],
  describeCell: DescribeCell,
): readonly string[] {
  const out: string[] = [];
  let at = 0;
  for (const run of runs.toSorted((a, b) => a.from - b.from)) {
    out.push(...renderBody(fit.slice(at, run.from), describeCell));
    out.push(`    # step ${run.step}`);
    out.push(
      ...callInLearn(run)
        .split("\n")
        .map((line) => `    ${line}`),
    );
    at = run.to;
  }
  return [...out, ...renderBody(fit.slice(at), describeCell)];
}
