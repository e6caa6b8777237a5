/** Results of the `runs` commands, for people. Each ends without a newline. */
import type {
  RunReport,
  RunShowReport,
  RunsCompareReport,
  RunsListReport,
} from "../../app/runs-schema.ts";
import { renderBytes } from "../../base/size.ts";
import type { Style } from "../style.ts";
import { renderDuration, renderNumber, renderTable } from "./table.ts";

/** `runs list` */
export function renderRunsList({ runs }: RunsListReport, style: Style): string {
  if (runs.length === 0) return "No run yet. Start one: mlops run";
  const rows = runs.map((run) => [
    run.id.slice(0, 8),
    pipelineOf(run),
    run.status,
    `${String(run.executed)}/${String(run.steps)}`,
    run.metrics.map(({ name, value }) => `${name} ${renderNumber(value)}`).join(", "),
    run.wallMs === null ? "" : renderDuration(run.wallMs),
    shortTime(run.startedAt),
  ]);
  const header = ["run", "pipeline", "status", "executed", "metrics", "took", "started (UTC)"];
  const [head = "", ...lines] = renderTable([header, ...rows], [], "").split("\n");
  return [style.faint(head), ...lines].join("\n");
}

/** `runs show` */
export function renderRunShow(run: RunShowReport, style: Style): string {
  const git =
    run.gitCommit === null
      ? "not in git"
      : run.gitCommit.slice(0, 12) + (run.gitDirty === true ? ", with uncommitted changes" : "");
  const facts = [
    ["status", run.status],
    [
      "started",
      `${shortTime(run.startedAt)} UTC${run.wallMs === null ? "" : `, took ${renderDuration(run.wallMs)}`}`,
    ],
    ["git", git],
    ["environment", run.environment.slice(0, 19)],
  ];
  const steps = run.stepDetails.map((step) => [
    step.step,
    step.status === "failed" ? style.bad("failed") : step.decision,
    renderDuration(step.wallMs),
    step.error ?? step.because,
  ]);
  const outputs = run.stepDetails.flatMap((step) =>
    step.outputs.map((output) => [output.name, step.step, renderBytes(output.bytes), output.type]),
  );
  const data = new Map(run.stepDetails.flatMap((step) => Object.entries(step.filesRead)));
  return [
    `${style.strong(run.id)} ${pipelineOf(run)}`,
    renderTable(facts),
    ...section("steps", steps, style),
    ...section(
      "parameters",
      Object.entries(run.params).map(([name, value]) => [name, String(value)]),
      style,
    ),
    ...section(
      "metrics",
      run.metrics.map(({ name, value }) => [name, renderNumber(value)]),
      style,
    ),
    ...section("artifacts", outputs, style),
    ...section(
      "data",
      [...data].map(([path, digest]) => [path, digest.slice(0, 19)]),
      style,
    ),
  ].join("\n");
}

/** `runs compare` */
export function renderComparison(
  report: RunsCompareReport,
  style: Style,
  show: "everything" | "differences",
): string {
  const header = ["", ...report.runs.map((run) => run.id.slice(0, 8))];
  const wanted = <Row extends { readonly same: boolean }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter((row) => show === "everything" || !row.same);
  const params = wanted(report.params).map((row) => [
    row.name,
    ...row.values.map((value) => (value === null ? "-" : String(value))),
  ]);
  const metrics = wanted(report.metrics).map((row) => [
    row.name,
    ...row.values.map((value) => (value === null ? "-" : renderNumber(value))),
  ]);
  const facts = [
    ["pipeline", ...report.runs.map(pipelineOf)],
    ["status", ...report.runs.map((run) => run.status)],
  ];
  const table = renderTable(
    [
      header,
      ...facts,
      ["parameters"],
      ...orNone(params, show),
      ["metrics"],
      ...orNone(metrics, show),
    ],
    [],
    "",
  );
  return table
    .split("\n")
    .map((line) => (line === "parameters" || line === "metrics" ? style.faint(line) : line))
    .join("\n");
}

function orNone(
  rows: readonly (readonly string[])[],
  show: "everything" | "differences",
): readonly (readonly string[])[] {
  const indented = rows.map(([name = "", ...values]) => [`  ${name}`, ...values]);
  return rows.length > 0 ? indented : [[show === "everything" ? "  none" : "  all the same"]];
}

function section(
  name: string,
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] {
  return rows.length === 0 ? [] : [style.faint(name), renderTable(rows)];
}

function pipelineOf(run: RunReport): string {
  return run.revision === null ? run.pipeline : `${run.pipeline}:r${String(run.revision)}`;
}

/** `2026-01-02 03:04` */
function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
