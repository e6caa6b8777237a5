/** Results of the `runs` commands: tables, and texts for people. Each text ends without a newline. */
import type {
  RunReport,
  RunShowReport,
  RunsCompareReport,
  RunsListReport,
} from "../../app/runs-schema.ts";
import { renderBytes } from "../../base/size.ts";
import type { Style } from "../style.ts";
import { durationCell, numberCell, runCell, shortDigest, shortTime, timeCell } from "./cells.ts";
import { renderDuration, renderNumber, renderRows } from "./table.ts";
import { renderTextTable } from "./text-table.ts";
import { type Cell, type Column, cellOf, type Table, textOf, type Value } from "./typed-table.ts";

/** One row a run, one column a metric; programs get the parameters, too, and the revision apart, as conditions name them. */
export function runsTable({ runs }: RunsListReport): Table {
  const metrics = namesIn(runs.map((run) => run.metrics.map(({ name }) => name)));
  const params = namesIn(runs.map((run) => Object.keys(run.params)));
  const columns: readonly Column[] = [
    { key: "run", title: "run", wrap: "never" },
    { key: "pipeline", title: "pipeline" },
    { key: "revision", title: "revision", hidden: "for-people" },
    { key: "status", title: "status", wrap: "never" },
    { key: "executed", title: "executed", wrap: "never" },
    { key: "steps", title: "steps", hidden: "for-people" },
    ...metrics.map(metricColumn),
    ...params.map(
      (name): Column => ({
        key: `param.${name}`,
        title: name,
        hidden: "for-people",
      }),
    ),
    { key: "wall-ms", title: "took", wrap: "never" },
    { key: "started", title: "started (UTC)", wrap: "never" },
  ];
  const rows = runs.map((run): readonly (Value | Cell)[] => [
    runCell(run.id),
    { value: run.pipeline, text: pipelineOf(run) },
    run.revision,
    { value: run.status, ...(run.status === "failed" ? { tone: "bad" } : {}) },
    { value: run.executed, text: `${String(run.executed)}/${String(run.steps)}` },
    run.steps,
    ...metrics.map((name) => numberCell(run.metrics.find((one) => one.name === name)?.value)),
    ...params.map((name) => run.params[name] ?? null),
    durationCell(run.wallMs),
    timeCell(run.startedAt),
  ]);
  return { columns, rows };
}

/** `runs list` */
export function renderRunsList(report: RunsListReport, style: Style, isFiltered: boolean): string {
  if (report.runs.length === 0)
    return isFiltered ? "No run is like that." : "No run yet. Start one: mlops run";
  const table = renderTextTable(runsTable(report), style);
  if (report.more === 0) return table;
  const more = `and ${String(report.more)} more: --all shows them, --limit N so many`;
  return `${table}\n${style.faint(more)}`;
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
    ["environment", shortDigest(run.environment)],
  ];
  const steps = run.stepDetails.map((step) => [
    step.step,
    step.status === "failed" ? ({ value: "failed", tone: "bad" } as const) : step.decision,
    renderDuration(step.wallMs),
    step.error ?? step.because,
  ]);
  const outputs = run.stepDetails.flatMap((step) =>
    step.outputs.map((output) => [output.name, step.step, renderBytes(output.bytes), output.type]),
  );
  const data = new Map(run.stepDetails.flatMap((step) => Object.entries(step.filesRead)));
  const files = [...data].map(([path, digest]) => [path, shortDigest(digest)]);
  return [
    `${style.strong(run.id)} ${pipelineOf(run)}`,
    renderRows(facts, style),
    ...section("steps", steps, style, [2]),
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
    ...section("artifacts", outputs, style, [2]),
    ...section("data", files, style),
  ].join("\n");
}

/** What of a comparison is wanted. */
export type Compared = "everything" | "differences";

/** One column a run; rows are facts, parameters and metrics, as the first column says. */
export function comparisonTable(report: RunsCompareReport, show: Compared): Table {
  const columns: readonly Column[] = [
    { key: "kind", title: "kind", hidden: "in-text" },
    { key: "name", title: "" },
    ...report.runs.map(({ id }): Column => ({ key: id, title: id.slice(0, 8) })),
  ];
  const fact = (name: string, cells: readonly (Value | Cell)[]): readonly (Value | Cell)[] => [
    "run",
    name,
    ...cells,
  ];
  const absent: Cell = { value: null, text: "-" };
  const rows = [
    fact("pipeline", report.runs.map(pipelineOf)),
    fact(
      "status",
      report.runs.map(({ status }) => status),
    ),
    ...wanted(report.params, show).map((row) => [
      "parameter",
      row.name,
      ...row.values.map((value): Cell => (value === null ? absent : { value })),
    ]),
    ...wanted(report.metrics, show).map((row) => [
      "metric",
      row.name,
      ...row.values.map((value): Cell => (value === null ? absent : numberCell(value))),
    ]),
  ];
  return { columns, rows };
}

/** `runs compare` */
export function renderComparison(report: RunsCompareReport, style: Style, show: Compared): string {
  const { columns, rows } = comparisonTable(report, show);
  const none = show === "everything" ? "none" : "all the same";
  const heading = (title: string): readonly Cell[] => [
    { value: "" },
    { value: title, tone: "faint" },
    ...report.runs.map((): Cell => ({ value: null })),
  ];
  const below = (kind: string, title: string): readonly (readonly (Value | Cell)[])[] => {
    const found = rows.filter(([of]) => of === kind);
    const named = found.map(([, name, ...cells]) => ["", indented(name), ...cells]);
    return [heading(title), ...(named.length === 0 ? [heading(`  ${none}`)] : named)];
  };
  return renderTextTable(
    {
      columns,
      rows: [
        ...rows.filter(([kind]) => kind === "run"),
        ...below("parameter", "parameters"),
        ...below("metric", "metrics"),
      ],
    },
    style,
  );
}

function indented(name: Value | Cell | undefined): Cell {
  return { value: null, text: `  ${textOf(cellOf(name))}` };
}

function wanted<Row extends { readonly same: boolean }>(
  rows: readonly Row[],
  show: Compared,
): readonly Row[] {
  return rows.filter((row) => show === "everything" || !row.same);
}

/** Metrics stand beside a row where there is room, else below it. */
export function metricColumn(name: string): Column {
  return { key: `metric.${name}`, title: name, align: "right", wrap: "never", folds: true };
}

/** Each name once, in the order of the alphabet. */
export function namesIn(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}

function section(
  name: string,
  rows: readonly (readonly (string | Cell)[])[],
  style: Style,
  right: readonly number[] = [],
): readonly string[] {
  return rows.length === 0 ? [] : [style.faint(name), renderRows(rows, style, { right })];
}

function pipelineOf(run: RunReport): string {
  return run.revision === null ? run.pipeline : `${run.pipeline}:r${String(run.revision)}`;
}
