/** What `mlops datasets list`, `show` and `diff` say. Each text ends without a newline. */
import type {
  DatasetShowReport,
  DatasetsDiffReport,
  DatasetsListReport,
} from "../../app/datasets-schema.ts";
import { shellWord } from "../../base/shell-word.ts";
import { renderBytes } from "../../base/size.ts";
import type { Style } from "../style.ts";
import { bytesCell, digestCell, shortDigest } from "./cells.ts";
import { wrapText } from "./layout.ts";
import { renderRows } from "./table.ts";
import { renderTextTable } from "./text-table.ts";
import type { Cell, Column, Table, Value } from "./typed-table.ts";

type Kept = DatasetsListReport["datasets"][number]["kept"];
type OnDisk = DatasetShowReport["onDisk"];

const TONES: Readonly<Record<OnDisk, Cell["tone"]>> = {
  same: "good",
  changed: "warn",
  missing: "bad",
};

/** One row a recorded file. */
export function datasetsTable({ datasets }: DatasetsListReport): Table {
  const columns: readonly Column[] = [
    { key: "path", title: "data" },
    { key: "bytes", title: "size", align: "right", wrap: "never" },
    { key: "digest", title: "recorded", wrap: "never" },
    { key: "on-disk", title: "on disk", wrap: "never" },
    { key: "kept", title: "kept in" },
    { key: "earlier", title: "earlier", align: "right", wrap: "never" },
  ];
  const rows = datasets.map((one): readonly (Value | Cell)[] => [
    one.path,
    bytesCell(one.bytes),
    digestCell(one.digest),
    { value: one.onDisk, ...toneOf(TONES[one.onDisk]) },
    { value: one.kept.join(" "), text: keptIn(one.kept), ...toneOf(keptTone(one.kept)) },
    one.earlier,
  ]);
  return { columns, rows };
}

/** `datasets list` */
export function renderDatasetsList(report: DatasetsListReport, style: Style): string {
  const { datasets } = report;
  if (datasets.length === 0)
    return "No data is recorded. Record some: mlops datasets snapshot PATH, or --pipeline NAME";
  const changed = datasets.filter(({ onDisk }) => onDisk === "changed").length;
  const missing = datasets.filter(({ onDisk }) => onDisk === "missing").length;
  const next = [
    ...(changed === 0
      ? []
      : [
          ["mlops datasets diff", "what changed since the snapshot"],
          ["mlops datasets snapshot PATH", "records what is there now"],
        ]),
    ...(missing === 0 ? [] : [["mlops datasets fetch", "brings back what is missing"]]),
  ];
  const table = renderTextTable(datasetsTable(report), style);
  return next.length === 0 ? table : `${table}\n\nNext\n${renderRows(next, style)}`;
}

/** `datasets show` */
export function renderDatasetShow(report: DatasetShowReport, style: Style): string {
  const { path, onDisk, file, versions, table } = report;
  const found =
    file === null
      ? ""
      : `, ${renderBytes(file.bytes)}${onDisk === "same" ? "" : `, ${shortDigest(file.digest)}`}`;
  const facts: readonly (readonly (string | Cell)[])[] = [
    ["on disk", { value: `${DISK[onDisk]}${found}`, ...toneOf(TONES[onDisk]) }],
    ...(table === null
      ? []
      : [["table", `${String(table.rows)} rows of ${table.columns.join(", ")}`]]),
  ];
  const rows = versions.map(({ digest, bytes, kept }, at): readonly (string | Cell)[] => [
    shortDigest(digest),
    renderBytes(bytes),
    { value: keptIn(kept), ...toneOf(keptTone(kept)) },
    at === 0 ? "the lock names it" : "",
  ]);
  const [, older] = versions;
  const back =
    older === undefined
      ? []
      : [
          `\nAn earlier one: mlops datasets fetch ${shellWord(path)}@${older.digest.slice(7, 19)} --force`,
        ];
  return [
    style.strong(path),
    renderRows(facts, style),
    style.faint("versions"),
    renderRows(rows, style, { right: [1] }),
    ...back,
  ].join("\n");
}

/** One row a file that differs. */
export function datasetsDiffTable({ files }: DatasetsDiffReport): Table {
  const columns: readonly Column[] = [
    { key: "path", title: "data" },
    { key: "change", title: "change", wrap: "never" },
    { key: "before", title: "before", wrap: "never" },
    { key: "after", title: "after", wrap: "never" },
    { key: "bytes-before", title: "size before", hidden: "for-people" },
    { key: "bytes-after", title: "size after", hidden: "for-people" },
    { key: "rows-before", title: "rows before", align: "right", wrap: "never" },
    { key: "rows-after", title: "rows after", align: "right", wrap: "never" },
    { key: "rows-added", title: "rows added", align: "right", wrap: "never" },
    { key: "rows-removed", title: "rows removed", align: "right", wrap: "never" },
    { key: "columns-added", title: "columns added" },
    { key: "columns-removed", title: "columns removed" },
  ];
  const side = (held: DatasetsDiffReport["files"][number]["before"]): Value | Cell =>
    held === null ? null : digestCell(held.digest);
  const rows = files.map(({ path, change, before, after, table }): readonly (Value | Cell)[] => [
    path,
    change,
    side(before),
    side(after),
    before?.bytes ?? null,
    after?.bytes ?? null,
    table?.rowsBefore ?? null,
    table?.rowsAfter ?? null,
    table?.rowsAdded ?? null,
    table?.rowsRemoved ?? null,
    table === null ? null : table.columnsAdded.join(", "),
    table === null ? null : table.columnsRemoved.join(", "),
  ]);
  return { columns, rows };
}

/** `datasets diff` */
export function renderDatasetsDiff(report: DatasetsDiffReport, style: Style): string {
  const title = style.strong(`${report.from} → ${report.to}`);
  const same = `${String(report.same)} ${report.same === 1 ? "file is" : "files are"} the same.`;
  if (report.files.length === 0) return `${title}\n\nNothing changed; ${same}`;
  const blocks = report.files.map((file) => {
    const head = `${style.strong(file.path)}  ${file.change}${sizes(file)}`;
    return [head, ...describe(file).flatMap((line) => wrapText(`  ${line}`, style.columns))].join(
      "\n",
    );
  });
  return [title, ...blocks, ...(report.same === 0 ? [] : [style.faint(same)])].join("\n\n");
}

/** `, 1.2 kB → 1.4 kB` as far as it is known. */
function sizes({ before, after }: DatasetsDiffReport["files"][number]): string {
  const known = [before?.bytes, after?.bytes].filter((bytes) => typeof bytes === "number");
  return known.length === 0 ? "" : `, ${known.map((bytes) => renderBytes(bytes)).join(" → ")}`;
}

function describe(file: DatasetsDiffReport["files"][number]): readonly string[] {
  const { before, after, table, notCompared } = file;
  const digests = [before, after].flatMap((held) =>
    held === null ? [] : [shortDigest(held.digest)],
  );
  const lines = [digests.join(" → ")];
  if (notCompared !== null) return [...lines, `not compared by rows: ${notCompared}`];
  if (table === null) return lines;
  const { columnsAdded, columnsRemoved, rowsBefore, rowsAfter, rowsAdded, rowsRemoved } = table;
  if (columnsAdded.length > 0) lines.push(`columns added: ${columnsAdded.join(", ")}`);
  if (columnsRemoved.length > 0) lines.push(`columns removed: ${columnsRemoved.join(", ")}`);
  const rows = `rows: ${String(rowsBefore)} → ${String(rowsAfter)}`;
  if (rowsAdded + rowsRemoved > 0)
    lines.push(`${rows}; ${String(rowsAdded)} added, ${String(rowsRemoved)} removed`);
  else lines.push(`${rows}; the same rows in the columns that both have, ${REORDERED}`);
  return lines;
}

const REORDERED = "perhaps in another order or written in another way";

const DISK: Readonly<Record<OnDisk, string>> = {
  same: "as recorded",
  changed: "changed since the snapshot",
  missing: "missing",
};

function keptIn(kept: Kept): string {
  return kept.length === 0 ? "no store" : kept.join(" and ");
}

function keptTone(kept: Kept): Cell["tone"] {
  return kept.length === 0 ? "bad" : undefined;
}

function toneOf(tone: Cell["tone"]): Pick<Cell, "tone"> {
  return tone === undefined ? {} : { tone };
}
