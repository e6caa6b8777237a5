/** `models diff` for people and as one table. Ends without a newline. */
import type { Change, ModelsDiffReport } from "../../app/models-diff-schema.ts";
import type { Style } from "../style.ts";
import { shortDigest } from "./cells.ts";
import { renderNumber, renderRows } from "./table.ts";
import type { Cell, Table } from "./typed-table.ts";

const SECTIONS = [
  ["parameters", "parameters"],
  ["data", "data"],
  ["made", "made from"],
  ["columns", "contract"],
  ["requirements", "requirements"],
  ["certificate", "certificate"],
] as const;

/** Sections without a difference are left out, unless all is asked for. */
export function renderModelsDiff(report: ModelsDiffReport, style: Style): string {
  const title = style.strong(`${report.from} → ${report.to}`);
  const blocks = [
    title,
    section("metrics", report.metrics.map(metricRow), style),
    ...SECTIONS.map(([key, name]) => section(name, report[key].map(changeRow), style)),
    section("loading looks up", report.pickledNames.flatMap(pickledRows), style),
    section(
      "files",
      report.files.map(({ path, change }) => [path, change]),
      style,
    ),
    section(
      "not known",
      report.gaps.map((gap) => [gap]),
      style,
    ),
    hintOf(report),
  ].filter((block) => block !== "");
  return blocks.length === 1 ? `${title}\n\nNothing changed.` : blocks.join("\n\n");
}

/** One row a difference. */
export function modelsDiffTable(report: ModelsDiffReport): Table {
  const changes = SECTIONS.flatMap(([key, part]) =>
    report[key].map(({ name, before, after }) => [part, name, before, after, null]),
  );
  return {
    columns: [
      { key: "part", title: "part" },
      { key: "name", title: "name" },
      { key: "before", title: report.from },
      { key: "after", title: report.to },
      { key: "standing", title: "" },
    ],
    rows: [
      ...report.metrics.map(({ name, before, after, standing }) => [
        "metrics",
        name,
        before,
        after,
        standing,
      ]),
      ...changes,
      ...report.pickledNames.map(({ path, added, removed }) => [
        "loading looks up",
        path,
        removed.join(", "),
        added.join(", "),
        null,
      ]),
      ...report.files.map(({ path, change }) => ["files", path, null, null, change]),
    ],
  };
}

function metricRow({
  name,
  before,
  after,
  standing,
}: ModelsDiffReport["metrics"][number]): (string | Cell)[] {
  const words: Readonly<Record<typeof standing, Cell>> = {
    better: { value: "better", tone: "good" },
    worse: { value: "worse", tone: "bad" },
    same: { value: "the same", tone: "faint" },
    unknown: { value: "not known which is better", tone: "faint" },
  };
  const isAlone = before === null || after === null;
  return [
    name,
    before === null ? "not there" : renderNumber(before),
    "→",
    after === null ? "gone" : renderNumber(after),
    isAlone ? "" : words[standing],
  ];
}

function changeRow({ name, before, after }: Change): string[] {
  if (before === after) return [name, before === null ? "" : shown(before)];
  return [
    name,
    `${before === null ? "not there" : shown(before)} → ${after === null ? "gone" : shown(after)}`,
  ];
}

function shown(text: string): string {
  return text.startsWith("sha256:") ? shortDigest(text) : text;
}

function pickledRows({
  path,
  added,
  removed,
}: ModelsDiffReport["pickledNames"][number]): string[][] {
  return [
    ...added.map((name) => [path, "new", name]),
    ...removed.map((name) => [path, "no longer", name]),
  ];
}

/** Where more is said of what the code does. */
function hintOf({ made }: ModelsDiffReport): string {
  const revision = made.find(({ name }) => name === "pipeline revision");
  const { before, after } = revision ?? {};
  return before === undefined ||
    after === undefined ||
    before === null ||
    after === null ||
    before === after
    ? ""
    : `What the code does otherwise: mlops pipelines diff ${before} ${after}`;
}

function section(
  title: string,
  rows: readonly (readonly (string | Cell)[])[],
  style: Style,
): string {
  return rows.length === 0 ? "" : `${style.faint(title)}\n${renderRows(rows, style)}`;
}
