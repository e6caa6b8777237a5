/** Results of the `pipelines` commands, for people. Each ends without a newline. */
import type {
  PipelineRestoreReport,
  PipelineShowReport,
  PipelinesDiffReport,
  PipelinesListReport,
} from "../../app/pipelines-schema.ts";
import { cellRange } from "../../codegen/cell-range.ts";
import type { Style } from "../style.ts";
import { renderTable } from "./table.ts";

/** `pipelines list` */
export function renderPipelinesList({ pipelines }: PipelinesListReport, style: Style): string {
  if (pipelines.length === 0) return "No pipeline yet. Make one: mlops promote notebook.ipynb";
  const rows = pipelines.map((row) => [
    `${row.pipeline}:r${String(row.revision)}`,
    row.verdict ?? "unverified",
    row.steps === null ? "?" : String(row.steps.length),
    row.notebook,
    shortTime(row.createdAt),
  ]);
  const header = ["revision", "verdict", "steps", "notebook", "made (UTC)"];
  const [head = "", ...lines] = renderTable([header, ...rows], [2], "").split("\n");
  return [style.faint(head), ...lines].join("\n");
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
    renderTable([
      ["notebook", report.notebook],
      ["made", `${shortTime(report.createdAt)} UTC`],
      ["verdict", report.verdict ?? "unverified"],
      ["git", git],
    ]),
    section(
      "steps",
      report.stepDetails.map((step) => [
        step.name,
        cellRange(step.cells),
        [step.inputs.join(", "), step.outputs.join(", ")].filter((part) => part !== "").join(" → "),
        step.metrics.join(", "),
      ]),
      style,
    ),
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
  return rows.length === 0 ? "" : `${style.faint(title)}\n${renderTable(rows)}`;
}

function shortTime(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
