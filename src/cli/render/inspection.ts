/** What `mlops inspect` knows, for people: a paragraph a cell, and in it a line for each kind of thing. At most 80 columns. */
import type { Address, CellAddress, CellFacts, Edge, Sliced } from "../inspect-schema.ts";
import { type CellNeed, type NeedReason, nameOfCell, nameOfPlace } from "../inspect-views.ts";
import { plainStyle } from "../style.ts";
import { displayWidth, graphemesOf } from "./display-width.ts";
import { fillLines } from "./layout.ts";
import { renderRows } from "./table.ts";

const COLUMNS = plainStyle.columns;
/** Of the longest label, and the gap after it. */
const LABEL = "imports  ".length;

/** Names that only imports bind are told apart from data. */
export function renderCellFacts(cells: readonly CellFacts[]): string {
  const imported = new Set(cells.flatMap((cell) => cell.imports.map(({ name }) => name)));
  const name = widthOf(cells);
  return cells
    .map((cell) => {
      const head = headOf(cell, cell.begins, name);
      if (!cell.isRead) return `${head}\n  is no Python: nothing is known of it`;
      const lines = linesOf(cell, imported);
      return lines.length === 0 ? head : `${head}\n${lines.join("\n")}`;
    })
    .join("\n");
}

/** What each cell needs of others. */
export function renderCellEdges(edges: readonly CellNeed[], cells: readonly CellFacts[]): string {
  const name = widthOf(cells);
  const of = new Map<string, CellNeed[]>();
  for (const edge of edges) {
    const key = nameOfCell(edge.to);
    of.set(key, [...(of.get(key) ?? []), edge]);
  }
  return cells
    .map((cell) => {
      const needed = inOrder(of.get(nameOfCell(cell)) ?? [], cells);
      const head = headOf(cell, cell.begins, name);
      if (needed.length === 0) return head;
      const rows = needed.map(({ from, needs }) => [`← ${nameOfCell(from)}`, shortReasons(needs)]);
      return `${head}\n${renderRows(rows, plainStyle)}`;
    })
    .join("\n");
}

/** Of cells that run in this order. */
function inOrder(needs: readonly CellNeed[], cells: readonly CellAddress[]): readonly CellNeed[] {
  const place = new Map(cells.map((cell, at) => [nameOfCell(cell), at]));
  const placeOf = ({ from }: CellNeed): number => place.get(nameOfCell(from)) ?? 0;
  return [...needs].sort((a, b) => placeOf(a) - placeOf(b));
}

/** One line an edge between statements. */
export function renderStatementEdges(edges: readonly Edge[]): string {
  const place = (at: Address): string =>
    `${nameOfCell(at).replace(/\bcell /, "")}:${String(at.line)}`;
  const rows = edges.map(({ from, to, reason }) => [
    place(from),
    "→",
    place(to),
    reason.replace(`by ${nameOfPlace(from)}`, "there"),
  ]);
  return renderRows(rows, plainStyle, { indent: "" });
}

/** The statements as one script, with a comment where a new cell begins. */
export function renderScript(preamble: readonly string[], statements: readonly Sliced[]): string {
  let cell = "";
  const lines = statements.flatMap((statement) => {
    const name = nameOfCell(statement).replace(" cell", ", cell");
    const heading = name === cell ? [] : [`# ${name}`];
    cell = name;
    return [...heading, statement.source];
  });
  return [...preamble, ...lines].join("\n");
}

function widthOf(cells: readonly CellAddress[]): number {
  return Math.max(0, ...cells.map((cell) => nameOfCell(cell).length));
}

function headOf(cell: CellAddress, begins: string, width: number): string {
  const head = `${nameOfCell(cell).padEnd(width)}  `;
  const room = COLUMNS - head.length;
  if (displayWidth(begins) <= room) return `${head}${begins}`.trimEnd();
  let shown = "";
  for (const letter of graphemesOf(begins)) {
    if (displayWidth(shown + letter) >= room) break;
    shown += letter;
  }
  return `${head}${shown}…`;
}

function linesOf(cell: CellFacts, imported: ReadonlySet<string>): readonly string[] {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["imports", importTexts(cell.imports)],
    ["reads", cell.reads.filter((name) => !imported.has(name))],
    ["writes", writesOf(cell)],
    ["changes", cell.mutations.map(mutationText)],
    ["deletes", cell.deletes],
    ["files", cell.files.map(fileText)],
    ["random", cell.random.map(randomText)],
    ["state", cell.ambient.filter(({ resource }) => !SHOWN.has(resource)).map(ambientText)],
    ["shows", shownBy(cell)],
    ["unknown", cell.dynamic.map(({ kind }) => kind)],
  ];
  return parts.flatMap(([label, words]) => {
    if (words.length === 0) return [];
    const items = [...new Set(words)].map((word, at, all) =>
      at === all.length - 1 ? word : `${word},`,
    );
    const [first = "", ...more] = fillLines(items, COLUMNS - LABEL - 2);
    return [
      `  ${label.padEnd(LABEL)}${first}`.trimEnd(),
      ...more.map((line) => `${" ".repeat(LABEL + 2)}${line}`),
    ];
  });
}

/** What an import binds is said by the import. */
function writesOf({ writes, imports }: CellFacts): readonly string[] {
  const bound = new Set(imports.map(({ name }) => name));
  return writes
    .filter(({ name }) => !bound.has(name))
    .map(({ name, type, sure }) => {
      const kind = type?.split(".").at(-1);
      const notes = [
        ...(kind === undefined || kind === "" ? [] : [kind]),
        ...(sure ? [] : ["perhaps"]),
      ];
      return notes.length === 0 ? name : `${name} (${notes.join(", ")})`;
    });
}

/** `pandas as pd`; members of one module together: `sklearn.metrics (accuracy_score, f1_score)`. */
function importTexts(imports: CellFacts["imports"]): readonly string[] {
  const members = new Map<string, string[]>();
  for (const { name, module, member, level } of imports) {
    const from = `${".".repeat(level)}${module}`;
    const isWhole = member === undefined && name !== "*";
    const plain = isWhole ? module.split(".")[0] : (member ?? "*");
    const renamed = name === plain ? "" : ` as ${name}`;
    const key = isWhole ? `${from}${renamed}` : from;
    const known = members.get(key) ?? [];
    members.set(key, isWhole ? known : [...known, `${plain ?? ""}${renamed}`]);
  }
  return [...members].map(([from, names]) =>
    names.length === 0 ? from : `${from} (${names.join(", ")})`,
  );
}

function mutationText({ name, because, certain, through }: CellFacts["mutations"][number]): string {
  const [first = "", ...more] = because.map((why) => shortCode(why));
  const why = more.length === 0 ? first : `${first} and ${String(more.length)} more`;
  const shared = through.length === 0 ? "" : ` through ${through.join(", ")}`;
  return `${name}${shared}${certain ? "" : ", perhaps"}: ${why}`;
}

function shortCode(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}

function fileText({ access, path, because }: CellFacts["files"][number]): string {
  const verb = { read: "reads", write: "writes", "read-write": "reads and writes" }[access];
  return `${verb} ${path ?? `a file (${because})`}`;
}

const GENERATORS = {
  python: "Python's state",
  numpy: "NumPy's state",
  other: "another state",
  own: "",
};

function randomText(use: CellFacts["random"][number]): string {
  const { generator, does, seeded, seededBy, because } = use;
  if (generator === "own") return seeded ? `${because}, seeded` : `${because}, not seeded`;
  if (does === "seeds") return `seeds ${GENERATORS[generator]}: ${because}`;
  const state = seededBy === undefined ? "not seeded" : `seeded by ${nameOfCell(seededBy)}`;
  return `draws from ${GENERATORS[generator]} (${state}): ${because}`;
}

/** What goes to the page and nowhere else. */
const SHOWN: ReadonlySet<string> = new Set(["stdout", "figure"]);

function shownBy({ ambient }: CellFacts): readonly string[] {
  const resources = new Set(ambient.map(({ resource }) => resource));
  return [
    ...(resources.has("stdout") ? ["printed text"] : []),
    ...(resources.has("figure") ? ["a figure"] : []),
  ];
}

const STATES: Readonly<Record<string, string>> = {
  "working-directory": "the working directory",
  "module-path": "sys.path",
  environment: "the environment",
  warnings: "warning filters",
  subprocess: "another program",
  network: "the network",
  clock: "the clock",
  input: "what is typed in",
};

function ambientText({ resource, access, detail, because }: CellFacts["ambient"][number]): string {
  const verb =
    resource === "network" || resource === "subprocess"
      ? "uses"
      : access === "read"
        ? "reads"
        : "sets";
  return `${verb} ${STATES[resource] ?? resource}: ${detail ?? because}`;
}

/** What is used and made in the same way is said once: `reads a, b, written there`. */
function shortReasons(needs: readonly NeedReason[]): string {
  const groups = new Map<string, { readonly need: NeedReason; readonly what: string[] }>();
  for (const need of needs) {
    const key = JSON.stringify([need.verb, need.made, need.seed]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { need, what: [need.what] });
    else known.what.push(need.what);
  }
  return [...groups.values()]
    .map(({ need: { verb, made, seed }, what }) => {
      const seeded = seed === undefined ? "" : `, seeded by ${seed}`;
      return `${verb} ${what.join(", ")} (${made} there${seeded})`;
    })
    .join("; ");
}
