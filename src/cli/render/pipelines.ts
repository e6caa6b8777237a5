/** Results of the `pipelines` commands, for people. Each ends without a newline. */
import type {
  PipelineRestoreReport,
  PipelineShowReport,
  PipelinesDiffReport,
  PipelinesListReport,
} from "../../app/pipelines-schema.ts";
import { cellRange } from "../../codegen/cell-range.ts";
import type { Style } from "../style.ts";
import { shortTime, timeCell } from "./cells.ts";
import { displayWidth } from "./display-width.ts";
import { wrapText } from "./layout.ts";
import { renderRows } from "./table.ts";
import { renderTextTable } from "./text-table.ts";
import type { Cell, Column, Table, Value } from "./typed-table.ts";

/** `pipelines list` */
export function renderPipelinesList({ pipelines }: PipelinesListReport, style: Style): string {
  if (pipelines.length === 0) return "No pipeline yet. Make one: mlops promote notebook.ipynb";
  return renderTextTable(pipelinesTable({ pipelines }), style);
}

/** One row a revision. */
export function pipelinesTable({ pipelines }: PipelinesListReport): Table {
  const columns: readonly Column[] = [
    { key: "revision", title: "revision" },
    { key: "verdict", title: "verdict" },
    { key: "steps", title: "steps", align: "right", wrap: "never" },
    { key: "notebook", title: "notebook" },
    { key: "folder", title: "folder", hidden: "for-people" },
    { key: "git-commit", title: "commit", hidden: "for-people" },
    { key: "made", title: "made (UTC)", wrap: "never" },
  ];
  const rows = pipelines.map((row): readonly (Value | Cell)[] => [
    `${row.pipeline}:r${String(row.revision)}`,
    { value: row.verdict, text: row.verdict ?? "unverified" },
    { value: row.steps?.length ?? null, text: row.steps === null ? "?" : String(row.steps.length) },
    row.notebook,
    row.folder,
    row.gitCommit,
    timeCell(row.createdAt),
  ]);
  return { columns, rows };
}

/** `pipelines show` */
export function renderPipelineShow(report: PipelineShowReport, style: Style): string {
  const git =
    report.gitCommit === null
      ? "not in git"
      : report.gitCommit.slice(0, 12) +
        (report.gitDirty === true ? ", with uncommitted changes" : "");
  const blocks = [
    `${style.strong(`${report.pipeline}:r${String(report.revision)}`)} in ${report.folder}/`,
    renderRows(
      [
        ["notebook", report.notebook],
        ["made", `${shortTime(report.createdAt)} UTC`],
        ["verdict", report.verdict ?? "unverified"],
        ["git", git],
      ],
      style,
    ),
    `${style.faint("steps")}\n${renderSteps(report.stepDetails, style)}`,
    section(
      "parameters",
      report.parameters.map(({ name, value }) => [name, value]),
      style,
    ),
    section(
      "edited by hand when it was made",
      report.editedThen.map((path) => [path]),
      style,
    ),
    report.onDisk.length === 0
      ? "The disk holds exactly this revision."
      : section("the disk differs", fileRows(report.onDisk), style),
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** One line a step where all fit; else what it takes, makes and scores stands below it. */
function renderSteps(steps: PipelineShowReport["stepDetails"], style: Style): string {
  const isOneNotebook =
    new Set(steps.flatMap(({ notebooks }) => notebooks.map(({ path }) => path))).size < 2;
  const rows = steps.map((step) => ({
    head: [step.name, isOneNotebook ? cellRange(ownCells(step)) : cellsByName(step)],
    flow: [step.inputs.join(", "), step.outputs.join(", ")]
      .filter((side) => side !== "")
      .join(" → "),
    scores: step.metrics.join(", "),
  }));
  const wide = rows.map(({ head, flow, scores }) => [...head, flow, scores]);
  const table = renderRows(wide, { ...style, columns: Number.MAX_SAFE_INTEGER });
  if (table.split("\n").every((line) => displayWidth(line) <= style.columns)) return table;
  const heads = renderRows(
    rows.map(({ head }) => head),
    { ...style, columns: Number.MAX_SAFE_INTEGER },
  ).split("\n");
  return rows
    .flatMap(({ flow, scores }, at) => [
      ...wrapText(heads[at] ?? "", style.columns),
      ...[flow, scores === "" ? "" : `scores ${scores}`]
        .filter((text) => text !== "")
        .flatMap((text) => wrapText(`      ${text}`, style.columns)),
    ])
    .join("\n");
}

type ShownStep = PipelineShowReport["stepDetails"][number];

function ownCells({ notebooks }: ShownStep): readonly number[] {
  return notebooks.flatMap(({ cells }) => cells);
}

/** Of several notebooks each with its own numbers: `train.ipynb cells 2-4`. */
function cellsByName({ notebooks }: ShownStep): string {
  return notebooks
    .map(({ path, cells }) => {
      const name = path.split("/").at(-1) ?? path;
      // A script has no cells.
      return cells.length === 0 ? name : `${name} ${cellRange(cells)}`;
    })
    .join(", ");
}

/** `pipelines diff` */
export function renderPipelinesDiff(report: PipelinesDiffReport, style: Style): string {
  const title = style.strong(`${report.from} → ${report.to}`);
  if (report.files.length === 0) return `${title}\n\nNothing changed.`;
  const steps = report.steps.map((step) => {
    switch (step.kind) {
      case "added":
      case "removed":
        return [step.step, step.kind];
      case "renamed":
        return [step.step, `was ${step.before}`];
      case "changed":
        return [step.step, step.what.join("; ")];
    }
  });
  const values = (
    changes: readonly {
      readonly name: string;
      readonly before: string | null;
      readonly after: string | null;
    }[],
  ): readonly (readonly string[])[] =>
    changes.map(({ name, before, after }) => [
      name,
      `${before ?? "not there"} → ${after ?? "gone"}`,
    ]);
  const blocks = [
    title,
    section("steps", steps, style),
    section("parameters", values(report.parameters), style),
    section("dependencies", values(report.dependencies), style),
    section("served columns", values(report.columns), style),
    section("files", fileRows(report.files), style),
    report.text,
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

/** `pipelines restore` */
export function renderPipelineRestore(report: PipelineRestoreReport, style: Style): string {
  const name = report.restored.split(":")[0] ?? "";
  if (report.files.length === 0) return `The disk holds ${report.restored} already.`;
  const title = report.dryRun
    ? `${report.restored}: dry run, nothing was written`
    : `${style.strong(report.restored)} is back, as ${name}:r${String(report.revision)}`;
  const edits = report.saved.map((path) => [path]);
  const undo = `Your edits are stored; to have them back: mlops pipelines restore ${name}:r${String(report.revision)} --before`;
  const blocks = [
    title,
    section("files", fileRows(report.files), style),
    section("your edits in", edits, style),
    report.dryRun || report.saved.length === 0 ? "" : undo,
  ];
  return blocks.filter((block) => block !== "").join("\n\n");
}

function fileRows(files: PipelinesDiffReport["files"]): readonly (readonly string[])[] {
  return files.map((file) => [
    file.path,
    file.change,
    `+${String(file.linesAdded)} -${String(file.linesRemoved)}`,
  ]);
}

function section(title: string, rows: readonly (readonly string[])[], style: Style): string {
  return rows.length === 0 ? "" : `${style.faint(title)}\n${renderRows(rows, style)}`;
}
